package certificate

// The networks of the tests, and their canonical text, written by code that shares nothing with the
// checker's reader.

import (
	"fmt"
	"math/rand"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tlayer and tnet are networks of tests.
type tlayer struct {
	act   string
	slope float64
	// slopes are those of mixed units.
	slopes []float64
	// pieces are those of the units of a layer of maxima.
	pieces []int
	w      [][]float64
	b      []float64
}

// below is the slope of unit u where its pre-activation is negative.
func (y tlayer) below(u int) float64 {
	switch y.act {
	case "none":
		return 1
	case "mixed":
		return y.slopes[u]
	case "max":
		for _, k := range y.pieces {
			if u -= k; u < 0 && k == 1 {
				return 1
			} else if u < 0 {
				return 0
			}
		}
	}
	return y.slope
}

type tnet struct {
	inputs int
	layers []tlayer
}

// text returns the canonical text, written here once more.
func (t tnet) text() []byte { return t.textOf(false) }

// textOf returns it, or that in which all layers give the columns of their weights if that is
// smaller.
func (t tnet) textOf(byColumns bool) []byte {
	num := func(v []float64) string {
		s := make([]string, len(v))
		for i := range v {
			s[i] = fmt.Sprintf("%q", spell(v[i]))
		}
		return "[" + strings.Join(s, ",") + "]"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "{\"relucell-network\":1,\"inputs\":%d,\"layers\":[\n", t.inputs)
	for i, y := range t.layers {
		fmt.Fprintf(&b, "{\"activation\":%q,", y.act)
		if y.act == "leaky_relu" {
			fmt.Fprintf(&b, "\"slope\":%q,", spell(y.slope))
		}
		if y.act == "mixed" {
			fmt.Fprintf(&b, "\"slopes\":%s,", num(y.slopes))
		}
		if y.act == "max" {
			fmt.Fprintf(&b, "\"pieces\":%s,", strings.ReplaceAll(fmt.Sprint(y.pieces), " ", ","))
		}
		rows := make([]string, len(y.w))
		for k := range y.w {
			rows[k] = num(y.w[k])
		}
		if all, kept, columns := y.byColumns(num); byColumns && 2*kept < all {
			rows = columns[1]
			fmt.Fprintf(&b, "\"columns\":[%s],", strings.Join(columns[0], ","))
		}
		fmt.Fprintf(&b, "\"weights\":[%s],\"bias\":%s}", strings.Join(rows, ","), num(y.b))
		if i < len(t.layers)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]}\n")
	return []byte(b.String())
}

// byColumns returns the numbers of all weights and of those other than 0, and rows of their columns
// and of these.
func (y tlayer) byColumns(num func([]float64) string) (all, kept int, rows [2][]string) {
	for _, row := range y.w {
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

// spell spells a finite number: strconv pads exponents to two places, the format does not.
func spell(v float64) string {
	if v == 0 {
		return "0x0p+0"
	}
	m, e, _ := strings.Cut(strconv.FormatFloat(v, 'x', -1, 64), "p")
	if e[1] == '0' {
		e = e[:1] + e[2:]
	}
	return m + "p" + e
}

func (t tnet) hash(tb testing.TB) string {
	n, err := readNet(background, t.text())
	require.NoError(tb, err)
	return n.hash
}

// randomNet returns a network with random weights; coarse ones lie in {−1,0,1} with biases in
// {−½,0,½}.
func randomNet(r *rand.Rand, coarse bool, acts []string, widths ...int) tnet {
	t := tnet{inputs: widths[0]}
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
		y := tlayer{act: acts[l%len(acts)], w: make([][]float64, n), b: make([]float64, n)}
		if y.act == "leaky_relu" {
			y.slope = 0.01
		}
		if y.act == "mixed" && n == 1 { // its units are all alike
			y.act, y.slope = "leaky_relu", -1
		}
		if y.act == "mixed" {
			first := r.Intn(4)
			for u := range n {
				y.slopes = append(y.slopes, []float64{0, 1, -1, 0.75}[(first+u)%4])
			}
		}
		if l == len(widths)-2 {
			y.act, y.slope, y.slopes = "none", 0, nil
		}
		for u := range y.w {
			for range widths[l] {
				y.w[u] = append(y.w[u], value(false))
			}
			y.b[u] = value(true)
		}
		t.layers = append(t.layers, y)
	}
	return t
}

// tent returns the tent map of so many layers: 2^layers regions in the ball (½,½).
func tent(layers int) tnet {
	t := tnet{inputs: 1}
	for l := range layers {
		w := [][]float64{{1}, {1}}
		if l > 0 {
			w = [][]float64{{2, -4}, {2, -4}}
		}
		t.layers = append(t.layers, tlayer{act: "relu", w: w, b: []float64{0, -0.5}})
	}
	t.layers = append(t.layers, tlayer{act: "none", w: [][]float64{{2, -4}}, b: []float64{0}})
	return t
}
