// Axes: the plot is in units of the ball's larger half-width, the ticks in units
// of the inputs, or, where floats cannot tell the ball's points apart well, of
// the distance from the centre.

//go:build !js

package plot

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	gplot "gonum.org/v1/plot"

	"github.com/relucell/relucell/internal/chart"
	"github.com/relucell/relucell/internal/dyadic"
)

// axis maps normalised coordinates of one input to the plot and to labels.
type axis struct {
	stretch float64 // plot units for a normalised 1
	mid     float64 // the label's value at 0
	scale   float64 // the label's value at a normalised 1, from mid
	label   string
}

// farAway is the ratio of centre to half-width beyond which labels are offsets:
// absolute ones would repeat more digits than fit.
const farAway = 1e5

// tooFlat is the ratio of half-widths beyond which a box is not drawn to scale.
const tooFlat = 5

// axes returns both axes.
func (m *Map) axes(names [2]string) [2]axis {
	ratio := new(big.Float).SetPrec(formBits).Quo(m.scale[1], m.scale[0])
	r, _ := dyadic.FromFloat(ratio)
	stretch := [2]float64{1, 1}
	if r < 1 && r > 1.0/tooFlat {
		stretch[1] = r
	} else if r > 1 && r < tooFlat {
		stretch[0] = 1 / r
	}
	var a [2]axis
	for k := range a {
		a[k] = axis{stretch: stretch[k], label: names[k]}
		a[k].mid, _ = dyadic.FromFloat(m.mid[k])
		a[k].scale, _ = dyadic.FromFloat(m.scale[k])
		if math.Abs(a[k].mid) > farAway*a[k].scale {
			a[k].label = fmt.Sprintf("%s − %s", a[k].label, strconv.FormatFloat(a[k].mid, 'g', -1, 64))
			a[k].mid = 0
		}
		a[k].powerOfTen()
	}
	return a
}

// powerOfTen takes one out of labels that would show it at every tick.
func (a *axis) powerOfTen() {
	const small, large = 1e-3, 1e5
	if a.scale >= small && a.scale <= large {
		return
	}
	name := "1e" + strconv.Itoa(int(math.Floor(math.Log10(a.scale))))
	unit, err := strconv.ParseFloat(name, 64) // the nearest float64, as math.Pow is not
	if err != nil || unit == 0 {
		return
	}
	if strings.Contains(a.label, " ") {
		a.label = "(" + a.label + ")"
	}
	a.label += " ÷ " + name
	a.mid, a.scale = a.mid/unit, a.scale/unit
}

// Ticks makes the axis a gonum Ticker.
func (a axis) Ticks(lo, hi float64) []gplot.Tick {
	value := func(p float64) float64 { return p/a.stretch*a.scale + a.mid }
	ticks := chart.Linear{}.Ticks(value(lo), value(hi))
	for i := range ticks {
		ticks[i].Value = (ticks[i].Value - a.mid) / a.scale * a.stretch
	}
	return ticks
}
