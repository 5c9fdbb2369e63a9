//go:build !unix

package files

import (
	"errors"
	"os"
)

// mayWrite says why no file can be made in a folder. Where the system cannot be asked, one is made
// and removed.
func mayWrite(dir string) error {
	f, err := os.CreateTemp(dir, temporary)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
