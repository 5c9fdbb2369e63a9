package safetyproof

// The bounds of docs/safety-proof.md once more, from that page alone, in rational numbers of any
// length: slow, with no thought of words, and held against the checker number by number.

import (
	"math/big"

	"github.com/relucell/relucell/certificate/internal/specimen"
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
func minus(a, b rat) rat    { return new(big.Rat).Sub(a, b) }
func times(a, b rat) rat    { return new(big.Rat).Mul(a, b) }
func neg(a rat) rat         { return new(big.Rat).Neg(a) }
func ofFloat(v float64) rat { return new(big.Rat).SetFloat64(v) }
func abs(a rat) rat         { return new(big.Rat).Abs(a) }
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
	room    int
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
func twinLayers(t specimen.Net, f int) (layers []twinLayer) {
	neurons := 0
	for _, y := range t.Layers {
		var v twinLayer
		rho, exact := new(big.Rat), 0
		for _, row := range y.W {
			sum := new(big.Rat)
			for _, w := range row {
				sum = plus(sum, abs(ofFloat(w)))
				for !isInteger(times(ofFloat(w), power(exact))) {
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
		for j, row := range y.W {
			var w []rat
			for _, x := range row {
				w = append(w, down(times(ofFloat(x), power(v.s))))
			}
			a := ofFloat(y.Below(j))
			v.w, v.a = append(v.w, w), append(v.a, a)
			v.b = append(v.b, down(times(power(f), ofFloat(y.B[j]))))
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
func twinBounds(layers []twinLayer, f int, lo, hi []int64, sign map[int]int, second bool, room int) *twinNode {
	n := &twinNode{layers: layers, f: f, sign: sign, room: room}
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
	if layers == nil || !isSmall(sum) || wideInputs*len(lo) > room {
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
	if G*len(y.w) > n.room {
		return false
	}
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
	ok = ok && len(n.g[0])*len(y.w) <= n.room
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
