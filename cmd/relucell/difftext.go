package main

// What diff says to people.

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

func (c *diffCmd) text(f *fields, args []string, stamp string, n *network.Network, b ball.Ball, took time.Duration) {
	f.stamped(filepath.Base(args[0])+" − "+filepath.Base(args[1]), n, stamp)
	f.ball(b)
	for i, e := range c.ends {
		d := e.distance()
		switch {
		case d.Lower == nil: // a question about V has no extremes to tell
			continue
		case n.Outputs() > 1:
			f.line("Output", "y%d", i)
		}
		if c.abs || d.Upper == nil {
			f.extreme("Apart", &d, false)
		} else {
			f.extreme("Largest", &e.top, false)
			f.extreme("Smallest", &e.low, true)
		}
	}
	f.line("Verdict", "%s", c.verdict())
	if c.pairs.answer {
		f.line("", "by their neurons in pairs, in fractions: at most %v", dyadic.UpRat(c.pairs.most()))
	}
	if p := c.property; p != nil && (len(p.Neurons) > 0 || p.AtMost != nil) {
		p.text(f)
	}
	f.line("Time", "%v", rounded(took))
}

// verdict is the answer in a few words.
func (c *diffCmd) verdict() string {
	far := farthest(c.ends)
	switch {
	case far.Upper == nil:
		return "more than " + short(c.atMost) + " apart"
	case far.Upper.Sign() == 0:
		return "equal on the ball"
	case c.atMost != nil:
		return "at most " + short(c.asked) + " apart on the ball"
	case far.Exact():
		return short(far.Upper) + " apart on the ball"
	}
	return "at most " + fmt.Sprint(dyadic.UpRat(far.Upper)) + " apart on the ball"
}
