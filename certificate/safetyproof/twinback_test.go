package safetyproof

// The forms of docs/safety-proof.md §5 in rational numbers of any length: the other half of the
// twin.

import (
	"math/big"

	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
)

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
	K := new(big.Rat)
	for q := range y.w {
		if y.neuron[q] < 0 {
			continue
		}
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
	*C = plus(*C, n.floor(times(unit, K)))
	*T = plus(*T, n.floor(times(unit, n.z[i])), whole(1))
	*ok = *ok && isSmall(*C, *T)
}

// mixture is the bound of F and Z by §5.
func (n *twinNode) mixture(d *query.Disjunct, mu []claims.Weight, alpha map[int]int, beta map[int]rat) (rat, bool) {
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
		v := new(big.Rat).SetInt(m.V)
		U = plus(U, v)
		f := &d.Forms[m.At]
		for k, c := range f.Combination {
			if k == query.Constant {
				C = plus(C, times(v, floored(c)))
			} else if k < len(x) {
				x[k] = plus(x[k], times(v, floored(c)))
			} else {
				a[k-len(x)] = plus(a[k-len(x)], times(v, floored(c)))
			}
		}
	}
	for _, list := range [][]rat{a, x} {
		for k := range list {
			list[k] = n.floor(times(power(-g), list[k]))
		}
	}
	C = n.floor(times(power(-g), C))
	N, M := times(U, power(n.f-g)), plus(n.m[len(n.layers)], n.m[0])
	T := plus(n.floor(times(power(-n.f), N)), n.floor(times(power(-n.f), M)), n.floor(times(power(-2*n.f), times(N, M))), whole(3))
	if !n.fits() || !ok || !isSmall(N, C, T) || !isSmall(a...) || !isSmall(x...) {
		return nil, false
	}
	return n.goBack(len(n.layers)-1, false, a, x, C, T)
}

// zonotope is the second bound of Z.
func (n *twinNode) zonotope(u *query.Form) (rat, bool) {
	unit, mOut := power(-n.f), n.m[len(n.layers)]
	e := make([]rat, len(n.c))
	for k := range e {
		e[k] = new(big.Rat)
	}
	for k, c := range u.Combination {
		if k < len(n.lo) {
			return nil, false
		}
		if k != query.Constant {
			e[k-len(n.lo)] = n.floor(times(power(n.f), c))
		}
	}
	dotted := func(v func(k int) rat) rat {
		return n.floor(times(unit, sumOf(len(e), func(k int) rat { return times(e[k], v(k)) })))
	}
	b := n.floor(times(power(n.f), u.Combination[query.Constant]))
	c := plus(dotted(func(k int) rat { return n.c[k] }), b)
	r := plus(n.floor(times(unit, sumOf(len(e), func(k int) rat { return times(abs(e[k]), n.r[k]) }))), whole(int64(len(n.g[0]))+4), n.floor(times(unit, mOut)))
	ok := isSmall(b) && isSmall(e...) && isSmall(sumOf(len(e), func(k int) rat { return abs(e[k]) }), c)
	for i := range n.g[0] {
		v := dotted(func(k int) rat { return n.g[k][i] })
		r = plus(r, abs(v))
		ok = ok && isSmall(v)
	}
	return minus(c, r), n.fits() && ok && isSmall(r, minus(c, r), plus(c, r))
}
