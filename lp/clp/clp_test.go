//go:build clp && cgo

package clp

// What must be an error: numbers CLP would swallow, and every status but optimal.

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/lp"
)

func TestBackend(t *testing.T) {
	v, duals, err := backend{}.Maximise(lp.Programme{
		Objective: []float64{1, 1}, A: [][]float64{{2, 0}, {0, 4}, {1, 1}}, B: []float64{1, 1, 9}})
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{0.5, 0.25}, v, tolerance)
	require.InDeltaSlice(t, []float64{0.5, 0.25, 0}, duals, tolerance)
	_, _, err = backend{}.Maximise(lp.Programme{Objective: []float64{1, 0}, A: [][]float64{{0, 1}}, B: []float64{1}})
	require.ErrorContains(t, err, "expected an optimum")
	_, _, err = backend{}.Maximise(lp.Programme{Objective: []float64{1}, A: [][]float64{{1}, {-1}}, B: []float64{0, -1}})
	require.ErrorContains(t, err, "expected an optimum")
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		for _, p := range []lp.Programme{
			{Objective: []float64{bad}, A: [][]float64{{1}}, B: []float64{1}},
			{Objective: []float64{1}, A: [][]float64{{bad}}, B: []float64{1}},
			{Objective: []float64{1}, A: [][]float64{{1}}, B: []float64{bad}},
		} {
			_, _, err = backend{}.Maximise(p)
			require.ErrorContains(t, err, "not finite")
		}
	}
}

// Scaled by itself, CLP called the start optimal here, and only its secondary status told (3:
// not dual feasible once unscaled).
func TestScaledOptimumIsNoOptimum(t *testing.T) {
	g := [][]float64{
		{-2.1059646849540903e-06, 5.749747095783236e-07, 0, 0.9999999999976172, 1},
		{-1.2642666913364842e-08, -0.999999999999986, 1.6629413890356426e-07, 2.8865798640253668e-15, 1},
		{-0.9999974837030084, -0.0010843607500574805, -0.0002168721500114961, 0.001951849350103465, 1},
		{0, 0, 0, 0, 1},
	}
	b := []float64{0, 3.904300990064356e-09, 0.004988059450433716, 1}
	for k := range 4 {
		for _, s := range []float64{1, -1} {
			face := make([]float64, 5)
			face[k], face[4] = s, 1
			g, b = append(g, face), append(b, 1)
		}
	}
	v, _, err := backend{}.Maximise(lp.Programme{Objective: []float64{0, 0, 0, 0, 1}, A: g, B: b})
	require.NoError(t, err)
	require.Greater(t, v[4], 0.49)
}
