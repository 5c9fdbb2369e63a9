package safety

// The search for a counterexample by points: random starts, gradients, climbing. All in floats; a
// point that looks like one is evaluated exactly.

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

const (
	// starts × steps is the first attack on each disjunct. A step is slower times the one before:
	// half as many starts of twice as many steps end lower where inputs are many.
	starts, steps, slower = 10, 50, 0.92
	// tries is the number of random points of the first round of climbing, and more how many times
	// as many the next one has; one in climbersShare of the points climbs, at most climbers, the
	// best ones, climbs steps each.
	tries, more, climbersShare, climbers, climbs = 2000, 3, 200, 60, 250
	// A climb's steps are firstReach of the box at first, longer times as long after a success and
	// shorter times after a failure: they shrink where less than one in four or five succeeds. At
	// leastReach, far below the spacing of float32 in the box, it gives up.
	firstReach, longer, shorter, leastReach = 0.1, 1.3, 0.93, 1e-9
	// ends is the chance of a coordinate of a random point to be at an end of its interval: where
	// conditions are violated at all, they often are at the border.
	ends = 0.4
	// nearly is how far above 0 a condition may be in floats for a point to be evaluated exactly,
	// as a share of the sizes of its terms.
	nearly = 0x1p-48
	// nearTries is the number of such points that are evaluated.
	nearTries = 100
)

// walker evaluates points in floats.
type walker struct {
	*subject
	x, step []float64
	columns [][]row     // the weights of each layer, column by column
	values  [][]float64 // of each layer
	slopes  [][]float64 // of each unit at the point
	grad    [2][]float64
	near    int
}

func newWalker(s *subject) *walker {
	w := &walker{subject: s, x: make([]float64, s.inputs), step: make([]float64, s.inputs)}
	wide := s.inputs
	for i := range s.layers {
		y := &s.layers[i]
		w.values = append(w.values, make([]float64, y.out))
		w.slopes = append(w.slopes, make([]float64, y.out))
		w.columns = append(w.columns, columnsOf(s.net.Layers()[i]))
		wide = max(wide, y.out)
	}
	w.grad = [2][]float64{make([]float64, wide), make([]float64, wide)}
	return w
}

// forward evaluates the network.
func (w *walker) forward(x []float64) []float64 {
	for i := range w.layers {
		y := &w.layers[i]
		z := w.enter(i, x)
		for j, v := range z {
			m := 1.0
			if v < 0 {
				m = y.below[j]
			}
			z[j], w.slopes[i][j] = m*v, m
		}
		x = z
	}
	return x
}

// enter makes the pre-activations of layer i from what enters it.
func (w *walker) enter(i int, x []float64) []float64 {
	z := w.values[i]
	copy(z, w.layers[i].b)
	for k, v := range x {
		if v != 0 { // half of the values behind a ReLU are 0
			w.columns[i][k].addTo(z, v)
		}
	}
	return z
}

// worst returns the largest value of a disjunct's conditions at a point, and which that is.
func (w *walker) worst(d int32, x []float64) (value float64, at int) {
	y := w.forward(x)
	value, at = math.Inf(-1), -1
	for i := range w.conditions[d] {
		if v := w.conditions[d][i].value(x, y); at < 0 || v > value || math.IsNaN(v) {
			value, at = v, i
		}
	}
	return value, at
}

// try evaluates a point, exactly where it looks like a counterexample.
func (w *walker) try(d int32, x []float64) *Witness {
	v, at := w.worst(d, x)
	return w.judge(d, x, v, at)
}

func (w *walker) judge(d int32, x []float64, v float64, at int) *Witness {
	if at >= 0 && !(v <= 0) {
		c := &w.conditions[d][at]
		size := math.Abs(c.offset)
		for k, e := range c.y {
			size += math.Abs(e * w.values[len(w.values)-1][k])
		}
		for k, e := range c.x {
			size += math.Abs(e * x[k])
		}
		if !(v <= nearly*size) || w.near >= nearTries {
			return nil
		}
		w.near++
	}
	return w.confirm(int(d), x)
}

// gradient returns the gradient of a condition at the point that was evaluated last.
func (w *walker) gradient(c *condition) []float64 {
	g, h := w.grad[0], w.grad[1]
	copy(g, c.y)
	for i := len(w.layers) - 1; i >= 0; i-- {
		y := &w.layers[i]
		clear(h[:y.in])
		for j := range y.out {
			if v := g[j] * w.slopes[i][j]; v != 0 {
				y.w[j].addTo(h, v)
			}
		}
		g, h = h, g
	}
	for k, v := range c.x {
		g[k] += v
	}
	return g[:w.inputs]
}

// descend goes down by signed gradients from x, which it changes, within a box.
func (w *walker) descend(d int32, x, lo, hi []float64, steps int) *Witness {
	rate := 0.25
	for range steps {
		if w.ctx.Err() != nil {
			return nil
		}
		v, at := w.worst(d, x)
		if found := w.judge(d, x, v, at); found != nil || at < 0 {
			return found
		}
		for k, g := range w.gradient(&w.conditions[d][at]) {
			switch {
			case g > 0:
				x[k] = max(x[k]-rate*(hi[k]-lo[k]), lo[k])
			case g < 0:
				x[k] = min(x[k]+rate*(hi[k]-lo[k]), hi[k])
			}
		}
		rate *= slower
	}
	return w.try(d, x)
}

// attack makes the first attack on a disjunct.
func (w *walker) attack(d int32, lo, hi []float64, rng *rand.Rand) *Witness {
	for range starts {
		random(rng, w.x, lo, hi)
		if found := w.descend(d, w.x, lo, hi, steps); found != nil {
			return found
		}
	}
	return nil
}

// random draws a point of a box, every other one with coordinates at the ends.
func random(rng *rand.Rand, x, lo, hi []float64) {
	border := rng.IntN(2) == 0
	for k := range x {
		switch v := rng.Float64(); {
		case border && v < ends/2:
			x[k] = lo[k]
		case border && v < ends:
			x[k] = hi[k]
		default:
			x[k] = min(max(lo[k]+rng.Float64()*(hi[k]-lo[k]), lo[k]), hi[k])
		}
	}
}

// spot is a point with its value.
type spot struct {
	x []float64
	v float64
}

// round tries random points, and climbs down from the best of them.
func (w *walker) round(d int32, lo, hi []float64, points int, rng *rand.Rand) *Witness {
	var best []spot
	keep, limit := min(climbers, points/climbersShare), math.Inf(1)
	for i := range points {
		if i%64 == 0 && w.ctx.Err() != nil {
			return nil
		}
		random(rng, w.x, lo, hi)
		v, at := w.worst(d, w.x)
		if !(v >= limit) {
			if found := w.judge(d, w.x, v, at); found != nil {
				return found
			}
			best = append(best, spot{slices.Clone(w.x), v})
			if len(best) >= 2*keep {
				slices.SortFunc(best, func(a, b spot) int { return cmp.Compare(a.v, b.v) })
				best = best[:keep]
				limit = best[keep-1].v
			}
		}
	}
	slices.SortFunc(best, func(a, b spot) int { return cmp.Compare(a.v, b.v) })
	for _, s := range best[:min(keep, len(best))] {
		if found := w.climb(d, s, lo, hi, rng); found != nil {
			return found
		}
	}
	return nil
}

// downhill sets the step against the gradient of the worst condition at x, with its longest part as
// long as the box, and reports whether there is such a condition.
func (w *walker) downhill(d int32, x, lo, hi []float64) bool {
	_, at := w.worst(d, x)
	if at < 0 {
		return false
	}
	g := w.gradient(&w.conditions[d][at])
	size := 0.0
	for k, v := range g {
		size = max(size, math.Abs(v)*(hi[k]-lo[k]))
	}
	for k, v := range g {
		w.step[k] = 0
		if size > 0 {
			w.step[k] = -v * (hi[k] - lo[k]) / size
		}
	}
	return true
}

// climb goes down from a spot by steps along the gradient and at random, longer after a success and
// shorter after a failure.
func (w *walker) climb(d int32, s spot, lo, hi []float64, rng *rand.Rand) *Witness {
	reach := firstReach
	for i := range climbs {
		if w.ctx.Err() != nil {
			return nil
		}
		if i%2 == 1 {
			for k := range w.step {
				w.step[k] = rng.NormFloat64()
			}
		} else if !w.downhill(d, s.x, lo, hi) {
			return nil
		}
		for k := range w.x {
			w.x[k] = min(max(s.x[k]+reach*w.step[k]*(hi[k]-lo[k]), lo[k]), hi[k])
		}
		v, at := w.worst(d, w.x)
		if v < s.v {
			if found := w.judge(d, w.x, v, at); found != nil {
				return found
			}
			copy(s.x, w.x)
			s.v, reach = v, min(reach*longer, 1)
		} else if reach *= shorter; reach < leastReach {
			return nil
		}
	}
	return nil
}
