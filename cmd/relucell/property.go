package main

// The proof of a range: that of the count of the network with a neuron behind it for each bound.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"

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
	Neurons []int     `json:"never_on"`
	Bounds  []float64 `json:"bounds"` // the form is at most this, or at least this
	row     []float64
	offset  *big.Rat
}

// newProperty checks the names of the files, before anything is searched, and that floats hold the
// form: the network's weights are float64.
func newProperty(file, path string, f extremum.Form) (*property, error) {
	p := &property{Proof: file, Net: file + ".json", offset: f.Offset}
	for _, name := range []string{p.Proof, p.Net} {
		if files.Same(path, name) {
			return nil, badInputf("--proof: %s is the network itself, expected another file", name)
		}
		if err := files.Check(name); err != nil {
			return nil, badInput(named("proof", err))
		}
	}
	for i, c := range f.C {
		v, exact := dyadic.FromRat(c)
		if !exact {
			return nil, badInputf("--proof: the coefficient %s of y%d is no float64, expected one such as 0.5: it becomes a weight", c.RatString(), i)
		}
		p.row = append(p.row, v)
	}
	return p, nil
}

// prove writes the network and the proof, and has the proof checked.
func (p *property) prove(ctx context.Context, n *network.Network, b ball.Ball, top, low *extremum.Extreme) error {
	var rows [][]float64
	var limits []float64
	add := func(row []float64, bound *big.Rat, sign int) error {
		m := dyadic.UpRat(bound)
		if math.IsInf(m, 0) {
			return errors.New("--proof: the bound is beyond the range of float64, expected one that can be a bias")
		}
		rows, limits = append(rows, row), append(limits, m)
		p.Neurons = append(p.Neurons, n.Neurons()+len(p.Neurons))
		whole := new(big.Rat).SetFloat64(m)
		if whole.Add(whole, new(big.Rat).Mul(big.NewRat(int64(sign), 1), p.offset)); sign < 0 {
			p.Bounds = append(p.Bounds, dyadic.DownRat(whole.Neg(whole)))
		} else {
			p.Bounds = append(p.Bounds, dyadic.UpRat(whole))
		}
		return nil
	}
	if top != nil {
		if err := add(p.row, new(big.Rat).Sub(top.Upper, p.offset), 1); err != nil {
			return err
		}
	}
	if low != nil {
		minus := make([]float64, len(p.row))
		for i, v := range p.row {
			minus[i] = -v
		}
		if err := add(minus, new(big.Rat).Sub(p.offset, low.Lower), -1); err != nil {
			return err
		}
	}
	q, err := network.Property(n, rows, limits)
	if err != nil {
		return err
	}
	return proveNeverOn(ctx, q, b, p.Proof, p.Net, p.Neurons)
}

// proveNeverOn writes a network and the proof of its count, and has it checked that the proof shows
// the neurons to be on nowhere.
func proveNeverOn(ctx context.Context, n *network.Network, b ball.Ball, file, net string, neurons []int) error {
	res, err := proof.Prove(ctx, n, b, file, enumerate.Options{})
	if err == nil && !res.Exact {
		err = context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := n.WriteCanonical(&text); err != nil {
		return err
	}
	if err := files.WriteBytes(net, text.Bytes()); err != nil {
		return err
	}
	r, err := certificate.Check(text.Bytes(), file, certificate.Options{})
	for _, j := range neurons {
		if err == nil && !r.NeverOn(j) {
			err = fmt.Errorf("neuron %d of %s is on somewhere: the search and its proof disagree", j, net)
		}
	}
	return err
}

// text says what is proved and how to check it.
func (p *property) text(f *fields) {
	words := make([]string, len(p.Neurons))
	for i, j := range p.Neurons {
		words[i] = fmt.Sprint(j)
	}
	f.line("Proof", "%s, verified: %s on nowhere", p.Proof, neuronsAre(p.Neurons))
	f.line("", "relucell check %s %s --never-on %s", p.Net, p.Proof, strings.Join(words, ","))
}
