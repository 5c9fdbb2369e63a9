// Planted mistakes: for each bound the slips that its author could have made. Each
// must be caught, and the case that shows it must shrink to something a person can read.

package crosscheck

import (
	"context"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// mutant is a bound with a mistake.
type mutant struct {
	bound.Bound
	mistake string
	value   bound.ValueFunc
}

func (m mutant) Name() string { return m.Bound.Name() + ", " + m.mistake }

func (m mutant) Value(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	return m.value(ctx, n, b)
}

// recursionMutants alter the terms that a bound feeds the recursion with.
func recursionMutants(e bound.Explainer) []mutant {
	with := func(mistake string, slip func(n *network.Network, ts []bound.LayerTerms) []bound.LayerTerms) mutant {
		return mutant{e, mistake, func(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
			ts, err := e.Terms(ctx, n, b)
			if err != nil {
				return nil, err
			}
			var counts []bound.LayerCount
			for _, t := range slip(n, append([]bound.LayerTerms(nil), ts...)) {
				counts = append(counts, t.Count)
			}
			return bound.Recursion(counts, n.Inputs()), nil
		}}
	}
	return []mutant{
		with("off by one in the binomial", func(_ *network.Network, ts []bound.LayerTerms) []bound.LayerTerms {
			for i := range ts {
				if ts[i].Count.K > 0 {
					ts[i].Count.K--
					ts[i].Count.P++
					ts[i].Count.Cells = nil
				}
			}
			return ts
		}),
		with("the last layer that cuts dropped", func(_ *network.Network, ts []bound.LayerTerms) []bound.LayerTerms {
			for i := len(ts) - 1; i >= 0; i-- {
				if ts[i].Count.K > 0 {
					return ts[:i]
				}
			}
			return ts
		}),
		with("leaky units treated as inactive", func(n *network.Network, ts []bound.LayerTerms) []bound.LayerTerms {
			for i := range ts {
				if n.Layers()[ts[i].Layer].Act == network.LeakyReLU {
					ts[i].Count.Leaky = 0
					ts[i].Count.P -= ts[i].Inactive
				}
			}
			return ts
		}),
	}
}

// ballMutants evaluate a local bound on a ball that is too small.
func ballMutants(b bound.Bound) []mutant {
	return []mutant{
		{b, "the l2 norm whatever the ball", func(ctx context.Context, n *network.Network, bl ball.Ball) (*big.Int, error) {
			c, r := bl.Center(), bl.Radius()
			if bl.Norm() == ball.Box {
				r = math.Inf(1)
				for k, lo := range bl.Lo() {
					hi := bl.Hi()[k]
					c, r = append(c, lo+(hi-lo)/2), min(r, (hi-lo)/2)
				}
			}
			if bl.Norm() == ball.L1 { // larger, which is no mistake
				return b.Value(ctx, n, bl)
			}
			return b.Value(ctx, n, gen.Must(ball.New(ball.L2, c, r)))
		}},
		{b, "the radius rounded inward", func(ctx context.Context, n *network.Network, bl ball.Ball) (*big.Int, error) {
			if bl.Norm() == ball.Box {
				return b.Value(ctx, n, bl)
			}
			return b.Value(ctx, n, gen.Must(ball.New(bl.Norm(), bl.Center(), bl.Radius()*(1-0x1p-52))))
		}},
	}
}

// networkMutants evaluate a bound on a network that is too small.
func networkMutants(b bound.Bound) []mutant {
	on := func(mistake string, change func([]network.Layer) []network.Layer) mutant {
		return mutant{b, mistake, func(ctx context.Context, n *network.Network, bl ball.Ball) (*big.Int, error) {
			return b.Value(ctx, gen.Build(change(gen.CopyLayers(n))...), bl)
		}}
	}
	return []mutant{
		on("a unit too few in the binomial", func(ls []network.Layer) []network.Layer {
			for i := range ls {
				if ls[i].Act != network.None && ls[i].Out() > 1 {
					ls[i].W, ls[i].B = withoutRow(ls[i].Dense(), 0), ls[i].B[1:]
					ls[i+1].W = withoutColumn(ls[i+1].Dense(), 0)
				}
			}
			return ls
		}),
		on("the last layer dropped", func(ls []network.Layer) []network.Layer {
			for i := len(ls) - 1; i >= 0; i-- {
				if ls[i].Act != network.None {
					ls[i].Act, ls[i].Slope = network.None, 0
					break
				}
			}
			return ls
		}),
	}
}

// leakyAsReLU takes leaky units for ReLUs: a mistake for the bounds that count
// inactive units, none for the others.
func leakyAsReLU(b bound.Bound) mutant {
	return mutant{b, "leaky units treated as ReLUs", func(ctx context.Context, n *network.Network, bl ball.Ball) (*big.Int, error) {
		ls := append([]network.Layer(nil), n.Layers()...)
		for i := range ls {
			if ls[i].Act == network.LeakyReLU {
				ls[i] = network.Layer{W: mat.DenseCopyOf(ls[i].W), B: ls[i].B, Act: network.ReLU}
			}
		}
		return b.Value(ctx, gen.Build(ls...), bl)
	}}
}

// countsInactive names the global bounds that lose dimension with inactive units.
var countsInactive = map[string]bool{"serra": true, "serra-rank": true, "hinz-serra": true, "coefficients": true, "coefficients-local": true, "dial-1": true}

func mutants() []mutant {
	var all []mutant
	for _, b := range Bounds() {
		if b.Kind() != bound.Upper {
			all = append(all, tooHigh(b))
			continue
		}
		if e, ok := b.(bound.Explainer); ok {
			all = append(all, recursionMutants(e)...)
		} else {
			all = append(all, networkMutants(b)...)
		}
		if b.Scope() == bound.Local {
			all = append(all, ballMutants(b)...)
		}
		if countsInactive[b.Name()] {
			all = append(all, leakyAsReLU(b))
		}
	}
	return all
}

// tooHigh is a lower bound that counts one thing twice.
func tooHigh(b bound.Bound) mutant {
	return mutant{b, "one counted twice", func(ctx context.Context, n *network.Network, bl ball.Ball) (*big.Int, error) {
		v, err := b.Value(ctx, n, bl)
		if err == nil {
			v.Add(v, big.NewInt(1))
		}
		return v, err
	}}
}

const (
	mutantCases   = 1000
	shrunkInputs  = 3
	shrunkNeurons = 6
)

func TestPlantedMistakesAreCaughtAndShrunk(t *testing.T) { requireCaught(t, 5, false) }

// The known cases are made to mislead; random ones must do as well.
func TestPlantedMistakesAreCaughtByRandomCasesAlone(t *testing.T) { requireCaught(t, 6, true) }

func requireCaught(t *testing.T, seed uint64, randomOnly bool) {
	ctx := context.Background()
	var bounds []bound.Bound
	for _, m := range mutants() {
		bounds = append(bounds, m)
	}
	caught, tried := map[string]Failure{}, 0
	left := bounds // each is tried until it is caught
	for c := range gen.Cases(seed, mutantCases+len(gen.KnownCases()), gen.CaseOptions{}) {
		if len(left) == 0 || tried == mutantCases {
			break
		}
		if randomOnly && c.Want != nil {
			continue
		}
		tried++
		rec, err := examine(ctx, c, left, RunOptions{Workers: 1, Limit: 2000})
		require.NoError(t, err)
		var next []bound.Bound
		for k, res := range rec.Results {
			require.NoError(t, res.Err, res.Name)
			if f, bad := judge(rec, res); bad {
				caught[res.Name] = f
			} else {
				next = append(next, left[k])
			}
		}
		left = next
	}
	for _, b := range left {
		t.Errorf("not caught in %d cases: %s", mutantCases, b.Name())
	}
	t.Logf("%d mistakes caught by %d cases", len(caught), tried)
	for _, b := range bounds {
		if f, ok := caught[b.Name()]; ok {
			requireSmall(t, b, f)
		}
	}
}

func requireSmall(t *testing.T, b bound.Bound, f Failure) {
	small := new(Report).ShrinkFailure(context.Background(), f, []bound.Bound{b}, 10*time.Second)
	n := small.Case.Net
	require.LessOrEqual(t, n.Inputs(), shrunkInputs, "%s\n%s", b.Name(), Describe(small))
	require.LessOrEqual(t, n.Neurons(), shrunkNeurons, "%s\n%s", b.Name(), Describe(small))
	require.LessOrEqual(t, n.Neurons(), f.Case.Net.Neurons())
	if testing.Verbose() {
		t.Logf("%s: %d inputs, %v shrunk to %d inputs, %v: %s, count %s", b.Name(), f.Case.Net.Inputs(), f.Case.Net.Hidden(), n.Inputs(), n.Hidden(), small.Value, small.Limit)
	}
}
