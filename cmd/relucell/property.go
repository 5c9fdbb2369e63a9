package main

// The proof of a range: that of the count of the network with a neuron behind it for each bound.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// property is a proof of bounds, and what it says.
type property struct {
	Proof   string    `json:"proof"`
	Net     string    `json:"net"`
	Neurons []int     `json:"never_on,omitempty"`
	Bounds  []float64 `json:"bounds,omitempty"`  // the form is at most this, or at least this
	AtMost  *float64  `json:"at_most,omitempty"` // of a proof in pairs: no output is larger in size
	// The form that is bounded next.
	row    []float64
	offset *big.Rat
	// The neurons that say so.
	rows   [][]float64
	limits []float64
}

// newProperty checks the names of the files, before anything is read: they may be none of the
// networks'.
func newProperty(file string, nets ...string) (*property, error) {
	p := &property{Proof: file, Net: file + ".json"}
	for _, name := range []string{p.Proof, p.Net} {
		if err := writable("proof", name, nets...); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// about takes the form that is bounded next. Floats must hold it: the network's weights are
// float64.
func (p *property) about(f extremum.Form) error {
	p.row, p.offset = nil, f.Offset
	for i, c := range f.C {
		v, exact := dyadic.FromRat(c)
		if !exact {
			return badInputf("--proof: the coefficient %s of y%d is no float64, expected one such as 0.5, as it becomes a weight: ask for a multiple of the form", c.RatString(), i)
		}
		p.row = append(p.row, v)
	}
	return nil
}

// bound claims that the form is at most v, or for the sign −1 at least v: for a float beyond v,
// where v is none.
func (p *property) bound(n *network.Network, v *big.Rat, sign int) error {
	s := big.NewRat(int64(sign), 1)
	m := dyadic.UpRat(s.Mul(s, new(big.Rat).Sub(v, p.offset)))
	if math.IsInf(m, 0) {
		return errors.New("--proof: the bound is beyond the range of float64, expected one that can be a bias")
	}
	row := each(p.row, func(c float64) float64 { return float64(sign) * c })
	p.rows, p.limits = append(p.rows, row), append(p.limits, m)
	p.Neurons = append(p.Neurons, n.Neurons()+len(p.Neurons))
	whole := new(big.Rat).SetFloat64(float64(sign) * m)
	if whole.Add(whole, p.offset); sign < 0 {
		p.Bounds = append(p.Bounds, dyadic.DownRat(whole))
	} else {
		p.Bounds = append(p.Bounds, dyadic.UpRat(whole))
	}
	return nil
}

// prove writes the network and the proof, and has the proof checked.
func (p *property) prove(ctx context.Context, n *network.Network, b ball.Ball) error {
	q, err := network.Property(n, p.rows, p.limits)
	if err != nil {
		return err
	}
	return proveNeverOn(ctx, q, b, p.Proof, p.Net, p.Neurons)
}

// proveNeverOn writes a network and the proof of its count, and has it checked that the proof shows
// the neurons to be on nowhere.
func proveNeverOn(ctx context.Context, n *network.Network, b ball.Ball, file, net string, neurons []int) error {
	text, r, err := proveCount(ctx, n, b, file, certificate.Options{})
	if text != nil {
		if err := files.WriteBytes(net, text); err != nil {
			return err
		}
	}
	for _, j := range neurons {
		if err == nil && !r.NeverOn(j) {
			err = fmt.Errorf("neuron %d of %s is on somewhere: the search and its proof disagree", j, net)
		}
	}
	return err
}

// proveCount writes the proof of the count of a network, and has it checked; text is that of the
// network, nil where there is no proof.
func proveCount(ctx context.Context, n *network.Network, b ball.Ball, file string, opt certificate.Options) (text []byte, r *certificate.Report, err error) {
	res, err := proof.Prove(ctx, n, b, file, enumerate.Options{})
	if err == nil && !res.Exact {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, nil, err
	}
	text = n.Canonical()
	r, err = certificate.CheckContext(ctx, text, file, opt)
	return text, r, err
}

// text says what is proved and how to check it.
func (p *property) text(f *fields) {
	if p.AtMost != nil {
		f.line("Proof", "%s, verified: the difference is at most %v in size", p.Proof, *p.AtMost)
		f.line("", "relucell check %s %s", p.Net, p.Proof)
		return
	}
	f.line("Proof", "%s, verified: %s on nowhere", p.Proof, neuronsAre(p.Neurons))
	f.neverOn(p.Net, p.Proof, p.Neurons)
}
