package files

// Unfinished files are to be gone when the program ends, however it ends. A program that a signal
// ends at once runs nothing that was deferred: so their names are on a list, and who hears of the
// signal calls Abandon. Only kill -9 and a power cut leave any.

import (
	"os"
	"sync"
)

// list is of the names of unfinished files and folders.
type list struct {
	mu    sync.Mutex
	names map[string]bool
}

var unfinished = list{names: map[string]bool{}}

// Temporary is os.CreateTemp for a file that Abandon removes, until Discard or Finish is called.
func Temporary(dir, pattern string) (*os.File, error) {
	unfinished.mu.Lock()
	defer unfinished.mu.Unlock()
	f, err := os.CreateTemp(dir, pattern)
	if err == nil {
		unfinished.names[f.Name()] = true
	}
	return f, err
}

// TemporaryFolder is os.MkdirTemp for a folder that Abandon removes with all that is in it, until
// Discard is called.
func TemporaryFolder(pattern string) (string, error) {
	unfinished.mu.Lock()
	defer unfinished.mu.Unlock()
	dir, err := os.MkdirTemp("", pattern)
	if err == nil {
		unfinished.names[dir] = true
	}
	return dir, err
}

// Finish gives an unfinished file its name.
func Finish(name, to string) error {
	err := os.Rename(name, to)
	if err == nil {
		unfinished.forget(name)
	}
	return err
}

// Discard removes an unfinished file, or a folder with all that is in it. It is no error if there
// is none.
func Discard(name string) error {
	err := os.RemoveAll(name)
	if err == nil {
		unfinished.forget(name)
	}
	return err
}

// Abandon removes all unfinished files and folders. None is made any more: whoever asks for one
// waits for the end of the program, which is to come now.
func Abandon() {
	unfinished.mu.Lock() // for good
	unfinished.clear()
}

// clear removes everything on the list. What others are writing into a folder at the same time may
// keep it for a moment.
func (l *list) clear() {
	const tries = 10
	for name := range l.names {
		for range tries {
			if os.RemoveAll(name) == nil {
				delete(l.names, name)
				break
			}
		}
	}
}

func (l *list) forget(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.names, name)
}
