// How cost grows: one family of networks, one of its measures varied at a time, some seeds
// each.

package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// scalingRow is one count of a study.
type scalingRow struct {
	// Study is what varies: inputs, width, depth or radius; X its value.
	Study     string  `json:"study"`
	X         float64 `json:"x"`
	Norm      string  `json:"norm"`
	Seed      uint64  `json:"seed"`
	Regions   int64   `json:"regions"`
	Seconds   float64 `json:"seconds"`
	Passes    float64 `json:"passes"`
	Questions float64 `json:"questions"`
	Pivots    float64 `json:"pivots"`
}

// study varies one measure of a network or ball.
type study struct {
	name   string
	xs     []float64
	widths func(x float64) []int
	radius func(x float64) float64
}

// studies returns the four, around 3-16-16-2 or so in the unit ball.
func studies() []study {
	one := func(float64) float64 { return 1 }
	repeat := func(inputs, width, layers int) []int {
		w := []int{inputs}
		for range layers {
			w = append(w, width)
		}
		return append(w, 2)
	}
	return []study{
		{"inputs", []float64{1, 2, 3, 4, 5, 6, 7, 8}, func(x float64) []int { return repeat(int(x), 12, 2) }, one},
		{"width", []float64{4, 8, 16, 32, 64}, func(x float64) []int { return repeat(3, int(x), 2) }, one},
		{"depth", []float64{1, 2, 3, 4, 5, 6, 7, 8}, func(x float64) []int { return repeat(3, 16, int(x)) }, one},
		{"radius", []float64{-5, -4, -3, -2, -1, 0, 1, 2, 3, 4}, func(float64) []int { return []int{4, 16, 16, 2} }, math.Exp2},
	}
}

// Each point of a study is the mean of some networks, counted in three norms.
const scalingSeeds = 3

var scalingNorms = []ball.Norm{ball.LInf, ball.L2, ball.L1}

// generic draws a network in which no layer lacks biases, as a few that he draws do: boundaries
// that all meet are another kind of network.
func generic(seed uint64, widths []int) *network.Network {
	for ; ; seed += scalingSeeds {
		n := he(seed, widths...)
		if !slices.ContainsFunc(n.Layers(), func(l network.Layer) bool { return slices.Contains(l.B, 0) }) {
			return n
		}
	}
}

// measureScaling counts the studies with one worker.
func measureScaling(ctx context.Context, opt options) ([]scalingRow, error) {
	var all []*timed
	var rows []scalingRow
	for _, s := range studies() {
		for _, x := range s.xs {
			for seed := uint64(1); seed <= scalingSeeds; seed++ {
				n := generic(seed, s.widths(x))
				for _, norm := range scalingNorms {
					j, err := newJob(n, fmt.Sprintf("%s %v, seed %d", s.name, x, seed), spot{norm, 0, s.radius(x)})
					if err != nil {
						return nil, err
					}
					all = append(all, &timed{job: j, workers: 1})
					rows = append(rows, scalingRow{Study: s.name, X: x, Norm: norm.String(), Seed: seed})
				}
			}
		}
	}
	if opt.quick {
		all, rows = all[:scalingSeeds*len(scalingNorms)], rows[:scalingSeeds*len(scalingNorms)]
	}
	if err := inTurns(ctx, all, opt); err != nil {
		return nil, err
	}
	for i, t := range all {
		r := t.row()
		rows[i].Regions, rows[i].Seconds, rows[i].Passes = r.Regions, r.Seconds, r.Passes
		rows[i].Questions, rows[i].Pivots = r.Questions, r.Pivots
	}
	return rows, nil
}
