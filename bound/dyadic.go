// Exact numbers for the few places that need them. Weights, centre and radius
// are dyadic, so integers with one power-of-two scale per vector carry a
// forward pass without any rounding and without any gcd.

package bound

import (
	"context"
	"math"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

// dyadics is the vector n_i · 2^exp.
type dyadics struct {
	n   []big.Int
	exp int
}

// split returns m and e with f = m·2^e, m odd or zero. f is finite.
func split(f float64) (m int64, e int) {
	if f == 0 {
		return 0, 0
	}
	frac, e := math.Frexp(f)
	m = int64(math.Ldexp(frac, 53))
	e -= 53
	for m&1 == 0 {
		m >>= 1
		e++
	}
	return m, e
}

// exactVector returns the floats as dyadics.
func exactVector(fs []float64) dyadics {
	d := dyadics{n: make([]big.Int, len(fs)), exp: leastExponent(fs)}
	for i, f := range fs {
		m, e := split(f)
		d.n[i].SetInt64(m)
		if m != 0 {
			d.n[i].Lsh(&d.n[i], uint(e-d.exp))
		}
	}
	return d
}

// leastExponent returns the least exponent of the nonzero entries (as split gives it), 0 if there
// are none.
func leastExponent(fs []float64) int {
	least, found := 0, false
	for _, f := range fs {
		if f == 0 {
			continue
		}
		if _, e := split(f); !found || e < least {
			least, found = e, true
		}
	}
	return least
}

// at returns entry i as a big.Float that holds it exactly.
func (d dyadics) at(i int) *big.Float { return exactFloat(&d.n[i], d.exp) }

// rat returns entry i as a rational.
func (d dyadics) rat(i int) *big.Rat { return dyadicRat(&d.n[i], d.exp) }

func dyadicRat(n *big.Int, exp int) *big.Rat {
	r := new(big.Rat).SetInt(n)
	p := new(big.Int).Lsh(big.NewInt(1), uint(max(exp, -exp)))
	if exp >= 0 {
		return r.Mul(r, new(big.Rat).SetInt(p))
	}
	return r.Quo(r, new(big.Rat).SetInt(p))
}

func exactFloat(n *big.Int, exp int) *big.Float {
	f := new(big.Float).SetPrec(uint(max(n.BitLen(), 1))).SetInt(n)
	return f.SetMantExp(f, exp)
}

// enclose returns the neighbouring floats lo ≤ n·2^exp ≤ hi, equal when the number is a float64.
func enclose(n *big.Int, exp int) (lo, hi float64) {
	return dyadic.DownInt(n, exp), dyadic.UpInt(n, exp)
}

// affine returns W·a + b, exactly. Its cost is one big multiplication per nonzero weight.
func affine(ctx context.Context, rows [][]float64, bias []float64, a dyadics) (dyadics, error) {
	wexp := leastExponent(bias) - a.exp // the scale that the products must have to meet the bias
	for _, r := range rows {
		wexp = min(wexp, leastExponent(r))
	}
	out := dyadics{n: make([]big.Int, len(rows)), exp: wexp + a.exp}
	var w, t big.Int
	for i, r := range rows {
		if err := ctx.Err(); err != nil {
			return dyadics{}, err
		}
		s := &out.n[i]
		for k, f := range r {
			if f == 0 || a.n[k].Sign() == 0 {
				continue
			}
			m, e := split(f)
			t.Mul(w.SetInt64(m), &a.n[k])
			s.Add(s, t.Lsh(&t, uint(e-wexp)))
		}
		if m, e := split(bias[i]); m != 0 {
			w.SetInt64(m)
			s.Add(s, w.Lsh(&w, uint(e-out.exp)))
		}
	}
	return out, nil
}

// addDyadics returns a + b.
func addDyadics(a, b dyadics) dyadics {
	if a.exp < b.exp {
		a, b = b, a
	}
	sum := dyadics{n: make([]big.Int, len(a.n)), exp: b.exp}
	for i := range sum.n {
		sum.n[i].Lsh(&a.n[i], uint(a.exp-b.exp))
		sum.n[i].Add(&sum.n[i], &b.n[i])
	}
	return sum
}
