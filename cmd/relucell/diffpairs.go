package main

// diff of networks with one layer of neurons that are nearly equal: a bound by their neurons in
// pairs, where the regions of the difference are slivers without number.

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate/pairsproof"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
	"github.com/relucell/relucell/ridge"
)

// distance is what is known of how far the networks are apart.
type distance struct {
	difference *network.Network
	// Of each output of the difference.
	ends  []ends
	pairs pairBounds
}

// ends are the extremes of an output of the difference.
type ends struct{ top, low extremum.Extreme }

// pairBounds are bounds of the sizes of the outputs, neuron by neuron.
type pairBounds struct {
	alone  bool         // they are what is asked for
	bound  *ridge.Bound // nil where there is none
	answer bool         // they have answered the question
}

// most is the largest of the bounds, nil for none.
func (p *pairBounds) most() (most *big.Rat) {
	if p.bound == nil {
		return nil
	}
	for _, v := range p.bound.Most {
		if most == nil || v.Cmp(most) > 0 {
			most = v
		}
	}
	return most
}

// pair bounds the outputs of a network with one layer of neurons in pairs of them, and answers
// --at-most where that is enough, unless the proof of a walk is wanted; and --pairs.
func (c *diffCmd) pair(ctx context.Context, n *network.Network, b ball.Ball) error {
	var why error // there is no sum
	var err error
	c.pairs.bound, err = within(ctx, func() (*ridge.Bound, error) {
		s, err := ridge.Of(ctx, n)
		if err != nil {
			why = err
			return nil, context.Cause(ctx) // nil where the network is another one
		}
		return s.Bound(ctx, b)
	})
	if err != nil {
		return err
	}
	most := c.pairs.most()
	switch {
	case c.pairs.alone && most == nil && why != nil:
		return badInputf("--pairs: %w", why)
	case c.pairs.alone && most == nil:
		return badInputf("--pairs: too many neurons, or a bound beyond the range of float64; expected a smaller difference")
	case c.pairs.alone && c.atMost == nil:
		v := dyadic.UpRat(most)
		if math.IsInf(v, 0) {
			return badInputf("--pairs: the bound is beyond the range of float64, expected a smaller ball")
		}
		c.atMost = new(big.Rat).SetFloat64(v)
		c.asked = c.atMost
	case c.pairs.alone && most.Cmp(c.atMost) > 0:
		fmt.Fprintf(c.errors, "relucell: undecided: by their neurons in pairs the networks are at most %v apart; without --pairs their regions are searched\n", dyadic.UpRat(most))
		return errStopped
	case most == nil || c.atMost == nil || most.Cmp(c.atMost) > 0 || c.proof != "" && !c.pairs.alone:
		return nil
	}
	c.pairs.answer = true
	for range c.pairs.bound.Most {
		c.ends = append(c.ends, ends{extremum.Extreme{Upper: c.atMost}, extremum.Extreme{Lower: new(big.Rat).Neg(c.atMost)}})
	}
	return nil
}

// provePairs writes the difference and the proof that it is nowhere larger, and has that checked.
func (p *property) provePairs(ctx context.Context, n *network.Network, b ball.Ball, v *big.Rat, pairs [][][2]int) error {
	atMost, exact := dyadic.FromRat(v)
	if !exact {
		panic("relucell: a bound in pairs that is no float64")
	}
	if err := proof.WritePairs(p.Proof, proof.HeaderOf(n, b), atMost, pairs); err != nil {
		return err
	}
	text := n.Canonical()
	if err := files.WriteBytes(p.Net, text); err != nil {
		return err
	}
	if _, err := pairsproof.Check(ctx, text, p.Proof); err != nil {
		return fmt.Errorf("the bound and its proof disagree: %w", err)
	}
	p.AtMost = &atMost
	return nil
}
