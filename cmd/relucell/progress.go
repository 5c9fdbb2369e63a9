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
	"github.com/relucell/relucell/internal/tables"
)

// spinner is one of progressbar's: a line of dots.
const spinner = 14

// newBar returns a bar of total steps, −1 where nobody knows; nil if w is no terminal.
func newBar(w io.Writer, total int64, more ...progressbar.Option) *progressbar.ProgressBar {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return progressbar.NewOptions64(total, append(more, progressbar.OptionSetWriter(f), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(50*time.Millisecond))...)
}

// newProgress returns a function for enumerate.Options.Progress, nil if w is no terminal, and one
// that clears the line.
func newProgress(w io.Writer) (show func(enumerate.Progress), clear func()) {
	bar := newBar(w, -1, progressbar.OptionSpinnerType(spinner), progressbar.OptionSetElapsedTime(false))
	if bar == nil {
		return nil, func() {}
	}
	return func(p enumerate.Progress) {
		bar.Describe(describe(p))
		_ = bar.Add(1) // a terminal that cannot be written to is no reason to stop
	}, func() { _ = bar.Finish() }
}

func describe(p enumerate.Progress) string {
	s := tables.Grouped(p.Lower) + " regions"
	if p.Upper != nil {
		s += ", at most " + tables.Grouped(p.Upper)
	}
	if p.Estimate > 0 {
		s += fmt.Sprintf(", about %s", tables.GroupedInt(int64(tables.Rounded(p.Estimate))))
	}
	if t := p.Elapsed.Seconds(); t > 0 && p.Lower.IsInt64() {
		s += fmt.Sprintf(", %s/s", tables.GroupedInt(int64(tables.Rounded(float64(p.Lower.Int64()-p.Resumed)/t))))
	}
	return s + ", " + p.Elapsed.Round(100*time.Millisecond).String()
}
