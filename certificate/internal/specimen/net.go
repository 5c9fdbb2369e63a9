// Package specimen has what the tests of all checkers need: networks, and their canonical text,
// written by code that shares nothing with the checkers' reader; and folders in memory. No checker
// imports it.
package specimen

import (
	"crypto/sha256"
	"fmt"
	"math/rand"
	"strconv"
	"strings"
)

// Layer and tnet are networks of tests.
type Layer struct {
	Act   string
	Slope float64
	// slopes are those of mixed units.
	Slopes []float64
	// pieces are those of the units of a layer of maxima.
	Pieces []int
	W      [][]float64
	B      []float64
}

// Below is the slope of unit u where its pre-activation is negative.
func (y Layer) Below(u int) float64 {
	switch y.Act {
	case "none":
		return 1
	case "mixed":
		return y.Slopes[u]
	case "max":
		for _, k := range y.Pieces {
			if u -= k; u < 0 && k == 1 {
				return 1
			} else if u < 0 {
				return 0
			}
		}
	}
	return y.Slope
}

// Net has layers, and so many inputs.
type Net struct {
	Inputs int
	Layers []Layer
}

// Text returns the canonical text, written here once more.
func (t Net) Text() []byte { return t.TextOf(false) }

// TextOf returns it, or that in which all layers give the columns of their weights if that is
// smaller.
func (t Net) TextOf(byColumns bool) []byte {
	num := func(v []float64) string {
		s := make([]string, len(v))
		for i := range v {
			s[i] = fmt.Sprintf("%q", Spell(v[i]))
		}
		return "[" + strings.Join(s, ",") + "]"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "{\"relucell-network\":1,\"inputs\":%d,\"layers\":[\n", t.Inputs)
	for i, y := range t.Layers {
		fmt.Fprintf(&b, "{\"activation\":%q,", y.Act)
		if y.Act == "leaky_relu" {
			fmt.Fprintf(&b, "\"slope\":%q,", Spell(y.Slope))
		}
		if y.Act == "mixed" {
			fmt.Fprintf(&b, "\"slopes\":%s,", num(y.Slopes))
		}
		if y.Act == "max" {
			fmt.Fprintf(&b, "\"pieces\":%s,", strings.ReplaceAll(fmt.Sprint(y.Pieces), " ", ","))
		}
		rows := make([]string, len(y.W))
		for k := range y.W {
			rows[k] = num(y.W[k])
		}
		if all, kept, columns := y.byColumns(num); byColumns && 2*kept < all {
			rows = columns[1]
			fmt.Fprintf(&b, "\"columns\":[%s],", strings.Join(columns[0], ","))
		}
		fmt.Fprintf(&b, "\"weights\":[%s],\"bias\":%s}", strings.Join(rows, ","), num(y.B))
		if i < len(t.Layers)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]}\n")
	return []byte(b.String())
}

// byColumns returns the numbers of all weights and of those other than 0, and rows of their columns
// and of these.
func (y Layer) byColumns(num func([]float64) string) (all, kept int, rows [2][]string) {
	for _, row := range y.W {
		var at []string
		var v []float64
		for u, w := range row {
			if all++; w != 0 {
				at, v = append(at, strconv.Itoa(u)), append(v, w)
			}
		}
		kept += len(v)
		rows[0], rows[1] = append(rows[0], "["+strings.Join(at, ",")+"]"), append(rows[1], num(v))
	}
	return all, kept, rows
}

// Spell spells a finite number: strconv pads exponents to two places, the format does not.
func Spell(v float64) string {
	if v == 0 {
		return "0x0p+0"
	}
	m, e, _ := strings.Cut(strconv.FormatFloat(v, 'x', -1, 64), "p")
	if e[1] == '0' {
		e = e[:1] + e[2:]
	}
	return m + "p" + e
}

// Hash is the fingerprint of the network.
func (t Net) Hash() string { return fmt.Sprintf("sha256:%x", sha256.Sum256(t.Text())) }

// Random returns a network with random weights; coarse ones lie in {−1,0,1} with biases in
// {−½,0,½}.
func Random(r *rand.Rand, coarse bool, acts []string, widths ...int) Net {
	t := Net{Inputs: widths[0]}
	value := func(bias bool) float64 {
		if coarse {
			v := float64(r.Intn(3) - 1)
			if bias {
				v /= 2
			}
			return v
		}
		return float64(float32(r.NormFloat64()))
	}
	for l, n := range widths[1:] {
		y := Layer{Act: acts[l%len(acts)], W: make([][]float64, n), B: make([]float64, n)}
		if y.Act == "leaky_relu" {
			y.Slope = 0.01
		}
		if y.Act == "mixed" && n == 1 { // its units are all alike
			y.Act, y.Slope = "leaky_relu", -1
		}
		if y.Act == "mixed" {
			first := r.Intn(4)
			for u := range n {
				y.Slopes = append(y.Slopes, []float64{0, 1, -1, 0.75}[(first+u)%4])
			}
		}
		if l == len(widths)-2 {
			y.Act, y.Slope, y.Slopes = "none", 0, nil
		}
		for u := range y.W {
			for range widths[l] {
				y.W[u] = append(y.W[u], value(false))
			}
			y.B[u] = value(true)
		}
		t.Layers = append(t.Layers, y)
	}
	return t
}

// Tent returns the tent map of so many layers: 2^layers regions in the ball (½,½).
func Tent(layers int) Net {
	t := Net{Inputs: 1}
	for l := range layers {
		w := [][]float64{{1}, {1}}
		if l > 0 {
			w = [][]float64{{2, -4}, {2, -4}}
		}
		t.Layers = append(t.Layers, Layer{Act: "relu", W: w, B: []float64{0, -0.5}})
	}
	t.Layers = append(t.Layers, Layer{Act: "none", W: [][]float64{{2, -4}}, B: []float64{0}})
	return t
}

// OneLayer has one layer of neurons in one or two inputs, and nothing after it.
func OneLayer(b []float64, w ...[]float64) Net {
	return Net{Inputs: len(w[0]), Layers: []Layer{{Act: "relu", W: w, B: b}}}
}
