// Distinct patterns among sampled points: a lower bound with witnesses (the
// common heuristic of the literature, e.g. Novak et al. 2018, made certain).
//
// A point strictly inside the ball, at which each neuron is either not zero or identically zero on
// the affine piece around it, lies in exactly one region, and the region's pattern is the point's.
// So distinct patterns are distinct regions. Signs are decided in floats, on the deviation from the
// centre, with a running error bound; what they leave open is decided in integers, and a point on a
// boundary is dropped. With maxima it is a point of their tournament, whose regions lie in theirs.

package bound

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

const (
	// sampleSeed makes the bound "samples" a function of its arguments.
	sampleSeed = 1
	// sampleMost and sampleWork cap its number of points, and points times weights: a few tenths of
	// a second.
	sampleMost, sampleWork = 4096, 100_000_000
	// exactWork caps the weights that exact passes of undecided points may touch.
	exactWork = 4_000_000
	// inside keeps samples strictly within the ball: their normalised norm is at most this, and it
	// is computed with a relative error far below 2⁻²⁰ for fewer than insideMost inputs; with more,
	// the centre alone is sampled.
	inside, insideMost = 1 - 0x1p-20, 1 << 30
	// leastWidth is the half-width below which coordinates are not sampled: products with it would
	// underflow.
	leastWidth = 0x1p-900
)

// sample tells each of a point of each region that is found, with its pattern in the tournament.
func (a *analysis) sample(ctx context.Context, count int, seed uint64, each func(p network.Pattern, x dyadic.Vector)) error {
	if err := a.pass(ctx); err != nil {
		return err
	}
	s := newSampler(a, seed)
	seen := map[string]bool{}
	for i := range count {
		if err := ctx.Err(); err != nil {
			return err
		}
		y := make([]float64, a.net.Inputs()) // the deviation, exactly
		if i > 0 {
			s.draw(y, i%2 == 0)
		}
		p, ok, err := s.pattern(ctx, y)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if key := a.region(p); !seen[key] {
			seen[key] = true
			each(p, s.point(y))
		}
	}
	return nil
}

// region names the region of the whole network in which that of the tournament's pattern lies.
func (a *played) region(p network.Pattern) string {
	if a.whole == a.net {
		return p.String()
	}
	signs := make([]network.Pattern, len(a.net.Layers()))
	var key []byte
	for l, ly := range a.net.Layers() {
		signs[l] = ly.SignsOf(p)
		if p = p[ly.Neurons():]; a.whole.Layers()[a.of[l]].Act != network.Max {
			key = append(key, signs[l].String()...)
		}
	}
	return string(fmt.Append(key, a.winners(func(l, u int) int { return int(signs[l][u]) })))
}

func samples(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	weights := 1
	for _, l := range n.Layers() {
		weights += l.In() * l.Rows()
	}
	found := int64(0)
	err := analysisOf(ctx, n, b).sample(ctx, max(16, min(sampleMost, sampleWork/weights)), sampleSeed, func(network.Pattern, dyadic.Vector) { found++ })
	if err != nil {
		return nil, err
	}
	return big.NewInt(max(1, found)), nil // a ball is never empty
}

type sampler struct {
	a     *analysis
	rng   *rand.Rand
	hw    []float64
	exact int // what is left of exactWork
}

func newSampler(a *analysis, seed uint64) *sampler {
	return &sampler{a: a, rng: rand.New(rand.NewPCG(seed, 0)), hw: halfWidths(a.ball), exact: exactWork}
}

// draw fills y with a deviation strictly inside the ball: uniform, or near the surface.
func (s *sampler) draw(y []float64, surface bool) {
	radius := 1.0
	if !surface {
		radius = math.Pow(s.rng.Float64(), 1/float64(len(y)))
	}
	norm := s.a.ball.Norm()
	for k := range y {
		switch norm {
		case ball.L2:
			y[k] = s.rng.NormFloat64()
		case ball.L1:
			y[k] = math.Copysign(s.rng.ExpFloat64(), s.rng.Float64()-0.5)
		default:
			y[k] = 2*s.rng.Float64() - 1
		}
	}
	var size float64
	switch norm {
	case ball.L2:
		size = norm2Up(y)
	case ball.L1:
		size = sumAbs(y)
	default:
		size = maxAbs(y)
	}
	for k := range y {
		if size == 0 || s.hw[k] < leastWidth || len(y) >= insideMost {
			y[k] = 0
			continue
		}
		y[k] = s.hw[k] * (y[k] / size * radius * inside)
	}
}

// point returns c + y, exactly.
func (s *sampler) point(y []float64) dyadic.Vector {
	return s.a.center().x.Add(dyadic.Floats(y))
}

// pattern returns the pattern at c + y; false if the point is on a boundary or nothing decides it.
func (s *sampler) pattern(ctx context.Context, y []float64) (network.Pattern, bool, error) {
	if p, ok := s.floatPattern(y); ok {
		return p, true, nil
	}
	for _, l := range s.a.net.Layers() {
		s.exact -= l.In() * l.Out()
	}
	if s.exact < 0 {
		return nil, false, nil
	}
	c, err := passExactly(ctx, s.a.net, s.point(y))
	if err != nil {
		return nil, false, err
	}
	return exactPattern(ctx, s.a.net, c)
}

// floatPattern decides every sign in floats, or gives up.
func (s *sampler) floatPattern(y []float64) (network.Pattern, bool) {
	var p network.Pattern
	dev, lost := append([]float64(nil), y...), make([]float64, len(y)) // deviations, and their errors
	for i, l := range s.a.net.Layers() {
		nextDev, nextLost := make([]float64, l.Out()), make([]float64, l.Out())
		// What input k is off by, with its share of γ_n Σ|w||dev|. The share may underflow, hence
		// the least float.
		c := float64(l.In()+8) * 0x1p-52
		for k, v := range dev {
			lost[k] += c*math.Abs(v) + math.SmallestNonzeroFloat64
		}
		for j := range nextDev {
			d, e := 0.0, 0.0
			at, row := l.Row(j)
			lost := pick(lost, at)
			for k, x := range pick(dev, at) {
				d += row[k] * x
				e += math.Abs(row[k]) * lost[k]
			}
			e = away(e, l.In())
			if math.IsInf(d, 0) {
				return nil, false // a term overflowed, which e need not show
			}
			v := s.a.center().v[i][j]
			if !l.IsNeuron(j) {
				nextDev[j], nextLost[j] = d, e
				continue
			}
			var sign int8
			switch {
			case down(down(d-e)+v.lo) > 0:
				sign = 1
			case up(up(d+e)+v.hi) < 0:
				sign = -1
			default:
				return nil, false
			}
			p = append(p, sign)
			nextDev[j], nextLost[j] = deviate(l.Below(j), v, sign, d, e)
		}
		dev, lost = nextDev, nextLost
	}
	return p, true
}

// deviate returns act(v+d) − act(v) and its error, d known up to e and v+d of the given sign: with
// slopes s at v+d and t at v it is s·d + (s−t)·v.
func deviate(below float64, v bracket, sign int8, d, e float64) (float64, float64) {
	s, t := 1.0, 1.0
	if sign < 0 {
		s = below
	}
	if v.sign <= 0 {
		t = below
	}
	if s == t {
		return s * d, away(math.Abs(s)*e+0x1p-52*math.Abs(s*d), 2)
	}
	// five roundings, each below 2⁻⁵², and v's bracket, which is ∞ wide where v is beyond floats
	jump := (s - t) * v.lo
	size := math.Abs(s*d) + math.Abs(jump)
	return s*d + jump, away(math.Abs(s)*e+math.Abs(s-t)*(v.hi-v.lo)+0x1p-49*size, 3)
}

// exactPattern returns the pattern of an exact pass, false if the point is on a boundary.
func exactPattern(ctx context.Context, n *network.Network, c *center) (network.Pattern, bool, error) {
	var p network.Pattern
	for i, l := range n.Layers() {
		for j, v := range c.v[i] {
			if !l.IsNeuron(j) {
				continue
			}
			if v.sign == 0 {
				g, err := exactGradient(ctx, n, c, i, j)
				if err != nil || !g.IsZero() {
					return nil, false, err
				}
			}
			p = append(p, int8(v.sign))
		}
	}
	return p, true, nil
}
