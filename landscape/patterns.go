package landscape

// The complete list of activation patterns of a data set: the full-dimensional cells of the
// central arrangement {w : x̃_i·w = 0}, which are the activation regions of the data network in
// any ball about 0. Pilanci and Ergen (2020) enumerate them in theory and sample them in practice;
// this list is complete.

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/big"
	"math/bits"
	"strconv"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/lp/nnls"
	"github.com/relucell/relucell/network"
)

// Cell is a pattern D = diag(1[x̃_i·w > 0]) with a gate w.
type Cell struct {
	// Signs are those of x̃_i·w in the cell: 0 where x̃_i = 0, and there alone.
	Signs network.Pattern
	// Gate is strictly inside. Its numbers are as short as is good for its margin. It is nil where
	// no point in float64 was found, which takes rows that depend on one another but for an ulp or
	// so.
	Gate []float64
	// Margin is at most the least |x̃_i·w| / Σ_k |x̃_ik·w_k| over the rows that are not 0.
	Margin float64
}

// On says whether the neuron is on at point i.
func (c *Cell) On(i int) bool { return c.Signs[i] > 0 }

// UnitBall is {w : ‖w‖₂ ≤ 1} of so many weights, one at least.
func UnitBall(p int) ball.Ball {
	b, err := ball.New(ball.L2, make([]float64, p), 1)
	if err != nil {
		panic(err)
	}
	return b
}

// mostPoints bounds the points of which patterns are listed: the products of all pairs of rows are
// kept, and in the plane a pattern of all points for twice as many cells.
const mostPoints = 1 << 14

// Patterns returns all cells, in the order of a walk, minus before plus. When ctx ends first its
// cause is the error; others are those of [enumerate.Regions].
func Patterns(ctx context.Context, d *Data) ([]Cell, error) {
	if d.N() > mostPoints {
		return nil, fmt.Errorf("%d points, expected at most %d for a list of patterns", d.N(), mostPoints)
	}
	n, err := d.Network()
	if err != nil {
		return nil, err
	}
	b := UnitBall(d.P)
	var cells []Cell
	g := newGates(d)
	for r, err := range enumerate.Regions(ctx, n, b, enumerate.Options{Workers: 1}) {
		if err != nil {
			return nil, err
		}
		c := Cell{Signs: r.Pattern}
		g.find(&c, r.Point())
		cells = append(cells, c)
	}
	return cells, nil
}

// General returns 2·Σ_{k<p} C(n−1, k), the number of patterns of n points in general position and
// the most of any (Schläfli; Cover 1965).
func General(n, p int) *big.Int {
	sum := new(big.Int)
	for k := range min(p, n) {
		sum.Add(sum, new(big.Int).Binomial(int64(n-1), int64(k)))
	}
	return sum.Lsh(sum, 1)
}

// gates finds a gate for each cell.
type gates struct {
	*data
	solver nnls.Solver
	q      []float64
	ones   []float64
	x      []float64
}

// data is Data with what cells share: the rows at length 1, in floats, and their products.
type data struct {
	*Data
	unit [][]float64 // 0 for a row that is 0
	gram []float64
}

func newFloats(d *Data) *data {
	f := &data{Data: d, unit: make([][]float64, d.N())}
	for i, row := range d.Rows {
		f.unit[i] = append([]float64(nil), row...)
		if size := norm(row); size > 0 {
			scale(f.unit[i], 1/size)
		}
	}
	f.gram, _ = nnls.Gram(f.unit, f.unit[0])
	return f
}

// signed returns the products of the rows times their signs in a cell, in dst.
func (f *data) signed(dst []float64, s network.Pattern) []float64 {
	n := f.N()
	if dst == nil {
		dst = make([]float64, n*n)
	}
	for i := range n {
		for k := range n {
			dst[i*n+k] = f.gram[i*n+k] * float64(s[i]*s[k])
		}
	}
	return dst
}

func newGates(d *Data) *gates {
	g := &gates{data: newFloats(d), ones: make([]float64, d.N()), x: make([]float64, d.N())}
	for i := range g.ones {
		g.ones[i] = 1
	}
	return g
}

// find finds a gate: the point of the cell that is farthest from its walls for its length, rounded
// to as few bits as leave it half its margin; or else one near the point that the walk has found.
func (g *gates) find(c *Cell, inside []*big.Float) {
	// The shortest w with s_i·x̃_i·w ≥ ‖x̃_i‖, by least squares (Lawson and Hanson 1974, chapter
	// 23): its direction is E·x for the x ≥ 0 that minimises ‖E·x‖² + (1 − Σx)², E the signed rows.
	g.q = g.signed(g.q, c.Signs)
	for i := range g.ones {
		g.ones[i] = math.Abs(float64(c.Signs[i]))
		for k := range i + 1 {
			both := g.ones[i] * g.ones[k]
			g.q[i*g.N()+k] += both
			if k < i {
				g.q[k*g.N()+i] += both
			}
		}
	}
	clear(g.x)
	w := make([]float64, g.P)
	if g.solver.Minimise(g.q, g.ones, g.x) {
		for i, l := range g.x {
			axpy(w, l*float64(c.Signs[i]), g.unit[i])
		}
	}
	if most(w) == 0 {
		w[0] = 1 // all rows are 0
	}
	if scale(w, 1/most(w)); most(w) <= 1 { // else floats do not hold it
		if m := g.margin(c, w); m > 0 {
			c.Gate, c.Margin = g.shorten(c, w, m)
			return
		}
	}
	g.squeeze(c, inside)
}

// squeeze finds a gate in a thin cell: all coordinates but one of a point inside are rounded, and
// what that one may be is an interval.
func (g *gates) squeeze(c *Cell, inside []*big.Float) {
	w := make([]float64, g.P)
	for k, v := range inside {
		w[k], _ = dyadic.FromFloat(v)
	}
	for k := range w {
		lo, hi := g.between(c, w, k)
		if lo == nil || hi == nil || lo.Cmp(hi) >= 0 {
			continue
		}
		try := append([]float64(nil), w...)
		try[k], _ = dyadic.FromRat(lo.Add(lo, hi).Mul(lo, big.NewRat(1, 2)))
		if math.IsInf(try[k], 0) {
			continue
		}
		if m := g.margin(c, try); m > 0 {
			c.Gate, c.Margin = try, m
			return
		}
	}
}

// between returns the ends of the interval of numbers that put w into the cell in place of w_k;
// nil for an end that there is not.
func (g *gates) between(c *Cell, w []float64, k int) (lo, hi *big.Rat) {
	rest := append([]float64(nil), w...)
	rest[k] = 0
	v := dyadic.Floats(rest)
	for i, row := range g.integers {
		slope := row.Rat(k)
		if slope.Sign() == 0 || c.Signs[i] == 0 {
			continue
		}
		z := dyadic.Rat(dot(row, v))
		z.Neg(z.Quo(z, slope))
		switch above := slope.Sign() == int(c.Signs[i]); {
		case above && (lo == nil || lo.Cmp(z) < 0):
			lo = z
		case !above && (hi == nil || hi.Cmp(z) > 0):
			hi = z
		}
	}
	return lo, hi
}

// shorten rounds a gate whose largest number is 1.
func (g *gates) shorten(c *Cell, w []float64, margin float64) ([]float64, float64) {
	short := make([]float64, len(w))
	for _, bits := range []int{2, 4, 7, 12, 20, 32} {
		for k, v := range w {
			short[k] = math.Ldexp(math.RoundToEven(math.Ldexp(v, bits)), -bits) + 0 // no −0
		}
		if m := g.margin(c, short); m >= margin/2 {
			return short, m
		}
	}
	return w, margin
}

// margin returns the margin of a gate, rounded down, or 0 if the gate is not strictly inside: this
// is decided in integers.
func (g *gates) margin(c *Cell, w []float64) float64 {
	v, least := dyadic.Floats(w), 1.0
	var sum, t big.Int
	for i, row := range g.integers {
		if c.Signs[i] == 0 {
			continue
		}
		z, _ := dot(row, v)
		if z.Sign() != int(c.Signs[i]) {
			return 0
		}
		sum.SetInt64(0)
		for k := range row.N {
			t.Mul(&row.N[k], &v.N[k])
			sum.Add(&sum, t.Abs(&t))
		}
		least = min(least, dyadic.DownRat(new(big.Rat).SetFrac(z.Abs(z), &sum)))
	}
	return least
}

// Sure says whether any order of summation in arithmetic of so many bits, 53 or 24, gives x̃_i·w
// the right sign at all points: |z − fl(z)| ≤ γ_p·Σ|x̃_ik·w_k| with γ_p = p·u/(1 − p·u),
// u = 2^−bits (Higham 2002, section 3.1). Of 24 bits the data and the gate are rounded first, which
// is two factors 1 + δ more in each term, hence γ_{p+2}. Domain: nothing over- or underflows, which
// is asked of each term, and of a sum of p terms of its size.
func (d *Data) Sure(c *Cell, precision int) bool {
	least, most, p := -1021, 1024, len(c.Gate) // of the exponents of normal numbers
	if precision < 53 {
		least, most, p = -125, 128, p+2
	}
	u := float64(p) * math.Ldexp(1, -precision)
	if !(c.Margin > u/(1-u)) { // 0 without a gate
		return false
	}
	for _, row := range d.Rows {
		for k, x := range row {
			_, a := math.Frexp(x)
			_, b := math.Frexp(c.Gate[k])
			switch {
			case x == 0 || c.Gate[k] == 0:
				continue
			case a+b <= least || a+b+bits.Len(uint(p)) >= most:
				return false // |x·w| is from 2^(a+b−2) to 2^(a+b)
			case precision < 53 && (min(a, b) <= least || max(a, b) >= most):
				return false
			}
		}
	}
	return true
}

// WritePatterns writes a table: a line for each cell, its gate of p numbers, left empty where
// there is none, its margin, and D as 0 and 1.
func WritePatterns(w io.Writer, cells []Cell, p int) error {
	var line []byte
	for k := range p {
		line = fmt.Appendf(line, "w%d,", k)
	}
	line = append(line, "margin"...)
	for i := range cells[0].Signs {
		line = fmt.Appendf(line, ",d%d", i)
	}
	for _, c := range cells {
		line = append(line, '\n')
		for k := range p {
			if c.Gate != nil {
				line = strconv.AppendFloat(line, c.Gate[k], 'g', -1, 64)
			}
			line = append(line, ',')
		}
		line = strconv.AppendFloat(line, c.Margin, 'g', 4, 64)
		for i := range c.Signs {
			line = append(line, ',', '0')
			if c.On(i) {
				line[len(line)-1] = '1'
			}
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
		line = line[:0]
	}
	_, err := w.Write([]byte{'\n'})
	return err
}

// WriteGates writes the matrix G of p rows and a column for each cell, as tools of convex training
// take it: D_i = 1[X·G_i > 0], the rows of X being x̃. A cell without a gate is an error.
func WriteGates(w io.Writer, cells []Cell, p int) error {
	for k := range p {
		var line []byte
		for i, c := range cells {
			if c.Gate == nil {
				return fmt.Errorf("the cell of pattern %d has no gate in float64, expected data that do not depend on one another but for an ulp", i)
			}
			if i > 0 {
				line = append(line, ',')
			}
			line = strconv.AppendFloat(line, c.Gate[k], 'g', -1, 64)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// axpy adds a·x to y.
func axpy(y []float64, a float64, x []float64) {
	for k, v := range x {
		y[k] += a * v
	}
}

func scale(x []float64, a float64) {
	for k := range x {
		x[k] *= a
	}
}

// norm returns ‖x‖₂ without overflow.
func norm(x []float64) float64 {
	size := 0.0
	for _, v := range x {
		size = math.Hypot(size, v)
	}
	return size
}

// most returns the largest |x_k|.
func most(x []float64) float64 {
	size := 0.0
	for _, v := range x {
		size = max(size, math.Abs(v))
	}
	return size
}
