// The centre of the ball, passed through the network exactly. Local bounds are
// computed in the deviation from the centre, so that a ball whose radius
// vanishes beside its centre (c = 10⁶, r = 2⁻⁸⁰) costs them nothing.

package bound

import (
	"context"
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// center is the exact pass of one point.
type center struct {
	x dyadics     // the point
	z []dyadics   // pre-activations, per layer
	a []dyadics   // outputs, per layer
	v [][]bracket // z as neighbouring floats
}

// bracket is lo ≤ exact value ≤ hi, with the exact sign.
type bracket struct {
	lo, hi float64
	sign   int
}

// ballCenter returns the exact centre: c, or the midpoint of a box.
func ballCenter(b ball.Ball) dyadics {
	if b.Norm() != ball.Box {
		return exactVector(b.Center())
	}
	n := b.Dim()
	both := exactVector(append(append([]float64{}, b.Lo()...), b.Hi()...))
	mid := dyadics{n: make([]big.Int, n), exp: both.exp - 1}
	for i := range mid.n {
		mid.n[i].Add(&both.n[i], &both.n[n+i])
	}
	return mid
}

// passExactly runs x through the network.
func passExactly(ctx context.Context, n *network.Network, x dyadics) (*center, error) {
	c := &center{x: x}
	a := x
	for _, l := range n.Layers() {
		z, err := affine(ctx, rowsOf(l), l.B, a)
		if err != nil {
			return nil, err
		}
		v := make([]bracket, len(z.n))
		for i := range z.n {
			lo, hi := enclose(&z.n[i], z.exp)
			v[i] = bracket{lo, hi, z.n[i].Sign()}
		}
		a = activate(l, z)
		c.z, c.a, c.v = append(c.z, z), append(c.a, a), append(c.v, v)
	}
	return c, nil
}

func rowsOf(l network.Layer) [][]float64 {
	rows := make([][]float64, l.Out())
	for i := range rows {
		rows[i] = l.W.RawRowView(i)
	}
	return rows
}

// activate returns act(z), exactly.
func activate(l network.Layer, z dyadics) dyadics {
	a := dyadics{n: make([]big.Int, len(z.n)), exp: z.exp}
	least := 0 // exponent of a slope, or of the 1 on the other side
	for i := range z.n {
		_, e := split(l.Below(i))
		least = min(least, e)
	}
	a.exp += least
	for i := range z.n {
		m, e := int64(1), 0
		if z.n[i].Sign() < 0 {
			m, e = split(l.Below(i))
		}
		a.n[i].Mul(&z.n[i], big.NewInt(m))
		a.n[i].Lsh(&a.n[i], uint(e-least))
	}
	return a
}

// halfWidths returns the ball in normalised coordinates y = (x−c)/w: upper bounds on the scale w_k
// of each coordinate. The ball is {‖y‖ ≤ 1} in its norm, a box in the maximum norm.
func halfWidths(b ball.Ball) []float64 {
	w := make([]float64, b.Dim())
	for k := range w {
		if b.Norm() != ball.Box {
			w[k] = b.Radius()
			continue
		}
		hi, lo := b.Hi()[k]/2, b.Lo()[k]/2
		w[k] = hi - lo
		if w[k]-hi != -lo || w[k]+lo != hi || math.Abs(hi) < 0x1p-1000 || math.Abs(lo) < 0x1p-1000 {
			w[k] = up(up(w[k])) // the difference was rounded, or a half of a number below the normal range
		}
	}
	return w
}
