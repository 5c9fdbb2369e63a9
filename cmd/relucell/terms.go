package main

// The recursion's own terms beside the measured ones, and the distance to the nearest boundary:
// where a bound is loose, and why.

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

// termsJSON is a layer with an activation.
type termsJSON struct {
	Layer    int           `json:"layer"`
	Width    int           `json:"width"`
	Assumed  assumedJSON   `json:"assumed"`
	Measured *measuredJSON `json:"measured,omitempty"`
}

// assumedJSON is what the bound feeds the recursion with.
type assumedJSON struct {
	K        int `json:"k"`
	P        int `json:"p"`
	D        int `json:"d"`
	Active   int `json:"active"`
	Inactive int `json:"inactive"`
	RankCut  int `json:"rank_cut"`
	RankOut  int `json:"rank_out"`
}

// measuredJSON is what the walk found.
type measuredJSON struct {
	Regions   string   `json:"regions"`
	Cutting   int      `json:"cutting"`
	Splitting int      `json:"splitting"`
	Active    int      `json:"active"`
	Inactive  int      `json:"inactive"`
	D         int      `json:"d"`
	ByActive  []string `json:"by_active"`
}

// nearestJSON is the exact distance from the centre to the nearest boundary; for a box in units of
// the box.
type nearestJSON struct {
	Neuron  int      `json:"neuron"`
	Exact   string   `json:"exact,omitempty"`
	Squared string   `json:"squared,omitempty"`
	Lower   *float64 `json:"lower,omitempty"` // as those of extremeJSON
	Upper   *float64 `json:"upper,omitempty"`
}

func newNearestJSON(d bound.Distance) *nearestJSON {
	if d.Neuron < 0 {
		return nil // no boundary at all
	}
	j := &nearestJSON{Neuron: d.Neuron, Lower: finite(d.Lower), Upper: finite(d.Upper)}
	if d.Exact != nil {
		j.Exact = d.Exact.RatString()
	}
	if d.Squared != nil {
		j.Squared = d.Squared.RatString()
	}
	return j
}

// maxRational is the longest rational that text shows; JSON has it whole.
const maxRational = 40

func (f *fields) nearest(d bound.Distance, b ball.Ball) {
	if d.Neuron < 0 {
		f.line("Nearest", "no boundary anywhere: the network is affine")
		return
	}
	where := fmt.Sprintf("%v", d.Lower)
	if math.IsInf(d.Upper, 1) {
		where += " at least"
	} else if d.Lower != d.Upper {
		where = fmt.Sprintf("between %v and the next float", d.Lower)
	}
	if b.Norm() == ball.Box {
		where += " of the box's half-widths"
	}
	if d.Squared != nil && len(d.Squared.RatString()) <= maxRational {
		where += ", exactly the root of " + d.Squared.RatString()
	} else if d.Exact != nil && d.Lower != d.Upper && len(d.Exact.RatString()) <= maxRational {
		where += ", exactly " + d.Exact.RatString()
	}
	f.line("Nearest", "boundary of neuron %d, at distance %s", d.Neuron, where)
}

// layerTerms returns the terms of the named bound, a layer with an activation each, and with
// measure those of the walk.
func layerTerms(ctx context.Context, name string, measure bool, n *network.Network, b ball.Ball) ([]termsJSON, error) {
	bd, ok := bound.ByName(name)
	e, explains := bd.(bound.Explainer)
	if !ok || !explains {
		return nil, badInputf("--terms: %q, expected one of %s", name, strings.Join(explainers(), ", "))
	}
	ts, err := e.Terms(ctx, n, b)
	if err != nil {
		return nil, failed(err)
	}
	var out []termsJSON
	for _, t := range ts {
		if !t.Affine {
			out = append(out, termsJSON{Layer: t.Layer, Width: t.Width, Assumed: assumedJSON{K: t.Count.K, P: t.Count.P, D: t.Dim,
				Active: t.Active, Inactive: t.Inactive, RankCut: t.RankCut, RankOut: t.RankOut}})
		}
	}
	if !measure {
		return out, nil
	}
	ms, err := crosscheck.Measure(ctx, n, b)
	if err != nil {
		return nil, err
	}
	for i, m := range ms {
		out[i].Measured = &measuredJSON{Regions: m.Cells.String(), Cutting: m.Changing, Splitting: m.Splitting, Active: m.Active,
			Inactive: m.Inactive, D: m.Dim, ByActive: each(m.ByActive, (*big.Int).String)}
	}
	return out, nil
}

// explainers names the bounds that have terms.
func explainers() []string {
	var names []string
	for _, b := range bound.All() {
		if _, ok := b.(bound.Explainer); ok {
			names = append(names, b.Name())
		}
	}
	return names
}

// terms writes one row a layer: what the bound assumes, and in brackets what was measured.
func (f *fields) terms(name string, ts []termsJSON) {
	if len(ts) == 0 {
		return
	}
	measured := ts[0].Measured != nil
	head := table.Row{"Layer", "Width", "k cutting", "active", "inactive", "p", "d"}
	caption := "What " + name + " feeds the recursion with"
	if measured {
		head = append(head, "Regions after", "Splitting", "Regions by active units")
		caption += "; in brackets what was measured"
	}
	t := tables.New(head, 10)
	both := func(a int, m func(*measuredJSON) int, q *measuredJSON) string {
		if q == nil {
			return fmt.Sprint(a)
		}
		return fmt.Sprintf("%d (%d)", a, m(q))
	}
	for _, l := range ts {
		q := l.Measured
		row := table.Row{l.Layer, l.Width, both(l.Assumed.K, func(m *measuredJSON) int { return m.Cutting }, q),
			both(l.Assumed.Active, func(m *measuredJSON) int { return m.Active }, q), both(l.Assumed.Inactive, func(m *measuredJSON) int { return m.Inactive }, q),
			l.Assumed.P, both(l.Assumed.D, func(m *measuredJSON) int { return m.D }, q)}
		if measured {
			row = append(row, q.Regions, q.Splitting, histogram(q.ByActive))
		}
		t.AppendRow(row)
	}
	if f.err == nil {
		_, f.err = fmt.Fprintf(f.w, "\n%s:\n", caption)
	}
	f.table(t)
}

// histogram writes the classes that are not empty: active:regions.
func histogram(byActive []string) string {
	var words []string
	for a, n := range byActive {
		if n != "0" {
			words = append(words, fmt.Sprintf("%d:%s", a, n))
		}
	}
	return strings.Join(words, " ")
}
