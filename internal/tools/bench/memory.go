// Peak memory as the system sees it: Linux keeps a high-water mark that can be set back.
// Elsewhere the column stays empty.

package main

import (
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
)

// resetPeak gives free memory back and sets the mark to what is held now.
func resetPeak() {
	debug.FreeOSMemory()
	// 5 resets the mark (proc(5)); where that is impossible peak says the more or nothing.
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak returns the most bytes that the process held since resetPeak, 0 if unknown.
func peak() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	m := highWater.FindSubmatch(text)
	if m == nil {
		return 0
	}
	kb, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		return 0
	}
	return kb << 10
}
