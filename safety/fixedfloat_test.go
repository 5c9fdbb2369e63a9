package safety

// Sums of integers by floats agree with those by integers, number by number.

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// byIntegers returns layers whose sums are by integers alone.
func byIntegers(layers []fixedLayer) []fixedLayer {
	layers = slices.Clone(layers)
	for i := range layers {
		layers[i].most = nil
	}
	return layers
}

// TestSumsByFloatsAreThoseByIntegers holds all bounds of nodes by floats to those by integers
// alone.
func TestSumsByFloatsAreThoseByIntegers(t *testing.T) {
	states, byFloats := map[state]int{}, 0
	for i := range 1500 {
		rng := rand.New(rand.NewPCG(57, uint64(i)))
		n := floatNet(t, rng)
		s := newSubject(context.Background(), n, ask(t, n, boxOf(n.Inputs()), "(<= (+ Y_0 (* 0.3 X_0)) 0.1)"))
		weights, bits := weightsOf(s), []uint{8, 20, 36, 44}[i%4]
		for l := range weights {
			if weights[l].most != nil {
				byFloats++
			}
		}
		z, twin := newFixedZone(newFixed(s, weights, bits)), newFixedZone(newFixed(s, byIntegers(weights), bits))
		at := &node{disjunct: []int32{0}}
		for range n.Inputs() {
			l, w := float64(rng.IntN(1<<12)-1<<11), float64([]int{0, 1, 2, 5, 1 << 8, 1 << 40}[rng.IntN(6)])
			one := float64(z.one)
			at.lo, at.hi = append(at.lo, l/one), append(at.hi, (l+w)/one)
		}
		for q, k := range z.neuron {
			if k >= 0 && rng.IntN(8) == 0 {
				at.signs = append(at.signs, sign{int32(q), int8(1 - 2*rng.IntN(2))})
			}
		}
		second := rng.IntN(2) == 0
		st := z.bound(at, second)
		states[st]++
		require.Equal(t, twin.bound(at, second), st, i)
		if st != bounded {
			continue
		}
		require.Equal(t, twin.fixedUnits, z.fixedUnits, i)
		require.Equal(t, twin.now.c, z.now.c, i)
		require.Equal(t, twin.now.r, z.now.r, i)
		require.Equal(t, twin.now.whole, z.now.whole, i)
		m := &claim{alone: 0}
		a, okA := twin.back.mixed(m)
		b, okB := z.back.mixed(m)
		require.Equal(t, okA, okB, i)
		require.Equal(t, a, b, i)
	}
	require.Greater(t, states[bounded], 500)
	require.Greater(t, states[unbounded], 10)
	require.Greater(t, byFloats, 1000)
}

// TestErrorsOfSumsByFloats holds sums to exact ones: none is off by more than is said, and what
// floats call the floor is the floor. Of sums that are integers floats can say nothing.
func TestErrorsOfSumsByFloats(t *testing.T) {
	said, unsaid := 0, 0
	for i := range 3000 {
		rng := rand.New(rand.NewPCG(58, uint64(i)))
		n := 1 + rng.IntN(60)
		y := &fixedLayer{layer: &layer{in: 1, out: n}}
		b := &fixedBackward{}
		exact, whole := new(big.Rat), i%3 == 0
		for j := range n {
			w, a := math.Ldexp(float64(float32(rng.NormFloat64())), rng.IntN(8)-4), rng.Int64N(1<<(8+rng.IntN(40)))
			if whole {
				w = math.Round(w)
			}
			if rng.IntN(2) == 0 {
				a = -a
			}
			if j > 0 && rng.IntN(3) == 0 { // takes most of the one before away
				w, a = y.w[j-1].v[0], 1-b.dense[j-1]
			}
			y.w, y.most = append(y.w, row{v: []float64{w}}), append(y.most, math.Abs(w))
			b.used, b.dense = append(b.used, j), append(b.dense, a)
			exact.Add(exact, new(big.Rat).Mul(new(big.Rat).SetInt64(a), new(big.Rat).SetFloat64(w)))
		}
		sums, off := b.near(y)
		miss := new(big.Rat).Sub(new(big.Rat).SetFloat64(sums[0]), exact)
		require.LessOrEqual(t, miss.Abs(miss).Cmp(new(big.Rat).SetFloat64(off)), 0, i)
		v, ok := floorNear(sums[0], off)
		if !ok {
			unsaid++
			continue
		}
		said++
		floor := new(big.Int).Div(exact.Num(), exact.Denom())
		require.True(t, floor.IsInt64() && floor.Int64() == v, "case %d: %v, not %d", i, floor, v)
	}
	require.Greater(t, said, 500)
	require.Greater(t, unsaid, 500)
}

// TestFloorNear: where an end of the interval is an integer, above it there is one floor and below
// it two; numbers beyond floats have none.
func TestFloorNear(t *testing.T) {
	for _, c := range []struct {
		t, e float64
		want int64
		ok   bool
	}{
		{2.5, 0.25, 2, true},
		{2.5, 0.5, 0, false},
		{2.25, 0.25, 2, true},
		{-0.5, 0.25, -1, true},
		{-0.25, 0.25, 0, false},
		{3, 0, 3, true},
		{0x1p52, 0, 0, false},
		{0x1p51 + 0.5, 0, 1 << 51, true},
		{math.NaN(), 0, 0, false},
		{1, math.NaN(), 0, false},
		{math.Inf(1), 1, 0, false},
		{1, math.Inf(1), 0, false},
	} {
		v, ok := floorNear(c.t, c.e)
		require.Equal(t, c.ok, ok, c)
		if ok {
			require.Equal(t, c.want, v, c)
		}
	}
}
