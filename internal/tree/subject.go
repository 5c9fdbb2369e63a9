// What is counted, and what a bracket knows of it before the walk: for each layer how many neurons
// the ball leaves open.

package tree

import (
	"context"
	"math/big"
	"sync"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/internal/forms"
	"github.com/relucell/relucell/network"
)

// Subject is what is counted: the network on the ball, compiled, and what a bracket knows of it
// before the walk.
type Subject struct {
	*forms.Model
	tails tails
	// Until ends what is computed before the walk; Deadline is the caller's, zero for none.
	Until    context.Context
	Deadline time.Time
}

// NewSubject compiles a network, given up with [forms.ErrLate] when the context ends.
func NewSubject(ctx context.Context, net *network.Network, b ball.Ball) (*Subject, error) {
	m, err := forms.Compile(ctx, net, b)
	return &Subject{Model: m, Until: ctx}, err
}

// tails holds, for each layer with an activation, what the recursion takes for
// the layers of the network after it. It is computed when first needed.
type tails struct {
	once  sync.Once
	all   []bound.LayerCount
	after [][]bound.LayerCount
	at    []int // layers with an activation among all
}

// stabilityBound is the bound whose view of the ball says which neurons of later
// layers can change sign: the tightest of the polynomial ones.
const stabilityBound = "combined"

func (m *Subject) tail(l int) []bound.LayerCount {
	m.survey()
	return m.tails.after[l]
}

// RootBound bounds the whole count.
func (m *Subject) RootBound() *big.Int {
	if m.survey(); m.Late() {
		return RoughUpper(m.Net)
	}
	return bound.Recursion(m.tails.all, m.N)
}

// survey computes the tails, as tight as there is time for.
func (m *Subject) survey() {
	m.tails.once.Do(func() {
		net := m.surveyed()
		counts := bound.Unsettled(net)
		ctx, cancel := m.surveyTime()
		defer cancel()
		ctx = bound.Shared(ctx, net, m.Ball)
		for _, name := range m.surveyors() {
			b, _ := bound.ByName(name)
			e, ok := b.(bound.Explainer)
			if !ok {
				continue
			}
			terms, err := e.Terms(ctx, net, m.Ball)
			if err != nil {
				break
			}
			for i, t := range terms {
				if name == stabilityBound || t.Count.K <= counts[i].K {
					counts[i] = t.Count
				}
			}
		}
		for i, ly := range net.Layers() {
			if ly.Act != network.None {
				m.tails.after = append(m.tails.after, counts[i+1:])
				m.tails.at = append(m.tails.at, i)
			}
		}
		m.tails.all = counts
	})
}

// RoughUpper bounds the regions of any ball by a power a layer: K neurons cut a space of dimension
// d into at most Σ_{j≤d} C(K,j) ≤ min(2^K, (K+1)^d) cells, since a set of at most d neurons is the
// image of a map from d places to the neurons or none; and the dimension is at most that of the
// input and the narrowest layer before. Maxima of k pieces each are k cells at most, and no finer
// than the k(k−1)/2 hyperplanes on which two pieces are equal.
func RoughUpper(n *network.Network) *big.Int {
	v, d := big.NewInt(1), n.Inputs()
	for _, l := range n.Layers() {
		k := l.Neurons()
		cells := new(big.Int).Lsh(big.NewInt(1), uint(k))
		if l.Act == network.Max {
			k = 0
			cells.SetInt64(1)
			for _, pieces := range l.Pieces {
				k += pieces * (pieces - 1) / 2
				cells.Mul(cells, big.NewInt(int64(pieces)))
			}
		}
		base := big.NewInt(int64(k) + 1)
		if d*base.BitLen() < cells.BitLen() { // then the power is the smaller one
			cells.Exp(base, big.NewInt(int64(d)), nil)
		}
		v.Mul(v, cells)
		d = min(d, l.Out())
	}
	return v
}

// surveyed is the network that the survey looks at: with its maxima, where it has any.
func (m *Subject) surveyed() *network.Network {
	if m.Maximal() {
		return m.Net
	}
	return m.Source
}

// surveyShare is the share of the time left that the survey may take, and surveyLeast what it has
// in any case.
const (
	surveyShare = 0.25
	surveyLeast = 50 * time.Millisecond
	// surveyWork is the number of multiplications up to which the survey looks by relaxations: some
	// seconds. Beyond, it looks by intervals and Lipschitz constants, whose cost is that of a few
	// passes through the network.
	surveyWork = 1 << 33
)

// surveyTime returns the context of the survey.
func (m *Subject) surveyTime() (context.Context, func()) {
	if m.Deadline.IsZero() {
		return m.Until, func() {}
	}
	share := time.Duration(surveyShare * float64(time.Until(m.Deadline)))
	return context.WithTimeout(m.Until, max(share, surveyLeast))
}

// surveyors are the bounds whose view of the ball the survey takes, the last that is done for all;
// what it knows by then serves where the time ends first.
func (m *Subject) surveyors() []string {
	if bound.RelaxationWork(m.surveyed()) > surveyWork {
		return []string{"interval", "lipschitz-masked"}
	}
	return []string{"interval", stabilityBound}
}
