package main

// diff of networks with one layer of neurons that are nearly equal: a bound by their neurons in pairs,
// where the regions of the difference are slivers without number.

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/ridge"
)

// pairBounds are bounds of the sizes of the outputs, neuron by neuron.
type pairBounds struct {
	most   []*big.Rat // nil where there are none
	answer bool       // they have answered the question
}

// pair bounds the outputs of a network with one layer of neurons in pairs of them, and answers
// --at-most where that is enough. A proof wants the walk.
func (c *diffCmd) pair(ctx context.Context, n *network.Network, b ball.Ball) error {
	var err error
	c.pairs.most, err = within(ctx, func() ([]*big.Rat, error) {
		s, err := ridge.Of(ctx, n)
		if err != nil {
			return nil, context.Cause(ctx) // nil where the network is another one
		}
		return s.Most(ctx, b)
	})
	if err != nil || c.pairs.most == nil || c.atMost == nil || c.proof != "" {
		return err
	}
	for _, v := range c.pairs.most {
		if v.Cmp(c.atMost) > 0 {
			return nil
		}
	}
	c.pairs.answer = true
	for range c.pairs.most {
		c.ends = append(c.ends, ends{extremum.Extreme{Upper: c.atMost}, extremum.Extreme{Lower: new(big.Rat).Neg(c.atMost)}})
	}
	return nil
}

// largest is the largest of numbers, nil for none.
func largest(list []*big.Rat) (most *big.Rat) {
	for _, v := range list {
		if most == nil || v.Cmp(most) > 0 {
			most = v
		}
	}
	return most
}
