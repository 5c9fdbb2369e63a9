// The forward pass through maxima.

package judge

import (
	"math"

	"github.com/relucell/relucell/internal/forms"
)

// ordinary is 1, and 0 in a layer whose neurons are the pieces of maxima.
func ordinary(l *forms.Layer) int {
	if l.Ends != nil {
		return 0
	}
	return 1
}

// winners writes the signs of the pieces of a layer of maxima, whose values z are off by e at most,
// and leaves in z what its neurons pass on: the first piece of each stands for the maximum, since
// what reads one reads all with one weight.
func (p *passer) winners(l *forms.Layer, z, e []float64, signs []int8) {
	for first := 0; first < len(l.Ends); {
		end := l.Ends[first]
		v, _ := forms.Winners(z[first:end], e[first:end], signs[first:end])
		clear(z[first:end])
		z[first] = v
		first = end
	}
}

// winnersTight does so with errors that follow the values, and leaves in ez what z is off by.
func (p *passer) winnersTight(l *forms.Layer, z, ez []float64, signs []int8) {
	for j, e := range ez[:len(l.Ends)] {
		if !(e <= TightMost) {
			ez[j] = math.Inf(1)
		}
	}
	for first := 0; first < len(l.Ends); {
		end := l.Ends[first]
		v, off := forms.Winners(z[first:end], ez[first:end], signs[first:end])
		clear(z[first:end])
		clear(ez[first:end])
		z[first], ez[first] = v, off
		first = end
	}
}
