package certificate

// The balls of the tests, networks and balls drawn at random, and how many regions there are.

import (
	"bytes"
	"math"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	balls "github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/network"
)

// tball is a ball of tests: norm l2, linf or l1, with centre and radius, or box, with its bounds.
type tball struct {
	Norm   string
	Center []float64
	Radius float64
	Lo, Hi []float64
}

// ball is what the writer is told.
func (b tball) ball(tb testing.TB) (out balls.Ball) {
	var err error
	if b.Norm == "box" {
		out, err = balls.NewBox(b.Lo, b.Hi)
	} else {
		var norm balls.Norm
		if norm, err = balls.ParseNorm(b.Norm); err == nil {
			out, err = balls.New(norm, b.Center, b.Radius)
		}
	}
	require.NoError(tb, err)
	return out
}

// spelledBall spells a ball as proofs do.
func spelledBall(b tball) string {
	v := append([]float64{b.Radius}, b.Center...)
	if b.Norm == "box" {
		v = append(append([]float64(nil), b.Lo...), b.Hi...)
	}
	s := b.Norm
	for _, x := range v {
		s += " " + spell(x)
	}
	return s
}

// trueCount counts the regions by clipping.
func trueCount(tb testing.TB, net tnet, b tball) int64 {
	n, err := network.ReadCanonical(bytes.NewReader(net.text()))
	require.NoError(tb, err)
	count := twin.CountExactly
	switch net.inputs {
	case 1:
		count = twin.CountIntervals
	case 2:
		count = twin.CountPolygons
	case 3:
		count = twin.CountPolyhedra
	}
	v, err := count(n, b.ball(tb))
	require.NoError(tb, err)
	return v.Int64()
}

// drawnMaxima draws a small network with maxima, as drawnNet draws its neurons.
func drawnMaxima(r *rand.Rand, inputs int) tnet {
	net := drawnNet(r, inputs)
	for i := range net.layers {
		y := &net.layers[i]
		if i == len(net.layers)-1 || r.Intn(3) > 0 {
			y.act, y.slope, y.slopes, y.pieces = "max", 0, nil, nil
			for left := len(y.b); left > 0; {
				k := min(left, 1+r.Intn(4))
				y.pieces = append(y.pieces, k)
				left -= k
			}
			if len(y.pieces) == len(y.b) { // single pieces are carried on
				y.act, y.pieces = "none", nil
			}
		}
		if i+1 < len(net.layers) && y.pieces != nil { // what follows reads fewer
			for u, row := range net.layers[i+1].w {
				net.layers[i+1].w[u] = row[:len(y.pieces)]
			}
		}
	}
	return net
}

// drawnNet draws a small network: neurons that are zero, that are alike, negated or parallel are
// frequent, and so are ties with the balls of drawnBall.
func drawnNet(r *rand.Rand, inputs int) tnet {
	net, width := tnet{inputs: inputs}, inputs
	kind, sizes := r.Intn(8), []int{3, 160, 1600}[r.Intn(3)]
	value := func(half float64) float64 {
		switch {
		case kind == 0: // of every size, with all the digits
			return math.Ldexp(r.NormFloat64(), r.Intn(sizes)-sizes/2)
		case kind < 3:
			return float64(float32(r.NormFloat64()))
		}
		return float64(r.Intn(5)-2) * half
	}
	for left := 3 + r.Intn(max(3, 13-3*inputs)); left > 0; {
		y := tlayer{act: []string{"relu", "relu", "leaky_relu", "mixed", "none"}[r.Intn(5)]}
		n := 1 + r.Intn(4)
		if inputs == 1 && r.Intn(40) == 0 { // more names than letters
			n, y.act = 40, "relu"
		}
		for range n {
			row := make([]float64, width)
			for k := range row {
				row[k] = value(1)
			}
			b := value(0.5)
			if u := len(y.w) - 1; u >= 0 && r.Intn(3) == 0 { // like the one before
				s := []float64{1, -1, 2}[r.Intn(3)]
				for k := range row {
					row[k] = s * y.w[u][k]
				}
				b = s * y.b[u]
				b = []float64{b, b, b + 0.25, math.Nextafter(b, 9), math.Nextafter(b, -9)}[r.Intn(5)]
			}
			y.w, y.b = append(y.w, row), append(y.b, b)
		}
		if y.act == "mixed" && n == 1 {
			y.act = "relu"
		}
		slopes := []float64{0, 1, -1, 0.5, -1.5, 2}
		first := r.Intn(6)
		switch y.act {
		case "leaky_relu":
			y.slope = []float64{-1, 0.5, -1.5, 0.01, 2}[r.Intn(5)]
		case "mixed":
			for u := range n {
				y.slopes = append(y.slopes, slopes[(first+u)%6])
			}
		}
		net.layers, width = append(net.layers, y), n
		left -= n
	}
	if r.Intn(2) == 0 {
		y := tlayer{act: "none", w: [][]float64{make([]float64, width)}, b: []float64{1}}
		y.w[0][0] = 1
		net.layers = append(net.layers, y)
	}
	return net
}

// drawnBall draws a ball, often around a simple point.
func drawnBall(r *rand.Rand, inputs int) tball {
	b := tball{Norm: []string{"linf", "l1", "l2", "box"}[r.Intn(4)], Radius: []float64{1, 1, 0.5, 0.5, 1.25, 1.25, 2, 2, 0x1p-70, 0x1.23456789abcdep90}[r.Intn(10)]}
	for range inputs {
		c := []float64{0, 0, 0.5, -1, r.NormFloat64()}[r.Intn(5)]
		b.Center = append(b.Center, c)
	}
	if b.Norm == "box" {
		for _, c := range b.Center {
			w := []float64{0.25, 1, 1, 3}[r.Intn(4)]
			b.Lo, b.Hi = append(b.Lo, c-w), append(b.Hi, c+2*w)
		}
		b.Center, b.Radius = nil, 0
	}
	return b
}
