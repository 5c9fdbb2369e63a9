package enumerate_test

// Layers of units that differ: ReLUs, leaky units, absolute values, and units that carry their
// value on, which are no neurons. Each count is made five times: by both walks, by the slow exact
// counter, with a proof, and on a network of ReLUs alone that has the same regions.

import (
	"context"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/network"
)

// drawMixed draws a network of 1 to 4 hidden layers, most of them of units that differ, of small
// integers in weights and half-integers in biases, so that boundaries coincide and units vanish.
func drawMixed(t *rapid.T, inputs, maxUnits int) *network.Network {
	w := laws()[0]
	if rapid.Bool().Draw(t, "wider") {
		w = law{"integers", rapid.Map(rapid.IntRange(-3, 3), scaleBy(1)), rapid.Map(rapid.IntRange(-4, 4), scaleBy(0.5))}
	}
	slope := rapid.SampledFrom([]float64{0, 0, 1, 1, -1, 0.25, -0.5, 1.5})
	var layers []network.Layer
	in := inputs
	for l := rapid.IntRange(1, 4).Draw(t, "layers"); l > 0 && maxUnits > 0; l-- {
		width := rapid.IntRange(1, min(maxUnits, 5)).Draw(t, "width")
		next := drawLayer(t, w, in, width, network.None)
		next.Act = network.Mixed
		next.Slopes = rapid.SliceOfN(slope, width, width).Draw(t, "slopes")
		layers = append(layers, next)
		in, maxUnits = width, maxUnits-width
	}
	return netOf(t, append(layers, drawLayer(t, w, in, 1, network.None))...)
}

// carriedFar is more than any value in the networks drawn, so that a ReLU of z + carriedFar is
// active everywhere.
const carriedFar = 1 << 40

// inReLUs returns a network of ReLUs that has the same regions: a neuron of slope a is
// relu(z) − a·relu(−z), whose two neurons have one boundary, and a unit that carries z on is
// relu(z + carriedFar) − carriedFar.
func inReLUs(t fataler, n *network.Network) *network.Network {
	var layers []network.Layer
	expand := mat.NewDense(n.Inputs(), n.Inputs(), nil) // the outputs before, from the ReLUs that stand for them
	for i := range n.Inputs() {
		expand.Set(i, i, 1)
	}
	offset := make([]float64, n.Inputs())
	for _, l := range n.Layers() {
		var rows []float64
		var bias, back []float64
		var of []int
		_, cols := expand.Dims()
		product := mat.NewDense(l.Out(), cols, nil)
		product.Mul(l.W, expand)
		for j, b := range l.B {
			for k, v := range offset {
				b += l.W.At(j, k) * v
			}
			add := func(sign, shift, factor float64) {
				for _, v := range product.RawRowView(j) {
					rows = append(rows, sign*v)
				}
				bias, back, of = append(bias, sign*b+shift), append(back, factor), append(of, j)
			}
			if l.IsNeuron(j) {
				add(1, 0, 1)
				add(-1, 0, -l.Below(j))
			} else {
				add(1, carriedFar, 1)
			}
		}
		layers = append(layers, dense(network.ReLU, rows, bias))
		expand, offset = mat.NewDense(l.Out(), len(of), nil), make([]float64, l.Out())
		for r, j := range of {
			expand.Set(j, r, back[r])
			if !l.IsNeuron(j) {
				offset[j] = -carriedFar
			}
		}
	}
	return netOf(t, layers...)
}

func TestUnitsThatDifferCountAsTheirReLUs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawMixed(t, rapid.IntRange(1, 3).Draw(t, "inputs"), 9)
		b := drawBall(t, n.Inputs())
		got := countTwice(t, n, b, 1).Lower
		want, err := twin.CountExactly(n, b)
		require.NoError(t, err)
		require.Equal(t, want.String(), got.String())
		require.NoError(t, crosscheck.Audit(context.Background(), n, b, got))
		plain, err := enumerate.CountPlain(context.Background(), n, b, lp.NewReference(), enumerate.Options{})
		require.NoError(t, err)
		require.Equal(t, want.String(), plain.Lower.String(), "plain walk")
		relus := inReLUs(t, n)
		require.Equal(t, want.String(), countTwice(t, relus, b, 1).Lower.String(), "as ReLUs")
		switch n.Inputs() {
		case 1:
			want, err = twin.CountIntervals(n, b)
		case 2:
			want, err = twin.CountPolygons(n, b)
		}
		require.NoError(t, err)
		require.Equal(t, want.String(), got.String())
	})
}

// TestUnitsThatDifferByEveryTier and by both walks, the regions with their witnesses, patterns and
// affine maps.
func TestUnitsThatDifferByEveryTier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawMixed(t, rapid.IntRange(1, 3).Draw(t, "inputs"), 8)
		b := drawBall(t, n.Inputs())
		want := count(t, n, b, 2)
		for name, f := range forcings() {
			require.Equal(t, want.Lower, forced(t, n, b, f).Lower, name)
		}
		seen := map[string]bool{}
		for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
			require.NoError(t, err)
			seen[r.Pattern.String()] = true
			y, p := n.ForwardExact(r.Point())
			for j, s := range r.Pattern {
				require.True(t, s == p[j] || s == 0 && p[j] == 0)
			}
			w, at := n.Affine(r.Pattern)
			for i := range y {
				sum, _ := at[i].Rat(nil)
				for k, v := range w[i] {
					f, _ := v.Rat(nil)
					x, _ := r.Point()[k].Rat(nil)
					sum.Add(sum, f.Mul(f, x))
				}
				value, _ := y[i].Rat(nil)
				require.Zero(t, value.Cmp(sum))
			}
		}
		require.Equal(t, want.Lower.String(), big.NewInt(int64(len(seen))).String())
	})
}

// TestBoundsOfUnitsThatDiffer: of the whole, of a limited count, and of each cell that it leaves
// waiting.
func TestBoundsOfUnitsThatDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawMixed(t, rapid.IntRange(1, 4).Draw(t, "inputs"), 12)
		b := drawBall(t, n.Inputs())
		want := count(t, n, b, 1).Lower
		for _, r := range bound.Evaluate(context.Background(), append(bound.All(), crosscheck.NewDial(2)), n, b) {
			require.NoError(t, r.Err, r.Name)
			if sign := r.Value.Cmp(want); sign != 0 {
				require.Equal(t, r.Kind == bound.Upper, sign > 0, "%s: %v, count %v", r.Name, r.Value, want)
			}
		}
		limit := rapid.Int64Range(1, 12).Draw(t, "limit")
		r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Limit: limit, Workers: 1})
		require.NoError(t, err)
		require.LessOrEqual(t, r.Lower.Cmp(want), 0)
		require.GreaterOrEqual(t, r.Upper.Cmp(want), 0)
		cells, err := enumerate.WaitingCells(n, b, limit)
		require.NoError(t, err)
		for _, c := range cells {
			require.GreaterOrEqual(t, c.Upper.Cmp(big.NewInt(c.Regions)), 0)
		}
	})
}

// A unit that carries its value on has no letter in the pattern, wherever it stands in its layer.
func TestCarriedUnitsAreNoNeurons(t *testing.T) {
	// x and y are carried past |x|; then come relu(|x| − y − ½) and |x + y|.
	first := dense(network.Mixed, []float64{1, 0, 1, 0, 0, 1}, make([]float64, 3))
	first.Slopes = []float64{1, -1, 1}
	second := dense(network.Mixed, []float64{0, 1, -1, 1, 0, 1}, []float64{-0.5, 0})
	second.Slopes = []float64{0, -1}
	n := netOf(t, first, second)
	b := ballAt(t, ball.LInf, 2, 0, 1)
	var patterns []string
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
		require.NoError(t, err)
		patterns = append(patterns, r.Pattern.String())
	}
	slices.Sort(patterns)
	// The lines of the second layer cross where x > 0, and are parallel where x < 0.
	require.Equal(t, []string{"+++", "++-", "+-+", "+--", "-+-", "--+", "---"}, patterns)
	require.NoError(t, crosscheck.Audit(context.Background(), n, b, big.NewInt(7)))
}

// Layers of more neurons than a word of signs holds, with units between them that carry their value
// on.
func TestWideLayersOfUnitsThatDiffer(t *testing.T) {
	for seed := range soakRange(2, 100) {
		rng := gen.NewRand(seed)
		n := gen.Random(rng, gen.RandomOptions{Inputs: 2, Widths: []int{90, 5}, NoAffine: true})
		layers := slices.Clone(n.Layers())
		for i := range layers[:2] {
			l := &layers[i]
			l.Act, l.Slope = network.Mixed, 0
			for range l.B {
				l.Slopes = append(l.Slopes, []float64{0, 0, 1, -1, 0.5}[rng.IntN(5)])
			}
		}
		n = netOf(t, layers...)
		require.Greater(t, n.Hidden()[0], 64)
		b := ballAt(t, ball.LInf, 2, 0.125, 0.375)
		want, err := twin.CountPolygons(n, b)
		require.NoError(t, err)
		require.Equal(t, want.String(), countTwice(t, n, b, 2).Lower.String())
		require.NoError(t, crosscheck.Audit(context.Background(), n, b, want))
	}
}

// What a closer look at a cell finds of a later layer: on the side x < 0 of the first neuron leaky
// units are settled, and carry their dimension on, or are not, and carry it on both sides.
func TestBoundsOfALaterLayerOfUnitsThatDiffer(t *testing.T) {
	first := dense(network.Mixed, []float64{1, 0, 0, 1, 1, 0}, make([]float64, 3)) // x and y carried on, relu(x)
	first.Slopes = []float64{1, 1, 0}
	settled := dense(network.Mixed, []float64{1, 0, 0, 0, 1, 0, 0, 0, 0}, []float64{-0.5, -2, 1})
	settled.Slopes = []float64{0.5, 0.25, 1}
	folded := dense(network.Mixed, []float64{0, 1, 0, 1, 0, 0, 1, 0, 0}, []float64{0, 0.5, -0.5})
	folded.Slopes = []float64{-1, -1, 0.5}
	for _, c := range []struct {
		second network.Layer
		x, y   float64 // where all lines of the last layer nearly meet, in what the second passes on
	}{{settled, -0.5, -0.5}, {folded, 0.5, 0.25}} {
		const lines = 40
		last := dense(network.ReLU, make([]float64, 3*lines), make([]float64, lines))
		for j := range lines {
			at := float64(j) * math.Pi / lines
			last.Dense().SetRow(j, []float64{math.Cos(at), math.Sin(at), 0})
			last.B[j] = -math.Cos(at)*c.x - math.Sin(at)*c.y + 0.001*float64(j*j%17-8)
		}
		n := netOf(t, first, c.second, last)
		b := ballAt(t, ball.LInf, 2, 0, 1)
		regions := int64(0)
		for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
			require.NoError(t, err)
			if r.Pattern[0] < 0 {
				regions++
			}
		}
		for _, v := range enumerate.SideBounds(t, n, b) {
			require.GreaterOrEqual(t, v.Cmp(big.NewInt(regions)), 0, "%d regions, at most %v", regions, v)
		}
	}
}

// Absolute values beside ReLUs that are never active carry all dimensions, on both sides: a bound
// that counts them among the ReLUs is below what there is.
func TestBoundsOfFoldingsBesideInactiveReLUs(t *testing.T) {
	for _, d := range [][2]int{{2, 2}, {2, 6}, {3, 4}} {
		folding, b := gen.LeakyFolding(d[0], d[1])
		layers := slices.Clone(gen.AppendZeros(folding).Layers())
		for i := range layers {
			if l := &layers[i]; l.Act == network.LeakyReLU {
				k := l.Out()
				l.B[k-1] = -1
				l.Act, l.Slopes = network.Mixed, append(slices.Repeat([]float64{l.Slope}, k-1), 0)
				l.Slope = 0
			}
		}
		n := netOf(t, layers...)
		want := count(t, n, b, 1).Lower
		require.Equal(t, count(t, folding, b, 1).Lower, want)
		for _, r := range bound.Evaluate(context.Background(), bound.All(), n, b) {
			require.NoError(t, r.Err, r.Name)
			require.True(t, r.Kind == bound.Lower || r.Value.Cmp(want) >= 0, "%s: %v, count %v", r.Name, r.Value, want)
		}
		for _, limit := range []int64{1, 2, 5, 40} {
			cells, err := enumerate.WaitingCells(n, b, limit)
			require.NoError(t, err)
			for _, c := range cells {
				require.GreaterOrEqual(t, c.Upper.Cmp(big.NewInt(c.Regions)), 0, "%v, limit %d: %d regions, at most %v", d, limit, c.Regions, c.Upper)
			}
		}
	}
}
