package landscape

// A bracket of the optimum with weight decay, over networks of all widths, in fractions.
//
// Theorem. Let |g_u(w)| ≤ M for ‖w‖₂ ≤ 1, and 0 ≤ t·M ≤ β. Then every network has
//
//	½·Σ(f(x_i) − y_i)² + β/2·Σ(‖w_j‖² + a_j²) ≥ t·yᵀu − t²/2·‖u‖².
//
// For β/2·(‖w_j‖² + a_j²) ≥ β·|a_j|·‖w_j‖, and as g_u is positively homogeneous, uᵀf = Σ
// a_j·g_u(w_j) ≤ M·Σ|a_j|·‖w_j‖. So the left side is at least ½‖f − y‖² + t·uᵀf = ½‖f − y + t·u‖²
// + t·uᵀy − t²/2·‖u‖². This is the weak duality of Pilanci and Ergen (2020). ∎
//
// g_u is a ReLU network of w, the data network with the output weights u. So the first condition
// is that of a property network (network.Property), whose neurons ±g_u − M the proof of a count
// shows to be on nowhere in the ball. Neither u nor M has to come from anywhere.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

const (
	// margin is how far M is put above the largest |g_u| that floats find, relative to it. The
	// bound loses about as much, and closer multipliers take integers of more digits.
	margin = 1e-9
	// raises is how often M goes up, by twice as much each time, until the walk finds no |g_u|
	// above.
	raises = 40
)

// errRange says that float64 does not hold what the search computes.
var errRange = errors.New("a weight or a bound beyond the range of float64, expected data of a smaller range")

// Dual is a point of the dual: u and the limit M of |g_u| on the unit ball.
type Dual struct {
	U []float64
	M float64
}

// Optimum is a network and what it proves.
type Optimum struct {
	Model *Model
	Dual
	// Lower ≤ the least objective over all widths ≤ Upper, that of Model.
	Lower, Upper *big.Rat
}

// Gap returns (Upper − Lower)/Upper, 0 where both are 0.
func (o *Optimum) Gap() *big.Rat {
	g := new(big.Rat).Sub(o.Upper, o.Lower)
	if g.Sign() != 0 {
		g.Quo(g, o.Upper)
	}
	return g
}

// ErrDecay says that a decay is out of the range in which floats can propose.
var ErrDecay = fmt.Errorf("expected one above 0 and at most %g", mostValue)

// Decayed finds the optimum with the decay β over networks of all widths, and brackets it. The
// cells are those of Patterns; where some are missing the bracket is wider and as true. When ctx
// ends first its cause is the error.
func Decayed(ctx context.Context, d *Data, cells []Cell, beta *big.Rat) (*Optimum, error) {
	b, _ := dyadic.FromRat(beta)
	if !(b > 0 && b <= mostValue) {
		return nil, fmt.Errorf("a decay of %.3g: %w", b, ErrDecay)
	}
	m, err := train(ctx, d, cells, b)
	if err != nil {
		return nil, err
	}
	return Bracket(ctx, d, cells, m, beta)
}

// Bracket brackets the optimum by a model and the dual point of its residual.
func Bracket(ctx context.Context, d *Data, cells []Cell, m *Model, beta *big.Rat) (*Optimum, error) {
	if !m.finite() {
		return nil, errRange
	}
	o := &Optimum{Model: m, Upper: d.Objective(m, beta)}
	for i, f := range d.Outputs(m) {
		y := new(big.Rat).SetFloat64(d.Y[i])
		u, _ := dyadic.FromRat(y.Sub(y, f))
		o.U = append(o.U, u)
	}
	b, _ := dyadic.FromRat(beta)
	s := newLasso(d, cells, b)
	s.u = slices.Clone(o.U)
	_, top := s.violated()
	top = max(top, b)
	for step := top * margin; ; step *= 2 {
		o.M = top + step
		if !(o.M <= mostValue*mostValue) || step > top*margin*(1<<raises) {
			return nil, errRange
		}
		never, err := d.never(ctx, o.Dual)
		if err != nil {
			return nil, err
		}
		if never {
			break
		}
	}
	o.Lower = d.Bound(o.Dual, beta)
	return o, nil
}

// Objective returns ½·Σ(f(x_i) − y_i)² + β/2·Σ(‖w_j‖² + a_j²), bias weights included. The output's
// bias is no part of this model, and must be 0.
func (d *Data) Objective(m *Model, beta *big.Rat) *big.Rat {
	if m.Out != 0 {
		panic("landscape: weight decay with a bias of the output")
	}
	v := dyadic.Floats(slices.Concat(append(slices.Clone(m.W), m.A)...))
	squares, exp := dot(v, v)
	sum := dyadic.Rat(squares, exp)
	sum.Mul(sum, beta)
	sum.Add(sum, d.Risk(m))
	return sum.Mul(sum, big.NewRat(1, 2))
}

// Bound returns the right side of the theorem for the best t.
func (d *Data) Bound(p Dual, beta *big.Rat) *big.Rat {
	product, square := new(big.Rat), new(big.Rat)
	for i, v := range p.U {
		u, y := new(big.Rat).SetFloat64(v), new(big.Rat).SetFloat64(d.Y[i])
		product.Add(product, y.Mul(y, u))
		square.Add(square, u.Mul(u, u))
	}
	if product.Sign() <= 0 {
		return new(big.Rat) // t = 0
	}
	t := new(big.Rat).Quo(product, square)
	if p.M > 0 {
		if most := new(big.Rat).Quo(beta, new(big.Rat).SetFloat64(p.M)); most.Cmp(t) < 0 {
			t = most
		}
	}
	product.Mul(product, t)
	square.Mul(square, t).Mul(square, t).Mul(square, big.NewRat(1, 2))
	return product.Sub(product, square)
}

// Property returns the network whose last two neurons are g_u − M and −g_u − M.
func (d *Data) Property(p Dual) (*network.Network, error) {
	n, err := d.Network(p.U)
	if err != nil {
		return nil, err
	}
	return network.Property(n, [][]float64{{1}, {-1}}, []float64{p.M, p.M})
}

// never walks the property network, and says whether its last two neurons are on nowhere.
func (d *Data) never(ctx context.Context, p Dual) (bool, error) {
	n, err := d.Property(p)
	if err != nil {
		return false, err
	}
	b := UnitBall(d.P)
	for r, err := range enumerate.Regions(ctx, n, b, enumerate.Options{Workers: 1}) {
		if err != nil {
			return false, err
		}
		if slices.Contains(r.Pattern[d.N():], 1) {
			return false, nil
		}
	}
	return true, nil
}

// DualOf reads a property network of the data: that its rows are the data is asked of every
// weight.
func (d *Data) DualOf(n *network.Network) (Dual, error) {
	ls := n.Layers()
	if len(ls) != 3 || n.Inputs() != d.P || ls[0].Out() != d.N() || ls[0].Act != network.ReLU || ls[1].Act != network.None || ls[1].Out() != 1 || ls[2].Act != network.ReLU || ls[2].Out() != 2 {
		return Dual{}, fmt.Errorf("a network %s, expected %d-%d-2-2, the data's rows with the neurons of the bound behind them", n.Widths(), d.P, d.N())
	}
	var p Dual
	if err := d.rowsAre(ls[0]); err != nil {
		return p, err
	}
	for i := range d.Rows {
		p.U = append(p.U, ls[1].W.At(0, i))
	}
	if up, down := ls[2].W.At(0, 0), ls[2].W.At(1, 0); ls[1].B[0] != 0 || up*down != -1 || math.Abs(up) != 1 {
		return p, errors.New("the last neurons are not g − M and −g − M")
	}
	if p.M = -min(ls[2].B[0], ls[2].B[1]); p.M < 0 {
		return p, fmt.Errorf("a limit M of %g, expected one that is not negative", p.M)
	}
	return p, nil
}

// rowsAre says whether a layer of so many units has the data as its rows.
func (d *Data) rowsAre(l network.Layer) error {
	for i, row := range d.Rows {
		for k, v := range row {
			if l.W.At(i, k) != v || l.B[i] != 0 {
				return fmt.Errorf("row %d is not point %d of the data", i, i)
			}
		}
	}
	return nil
}

// CheckBound verifies a lower bound as a third person does: the text is that of a property network
// of the data, the proof is one of its count in the unit ball, and its last two neurons are on
// nowhere. Then the bound holds for every width. Nothing is believed of who made them. When ctx
// ends first, its cause is the error.
func CheckBound(ctx context.Context, d *Data, text []byte, path string, beta *big.Rat) (Dual, *big.Rat, error) {
	n, err := network.ReadCanonical(bytes.NewReader(text))
	if err != nil {
		return Dual{}, nil, err
	}
	p, err := d.DualOf(n)
	if err != nil {
		return p, nil, err
	}
	b := UnitBall(d.P)
	r, err := certificate.CheckContext(ctx, text, path, certificate.Options{})
	if err != nil {
		return p, nil, err
	}
	if want := proof.SpellBall(b); r.Ball != want {
		return p, nil, fmt.Errorf("a proof on the ball %s, expected %s", r.Ball, want)
	}
	for j := d.N(); j < d.N()+2; j++ {
		if !r.NeverOn(j) {
			return p, nil, fmt.Errorf("neuron %d is not shown to be on nowhere", j)
		}
	}
	return p, d.Bound(p, beta), nil
}
