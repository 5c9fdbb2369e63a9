// A region, and what is computed of it when it is asked for: nothing of that is kept by the walk,
// so a region stays what it is when the walk goes on.

package enumerate

import (
	"math/big"
	"slices"
	"sync"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/network"
)

// Region is a final cell: the points of the open ball at which the neurons have the signs of
// Pattern. Its methods may be called at any time, from any goroutine.
type Region struct {
	Pattern network.Pattern

	x    []float64 // the point; nil where float64 does not hold it
	wide []*big.Float
	of   *origin
}

// origin is what the regions of a walk come from. Its pools keep what regions near each other
// share.
type origin struct {
	net     *network.Network
	ball    ball.Ball
	affines sync.Pool
	passes  sync.Pool
	guides  sync.Pool
	paths   sync.Pool
	subject func() (*tree.Subject, error) // compiled when first asked for
}

func newOrigin(net *network.Network, b ball.Ball) *origin {
	o := &origin{net: net, ball: b}
	o.subject = sync.OnceValues(o.compile)
	return o
}

// at returns the region at which a tree stands.
func (o *origin) at(t tree.Tree) Region {
	x, wide := t.Witness(false)
	return Region{Pattern: append(network.Pattern(nil), t.Labels()...), x: slices.Clone(x), wide: wide, of: o}
}

// Point returns a point strictly inside the region and the ball. It is exact: a dyadic number for
// each input, of whatever precision it needs.
func (r Region) Point() []*big.Float {
	p := make([]*big.Float, max(len(r.x), len(r.wide)))
	for k := range p {
		if r.wide != nil {
			p[k] = new(big.Float).Copy(r.wide[k])
		} else {
			p[k] = big.NewFloat(r.x[k])
		}
	}
	return p
}

// AffineExact returns the affine map x ↦ W·x + b, W of outputs × inputs, that the network is on the
// region. Nothing is rounded.
func (r Region) AffineExact() (W [][]*big.Float, b []*big.Float) {
	r.withPass(func(p *network.AffinePass) { W, b = p.Affine(r.Pattern) })
	return W, b
}

// AffineIntegers tells f the affine map in integers times 2^exp: a row of each output, with the
// coefficients of the inputs and then the offset. They are valid during the call. This is the
// fastest way to all that is exact.
func (r Region) AffineIntegers(f func(rows [][]*big.Int, exp int)) {
	r.withPass(func(p *network.AffinePass) { f(p.Integers(r.Pattern)) })
}

// withPass calls f with a pass from the pool.
func (r Region) withPass(f func(*network.AffinePass)) {
	pass, ok := r.of.passes.Get().(*network.AffinePass)
	if !ok {
		pass = r.of.net.NewAffinePass()
	}
	defer r.of.passes.Put(pass)
	f(pass)
}
