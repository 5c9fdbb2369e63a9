package safety

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
)

// TestSparseRowsAreSearchedAsDenseOnes: the same nodes, the same answer.
func TestSparseRowsAreSearchedAsDenseOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 0))
	seen := map[Verdict]int{}
	for range 150 {
		dense := randomNet(t, rng)
		layers := slices.Clone(dense.Layers())
		for i := range layers {
			for j := range layers[i].B {
				layers[i].Dense().Set(j, rng.IntN(layers[i].In()), 0)
			}
			layers[i].W = layers[i].Sparse()
		}
		sparse, err := network.New(layers)
		require.NoError(t, err)
		var asserts []string
		for k := range dense.Inputs() {
			asserts = append(asserts, fmtInput(k)...)
		}
		q := ask(t, dense, append(asserts, "(>= Y_0 1.5)")...)
		a, err := Verify(context.Background(), dense, q, Options{Workers: 1})
		require.NoError(t, err)
		b, err := Verify(context.Background(), sparse, q, Options{Workers: 1})
		require.NoError(t, err)
		a.Elapsed, b.Elapsed = 0, 0
		require.Equal(t, a, b)
		seen[a.Verdict]++
	}
	require.Greater(t, seen[Holds], 10)
	require.Greater(t, seen[Violated], 10)
}

func fmtInput(k int) []string {
	name := "X_" + string(rune('0'+k))
	return []string{"(>= " + name + " -1)", "(<= " + name + " 1)"}
}

// laid is a layer with its weights laid out in one of the two ways.
func laid(y fixedLayer, few bool) fixedLayer {
	rows := y.rows
	if y.few != nil {
		rows = make([]int64, y.in*y.out)
		for j, r := range y.few {
			for i, k := range r.at {
				rows[j*y.in+k] = r.v[i]
			}
		}
	}
	y.rows, y.columns, y.few = rows, make([]int64, y.in*y.out), nil
	if few {
		y.most = nil
		y.few = make([]fixedRow, y.out)
	}
	for at, v := range rows {
		j, k := at/y.in, at%y.in
		if y.columns[k*y.out+j] = v; few && v != 0 {
			y.few[j].at, y.few[j].v = append(y.few[j].at, k), append(y.few[j].v, v)
		}
	}
	if few {
		y.rows, y.columns = nil, nil
	}
	return y
}

// TestFewWeightsAreTheSameIntegers bounds nodes by weights laid out in either way.
func TestFewWeightsAreTheSameIntegers(t *testing.T) {
	states, chosen := map[state]int{}, map[bool]int{}
	for i := range 400 {
		rng := rand.New(rand.NewPCG(61, uint64(i)))
		n := floatNet(t, rng)
		if i%2 == 0 {
			layers := slices.Clone(n.Layers())
			for l := range layers {
				d := layers[l].Dense()
				for k := range layers[l].In() * layers[l].Out() {
					if rng.IntN(6) > 0 {
						d.Set(k/layers[l].In(), k%layers[l].In(), 0)
					}
				}
				layers[l].W = d
			}
			var err error
			n, err = network.New(layers)
			require.NoError(t, err)
		}
		q := ask(t, n, boxOf(n.Inputs()), "(<= (+ Y_0 (* 0.3 X_0)) 0.1)")
		s := newSubject(context.Background(), n, q)
		weights := weightsOf(s)
		var zones [2]*fixedZone
		for few := range zones {
			var ys []fixedLayer
			for _, y := range weights {
				chosen[y.few != nil]++
				if y.beyond {
					ys = append(ys, y)
					continue
				}
				ys = append(ys, laid(y, few == 1))
			}
			zones[few] = newFixedZone(newFixed(s, ys, []uint{8, 20, 36}[i%3]))
		}
		at := &node{disjunct: []int32{0}}
		for range n.Inputs() {
			l, w := float64(rng.IntN(1<<12)-1<<11), float64([]int{0, 1, 2, 5, 1 << 8}[rng.IntN(5)])
			one := float64(zones[0].one)
			at.lo, at.hi = append(at.lo, l/one), append(at.hi, (l+w)/one)
		}
		for q, k := range zones[0].neuron {
			if k >= 0 && rng.IntN(8) == 0 {
				at.signs = append(at.signs, sign{int32(q), int8(1 - 2*rng.IntN(2))})
			}
		}
		second := rng.IntN(2) == 0
		dense, few := zones[0].bound(at, second), zones[1].bound(at, second)
		states[dense]++
		require.Equal(t, dense, few, i)
		if dense != bounded {
			continue
		}
		require.Equal(t, zones[0].l, zones[1].l, i)
		require.Equal(t, zones[0].u, zones[1].u, i)
		require.Equal(t, zones[0].side, zones[1].side, i)
		m := &claim{alone: 0}
		a, okA := zones[0].back.mixed(m)
		b, okB := zones[1].back.mixed(m)
		require.Equal(t, okA, okB, i)
		require.Equal(t, a, b, i)
		a, okA = zones[0].back.zoned(&zones[0].forms[0][0])
		b, okB = zones[1].back.zoned(&zones[1].forms[0][0])
		require.Equal(t, okA, okB, i)
		require.Equal(t, a, b, i)
	}
	require.Greater(t, states[bounded], 100)
	require.Greater(t, states[empty], 10)
	require.Greater(t, chosen[true], 100)
	require.Greater(t, chosen[false], 100)
}

// TestRoomForColumns: a node has bounds in integers if and only if there is room for the columns of
// its inputs, of those that enter each layer and of those that leave it. The checker has the table
// too.
func TestRoomForColumns(t *testing.T) {
	relu := []network.Activation{network.ReLU, network.ReLU}
	to := func(units int) *network.Network { // three units, and so many behind them that are never off
		var last [][]float64
		for range units {
			last = append(last, []float64{1, 0, 0, 1})
		}
		return build(t, relu, [][]float64{{1, 0, 0}, {0, 1, 0}, {1, 1, 0}}, last)
	}
	sum := build(t, relu, [][]float64{{1, 1, 1, 1, 0}})
	const unit = 0x1p-36
	for name, c := range map[string]struct {
		net    *network.Network
		lo, hi []float64
		least  int
	}{
		"inputs":                      {sum, []float64{1, 1, 1, 1}, []float64{2, 2, 2, 2}, 4 * 4},
		"inputs of some width":        {sum, []float64{1, 1, 1, 1}, []float64{2, 1 + unit, 1 + 2*unit, 1}, 2 * 4},
		"what enters":                 {to(4), []float64{1, 1}, []float64{2, 2}, 2 * 4},
		"what leaves":                 {to(1), []float64{-1, -1}, []float64{1, 1}, (2 + 3) * 3},
		"what leaves, and two are on": {to(1), []float64{-1, 2}, []float64{1, 3}, (2 + 1) * 3},
		"what enters behind these":    {to(4), []float64{-1, -1}, []float64{1, 1}, (2 + 3) * 4},
		"no columns":                  {to(4), []float64{1, 1}, []float64{1, 1 + unit}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSubject(context.Background(), c.net, ask(t, c.net, boxOf(c.net.Inputs()), "(<= Y_0 0)"))
			f := newFixed(s, weightsOf(s), usualBits)
			require.Equal(t, maxRows, f.room)
			for f.room = 0; f.room < 40; f.room++ {
				want := unbounded
				if f.room >= c.least {
					want = bounded
				}
				require.Equal(t, want, newFixedZone(f).bound(&node{lo: c.lo, hi: c.hi}, false), "room for %d", f.room)
			}
		})
	}
}

// TestZerosAreNoWeights: a network with more entries than there may be weights, few of which are
// weights, is proved and checked.
func TestZerosAreNoWeights(t *testing.T) {
	const width = 8200
	require.Greater(t, width*width, maxWeights)
	first, each, sum := network.NewSparse(1), network.NewSparse(width), network.NewSparse(width)
	all, ones := make([]int32, width), make([]float64, width)
	for j := range int32(width) {
		first.Append([]int32{0}, []float64{1})
		each.Append([]int32{j}, []float64{-1})
		all[j], ones[j] = j, 1
	}
	sum.Append(all, ones)
	n, err := network.New([]network.Layer{
		{W: first, B: make([]float64, width), Act: network.ReLU},
		{W: each, B: ones, Act: network.ReLU},
		{W: sum, B: []float64{0}}})
	require.NoError(t, err)
	// The sum is 8200 times relu(1 − relu(x)), at least 4100 for x ≤ 1/2.
	box := "(and (>= X_0 0.25) (<= X_0 0.5))"
	got, text := proved(t, n, specification(n, box, "(<= Y_0 4099)"), usual(1), 1)
	require.Equal(t, Holds, got)
	require.Contains(t, text, "\ntree\nZ0 0\nholds\n")
	got, _ = proved(t, n, specification(n, box, "(<= Y_0 4100)"), usual(1), 1)
	require.Equal(t, Violated, got)
}
