package enumerate_test

// The affine maps of regions, against those in exact numbers.

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/network"
)

// requireAffine holds the maps of some regions against the exact ones, in the order given.
func requireAffine(t require.TestingT, name string, regions []enumerate.Region) {
	for _, r := range regions {
		m := attack.NewMarks()
		enumerate.NoteAffine(m, r)
		for _, bound := range []string{"affine map, slope", "affine map, offset"} {
			require.LessOrEqual(t, m.Ratio(bound), 1.0, "%s: %s on %v", name, bound, r.Pattern)
		}
	}
}

// What is kept of other regions changes nothing: the map is bit for bit that of a region that is asked
// about first.
func TestAffineMapsDependOnTheRegionAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawMixed(t, rapid.IntRange(1, 3).Draw(t, "inputs"), 8)
		b := drawBall(t, n.Inputs())
		for _, r := range rapid.Permutation(regionsOf(t, n, b)).Draw(t, "order") {
			require.Equal(t, bitsOf(enumerate.AffineAnew(r)), bitsOf(r.Affine()), "%v", r.Pattern)
		}
	})
}

// bitsOf spells all numbers of a map.
func bitsOf(a enumerate.Affine) string {
	return fmt.Sprintf("%x %x %x %x", a.W.RawMatrix().Data, a.B, a.WErr, a.BErr)
}

// regionsOf returns up to 200 of them.
func regionsOf(t require.TestingT, n *network.Network, b ball.Ball) (all []enumerate.Region) {
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1, Limit: 200}) {
		require.NoError(t, err)
		all = append(all, r)
	}
	return all
}

func TestAffineMapsAreWhatTheyClaim(t *testing.T) {
	for i, c := range samples() {
		all := regionsOf(t, c.Net, c.Ball)
		requireAffine(t, c.Name, all)
		gen.NewRand(uint64(i)).Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		requireAffine(t, c.Name+", in any order", all)
		n := gen.ScaleNeurons(c.Net, gen.NewRand(uint64(i)))
		requireAffine(t, c.Name+", scaled", regionsOf(t, n, c.Ball))
	}
	rapid.Check(t, func(t *rapid.T) {
		n := drawMixed(t, rapid.IntRange(1, 3).Draw(t, "inputs"), 8)
		requireAffine(t, "units that differ", regionsOf(t, n, drawBall(t, n.Inputs())))
	})
}

// At both ends of the range of float64: what overflows is not claimed, and what underflows is
// within what is.
func TestAffineMapsOfExtremeNetworks(t *testing.T) {
	for seed := range uint64(150) {
		c := gen.ExtremeCase(gen.NewRand(seed))
		requireAffine(t, fmt.Sprint("extreme case ", seed), regionsOf(t, c.Net, c.Ball))
	}
	b := ballAt(t, ball.LInf, 1, 0, 1)
	huge := netOf(t, dense(network.ReLU, []float64{0x1p1000}, []float64{0}), dense(network.None, []float64{0x1p1000}, []float64{0}))
	tiny := netOf(t, dense(network.ReLU, []float64{0x1.8p-1040}, []float64{0}), dense(network.None, []float64{0x1.5555555555555p1000}, []float64{0}))
	// What enters the last unit overflows, what leaves it does not; and a bound that underflows.
	leaky := func(w, b, slope float64) network.Layer {
		l := dense(network.LeakyReLU, []float64{w}, []float64{b})
		l.Slope = slope
		return l
	}
	damped := netOf(t, dense(network.None, []float64{0x1p1000}, []float64{0}), leaky(0x1p1000, 0, 0x1p-600))
	faint := netOf(t, dense(network.ReLU, []float64{1}, []float64{0}), leaky(1, -0x1p-1074, 0x1p-740))
	for _, n := range []*network.Network{huge, tiny, damped, faint} {
		requireAffine(t, "one neuron", regionsOf(t, n, b))
	}
	all := regionsOf(t, huge, b)
	require.Less(t, all[0].Affine().WErr[0], 0x1p-900, "the unit that is off passes on nothing")
	require.True(t, math.IsInf(all[1].Affine().WErr[0], 1))
}

// A factor above 1 makes a coefficient overflow that a weight of 0, or a small one, leaves out of the
// bound: entries that were no number used to be off by 10⁻¹⁴ at most.
func TestAffineMapsOfFactorsThatOverflow(t *testing.T) {
	for _, slope := range []float64{4, -4} {
		for _, w := range []float64{0, 0x1p-1000, 1} {
			leaky := network.Layer{W: mat.NewDense(2, 1, []float64{0x1p1023, 1}), B: []float64{0x1p1023, 0}, Act: network.LeakyReLU, Slope: slope}
			n := netOf(t, leaky, dense(network.None, []float64{w, 1}, []float64{0}))
			all := regionsOf(t, n, ballAt(t, ball.LInf, 1, -2, 0.5))
			require.Equal(t, "--", all[0].Pattern.String())
			a := all[0].Affine()
			require.True(t, math.IsInf(a.WErr[0], 1) && math.IsInf(a.BErr[0], 1), "%v", a)
			requireAffine(t, "overflow", all)
		}
	}
}

// A large weight of a unit that carries 0, beside small ones, overflowed in the units of the sum, and
// its product with 0 was no number.
func TestAffineMapsOfAUnitThatCarriesNothing(t *testing.T) {
	carried := dense(network.None, []float64{0, 0x1p-399}, []float64{0, 0})
	sum := dense(network.ReLU, []float64{0x1p400, 0x1p-400}, []float64{0})
	all := regionsOf(t, netOf(t, carried, sum, dense(network.None, []float64{1}, []float64{0})), ballAt(t, ball.LInf, 1, 0, 1))
	requireAffine(t, "a unit that carries 0", all)
	require.False(t, math.IsInf(all[0].Affine().WErr[0], 1))
}

// Weights, factors and biases of any size, most of them at an end of the range.
func TestAffineMapsOfNumbersOfAnySize(t *testing.T) {
	cases := uint64(150)
	if soak() {
		cases = 20_000
	}
	for seed := range cases {
		rng := gen.NewRand(seed)
		draw := func(n int) []float64 {
			v := make([]float64, n)
			for i := range v {
				e := []int{-1074, -1022, -540, -2, 0, 2, 500, 1021, 1023}[rng.IntN(9)]
				v[i] = math.Ldexp([]float64{0, 1, -1, 1.5, -1.75}[rng.IntN(5)], e)
			}
			return v
		}
		inputs, in := 1+rng.IntN(2), 0
		var layers []network.Layer
		in = inputs
		for range 1 + rng.IntN(3) {
			out := 1 + rng.IntN(3)
			layers = append(layers, network.Layer{W: mat.NewDense(out, in, draw(out*in)), B: draw(out), Act: network.Mixed, Slopes: draw(out)})
			in = out
		}
		layers = append(layers, network.Layer{W: mat.NewDense(1, in, draw(in)), B: draw(1)})
		requireAffine(t, fmt.Sprint("seed ", seed), regionsOf(t, netOf(t, layers...), ballAt(t, ball.LInf, inputs, 0, 1)))
	}
}

// The bound of a norm, over all floats: below the norm nowhere, and near it where squares fit.
func TestNormsAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		middle := rapid.SampledFrom([]int{-1074, -540, -450, 0, 450, 540, 1000}).Draw(t, "exponent")
		e := rapid.IntRange(max(middle-40, -1074), min(middle+40, 1023))
		v := make([]float64, rapid.IntRange(0, 40).Draw(t, "length"))
		sum := new(big.Rat)
		for i := range v {
			v[i] = math.Ldexp(rapid.Float64Range(-2, 2).Draw(t, "value"), e.Draw(t, "its exponent"))
			if math.IsInf(v[i], 0) {
				v[i] = math.MaxFloat64
			}
			x := new(big.Rat).SetFloat64(v[i])
			sum.Add(sum, x.Mul(x, x))
		}
		got := enumerate.NormAtMost(v)
		if math.IsInf(got, 1) {
			require.Equal(t, 1000, middle)
			return
		}
		square := new(big.Rat).SetFloat64(got)
		square.Mul(square, square)
		require.GreaterOrEqual(t, square.Cmp(sum), 0)
		if sum.Cmp(big.NewRat(1, 1<<60)) > 0 && middle == 0 {
			require.LessOrEqual(t, square.Cmp(sum.Mul(sum, big.NewRat(103, 100))), 0)
		}
	})
	require.True(t, math.IsInf(enumerate.NormAtMost([]float64{1, math.Inf(-1)}), 1))
	require.True(t, math.IsNaN(enumerate.NormAtMost([]float64{1, math.NaN()})))
}

// For the usual networks the bound is of use.
func TestAffineMapsAreAccurate(t *testing.T) {
	n, b := he(4, 3, 24, 24), ballAt(t, ball.L2, 3, 0, 1)
	for _, r := range regionsOf(t, n, b) {
		a := r.Affine()
		require.Less(t, max(a.WErr[0], a.BErr[0]), 1e-12)
	}
}

// Neurons that are scaled make the same function, and bounds of the same size: they grew by what two
// neurons of a layer differ in, to 10²⁸ here.
func TestAffineMapsOfScaledNeuronsAreAccurate(t *testing.T) {
	n, b := he(4, 3, 24, 24, 24), ballAt(t, ball.L2, 3, 0, 1)
	for seed := range uint64(5) {
		for _, r := range regionsOf(t, gen.ScaleNeurons(n, gen.NewRand(seed)), b) {
			a := r.Affine()
			require.Less(t, max(a.WErr[0], a.BErr[0]), 1e-11)
		}
	}
}

// Regions may be asked at any time, from any goroutine.
func TestRegionsMayBeAskedFromAnyGoroutine(t *testing.T) {
	n, b := he(4, 3, 8, 8), ballAt(t, ball.LInf, 3, 0, 1)
	all := regionsOf(t, n, b)
	var want []enumerate.Affine
	for _, r := range all {
		want = append(want, r.Affine())
	}
	var wg sync.WaitGroup
	for k := range 4 {
		wg.Go(func() {
			for i, r := range all {
				if i%4 >= k {
					if got := r.Affine(); got.W.At(0, 0) != want[i].W.At(0, 0) || got.B[0] != want[i].B[0] {
						t.Errorf("region %d differs", i)
					}
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkRegions compares, per region, the walk and what may be asked of a region after it.
func BenchmarkRegions(b *testing.B) {
	for _, c := range []struct {
		name string
		net  *network.Network
		in   ball.Ball
	}{
		{"2-16-16", he(21, 2, 16, 16), ballAt(b, ball.LInf, 2, 0, 1)},
		{"2-64-64", he(4, 2, 64, 64), ballAt(b, ball.LInf, 2, 0, 1)},
		{"4-16-16", he(4, 4, 16, 16), ballAt(b, ball.LInf, 4, 0, 1)},
		{"10-16", he(6, 10, 16), ballAt(b, ball.L2, 10, 0, 1)},
		{"64-32-32", he(7, 64, 32, 32), ballAt(b, ball.LInf, 64, 0, 1./64)},
	} {
		all := regionsOf(b, c.net, c.in)
		for _, ask := range []struct {
			name string
			of   func()
		}{
			{"walk", func() { regionsOf(b, c.net, c.in) }},
			{"point", each(all, func(r enumerate.Region) { r.Point() })},
			{"affine", each(all, func(r enumerate.Region) { r.Affine() })},
			{"affine, exact", each(all, func(r enumerate.Region) { r.AffineExact() })},
		} {
			b.Run(c.name+"/"+ask.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ask.of()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(all)), "ns/region")
			})
		}
	}
}

func each(all []enumerate.Region, of func(enumerate.Region)) func() {
	return func() {
		for _, r := range all {
			of(r)
		}
	}
}
