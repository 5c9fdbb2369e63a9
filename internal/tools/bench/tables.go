// The tables: the same for a terminal and for docs/performance.md.

package main

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/relucell/relucell/internal/tables"
)

// sheet is a titled table; name is its place in the document.
type sheet struct {
	name, title string
	writer      table.Writer
}

func newSheet(name, title string, head ...any) sheet {
	return sheet{name, title, tables.New(head, 1, 2)}
}

// tables returns a table for each part that was measured.
func (r report) tables() []sheet {
	var all []sheet
	if len(r.Counts) > 0 {
		all = append(all, r.countSheet())
	}
	if len(r.Proofs) > 0 {
		all = append(all, r.proofSheet())
	}
	if len(r.Twins) > 0 {
		all = append(all, r.twinSheet())
	}
	if len(r.Scaling) > 0 {
		all = append(all, r.scalingSheet())
	}
	return all
}

// speedupFloor is the time in seconds below which a speed-up is not shown: starting a worker is no
// small part of less.
const speedupFloor = 0.02

// countSheet has a line a case: all figures with the first number of workers, the speed-up and
// memory of the others.
func (r report) countSheet() sheet {
	first := r.Counts[0].Workers
	head := []any{"network", "ball", "regions", "regions/s", "passes", "asked", "pivots", "float", "integer", "solve", "allocs", "MB"}
	for _, c := range r.Counts {
		if c.Net != r.Counts[0].Net || c.Ball != r.Counts[0].Ball {
			break
		}
		if c.Workers != first {
			head = append(head, fmt.Sprintf("%d workers", c.Workers), "MB")
		}
	}
	title := fmt.Sprintf("Counts with %s (passes: time per region in forward passes; asked to allocs: per region)", tables.Numbered(int64(first), "worker"))
	s := newSheet("counts", title, head...)
	var row table.Row
	var base countRow
	flush := func() {
		if row != nil {
			s.writer.AppendRow(row)
		}
	}
	for _, c := range r.Counts {
		if c.Workers == first {
			flush()
			base = c
			row = table.Row{c.Net, c.Ball, grouped(float64(c.Regions)), grouped(tables.Rounded(c.RegionsPerSecond)), short(c.Passes), short(c.Questions),
				short(c.Pivots), short(c.Float), short(c.Integer), short(c.Solve), short(c.Allocs), megabytes(c.PeakBytes)}
			continue
		}
		faster := "–"
		if base.Seconds >= speedupFloor {
			faster = fmt.Sprintf("×%.2f", base.Seconds/c.Seconds)
		}
		row = append(row, faster, megabytes(c.PeakBytes))
	}
	flush()
	return s
}

func (r report) proofSheet() sheet {
	s := newSheet("proofs", "Proofs (times of one worker)",
		"network", "ball", "regions", "count, ms", "count + proof, ms", "check, ms", "proof ÷ count", "check ÷ count", "bytes/region", "gzip")
	for _, p := range r.Proofs {
		k := float64(p.Regions)
		s.writer.AppendRow(table.Row{p.Net, p.Ball, grouped(k), short(1e3 * p.CountSeconds), short(1e3 * p.ProveSeconds), short(1e3 * p.CheckSeconds),
			short(p.ProveSeconds / p.CountSeconds), short(p.CheckSeconds / p.CountSeconds), short(float64(p.Bytes) / k), short(float64(p.GzipBytes) / k)})
	}
	return s
}

func (r report) twinSheet() sheet {
	s := newSheet("twins", "Plain walks", "network", "ball", "over", "regions", "plain walk, s", "the walk, s", "times as fast")
	for _, t := range r.Twins {
		s.writer.AppendRow(table.Row{t.Net, t.Ball, t.Solver, grouped(float64(t.Regions)), short(t.PlainSeconds), short(t.CountSeconds), grouped(tables.Rounded(t.Times))})
	}
	return s
}

// scalingSheet shows the geometric means over the seeds.
func (r report) scalingSheet() sheet {
	head := []any{"varied", "value"}
	for _, n := range scalingNorms {
		head = append(head, fmt.Sprintf("regions, %v", n), "passes", "asked")
	}
	s := newSheet("scaling", fmt.Sprintf("How cost grows (geometric means of %d networks)", scalingSeeds), head...)
	for _, st := range studies() {
		for _, x := range st.xs {
			row := table.Row{st.name, scalingLabel(st.name, x)}
			for _, n := range scalingNorms {
				at := func(of func(scalingRow) float64) float64 { return r.mean(st.name, x, n.String(), of) }
				row = append(row, grouped(tables.Rounded(at(scalingRow.regions))), short(at(scalingRow.passes)), short(at(scalingRow.questions)))
			}
			if row[2] != grouped(math.NaN()) {
				s.writer.AppendRow(row)
			}
		}
	}
	return s
}

func (s scalingRow) regions() float64   { return float64(s.Regions) }
func (s scalingRow) passes() float64    { return s.Passes }
func (s scalingRow) questions() float64 { return s.Questions }

// mean is the geometric mean over the seeds, NaN without any.
func (r report) mean(name string, x float64, norm string, of func(scalingRow) float64) float64 {
	sum, n := 0.0, 0.0
	for _, s := range r.Scaling {
		if s.Study == name && s.X == x && s.Norm == norm {
			sum, n = sum+math.Log(of(s)), n+1
		}
	}
	return math.Exp(sum / n)
}

func scalingLabel(name string, x float64) string {
	if name == "radius" {
		return fmt.Sprintf("2^%v", x)
	}
	return fmt.Sprint(x)
}

// writeDocs replaces what is between the marks of each table in a document.
func (r report) writeDocs(path string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	doc := string(old)
	for _, t := range r.tables() {
		begin, end := fmt.Sprintf("<!-- begin %s -->\n", t.name), fmt.Sprintf("<!-- end %s -->", t.name)
		between := regexp.MustCompile("(?s)" + regexp.QuoteMeta(begin) + ".*?" + regexp.QuoteMeta(end))
		if !between.MatchString(doc) {
			return fmt.Errorf("%s: no place for a table, expected the lines %q and %q", path, begin, end)
		}
		doc = between.ReplaceAllLiteralString(doc, begin+"\n"+t.writer.RenderMarkdown()+"\n\n"+end)
	}
	return os.WriteFile(path, []byte(doc), 0o644)
}

// short shows two or three significant digits.
func short(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "–"
	case a == 0:
		return "0"
	case a < 0.005:
		return "<0.01"
	case a < 1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case a < 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	default:
		return grouped(math.Round(v))
	}
}

// grouped writes a whole number with its digits in threes.
func grouped(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return tables.GroupedInt(int64(math.RoundToEven(v)))
}

func megabytes(b int64) string {
	if b == 0 {
		return "–"
	}
	return strconv.FormatInt((b+1<<19)>>20, 10)
}
