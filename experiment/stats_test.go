// The statistics, against values known by hand.

package experiment

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSignTest(t *testing.T) {
	for _, c := range []struct {
		a, b int
		want float64
	}{{0, 0, 1}, {5, 0, 0.0625}, {0, 5, 0.0625}, {4, 1, 0.375}, {3, 3, 1}, {10, 0, 2.0 / 1024}, {9, 1, 22.0 / 1024}} {
		require.InDelta(t, c.want, signTest(c.a, c.b), 1e-12)
	}
}

func exactly(values ...float64) []span {
	var s []span
	for _, v := range values {
		s = append(s, span{v, v})
	}
	return s
}

func TestVerdicts(t *testing.T) {
	five := func(g group) []group { return []group{g, g, g, g, g} }
	for name, c := range map[string]struct {
		groups []group
		want   string
	}{
		"all larger":            {five(group{exactly(3, 4), exactly(1, 2)}), "holds"},
		"all smaller":           {five(group{exactly(1, 2), exactly(3, 4)}), "reversed"},
		"equal":                 {five(group{exactly(1, 2), exactly(1, 2)}), "undecided"},
		"paired":                {five(group{a: exactly(1, 2)}), "holds"},
		"four seeds":            {five(group{a: exactly(1)})[1:], "undecided"},
		"one seed says no":      {append(five(group{a: exactly(1)})[1:], group{a: exactly(-1)}), "undecided"},
		"brackets that overlap": {five(group{[]span{{3, 9}}, []span{{1, 4}}}), "undecided"},
		"brackets apart":        {five(group{[]span{{5, 9}}, []span{{1, 4}}}), "holds"},
	} {
		t.Run(name, func(t *testing.T) {
			var s Statistic
			s.compare(c.groups, 200)
			require.Equal(t, c.want, s.Verdict)
			require.LessOrEqual(t, s.From, s.Low)
			require.GreaterOrEqual(t, s.To, s.High)
		})
	}
}

func TestStatisticsOfKnownRows(t *testing.T) {
	s := Defaults(TwoMoons())
	s.Seeds, s.Points, s.Epochs, s.Radii, s.Bounds = 5, 1, []int{0, 9}, []float64{1}, nil
	var rows []Row
	for seed := uint64(1); seed <= 5; seed++ {
		for _, epoch := range s.Epochs {
			for i, set := range Sets {
				r := Row{Data: "moons", Optimizer: "adam", Seed: seed, Epoch: epoch, Set: set, Point: "0"}
				r.Quantity, r.Lower, r.Upper = "distance", "1", "1"
				if set == AtTraining && epoch == 9 {
					r.Lower, r.Upper = "4", "4"
				}
				rows = append(rows, r)
				r.Quantity, r.Radius, r.Lower, r.Upper = "count", "1", []string{"8", "2", "2", "1"}[i], []string{"8", "2", "16", "2"}[i]
				rows = append(rows, r)
			}
		}
	}
	found := map[[5]string]Statistic{}
	for _, st := range Statistics(&Config{Studies: []Study{s}, Resamples: 20}, rows) {
		if st.Epoch == 9 {
			found[[5]string{st.Observation, st.Set, st.Against, st.Quantity, st.Radius}] = st
		}
	}
	require.Len(t, found, 4+3+3+3+3)
	gained := found[[5]string{"gained", AtTraining, AtRandom, "count", "1"}]
	require.Equal(t, []float64{-1, 1}, []float64{gained.Low, gained.High}, "8 against 1 to 2, before and after")
	away := found[[5]string{"away", AtTraining, "", "distance", ""}]
	require.Equal(t, 2.0, away.Low, "four times as far")
	require.Equal(t, "holds", away.Verdict)
	require.Equal(t, "undecided", found[[5]string{"away", AtTest, "", "distance", ""}].Verdict)
	more := found[[5]string{"more", AtTraining, AtRandom, "count", "1"}]
	require.Equal(t, []float64{2, 3}, []float64{more.Low, more.High}, "8 against 1 to 2")
	require.Equal(t, "holds", more.Verdict)
	require.Equal(t, "undecided", found[[5]string{"more", AtTraining, AtBetween, "count", "1"}].Verdict, "8 against 2 to 16")
}

func TestLog2ReadsNumbersBeyondFloat64(t *testing.T) {
	require.Equal(t, 0.0, log2("1"))
	require.Equal(t, -3.0, log2("0.125"))
	require.Equal(t, math.Inf(-1), log2("0"))
	require.Equal(t, math.Inf(1), log2("+Inf"))
	require.InDelta(t, 400*math.Log2(10), log2("1"+string(make0(400))), 1e-9)
}

func make0(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0'
	}
	return b
}
