package plot

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Gonum's own labels of 1.05, 1.2 and 1.35 are 1, 1.2 and 1.3.
func TestTicksOfAMapSayWhatTheyMark(t *testing.T) {
	a := axis{stretch: 0.5, mid: 1.157, scale: 0.168}
	labelled := 0
	for _, tick := range a.Ticks(-0.5, 0.5) {
		if tick.Label == "" {
			continue
		}
		labelled++
		v, err := strconv.ParseFloat(tick.Label, 64)
		require.NoError(t, err)
		require.InDelta(t, tick.Value, (v-a.mid)/a.scale*a.stretch, 1e-3)
	}
	require.Greater(t, labelled, 1)
}
