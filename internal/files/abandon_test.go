package files

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A stop that did not wait for a file left its temporary one in the folder.
func TestAbandonLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	begun, goOn, done := make(chan bool), make(chan bool), make(chan error)
	go func() {
		done <- Write(filepath.Join(folder, "late"), func(w io.Writer) error {
			close(begun)
			<-goOn
			_, err := io.WriteString(w, "nobody waits for this")
			return err
		})
	}()
	<-begun
	Abandon()
	list, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, list)
	close(goOn)
	require.Error(t, <-done)
	list, err = os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, list)
}
