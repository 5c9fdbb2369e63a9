// The centre of the ball, passed through the network exactly. Local bounds are
// computed in the deviation from the centre, so that a ball whose radius
// vanishes beside its centre (c = 10⁶, r = 2⁻⁸⁰) costs them nothing.

package bound

import (
	"context"
	"math"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// center is the exact pass of one point.
type center struct {
	x dyadic.Vector   // the point
	z []dyadic.Vector // pre-activations, per layer
	a []dyadic.Vector // outputs, per layer
	v [][]bracket     // z as neighbouring floats
}

// bracket is lo ≤ exact value ≤ hi, with the exact sign.
type bracket struct {
	lo, hi float64
	sign   int
}

// passExactly runs x through the network.
func passExactly(ctx context.Context, n *network.Network, x dyadic.Vector) (*center, error) {
	c := &center{x: x}
	a := x
	for _, l := range n.Layers() {
		z, err := a.Affine(ctx, l.Out(), l.Row, l.B)
		if err != nil {
			return nil, err
		}
		v := make([]bracket, len(z.N))
		for i := range z.N {
			v[i] = bracket{dyadic.DownInt(&z.N[i], z.Exp), dyadic.UpInt(&z.N[i], z.Exp), z.N[i].Sign()}
		}
		a = z
		if l.Act != network.None {
			a = z.Times(slopes(l, z))
		}
		c.z, c.a, c.v = append(c.z, z), append(c.a, a), append(c.v, v)
	}
	return c, nil
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
