package exact

// Which row does a point violate? Both exact methods ask it once a step, of all
// rows. Floats name the row that looks worst, integers confirm it; only when
// floats see none are all rows tried in integers, so no answer rests on a float.

import (
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

// scout holds rows in floats, each scaled by a power of two to entries of at most 1.
type scout struct {
	stop until
	g    [][]float64
	h    []float64
}

func newScout(stop until, rows []Row) scout {
	s := scout{stop: stop, g: make([][]float64, len(rows)), h: make([]float64, len(rows))}
	n := 0
	if len(rows) > 0 {
		n = len(rows[0].G)
	}
	flat := make([]float64, n*len(rows))
	for i, r := range rows {
		if stop.stopped() {
			break
		}
		length := r.H.BitLen()
		for _, g := range r.G {
			length = max(length, g.BitLen())
		}
		s.g[i], flat = flat[:n], flat[n:]
		for k, g := range r.G {
			s.g[i][k] = approx(g, length)
		}
		s.h[i] = approx(r.H, length)
	}
	return s
}

// from leaves out the first rows.
func (s scout) from(first int) scout { return scout{stop: s.stop, g: s.g[first:], h: s.h[first:]} }

// approx returns the float64 nearest to x·2^−shift.
func approx(x *big.Int, shift int) float64 {
	f, _ := dyadic.FromInt(x, -shift)
	return f
}

// violated returns a row that is negative at the point, −1 if none is, certainly.
func (s scout) violated(at point, rows []Row) int {
	if i := s.worst(at); i >= 0 && sign(at, rows[i]) < 0 {
		return i
	}
	for i, r := range rows {
		if s.stop.stopped() {
			break
		}
		if sign(at, r) < 0 {
			return i
		}
	}
	return -1
}

// worst returns the row of the least value as floats see it, −1 if none looks negative.
func (s scout) worst(at point) int {
	length := at.den.BitLen()
	den := approx(at.den, length)
	y := make([]float64, len(at.num))
	for k, v := range at.num {
		y[k] = approx(v, length) / den
	}
	best, least := -1, 0.0
	for i, g := range s.g {
		v := s.h[i]
		for k, c := range g {
			v += c * y[k]
		}
		if v < least {
			best, least = i, v
		}
	}
	return best
}

// sign returns the sign of r at the point.
func sign(at point, r Row) int {
	var v, t big.Int
	at.eval(&v, &t, r)
	return v.Sign()
}
