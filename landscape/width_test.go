package landscape

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/internal/dyadic"
)

func widest(t *testing.T, d *Data, m int, out bool) *Wide {
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	w, err := Widest(anything, d, cells, m, out)
	require.NoError(t, err)
	return w
}

// Nothing that gradient descent finds is lower; and the value is that of the network.
func TestNoDescentIsBelowTheWidest(t *testing.T) { noDescentIsBelow(t, 4) }

func TestSoakNoDescentIsBelowTheWidest(t *testing.T) {
	soak(t)
	noDescentIsBelow(t, 60)
}

func noDescentIsBelow(t *testing.T, sets uint64) {
	for seed := range sets {
		d := drawn(t, 8, 1+int(seed%2), seed)
		w := widest(t, d, 2, false)
		require.Zero(t, w.Risk.Cmp(d.Risk(w.Model)))
		n, err := d.NetworkOf(w.Model)
		require.NoError(t, err)
		sum := new(big.Rat)
		for i, row := range d.Rows {
			x := make([]*big.Float, d.P-1)
			for k := range x {
				x[k] = big.NewFloat(row[k])
			}
			y, _ := n.ForwardExact(x)
			v, _ := y[0].Rat(nil)
			v.Sub(v, new(big.Rat).SetFloat64(d.Y[i]))
			sum.Add(sum, v.Mul(v, v))
		}
		require.Zero(t, sum.Cmp(w.Risk))
		rng := rand.New(rand.NewPCG(seed, 5))
		best := math.Inf(1)
		for range 15 {
			v, _ := dyadic.FromRat(d.Risk(descend(d, 2, 4000, 0, rng)))
			best = min(best, v)
		}
		v, _ := dyadic.FromRat(w.Risk)
		require.LessOrEqual(t, v, best*(1+1e-9))
	}
}

// One neuron in one dimension, by a grid over the direction: the length is solved for.
func TestWidestOfOneNeuronEqualsAGrid(t *testing.T) {
	for seed := range uint64(10) {
		d := drawn(t, 5, 1, seed)
		w := widest(t, d, 1, false)
		best := math.Inf(1)
		for k := range 200_000 {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / 200_000)
			zz, zy, yy := 0.0, 0.0, 0.0
			for i, row := range d.Rows {
				z := max(row[0]*sin+row[1]*cos, 0)
				zz, zy, yy = zz+z*z, zy+z*d.Y[i], yy+d.Y[i]*d.Y[i]
			}
			if zz > 0 {
				best = min(best, yy-zy*zy/zz)
			}
		}
		v, _ := dyadic.FromRat(w.Risk)
		require.LessOrEqual(t, v, best+1e-12)
		require.InDelta(t, best, v, 1e-3)
	}
}

// No differentiable minimum of the census is below, and where the optimum lies inside a cell it is
// the lowest of them.
func TestTheCensusIsNotBelowTheWidest(t *testing.T) {
	inside, wall := 0, 0
	for seed := range uint64(12) {
		d, m := integers1(t, 5, seed), 1+int(seed%2)
		c, cells := census(t, d, m)
		w, err := Widest(anything, d, cells, m, false)
		require.NoError(t, err)
		low, _ := dyadic.FromRat(c.Values[0].Risk)
		best, _ := dyadic.FromRat(w.Risk)
		require.LessOrEqual(t, best, low+1e-9)
		if best > low-1e-9 {
			inside++
		} else {
			wall++
		}
		require.Zero(t, w.Programmes.Cmp(c.Cells))
	}
	require.Positive(t, inside)
	require.Positive(t, wall, "the optimum may lie on a wall, below all differentiable minima")
}

// 15 points in the plane, two neurons: where a sum in floats of weights that cancel told another
// risk.
func TestTheRiskOfFifteenPointsIsThatOfTheNetwork(t *testing.T) {
	d := drawn(t, 15, 2, 1)
	w := widest(t, d, 2, false)
	require.Equal(t, "90100", w.Programmes.String())
	require.Zero(t, w.Risk.Cmp(d.Risk(w.Model)))
	v, _ := dyadic.FromRat(w.Risk)
	require.InDelta(t, 0.2405445, v, 1e-6)
}

// Two points side by side whose values differ: the step between them takes weights that cancel. A
// float forward pass of weights of 10¹⁷ said 8.95 where the network had 4.98; here the risk is
// that of the network, exactly, and no worse than what small weights reach.
func TestWeightsThatCancelAreEvaluatedExactly(t *testing.T) {
	for _, step := range []float64{1e-3, 1e-6, 1e-9, 1e-12, 0x1p-52} {
		d, err := New([][]float64{{0}, {1}, {1 + step}, {2}}, []float64{0, 0, 1, 1}, true)
		require.NoError(t, err)
		w := widest(t, d, 2, false)
		require.Zero(t, w.Risk.Cmp(d.Risk(w.Model)))
		v, _ := dyadic.FromRat(w.Risk)
		require.LessOrEqual(t, v, 0.51, "the two points in the middle share a value, or better: %g", step)
		if step > 1e-5 {
			require.Less(t, v, 1e-6)
		}
	}
}

// Copies, data in a subspace: the cells' closures have lines in them.
func TestWidestOfDegenerateData(t *testing.T) {
	d, err := New([][]float64{{0, 0}, {1, 0}, {2, 0}, {2, 0}}, []float64{1, 0, 1, 1}, true)
	require.NoError(t, err)
	w := widest(t, d, 2, false)
	v, _ := dyadic.FromRat(w.Risk)
	require.InDelta(t, 0, v, 1e-20)
	d, err = New([][]float64{{0}, {0}}, []float64{1, 2}, false)
	require.NoError(t, err)
	w = widest(t, d, 1, false)
	require.Equal(t, "5", w.Risk.RatString())
	v, _ = dyadic.FromRat(widest(t, d, 1, true).Risk)
	require.InDelta(t, 0.5, v, 1e-12, "the output's bias fits the mean")
}

func TestTooManyProgrammes(t *testing.T) {
	d := drawn(t, 12, 2, 1)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	_, err = Widest(anything, d, cells, 6, false)
	require.ErrorContains(t, err, "fewer neurons, or fewer points")
}
