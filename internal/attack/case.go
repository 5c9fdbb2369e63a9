package attack

// The cases: small networks with a ball, and the changes that make their geometry delicate.

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Case is a network and a ball, as numbers that can be changed.
type Case struct {
	layers []layer
	norm   ball.Norm
	center []float64
	radius float64
	// Seed is for what a measure draws.
	Seed uint64
}

// layer has a row of weights and a bias for each unit.
type layer struct {
	w     [][]float64
	b     []float64
	slope float64 // 0: ReLU
}

const (
	// most bounds what a case may grow to: units of a layer that do not keep one sign, and layers.
	mostUnits, mostLayers = 8, 3
	// padding is the number of dead units that are put in at a time: what follows them is looked at
	// later by a walk that takes 64 neurons together.
	padding = 64
)

// newCase draws a case.
func newCase(rng *rand.Rand) *Case {
	n := 1 + rng.IntN(3)
	c := &Case{norm: ball.Norm(rng.IntN(3)), center: make([]float64, n), radius: 1, Seed: rng.Uint64()}
	if rng.IntN(6) == 0 {
		c.radius = largeRadius(rng)
	}
	in := n
	for range 1 + rng.IntN(mostLayers) {
		var l layer
		for range 1 + rng.IntN(5) {
			row := make([]float64, in)
			for k := range row {
				row[k] = rng.NormFloat64()
			}
			l.w, l.b = append(l.w, row), append(l.b, 0.5*rng.NormFloat64())
		}
		if rng.IntN(4) == 0 {
			l.slope = 0.01
		}
		c.layers = append(c.layers, l)
		in = len(l.w)
	}
	return c
}

// largeRadius draws that of a ball that is very large beside what the network is made for.
func largeRadius(rng *rand.Rand) float64 {
	most := 100
	if rng.IntN(2) == 0 {
		most = 1000
	}
	return math.Ldexp(1, 30+rng.IntN(most-30))
}

// newBundle draws a case with a bundle of nearly equal hyperplanes across a thin strip, and
// hyperplanes along the strip that are looked at after those. Where hyperplanes of a bundle meet,
// vertices are known badly, and the strip keeps edges short.
func newBundle(rng *rand.Rand) *Case {
	n := 2 + rng.IntN(2)
	c := &Case{norm: ball.Norm(rng.IntN(3)), center: make([]float64, n), radius: 1, Seed: rng.Uint64()}
	c.layers = []layer{{}}
	across := make([]float64, n)
	for k := range across {
		across[k] = rng.NormFloat64()
	}
	at, width := rng.Float64()-0.5, math.Ldexp(1+rng.Float64(), -2-rng.IntN(12))
	strip := func(share, s float64) {
		row := make([]float64, n)
		row[0] = s
		c.add(0, row, -s*(at+share*width), 0)
	}
	strip(0, 1)
	strip(1, -1)
	apart, bias := math.Ldexp(1, -20-rng.IntN(34)), 0.3*rng.NormFloat64()
	for range 2 + rng.IntN(4) {
		s := 1 - 2*float64(rng.IntN(2))
		row := make([]float64, n)
		for k, v := range across {
			row[k] = s * v
		}
		if rng.IntN(2) == 0 {
			row[rng.IntN(n)] += apart * rng.NormFloat64()
		}
		c.add(0, row, s*bias+apart*rng.NormFloat64(), 0)
	}
	for len(c.layers[0].w) < padding {
		c.add(0, make([]float64, n), -1, 0)
	}
	for range 1 + rng.IntN(3) {
		strip(rng.Float64(), 1-2*float64(rng.IntN(2)))
	}
	return c
}

func (c *Case) clone() *Case {
	d := *c
	d.center = append([]float64(nil), c.center...)
	d.layers = append([]layer(nil), c.layers...)
	for i := range d.layers {
		l := &d.layers[i]
		l.b = append([]float64(nil), l.b...)
		l.w = append([][]float64(nil), l.w...)
		for j := range l.w {
			l.w[j] = append([]float64(nil), l.w[j]...)
		}
	}
	return &d
}

// Build returns the network and the ball, false where the numbers went out of range.
func (c *Case) Build() (*network.Network, ball.Ball, bool) {
	var layers []network.Layer
	for _, l := range c.layers {
		w := mat.NewDense(len(l.w), len(l.w[0]), nil)
		for j, row := range l.w {
			w.SetRow(j, row)
		}
		nl := network.Layer{W: w, B: append([]float64(nil), l.b...), Act: network.ReLU}
		if l.slope != 0 {
			nl.Act, nl.Slope = network.LeakyReLU, l.slope
		}
		layers = append(layers, nl)
	}
	n, err := network.New(layers)
	if err != nil {
		return nil, ball.Ball{}, false
	}
	b, err := ball.New(c.norm, c.center, c.radius)
	return n, b, err == nil
}

// change makes one change.
func (c *Case) change(rng *rand.Rand) {
	l := &c.layers[rng.IntN(len(c.layers))]
	j := l.live(rng)
	switch rng.IntN(14) {
	case 0, 1:
		l.bundle(rng, j)
	case 2:
		l.strip(rng, j)
	case 3, 4, 5:
		l.nudge(rng, j)
	case 6:
		l.through(rng, j)
	case 7:
		l.scale(rng, j)
	case 8:
		l.b[j] = c.anyNumber(rng, l.b[j])
	case 9:
		k := rng.IntN(len(l.w[j]))
		l.w[j][k] = c.anyNumber(rng, l.w[j][k])
	case 10:
		c.grow(rng)
	case 11:
		c.pad(rng)
	case 12:
		c.cancel(rng)
	default:
		c.changeBall(rng)
	}
}

// tune changes one or two numbers a little.
func (c *Case) tune(rng *rand.Rand) {
	for n := 1 + rng.IntN(2); n > 0; n-- {
		l := &c.layers[rng.IntN(len(c.layers))]
		l.nudge(rng, l.live(rng))
	}
}

// live chooses a row, mostly one that is no padding.
func (l *layer) live(rng *rand.Rand) (j int) {
	for range len(l.w) {
		j = rng.IntN(len(l.w))
		for _, w := range l.w[j] {
			if w != 0 {
				return j
			}
		}
	}
	return j
}

// tiny is a power of two from 1 down to 2⁻⁶³, of a random sign, every other time above 2⁻¹².
func tiny(rng *rand.Rand) float64 {
	least := 64
	if rng.IntN(2) == 0 {
		least = 12
	}
	return math.Ldexp(1-2*float64(rng.IntN(2)), -rng.IntN(least))
}

// bundle makes row j nearly another, or its negation.
func (l *layer) bundle(rng *rand.Rand, j int) {
	i := l.live(rng)
	s := 1 - 2*float64(rng.IntN(2))
	for k := range l.w[j] {
		l.w[j][k] = s * l.w[i][k]
	}
	l.b[j] = s * l.b[i]
	if rng.IntN(2) == 0 {
		k := rng.IntN(len(l.w[j]))
		l.w[j][k] += rng.NormFloat64() * tiny(rng)
	}
	l.b[j] += rng.NormFloat64() * tiny(rng)
}

// strip makes row j the other side of a strip that begins at another row.
func (l *layer) strip(rng *rand.Rand, j int) {
	i := l.live(rng)
	for k := range l.w[j] {
		l.w[j][k] = -l.w[i][k]
	}
	l.b[j] = math.Abs(tiny(rng)) - l.b[i]
}

// nudge changes one number of row j a little, by a few units in the last place or more.
func (l *layer) nudge(rng *rand.Rand, j int) {
	at := &l.b[j]
	if rng.IntN(2) == 0 {
		at = &l.w[j][rng.IntN(len(l.w[j]))]
	}
	if rng.IntN(2) == 0 {
		*at = math.Nextafter(*at, math.Inf(1-2*rng.IntN(2)))
		return
	}
	*at += *at * rng.NormFloat64() * tiny(rng)
}

// through moves row j so that it nearly passes through a point: one drawn, or, with two
// coordinates, a crossing of two other rows.
func (l *layer) through(rng *rand.Rand, j int) {
	n := len(l.w[j])
	x := make([]float64, n)
	for k := range x {
		x[k] = rng.Float64()
	}
	if n == 2 && len(l.w) > 2 {
		p, q := l.live(rng), l.live(rng)
		a, b := l.w[p], l.w[q]
		if det := a[0]*b[1] - a[1]*b[0]; det != 0 {
			x[0], x[1] = (a[1]*l.b[q]-b[1]*l.b[p])/det, (b[0]*l.b[p]-a[0]*l.b[q])/det
		}
	}
	h := 0.0
	for k, v := range x {
		h -= l.w[j][k] * v
	}
	l.b[j] = h + tiny(rng)*rng.NormFloat64()
}

// scale multiplies row j by a power of two.
func (l *layer) scale(rng *rand.Rand, j int) {
	e := rng.IntN(61) - 30
	if rng.IntN(4) == 0 {
		e *= 30
	}
	for k := range l.w[j] {
		l.w[j][k] = math.Ldexp(l.w[j][k], e)
	}
	l.b[j] = math.Ldexp(l.b[j], e)
}

// anyNumber is a number that may stand in the place of v.
func (c *Case) anyNumber(rng *rand.Rand, v float64) float64 {
	switch rng.IntN(5) {
	case 0:
		return 0
	case 1:
		return float64(rng.IntN(7) - 3)
	case 2:
		return v + tiny(rng)
	case 3:
		return v * tiny(rng)
	}
	return rng.NormFloat64()
}

// grow adds a unit to a layer, or takes one away.
func (c *Case) grow(rng *rand.Rand) {
	i := rng.IntN(len(c.layers))
	l := &c.layers[i]
	if len(l.w) > 1 && rng.IntN(3) == 0 {
		j := l.live(rng)
		l.w, l.b = append(l.w[:j], l.w[j+1:]...), append(l.b[:j], l.b[j+1:]...)
		if i+1 < len(c.layers) {
			for _, row := range c.layers[i+1].w {
				copy(row[j:], row[j+1:])
			}
			for k := range c.layers[i+1].w {
				c.layers[i+1].w[k] = c.layers[i+1].w[k][:len(l.w)]
			}
		}
		return
	}
	if len(l.w) >= mostUnits && (len(l.w) < padding || len(l.w) >= padding+mostUnits) {
		return
	}
	c.add(i, append([]float64(nil), l.w[l.live(rng)]...), rng.NormFloat64(), rng.NormFloat64())
	l.bundle(rng, len(l.w)-1)
}

// add appends a unit to layer i, and its weight to the rows behind.
func (c *Case) add(i int, row []float64, bias, weight float64) {
	l := &c.layers[i]
	l.w, l.b = append(l.w, row), append(l.b, bias)
	if i+1 < len(c.layers) {
		next := &c.layers[i+1]
		for k := range next.w {
			next.w[k] = append(next.w[k], weight)
		}
	}
}

// pad fills the first layer with units that are dead, and adds one behind them.
func (c *Case) pad(rng *rand.Rand) {
	l := &c.layers[0]
	if len(l.w) >= padding {
		return
	}
	for len(l.w) < padding {
		c.add(0, make([]float64, len(c.center)), -1, 0)
	}
	c.add(0, append([]float64(nil), l.w[0]...), l.b[0]+tiny(rng), rng.NormFloat64())
}

// cancel makes a row of a later layer a difference of two units, scaled up.
func (c *Case) cancel(rng *rand.Rand) {
	if len(c.layers) == 1 {
		return
	}
	l := &c.layers[1+rng.IntN(len(c.layers)-1)]
	row := l.w[rng.IntN(len(l.w))]
	p, q := rng.IntN(len(row)), rng.IntN(len(row))
	f := math.Ldexp(1, rng.IntN(64))
	row[p], row[q] = f, -f
	if rng.IntN(2) == 0 {
		row[q] += f * tiny(rng)
	}
}

// changeBall changes the ball.
func (c *Case) changeBall(rng *rand.Rand) {
	switch rng.IntN(4) {
	case 0:
		c.norm = ball.Norm(rng.IntN(3))
	case 1:
		c.radius = math.Ldexp(1, rng.IntN(41)-20)
		if rng.IntN(4) == 0 {
			c.radius = largeRadius(rng)
		}
	case 2:
		c.radius *= 1 + rng.Float64()*math.Abs(tiny(rng))
	default:
		c.center[rng.IntN(len(c.center))] = rng.NormFloat64()
	}
}
