//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

// Where files cannot be locked, it is the caller who gives a checkpoint to one process at a time.

package journal

import "os"

func lockFile(*os.File) error { return nil }
