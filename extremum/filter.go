package extremum

// What floats know of a form on a region before anything is asked in integers: a bound from above,
// by the ball alone, or by the region's vertices where those are to be had.

import (
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/forms"
)

// filter bounds a form on regions.
type filter struct {
	c                 []float64 // the form's coefficients, with at most cErr[i] off
	cErr              []float64
	offset, offsetErr float64
	// x in the ball is mid ± half in each coordinate.
	most     []float64 // bounds |x_k| on the ball
	lo, hi   []float64
	center   []float64 // of an l2 ball, with its radius; nil of others
	radius   float64
	vertices bool
	stop     func() bool // from which on all may exceed
}

func newFilter(f Form, b ball.Ball, stop func() bool) *filter {
	t := &filter{vertices: true, stop: stop}
	for _, c := range append(append([]*big.Rat(nil), f.C...), f.Offset) {
		v, exact := dyadic.FromRat(c)
		e := 0.0
		if !exact {
			e = forms.Slack*forms.Unit*math.Abs(v) + forms.Underflow
		}
		t.c, t.cErr = append(t.c, v), append(t.cErr, e)
	}
	n := len(f.C)
	t.offset, t.offsetErr, t.c, t.cErr = t.c[n], t.cErr[n], t.c[:n], t.cErr[:n]
	if b.Norm() == ball.L2 {
		t.center, t.radius = b.Center(), b.Radius()
	}
	mid, half := b.Mid(), b.Scale()
	for k := range mid {
		m, _ := mid[k].Rat(nil)
		h, _ := half[k].Rat(nil)
		lo, hi := dyadic.DownRat(new(big.Rat).Sub(m, h)), dyadic.UpRat(new(big.Rat).Add(m, h))
		t.lo, t.hi, t.most = append(t.lo, lo), append(t.hi, hi), append(t.most, max(math.Abs(lo), math.Abs(hi)))
	}
	return t
}

// affine is a form g·x + h in floats, each off by at most its error.
type affine struct {
	g, gErr []float64
	h, hErr float64
}

// on returns the form on the region, and whether floats hold it.
//
// Error: g_k = Σ c_i·W_ik is a sum of products of numbers that are off by cErr and WErr, so it is
// off by Σ |c|·WErr + cErr·(|W| + WErr) and by what the sum rounds (forms.Rounding); h is the same
// with one term more. Domain: nothing overflows, or the bound is not finite and decides nothing.
func (t *filter) on(a enumerate.Affine) affine {
	m, n := a.W.Dims()
	sum := func(of func(i int) (v, e float64), v, e float64) (float64, float64) {
		mag := math.Abs(v)
		for i := range m {
			w, we := of(i)
			p := t.c[i] * w
			v, mag = v+p, mag+math.Abs(p)
			e += math.Abs(t.c[i])*we + t.cErr[i]*(math.Abs(w)+we)
		}
		return v, forms.Rounding(e, mag, m)
	}
	f := affine{g: make([]float64, n), gErr: make([]float64, n)}
	for k := range n {
		f.g[k], f.gErr[k] = sum(func(i int) (float64, float64) { return a.W.At(i, k), a.WErr[i] }, 0, 0)
	}
	f.h, f.hErr = sum(func(i int) (float64, float64) { return a.B[i], a.BErr[i] }, t.offset, t.offsetErr)
	return f
}

// above bounds the form from above on the ball, if it is one of l2, or else on the box around it.
func (t *filter) above(f affine) float64 {
	if t.center != nil {
		return t.aboveRound(f)
	}
	return f.bound(func(k int) (float64, float64) {
		if f.g[k] > 0 {
			return t.hi[k], 0
		}
		return t.lo[k], 0
	}, t.most)
}

// aboveRound bounds the form by its value at the centre and r·‖g‖, rounded upwards: the squares,
// their sum, the root, the product and the last sum round once each or once a term
// (forms.Rounding).
func (t *filter) aboveRound(f affine) float64 {
	v := f.bound(func(k int) (float64, float64) { return t.center[k], 0 }, t.most)
	sum := 0.0
	for k, g := range f.g {
		w := math.Abs(g) + f.gErr[k]
		sum += w * w
	}
	far := t.radius * math.Sqrt(sum+forms.Rounding(0, sum, len(f.g)))
	far += forms.Rounding(0, far, len(f.g))
	return v + far + forms.Rounding(0, math.Abs(v)+far, 1)
}

// bound bounds g·x + h from above where x is off by the errors given with it, and |x_k| ≤ most_k:
// the sum is off by Σ gErr·|x| + |g|·err and what it rounds.
func (f affine) bound(x func(k int) (v, err float64), most []float64) float64 {
	v, mag, e := f.h, math.Abs(f.h), f.hErr
	for k, g := range f.g {
		at, off := x(k)
		p := g * at
		v, mag = v+p, mag+math.Abs(p)
		e += f.gErr[k]*(most[k]+off) + math.Abs(g)*off
	}
	return v + forms.Rounding(e, mag, len(f.g)+1)*forms.Slack + math.Abs(v)*2*forms.Unit
}

// mayExceed reports whether the form may be more than least on the region. Only what is certain is
// answered by false; least must not be above what was found.
func (t *filter) mayExceed(r enumerate.Region, least float64) bool {
	f := t.on(r.Affine())
	if t.above(f) <= least {
		return false
	}
	if !t.vertices {
		return true
	}
	list, err := r.VerticesUntil(t.stop)
	if err != nil { // too many inputs, or a round ball: the same for all regions; or a stop
		t.vertices = false
		return true
	}
	for _, v := range list {
		if !(f.bound(func(k int) (float64, float64) { return v.X[k], v.Err }, t.most) <= least) {
			return true
		}
	}
	return false
}
