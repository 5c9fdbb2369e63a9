package query

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// TestSafetyQueryOfLongNumbers: a query took as much memory as the most numbers of the most digits
// do, 36 GB.
func TestSafetyQueryOfLongNumbers(t *testing.T) {
	for bytes, reason := range map[int]string{maxQuery - 10: "", maxQuery - 2: "more than 256 MiB"} {
		v := canonical.NewVerdict(context.Background())
		q := &Query{Inputs: 1, Outputs: 1, bytes: bytes}
		v.Guard(func() {
			in := canonical.NewLines("proof", strings.NewReader("box 0 1\nor 0\n"))
			q.readBox(in, map[string]bool{})
			q.readDisjunct(in, 0)
		})
		if reason == "" {
			require.NoError(t, v.Err())
			continue
		}
		require.ErrorContains(t, v.Err(), reason)
	}
}
