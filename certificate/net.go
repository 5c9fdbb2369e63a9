package certificate

// The checker's own reader of the canonical network text: it cuts the text at the punctuation of
// its one spelling, where nothing else may stand. What it makes of the numbers are integers.

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync/atomic"
)

// layer is a layer in integers. The forms of its units are integers times 2^−scale. The inputs are
// a layer of units without a neuron.
type layer struct {
	bias []big.Int
	// to[u] are the units that take something of unit u of the layer before. base[u] is what each
	// of them takes where unit u has its slope below 0: weight × slope. It is nil if that is 0 for
	// all. gain[u] is what it takes more where unit u is positive: weight × (1 − slope).
	to         [][]int
	base, gain [][]big.Int
	neurons    []int           // the units that are neurons, in order
	seen       []atomic.Uint32 // of each neuron, a set of type Seen
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

// denseMost is the largest number of entries of a network that spells them all.
const denseMost = 1 << 26

// weights are those of a layer's text that are not 0: start[v] is where those of unit v begin,
// column from[i] of the layer before is what words[i] is the weight of. The text spells so many
// entries, or, by columns, those other than 0 of so many.
type weights struct {
	start, from []int
	words       []string
	entries     int
	byColumns   bool
}

// net is a network in integers. Its layers end with the last one that has a neuron; rest are those
// that follow, which cut nothing.
type net struct {
	hash         string
	inputs       int
	layers, rest []*layer
}

// readNet reads the canonical text of a network.
func readNet(ctx context.Context, text []byte) (*net, error) {
	return readNetOf(ctx, text, denseMost)
}

// readNetOf reads that of a network which spells all its entries if there are no more than most.
func readNetOf(ctx context.Context, text []byte, most int) (n *net, err error) {
	n = &net{layers: []*layer{nil}}
	used := 1
	n.hash, n.inputs, err = readLayers(ctx, text, most, func(r *rawLayer) {
		last := n.layers[len(n.layers)-1]
		if last == nil {
			last = inputs(r.width)
			n.layers[0] = last
		}
		y := &layer{bias: r.bias, slopes: r.slopes, fine: r.fine, scale: last.scale + last.fine + r.scale, columns: len(r.bias)}
		y.group(r.pieces)
		y.follow(r.weights, r.z, last)
		if n.layers = append(n.layers, y); len(y.neurons) > 0 {
			used = len(n.layers)
		}
	})
	if err != nil {
		return nil, err
	}
	n.layers, n.rest = n.layers[:used], n.layers[used:]
	return n, nil
}

// rawLayer is a layer as its line has it: weights z of so many columns, and biases, times 2^−scale;
// slopes below 0, times 2^−fine; and the pieces of its maxima, if it has any.
type rawLayer struct {
	weights
	width           int
	z, bias, slopes []big.Int
	scale, fine     uint
	pieces          []int
}

// readLayers reads the canonical text of a network, hands out its layers, one by one, and returns
// its hash and the number of inputs. After the end of ctx the error is its cause.
func readLayers(ctx context.Context, text []byte, most int, take func(*rawLayer)) (hash string, width int, err error) {
	lines := strings.Split(string(text), "\n")
	count, ok := strings.CutPrefix(lines[0], `{"relucell-network":1,"inputs":`)
	count, right := strings.CutSuffix(count, `,"layers":[`)
	end := len(lines) - 2 // the last line is empty, behind the last newline
	width, rest, natural := index([]byte(count), len(text))
	if !ok || !right || !natural || end < 2 || lines[end] != "]}" || lines[end+1] != "" || len(rest) > 0 || width == 0 {
		return "", 0, fmt.Errorf("not a canonical text: expected a line with the version 1 and the inputs, at least one line with a layer, and a line ]}, each with a newline")
	}
	before, entries := width, 0
	var columns, sparse []bool
	for i, line := range lines[1:end] {
		if i < end-2 {
			line, ok = strings.CutSuffix(line, ",")
		}
		r, reason := readLayer(ctx, line, before)
		if ctx.Err() != nil {
			return "", 0, context.Cause(ctx)
		}
		if !ok || reason != "" {
			return "", 0, fmt.Errorf("not a canonical text: layer %d: %s", i, reason)
		}
		entries += r.entries
		columns, sparse = append(columns, r.byColumns), append(sparse, 2*len(r.from) < r.entries)
		take(r)
		if before = len(r.bias); r.pieces != nil {
			before = len(r.pieces)
		}
	}
	for i := range columns {
		if columns[i] != (entries > most && sparse[i]) {
			return "", 0, fmt.Errorf("not a canonical text: layer %d: expected columns where the network has more than %d entries and less than half of the layer's are other than 0, and only there", i, most)
		}
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(text)), width, nil
}

// inputs returns the inputs as a layer.
func inputs(n int) *layer {
	one := *big.NewInt(1)
	return &layer{bias: make([]big.Int, n), columns: n, slopes: slices.Repeat([]big.Int{one}, n), top: slices.Repeat([]big.Int{one}, n), bits: 1, reach: 1}
}

// readLayer reads the line of a layer that so many values enter; reason says what is wrong. After
// the end of ctx nothing else is read.
func readLayer(ctx context.Context, line string, width int) (r *rawLayer, reason string) {
	head, rest, ok := strings.Cut(line, `,"weights":[[`)
	rows, rest, right := strings.Cut(rest, `]],"bias":[`)
	bias, rest, end := strings.Cut(rest, "]}")
	head, begins := strings.CutPrefix(head, `{"activation":`)
	if !ok || !right || !end || !begins || rest != "" {
		return nil, "expected an activation, weights and bias, and nothing else"
	}
	words := list(bias)
	units := len(words)
	head, columns, byColumns := strings.Cut(head, `,"columns":[[`)
	columns, closed := strings.CutSuffix(columns, "]]")
	slopes, pieces, reason := slopesOf(head, units)
	w := weights{byColumns: byColumns}
	if reason = cmp.Or(reason, w.read(ctx, strings.Split(rows, "],["), strings.Split(columns, "],["), width)); reason != "" {
		return nil, reason
	}
	if len(w.start) != units+1 || len(slopes) != units || byColumns != closed {
		return nil, fmt.Sprintf("slopes: %d entries, weights: %d rows, bias: %d entries, expected as many of each, and rows of columns if any", len(slopes), len(w.start)-1, units)
	}
	z, scale, ok := integers(ctx, append(words, w.words...))
	below, fine, right := integers(ctx, slopes)
	if !ok || !right {
		return nil, "slopes, weights and bias: expected hexadecimal floats in their one spelling"
	}
	return &rawLayer{w, width, z[units:], z[:units], below, scale, fine, pieces}, ""
}

// zero is the spelling of 0.
const zero = "0x0p+0"

// read reads rows that spell all their entries, or, by columns, those other than 0, of which
// columns say where they are.
func (w *weights) read(ctx context.Context, rows, columns []string, width int) (reason string) {
	w.start, w.entries = []int{0}, len(rows)*width
	if w.byColumns && len(columns) != len(rows) {
		return fmt.Sprintf("columns: %d rows, weights: %d, expected as many of each", len(columns), len(rows))
	}
	for v, row := range rows {
		if ctx.Err() != nil {
			break
		}
		entries, places, expected := list(row), []string(nil), width
		if w.byColumns {
			places = split(columns[v], ",")
			expected = len(places)
		}
		if len(entries) != expected {
			return fmt.Sprintf("row %d of the weights: %d entries, expected %d", v, len(entries), expected)
		}
		least := 0
		for u, word := range entries {
			if w.byColumns {
				var rest []byte
				var ok bool
				if u, rest, ok = index([]byte(places[u]), width); !ok || len(rest) > 0 || u < least || word == zero {
					return fmt.Sprintf("row %d: expected columns that ascend, below %d, with weights other than 0", v, width)
				}
			}
			if least = u + 1; word != zero {
				w.from, w.words = append(w.from, u), append(w.words, word)
			}
		}
		w.start = append(w.start, len(w.from))
	}
	return ""
}

// slopesOf returns the slope of each unit where its pre-activation is negative. There is one way to
// say each: units that are all alike are not spelled as mixed.
//
// The pieces of maxima pass themselves on or nothing, as units of slope 0 do, and single ones are
// carried on; pieces are how many there are of each.
func slopesOf(head string, units int) (slopes []string, pieces []int, reason string) {
	const carrying, rectifying = "0x1p+0", zero
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

// split is strings.Split, but nothing is no word.
func split(text, between string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, between)
}

// list cuts "…","…" into its words; if it is no list, into a word that is no number.
func list(text string) []string {
	if inner, ok := strings.CutPrefix(text, `"`); ok && strings.HasSuffix(inner, `"`) {
		return strings.Split(inner[:len(inner)-1], `","`)
	}
	return make([]string, min(1, len(text)))
}

// follow makes of a layer's weights what the layer takes of the one before.
func (y *layer) follow(w weights, z []big.Int, last *layer) {
	var one, most big.Int
	one.SetBit(&one, int(y.fine), 1)
	y.top = make([]big.Int, len(y.bias))
	for v := range y.bias {
		if y.slopes[v].Cmp(&one) != 0 {
			y.neurons = append(y.neurons, v)
		}
		y.top[v].Abs(y.bias[v].Lsh(&y.bias[v], last.scale+last.fine))
	}
	y.seen = make([]atomic.Uint32, len(y.neurons))
	y.to, y.base, y.gain = make([][]int, len(last.bias)), make([][]big.Int, len(last.bias)), make([][]big.Int, len(last.bias))
	taken := make([]int, last.columns) // how many units take something of each column
	for _, c := range w.from {
		taken[c]++
	}
	first := last.firsts()
	for c, n := range taken {
		for u := first[c]; u < first[c+1]; u++ {
			y.to[u], y.gain[u] = make([]int, 0, n), make([]big.Int, n)
			if last.slopes[u].Sign() != 0 && n > 0 {
				y.base[u] = make([]big.Int, n)
			}
		}
	}
	for v := range y.bias {
		for i := w.start[v]; i < w.start[v+1]; i++ {
			for u := first[w.from[i]]; u < first[w.from[i]+1]; u++ {
				at := len(y.to[u])
				y.to[u] = append(y.to[u], v)
				gain := &y.gain[u][at]
				if gain.Lsh(&z[i], last.fine); y.base[u] == nil {
					most.Set(gain)
				} else {
					base := y.base[u][at].Mul(&z[i], &last.slopes[u])
					if most.Set(gain); most.CmpAbs(base) < 0 {
						most.Set(base) // the larger slope bounds what unit u passes on
					}
					gain.Sub(gain, base)
				}
				y.top[v].Add(&y.top[v], most.Mul(most.Abs(&most), &last.top[u]))
			}
		}
	}
	for v := range y.top {
		y.bits = max(y.bits, y.top[v].BitLen())
	}
	if y.ends != nil {
		y.bits++ // a difference of two pieces fits as well
	}
	y.reach = max(y.bits, last.reach+int(y.scale-last.scale))
}

// integers reads numbers as integers times 2^−scale, with one scale ≥ 0 for all. It is not ok where
// ctx ends first.
func integers(ctx context.Context, words []string) (z []big.Int, scale uint, ok bool) {
	z, exps := make([]big.Int, len(words)), make([]int, len(words))
	for i, w := range words {
		if exps[i], ok = number(w, &z[i]); !ok || ctx.Err() != nil {
			return z, 0, false
		}
		scale = max(scale, uint(max(0, -exps[i])))
	}
	for i, e := range exps {
		z[i].Lsh(&z[i], uint(e+int(scale)))
	}
	return z, scale, true
}
