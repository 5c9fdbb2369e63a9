package landscape

// Spurious local minima by construction (He, Wang and Tao 2020, theorem 1): all neurons are on at
// all points, so near there the network is an affine function of x, and no affine function has a
// lower risk than the least squares fit, which it is. Biases that rise together, with the output's
// bias falling, leave the function as it is: a valley without end.

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

// Spurious is a local minimum with a network that is lower.
type Spurious struct {
	// W, A and Out are the minimum in fractions: least squares are no floats as a rule.
	W   [][]*big.Rat
	A   []*big.Rat
	Out *big.Rat
	// Risk is that of the minimum, and of the least squares fit.
	Risk *big.Rat
	// Valley are the risks at further points of the valley.
	Valley []*big.Rat
	// Rounded is the network in floats, RoundedRisk its risk: Risk or a little more.
	Rounded     *Model
	RoundedRisk *big.Rat
	// Lower has as many neurons and the lower risk LowerRisk.
	Lower     *Model
	LowerRisk *big.Rat
}

// valleyPoints is how many further points of the valley are looked at.
const valleyPoints = 5

// ErrNotSpurious says that no network with a lower risk was found.
var ErrNotSpurious = errors.New("no network of this width with a lower risk than the linear fit was found")

// FindSpurious constructs the minimum of m neurons, and verifies that it is one, and spurious:
// strict signs, the normal equations, a network that is lower, all in fractions. ErrNotSpurious is
// the error where none is. When ctx ends first its cause is the error.
func FindSpurious(ctx context.Context, d *Data, cells []Cell, m int) (*Spurious, error) {
	if !d.Bias {
		return nil, errors.New("a spurious minimum without biases, expected the network with them: they rise in it")
	}
	w := newWhole(d)
	f := w.fit([][]bool{w.all()})
	if f.risk.Sign() == 0 {
		return nil, errors.New("the values are those of an affine function, whose fit is the global minimum, expected others")
	}
	v, factor := make([]*big.Rat, d.P), w.scaled()
	for k := range v {
		v[k] = new(big.Rat).SetFrac(f.basis[0][1+k], f.basis[0][0])
		v[k].Mul(v[k], factor)
	}
	s := &Spurious{Risk: f.risk}
	rise := riseOf(d, v)
	s.W, s.A, s.Out = spread(v, rise, halves(m))
	if err := s.verify(d); err != nil {
		return nil, err
	}
	for k := range valleyPoints {
		t := new(big.Rat).Add(rise, big.NewRat(int64(k+1), 1))
		risk := riskOf(d, spreadAs(v, t, thirds(m, k)))
		if risk.Cmp(s.Risk) != 0 {
			return nil, fmt.Errorf("the valley is not level: %v and %v", risk, s.Risk)
		}
		s.Valley = append(s.Valley, risk)
	}
	if err := s.lower(ctx, d, cells, m); err != nil {
		return nil, err
	}
	return s, s.round(d)
}

// riseOf returns the least whole number that, added to v·x̃, less its bias, is 1 at least at all
// points.
func riseOf(d *Data, v []*big.Rat) *big.Rat {
	least := new(big.Rat)
	for i, row := range d.Rows {
		z := slope(v, row)
		if i == 0 || z.Cmp(least) < 0 {
			least = z
		}
	}
	up := new(big.Int).Div(least.Num(), least.Denom()) // rounded down
	return new(big.Rat).SetInt(up.Sub(big.NewInt(1), up))
}

// slope returns v·x without the bias.
func slope(v []*big.Rat, row []float64) *big.Rat {
	z, t := new(big.Rat), new(big.Rat)
	for k := range len(v) - 1 {
		t.SetFloat64(row[k])
		z.Add(z, t.Mul(t, v[k]))
	}
	return z
}

// halves are m shares of 1: ½, ¼, …, the last twice.
func halves(m int) []*big.Rat {
	shares := make([]*big.Rat, m)
	for j := range shares {
		shares[j] = dyadic.Rat(big.NewInt(1), -min(j+1, m-1))
	}
	return shares
}

// thirds are m shares of 1 that differ for each k.
func thirds(m, k int) []*big.Rat {
	shares, rest := make([]*big.Rat, m), big.NewRat(1, 1)
	for j := range m - 1 {
		shares[j] = new(big.Rat).Mul(rest, big.NewRat(1, int64(3+k)))
		rest = new(big.Rat).Sub(rest, shares[j])
	}
	shares[m-1] = rest
	return shares
}

// spread returns neurons that have shares of v·x and of the rise t as biases, and the output's
// bias, which takes the rise back.
func spread(v []*big.Rat, t *big.Rat, shares []*big.Rat) (w [][]*big.Rat, a []*big.Rat, out *big.Rat) {
	last := len(v) - 1
	for _, s := range shares {
		row := make([]*big.Rat, len(v))
		for k := range last {
			row[k] = new(big.Rat).Mul(s, v[k])
		}
		row[last] = new(big.Rat).Mul(s, t)
		w, a = append(w, row), append(a, big.NewRat(1, 1))
	}
	return w, a, new(big.Rat).Sub(v[last], t)
}

func spreadAs(v []*big.Rat, t *big.Rat, shares []*big.Rat) *Spurious {
	s := &Spurious{}
	s.W, s.A, s.Out = spread(v, t, shares)
	return s
}

// outputs evaluates the network in fractions, and says whether all neurons are on at all points.
func (s *Spurious) outputs(d *Data) (f []*big.Rat, on bool) {
	on = true
	for _, row := range d.Rows {
		y := new(big.Rat).Set(s.Out)
		for j, w := range s.W {
			z := new(big.Rat).Add(slope(w, row), w[len(w)-1])
			if z.Sign() <= 0 {
				on = false
				continue
			}
			y.Add(y, z.Mul(z, s.A[j]))
		}
		f = append(f, y)
	}
	return f, on
}

func riskOf(d *Data, s *Spurious) *big.Rat {
	f, _ := s.outputs(d)
	return d.squares(f)
}

// verify asks in fractions for what makes it a local minimum: every pre-activation is positive, so
// near there the network is affine in x at the data; and the residual is orthogonal to all
// coordinates and to 1, so no affine function has a lower risk.
func (s *Spurious) verify(d *Data) error {
	f, on := s.outputs(d)
	if !on {
		return errors.New("a neuron is off at a point")
	}
	for k := range d.P {
		sum, t := new(big.Rat), new(big.Rat)
		for i, row := range d.Rows {
			r := new(big.Rat).Sub(f[i], t.SetFloat64(d.Y[i]))
			sum.Add(sum, r.Mul(r, t.SetFloat64(row[k])))
		}
		if sum.Sign() != 0 {
			return errors.New("the normal equations do not hold")
		}
	}
	if risk := d.squares(f); risk.Cmp(s.Risk) != 0 {
		return fmt.Errorf("a risk of %v, expected that of the fit, %v", risk, s.Risk)
	}
	return nil
}

// round rounds the network to floats.
func (s *Spurious) round(d *Data) error {
	s.Rounded = &Model{}
	s.Rounded.Out, _ = dyadic.FromRat(s.Out)
	for j, row := range s.W {
		w := make([]float64, len(row))
		for k, v := range row {
			w[k], _ = dyadic.FromRat(v)
		}
		a, _ := dyadic.FromRat(s.A[j])
		s.Rounded.W, s.Rounded.A = append(s.Rounded.W, w), append(s.Rounded.A, a)
	}
	if !s.Rounded.finite() {
		return errRange
	}
	s.RoundedRisk = d.Risk(s.Rounded)
	return nil
}

// lower finds a network of m neurons with a lower risk: an affine function and one neuron, for m
// of two at least, or else one neuron.
func (s *Spurious) lower(ctx context.Context, d *Data, cells []Cell, m int) error {
	width := min(m, 2)
	p, err := newProgrammes(ctx, d, cells, width, true)
	if err != nil {
		return err
	}
	level := 1
	if width == 2 {
		p.join(1, member{allOn(cells), 1})
		p.solve(1, 0)
		level = 2
	}
	if err := p.walk(ctx, level, 0, p.keep); err != nil {
		return err
	}
	w := p.finest()
	if w.Risk == nil || w.Risk.Cmp(s.Risk) >= 0 {
		return ErrNotSpurious
	}
	s.Lower, s.LowerRisk = w.Model, w.Risk
	for len(s.Lower.W) < m {
		s.Lower.W, s.Lower.A = append(s.Lower.W, make([]float64, d.P)), append(s.Lower.A, 0)
	}
	return nil
}

// allOn returns the cell of neurons that are on everywhere. With biases there is one.
func allOn(cells []Cell) int {
	for k := range cells {
		on := true
		for i := range cells[k].Signs {
			on = on && cells[k].On(i)
		}
		if on {
			return k
		}
	}
	panic("landscape: no cell is on everywhere")
}
