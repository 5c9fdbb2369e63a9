package landscape

// The least risk of m neurons without a regulariser, by exhaustion (Arora, Basu, Mianjy,
// Mukherjee, ICLR 2018): in a product of closed cells and signs every v_j is a sum of the cell's
// rays with weights that are not negative, so each programme is one of least squares over such
// weights, and nothing else. The rays are exact (package cone), the programmes float64. They
// propose networks; a network's risk is computed exactly, and no other number is told.

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/nnls"
)

const (
	// candidates is how many of the best programmes are evaluated exactly: floats may rank what
	// lies together wrongly.
	candidates = 24
	// mostProgrammes bounds the search to an hour or so.
	mostProgrammes = 1_000_000_000
)

// ridges are put on the programme of a candidate, times a column's square. Columns that nearly
// depend take weights that cancel, up to 10¹⁷, and lose all their digits in a network of floats;
// which ridge is the right one is told by the risk of the network.
var ridges = []float64{1e-15, 1e-13, 1e-11, 1e-9, 1e-7}

// Wide is what the search over all programmes found.
type Wide struct {
	Model *Model
	// Risk is that of Model, exactly. That no network of this width has a lower one is what floats
	// say of all programmes, and is not proved.
	Risk *big.Rat
	// Programmes is the number of multisets of signed cells: C(2·patterns + m − 1, m).
	Programmes *big.Int
	// Cells spells the signs and patterns of the neurons.
	Cells string
}

// member is a neuron's cell and the sign of its a.
type member struct {
	cell int
	sign float64
}

// number is the member's among the signed cells, and memberOf undoes it.
func (m member) number() int { return 2*m.cell + (1-int(m.sign))/2 }

func memberOf(k int) member { return member{k / 2, float64(1 - 2*(k%2))} }

// programmes are the cells by their rays.
type programmes struct {
	*Data
	*edges
	cells []Cell
	rays  [][]float64    // of length 1 in floats
	reach [2][][]float64 // σ(X·ray), and −σ(X·ray)
	// levels are the programmes of the first 0, 1, … members.
	levels []level
	solver nnls.Solver
	rest   []float64
	best   []candidate // ascending
}

// level is a programme: columns with their products, and a point.
type level struct {
	members []member
	columns [][]float64
	q, b, x []float64
}

type candidate struct {
	members []member
	value   float64
}

// newProgrammes finds the rays of all cells; out adds the constants 1 and −1, for a network whose
// output has a bias.
func newProgrammes(ctx context.Context, d *Data, cells []Cell, m int, out bool) (*programmes, error) {
	e, err := newEdges(ctx, d, cells)
	if err != nil {
		return nil, err
	}
	p := &programmes{Data: d, edges: e, cells: cells, levels: make([]level, m+1)}
	for _, v := range e.primitive {
		p.ray(v)
	}
	if out {
		for _, c := range []float64{1, -1} {
			one := slices.Repeat([]float64{c}, d.N())
			p.levels[0].columns = append(p.levels[0].columns, one)
		}
	}
	p.solve(0, 0)
	return p, nil
}

// ray adds a ray in floats.
func (p *programmes) ray(v []*big.Int) {
	var size big.Int
	for _, x := range v {
		if x.CmpAbs(&size) > 0 {
			size.Abs(x)
		}
	}
	f := make([]float64, len(v))
	for k, x := range v {
		f[k], _ = dyadic.FromRat(new(big.Rat).SetFrac(x, &size))
	}
	scale(f, 1/norm(f))
	p.rays = append(p.rays, f)
	for s, sign := range []float64{1, -1} {
		reach := make([]float64, p.N())
		for i, row := range p.Rows {
			reach[i] = sign * max(nnls.Dot(row, f), 0)
		}
		p.reach[s] = append(p.reach[s], reach)
	}
}

// solve solves the programme of a level, from the point of the one before, and returns its value.
// ridge is put on the products of columns with themselves.
func (p *programmes) solve(j int, ridge float64) float64 {
	l, n, from := &p.levels[j], len(p.levels[j].columns), 0
	l.q, l.b, l.x = grow(l.q, n*n), grow(l.b, n), grow(l.x, n)
	clear(l.x)
	if j > 0 && ridge == 0 {
		before := &p.levels[j-1]
		from = len(before.b)
		copy(l.b, before.b)
		copy(l.x, before.x)
		for i := range from {
			copy(l.q[i*n:], before.q[i*from:(i+1)*from])
		}
	}
	for i := from; i < n; i++ {
		for k := range i + 1 {
			v := nnls.Dot(l.columns[i], l.columns[k])
			l.q[i*n+k], l.q[k*n+i] = v, v
		}
		l.q[i*n+i] *= 1 + ridge
		l.b[i] = nnls.Dot(l.columns[i], p.Y)
	}
	p.solver.Minimise(l.q, l.b, l.x)
	p.rest = append(p.rest[:0], p.Y...)
	for k, c := range l.columns {
		if l.x[k] != 0 {
			axpy(p.rest, -l.x[k], c)
		}
	}
	return nnls.Dot(p.rest, p.rest)
}

// grow returns n numbers in the memory of v, if it is enough.
func grow(v []float64, n int) []float64 {
	if cap(v) < n {
		return make([]float64, n)
	}
	return v[:n]
}

// join makes level j the programme of level j − 1 with one more member.
func (p *programmes) join(j int, m member) {
	before, l := &p.levels[j-1], &p.levels[j]
	l.members = append(append(l.members[:0], before.members...), m)
	l.columns = append(l.columns[:0], before.columns...)
	for _, r := range p.of[m.cell] {
		l.columns = append(l.columns, p.reach[(1-int(m.sign))/2][r])
	}
}

// walk solves the programmes of all multisets of signed cells from the members of a level on, the
// next at least number from, and tells of each.
func (p *programmes) walk(ctx context.Context, j, from int, tell func(value float64, l *level) error) error {
	for k := from; k < 2*len(p.cells); k++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.join(j, memberOf(k))
		value := p.solve(j, 0)
		var err error
		if j+1 == len(p.levels) {
			err = tell(value, &p.levels[j])
		} else {
			err = p.walk(ctx, j+1, k, tell)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keep keeps a programme if it is one of the best.
func (p *programmes) keep(value float64, l *level) error {
	if !(value <= math.MaxFloat64) || len(p.best) == candidates && value >= p.best[candidates-1].value {
		return nil
	}
	at, _ := slices.BinarySearchFunc(p.best, value, func(c candidate, v float64) int {
		if c.value <= v {
			return -1
		}
		return 1
	})
	p.best = slices.Insert(p.best, at, candidate{slices.Clone(l.members), value})
	p.best = p.best[:min(len(p.best), candidates)]
	return nil
}

// finest returns the network of the lowest exact risk among the candidates with all ridges.
func (p *programmes) finest() (w Wide) {
	for _, c := range p.best {
		for j, m := range c.members {
			p.join(j+1, m)
		}
		l := &p.levels[len(c.members)]
		for _, r := range ridges {
			p.solve(len(c.members), r)
			m := p.model(l)
			if !m.finite() {
				continue
			}
			if risk := p.Risk(m); w.Risk == nil || risk.Cmp(w.Risk) < 0 {
				w.Model, w.Risk, w.Cells = m, risk, p.spell(c.members)
			}
		}
	}
	return w
}

// model returns the network of a level's point.
func (p *programmes) model(l *level) *Model {
	m, k := &Model{}, 0
	if len(p.levels[0].columns) > 0 {
		m.Out, k = l.x[0]-l.x[1], 2
	}
	for _, at := range l.members {
		w := make([]float64, p.P)
		for _, r := range p.of[at.cell] {
			axpy(w, l.x[k], p.rays[r])
			k++
		}
		m.W, m.A = append(m.W, w), append(m.A, at.sign)
	}
	return m
}

func (p *programmes) spell(ms []member) string {
	s := product{}
	for _, m := range ms {
		s.cells, s.signs = append(s.cells, &p.cells[m.cell]), append(s.signs, int(m.sign))
	}
	return s.String()
}

// Widest finds the least risk Σ (f(x_i) − y_i)² of m neurons, over all cells. With out the output
// has a bias. When ctx ends first its cause is the error.
func Widest(ctx context.Context, d *Data, cells []Cell, m int, out bool) (*Wide, error) {
	_, w, err := exhaust(ctx, d, cells, m, out)
	return w, err
}

// exhaust returns the programmes too, with the best of them.
func exhaust(ctx context.Context, d *Data, cells []Cell, m int, out bool) (*programmes, *Wide, error) {
	count := products(len(cells), m)
	if count.Cmp(big.NewInt(mostProgrammes)) > 0 {
		return nil, nil, fmt.Errorf("%v programmes for %d neurons, expected at most %d: fewer neurons, or fewer points", count, m, mostProgrammes)
	}
	p, err := newProgrammes(ctx, d, cells, m, out)
	if err != nil {
		return nil, nil, err
	}
	if err := p.walk(ctx, 1, 0, p.keep); err != nil {
		return nil, nil, err
	}
	w := p.finest()
	if w.Risk == nil {
		return nil, nil, errRange
	}
	w.Programmes = count
	return p, &w, nil
}
