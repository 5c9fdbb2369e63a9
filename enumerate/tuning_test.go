package enumerate

// The tuning table steers a walk and decides nothing.

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/tuning"
)

// drawTable draws all numbers of a table, beyond what anyone would choose.
func drawTable(t *rapid.T) tuning.Table {
	i := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	return tuning.Table{
		Batch: int64(i("batch", 1, 500)), ProgressEvery: time.Duration(i("progress", 1, 2000)) * time.Microsecond,
		GapEvery: time.Duration(i("gap", 1, 2000)) * time.Microsecond,
		BestFirst: tuning.BestFirst{
			FrontierSize: i("frontier", 1, 200), Stint: int64(i("stint", 1, 300)), Narrow: i("narrow", 0, 12), FewBits: i("few bits", 0, 20),
			WorthOfGap: int64(i("worth of a gap", 1, 20)), WorthOfBracket: int64(i("worth of a bracket", 1, 20)),
			TightenRegion: int64(i("tighten", 0, 20)), TightenMost: int64(i("tighten most", 0, 500)),
			DepthFirstFor: time.Duration(i("depth first", 1, 3000)) * time.Microsecond, DepthFirstShare: rapid.Float64Range(0, 1).Draw(t, "share"),
			ProbeShare: i("probes", 1, 100),
		},
		Records: tuning.Records{
			RecordRegions: int64(i("record", 1, 50)), RecordRecords: int64(i("records", 2, 20)),
			RecordDead: int64(i("dead", 1, 5000)), RecordWork: time.Duration(i("work", 1, 1000)) * time.Microsecond,
		},
		Cells: tuning.Cells{
			LeafMost: i("leaf", 0, 14), RoughCells: int64(i("rough cells", 0, 100)), RoughShare: int64(i("rough share", 0, 100)), SpareBits: i("spare", 0, 64),
		},
	}
}

// No number of the table changes a count, and with a gap or a limit the bracket holds it.
func TestNoTuningChangesACount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := rapid.IntRange(1, 5).Draw(t, "inputs")
		widths := rapid.SliceOfN(rapid.IntRange(1, 6), 1, 3).Draw(t, "widths")
		n := gen.Random(gen.NewRand(rapid.Uint64().Draw(t, "seed")), gen.RandomOptions{Inputs: inputs, Widths: widths, OnlyReLU: true, NoAffine: true})
		b, err := ball.New(rapid.SampledFrom([]ball.Norm{ball.LInf, ball.L2, ball.L1}).Draw(t, "norm"), make([]float64, inputs), 1)
		require.NoError(t, err)
		want, err := Count(context.Background(), n, b, Options{Workers: 1})
		require.NoError(t, err)
		table := drawTable(t)
		for _, o := range []Options{{}, {Workers: 3}, {Gap: 1e-9}, {Workers: 2, Gap: 1e-9}} {
			r, err := count(context.Background(), n, b, o, plan{policy: &tree.Policy{Tuning: &table}})
			require.NoError(t, err)
			require.Equal(t, want.Lower, r.Lower)
			require.True(t, r.Exact || r.GapReached)
		}
		limit := Options{Workers: 2, Limit: rapid.Int64Range(1, want.Lower.Int64()).Draw(t, "limit")}
		r, err := count(context.Background(), n, b, limit, plan{policy: &tree.Policy{Tuning: &table}})
		require.NoError(t, err)
		require.True(t, r.Lower.Cmp(want.Lower) <= 0 && r.Upper.Cmp(want.Lower) >= 0, "%v in [%v, %v]", want.Lower, r.Lower, r.Upper)
	})
}
