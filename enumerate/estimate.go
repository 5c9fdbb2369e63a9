// An estimate of the count while it runs: Knuth's estimator ("Estimating the
// efficiency of backtrack programs", 1975). A random descent that takes each side of a
// split with probability ½ and meets k splits stands for 2^k regions; the
// expectation of 2^k is the count.

package enumerate

import (
	"math"
	"math/rand/v2"
	"time"
)

// prober runs random descents on the side.
type prober struct {
	w    *walker
	n    int
	sum  float64
	stop bool
}

// probeSeed makes estimates reproducible up to how many descents there is time for.
const probeSeed = 1975

func newProber(m *model) *prober {
	r := newRun(m)
	w := newWalker(r)
	w.coin = rand.New(rand.NewPCG(probeSeed, 0))
	return &prober{w: w}
}

// run makes descents for about the given time and returns the mean.
func (p *prober) run(d time.Duration) float64 {
	for end := time.Now().Add(d); !p.stop && time.Now().Before(end); {
		p.w.met = 0
		p.w.root()
		if p.w.err != nil { // the walk itself will meet and report it
			p.stop = true
			break
		}
		p.n++
		p.sum += math.Exp2(float64(p.w.met))
	}
	if p.n == 0 {
		return 0
	}
	return p.sum / float64(p.n)
}

// probe goes down one side of a split.
func (w *walker) probe(l, j, d int, follow bool) {
	w.met++
	s := int8(1)
	if w.coin.Uint64()&1 == 0 {
		s = -1
	}
	w.side(l, j, d, s, follow)
	if !follow {
		w.off--
	}
}
