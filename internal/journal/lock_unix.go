//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

// One process at a time has a checkpoint. The lock goes with the process, however that ends.

package journal

import (
	"os"
	"syscall"
)

func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
