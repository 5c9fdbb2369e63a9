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

// The dual method ended here with a status of its own, by which it hands over to the primal one,
// and that was taken for a failure.
func TestTheDualMethodHandsOver(t *testing.T) {
	g := [][]float64{
		{-8.905785381034049e-137, -0.4864707461454992, -0.30090234463047494, -0.5664044134220705, 0.17656747450344548, -5.3214424016524357e-278, 0.5664044134220705},
		{-0.5860685874336558, -0.38452702623077034, -0.4064307271517859, -3.131093564202858e-05, -0.0005007910293012195, -1.684914460166261e-24, -0.5860685874336558},
		{-0.47915985136055916, -0.47915985136055916, 0.47915985136055916, -0.1446860278949536, 0.04747579892607449, 0.47915985136055916, -0.24173404647425917},
		{0.0783442536074302, -0.05526752007703988, -0.5186250318201907, -0.5186250318201907, -0.5186250318201907, -0.4288261981965971, 2.9289199882556028e-120},
		{1.8202346056655396e-10, 0.48647074626835163, 0.30090234475882394, 0.5664044134260674, -0.1765674745045329, 5.233072841202369e-34, -0.5664044132440342},
	}
	b := []float64{0, 0.051706588060129996, 0, 0.3061511802646062, 0}
	for i := range g {
		g[i] = append(g[i], make([]float64, 7)...)
	}
	right := [14]float64{1: 2e-12, 3: 0.20299601631794156, 4: 0.5411850879294058, 10: 2e-12}
	sum := make([]float64, 14)
	for k := range 7 { // |y_k| ≤ column 7+k, which add up to a bound
		for i, s := range []float64{1, -1} {
			row := make([]float64, 14)
			row[k], row[7+k] = s, -1
			g, b = append(g, row), append(b, right[2*k+i])
		}
		sum[7+k] = 1
	}
	g, b = append(g, sum), append(b, 0.6279094478743263)
	objective := make([]float64, 14)
	copy(objective, []float64{0.5860685873545785, 0.3845270232829016, 0.4064307253056598, 3.13075638034773e-05, 0.0005007920803488189, 1.6849144599389183e-24, 0.5860685907264127})
	_, _, err := backend{}.Maximise(lp.Programme{Objective: objective, A: g, B: b})
	require.NoError(t, err)
}
