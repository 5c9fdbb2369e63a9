package safety

// Splits that are tried before they are made.

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestATrialLeavesNothingBehind: what is known of a node is as before, whatever is tried below it,
// and a trial is not made again at once.
func TestATrialLeavesNothingBehind(t *testing.T) {
	units := 0
	for i := range 200 {
		w, n := onANode(t, rand.New(rand.NewPCG(41, uint64(i))))
		n.signs = nil
		before := trial{w}.look(n, false)
		if before.row < 0 {
			continue
		}
		l, u, open, least, form := slices.Clone(w.zone.l), slices.Clone(w.zone.u), slices.Clone(w.zone.open), slices.Clone(w.least), slices.Clone(w.form)
		if (trial{w}).units(n, 20) {
			units++
		}
		require.Equal(t, l, w.zone.l)
		require.Equal(t, u, w.zone.u)
		require.Equal(t, open, w.zone.open)
		require.Equal(t, least, w.least)
		require.Equal(t, form, w.form)
		require.Nil(t, n.from)
		require.Empty(t, n.signs)
		require.Equal(t, firstAgain, n.again)
		require.False(t, (trial{w}).units(n, 20))
	}
	require.Greater(t, units, 10)
}

// TestUnitsAreTriedBeforeInputs has a query of 20 inputs and two layers of which estimates do not
// tell what to split: units do, as a trial finds, and what holds is proved to the checker.
func TestUnitsAreTriedBeforeInputs(t *testing.T) {
	n, spec := long(20, "0.2", -9, rand.New(rand.NewPCG(3, 5)))
	r := roomy(t, n, spec, usual(20), waitingRoom, true)
	root := r.queue.waiting[0]
	res := r.run()
	require.Equal(t, Holds, res.Verdict)
	text := written(t, res, n, spec)
	requireChecked(t, n, spec, []byte(text))
	require.Positive(t, root.again, "both were tried")
	_, tree, _ := strings.Cut(text, "\ntree\n")
	require.NotContains(t, tree, "\nX")
	require.Equal(t, "N", tree[:1])
}
