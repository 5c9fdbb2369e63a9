// The fixed set: networks of its own, named by widths and drawn from fixed seeds, and public
// ones where they are at hand. Changing an entry changes what numbers mean: add, never edit.

package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

// spot is a ball with all coordinates of the centre equal.
type spot struct {
	norm           ball.Norm
	center, radius float64
}

// entry is a network of the set and the balls to count it in.
type entry struct {
	name  string
	make  func() *network.Network // nil: the file name in the folder of public networks
	spots []spot
	// quick entries make up the quick set; those with twins are also walked the plain way; large
	// ones take minutes and are left out unless asked for.
	quick, twins, large bool
}

// spots returns the balls of one radius about 0.
func spots(radius float64, norms ...ball.Norm) []spot {
	var s []spot
	for _, norm := range norms {
		s = append(s, spot{norm, 0, radius})
	}
	return s
}

// drawn returns an entry of the set's own, whose name is the seed and the widths.
func drawn(seed uint64, widths string, s []spot) entry {
	return entry{name: widths, make: func() *network.Network { return he(seed, parseWidths(widths)...) }, spots: s}
}

func quick(e entry) entry { e.quick = true; return e }
func twins(e entry) entry { e.twins = true; return e }

// set returns the fixed set.
func set() []entry {
	all := []ball.Norm{ball.LInf, ball.L2, ball.L1}
	two := all[:2]
	return []entry{
		quick(drawn(21, "2-16-16-2", spots(1, all...))),
		drawn(12, "2-64-64-1", append(spots(1, all...), spots(16, two...)...)),
		quick(twins(drawn(13, "3-16-16-2", spots(1, all...)))),
		twins(drawn(4, "4-16-16-2", spots(1, all...))),
		drawn(15, "5-10-10-10-2", spots(1, all...)),
		drawn(6, "10-16-1", spots(1, all...)),
		drawn(7, "64-32-32-2", []spot{{ball.LInf, 0, 0.02}, {ball.LInf, 0, 1.0 / 32}, {ball.L2, 0, 0.125}, {ball.L1, 0, 0.5}}),
		drawn(8, "784-64-64-10", []spot{{ball.LInf, 0, 1.0 / 512}, {ball.LInf, 0, 0.0026}, {ball.L2, 0, 1.0 / 32}, {ball.L2, 0, 1.0 / 16}, {ball.L1, 0, 0.5}}),
		{name: "resonance-5", make: func() *network.Network { return gen.Resonance(5) }, spots: spots(1, all...)},
		{name: "resonance-6", make: func() *network.Network { return gen.Resonance(6) }, spots: spots(1, ball.LInf)},
		{name: "threshold-5", make: func() *network.Network { return gen.Threshold(5) }, spots: spots(1, two...)},
		{name: "threshold-6", make: func() *network.Network { return gen.Threshold(6) }, spots: spots(1, ball.LInf), large: true},
		{name: "random/he_2-64-64-1_s4.onnx", spots: append(spots(1, all...), spots(16, two...)...)},
		{name: "random/he_2-16-16-16-2_s2.onnx", spots: append(spots(1, two...), spots(16, two...)...)},
		twins(entry{name: "random/he_3-16-16-2_s5.onnx", spots: spots(1, all...)}),
		twins(entry{name: "random/he_4-16-16-2_s7.onnx", spots: spots(1, all...)}),
		{name: "random/he_5-10-10-10-2_s9.onnx", spots: spots(1, all...)},
		{name: "random/he_10-16-1_s13.onnx", spots: spots(1, all...)},
		{name: "ACASXU_run2a_1_1_batch_2000.onnx", spots: append(spots(0.05, all...), spots(0.025, two...)...)},
		{name: "ACASXU_run2a_3_3_batch_2000.onnx", spots: append(spots(0.025, two...), spots(0.05, ball.LInf)...)},
		{name: "cartpole.onnx", spots: spots(0.25, two...)},
		{name: "vdp.onnx", spots: spots(1, two...)},
		{name: "tll_2_8_0.onnx", spots: spots(2, two...)},
		{name: "lindex.onnx", spots: []spot{{ball.LInf, 0.5, 0.5}}},
	}
}

// he draws a network of the given widths, inputs and outputs among them, with float32 weights
// from N(0, 2/fan-in) and biases from N(0, 1/4), ReLU after all layers but the last.
func he(seed uint64, widths ...int) *network.Network {
	drawn := gen.Random(gen.NewRand(seed), gen.RandomOptions{
		Inputs: widths[0], Widths: widths[1:], Law: gen.He, Precision: gen.Float32, OnlyReLU: true, NoAffine: true})
	// Random adds an output layer of its own; ours is the last of widths.
	layers := append([]network.Layer(nil), drawn.Layers()[:len(widths)-1]...)
	layers[len(layers)-1].Act = network.None
	n, err := network.New(layers)
	if err != nil {
		panic("bench: " + err.Error())
	}
	return n
}

func parseWidths(s string) []int {
	var w []int
	for _, field := range strings.Split(s, "-") {
		n, err := strconv.Atoi(field)
		if err != nil {
			panic("bench: widths " + s)
		}
		w = append(w, n)
	}
	return w
}

// job is one network in one ball.
type job struct {
	net   *network.Network
	name  string // of the network
	where string // the ball
	ball  ball.Ball
	twins bool
}

// newJob fills in the ball.
func newJob(n *network.Network, name string, s spot) (job, error) {
	b, err := ball.New(s.norm, slices.Repeat([]float64{s.center}, n.Inputs()), s.radius)
	if err != nil {
		return job{}, fmt.Errorf("%s: %w", name, err)
	}
	where := fmt.Sprintf("%v %v", s.norm, decimal(s.radius))
	if s.center != 0 {
		where += fmt.Sprintf(" at %v", decimal(s.center))
	}
	return job{net: n, name: name, where: where, ball: b}, nil
}

// decimal writes powers of two below a tenth as such.
func decimal(v float64) string {
	if f, e := math.Frexp(v); f == 0.5 && v < 0.1 {
		return fmt.Sprintf("2^%d", e-1)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// chosen returns the jobs that the options ask for, and the public networks that are not at hand.
func chosen(opt options) (jobs []job, skipped []string, err error) {
	for _, e := range set() {
		if opt.quick && !e.quick || e.large && !opt.large {
			continue
		}
		var net *network.Network
		name := strings.TrimSuffix(filepath.Base(e.name), ".onnx")
		for _, s := range e.spots {
			label := fmt.Sprintf("%s %v", name, s.norm)
			if !opt.run.MatchString(label) {
				continue
			}
			if net == nil {
				net, err = e.open(opt.nets)
				if os.IsNotExist(err) {
					skipped = append(skipped, e.name)
					break
				}
				if err != nil {
					return nil, nil, err
				}
			}
			j, err := newJob(net, name, s)
			if err != nil {
				return nil, nil, err
			}
			j.twins = e.twins && s.norm == ball.LInf
			jobs = append(jobs, j)
		}
	}
	return jobs, skipped, nil
}

// open draws or reads the network.
func (e entry) open(folder string) (*network.Network, error) {
	if e.make != nil {
		return e.make(), nil
	}
	path := filepath.Join(folder, filepath.FromSlash(e.name))
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	n, _, err := load.Read(path, load.Options{})
	return n, err
}
