package main

// What people read: aligned fields, grouped digits, and a table of bounds.

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

// maxShown is the number of coordinates or widths that text shows before it leaves some out.
const maxShown = 12

// fields writes aligned lines of a word and what it stands for.
type fields struct {
	w   io.Writer
	err error
}

// printAs writes a report: as one line of JSON where format says so, else as text.
func printAs(w io.Writer, format string, report any, text func(*fields)) error {
	out := bufio.NewWriter(w)
	f := &fields{w: out}
	if format == "json" {
		f.err = writeJSON(out, report)
	} else {
		text(f)
	}
	if f.err != nil {
		return f.err
	}
	return out.Flush()
}

func (f *fields) line(word, format string, args ...any) {
	if f.err == nil {
		_, f.err = fmt.Fprintf(f.w, "%-10s%s\n", word, fmt.Sprintf(format, args...))
	}
}

// written names a file that was written, if one was asked for.
func (f *fields) written(name string) {
	if name != "" {
		f.line("Written", "%s", name)
	}
}

// each is what f makes of the elements of a list.
func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for k, v := range list {
		out[k] = f(v)
	}
	return out
}

// first leaves out the words of a list that are too many to be shown.
func first(words []string) []string {
	if len(words) <= maxShown+1 {
		return words
	}
	return append(words[:maxShown], fmt.Sprintf("… %d more", len(words)-maxShown))
}

func floats(x []float64) string {
	return strings.Join(first(each(x, func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) })), ", ")
}

func (f *fields) net(path string, n *network.Network) { f.stamped(path, n, n.Fingerprint()) }

// stamped is net where the fingerprint, as function fingerprint returns it, is at hand.
func (f *fields) stamped(path string, n *network.Network, fingerprint string) {
	f.line("Network", "%s: %s, %s", filepath.Base(path), n.Widths(), tables.Numbered(int64(n.Neurons()), "neuron"))
	if fingerprint == "" {
		fingerprint = "no fingerprint: the time ended first"
	}
	f.line("", "%s", fingerprint)
}

func (f *fields) ball(b ball.Ball) {
	if b.Norm() != ball.Box {
		f.line("Ball", "%s, radius %v, centre (%s)", b.Norm(), b.Radius(), floats(b.Center()))
		return
	}
	sides := make([]string, b.Dim())
	for k, lo := range b.Lo() {
		sides[k] = fmt.Sprintf("[%v, %v]", lo, b.Hi()[k])
	}
	f.line("Ball", "box %s", strings.Join(first(sides), " × "))
}

func (f *fields) walk(r enumerate.Result, why string) {
	switch {
	case r.Exact:
		f.line("Regions", "%s, exact", tables.Numbered(r.Lower.Int64(), "activation region"))
	case r.GapReached:
		f.line("Regions", "between %s and %s activation regions: --gap reached", tables.Grouped(r.Lower), tables.Grouped(r.Upper))
	default:
		f.line("Regions", "between %s and %s activation regions: stopped early, %s", tables.Grouped(r.Lower), tables.Grouped(r.Upper), why)
	}
	d := r.Decisions
	f.line("Decided", "%s by floats within their error bounds, %s by integers, %s by the exact solver",
		tables.GroupedInt(d.Float), tables.GroupedInt(d.Integer), tables.GroupedInt(d.Solve))
	f.line("Asked", "%s of the solver, %s", tables.Numbered(r.Questions, "question"), tables.Numbered(r.Pivots, "pivot"))
	rate := ""
	if s := r.Elapsed.Seconds(); s > 0 && r.Lower.IsInt64() && r.Lower.Int64() > r.Resumed {
		rate = fmt.Sprintf(", %s regions/s", tables.GroupedInt(int64(tables.Rounded(float64(r.Lower.Int64()-r.Resumed)/s))))
	}
	f.line("Time", "%s%s", rounded(r.Elapsed), rate)
}

// checkpoint says what a checkpoint gave and what becomes of it.
func (f *fields) checkpoint(path string, r enumerate.Result, needed bool) {
	given := "begun from nothing"
	if r.Resumed > 0 {
		given = "resumed from " + tables.Numbered(r.Resumed, "region")
	}
	if !needed {
		f.line("Resume", "%s: %s, no longer needed and removed", path, given)
		return
	}
	f.line("Resume", "%s: %s, the same command goes on from here", path, given)
}

// rounded keeps three or four digits of a time.
func rounded(d time.Duration) time.Duration {
	for unit := time.Second; unit >= time.Microsecond; unit /= 1000 {
		if d >= unit {
			return d.Round(unit / 100)
		}
	}
	return d
}

// bounds writes the table of bounds, beside the count if there is one.
func (f *fields) bounds(rs []bound.Result, walk *enumerate.Result) {
	if len(rs) == 0 {
		return
	}
	head := table.Row{"Bound", "Kind", "Scope", "Value"}
	if walk != nil && walk.Exact {
		head = append(head, "Value ÷ count")
	} else if walk != nil {
		head = append(head, "Value ÷ lower end")
	}
	t := tables.New(head, 1, 2, 3)
	for _, r := range rs {
		row := table.Row{r.Name, r.Kind, r.Scope, "–"}
		if r.Err == nil {
			row[3] = tables.Grouped(r.Value)
			if walk != nil {
				row = append(row, ratio(r.Value, walk.Lower))
			}
		}
		t.AppendRow(row)
	}
	f.table(t)
}

func (f *fields) table(t table.Writer) {
	if f.err == nil {
		_, f.err = fmt.Fprintf(f.w, "\n%s\n", tables.Text(t))
	}
}
