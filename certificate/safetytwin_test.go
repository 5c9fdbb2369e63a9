package certificate

// The bounds of docs/safety-proof.md once more, from that page alone, in rational numbers of any
// length: slow, with no thought of words, and held against the checker number by number.

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

type rat = *big.Rat

func whole(v int64) rat { return new(big.Rat).SetInt64(v) }
func plus(v ...rat) rat {
	sum := new(big.Rat)
	for _, x := range v {
		sum.Add(sum, x)
	}
	return sum
}
func minus(a, b rat) rat { return new(big.Rat).Sub(a, b) }
func times(a, b rat) rat { return new(big.Rat).Mul(a, b) }
func neg(a rat) rat      { return new(big.Rat).Neg(a) }
func abs(a rat) rat      { return new(big.Rat).Abs(a) }
func most(a rat, more ...rat) rat {
	for _, x := range more {
		if x.Cmp(a) > 0 {
			a = x
		}
	}
	return a
}
func least(a, b rat) rat { return neg(most(neg(a), neg(b))) }
func down(a rat) rat {
	return new(big.Rat).SetInt(new(big.Int).Div(a.Num(), a.Denom()))
}
func roundUp(a rat) rat { return neg(down(neg(a))) }

// power returns 2^e.
func power(e int) rat {
	v := new(big.Int).Lsh(big.NewInt(1), uint(max(e, -e)))
	if e < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), v)
	}
	return new(big.Rat).SetInt(v)
}

// twinLayer has §4.1 of a layer.
type twinLayer struct {
	w             [][]rat
	s             int
	rounded       bool
	b, a, low, up []rat
	neuron        []int // −1 for none
}

// twinNode has what §4 says of a node.
type twinNode struct {
	layers  []twinLayer
	f       int
	lo, hi  []rat
	l, u    [][]rat
	side    [][]int
	slope   [][]rat
	off     [][]rat
	m       []rat // M of each layer, and of the outputs
	z       []rat
	c, r    []rat
	g       [][]rat // by unit
	bounded bool
	void    bool
	large   bool
	sign    map[int]int
	alpha   map[int]int
	beta    map[int]rat // s·β, in units of 2^−g
}

// isSmall says so of all numbers, which are integers.
func isSmall(v ...rat) bool {
	for _, x := range v {
		if abs(x).Cmp(power(61)) >= 0 {
			return false
		}
	}
	return true
}

func isInteger(v rat) bool { return v.IsInt() }

// twinLayers returns §4.1, nil if something is not small.
func twinLayers(t tnet, f int) (layers []twinLayer) {
	neurons := 0
	for _, y := range t.layers {
		var v twinLayer
		rho, exact := new(big.Rat), 0
		for _, row := range y.w {
			sum := new(big.Rat)
			for _, w := range row {
				sum = plus(sum, abs(ratOf(w)))
				for !isInteger(times(ratOf(w), power(exact))) {
					exact++
				}
			}
			rho = most(rho, sum)
		}
		largest := 62
		for ; largest >= 0 && times(rho, power(largest)).Cmp(power(61)) >= 0; largest-- {
		}
		if largest < 0 {
			return nil
		}
		v.s = min(exact, largest)
		v.rounded = v.s < exact
		for j, row := range y.w {
			var w []rat
			for _, x := range row {
				w = append(w, down(times(ratOf(x), power(v.s))))
			}
			a := ratOf(y.below(j))
			v.w, v.a = append(v.w, w), append(v.a, a)
			v.b = append(v.b, down(times(power(f), ratOf(y.b[j]))))
			v.low, v.up = append(v.low, down(times(power(f), a))), append(v.up, roundUp(times(power(f), a)))
			if !isSmall(v.b[j], v.low[j], v.up[j]) {
				return nil
			}
			if v.neuron = append(v.neuron, -1); a.Cmp(whole(1)) != 0 {
				v.neuron[j] = neurons
				neurons++
			}
		}
		layers = append(layers, v)
	}
	return layers
}

func sumOf(n int, of func(k int) rat) rat {
	sum := new(big.Rat)
	for k := range n {
		sum.Add(sum, of(k))
	}
	return sum
}

// twinBounds returns §4.2 to §4.5.
func twinBounds(layers []twinLayer, f int, lo, hi []int64, sign map[int]int, second bool) *twinNode {
	n := &twinNode{layers: layers, f: f, sign: sign}
	sum := new(big.Rat)
	wideInputs := 0
	for k := range lo {
		n.lo, n.hi = append(n.lo, whole(lo[k])), append(n.hi, whole(hi[k]))
		sum = plus(sum, most(abs(n.lo[k]), abs(n.hi[k])))
		if hi[k]-lo[k] >= 2 {
			wideInputs++
		}
	}
	at := 0
	for k := range lo {
		g := make([]rat, wideInputs)
		for i := range g {
			g[i] = new(big.Rat)
		}
		c, r := n.lo[k], minus(n.hi[k], n.lo[k])
		if hi[k]-lo[k] >= 2 {
			c, r = down(times(plus(n.lo[k], n.hi[k]), big.NewRat(1, 2))), new(big.Rat)
			g[at] = minus(n.hi[k], c)
			at++
		}
		n.c, n.r, n.g = append(n.c, c), append(n.r, r), append(n.g, g)
	}
	n.m = []rat{sum}
	if layers == nil || !isSmall(sum) {
		return n
	}
	for i := range layers {
		if !n.affine(i) {
			return n
		}
		if second && i > 0 {
			n.tighten(i)
		}
		n.signs(i)
		if n.void {
			return n
		}
		if !n.activate(i) {
			return n
		}
	}
	n.bounded = true
	return n
}

// floor and ceil remember a result that is not small.
func (n *twinNode) floor(a rat) rat {
	v := down(a)
	n.large = n.large || !isSmall(v)
	return v
}

func (n *twinNode) ceil(a rat) rat { return neg(n.floor(neg(a))) }

// fits says that nothing was too large since it was asked last.
func (n *twinNode) fits() bool {
	large := n.large
	n.large = false
	return !large
}

func (n *twinNode) affine(i int) (ok bool) {
	y := &n.layers[i]
	G := len(n.g[0])
	var c, r, l, u []rat
	var g [][]rat
	ok = true
	unit := power(-y.s)
	for q, w := range y.w {
		cq := plus(n.floor(times(unit, sumOf(len(w), func(k int) rat { return times(w[k], n.c[k]) }))), y.b[q])
		rq := plus(n.floor(times(unit, sumOf(len(w), func(k int) rat { return times(abs(w[k]), n.r[k]) }))), whole(int64(G)+3))
		if y.rounded {
			rq = plus(rq, n.floor(times(unit, n.m[i])), whole(1))
		}
		var gq []rat
		R := rq
		for e := range G {
			v := n.floor(times(unit, sumOf(len(w), func(k int) rat { return times(w[k], n.g[k][e]) })))
			gq, R = append(gq, v), plus(R, abs(v))
		}
		c, r, g = append(c, cq), append(r, rq), append(g, gq)
		l, u = append(l, minus(cq, R)), append(u, plus(cq, R))
		ok = ok && isSmall(cq, rq, R, l[q], u[q]) && isSmall(gq...)
	}
	n.c, n.r, n.g, n.l, n.u = c, r, g, append(n.l, l), append(n.u, u)
	return ok && n.fits()
}

func (n *twinNode) tighten(i int) {
	y := &n.layers[i]
	for q := range y.w {
		if y.neuron[q] < 0 || n.l[i][q].Sign() >= 0 || n.u[i][q].Sign() <= 0 {
			continue
		}
		l, u := n.l[i][q], n.u[i][q]
		for _, s := range []int64{+1, -1} {
			a := make([]rat, len(y.w))
			for k := range a {
				a[k] = new(big.Rat)
			}
			a[q] = times(whole(s), power(n.f))
			v, ok := n.goBack(i, true, a, n.zeros(), new(big.Rat), new(big.Rat))
			if ok && s > 0 {
				l = most(l, v)
			} else if ok {
				u = least(u, neg(v))
			}
		}
		n.l[i][q], n.u[i][q] = l, u
	}
}

func (n *twinNode) zeros() []rat {
	x := make([]rat, len(n.lo))
	for k := range x {
		x[k] = new(big.Rat)
	}
	return x
}

func (n *twinNode) signs(i int) {
	y := &n.layers[i]
	side := make([]int, len(y.w))
	for q := range y.w {
		s := 0
		if y.neuron[q] >= 0 {
			s = n.sign[y.neuron[q]]
		}
		if s > 0 {
			n.l[i][q] = most(n.l[i][q], new(big.Rat))
		} else if s < 0 {
			n.u[i][q] = least(n.u[i][q], new(big.Rat))
		}
		n.void = n.void || n.l[i][q].Cmp(n.u[i][q]) > 0
		switch {
		case y.neuron[q] < 0:
			side[q] = 1
		case s != 0:
			side[q] = s
		case n.u[i][q].Sign() <= 0:
			side[q] = -1
		case n.l[i][q].Sign() >= 0:
			side[q] = 1
		}
	}
	n.side = append(n.side, side)
}

func (n *twinNode) activate(i int) bool {
	y := &n.layers[i]
	one, unit := power(n.f), power(-n.f)
	G := len(n.g[0])
	M, Z := new(big.Rat), new(big.Rat)
	slope, off := make([]rat, len(y.w)), make([]rat, len(y.w))
	var fresh []int
	ok := true
	for q := range y.w {
		l, u := n.l[i][q], n.u[i][q]
		below, above := most(neg(l), new(big.Rat)), most(u, new(big.Rat))
		m := most(above, n.ceil(times(unit, times(most(abs(y.low[q]), abs(y.up[q])), below))))
		M, Z = plus(M, m), plus(Z, most(abs(l), abs(u)))
		ok = ok && isSmall(m)
		switch {
		case n.side[i][q] == 0:
			rho := n.floor(new(big.Rat).Quo(times(one, u), minus(u, l)))
			var lambda rat
			if y.a[q].Cmp(whole(1)) < 0 {
				lambda = plus(y.up[q], n.floor(times(unit, times(minus(one, y.up[q]), rho))))
				off[q] = most(n.ceil(times(unit, times(minus(lambda, y.low[q]), neg(l)))), n.ceil(times(unit, times(minus(one, lambda), u))))
			} else {
				lambda = minus(y.low[q], n.floor(times(unit, times(minus(y.low[q], one), rho))))
				off[q] = neg(most(n.ceil(times(unit, times(minus(y.up[q], lambda), neg(l)))), n.ceil(times(unit, times(minus(lambda, one), u)))))
			}
			slope[q] = lambda
			ok = ok && isSmall(off[q])
			fresh = append(fresh, q)
			n.multiply(q, lambda, G)
			half := n.floor(times(abs(off[q]), big.NewRat(1, 2)))
			if y.a[q].Cmp(whole(1)) > 0 {
				half = neg(half)
			}
			n.c[q] = plus(n.c[q], half)
		case n.side[i][q] < 0 && y.a[q].Sign() == 0:
			n.multiply(q, new(big.Rat), G)
			n.r[q] = new(big.Rat)
		case n.side[i][q] < 0:
			n.multiply(q, y.low[q], G)
			if y.low[q].Cmp(y.up[q]) != 0 {
				n.r[q] = plus(n.r[q], n.floor(times(unit, below)), whole(1))
			}
		}
		ok = ok && isSmall(n.c[q], n.r[q]) && isSmall(n.g[q]...)
	}
	for q := range y.w {
		for _, p := range fresh {
			v := new(big.Rat)
			if p == q {
				v = minus(abs(off[q]), n.floor(times(abs(off[q]), big.NewRat(1, 2))))
			}
			n.g[q] = append(n.g[q], v)
		}
	}
	n.m, n.z, n.slope, n.off = append(n.m, M), append(n.z, Z), append(n.slope, slope), append(n.off, off)
	return ok && isSmall(M, Z) && n.fits()
}

// multiply makes a row that of λ times the unit's.
func (n *twinNode) multiply(q int, lambda rat, G int) {
	unit := power(-n.f)
	n.c[q] = n.floor(times(unit, times(lambda, n.c[q])))
	for e := range n.g[q] {
		n.g[q][e] = n.floor(times(unit, times(lambda, n.g[q][e])))
	}
	n.r[q] = plus(n.ceil(times(unit, times(abs(lambda), n.r[q]))), whole(int64(G)+1))
}

// goBack is §5 from layer i on: from its values, or, if half, from its pre-activations.
func (n *twinNode) goBack(i int, half bool, a, x []rat, C, T rat) (bound rat, ok bool) {
	unit, ok := power(-n.f), true
	size := func() rat {
		N := sumOf(len(a), func(k int) rat { return abs(a[k]) })
		ok = ok && isSmall(N)
		return N
	}
	for ; i >= 0 && ok; i-- {
		y := &n.layers[i]
		if !half {
			size()
			n.backOver(i, a, &C, &T, &ok)
		}
		half = false
		N, M := size(), n.m[i]
		C = plus(C, n.floor(times(unit, sumOf(len(a), func(q int) rat { return times(a[q], y.b[q]) }))))
		T = plus(T, n.floor(times(unit, N)), n.floor(times(unit, M)), whole(2))
		if y.rounded {
			T = plus(T, n.floor(times(times(unit, power(-y.s)), times(N, M))), whole(1))
		}
		next := make([]rat, len(y.w[0]))
		ok = n.fits() && ok
		for k := range next {
			next[k] = n.floor(times(power(-y.s), sumOf(len(a), func(q int) rat { return times(a[q], y.w[q][k]) })))
		}
		a = next
		ok = ok && isSmall(C, T) && isSmall(a...)
	}
	if !n.fits() || !ok {
		return nil, false
	}
	for k := range a {
		a[k] = plus(a[k], x[k])
	}
	size()
	bound = plus(minus(C, T), n.floor(times(unit, sumOf(len(a), func(k int) rat { return least(times(a[k], n.lo[k]), times(a[k], n.hi[k])) }))))
	return bound, n.fits() && ok && isSmall(bound)
}

// backOver is the activation step of §5, and the signs.
func (n *twinNode) backOver(i int, a []rat, C, T *rat, ok *bool) {
	y := &n.layers[i]
	one, unit := power(n.f), power(-n.f)
	neurons, K := false, new(big.Rat)
	for q := range y.w {
		if y.neuron[q] < 0 {
			continue
		}
		neurons = true
		convex, l, u := y.a[q].Cmp(whole(1)) < 0, n.l[i][q], n.u[i][q]
		alpha, given := n.alpha[y.neuron[q]]
		if !given && u.Cmp(neg(l)) > 0 {
			alpha = 256
		}
		part := big.NewRat(int64(alpha), 256)
		var sigma rat
		switch {
		case n.side[i][q] > 0 || a[q].Sign() == 0:
			sigma = one
		case n.side[i][q] < 0 && a[q].Sign() > 0:
			sigma = y.up[q]
		case n.side[i][q] < 0:
			sigma = y.low[q]
		case convex && a[q].Sign() > 0:
			sigma = plus(y.up[q], n.floor(times(minus(one, y.up[q]), part)))
		case !convex && a[q].Sign() < 0:
			sigma = minus(y.low[q], n.floor(times(minus(y.low[q], one), part)))
		default:
			sigma = n.slope[i][q]
			K = plus(K, times(a[q], n.off[i][q]))
		}
		a[q] = n.floor(times(unit, times(a[q], sigma)))
		if b, ok := n.beta[y.neuron[q]]; ok {
			a[q] = minus(a[q], times(b, power(n.f-min(n.f, 20))))
		}
		*ok = *ok && isSmall(a[q])
	}
	if neurons {
		*C = plus(*C, n.floor(times(unit, K)))
		*T = plus(*T, n.floor(times(unit, n.z[i])), whole(1))
		*ok = *ok && isSmall(*C, *T)
	}
}

// mixture is the bound of F and Z by §5.
func (n *twinNode) mixture(d *disjunct, mu []weight, alpha map[int]int, beta map[int]rat) (rat, bool) {
	n.alpha, n.beta = alpha, beta
	defer func() { n.alpha, n.beta = nil, nil }()
	outputs, g, ok := len(n.layers[len(n.layers)-1].w), min(n.f, 20), true
	a, x, C, U := make([]rat, outputs), n.zeros(), new(big.Rat), new(big.Rat)
	for k := range a {
		a[k] = new(big.Rat)
	}
	floored := func(v rat) rat {
		v = n.floor(times(power(n.f), v))
		ok = ok && isSmall(v)
		return v
	}
	for _, m := range mu {
		v := new(big.Rat).SetInt(m.v)
		U = plus(U, v)
		f := &d.forms[m.at]
		for _, t := range f.terms {
			if k := t.k - len(x); k < 0 {
				x[t.k] = plus(x[t.k], times(v, floored(t.coef)))
			} else {
				a[k] = plus(a[k], times(v, floored(t.coef)))
			}
		}
		C = plus(C, times(v, floored(f.offset)))
	}
	for _, list := range [][]rat{a, x} {
		for k := range list {
			list[k] = n.floor(times(power(-g), list[k]))
		}
	}
	C = n.floor(times(power(-g), C))
	T := plus(n.floor(times(power(-n.f-g), times(plus(U, power(g)), plus(n.m[len(n.layers)], n.m[0])))), whole(1))
	if !n.fits() || !ok || !isSmall(U, C, T) || !isSmall(a...) || !isSmall(x...) {
		return nil, false
	}
	return n.goBack(len(n.layers)-1, false, a, x, C, T)
}

// zonotope is the second bound of Z.
func (n *twinNode) zonotope(u *form) (rat, bool) {
	unit, mOut := power(-n.f), n.m[len(n.layers)]
	e := make([]rat, len(n.c))
	for k := range e {
		e[k] = new(big.Rat)
	}
	for _, t := range u.terms {
		if t.k < len(n.lo) {
			return nil, false
		}
		e[t.k-len(n.lo)] = n.floor(times(power(n.f), t.coef))
	}
	dotted := func(v func(k int) rat) rat {
		return n.floor(times(unit, sumOf(len(e), func(k int) rat { return times(e[k], v(k)) })))
	}
	b := n.floor(times(power(n.f), u.offset))
	c := plus(dotted(func(k int) rat { return n.c[k] }), b)
	r := plus(n.floor(times(unit, sumOf(len(e), func(k int) rat { return times(abs(e[k]), n.r[k]) }))), whole(int64(len(n.g[0]))+4), n.floor(times(unit, mOut)))
	ok := isSmall(b) && isSmall(e...) && isSmall(sumOf(len(e), func(k int) rat { return abs(e[k]) }), c)
	for i := range n.g[0] {
		v := dotted(func(k int) rat { return n.g[k][i] })
		r = plus(r, abs(v))
		ok = ok && isSmall(v)
	}
	return minus(c, r), n.fits() && ok && isSmall(r)
}

// safetyCase is a node of a network with forms.
type safetyCase struct {
	t      tnet
	f      int
	lo, hi []int64
	signs  []signed
	second bool
	d      disjunct
	c      claim
}

// drawSafety draws a case. Where numbers are drawn as large, most of them do not fit.
func drawSafety(t *rapid.T) *safetyCase {
	c := &safetyCase{f: rapid.SampledFrom([]int{8, 8, 8, 12, 20, 36, 44}).Draw(t, "F"), second: rapid.Bool().Draw(t, "R")}
	large := rapid.IntRange(0, 9).Draw(t, "large") == 0
	shift := rapid.SampledFrom([]int{0, 0, 0, 0, 0, -50, -70}).Draw(t, "shift")
	number := rapid.Custom(func(t *rapid.T) float64 {
		m := rapid.Int64Range(-1<<rapid.SampledFrom([]int{1, 3, 24, 53}).Draw(t, "bits"), 1<<20).Draw(t, "m")
		e := -rapid.IntRange(0, 20).Draw(t, "e")
		if large {
			e = rapid.IntRange(-80, 70).Draw(t, "E")
		}
		for max(m, -m) > 1<<40 && e > -30 {
			e--
		}
		return ldexp(m, e+shift)
	})
	widths := []int{rapid.IntRange(1, 3).Draw(t, "n")}
	c.t.inputs = widths[0]
	neurons := 0
	for range rapid.IntRange(1, 3).Draw(t, "layers") {
		y := tlayer{act: rapid.SampledFrom([]string{"relu", "relu", "none", "leaky_relu", "mixed"}).Draw(t, "act")}
		if y.slope = rapid.SampledFrom([]float64{0.01, -1, 3, -0.3, 1.5, 0.999999999, 1.000000001}).Draw(t, "slope"); y.act != "leaky_relu" {
			y.slope = 0
		}
		n := rapid.IntRange(1, 3).Draw(t, "width")
		if y.act == "mixed" && n == 1 {
			y.act = "relu"
		}
		for j := range n {
			y.w = append(y.w, rapid.SliceOfN(number, widths[len(widths)-1], widths[len(widths)-1]).Draw(t, "w"))
			y.b = append(y.b, number.Draw(t, "b"))
			if y.act == "mixed" {
				y.slopes = append(y.slopes, []float64{0, 1, -2.5, 0.7}[(j+n)%4])
			}
			if y.below(j) != 1 {
				neurons++
			}
		}
		c.t.layers, widths = append(c.t.layers, y), append(widths, n)
	}
	for range c.t.inputs {
		lo := rapid.Int64Range(-4<<c.f, 4<<c.f).Draw(t, "lo")
		width := rapid.SampledFrom([]int64{0, 1, 2, 7, 1 << (c.f - 2), 1 << c.f, 3 << c.f}).Draw(t, "side")
		c.lo, c.hi = append(c.lo, lo), append(c.hi, lo+width)
	}
	for q := range neurons {
		if s := rapid.IntRange(-2, 2).Draw(t, "sign"); s == 1 || s == -1 {
			c.signs = append(c.signs, signed{q, int8(s)})
		}
	}
	c.drawClaim(t, neurons, widths[len(widths)-1])
	return c
}

func (c *safetyCase) drawClaim(t *rapid.T, neurons, outputs int) {
	huge := power(rapid.SampledFrom([]int{0, 0, 0, 8, 36}).Draw(t, "size"))
	fraction := rapid.Custom(func(t *rapid.T) rat {
		if rapid.IntRange(0, 9).Draw(t, "huge") == 0 {
			return times(huge, whole(rapid.Int64Range(-1<<16, 1<<16).Draw(t, "p")))
		}
		return big.NewRat(rapid.Int64Range(-2000, 2000).Draw(t, "p"), rapid.SampledFrom([]int64{1, 1, 2, 3, 10, 2560}).Draw(t, "q"))
	})
	for range rapid.IntRange(1, 3).Draw(t, "forms") {
		f := form{offset: fraction.Draw(t, "offset")}
		for k := range c.t.inputs + outputs {
			if v := fraction.Draw(t, "coef"); v.Sign() != 0 && (k >= c.t.inputs || rapid.Bool().Draw(t, "of input")) {
				f.terms = append(f.terms, term{k, v})
			}
		}
		c.d.forms = append(c.d.forms, f)
	}
	multiplier := func(top int64) *big.Int { return big.NewInt(rapid.Int64Range(1, top).Draw(t, "weight")) }
	for j := range c.d.forms {
		if j == 0 || rapid.Bool().Draw(t, "in it") {
			c.c.mu = append(c.c.mu, weight{j, multiplier(1 << rapid.SampledFrom([]int{1, 20, 32}).Draw(t, "top"))})
		}
	}
	given := map[int]bool{}
	for _, s := range c.signs {
		if given[s.q] = true; rapid.Bool().Draw(t, "in it") {
			c.c.beta = append(c.c.beta, weight{s.q, multiplier(1 << 24)})
		}
	}
	for q := range neurons {
		if !given[q] && rapid.Bool().Draw(t, "in it") {
			c.c.alpha = append(c.c.alpha, weight{q, big.NewInt(rapid.Int64Range(0, 256).Draw(t, "alpha"))})
		}
	}
	c.c.kind = 'F'
}

func ldexp(m int64, e int) float64 {
	v, _ := times(whole(m), power(e)).Float64()
	return v
}

// bounds returns the checker's bounds of the case, and the twin's.
func (c *safetyCase) bounds(t require.TestingT) (*bounds, *twinNode) {
	n, err := readSafetyNet(c.t.text())
	require.NoError(t, err)
	n.fix(uint(c.f))
	b := newBounds(background, n)
	b.at(&safetyNode{lo: c.lo, hi: c.hi, signs: c.signs, second: c.second})
	sign := map[int]int{}
	for _, s := range c.signs {
		sign[s.q] = int(s.s)
	}
	return b, twinBounds(twinLayers(c.t, c.f), c.f, c.lo, c.hi, sign, c.second)
}

func sameInts(t require.TestingT, want []rat, got []int64, what string) {
	require.Len(t, got, len(want), what)
	for k := range want {
		require.Zero(t, want[k].Cmp(whole(got[k])), "%s %d: %v, expected %v", what, k, got[k], want[k])
	}
}

func TestSafetyBoundsAgreeWithTheTwin(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		c := drawSafety(t)
		b, n := c.bounds(t)
		require.Equal(t, n.void, b.void, "void")
		require.Equal(t, n.bounded, b.bounded, "bounded")
		if b.void || !b.bounded {
			seen["beyond"]++
			return
		}
		seen["bounded"]++
		q := 0
		for i := range n.layers {
			require.Equal(t, n.layers[i].s, int(b.fixed[i].s))
			require.Equal(t, n.layers[i].rounded, b.fixed[i].rounded)
			for j, w := range n.layers[i].w {
				sameInts(t, w, b.fixed[i].rows[j], "weights")
			}
			for j := range n.l[i] {
				sameInts(t, []rat{n.l[i][j], n.u[i][j]}, []int64{b.l[q], b.u[q]}, "l and u")
				require.Equal(t, n.side[i][j], int(b.side[q]))
				if n.side[i][j] == 0 {
					sameInts(t, []rat{n.slope[i][j], n.off[i][j]}, []int64{b.slope[q], b.off[q]}, "line")
					seen["open"]++
				}
				q++
			}
		}
		sameInts(t, n.m, b.enters, "magnitudes")
		sameInts(t, n.z, b.passes, "magnitudes")
		sameInts(t, n.c, b.c, "c")
		sameInts(t, n.r, b.r, "r")
		for e := range n.g[0] {
			column := make([]rat, len(n.g))
			for k := range column {
				column[k] = n.g[k][e]
			}
			sameInts(t, column, b.g[e], "g")
		}
		c.agree(t, b, n, seen)
	})
	for _, what := range []string{"beyond", "bounded", "open", "F", "Z", "zonotope"} {
		require.NotZero(t, seen[what], what)
	}
}

// agree holds the bounds of forms against the twin's.
func (c *safetyCase) agree(t require.TestingT, b *bounds, n *twinNode, seen map[string]int) {
	var forms []fixedForm
	var mu []int64
	for _, m := range c.c.mu {
		forms, mu = append(forms, b.fixForm(&c.d.forms[m.at])), append(mu, m.v.Int64())
	}
	alpha, beta := map[int]int{}, map[int]rat{}
	for _, v := range c.c.alpha {
		alpha[v.at] = int(v.v.Int64())
	}
	for _, v := range c.c.beta {
		beta[v.at] = times(whole(int64(n.sign[v.at])), new(big.Rat).SetInt(v.v))
	}
	same := func(what string, want rat, right bool, got int64, ok bool) {
		require.Equal(t, right, ok, what)
		if ok {
			seen[what]++
			sameInts(t, []rat{want}, []int64{got}, what)
		}
	}
	b.multipliers(&c.c)
	got, ok := b.mixed(forms, mu)
	b.clear(&c.c)
	want, right := n.mixture(&c.d, c.c.mu, alpha, beta)
	same("F", want, right, got, ok)
	one := new(big.Int).Lsh(big.NewInt(1), uint(min(c.f, 20)))
	got, ok = b.mixed(forms[:1], []int64{one.Int64()})
	want, right = n.mixture(&c.d, []weight{{c.c.mu[0].at, one}}, nil, nil)
	same("Z", want, right, got, ok)
	got, ok = b.zoneLeast(&forms[0])
	want, right = n.zonotope(&c.d.forms[c.c.mu[0].at])
	same("zonotope", want, right, got, ok)
}
