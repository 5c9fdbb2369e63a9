package certificate

// The checker's own reader of the canonical network text: it cuts the text at the punctuation of its
// one spelling, where nothing else may stand. What it makes of the numbers are integers.

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// layer is a layer in integers. The forms of its units are integers times 2^−scale. The inputs are
// a layer of units without a neuron.
type layer struct {
	bias []big.Int
	// base[u] is what each unit takes of unit u of the layer before where that has its slope below
	// 0: weight × slope. It is nil if that is 0 for all. gain[u] is what it takes more where unit u
	// is positive: weight × (1 − slope).
	base, gain [][]big.Int
	neurons    []int // the units that are neurons, in order
	// In a layer of maxima the units are the pieces, ends says for each neuron where its maximum
	// ends, and what follows has one weight for all pieces of a maximum: that of its column, of so
	// many. Elsewhere ends is nil, and each unit has a column.
	ends, column []int
	columns      int
	scale        uint
	// The coefficients of the layer's forms, whatever the signs before it, are less than 2^bits. So
	// are, less than 2^reach, those of all earlier layers in this layer's scale.
	bits, reach int
	// slopes are those of the units below 0, times 2^−fine; top bounds the forms of each unit.
	slopes, top []big.Int
	fine        uint
}

// net is a network in integers. It ends with the last layer that has a neuron: what follows cuts
// nothing.
type net struct {
	hash   string
	inputs int
	layers []*layer
}

// readNet reads the canonical text of a network.
func readNet(text []byte) (*net, error) {
	n := &net{hash: fmt.Sprintf("sha256:%x", sha256.Sum256(text))}
	lines := strings.Split(string(text), "\n")
	count, ok := strings.CutPrefix(lines[0], `{"relucell-network":1,"inputs":`)
	count, right := strings.CutSuffix(count, `,"layers":[`)
	end := len(lines) - 2 // the last line is empty, behind the last newline
	width, rest, natural := index([]byte(count), len(text))
	if !ok || !right || !natural || end < 2 || lines[end] != "]}" || lines[end+1] != "" || len(rest) > 0 || width == 0 {
		return nil, fmt.Errorf("not a canonical text: expected a line with the version 1 and the inputs, at least one line with a layer, and a line ]}, each with a newline")
	}
	n.inputs = width
	last, used := inputs(width), 1
	n.layers = []*layer{last}
	for i, line := range lines[1:end] {
		if i < end-2 {
			line, ok = strings.CutSuffix(line, ",")
		}
		y, reason := readLayer(line, last)
		if !ok || reason != "" {
			return nil, fmt.Errorf("not a canonical text: layer %d: %s", i, reason)
		}
		if n.layers, last = append(n.layers, y), y; len(y.neurons) > 0 {
			used = len(n.layers)
		}
	}
	n.layers = n.layers[:used]
	return n, nil
}

// inputs returns the inputs as a layer.
func inputs(n int) *layer {
	one := *big.NewInt(1)
	return &layer{bias: make([]big.Int, n), columns: n, slopes: slices.Repeat([]big.Int{one}, n), top: slices.Repeat([]big.Int{one}, n), bits: 1, reach: 1}
}

// readLayer reads the line of a layer that follows the last one; reason says what is wrong.
func readLayer(line string, last *layer) (y *layer, reason string) {
	head, rest, ok := strings.Cut(line, `,"weights":[[`)
	weights, rest, right := strings.Cut(rest, `]],"bias":[`)
	bias, rest, end := strings.Cut(rest, "]}")
	head, begins := strings.CutPrefix(head, `{"activation":`)
	if !ok || !right || !end || !begins || rest != "" {
		return nil, "expected an activation, weights and bias, and nothing else"
	}
	words := list(bias)
	units := len(words)
	slopes, pieces, reason := slopesOf(head, units)
	rows := strings.Split(weights, "],[")
	for i, row := range rows {
		if words = append(words, list(row)...); len(words) != units+(i+1)*last.columns && reason == "" {
			reason = fmt.Sprintf("row %d of the weights: expected %d entries", i, last.columns)
		}
	}
	if len(rows) != units || len(slopes) != units && reason == "" {
		reason = fmt.Sprintf("slopes: %d entries, weights: %d rows, bias: %d entries, expected as many of each", len(slopes), len(rows), units)
	}
	if reason != "" {
		return nil, reason
	}
	z, scale, ok := integers(words)
	below, fine, right := integers(slopes)
	if !ok || !right {
		return nil, "slopes, weights and bias: expected hexadecimal floats in their one spelling"
	}
	y = &layer{bias: z[:units], slopes: below, fine: fine, scale: last.scale + last.fine + scale, columns: units}
	y.group(pieces)
	y.follow(z[units:], last)
	return y, ""
}

// slopesOf returns the slope of each unit where its pre-activation is negative. There is one way to
// say each: units that are all alike are not spelled as mixed.
//
// The pieces of maxima pass themselves on or nothing, as units of slope 0 do, and single ones are
// carried on; pieces are how many there are of each.
func slopesOf(head string, units int) (slopes []string, pieces []int, reason string) {
	const carrying, rectifying = "0x1p+0", "0x0p+0"
	if text, isMax := strings.CutPrefix(head, `"max","pieces":[`); isMax {
		pieces, ok := piecesOf(text, units)
		if !ok {
			return nil, nil, "pieces: expected a natural number ≥ 1 for each unit, of which not all are 1, and that sum up to the entries of the bias"
		}
		for _, k := range pieces {
			slopes = append(slopes, slices.Repeat([]string{map[bool]string{true: carrying, false: rectifying}[k == 1]}, k)...)
		}
		return slopes, pieces, ""
	}
	text, isMixed := strings.CutPrefix(head, `"mixed","slopes":[`)
	text, ends := strings.CutSuffix(text, "]")
	if isMixed && ends {
		if slopes = list(text); !slices.ContainsFunc(slopes, func(s string) bool { return s != slopes[0] }) {
			return nil, nil, "slopes: all alike, expected the activation that says so"
		}
		return slopes, nil, ""
	}
	text, isLeaky := strings.CutPrefix(head, `"leaky_relu","slope":`)
	one := map[string]string{`"none"`: carrying, `"relu"`: rectifying}[head]
	if isLeaky {
		if one = strings.Trim(text, `"`); one == rectifying || one == carrying || text != `"`+one+`"` {
			return nil, nil, "slope: expected a hexadecimal float other than 0 and 1"
		}
	}
	if one == "" {
		name, _, _ := strings.Cut(head, ",")
		return nil, nil, fmt.Sprintf("activation %.20s, expected none, relu, leaky_relu with a slope, mixed with slopes, or max with pieces, and nothing more", name)
	}
	return slices.Repeat([]string{one}, units), nil, ""
}

// list cuts "…","…" into its words; if it is no list, into words that are no numbers.
func list(text string) []string {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return []string{""}
	}
	return strings.Split(text[1:len(text)-1], `","`)
}

// follow makes of a layer's weights, row by row, what the layer takes of the one before.
func (y *layer) follow(weights []big.Int, last *layer) {
	var one, most big.Int
	one.SetBit(&one, int(y.fine), 1)
	y.top = make([]big.Int, len(y.bias))
	for v := range y.bias {
		if y.slopes[v].Cmp(&one) != 0 {
			y.neurons = append(y.neurons, v)
		}
		y.top[v].Abs(y.bias[v].Lsh(&y.bias[v], last.scale+last.fine))
	}
	for u := range last.bias {
		base, gain, some := make([]big.Int, len(y.bias)), make([]big.Int, len(y.bias)), false
		for v := range y.bias {
			at := u
			if last.column != nil {
				at = last.column[u]
			}
			weight := &weights[v*last.columns+at]
			base[v].Mul(weight, &last.slopes[u])
			gain[v].Sub(most.Lsh(weight, last.fine), &base[v])
			if some = some || base[v].Sign() != 0; most.CmpAbs(&base[v]) < 0 {
				most.Set(&base[v]) // the larger slope bounds what unit u passes on
			}
			y.top[v].Add(&y.top[v], most.Mul(most.Abs(&most), &last.top[u]))
		}
		if !some {
			base = nil
		}
		y.base, y.gain = append(y.base, base), append(y.gain, gain)
	}
	for v := range y.top {
		y.bits = max(y.bits, y.top[v].BitLen())
	}
	if y.ends != nil {
		y.bits++ // a difference of two pieces fits as well
	}
	y.reach = max(y.bits, last.reach+int(y.scale-last.scale))
}

// integers reads numbers as integers times 2^−scale, with one scale ≥ 0 for all.
func integers(words []string) (z []big.Int, scale uint, ok bool) {
	z, exps := make([]big.Int, len(words)), make([]int, len(words))
	for i, w := range words {
		if exps[i], ok = number(w, &z[i]); !ok {
			return z, 0, false
		}
		scale = max(scale, uint(max(0, -exps[i])))
	}
	for i, e := range exps {
		z[i].Lsh(&z[i], uint(e+int(scale)))
	}
	return z, scale, true
}
