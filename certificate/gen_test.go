package certificate

// A slow, exact generator of proofs in one and two dimensions, to test with: cells are intervals or
// convex polygons with rational vertices, clipped by each neuron. Multipliers come
// from the corner where the other side's form is largest. It shares no code with
// the checker: rationals against integers.

import (
	"math/big"
	"math/rand"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	balls "github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/proof"
)

// rform is g·x + h in rationals, the last entry being h.
type rform []*big.Rat

func rat(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

func (f rform) at(x []*big.Rat) *big.Rat {
	v := new(big.Rat).Set(f[len(f)-1])
	for k := range x {
		v.Add(v, new(big.Rat).Mul(f[k], x[k]))
	}
	return v
}

func (f rform) plus(c *big.Rat, g rform) rform {
	r := make(rform, len(f))
	for k := range f {
		r[k] = new(big.Rat).Add(f[k], new(big.Rat).Mul(c, g[k]))
	}
	return r
}

// corner is a vertex of a cell, edge the constraint (≥ 0) on the side that follows it.
type corner struct {
	x    []*big.Rat
	edge int // index into gen.cons
}

// gen walks a network and tells a writer.
type gen struct {
	net  tnet
	w    enumerate.Observer
	rnd  *rand.Rand
	fork bool
	// stop is the share of cells left unexplored.
	stop float64
	// regions and open are the leaves so far.
	regions, open int64
	// cons are the ball's facets and then, on the path, s_i·z_i; who is −1 or the neuron i.
	cons []rform
	who  []int
	sign []int
	z    []rform // pre-activations on the path
}

// interval and polygons hold corners in order; for one input, two corners, each
// with the constraint that is tight there.
func (g *gen) split(cell []corner, f rform, id int) []corner {
	var out []corner
	n := len(cell)
	for i, c := range cell {
		d := cell[(i+1)%n]
		v, u := f.at(c.x), f.at(d.x)
		if g.net.inputs == 1 {
			switch {
			case v.Sign() > 0:
				out = append(out, c)
			case u.Sign() > 0: // the zero between takes the place of this end
				out = append(out, corner{between(c.x, d.x, v, u), id})
			}
			continue
		}
		if v.Sign() >= 0 {
			out = append(out, c)
			if v.Sign() == 0 && u.Sign() < 0 {
				out[len(out)-1].edge = id
			}
		}
		if v.Sign()*u.Sign() < 0 {
			e := id
			if v.Sign() < 0 {
				e = c.edge
			}
			out = append(out, corner{between(c.x, d.x, v, u), e})
		}
	}
	return out
}

func between(a, b []*big.Rat, v, u *big.Rat) []*big.Rat {
	t := new(big.Rat).Quo(v, new(big.Rat).Sub(v, u))
	x := make([]*big.Rat, len(a))
	for k := range x {
		x[k] = new(big.Rat).Add(a[k], new(big.Rat).Mul(t, new(big.Rat).Sub(b[k], a[k])))
	}
	return x
}

// witness returns a dyadic point strictly inside the cell: its mean, rounded finely enough.
func (g *gen) witness(cell []corner) []*big.Float {
	mean := make([]*big.Rat, g.net.inputs)
	for k := range mean {
		mean[k] = new(big.Rat)
		for _, c := range cell {
			mean[k].Add(mean[k], c.x[k])
		}
		mean[k].Quo(mean[k], big.NewRat(int64(len(cell)), 1))
	}
	for prec := uint(20); ; prec += 20 {
		x, r := make([]*big.Float, len(mean)), make([]*big.Rat, len(mean))
		for k := range x {
			x[k] = new(big.Float).SetPrec(prec).SetRat(mean[k])
			r[k], _ = x[k].Rat(nil)
		}
		ok := true
		for _, f := range g.cons {
			ok = ok && f.at(r).Sign() > 0
		}
		if ok {
			return x
		}
	}
}

// multipliers finds self and ancestors with self·f + Σ λ·cons ≤ 0 on the ball, f being nowhere
// positive on the cell.
func (g *gen) multipliers(cell []corner, f rform) (*big.Int, map[int]*big.Int) {
	n := g.net.inputs
	best := cell[0].x
	for _, c := range cell {
		if f.at(c.x).Cmp(f.at(best)) > 0 {
			best = c.x
		}
	}
	var tight []int
	for i, c := range g.cons {
		if c.at(best).Sign() == 0 {
			tight = append(tight, i)
		}
	}
	zero := new(big.Rat)
	try := func(ids []int, lam []*big.Rat) (*big.Int, map[int]*big.Int) {
		self := big.NewInt(1)
		for _, l := range lam {
			self.Mul(self, l.Denom())
		}
		out := map[int]*big.Int{}
		for i, l := range lam {
			if l.Sign() > 0 && g.who[ids[i]] >= 0 {
				v := new(big.Rat).Mul(l, new(big.Rat).SetInt(self))
				out[g.who[ids[i]]] = new(big.Int).Set(v.Num())
			}
		}
		return self, out
	}
	for _, i := range tight {
		a := g.cons[i]
		for _, j := range tight {
			b := g.cons[j]
			if n == 1 || i == j { // f's gradient is −λ·a's
				k := 0
				if a[0].Sign() == 0 && n == 2 {
					k = 1
				}
				if a[k].Sign() == 0 {
					continue
				}
				l := new(big.Rat).Neg(new(big.Rat).Quo(f[k], a[k]))
				if l.Sign() >= 0 && (n == 1 || new(big.Rat).Add(f[1-k], new(big.Rat).Mul(l, a[1-k])).Cmp(zero) == 0) {
					return try([]int{i}, []*big.Rat{l})
				}
				continue
			}
			det := new(big.Rat).Sub(new(big.Rat).Mul(a[0], b[1]), new(big.Rat).Mul(a[1], b[0]))
			if det.Sign() == 0 {
				continue
			}
			l := new(big.Rat).Sub(new(big.Rat).Mul(f[1], b[0]), new(big.Rat).Mul(f[0], b[1]))
			m := new(big.Rat).Sub(new(big.Rat).Mul(f[0], a[1]), new(big.Rat).Mul(f[1], a[0]))
			l.Quo(l, det)
			m.Quo(m, det)
			if l.Sign() >= 0 && m.Sign() >= 0 {
				return try([]int{i, j}, []*big.Rat{l, m})
			}
		}
	}
	panic("no multipliers: the generator is wrong")
}

// forms returns the pre-activations of the layer whose first neuron is len(g.z), nil after the last
// one.
func (g *gen) forms() []rform {
	n := g.net.inputs
	act := make([]rform, n)
	for k := range act {
		act[k] = make(rform, n+1)
		for i := range act[k] {
			act[k][i] = new(big.Rat)
		}
		act[k][k].SetInt64(1)
	}
	j := 0
	for _, y := range g.net.layers {
		z := make([]rform, len(y.b))
		for u := range z {
			z[u] = make(rform, n+1)
			for k := range z[u] {
				z[u][k] = new(big.Rat)
			}
			z[u][n] = rat(y.b[u])
			for k, a := range act {
				z[u] = z[u].plus(rat(y.w[u][k]), a)
			}
		}
		var neurons []int
		var forms []rform
		for u := range z {
			if y.below(u) != 1 {
				neurons, forms = append(neurons, u), append(forms, z[u])
			}
		}
		if len(neurons) > 0 && j == len(g.sign) {
			return forms
		}
		for _, u := range neurons {
			factor := map[int]*big.Rat{-1: rat(y.below(u)), 0: rat(0), +1: rat(1)}[g.sign[j]]
			for k := range z[u] {
				z[u][k] = new(big.Rat).Mul(z[u][k], factor)
			}
			j++
		}
		act = z
	}
	return nil
}

func (g *gen) neurons() int {
	t := 0
	for _, y := range g.net.layers {
		for u := range y.b {
			if y.below(u) != 1 {
				t++
			}
		}
	}
	return t
}

// walk tells the subtree of a cell.
func (g *gen) walk(cell []corner, layer []rform) {
	j := len(g.sign)
	if j == g.neurons() || g.rnd.Float64() < g.stop {
		x := g.witness(cell)
		if j < g.neurons() {
			g.open++
			g.w.OpenBig(x)
			return
		}
		g.regions++
		plain := make([]float64, len(x))
		exact := true
		for k := range x {
			v, acc := x[k].Float64()
			plain[k] = v
			exact = exact && acc == big.Exact
		}
		if exact && j%2 == 0 {
			g.w.Region(plain)
		} else {
			g.w.RegionBig(x)
		}
		return
	}
	if len(layer) == 0 {
		layer = g.forms()
	}
	f := layer[0]
	g.z = append(g.z, f)
	defer func() { g.z = g.z[:j] }()
	down := func(s int, child []corner) {
		if s != 0 {
			g.cons = append(g.cons, rform{}.scaled(f, s))
			g.who = append(g.who, j)
		}
		g.sign = append(g.sign, s)
		if g.fork && g.rnd.Intn(3) == 0 {
			w := g.w
			g.w = w.Fork()
			g.walk(child, layer[1:])
			w.Join(g.w)
			g.w = w
		} else {
			g.walk(child, layer[1:])
		}
		g.sign = g.sign[:j]
		if s != 0 {
			g.cons, g.who = g.cons[:len(g.cons)-1], g.who[:len(g.who)-1]
		}
	}
	minus, plus := false, false
	for _, c := range cell {
		minus = minus || f.at(c.x).Sign() < 0
		plus = plus || f.at(c.x).Sign() > 0
	}
	switch {
	case minus && plus:
		g.w.Split()
		down(-1, g.split(cell, rform{}.scaled(f, -1), len(g.cons)))
		down(+1, g.split(cell, f, len(g.cons)))
		g.w.SplitEnd()
	case !minus && !plus:
		g.w.Zero()
		down(0, cell)
	default:
		s := +1
		if minus {
			s = -1
		}
		other := rform{}.scaled(f, -s)
		flat := true
		for _, v := range f[:len(f)-1] {
			flat = flat && v.Sign() == 0
		}
		self, lam := big.NewInt(1), map[int]*big.Int{}
		if !flat {
			self, lam = g.multipliers(cell, other)
		}
		var ids []int32
		var big64 []int64
		var bigs []*big.Int
		small := self.IsInt64()
		for i := range int32(j) {
			if l := lam[int(i)]; l != nil {
				ids, bigs = append(ids, i), append(bigs, l)
				small = small && l.IsInt64()
				big64 = append(big64, l.Int64())
			}
		}
		if small {
			g.w.Pruned(int8(s), self.Int64(), ids, big64)
		} else {
			g.w.PrunedBig(int8(s), self, ids, bigs)
		}
		down(s, cell)
	}
}

func (rform) scaled(f rform, s int) rform {
	r := make(rform, len(f))
	for k := range f {
		r[k] = new(big.Rat).Mul(f[k], big.NewRat(int64(s), 1))
	}
	return r
}

// tball is a ball of tests: norm l2, linf or l1, with centre and radius, or box, with its bounds.
type tball struct {
	Norm   string
	Center []float64
	Radius float64
	Lo, Hi []float64
}

// ball is what the writer is told.
func (b tball) ball(tb testing.TB) (out balls.Ball) {
	var err error
	if b.Norm == "box" {
		out, err = balls.NewBox(b.Lo, b.Hi)
	} else {
		var norm balls.Norm
		if norm, err = balls.ParseNorm(b.Norm); err == nil {
			out, err = balls.New(norm, b.Center, b.Radius)
		}
	}
	require.NoError(tb, err)
	return out
}

// facets returns a ball's corners and the constraints they stand on.
func facets(b tball) ([]corner, []rform) {
	c, r := b.Center, rat(b.Radius)
	if b.Norm == "l2" && len(c) == 2 {
		panic("the generator knows no discs")
	}
	if b.Norm == "l1" && len(c) == 2 {
		var cs []corner
		var fs []rform
		for i, d := range [][2]int64{{1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
			x := []*big.Rat{new(big.Rat).Add(rat(c[0]), new(big.Rat).Mul(r, big.NewRat(d[0], 1))), new(big.Rat).Add(rat(c[1]), new(big.Rat).Mul(r, big.NewRat(d[1], 1)))}
			cs = append(cs, corner{x, i})
		}
		for _, d := range [][2]int64{{1, 1}, {-1, 1}, {-1, -1}, {1, -1}} { // r − d·(x−c) ≥ 0
			h := new(big.Rat).Set(r)
			f := rform{big.NewRat(-d[0], 1), big.NewRat(-d[1], 1), h}
			for k := range 2 {
				h.Add(h, new(big.Rat).Mul(big.NewRat(d[k], 1), rat(c[k])))
			}
			fs = append(fs, f)
		}
		return cs, fs
	}
	n := max(len(c), len(b.Lo))
	lo, hi := make([]*big.Rat, n), make([]*big.Rat, n)
	for k := range lo {
		if b.Norm == "box" {
			lo[k], hi[k] = rat(b.Lo[k]), rat(b.Hi[k])
		} else {
			lo[k], hi[k] = new(big.Rat).Sub(rat(c[k]), r), new(big.Rat).Add(rat(c[k]), r)
		}
	}
	one, none, minus := rat(1), rat(0), rat(-1)
	neg := func(v *big.Rat) *big.Rat { return new(big.Rat).Neg(v) }
	if n == 1 {
		return []corner{{[]*big.Rat{lo[0]}, 0}, {[]*big.Rat{hi[0]}, 1}}, []rform{{one, neg(lo[0])}, {minus, hi[0]}}
	}
	return []corner{{[]*big.Rat{lo[0], lo[1]}, 0}, {[]*big.Rat{hi[0], lo[1]}, 1}, {[]*big.Rat{hi[0], hi[1]}, 2}, {[]*big.Rat{lo[0], hi[1]}, 3}},
		[]rform{{none, one, neg(lo[1])}, {minus, none, hi[0]}, {none, minus, hi[1]}, {one, none, neg(lo[0])}}
}

// prove walks the network over the ball and writes a proof; it returns the leaves.
func prove(tb testing.TB, net tnet, b tball, path string, seed int64, fork bool, stop float64, partSize int) int64 {
	tb.Helper()
	w, err := proof.NewWriter(path, proof.Header{Net: net.hash(tb), Ball: b.ball(tb), PartSize: partSize})
	require.NoError(tb, err)
	cell, cons := facets(b)
	g := &gen{net: net, w: w, rnd: rand.New(rand.NewSource(seed)), fork: fork, stop: stop, cons: cons}
	for range cons {
		g.who = append(g.who, -1)
	}
	g.walk(cell, nil)
	n := g.regions + g.open
	require.NoError(tb, w.Close(big.NewInt(n)))
	return n
}

func tempProof(tb testing.TB, name string) string { return filepath.Join(tb.TempDir(), name) }
