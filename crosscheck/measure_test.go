package crosscheck

// The measured terms against their definitions, and the dial.

import (
	"context"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

func TestMeasuredTermsOfTheTentMap(t *testing.T) {
	n, b := gen.TentMap(3)
	ms, err := Measure(context.Background(), n, b)
	require.NoError(t, err)
	require.Len(t, ms, 3)
	for l, m := range ms {
		require.Equal(t, l, m.Layer)
		require.Equal(t, int64(2)<<l, m.Cells.Int64())
		require.Equal(t, 1, m.Splitting) // σ(x−½); σ(x) stays active on (0,1)
		require.Equal(t, 1, m.Changing)
		require.Equal(t, 1, m.Active)
		require.Zero(t, m.Inactive)
		require.Equal(t, 1, m.Dim)
		require.Equal(t, []int64{0, 1 << l, 1 << l}, int64s(m.ByActive))
	}
}

func int64s(v []*big.Int) []int64 {
	var out []int64
	for _, x := range v {
		out = append(out, x.Int64())
	}
	return out
}

// A neuron that is positive on one cell, negative on the next, and cuts neither.
func TestANeuronMayChangeWithoutCutting(t *testing.T) {
	n := gen.Build(gen.ReLU([]float64{1, -1}, []float64{0, 0}), gen.ReLU([]float64{1, -1}, []float64{0}), gen.Sum(1))
	ms, err := Measure(context.Background(), n, gen.AtOrigin(ball.L2, 1))
	require.NoError(t, err)
	require.Equal(t, int64(2), ms[0].Cells.Int64())
	require.Equal(t, 1, ms[1].Changing)
	require.Zero(t, ms[1].Splitting)
	require.Equal(t, int64(2), ms[1].Cells.Int64())
}

// Against counts of truncated networks, and against the stability that bounds promise.
func TestMeasuredTermsAgainstCountsAndBounds(t *testing.T) {
	ctx := context.Background()
	lp, ok := bound.ByName("lp")
	require.True(t, ok)
	for c := range gen.Cases(21, 150, gen.CaseOptions{}) {
		ms, err := Measure(ctx, c.Net, c.Ball)
		require.NoError(t, err)
		require.Len(t, ms, depthOf(c.Net))
		terms, err := lp.(bound.Explainer).Terms(ctx, c.Net, c.Ball)
		require.NoError(t, err)
		for i, m := range ms {
			front, _ := splitAfter(c.Net, i+1)
			r, err := enumerate.Count(ctx, gen.Build(front...), c.Ball, enumerate.Options{Workers: 1})
			require.NoError(t, err)
			require.Equal(t, r.Lower.String(), m.Cells.String(), c.Name)
			require.Equal(t, m.Width, m.Changing+m.Active+m.Inactive)
			require.LessOrEqual(t, m.Splitting, m.Width)
			total := new(big.Int)
			for _, v := range m.ByActive {
				total.Add(total, v)
			}
			require.Equal(t, m.Cells.String(), total.String())
			k := terms[m.Layer]
			require.LessOrEqual(t, m.Changing, k.Cutting, "%s: layer %d", c.Name, m.Layer)
			require.LessOrEqual(t, k.Active, m.Width-m.Changing)
			require.LessOrEqual(t, m.Dim, c.Net.Inputs())
		}
	}
}

func TestTheDialReachesTheCount(t *testing.T) {
	ctx := context.Background()
	for c := range gen.SmallBallCases(3, 24) {
		r, err := enumerate.Count(ctx, c.Net, c.Ball, enumerate.Options{Workers: 1, Limit: 2000})
		require.NoError(t, err)
		if !r.Exact {
			continue
		}
		d := NewDial(depthOf(c.Net))
		values, err := d.Values(ctx, c.Net, c.Ball)
		require.NoError(t, err)
		require.Len(t, values, depthOf(c.Net)+1)
		for m := 1; m < len(values); m++ {
			require.LessOrEqual(t, values[m].Cmp(values[m-1]), 0)
			require.GreaterOrEqual(t, values[m].Cmp(r.Lower), 0)
		}
		require.Equal(t, r.Lower.String(), values[len(values)-1].String())
	}
}

func TestTheDialKeepsItsBudget(t *testing.T) {
	n, b := gen.TentMap(6)
	d := NewDial(99)
	d.Budget = 5
	values, err := d.Values(context.Background(), n, b)
	require.NoError(t, err)
	require.Len(t, values, 3) // 2 and 4 pieces fit, 8 do not
	require.Equal(t, "dial-99", d.Name())
	v, err := d.Value(context.Background(), n, b)
	require.NoError(t, err)
	require.Equal(t, values[2].String(), v.String())
	serra, _ := bound.ByName("serra")
	require.Equal(t, "dial-1-serra", Dial{M: 1, Inner: serra}.Name())
}

// The piece network is the network on the piece.
func TestPieceNetworkAgreesOnItsPiece(t *testing.T) {
	ctx := context.Background()
	for c := range gen.Cases(22, 120, gen.CaseOptions{}) {
		m := (depthOf(c.Net) + 1) / 2
		if m == 0 {
			continue
		}
		front, rest := splitAfter(c.Net, m)
		for r, err := range enumerate.Regions(ctx, c.Net, c.Ball, enumerate.Options{Workers: 1}) {
			require.NoError(t, err)
			neurons := gen.Build(front...).Neurons()
			piece := pieceNetwork(front, rest, r.Pattern[:neurons])
			want, p := c.Net.ForwardExact(r.Point())
			got, q := piece.ForwardExact(r.Point())
			require.Equal(t, network.Pattern(p[neurons:]), q, c.Name)
			for k := range want {
				require.Zero(t, want[k].Cmp(got[k]))
			}
			break
		}
	}
}
