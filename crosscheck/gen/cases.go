// The cases that bounds are tried on: a mixture in which each kind of mistake
// has a kind of case that shows it, drawn so that a case is named by a seed and
// a number.

package gen

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// CaseOptions says what Cases draws.
type CaseOptions struct {
	// Networks are put into generated balls beside the generated networks: trained ones, say.
	Networks []*network.Network
	// MaxNeurons is the most neurons of a random network; 0 means 12.
	MaxNeurons int
	// MaxInputs is the most inputs of a random network; 0 means 5.
	MaxInputs int
}

// Cases returns n cases. Case i depends on the seed, i and the options alone; its name starts with
// "seed S case I". The first ones are those of KnownCases with at most knownRegions regions; the
// others are random He and uniform networks, weights in {−1,0,1}, balls that touch a boundary to
// the last bit, tiny balls on boundaries, structured networks (tent maps, foldings of ReLU and of
// leaky units, Montúfar's construction, wide-narrow-wide, dead layers) in random balls, and
// opt.Networks.
func Cases(seed uint64, n int, opt CaseOptions) iter.Seq[Case] {
	if opt.MaxNeurons == 0 {
		opt.MaxNeurons = 12
	}
	if opt.MaxInputs == 0 {
		opt.MaxInputs = 5
	}
	return func(yield func(Case) bool) {
		known := knownSmall()
		for i := range n {
			c := Case{}
			if i < len(known) {
				c = known[i]
			} else {
				c = drawCase(CaseRand(seed, i), opt)
			}
			c.Name = fmt.Sprintf("seed %d case %d: %s", seed, i, c.Name)
			if !yield(c) {
				return
			}
		}
	}
}

// SmallBallCases returns n cases of the kind that local bounds are for: He networks of ReLUs with 2
// to 5 inputs and hidden widths 16-16, 10-10-10, 16-16-16 or 8-8-8-8, all combinations in turn, in
// l2, linf and l1 balls with a normal centre and a radius of 2⁻⁵ to 2⁻¹, uniform in the exponent.
func SmallBallCases(seed uint64, n int) iter.Seq[Case] {
	widths := [][]int{{16, 16}, {10, 10, 10}, {16, 16, 16}, {8, 8, 8, 8}}
	return func(yield func(Case) bool) {
		for i := range n {
			rng := CaseRand(seed, i)
			w := widths[i/4%len(widths)]
			net := Random(rng, RandomOptions{Inputs: 2 + i%4, Widths: w, Law: He, OnlyReLU: true, NoAffine: true})
			center := make([]float64, net.Inputs())
			for k := range center {
				center[k] = rng.NormFloat64()
			}
			norm := []ball.Norm{ball.L2, ball.LInf, ball.L1}[i/16%3]
			b := Must(ball.New(norm, center, math.Exp2(-5+4*rng.Float64())))
			if !yield(Case{Name: fmt.Sprintf("seed %d small ball %d: hidden %v", seed, i, w), Net: net, Ball: b}) {
				return
			}
		}
	}
}

// CaseRand returns the generator of case i of a seed.
func CaseRand(seed uint64, i int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(i)+1)) }

// knownRegions is the largest known count that Cases tries each time: larger ones cost
// more than they show.
const knownRegions = 600

func knownSmall() []Case {
	var small []Case
	for _, c := range KnownCases() {
		if c.Want.IsInt64() && c.Want.Int64() <= knownRegions {
			small = append(small, c)
		}
	}
	return small
}

func drawCase(rng *rand.Rand, opt CaseOptions) Case {
	options := RandomOptions{Inputs: 1 + rng.IntN(opt.MaxInputs), MaxNeurons: opt.MaxNeurons}
	switch kind := rng.IntN(16); kind {
	case 0, 1, 2, 3:
		return RandomCase(rng, options)
	case 4, 5, 6:
		widths := append([]int{1 + rng.IntN(3)}, randomWidths(rng, min(8, opt.MaxNeurons))...)
		return TernaryCase(rng, append(widths, 1)...)
	case 7, 8:
		return touchingCase(rng, options)
	case 9, 10:
		return boundaryCase(rng, options)
	case 11, 12, 13:
		return structuredCase(rng)
	case 14:
		return wholeArrangement(rng)
	}
	if len(opt.Networks) == 0 {
		return RandomCase(rng, options)
	}
	n := opt.Networks[rng.IntN(len(opt.Networks))]
	// Given networks have many neurons: small balls, so that counts stay small.
	radius := math.Exp2(-8 + 6*rng.Float64())
	return Case{Name: "given network", Net: n, Ball: BallOf(rng, ball.Norm(rng.IntN(4)), randomCenter(rng, n), radius)}
}

// touchingCase draws a ball that touches a boundary of the first layer to within
// the last bits: what a bound without outward rounding decides wrongly.
func touchingCase(rng *rand.Rand, opt RandomOptions) Case {
	n := Random(rng, opt)
	first := n.Layers()[0]
	j, center := rng.IntN(first.Out()), make([]float64, n.Inputs())
	for i := range center {
		center[i] = rng.NormFloat64()
	}
	norm := ball.Norm(rng.IntN(3))
	z, dual := first.B[j], 0.0
	for i, w := range first.W.RawRowView(j) {
		z += w * center[i]
		switch norm {
		case ball.L2:
			dual += w * w
		case ball.LInf:
			dual += math.Abs(w)
		default:
			dual = max(dual, math.Abs(w))
		}
	}
	if norm == ball.L2 {
		dual = math.Sqrt(dual)
	}
	r := math.Abs(z) / dual
	for range rng.IntN(3) {
		r = math.Nextafter(r, math.Inf(1))
	}
	if !(r > 0) || math.IsInf(r, 0) {
		r = 1
	}
	return Case{Name: "touching", Net: n, Ball: Must(ball.New(norm, center, r))}
}

// boundaryCase draws a tiny ball about a point of a boundary of the first
// layer: few regions, so that a bound that misses one is below the count.
func boundaryCase(rng *rand.Rand, opt RandomOptions) Case {
	n := Random(rng, opt)
	center := make([]float64, n.Inputs())
	for i := range center {
		center[i] = float64(rng.IntN(33)-16) / 16
	}
	first := n.Layers()[0]
	n, _ = AtBoundary(n, rng.IntN(first.Out()), center)
	return Case{Name: "on a boundary", Net: n, Ball: BallOf(rng, ball.Norm(rng.IntN(4)), center, math.Exp2(-20*rng.Float64()))}
}

// wholeArrangement draws one or two layers in general position and a ball that
// holds nearly all of them: where global bounds are attained.
func wholeArrangement(rng *rand.Rand) Case {
	inputs := 1 + rng.IntN(4)
	k := 1 + rng.IntN(8)
	n := Generic(k, inputs, rng)
	return Case{Name: "arrangement", Net: n, Ball: BallOf(rng, ball.Norm(rng.IntN(4)), make([]float64, inputs), math.Exp2(10*rng.Float64()))}
}

// structuredCase draws one of the constructions, in its own ball or in a random one.
func structuredCase(rng *rand.Rand) Case {
	c := Case{}
	switch rng.IntN(7) {
	case 0:
		c.Name = "tent map"
		c.Net, c.Ball = TentMap(1 + rng.IntN(6))
	case 1:
		c.Name = "folding"
		c.Net, c.Ball = Folding(1 + rng.IntN(3))
	case 2:
		c.Name = "montufar"
		c.Net, c.Ball, _ = Montufar(1+rng.IntN(2), 2, 1+rng.IntN(2), rng.IntN(3))
	case 3:
		c.Name = "dead layers"
		c.Net, c.Ball = DeadLayers(1+rng.IntN(2), 1+rng.IntN(4))
	case 4:
		c.Name = "wide-narrow-wide"
		c.Net = WideNarrowWide(rng, 2+rng.IntN(2), 5+rng.IntN(3), 1+rng.IntN(2))
		c.Ball = RandomBall(rng, c.Net)
		return c
	default:
		c.Name = "leaky folding"
		c.Net, c.Ball = LeakyFolding(1+rng.IntN(3), 1+rng.IntN(2))
	}
	if rng.IntN(2) == 0 {
		c.Ball = RandomBall(rng, c.Net)
	}
	return c
}

// LeakyFolding returns k ≥ 1 layers with x ↦ |x| − 2⁻ˡ on each of n coordinates in layer
// l = 1…k, one leaky unit of slope −1 a coordinate, and the box [−1,1]ⁿ, which
// has 2^(nk) regions: on each side of 0 such a unit carries its dimension on,
// which a bound that takes it for a ReLU forgets.
func LeakyFolding(n, k int) (*network.Network, ball.Ball) {
	var all []network.Layer
	for l := range k {
		w, b := make([]float64, n*n), make([]float64, n)
		for i := range n {
			w[i*n+i] = 1
			if l > 0 {
				b[i] = -math.Ldexp(1, -l)
			}
		}
		all = append(all, leaky(-1, w, b))
	}
	return Build(append(all, Sum(n))...), unitCube(n, -1)
}

// CasesOf returns n cases with the given networks in turn, in generated balls:
// all norms, centres as RandomBall has them, radii from 2⁻¹⁰ to 2. names, one a network, become
// part of the cases' names.
func CasesOf(seed uint64, n int, nets []*network.Network, names []string) iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for i := range n {
			rng, k := CaseRand(seed, i), i%len(nets)
			b := BallOf(rng, ball.Norm(rng.IntN(4)), randomCenter(rng, nets[k]), math.Exp2(-10+11*rng.Float64()))
			if !yield(Case{Name: fmt.Sprintf("seed %d case %d: %s", seed, i, names[k]), Net: nets[k], Ball: b}) {
				return
			}
		}
	}
}
