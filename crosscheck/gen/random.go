// Random networks and cases. A case is named by its seed alone, so whoever
// finds a disagreement can hand over a number.

package gen

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Case is a network and a ball to count it in.
type Case struct {
	// Name says where the case comes from and with which parameters.
	Name string
	Net  *network.Network
	Ball ball.Ball
	// Want is the known count, nil if none is known.
	Want *big.Int
}

// NewRand returns the generator that the seed names: PCG, the same on every platform.
func NewRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// Precision says which numbers random weights are.
type Precision uint8

const (
	// AnyPrecision draws one of the two.
	AnyPrecision Precision = iota
	// Float32 makes every weight and slope a float32 value (24 bits).
	Float32
	// Float64 uses all 53 bits.
	Float64
)

// Law is a law of random weights.
type Law uint8

const (
	// AnyLaw draws one of the two.
	AnyLaw Law = iota
	// He draws weights from N(0, 2/fan-in) (He, Zhang, Ren, Sun 2015) and
	// biases from N(0, 1/4).
	He
	// Uniform draws weights and biases from U(−1/√fan-in, 1/√fan-in).
	Uniform
)

// RandomOptions narrows what Random draws. The zero value leaves all to chance.
type RandomOptions struct {
	// Inputs is the number of inputs; 0 draws 1 to 8.
	Inputs int
	// Widths are the widths of the hidden layers; nil draws 1 to 4 layers of
	// 1 to 8 units with at most MaxNeurons in all.
	Widths []int
	// MaxNeurons is the most neurons when Widths is nil; 0 means 16.
	MaxNeurons int
	Precision  Precision
	Law        Law
	// OnlyReLU excludes LeakyReLU layers; otherwise one layer in four is one.
	OnlyReLU bool
	// NoAffine excludes affine layers between the hidden ones; otherwise one hidden
	// layer in four has one before it. The output layer is affine in any case.
	NoAffine bool
}

// slopes are the leaky slopes that Random draws from: common ones, one above
// 1, and negative ones, the last of which is the absolute value.
var slopes = []float64{0.01, 0.1, 0.25, 1.5, -0.5, -1}

// Random draws a network with an affine output layer. One layer in eight has
// no biases, so that its boundaries all meet.
func Random(rng *rand.Rand, opt RandomOptions) *network.Network {
	if opt.Inputs == 0 {
		opt.Inputs = 1 + rng.IntN(8)
	}
	if opt.Widths == nil {
		opt.Widths = randomWidths(rng, opt.MaxNeurons)
	}
	if opt.Precision == AnyPrecision {
		opt.Precision = Float32 + Precision(rng.IntN(2))
	}
	if opt.Law == AnyLaw {
		opt.Law = He + Law(rng.IntN(2))
	}
	var layers []network.Layer
	in := opt.Inputs
	for _, width := range opt.Widths {
		if !opt.NoAffine && rng.IntN(4) == 0 {
			layers = append(layers, randomLayer(rng, in, 1+rng.IntN(in+1), opt))
			in = layers[len(layers)-1].Out()
		}
		l := randomLayer(rng, in, width, opt)
		l.Act = network.ReLU
		if !opt.OnlyReLU && rng.IntN(4) == 0 {
			l.Act, l.Slope = network.LeakyReLU, slopes[rng.IntN(len(slopes))]
			if opt.Precision == Float32 {
				l.Slope = float64(float32(l.Slope))
			}
		}
		layers = append(layers, l)
		in = width
	}
	return Build(append(layers, randomLayer(rng, in, 1+rng.IntN(3), opt))...)
}

// randomWidths draws 1 to 4 widths of 1 to 8 with at most so many neurons in all.
func randomWidths(rng *rand.Rand, maxNeurons int) []int {
	if maxNeurons == 0 {
		maxNeurons = 16
	}
	var widths []int
	for l := 1 + rng.IntN(4); l > 0 && maxNeurons > 0; l-- {
		w := 1 + rng.IntN(min(8, maxNeurons))
		widths = append(widths, w)
		maxNeurons -= w
	}
	return widths
}

// randomLayer draws an affine layer.
func randomLayer(rng *rand.Rand, in, out int, opt RandomOptions) network.Layer {
	withBias := rng.IntN(8) != 0
	weight, bias := uniform(rng, in), uniform(rng, in)
	if opt.Law == He {
		deviation := math.Sqrt(2 / float64(in))
		weight = func() float64 { return deviation * rng.NormFloat64() }
		bias = func() float64 { return 0.5 * rng.NormFloat64() }
	}
	l := Affine(make([]float64, in*out), make([]float64, out))
	round := func(v float64) float64 {
		if opt.Precision == Float32 {
			return float64(float32(v))
		}
		return v
	}
	for r := range out {
		for c := range in {
			l.Dense().Set(r, c, round(weight()))
		}
		if withBias {
			l.B[r] = round(bias())
		}
	}
	return l
}

// uniform returns a source of U(−1/√in, 1/√in).
func uniform(rng *rand.Rand, in int) func() float64 {
	limit := 1 / math.Sqrt(float64(in))
	return func() float64 { return limit * (2*rng.Float64() - 1) }
}

// Ternary draws a ReLU network with weights in {−1, 0, 1} and biases in
// {−½, 0, ½}: parallel, equal, opposite, concurrent and identically zero
// pre-activations are the rule in it. widths are the inputs, the hidden
// widths, and the outputs (of an affine layer): at least three numbers.
func Ternary(rng *rand.Rand, widths ...int) *network.Network {
	if len(widths) < 3 {
		panic("gen: Ternary needs inputs, at least one hidden width, and outputs")
	}
	var layers []network.Layer
	for i, out := range widths[1:] {
		in := widths[i]
		l := ternaryLayer(rng, in, out)
		if i < len(widths)-2 {
			l.Act = network.ReLU
		}
		layers = append(layers, l)
	}
	return Build(layers...)
}

func ternaryLayer(rng *rand.Rand, in, out int) network.Layer {
	l := Affine(make([]float64, in*out), make([]float64, out))
	for r := range out {
		for c := range in {
			l.Dense().Set(r, c, float64(rng.IntN(3)-1))
		}
		l.B[r] = float64(rng.IntN(3)-1) / 2
	}
	return l
}

// WideNarrowWide draws a ReLU network with hidden widths wide, narrow, wide
// and He weights: behind the narrow layer the forms of the last layer span
// few dimensions.
func WideNarrowWide(rng *rand.Rand, inputs, wide, narrow int) *network.Network {
	return Random(rng, RandomOptions{
		Inputs: inputs, Widths: []int{wide, narrow, wide}, Law: He, OnlyReLU: true, NoAffine: true,
	})
}

// Affine returns an affine layer with the weights row by row.
func Affine(weights, bias []float64) network.Layer {
	return network.Layer{W: mat.NewDense(len(bias), len(weights)/len(bias), weights), B: bias}
}

// ReLU returns a ReLU layer with the weights row by row.
func ReLU(weights, bias []float64) network.Layer {
	l := Affine(weights, bias)
	l.Act = network.ReLU
	return l
}

// Sum returns the affine output layer that adds n units up.
func Sum(n int) network.Layer {
	ones := slices.Repeat([]float64{1}, n)
	return Affine(ones, []float64{0})
}

// Build is network.New for layers that a generator made.
func Build(layers ...network.Layer) *network.Network {
	n, err := network.New(layers)
	if err != nil {
		panic("gen: a generator made a bad network: " + err.Error())
	}
	return n
}
