// Shrinking: a failure on a random network says little, the same failure on
// three neurons with weights 0 and 1 says what is wrong. The idea is
// QuickCheck's (Claessen and Hughes 2000): try what is simpler, keep what still fails.

package crosscheck

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// shrinkTries caps the candidates that Shrink tries: some seconds for small networks.
const shrinkTries = 20_000

// Shrink returns a simpler case that still fails: fewer layers, neurons, inputs
// and outputs, simpler weights, a smaller and simpler ball. The case itself must fail. Each
// step makes the case smaller or simpler, so the end is a case of which no single step can be
// taken away; it ends earlier when ctx does.
func Shrink(ctx context.Context, c gen.Case, fails func(gen.Case) bool) gen.Case {
	s := &shrinker{ctx: ctx, best: c, fails: fails, left: shrinkTries}
	s.best.Want = nil
	for s.progress = true; s.progress && s.goOn(); {
		s.progress = false
		s.structure()
		s.ball()
		s.weights()
	}
	return s.best
}

// Fails returns the predicate of Shrink for a failure: the same bound is still on the
// wrong side of the certified count, or of the bound that it is claimed to dominate.
func (f Failure) Fails(ctx context.Context, bounds []bound.Bound) func(gen.Case) bool {
	return func(c gen.Case) bool {
		_, bad := f.Again(ctx, c, bounds)
		return bad
	}
}

// shrinkLimit caps the regions of a candidate: shrinking is for small cases.
const shrinkLimit = 20_000

// Again tries the failure on another case, and returns it as it is there.
func (f Failure) Again(ctx context.Context, c gen.Case, bounds []bound.Bound) (Failure, bool) {
	rs := bound.Evaluate(ctx, pick(bounds, f.Bound, f.Than), c.Net, c.Ball)
	var value, than *bound.Result
	for i := range rs {
		if rs[i].Err != nil {
			return Failure{}, false
		}
		if rs[i].Name == f.Bound {
			value = &rs[i]
		} else {
			than = &rs[i]
		}
	}
	if value == nil {
		return Failure{}, false
	}
	if f.Than != "count" {
		f.Case, f.Value = c, value.Value
		if than == nil {
			return Failure{}, false
		}
		f.Limit = than.Value
		return f, f.Value.Cmp(f.Limit) > 0
	}
	r, err := enumerate.Count(ctx, c.Net, c.Ball, enumerate.Options{Workers: 1, Limit: shrinkLimit})
	if err != nil {
		return Failure{}, false
	}
	return judge(Record{Case: c, Lower: r.Lower, Upper: r.Upper}, *value)
}

// shrinker holds the smallest failing case so far.
type shrinker struct {
	ctx      context.Context
	best     gen.Case
	fails    func(gen.Case) bool
	left     int
	progress bool
}

func (s *shrinker) goOn() bool { return s.left > 0 && s.ctx.Err() == nil }

// try keeps the candidate if it is a network and still fails.
func (s *shrinker) try(layers []network.Layer, b ball.Ball) bool {
	if !s.goOn() {
		return false
	}
	n, err := network.New(layers)
	if err != nil || n.Inputs() != b.Dim() {
		return false
	}
	s.left--
	c := gen.Case{Name: s.best.Name, Net: n, Ball: b}
	if !s.fails(c) {
		return false
	}
	s.best, s.progress = c, true
	return true
}

// clone returns a copy of the layers of the best case.
func (s *shrinker) clone() []network.Layer { return gen.Clone(s.best.Net) }

// structure takes layers, units and inputs away.
func (s *shrinker) structure() {
	for i := len(s.best.Net.Layers()) - 1; i >= 0; i-- {
		if layers := s.clone(); len(layers) > 1 {
			_ = s.try(layers[:i], s.best.Ball) || s.try(withoutLayer(layers, i), s.best.Ball)
		}
	}
	for i := range s.best.Net.Layers() {
		for j := s.best.Net.Layers()[i].Out() - 1; j >= 0 && s.best.Net.Layers()[i].Out() > 1; j-- {
			layers := s.clone()
			l := &layers[i]
			l.W, l.B = withoutRow(l.Dense(), j), slices.Delete(l.B, j, j+1)
			if l.Slopes != nil {
				l.Slopes = slices.Delete(l.Slopes, j, j+1)
			}
			if i+1 < len(layers) {
				layers[i+1].W = withoutColumn(layers[i+1].Dense(), j)
			}
			s.try(layers, s.best.Ball)
		}
	}
	for k := s.best.Net.Inputs() - 1; k >= 0 && s.best.Net.Inputs() > 1; k-- {
		layers := s.clone()
		layers[0].W = withoutColumn(layers[0].Dense(), k)
		if b, ok := withoutCoordinate(s.best.Ball, k); ok {
			s.try(layers, b)
		}
	}
	for i, l := range s.best.Net.Layers() {
		if l.Act != network.None {
			layers := s.clone()
			layers[i].Act, layers[i].Slope, layers[i].Slopes = network.None, 0, nil
			s.try(layers, s.best.Ball)
		}
		if l.Act == network.LeakyReLU || l.Act == network.Mixed {
			layers := s.clone()
			layers[i].Act, layers[i].Slope, layers[i].Slopes = network.ReLU, 0, nil
			s.try(layers, s.best.Ball)
		}
	}
}

// withoutLayer leaves layer i out; the next one takes as many columns as it needs.
func withoutLayer(layers []network.Layer, i int) []network.Layer {
	if i+1 >= len(layers) {
		return layers[:i]
	}
	in, next := layers[i].In(), layers[i+1]
	w := mat.NewDense(next.Out(), in, nil)
	w.Copy(next.W)
	next.W = w
	return append(append(layers[:i:i], next), layers[i+2:]...)
}

func withoutRow(m *mat.Dense, j int) *mat.Dense {
	rows, cols := m.Dims()
	out := mat.NewDense(rows-1, cols, nil)
	for i, k := 0, 0; i < rows; i++ {
		if i != j {
			out.SetRow(k, m.RawRowView(i))
			k++
		}
	}
	return out
}

func withoutColumn(m *mat.Dense, j int) *mat.Dense {
	return mat.DenseCopyOf(withoutRow(mat.DenseCopyOf(m.T()), j).T())
}

// withoutCoordinate returns the ball in the other coordinates.
func withoutCoordinate(b ball.Ball, k int) (ball.Ball, bool) {
	cut := func(x []float64) []float64 { return append(append([]float64(nil), x[:k]...), x[k+1:]...) }
	if b.Norm() == ball.Box {
		out, err := ball.NewBox(cut(b.Lo()), cut(b.Hi()))
		return out, err == nil
	}
	out, err := ball.New(b.Norm(), cut(b.Center()), b.Radius())
	return out, err == nil
}

// simpler returns values that are simpler than v, the simplest first.
func simpler(v float64) []float64 {
	var out []float64
	add := func(w float64) {
		if w != v && !math.IsInf(w, 0) && cost(w) < cost(v) {
			out = append(out, w)
		}
	}
	add(0)
	add(math.Copysign(1, v))
	add(math.Abs(v))
	for _, bits := range []int{0, 1, 3, 8, 20, 36} {
		_, e := math.Frexp(v)
		add(math.Ldexp(math.RoundToEven(math.Ldexp(v, bits-e+1)), e-1-bits))
		add(math.Round(math.Ldexp(v, bits)) / math.Ldexp(1, bits))
	}
	return out
}

// cost orders numbers by simplicity: 0, 1, −1, then by length of the mantissa and size of the
// exponent. Every accepted step lowers it, so shrinking ends.
func cost(v float64) int {
	switch v {
	case 0:
		return 0
	case 1:
		return 1
	case -1:
		return 2
	}
	_, low := dyadic.Split(v)
	_, top := math.Frexp(v)
	c := 3 + 4*(top-low) + 2*min(max(top, -top), 64)
	if v < 0 {
		c++
	}
	return c
}

// weights simplifies every number of the network.
func (s *shrinker) weights() {
	at := func(set func(layers []network.Layer) *float64) {
		v := *set(s.clone())
		for _, w := range simpler(v) {
			layers := s.clone()
			*set(layers) = w
			if s.try(layers, s.best.Ball) {
				return
			}
		}
	}
	for i, l := range s.best.Net.Layers() {
		for k := range l.Dense().RawMatrix().Data {
			at(func(layers []network.Layer) *float64 { return &layers[i].Dense().RawMatrix().Data[k] })
		}
		for k := range l.B {
			at(func(layers []network.Layer) *float64 { return &layers[i].B[k] })
		}
		if l.Act == network.LeakyReLU {
			at(func(layers []network.Layer) *float64 { return &layers[i].Slope })
		}
		for k := range l.Slopes {
			if s.best.Net.Layers()[i].Act == network.Mixed { // still
				at(func(layers []network.Layer) *float64 { return &layers[i].Slopes[k] })
			}
		}
	}
}

// radiusFloor stops the halving of a radius: a smaller one is not simpler.
const radiusFloor = 0x1p-8

// ball simplifies the ball, then halves it while it fails.
func (s *shrinker) ball() {
	b := s.best.Ball
	if b.Norm() == ball.Box {
		s.box()
		return
	}
	for k := range b.Center() {
		for _, w := range simpler(b.Center()[k]) {
			c := append([]float64(nil), s.best.Ball.Center()...)
			c[k] = w
			if out, err := ball.New(b.Norm(), c, s.best.Ball.Radius()); err == nil && s.try(s.clone(), out) {
				break
			}
		}
	}
	for _, r := range simpler(s.best.Ball.Radius()) {
		if out, err := ball.New(b.Norm(), s.best.Ball.Center(), r); err == nil && s.try(s.clone(), out) {
			break
		}
	}
	for r := s.best.Ball.Radius(); r > 1 || cost(r) > cost(1) && r > radiusFloor; r /= 2 {
		out, err := ball.New(b.Norm(), s.best.Ball.Center(), r/2)
		if err != nil || cost(r/2) > cost(r) || !s.try(s.clone(), out) {
			break
		}
	}
}

// box simplifies the sides of a box.
func (s *shrinker) box() {
	for k := range s.best.Ball.Lo() {
		for _, high := range []bool{false, true} {
			side := func(b ball.Ball) []float64 {
				if high {
					return b.Hi()
				}
				return b.Lo()
			}
			for _, w := range simpler(side(s.best.Ball)[k]) {
				lo, hi := append([]float64(nil), s.best.Ball.Lo()...), append([]float64(nil), s.best.Ball.Hi()...)
				if high {
					hi[k] = w
				} else {
					lo[k] = w
				}
				if out, err := ball.NewBox(lo, hi); err == nil && s.try(s.clone(), out) {
					break
				}
			}
		}
	}
}
