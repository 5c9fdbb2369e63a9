// Directions at degenerate vertices, where more constraints hold than there are dimensions: least
// squares with multipliers that are not negative (Lawson and Hanson, "Solving Least Squares
// Problems", 1974, chapter 23).

package vertices

import (
	"math"
	"math/bits"
)

const (
	// fitSteps bounds the steps of a fit, each of which takes a constraint in.
	fitSteps = 4 * MaxInputs
	// fitGone is how small a residual, or what a normal has of it, must be beside what is fitted to
	// be taken for none. It steers a proposal only.
	fitGone = 1.0 / (1 << 36)
)

// fit is the scratch of a fit.
type fit struct {
	bits    []uint // of the constraints
	normals []Point
	lambda  []float64
	in      []int // those that are taken in
}

// fitCone is Express at any vertex, over the given constraints.
func (c *Evidence) fitCone(on uint64, g *Point, out *Cone) bool {
	f := &out.fit
	f.bits, f.normals, f.lambda, f.in = f.bits[:0], f.normals[:0], f.lambda[:0], f.in[:0]
	for rest := on; rest != 0; rest &= rest - 1 {
		b := uint(bits.TrailingZeros64(rest))
		f.bits, f.normals, f.lambda = append(f.bits, b), append(f.normals, c.inward(c.Facets[b])), append(f.lambda, 0)
	}
	var target Point
	for k := range c.N {
		target[k] = -g[k]
	}
	if !f.run(&target, &out.system) {
		return false
	}
	out.IDs, out.Lambda = out.IDs[:0], out.Lambda[:0]
	for i, l := range f.lambda {
		if p := c.Facets[f.bits[i]]; l > 0 && p >= 0 {
			out.IDs, out.Lambda = append(out.IDs, c.known[p].ID), append(out.Lambda, l)
		}
	}
	return true
}

// run fits the target, and says whether it was reached.
func (f *fit) run(target *Point, system *[MaxInputs][MaxInputs + 1]float64) bool {
	size := math.Sqrt(dot(target, target))
	if size == 0 {
		return true
	}
	for range fitSteps {
		r := *target
		for _, i := range f.in {
			for k := range r {
				r[k] -= f.lambda[i] * f.normals[i][k]
			}
		}
		if math.Sqrt(dot(&r, &r)) <= fitGone*size {
			return true
		}
		best, most := -1, fitGone*size
		for i := range f.normals {
			n := &f.normals[i]
			if t := dot(&r, n) / math.Sqrt(dot(n, n)); f.lambda[i] == 0 && t > most {
				best, most = i, t
			}
		}
		if best < 0 || len(f.in) == MaxInputs {
			return false
		}
		f.in = append(f.in, best)
		if !f.descend(target, system) {
			return false
		}
	}
	return false
}

// descend goes to the least squares over the constraints taken in, leaving out those that would
// become negative.
func (f *fit) descend(target *Point, system *[MaxInputs][MaxInputs + 1]float64) bool {
	for len(f.in) > 0 {
		m := len(f.in)
		for r, i := range f.in {
			for q, j := range f.in {
				system[r][q] = dot(&f.normals[i], &f.normals[j])
			}
			system[r][m] = dot(&f.normals[i], target)
		}
		if !eliminated(system, m) {
			return false
		}
		step := 1.0
		for r, i := range f.in {
			if t := system[r][m]; t <= 0 {
				step = min(step, f.lambda[i]/(f.lambda[i]-t))
			}
		}
		kept := f.in[:0]
		for r, i := range f.in {
			t := system[r][m]
			l := f.lambda[i] + step*(t-f.lambda[i])
			if f.lambda[i] = 0; step == 1 || t > 0 || l > fitGone {
				f.lambda[i] = max(l, 0)
			}
			if f.lambda[i] > 0 {
				kept = append(kept, i)
			}
		}
		f.in = kept
		if step == 1 {
			return true
		}
	}
	return true
}
