package safety

// What floats refute at a node: the least value of each condition on it, and mixtures of the
// conditions of a disjunct, found by exponentiated gradients.

import "math"

// refuter holds the conditions of one node's disjuncts, brought back to its box.
type refuter struct {
	zone  *zone
	least []float64 // of each condition
	form  [][]float64
	start []int // in least and form, of each disjunct
}

// evaluate brings all conditions back, and keeps the forms and lower bounds.
func (f *refuter) evaluate(n *node) {
	b := &f.zone.back
	b.conditions(n.disjunct)
	f.least, f.form, f.start = f.least[:0], f.form[:0], f.start[:0]
	r := 0
	for _, d := range n.disjunct {
		f.start = append(f.start, r)
		for range f.zone.conditions[d] {
			f.least = append(f.least, b.least(r))
			f.form = append(f.form, append(append([]float64(nil), b.row(r)...), b.c[r]))
			r++
		}
	}
	f.start = append(f.start, r)
	r = 0
	for _, d := range n.disjunct {
		for i := range f.zone.conditions[d] {
			f.least[r] = larger(f.least[r], b.zoneLeast(&f.zone.conditions[d][i]))
			r++
		}
	}
}

// larger is the larger of two bounds, of which an undefined one says nothing.
func larger(a, b float64) float64 {
	if b > a || math.IsNaN(a) {
		return b
	}
	return a
}

// refuted returns the condition of a disjunct with the largest lower bound, and that bound: above 0
// if the disjunct is refuted, if only by a mixture, which it returns.
func (f *refuter) refuted(i int, d int32) (at int, top float64, by *mixture) {
	at, top = -1, math.Inf(-1)
	for r := f.start[i]; r < f.start[i+1]; r++ {
		if at < 0 || f.least[r] > top {
			at, top = r, f.least[r]
		}
	}
	if top > 0 || f.start[i+1]-f.start[i] < 2 {
		return at, top, nil
	}
	mu, v := f.mix(f.start[i], f.start[i+1])
	if v > 0 {
		if by = (&mixture{mu: mu}); f.zone.back.refutes(d, by) {
			return at, v, by
		}
	}
	return at, min(top, 0), nil
}

// mix looks for the mixture of the forms from a to b that has the largest minimum on the box, by
// steps of exponentiated gradients. It is a proposal.
func (f *refuter) mix(a, b int) (best []float64, value float64) {
	const steps = 40
	k, z := b-a, f.zone
	mu, slope := make([]float64, k), make([]float64, k)
	for i := range mu {
		mu[i] = 1 / float64(k)
	}
	value = math.Inf(-1)
	for s := range steps {
		v, size := 0.0, 0.0
		clear(slope)
		for j := range z.inputs {
			c := 0.0
			for i := range mu {
				c += mu[i] * f.form[a+i][j]
			}
			x := z.lo[j]
			if c < 0 {
				x = z.hi[j]
			}
			for i := range slope {
				slope[i] += f.form[a+i][j] * x
			}
		}
		for i := range slope {
			slope[i] += f.form[a+i][z.inputs]
			v += mu[i] * slope[i]
			size = max(size, math.Abs(slope[i]))
		}
		if v > value {
			best, value = append(best[:0], mu...), v
		}
		if v > 0 || size == 0 {
			break
		}
		total, rate := 0.0, 2/math.Sqrt(float64(s+1))
		for i := range mu {
			mu[i] *= math.Exp(rate * slope[i] / size)
			total += mu[i]
		}
		for i := range mu {
			mu[i] /= total
		}
	}
	return best, value
}
