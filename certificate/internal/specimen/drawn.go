package specimen

// Small networks that have what a checker could get wrong more often than chance gives it.

import (
	"math"
	"math/rand"
)

// DrawnMaxima draws a small network with maxima, as drawnNet draws its neurons.
func DrawnMaxima(r *rand.Rand, inputs int) Net {
	net := Drawn(r, inputs)
	for i := range net.Layers {
		y := &net.Layers[i]
		if i == len(net.Layers)-1 || r.Intn(3) > 0 {
			y.Act, y.Slope, y.Slopes, y.Pieces = "max", 0, nil, nil
			for left := len(y.B); left > 0; {
				k := min(left, 1+r.Intn(4))
				y.Pieces = append(y.Pieces, k)
				left -= k
			}
			if len(y.Pieces) == len(y.B) { // single pieces are carried on
				y.Act, y.Pieces = "none", nil
			}
		}
		if i+1 < len(net.Layers) && y.Pieces != nil { // what follows reads fewer
			for u, row := range net.Layers[i+1].W {
				net.Layers[i+1].W[u] = row[:len(y.Pieces)]
			}
		}
	}
	return net
}

// Drawn draws a small network: neurons that are zero, that are alike, negated or parallel are
// frequent, and so are ties with the balls of drawnBall.
func Drawn(r *rand.Rand, inputs int) Net {
	net, width := Net{Inputs: inputs}, inputs
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
		y := Layer{Act: []string{"relu", "relu", "leaky_relu", "mixed", "none"}[r.Intn(5)]}
		n := 1 + r.Intn(4)
		if inputs == 1 && r.Intn(40) == 0 { // more names than letters
			n, y.Act = 40, "relu"
		}
		for range n {
			row := make([]float64, width)
			for k := range row {
				row[k] = value(1)
			}
			b := value(0.5)
			if u := len(y.W) - 1; u >= 0 && r.Intn(3) == 0 { // like the one before
				s := []float64{1, -1, 2}[r.Intn(3)]
				for k := range row {
					row[k] = s * y.W[u][k]
				}
				b = s * y.B[u]
				b = []float64{b, b, b + 0.25, math.Nextafter(b, 9), math.Nextafter(b, -9)}[r.Intn(5)]
			}
			y.W, y.B = append(y.W, row), append(y.B, b)
		}
		if y.Act == "mixed" && n == 1 {
			y.Act = "relu"
		}
		slopes := []float64{0, 1, -1, 0.5, -1.5, 2}
		first := r.Intn(6)
		switch y.Act {
		case "leaky_relu":
			y.Slope = []float64{-1, 0.5, -1.5, 0.01, 2}[r.Intn(5)]
		case "mixed":
			for u := range n {
				y.Slopes = append(y.Slopes, slopes[(first+u)%6])
			}
		}
		net.Layers, width = append(net.Layers, y), n
		left -= n
	}
	if r.Intn(2) == 0 {
		y := Layer{Act: "none", W: [][]float64{make([]float64, width)}, B: []float64{1}}
		y.W[0][0] = 1
		net.Layers = append(net.Layers, y)
	}
	return net
}

// Waves has so many inputs, hidden layers and units in each.
func Waves(inputs, layers, width int) Net {
	t := Net{Inputs: inputs}
	for i := range layers + 1 {
		y, n := Layer{Act: "relu"}, width
		if i == layers {
			y.Act, n = "none", 1
		}
		for j := range n {
			row := make([]float64, inputs)
			for k := range row {
				row[k] = math.Sin(float64(1+i+7*j+13*k)) / math.Sqrt(float64(inputs))
			}
			y.W, y.B = append(y.W, row), append(y.B, 0.01*float64(j))
		}
		t.Layers, inputs = append(t.Layers, y), n
	}
	return t
}
