package cone_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/cone"
)

func soaking() bool { return os.Getenv("RELUCELL_SOAK") != "" }

// The 55,226 rays of the metric cone on seven points (Grishukhin 1992).
func TestSoakMetricConeOfSevenPoints(t *testing.T) {
	if !soaking() {
		t.Skip("set RELUCELL_SOAK to run: make soak")
	}
	dim, rows := metric(7)
	d, err := cone.Describe(context.Background(), dim, rows, cone.Options{})
	require.NoError(t, err)
	require.Len(t, d.Rays, 55226)
}
