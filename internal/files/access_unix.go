//go:build unix

package files

import "golang.org/x/sys/unix"

// mayWrite says why no file can be made in a folder, nil if one can as far as the system tells: it
// is asked, not tried, since a file made for trial stays if the program is killed before it is
// removed.
func mayWrite(dir string) error {
	return unix.Faccessat(unix.AT_FDCWD, dir, unix.W_OK|unix.X_OK, unix.AT_EACCESS)
}
