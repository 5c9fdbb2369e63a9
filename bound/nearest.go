// The distance from a point to the nearest boundary, exactly (after Hanin and
// Rolnick 2019, who study it over random networks).
//
// Let c be off every boundary: each neuron, taken on the affine piece around c, has z_j(c) ≠ 0 or
// is identically zero there. Let P = {x : s_j z_j(x) > 0 for all j of the first kind} be its
// region, z_j the affine forms of that piece, and ρ = min_j |z_j(c)|/‖g_j‖ (dual norm; g_j = 0
// gives ∞).
//
// Lemma. A ball around c has exactly one region iff r ≤ ρ.
//
// Proof. |z_j(c)|/‖g_j‖ is the distance from c to the hyperplane z_j = 0. If r ≤ ρ, the open ball
// lies on c's side of each, so in P, and P is one region: inductively over the neurons in order,
// the forms on the cell are those of P's piece and none changes sign. If r > ρ, the open ball holds
// a point beyond the nearest hyperplane, outside the closure of P, and a neighbourhood of it; the
// regions cover the ball but for a null set, so another one meets the ball. ∎
//
// No hyperplane of another piece can be nearer, as pieces change only at the boundary of P. A
// neuron with z_j(c) = 0 and g_j ≠ 0, the ones before it being of the first kind or identically
// zero, has a boundary through c: distance 0.
//
// Floats find the few neurons that can be nearest, with an error bound carried from layer to layer:
// in the dual norm, ‖fl(WG)_j − (WG)_j‖ ≤ γ Σ_k|W_jk|‖G_k‖. These few are computed in integers.

package bound

import (
	"cmp"
	"context"
	"errors"
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// Distance is the distance from a point to the nearest boundary.
type Distance struct {
	// Neuron is the global index of a nearest neuron, −1 if no boundary is in sight: the region is
	// the whole space and the distance infinite.
	Neuron int
	// Exact is the distance for linf, l1 and box, Squared its square for l2; nil when infinite. For
	// a box the unit is the box: 1 means that it touches its side.
	Exact, Squared *big.Rat
	// Lower ≤ distance ≤ Upper are neighbouring floats, equal when the distance is a float64.
	Lower, Upper float64
}

// AtLeast reports whether the distance is at least r > 0, exactly.
func (d Distance) AtLeast(r float64) bool {
	switch {
	case d.Neuron < 0:
		return true
	case d.Squared != nil:
		q := ratOf(r)
		return d.Squared.Cmp(q.Mul(q, q)) >= 0
	}
	return d.Exact.Cmp(ratOf(r)) >= 0
}

// NearestBoundary returns the distance in the given norm (l2, linf or l1) from x to the nearest
// boundary of a region of the network, over the whole space.
func NearestBoundary(ctx context.Context, n *network.Network, norm ball.Norm, x []float64) (Distance, error) {
	b, err := ball.New(norm, x, 1)
	if err != nil {
		return Distance{}, err
	}
	return NearestBoundaryOf(ctx, n, b)
}

// NearestBoundaryOf is NearestBoundary from the centre of a ball in its norm; for a box, from
// its midpoint in units of the box.
func NearestBoundaryOf(ctx context.Context, n *network.Network, b ball.Ball) (Distance, error) {
	if err := CheckDims(n, b); err != nil {
		return Distance{}, err
	}
	return analysisOf(ctx, n, b).nearestBoundary(ctx)
}

func (a *analysis) nearestBoundary(ctx context.Context) (Distance, error) {
	if a.nearest != nil {
		return *a.nearest, nil
	}
	if a.whole != a.net {
		d, err := a.nearestAround(ctx)
		if err == nil {
			a.nearest = &d
		}
		return d, err
	}
	best := Distance{Neuron: -1, Lower: math.Inf(1), Upper: math.Inf(1)}
	cands, onBoundary, err := a.boundaryCandidates(ctx)
	if err != nil {
		return Distance{}, err
	}
	if onBoundary >= 0 {
		best = a.distance(onBoundary, new(big.Rat))
	}
	for _, c := range cands {
		if onBoundary >= 0 || c.low > best.Upper {
			continue
		}
		g, err := exactGradient(ctx, a.net, a.center(), c.layer, c.unit)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return Distance{}, err
		}
		if g.IsZero() {
			continue
		}
		d := a.distance(c.neuron, a.ratio(g, a.center().z[c.layer].Rat(c.unit)))
		if best.Neuron < 0 || d.value().Cmp(best.value()) < 0 {
			best = d
		}
	}
	a.nearest = &best
	return best, nil
}

// ratio returns |v|/‖g‖ in the dual norm, for l2 its square.
func (a *analysis) ratio(g dyadic.Vector, v *big.Rat) *big.Rat {
	v = new(big.Rat).Abs(v)
	if a.ball.Norm() == ball.L2 {
		v.Mul(v, v)
	}
	return v.Quo(v, dualNorm(a.ball, g))
}

// value is what distances are compared by.
func (d Distance) value() *big.Rat {
	if d.Squared != nil {
		return d.Squared
	}
	return d.Exact
}

// distance makes a Distance of ratio's result.
func (a *analysis) distance(neuron int, q *big.Rat) Distance {
	d := Distance{Neuron: neuron}
	root := new(big.Float).SetPrec(256).SetRat(q)
	at := func(f float64) int { return ratOf(f).Cmp(q) }
	if a.ball.Norm() == ball.L2 {
		d.Squared = q
		root.Sqrt(root)
		at = func(f float64) int { return ratOf(f).Mul(ratOf(f), ratOf(f)).Cmp(q) }
	} else {
		d.Exact = q
	}
	// root is rounded to 256 bits, so f may be beside the float wanted; the comparisons with q are
	// exact.
	f := dyadic.Down(root)
	for at(f) > 0 {
		f = down(f)
	}
	for f < math.MaxFloat64 && at(up(f)) <= 0 {
		f = up(f)
	}
	d.Lower, d.Upper = f, f
	if at(f) != 0 {
		d.Upper = up(f)
	}
	return d
}

// candidate is a neuron that may be nearest: no nearer than low.
type candidate struct {
	layer, unit, neuron int
	low                 float64
}

// boundaryCandidates returns the neurons whose lower bound is at most the least upper bound,
// nearest first, or the first neuron with a boundary through the centre (else −1).
func (a *analysis) boundaryCandidates(ctx context.Context) ([]candidate, int, error) {
	if err := a.pass(ctx); err != nil {
		return nil, -1, err
	}
	c := a.center()
	hw := halfWidths(a.ball)
	if a.ball.Norm() != ball.Box {
		for k := range hw {
			hw[k] = 1
		}
	}
	in := newZono(len(hw), len(hw)) // err is an error in the dual norm, mid stays 0
	for k, w := range hw {
		in.g.Data[k*in.g.Stride+k] = w
		if a.ball.Norm() == ball.Box {
			in.err[k] = 0x1p-50*w + 0x1p-1070 // what halfWidths rounds
		}
	}
	var cands []candidate
	least, neuron := math.Inf(1), -1
	for i, l := range a.net.Layers() {
		if err := ctx.Err(); err != nil {
			return nil, -1, err
		}
		z, err := a.gradients(ctx, l, in)
		if err != nil {
			return nil, -1, err
		}
		s := slopes(l, c.z[i])
		for j, v := range c.v[i] {
			if !l.IsNeuron(j) {
				continue
			}
			neuron++
			if v.sign == 0 {
				g, err := exactGradient(ctx, a.net, c, i, j)
				if err = errors.Join(err, ctx.Err()); err != nil {
					return nil, -1, err
				}
				if !g.IsZero() {
					return nil, neuron, nil
				}
				continue
			}
			size := a.dual(z.row(j))
			low, high := bracketRatio(v, size, z.err[j], len(hw))
			cands = append(cands, candidate{i, j, neuron, low})
			least = math.Min(least, high)
		}
		in = z.scaleRows(s, a.dual)
	}
	return nearestFirst(cands, least), -1, nil
}

func nearestFirst(cands []candidate, least float64) []candidate {
	var near []candidate
	for _, c := range cands {
		if !(c.low > least) {
			near = append(near, c)
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.low, b.low) })
	return near
}

// bracketRatio returns bounds on |v|/(size ± err), size within a relative (n+16)·2⁻⁵¹ above the
// truth. Where size or err is infinite or NaN, a sum overflowed, perhaps on its way to a small
// number: then the bounds are 0 and ∞. The high one is ∞ too where err is not below the size, and
// for n of 2⁵⁰ and more.
func bracketRatio(v bracket, size, err float64, n int) (low, high float64) {
	near, far := math.Min(math.Abs(v.lo), math.Abs(v.hi)), math.Max(math.Abs(v.lo), math.Abs(v.hi))
	low, high = down(near/up(size+err)), math.Inf(1)
	if !(low >= 0) {
		low = 0
	}
	if !(size <= math.MaxFloat64) { // with an err that may be finite
		return 0, high
	}
	if least := down(down(size*(1-float64(n+16)*0x1p-50)) - float64(n+16)*0x1p-1070 - err); least > 0 {
		high = up(far / least)
	}
	return low, high
}

// dual returns an upper bound on the dual norm of a gradient in normalised coordinates.
func (a *analysis) dual(row []float64) float64 {
	switch a.ball.Norm() {
	case ball.L2:
		return norm2Up(row)
	case ball.L1:
		return maxAbs(row)
	}
	return sumAbs(row)
}

// gradients returns W·in with err as errors in the dual norm.
func (a *analysis) gradients(ctx context.Context, l network.Layer, in zono) (zono, error) {
	n, cols := l.In(), in.g.Cols
	out := newZono(l.Out(), cols)
	if err := times(ctx, l, in.g, out.g); err != nil {
		return zono{}, err
	}
	slack := make([]float64, n)
	for k := range slack {
		slack[k] = up(in.err[k] + up(float64(n+8)*0x1p-52*a.dual(in.row(k))))
	}
	tiny := float64(n+8) * float64(cols+1) * 0x1p-1073
	for j := range out.err {
		at, row := l.Row(j)
		out.err[j] = up(sumAbsUp(row, pick(slack, at)) + tiny)
	}
	return out, nil
}

// scaleRows multiplies row j by s_j.
func (z zono) scaleRows(s []float64, dual func([]float64) float64) zono {
	for j, f := range s {
		row := z.row(j)
		if f == 1 {
			continue
		}
		z.err[j] = mulUp(math.Abs(f), z.err[j])
		if f != 0 {
			z.err[j] = up(up(z.err[j]+shareUp(math.Abs(f), dual(row))) + float64(len(row)+1)*0x1p-1073)
		}
		for k := range row {
			row[k] *= f
		}
	}
	return z
}

// boundaryLower is the bound that is 1 iff no boundary meets the open ball, else 2.
func boundaryLower(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	one, err := analysisOf(ctx, n, b).single(ctx)
	if err != nil {
		return nil, err
	}
	if one {
		return big.NewInt(1), nil
	}
	return big.NewInt(2), nil
}

// single reports whether the ball has exactly one region.
func (a *analysis) single(ctx context.Context) (bool, error) {
	d, err := a.nearestBoundary(ctx)
	if err != nil {
		return false, err
	}
	r := a.ball.Radius()
	if a.ball.Norm() == ball.Box {
		r = 1
	}
	return d.AtLeast(r), nil
}
