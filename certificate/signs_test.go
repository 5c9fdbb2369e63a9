package certificate

// What a proof says of signs: by both checkers, and against the regions of the walk.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// slowSign is a sign of a neuron.
type slowSign struct{ layer, neuron, sign int }

// neverOn says of each neuron, in network order, whether it is nowhere on, and whether it is a piece
// of a maximum, of which nothing is said.
func (c *slowChecker) neverOn() (all, pieces []bool) {
	for l, y := range c.layers {
		for j := range y.neurons {
			pieces = append(pieces, y.maxima != nil)
			all = append(all, y.maxima == nil && !c.met[slowSign{l, j, 1}] && !c.met[slowSign{l, j, slowUndecided}])
		}
	}
	return all, pieces
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

// everOn says of each neuron whether it is on in some region that the walk finds.
func everOn(tb testing.TB, net tnet, b tball) []bool {
	n, err := network.ReadCanonical(bytes.NewReader(net.text()))
	require.NoError(tb, err)
	var on []bool
	for _, l := range n.Layers() {
		on = append(on, make([]bool, l.Signs())...)
	}
	for r, err := range enumerate.Regions(context.Background(), n, b.ball(tb), enumerate.Options{Workers: 1}) {
		require.NoError(tb, err)
		for j, s := range r.Pattern {
			on[j] = on[j] || s > 0
		}
	}
	return on
}

// signs requires that both checkers agree on which neurons are never on, and that it is so; of a
// complete proof, that none is missing.
func (w *twins) signs(t testing.TB, slow *slowChecker, fast *Report, what func() string) {
	on := w.on[fast.Ball]
	all, pieces := slow.neverOn()
	for j, never := range all {
		right := never == fast.NeverOn(j) && (on == nil || !(never && on[j]) && (fast.AtLeast || pieces[j] || never != on[j]))
		if !right {
			require.Fail(t, "a wrong sign", "neuron %d: never on: slow %v, fast %v; on: %v\n%s", j, never, fast.NeverOn(j), on, what())
		}
	}
}

func TestNeverOn(t *testing.T) {
	// x, then x − 1, −x − 1, x − 2 and a zero; then relu(x) − 1/2.
	net := tnet{inputs: 1, layers: []tlayer{
		{act: "relu", w: [][]float64{{1}, {1}, {-1}, {1}, {0}}, b: []float64{0, -1, -1, -0.5, 0}},
		{act: "relu", w: [][]float64{{1, 0, 0, 0, 0}}, b: []float64{-1}}}}
	const ball = "linf 0x1p+0 0x0p+0"
	text := net.text()
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
			files := memory{"proof": fmt.Appendf(nil, "relucell-certificate 2\nnet sha256:%x\nball %s\n%s", sha256.Sum256(text), ball, c.tree)}
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
