package enumerate_test

// Limits and gaps that are never reached: they cost what a bracket costs, and change nothing.

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
)

// A limit on regions had the walk go best first from the start, and cell by cell in the last layer:
// five to sixteen times the work of a plain count.
func TestALimitThatIsNotReachedChangesNothing(t *testing.T) {
	for _, norm := range norms {
		for _, widths := range [][]int{{12}, {8, 8}, {6, 6, 6}} {
			n, b := he(5, 3, widths...), ballAt(t, norm, 3, 0, 1)
			plain := count(t, n, b, 1)
			limited, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 1, Limit: 1 << 40})
			require.NoError(t, err)
			require.Equal(t, plain.Lower, limited.Lower)
			require.True(t, limited.Exact)
			require.Equal(t, plain.Decisions, limited.Decisions)
			require.Equal(t, plain.Questions, limited.Questions)
		}
	}
}

// Where one worker stops at a limit does not depend on time.
func TestALimitStopsAtTheSamePlaceEachTime(t *testing.T) {
	n := he(2, 4, 12, 12, 8)
	for _, norm := range []ball.Norm{ball.LInf, ball.L2} {
		b := ballAt(t, norm, 4, 0, 2)
		want := count(t, n, b, 2).Lower
		for _, limit := range []int64{1, 50, 2000} {
			var first enumerate.Result
			for i := range 3 {
				r, err := enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 1, Limit: limit})
				require.NoError(t, err)
				require.GreaterOrEqual(t, r.Lower.Int64(), limit)
				require.True(t, r.Lower.Cmp(want) <= 0 && want.Cmp(r.Upper) <= 0, "%v in %v..%v", want, r.Lower, r.Upper)
				if i == 0 {
					first = r
				}
				require.Equal(t, first.Lower, r.Lower)
				require.Equal(t, first.Upper, r.Upper)
			}
		}
	}
}
