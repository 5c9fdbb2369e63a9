package enumerate

// What the walk claims of its floats, measured against rationals where networks are made to be as
// hard as possible: package internal/attack climbs towards the largest ratio of true to claimed
// error. `make attack` gives it minutes.

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/internal/judge"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/vertices"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

const (
	// measuredVertices and measuredClaims bound what is measured of one case, so that many are.
	measuredVertices, measuredClaims = 80, 40
	// measuredRegions and measuredSolves are how many regions and exact solves a case may have, for
	// the same reason.
	measuredRegions, measuredSolves = 200, 100
	// measuredPoints is the number of points at which forward passes are compared.
	measuredPoints = 4
	// quickCases is the number of cases of the search in the usual tests.
	quickCases = 200
	// measuredFormulas is the number of times that a formula is held against what its derivation
	// allows.
	measuredFormulas = 40
	// rootBits is the precision of square roots.
	rootBits = 2000
)

func TestNoClaimedErrorIsExceeded(t *testing.T) {
	attack.Run(t, quickCases, measureClaims)
}

// The bounds, by what has to run to measure them.
const (
	boundOfVertex, boundOfBox, boundInside = "vertex", "box of a cell", "vertex in the l2 ball"
	boundOfForm, boundOfMagnitude          = "form", "magnitude of a form"
	boundOfLost                            = "form that is lost"
	boundOfValue                           = "value at a vertex"
	edgeDomain, vertexError                = "domain of an edge", "error of a vertex"

	boundOfFilter           = "filter of multipliers"
	boundTight, boundStatic = "forward pass, tight", "forward pass, static"
	boundOfCell             = "bound of a cell"

	formulaOfEdge     = "formula of an edge"
	formulaOfNearEdge = "formula of an edge in a large ball"
	boundAtCentre     = "form at the centre of a large ball"

	boundOfSlope, boundOfOffset = "affine map, slope", "affine map, offset"
	boundOfCorner               = "vertex of a region"
)

// measureClaims walks a case by vertices or by the solver, or follows points, and measures what
// they claim.
func measureClaims(c *attack.Case, goal string) (attack.Marks, error) {
	if goal == formulaOfEdge || goal == formulaOfNearEdge {
		return measureFormulas(c), nil
	}
	n, b, ok := c.Build()
	if !ok {
		return attack.Marks{}, nil
	}
	m, err := tree.NewSubject(context.Background(), n, b)
	if err != nil {
		return attack.Marks{}, err
	}
	plain, err := count(context.Background(), n, b, Options{Workers: 1}, plan{})
	if err != nil || plain.Lower.Cmp(big.NewInt(measuredRegions)) > 0 || plain.Decisions.Solve > measuredSolves {
		return attack.Marks{}, err
	}
	a := &audit{goal: goal, seen: map[vertices.Vertex]bool{}, marks: attack.NewMarks(), rng: rand.New(rand.NewPCG(c.Seed, 2)), points: [][]float64{make([]float64, m.N)}}
	switch goal {
	case boundOfFilter:
		err = a.walk(n, b, plain, &tree.Policy{NoVertices: true, Policy: judge.Policy{Proposed: a.proposal}})
	case boundOfCell:
		err = a.bounds(n, b)
	case boundOfSlope, boundOfOffset:
		err = a.regions(n, b)
	case boundTight, boundStatic:
		a.passes(m.Model)
	case "": // all
		for _, g := range []string{boundOfFilter, boundOfCell, boundOfVertex, boundOfForm, boundOfValue, edgeDomain, boundTight, formulaOfEdge, boundOfSlope} {
			marks, err := measureClaims(c, g)
			if err != nil {
				return marks, err
			}
			a.marks.Join(marks)
		}
	default:
		err = a.walk(n, b, plain, &tree.Policy{Cellwise: true, OnCell: a.cell})
	}
	return a.marks, err
}

// audit gathers the ratios of one case.
type audit struct {
	goal             string // empty: all are measured
	marks            attack.Marks
	rng              *rand.Rand
	points           [][]float64
	vertices, claims int
	seen             map[vertices.Vertex]bool
	entered          []int8 // the labels with which forms were measured last
}

// walk counts once more, and insists on the same count.
func (a *audit) walk(n *network.Network, b ball.Ball, before Result, p *tree.Policy) error {
	r, err := count(context.Background(), n, b, Options{Workers: 1}, plan{policy: p})
	if err == nil && r.Lower.Cmp(before.Lower) != 0 {
		err = fmt.Errorf("one walk counts %v regions, another %v", before.Lower, r.Lower)
	}
	return err
}

// wants says whether one of some goals is to be measured.
func (a *audit) wants(goals ...string) bool { return a.goal == "" || slices.Contains(goals, a.goal) }

// cell measures a cell that is kept by its vertices.
func (a *audit) cell(w *tree.Vertices) {
	c := tree.CellOf(w)
	l, word := c.Layer, c.Word
	if a.vertices >= measuredVertices {
		return
	}
	if a.wants(boundOfForm, boundOfMagnitude, boundAtCentre, boundOfLost) {
		a.forms(w, l)
	}
	if a.wants(edgeDomain) {
		a.edges(w)
	}
	var around vertices.Box
	c.Around(c.List, &around)
	for _, v := range c.List {
		at := &c.Vertices[v]
		if a.seen[*at] {
			continue
		}
		a.seen[*at] = true
		a.vertices++
		x := trueVertexOf(w, at.On)
		if x == nil {
			continue
		}
		for k := range c.N {
			off := new(big.Rat).Sub(x[k], ratOf(at.X[k]))
			a.marks.Note(boundOfVertex, off, at.Err)
			a.marks.Note(boundOfBox, off.Sub(x[k], ratOf(around.Mid[k])), around.Half[k])
		}
		if c.Round && c.Inside[v] {
			a.marks.Note(boundInside, squareSum(x), 1)
		}
		for b := range c.Rows[word] {
			if !a.wants(boundOfValue) {
				break
			}
			r, j := &c.Rows[word][b], c.NeuronAt(l, word, uint(b))
			if !tree.Unsettled(w, j) {
				continue
			}
			off := scaledRow(w.Judge(), l, j).at(x)
			a.marks.Note(boundOfValue, off.Sub(off, ratOf(r.At(&at.X))), r.P+r.Q*at.Err)
		}
		a.marks.Guide(vertexError, at.Err)
		a.points = append(a.points, append([]float64(nil), at.X[:c.N]...))
	}
}

// trueVertexOf solves for the point on the constraints of the current path that a set of bits
// names, and on other rows.
func trueVertexOf(w *tree.Vertices, on uint64, rows ...exact.Row) []*big.Rat {
	c := tree.CellOf(w)
	for k, at := range c.Facets {
		if on>>k&1 == 0 {
			continue
		}
		if at < 0 {
			g := make([]int64, c.N)
			for i := range g {
				g[i] = int64(c.Row(at).G[i])
			}
			rows = append(rows, exact.NewRow(1, g...))
			continue
		}
		l, j := neuronOfRow(w, at)
		rows = append(rows, w.Judge().Row(l, j, 1))
	}
	var choose func(from int, chosen []exact.Row) []*big.Rat
	choose = func(from int, chosen []exact.Row) []*big.Rat {
		if len(chosen) == c.N {
			return crossingPoint(chosen)
		}
		for i := from; i < len(rows); i++ {
			if x := choose(i+1, append(chosen[:len(chosen):len(chosen)], rows[i])); x != nil {
				return x
			}
		}
		return nil
	}
	return choose(0, nil)
}

// ratForm is a form in rationals.
type ratForm struct {
	g []*big.Rat
	h *big.Rat
}

func (f ratForm) at(y []*big.Rat) *big.Rat {
	v := new(big.Rat).Set(f.h)
	for k, g := range f.g {
		v.Add(v, new(big.Rat).Mul(g, y[k]))
	}
	return v
}

// scaledRow is the true form of a neuron on the current path, in the scale of its floats.
func scaledRow(c *judge.Judge, l, j int) ratForm {
	row := c.Row(l, j, 1)
	f := powerOfTwo(c.Model.Layers[l].Shift[j] - c.Model.Integers().Scale[l])
	of := func(v *big.Int) *big.Rat { return new(big.Rat).Mul(new(big.Rat).SetInt(v), f) }
	r := ratForm{h: of(row.H)}
	for _, g := range row.G {
		r.g = append(r.g, of(g))
	}
	return r
}

func powerOfTwo(e int) *big.Rat {
	p := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(e, -e))))
	if e < 0 {
		p.Inv(p)
	}
	return p
}

// forms measures the forms of a layer on the current path.
func (a *audit) forms(w *tree.Vertices, l int) {
	if before := w.Labels()[:w.Subject().Layers[l].First]; !forms.EqualLabels(a.entered, before) || l == 0 && a.vertices == 0 {
		a.entered = append(a.entered[:0], before...)
	} else {
		return
	}
	for j := range w.Forms(l) {
		z, r := w.Form(l, j), scaledRow(w.Judge(), l, j)
		off, mag := r.h.Sub(r.h, ratOf(z.H)), new(big.Rat).Abs(ratOf(z.H))
		if off.Abs(off); w.Subject().Wide && !z.Lost() {
			a.marks.Note(boundAtCentre, off, z.ErrH)
		}
		for k, g := range r.g {
			off.Add(off, g.Abs(g.Sub(g, ratOf(z.G[k]))))
			mag.Add(mag, new(big.Rat).Abs(ratOf(z.G[k])))
		}
		if z.Lost() {
			a.marks.Note(boundOfLost, off, z.Err)
			continue
		}
		a.marks.Note(boundOfForm, off, z.Err)
		a.marks.Note(boundOfMagnitude, mag, z.Mag)
	}
}

// proposal measures the filter of multipliers, of both spellings.
func (a *audit) proposal(c *judge.Judge, z *forms.Form, s float64, ids []int32, lam []float64) {
	if a.claims++; a.claims > measuredClaims {
		return
	}
	sum := ratForm{h: new(big.Rat)}
	for range z.G {
		sum.g = append(sum.g, new(big.Rat))
	}
	add := func(l, j int, f float64) {
		r := scaledRow(c, l, j)
		sum.h.Add(sum.h, r.h.Mul(r.h, ratOf(f)))
		for k, g := range r.g {
			sum.g[k].Add(sum.g[k], g.Mul(g, ratOf(f)))
		}
	}
	add(z.Layer, z.Unit, s)
	for i, id := range ids {
		add(c.Cell[id].Layer, c.Cell[id].Unit, c.Cell[id].S*lam[i])
	}
	most := supOf(c.Model.Norm, sum)
	note := func(name string, sup, off float64) {
		if math.IsInf(sup, 0) || sup != sup || !(off <= math.MaxFloat64) {
			return // such a claim is none
		}
		if over := new(big.Rat).Sub(most, ratOf(sup)); over.Sign() > 0 {
			a.marks.Note(name, over, off)
		}
	}
	sup, off := c.Supremum(z, s, 1, ids, lam)
	note(boundOfFilter, sup, off)
}

// supOf is the largest value of a form on the unit ball, for l2 rounded down.
func supOf(norm ball.Norm, f ratForm) *big.Rat {
	t := new(big.Rat)
	switch norm {
	case ball.L2:
		root := new(big.Float).SetPrec(rootBits).SetRat(squareSum(f.g))
		root.Sqrt(root).Rat(t)
		t.Mul(t, new(big.Rat).Sub(big.NewRat(1, 1), powerOfTwo(8-rootBits)))
	default:
		for _, g := range f.g {
			if a := new(big.Rat).Abs(g); norm != ball.L1 {
				t.Add(t, a)
			} else if a.Cmp(t) > 0 {
				t = a
			}
		}
	}
	return t.Add(t, f.h)
}

func squareSum(x []*big.Rat) *big.Rat {
	t := new(big.Rat)
	for _, v := range x {
		t.Add(t, new(big.Rat).Mul(v, v))
	}
	return t
}

// passes measures forward passes at points of the ball.
func (a *audit) passes(m *forms.Model) {
	for range measuredPoints {
		y := append([]float64(nil), a.points[a.rng.IntN(len(a.points))]...)
		for k := range y {
			y[k] = (y[k] + 0x1p-30*a.rng.NormFloat64()) / float64(1+a.rng.IntN(2))
		}
		if forms.Inside(m.Norm, y) {
			a.pass(m, y)
		}
	}
}

// pass follows a point through the layers.
func (a *audit) pass(m *forms.Model, y []float64) {
	u, eu := y, make([]float64, len(y))
	x := ratsOf(y)
	for l, ly := range m.Layers {
		z, ez := make([]float64, ly.Out), make([]float64, ly.Out)
		judge.ValueTight(ly, u, eu, z, ez)
		f := m.Integers().Layers[l]
		next := make([]*big.Rat, ly.Out)
		for j := range next {
			v := new(big.Rat)
			if f.B[j] != nil {
				v.SetInt(f.B[j])
			}
			for n, w := range f.W[j].W {
				v.Add(v, new(big.Rat).Mul(new(big.Rat).SetInt(w), x[f.W[j].At[n]]))
			}
			v.Mul(v, powerOfTwo(-f.Scale))
			if finite := math.Abs(z[j]) <= math.MaxFloat64; finite {
				off := new(big.Rat).Mul(v, powerOfTwo(ly.Shift[j]))
				off.Sub(off, ratOf(z[j]))
				if ez[j] <= judge.TightMost {
					a.marks.Note(boundTight, off, ez[j])
				}
				if ly.Static[j] <= math.MaxFloat64 {
					a.marks.Note(boundStatic, off, ly.Static[j])
				}
			}
			z[j] = ly.Activate(j, z[j])
			if ez[j] = forms.Slack * (max(1, math.Abs(ly.Slopes[j]))*ez[j] + ly.Gamma*math.Abs(z[j])); v.Sign() < 0 {
				v.Mul(v, ratOf(ly.Slope(j, -1)))
			}
			next[j] = v
		}
		u, eu, x = z, ez, next
	}
}

// bounds measures the bounds of cells that a limited count leaves waiting.
func (a *audit) bounds(n *network.Network, b ball.Ball) error {
	cells, err := WaitingCells(n, b, 1+a.rng.Int64N(8))
	for _, c := range cells {
		a.marks.Compare(boundOfCell, new(big.Rat).SetInt64(c.Regions), new(big.Rat).SetInt(c.Upper))
	}
	return err
}

func ratOf(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

func ratsOf(y []float64) []*big.Rat {
	r := make([]*big.Rat, len(y))
	for k, v := range y {
		r[k] = ratOf(v)
	}
	return r
}
