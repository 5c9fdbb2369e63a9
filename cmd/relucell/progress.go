package main

// Progress on standard error, only where a person looks at it.

import (
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/tables"
)

// spinner is one of progressbar's: a line of dots.
const spinner = 14

// newBar returns a bar of total steps, −1 where nobody knows, and whether it is seen, on a
// terminal.
func newBar(w io.Writer, total int64, more ...progressbar.Option) (bar *progressbar.ProgressBar, seen bool) {
	f, ok := w.(*os.File)
	seen = ok && term.IsTerminal(int(f.Fd()))
	return progressbar.NewOptions64(total, append(more, progressbar.OptionSetWriter(w), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(50*time.Millisecond), progressbar.OptionSetVisibility(seen))...), seen
}

// progressJSON is how far a walk is: a certified bracket, and where there is one an estimate.
type progressJSON struct {
	Lower    string  `json:"lower"`
	Upper    string  `json:"upper,omitempty"`
	Estimate float64 `json:"estimate,omitempty"`
	Seconds  float64 `json:"seconds"`
}

func newProgressJSON(p enumerate.Progress) progressJSON {
	j := progressJSON{Lower: p.Lower.String(), Seconds: p.Elapsed.Seconds()}
	if p.Upper != nil {
		j.Upper = p.Upper.String()
	}
	if p.Estimate <= math.MaxFloat64 {
		j.Estimate = p.Estimate
	}
	return j
}

// showing returns a function that shows how far something is, to whoever called in JSON or to a
// person as a line, nil where nobody looks, and one that clears the line.
func showing[P, J any](cmd *cobra.Command, asJSON func(P) J, line func(P) string) (show func(P), clear func()) {
	if c := callOf(cmd); c != nil {
		return tell(c, asJSON), func() {}
	}
	bar, seen := newBar(cmd.ErrOrStderr(), -1, progressbar.OptionSpinnerType(spinner), progressbar.OptionSetElapsedTime(false))
	if !seen {
		return nil, func() {}
	}
	return func(p P) {
		bar.Describe(line(p))
		_ = bar.Add(1) // a terminal that cannot be written to is no reason to stop
	}, func() { _ = bar.Finish() }
}

// newProgress is showing for enumerate.Options.Progress.
func newProgress(cmd *cobra.Command) (show func(enumerate.Progress), clear func()) {
	return showing(cmd, newProgressJSON, describe)
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
