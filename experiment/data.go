// The data: points with classes. Two sets are drawn, fresh for each seed; the others are
// rows of a table, split for each seed.

package experiment

import (
	"math"
	"math/rand/v2"
)

// samples are points and their classes 0, 1, …
type samples struct {
	x     [][]float64
	class []int
}

func (s samples) pick(rows []int) samples {
	var p samples
	for _, r := range rows {
		p.x, p.class = append(p.x, s.x[r]), append(p.class, s.class[r])
	}
	return p
}

// Data is a data set.
type Data struct {
	// Name is short; files are named after it.
	Name string
	// Source is what reads it again: a name of a drawn or cached set, or a CSV file's path.
	Source string
	// SHA256 is the hash of the file's bytes in hexadecimal digits, empty for drawn sets.
	SHA256 string
	// Inputs and Classes are its dimensions, Rows the rows of a table, 0 for drawn sets.
	Inputs, Classes, Rows int

	draw  func(rng *rand.Rand) samples // drawn sets
	table samples                      // the others, scaled
}

// drawn is the number of training points, and of test points, of the drawn sets.
const drawn = 200

// testShare is the share of a table's rows that are kept for testing.
const testShare = 0.25

// split returns the training and the test samples of a seed.
func (d *Data) split(rng *rand.Rand) (training, test samples) {
	if d.draw != nil {
		return d.draw(rng), d.draw(rng)
	}
	order := rng.Perm(len(d.table.x))
	held := max(1, int(testShare*float64(len(order))))
	return d.table.pick(order[held:]), d.table.pick(order[:held])
}

// TwoMoons draws points near two half circles of radius 1, the second centred at (1, ½) and
// upside down, with Gaussian noise of deviation 0.15 (scikit-learn's make_moons).
func TwoMoons() *Data {
	return &Data{Name: "moons", Source: "moons", Inputs: 2, Classes: 2, draw: func(rng *rand.Rand) samples {
		return alternate(rng, 0.15, func(class int, u float64) (x, y float64) {
			sin, cos := math.Sincos(math.Pi * u)
			if class == 0 {
				return cos, sin
			}
			return 1 - cos, 0.5 - sin
		})
	}}
}

// Spirals draws points near two arms of an Archimedean spiral of one and a half turns each, half a
// turn apart, within the unit disc, with Gaussian noise of deviation 0.04.
func Spirals() *Data {
	return &Data{Name: "spirals", Source: "spirals", Inputs: 2, Classes: 2, draw: func(rng *rand.Rand) samples {
		return alternate(rng, 0.04, func(class int, u float64) (x, y float64) {
			t := math.Sqrt(u) // evenly along the arm
			sin, cos := math.Sincos(math.Pi * (3*t + float64(class)))
			return t * cos, t * sin
		})
	}}
}

// alternate draws from curve, class after class, u uniform in [0, 1), and adds noise. Coordinates
// are rounded to float32, which the trainer takes.
func alternate(rng *rand.Rand, noise float64, curve func(class int, u float64) (x, y float64)) samples {
	var s samples
	for i := range drawn {
		x, y := curve(i%2, rng.Float64())
		x += noise * rng.NormFloat64()
		y += noise * rng.NormFloat64()
		s.x = append(s.x, []float64{float64(float32(x)), float64(float32(y))})
		s.class = append(s.class, i%2)
	}
	return s
}
