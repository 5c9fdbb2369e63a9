// The yardstick: one plain forward pass. A certified region needs a point evaluated in the
// network, so time per region in forward passes says on any machine how near to that a walk is.

package main

import (
	"math"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/relucell/relucell/network"
)

// stage is a layer of the plain pass, with room for its output.
type stage struct {
	w    blas64.General
	b, z blas64.Vector
	relu bool
}

// plainPass returns the pass on one fixed point: per layer a copy of the bias, one Gemv, and a ReLU
// in place. It allocates nothing and returns the output, which the next call overwrites. Leaky
// units are passed as ReLU, which costs the same.
func plainPass(n *network.Network) func() []float64 {
	var stages []stage
	for _, l := range n.Layers() {
		stages = append(stages, stage{l.Dense().RawMatrix(), blas64.Vector{N: len(l.B), Inc: 1, Data: l.B},
			blas64.Vector{N: len(l.B), Inc: 1, Data: make([]float64, len(l.B))}, l.Act != network.None})
	}
	x := blas64.Vector{N: n.Inputs(), Inc: 1, Data: passPoint(n.Inputs())}
	return func() []float64 {
		a := x
		for _, s := range stages {
			copy(s.z.Data, s.b.Data)
			blas64.Gemv(blas.NoTrans, 1, s.w, a, 1, s.z)
			if s.relu {
				for i, v := range s.z.Data {
					s.z.Data[i] = max(v, 0)
				}
			}
			a = s.z
		}
		return a.Data
	}
}

// passPoint returns the point of the pass: 0.1, 0.2, …
func passPoint(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 0.1 * float64(i+1)
	}
	return x
}

// A sample of the pass lasts long enough for the clock; the best of some is taken.
const (
	passSample  = 2 * time.Millisecond
	passSamples = 10
)

// forwardTime returns the time of one pass.
func forwardTime(n *network.Network) time.Duration {
	pass := plainPass(n)
	best := math.Inf(1)
	for range passSamples {
		passes, start := 0, time.Now()
		for time.Since(start) < passSample {
			for range 16 {
				pass()
			}
			passes += 16
		}
		best = min(best, time.Since(start).Seconds()/float64(passes))
	}
	return time.Duration(best * float64(time.Second))
}
