// An estimate of the count while it runs: Knuth's estimator ("Estimating the efficiency of
// backtrack programs", 1975). A random descent that takes each side of a split with probability ½
// and meets k splits before a cell of r regions stands for 2^k·r; the expectation is the count.

package walk

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/relucell/relucell/internal/tree"
)

// prober runs random descents on the side.
type prober struct {
	tree   tree.Tree
	halt   atomic.Bool
	coin   *rand.Rand
	n      int
	sum    float64
	failed bool
}

// probeSeed makes estimates reproducible up to how many descents there is time for.
const probeSeed = 1975

func newProber(make func(halt *atomic.Bool) tree.Tree) *prober {
	p := &prober{coin: rand.New(rand.NewPCG(probeSeed, 0))}
	p.tree = make(&p.halt)
	return p
}

// run makes descents for about the given time and returns the mean.
func (p *prober) run(d time.Duration) float64 {
	for end := time.Now().Add(d); !p.failed && time.Now().Before(end); {
		regions, ok := p.descend()
		if p.failed = !ok; ok { // the walk itself will meet and report it
			p.n++
			p.sum += regions
		}
	}
	if p.n == 0 {
		return 0
	}
	return p.sum / float64(p.n)
}

// descend goes to a final cell, and says how many regions that stands for.
func (p *prober) descend() (regions float64, ok bool) {
	p.tree.Reset()
	for splits := 0; ; splits++ {
		switch e := p.tree.Next(false); e.Kind {
		case tree.Split:
			p.tree.Enter(int8(2*(p.coin.Uint64()&1)) - 1)
		case tree.Final:
			return math.Ldexp(float64(e.Regions), splits), true
		default:
			return 0, false
		}
	}
}
