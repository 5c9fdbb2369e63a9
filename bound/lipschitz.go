// Zhu-style stability by Lipschitz constants (the idea of Zhu, Lin and Tang
// 2020; the derivation is ours).
//
// Let r_l bound ‖a(x)−a(c)‖₂ over the ball, a the input of layer l. Then
// |z_j(x)−z_j(c)| ≤ r_l‖w_j‖₂, so neuron j can cut the ball only if |z_j(c)| < r_l‖w_j‖₂; and
// r_{l+1} = r_l·‖W_l‖₂·max(1,|slope|), as the activation is Lipschitz with that constant in each
// coordinate; an affine layer contributes ‖W_l‖₂. r_1 is the largest Euclidean distance from the
// centre: r for l2 and l1, r√n for linf, the norm of the half-widths for a box. The first layer
// uses the dual norm, which is exact.
//
// Masked: coordinates whose unit is stably inactive have a(x) = a(c) = 0, so their column leaves
// w_j and their row leaves W_l; a leaky unit that keeps its sign has the constant of its side,
// |slope| or 1, and its row is scaled by it.

package bound

import (
	"context"
	"math"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

func lipschitz(ctx context.Context, a *analysis) (*stability, error) { return a.lipschitz(ctx, false) }

func lipschitzMasked(ctx context.Context, a *analysis) (_ *stability, err error) {
	if a.byLipschitz == nil {
		a.byLipschitz, err = a.lipschitz(ctx, true)
	}
	return a.byLipschitz, err
}

// lipschitz decides stability from Lipschitz constants.
func (a *analysis) lipschitz(ctx context.Context, masked bool) (*stability, error) {
	if err := a.pass(ctx); err != nil {
		return nil, err
	}
	s := &stability{}
	hw := halfWidths(a.ball)
	r := euclideanReach(a.ball, hw) // r_l
	plain := r                      // r_l without masks: rounding must not make the masked one larger
	var scale []float64             // factor of each input coordinate of the layer; nil: all 1
	for i, l := range a.net.Layers() {
		units := make([]status, l.Out())
		for j := range units {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			at, row := l.Row(j)
			if i == 0 {
				units[j] = a.settleFirst(j, reach(a.ball, row, pick(hw, at)))
				continue
			}
			dev := mulUp(norm2Up(maskColumns(row, pick(scale, at))), r)
			units[j] = settle(a.center().v[i][j], -dev, dev)
		}
		s.units = append(s.units, units)
		lip := 1.0
		for j := range units {
			lip = math.Max(lip, math.Abs(l.Below(j)))
		}
		norm, err := a.spectral(ctx, i)
		if err != nil {
			return nil, err
		}
		plain = mulUp(mulUp(plain, norm), lip)
		if !masked {
			r = plain
			continue
		}
		if norm, err = layerSpectral(ctx, l, units, scale); err != nil {
			return nil, err
		}
		r = math.Min(plain, mulUp(r, norm))
		scale = columnMask(l, units)
	}
	return s, nil
}

// euclideanReach returns an upper bound on the Euclidean distance from the centre within the ball.
func euclideanReach(b ball.Ball, hw []float64) float64 {
	switch b.Norm() {
	case ball.L2, ball.L1:
		return b.Radius()
	}
	return norm2Up(hw)
}

// maskColumns returns the row without the columns whose mask is 0.
func maskColumns(row, mask []float64) []float64 {
	if mask == nil {
		return row
	}
	m := make([]float64, len(row))
	for k, w := range row {
		if mask[k] != 0 {
			m[k] = w
		}
	}
	return m
}

// columnMask returns 0 for the units of a layer whose output does not move on the ball, else 1.
func columnMask(l network.Layer, units []status) []float64 {
	m := make([]float64, len(units))
	for j, u := range units {
		if !(l.Below(j) == 0 && u == inactive) {
			m[j] = 1
		}
	}
	return m
}

// maskedRows returns the rows of the layer that move, without masked columns, each scaled by (at
// least) the Lipschitz constant of its unit on the ball.
func maskedRows(l network.Layer, units []status, mask []float64) [][]float64 {
	var rows [][]float64
	for j, u := range units {
		if factor := movement(l, j, u); factor != 0 {
			rows = append(rows, scaledUp(maskColumns(l.W.RawRowView(j), mask), factor))
		}
	}
	return rows
}

// movement returns (at least) the Lipschitz constant of unit j on the ball, 0 if it does not move.
func movement(l network.Layer, j int, u status) float64 {
	below := math.Abs(l.Below(j))
	switch u {
	case inactive:
		return below
	case unsettled:
		return math.Max(1, below)
	}
	return 1
}

// scaledUp returns the row times a factor, each entry rounded outward.
func scaledUp(row []float64, factor float64) []float64 {
	if factor == 1 {
		return row
	}
	scaled := make([]float64, len(row))
	for k, w := range row {
		scaled[k] = math.Copysign(mulUp(math.Abs(w), factor), w)
	}
	return scaled
}
