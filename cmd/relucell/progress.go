package main

// Progress on standard error, only where a person looks at it.

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/relucell/relucell/enumerate"
)

// spinner is one of progressbar's: a line of dots.
const spinner = 14

// newProgress returns a function for enumerate.Options.Progress, nil if w is no terminal, and one
// that clears the line.
func newProgress(w io.Writer) (show func(enumerate.Progress), clear func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(f), progressbar.OptionSpinnerType(spinner),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(50*time.Millisecond))
	return func(p enumerate.Progress) {
		bar.Describe(describe(p))
		_ = bar.Add(1) // a terminal that cannot be written to is no reason to stop
	}, func() { _ = bar.Finish() }
}

func describe(p enumerate.Progress) string {
	s := grouped(p.Lower) + " regions"
	if p.Upper != nil {
		s += ", at most " + grouped(p.Upper)
	}
	if p.Estimate > 0 {
		s += fmt.Sprintf(", about %s", groupedInt(roundTo(p.Estimate)))
	}
	if t := p.Elapsed.Seconds(); t > 0 && p.Lower.IsInt64() {
		s += fmt.Sprintf(", %s/s", groupedInt(roundTo(float64(p.Lower.Int64()-p.Resumed)/t)))
	}
	return s + ", " + p.Elapsed.Round(100*time.Millisecond).String()
}
