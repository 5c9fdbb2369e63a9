package certificate

// The two checkers against each other and against the truth: on honest proofs, on thousands of
// damaged ones, and on whatever a fuzzer finds. What was damaged must be refused, or still be true.

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/nettext"
	"github.com/relucell/relucell/certificate/internal/specimen"
)

// twins is both checkers at work on one network, and the truths that were asked for.
type twins struct {
	net      specimen.Net
	text     []byte
	known    map[string]int64
	on       map[string][]bool // by the ball: whether each neuron is on somewhere
	accepted int
}

func newTwins(net specimen.Net) *twins {
	return &twins{net: net, text: net.Text(), known: map[string]int64{}, on: map[string][]bool{}}
}

// check requires that both checkers say the same of a proof and that nothing false is accepted; it
// says what was accepted.
func (w *twins) check(t testing.TB, files specimen.Folder, workers int) *Report {
	slow, slowErr := slowCheck(w.text, files, "proof")
	fast, fastErr := Check(w.text, "proof", Options{Workers: workers, open: files.Open})
	if (slowErr == nil) != (fastErr == nil) {
		require.Fail(t, "the checkers disagree", "slow: %v\nfast: %v\n%s\n%s", slowErr, fastErr, w.text, files)
	}
	if slowErr != nil {
		return nil
	}
	what := func() string { return fmt.Sprintf("%s\n%s", w.text, files) }
	if slow.regions != fast.Regions || slow.open != fast.Open || slow.count() != fast.Count || slow.ball != fast.Ball {
		require.Fail(t, "the checkers disagree", "slow: %d and %d, fast: %v\n%s", slow.regions, slow.open, fast, what())
	}
	w.accepted++
	if w.known == nil {
		w.signs(t, slow, fast, what)
		return fast
	}
	want, ok := w.known[fast.Ball]
	if !ok {
		want = w.truth(t, slow)
		w.known[fast.Ball] = want
	}
	w.signs(t, slow, fast, what)
	if want >= 0 && (fast.Count > want || !fast.AtLeast && fast.Count != want) {
		require.Fail(t, "a wrong count", "%v, the truth is %d\n%s", fast, want, what())
	}
	return fast
}

// truth counts the regions in the ball of a proof; −1 if the ball is none of floats.
func (w *twins) truth(t testing.TB, c *slowChecker) int64 {
	exact := true
	floats := func(v []*big.Rat) (f []float64) {
		for _, x := range v {
			y, ok := x.Float64()
			f, exact = append(f, y), exact && ok && (y == 0) == (x.Sign() == 0)
		}
		return f
	}
	b := tball{Norm: c.norm, Lo: floats(c.lo), Hi: floats(c.hi)}
	if c.norm != "box" {
		exact = true // lo and hi need not be floats
		b = tball{Norm: c.norm, Center: floats(c.center), Radius: floats([]*big.Rat{c.radius})[0]}
	}
	if !exact {
		return -1
	}
	w.on[c.ball] = everOn(t, w.net, b)
	return trueCount(t, w.net, b)
}

func TestHonestProofsAreAccepted(t *testing.T) { honestProofs(t, drawn, 0, 250) }

func TestHonestProofsOfMaximaAreAccepted(t *testing.T) { honestProofs(t, drawnOfMaxima, 0, 250) }

func TestSoakHonestProofsAreAccepted(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
	honestProofs(t, drawn, 1000, 20000)
	honestProofs(t, drawnOfMaxima, 1000, 20000)
}

func honestProofs(t *testing.T, drawn drawing, first, count int64) {
	var regions int64
	var boxes, prunes, cuts, opens int
	for seed := first; seed < first+count; seed++ {
		w, b, r := drawn(seed)
		want := trueCount(t, w.net, b)
		h := honestProof(w.net, b, r)
		rep := w.check(t, h.files, 1+r.Intn(3))
		if rep == nil {
			_, err := slowCheck(w.text, h.files, "proof")
			require.NoError(t, err, "seed %d\n%s\n%s", seed, w.text, h.files)
		}
		require.Equal(t, h.regions, rep.Regions)
		require.Equal(t, h.open, rep.Open)
		if h.open > 0 {
			opens++
		} else {
			require.Equal(t, want, rep.Count, "seed %d", seed)
		}
		regions += want
		boxes += h.boxes
		prunes += h.prunes
		cuts += h.cuts
	}
	t.Logf("%d proofs of %d regions with %d prunes, %d box lines and %d parts, %d incomplete", count, regions, prunes, boxes, cuts, opens)
}

// drawing returns the network and the ball of a seed, and what draws the rest.
type drawing func(seed int64) (*twins, tball, *rand.Rand)

// drawnOfMaxima is drawn for networks with maxima.
func drawnOfMaxima(seed int64) (*twins, tball, *rand.Rand) {
	r := rand.New(rand.NewSource(seed))
	inputs := []int{1, 1, 2, 2, 3}[r.Intn(5)]
	net := specimen.DrawnMaxima(r, inputs)
	return newTwins(net), drawnBall(r, inputs), r
}

// drawn returns the network and the ball of a seed, and what draws the rest.
func drawn(seed int64) (*twins, tball, *rand.Rand) {
	r := rand.New(rand.NewSource(seed))
	inputs := []int{1, 1, 2, 2, 2, 3, 3, 5}[r.Intn(8)]
	net := specimen.Drawn(r, inputs)
	return newTwins(net), drawnBall(r, inputs), r
}

// FuzzTwins holds the checkers against each other; what they accept about the networks of the
// corpus is held against the truth. A proof is fuzzed from its ball on: what stands before it says
// which network it is about, so that not every change of a network is refused for that alone.
func FuzzTwins(f *testing.F) {
	nets := map[string]*twins{}
	for seed := range int64(80) {
		w, b, r := []drawing{drawn, drawnOfMaxima}[seed/40](seed)
		h := newHonest(w.net, b, r)
		h.part = 0
		h.write(b)
		nets[string(w.text)] = w
		_, rest, _ := strings.Cut(string(h.files["proof"]), "\nball ")
		f.Add(w.text, []byte(rest))
	}
	f.Fuzz(func(t *testing.T, network, proof []byte) {
		w := nets[string(network)]
		if w == nil {
			w = &twins{text: network} // without a truth
		}
		if len(network) < 5000 && len(proof) < 20000 {
			w.check(t, specimen.Folder{"proof": fmt.Appendf(nil, "relucell-certificate 2\nnet sha256:%x\nball %s", sha256.Sum256(network), proof)}, 1)
		}
	})
}

func FuzzReadNet(f *testing.F) {
	f.Add(specimen.Tent(2).Text())
	f.Add(specimen.Random(rand.New(rand.NewSource(3)), false, []string{"leaky_relu", "none"}, 2, 2, 2, 1).Text())
	f.Add(specimen.Random(rand.New(rand.NewSource(3)), false, []string{"mixed"}, 2, 2, 2, 1).Text())
	f.Fuzz(func(t *testing.T, text []byte) {
		if n, err := readNet(background, text, nettext.DenseMost); err == nil {
			require.Equal(t, fmt.Sprintf("sha256:%x", sha256.Sum256(text)), n.hash)
		}
	})
}
