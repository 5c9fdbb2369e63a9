package certificate

// What a proof says of signs: by both checkers, and against the regions of the walk.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// slowSign is a sign of a neuron.
type slowSign struct{ layer, neuron, sign int }

// neverOn says of each neuron, in network order, whether it is nowhere on, and whether it is a
// maximum, of which nothing is said.
func (c *slowChecker) neverOn() (all, maxima []bool) {
	for l, y := range c.layers {
		for _, unit := range y.maxima {
			if len(unit) > 1 {
				all, maxima = append(all, false), append(maxima, true)
			}
		}
		for j := range y.neurons {
			if y.maxima == nil {
				all, maxima = append(all, !c.met[slowSign{l, j, 1}] && !c.met[slowSign{l, j, slowUndecided}]), append(maxima, false)
			}
		}
	}
	return all, maxima
}

// leaves notes what a leaf leaves undecided.
func (c *slowChecker) leaves(n slowNode) {
	for l := n.layer; l < len(c.layers); l++ {
		for j := range c.layers[l].neurons {
			if l > n.layer || n.sign[j] == slowUndecided {
				c.met[slowSign{l, j, slowUndecided}] = true
			}
		}
	}
}

// everOn says of each neuron whether it is on in some region that the walk finds; a maximum is,
// where one of its pieces wins.
func everOn(tb testing.TB, net specimen.Net, b tball) []bool {
	n, err := network.ReadCanonical(bytes.NewReader(net.Text()))
	require.NoError(tb, err)
	var neuron []int // that each sign of a pattern is of
	next := 0
	for _, l := range n.Layers() {
		signs := slices.Repeat([]int{1}, l.Neurons()) // of each neuron
		if l.Act == network.Max {
			signs = slices.DeleteFunc(slices.Clone(l.Pieces), func(k int) bool { return k == 1 })
		}
		for _, k := range signs {
			neuron = append(neuron, slices.Repeat([]int{next}, k)...)
			next++
		}
	}
	require.Equal(tb, n.Neurons(), next)
	on := make([]bool, next)
	for r, err := range enumerate.Regions(context.Background(), n, b.ball(tb), enumerate.Options{Workers: 1}) {
		require.NoError(tb, err)
		for j, s := range r.Pattern {
			on[neuron[j]] = on[neuron[j]] || s > 0
		}
	}
	return on
}

// signs requires that both checkers agree on which neurons are never on, and that it is so; of a
// complete proof, that none is missing.
func (w *twins) signs(t testing.TB, slow *slowChecker, fast *Report, what func() string) {
	on := w.on[fast.Ball]
	all, maxima := slow.neverOn()
	require.Len(t, fast.Signs, len(all))
	for j, never := range all {
		right := never == fast.NeverOn(j) && (on == nil || !(never && on[j]) && (fast.AtLeast || maxima[j] || never != on[j]))
		if !right {
			require.Fail(t, "a wrong sign", "neuron %d: never on: slow %v, fast %v; on: %v\n%s", j, never, fast.NeverOn(j), on, what())
		}
	}
}

func TestNeverOn(t *testing.T) {
	// x, then x − 1, −x − 1, x − 2 and a zero; then relu(x) − 1/2.
	net := specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		{Act: "relu", W: [][]float64{{1}, {1}, {-1}, {1}, {0}}, B: []float64{0, -1, -1, -0.5, 0}},
		{Act: "relu", W: [][]float64{{1, 0, 0, 0, 0}}, B: []float64{-1}}}}
	const ball = "linf 0x1p+0 0x0p+0"
	text := net.Text()
	for name, c := range map[string]struct {
		tree  string
		never []int
	}{
		"all":                    {"*\n-3 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", []int{1, 2, 4, 5}},
		"nothing is tried":       {"?1 1\ncount >= 1\n", nil},
		"open in the same layer": {"*\n?1-1\n*\nW2 1\nW2 3\ncount >= 3\n", []int{1, 2, 4}},
		"open in the next":       {"*\n-3 a\n?1-1\n*\nW2 1\nW2 3\ncount >= 3\n", []int{1, 2, 4}},
		"open where all is":      {"*\n-3 a\nW1-1\n*\n?2 1\nW2 3\ncount >= 3\n", []int{1, 2, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			files := specimen.Folder{"proof": fmt.Appendf(nil, "relucell-certificate 2\nnet sha256:%x\nball %s\n%s", sha256.Sum256(text), ball, c.tree)}
			r := newTwins(net).check(t, files, 1)
			require.NotNil(t, r)
			var never []int
			for j := range r.Signs {
				if r.NeverOn(j) {
					never = append(never, j)
				}
			}
			require.Equal(t, c.never, never)
		})
	}
}

// A maximum took as many numbers as it has pieces. So behind it the answer was about another neuron
// than the one asked about, and one that is on was said to be on nowhere.
func TestNeverOnCountsAMaximumOnce(t *testing.T) {
	// x + 2; the largest of x, 0 and a unit that carries; then −max − 1 and max.
	net := specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		{Act: "relu", W: [][]float64{{1}}, B: []float64{2}},
		{Act: "max", Pieces: []int{2, 1}, W: [][]float64{{1}, {0}, {1}}, B: []float64{-2, 0, 0}},
		{Act: "relu", W: [][]float64{{-1, 0}, {1, 0}}, B: []float64{-1, 0}}}}
	text := net.Text()
	r := newTwins(net).check(t, specimen.Folder{"proof": spelledProof(text, "linf 0x1p+0 0x0p+0", "*\n+1 a\nW1 1\nW1-1\ncount 2\n")}, 1)
	require.NotNil(t, r)
	require.Equal(t, []Seen{SeenPlus, SeenOpen, SeenMinus, SeenZero | SeenPlus}, r.Signs)
	require.True(t, r.NeverOn(2))
	require.False(t, r.NeverOn(3))
}

func TestPartsTellTheirSigns(t *testing.T) {
	for seed := range int64(20) {
		w, b, r := drawn(seed)
		h := newHonest(w.net, b, r)
		h.stop, h.part = 0, 0.9
		h.write(b)
		for workers := 1; workers <= 3; workers++ {
			rep := w.check(t, h.files, workers)
			require.NotNil(t, rep)
			require.Len(t, rep.Signs, len(everOn(t, w.net, b)))
		}
	}
}
