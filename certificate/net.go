package certificate

// The checker's own reader of the canonical network text: it cuts the text at the punctuation of
// its one spelling, where nothing else may stand. What it makes of the numbers are integers.

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// layer is a layer in integers. The forms of its units are integers times 2^−scale. The inputs are
// a layer of units without a neuron.
type layer struct {
	bias    []big.Int
	edges   [][]edge // from each unit of the layer before
	pieces  []piece  // of all neurons, of which there are so many, in order
	neurons int
	seen    []atomic.Uint32 // of each piece, a set of type Seen
	// In a layer of maxima the units are their pieces. The units first[c] to first[c+1] are those
	// of column c of what follows: all pieces of a maximum have one.
	maxima bool
	first  []int
	scale  uint
	// The coefficients of the layer's forms, whatever the signs before it, are less than 2^bits. So
	// are, less than 2^reach, those of all earlier layers in this layer's scale.
	bits, reach int
	// slopes are those of the units below 0, times 2^−fine, and gains what is missing to 1. In
	// these units most bounds what each unit passes on.
	slopes, gains, most []big.Int
	fine                uint
}

// edge says that a unit takes something of a unit of the layer before.
type edge struct {
	to     int
	weight big.Int
}

// denseMost is the largest number of entries of a network that spells them all.
const denseMost = 1 << 26

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
	n = &net{}
	used, stop := 1, canonical.NewVerdict(ctx).Stop
	n.hash, n.inputs, err = readLayers(ctx, text, most, func(r *rawLayer) {
		if n.layers == nil {
			n.layers = append(n.layers, inputs(r.width))
		}
		y := newLayer(r, n.layers[len(n.layers)-1], stop)
		if n.layers = append(n.layers, y); len(y.pieces) > 0 {
			used = len(n.layers)
		}
	})
	if err != nil {
		return nil, err
	}
	n.layers, n.rest = n.layers[:used], n.layers[used:]
	return n, nil
}

// inputs returns the inputs as a layer.
func inputs(n int) *layer {
	ones := slices.Repeat([]big.Int{*big.NewInt(1)}, n)
	y := &layer{bias: make([]big.Int, n), slopes: ones, gains: make([]big.Int, n), most: ones, bits: 1, reach: 1}
	y.group(nil)
	return y
}

// newLayer returns a layer behind another one, unless stop ends it.
func newLayer(r *rawLayer, last *layer, stop func()) *layer {
	y := &layer{bias: r.bias, slopes: r.slopes, fine: r.fine, scale: last.scale + last.fine + r.scale}
	y.edges, y.gains, y.most = make([][]edge, len(last.bias)), make([]big.Int, len(y.bias)), make([]big.Int, len(y.bias))
	one, t := new(big.Int).Lsh(big.NewInt(1), y.fine), new(big.Int)
	for v := range y.bias {
		stop()
		top := new(big.Int).Abs(y.bias[v].Lsh(&y.bias[v], last.scale+last.fine))
		for i := r.start[v]; i < r.start[v+1]; i++ {
			for u := last.first[r.from[i]]; u < last.first[r.from[i]+1]; u++ {
				y.edges[u] = append(y.edges[u], edge{v, r.z[i]})
				top.Add(top, t.Mul(t.Abs(&r.z[i]), &last.most[u]))
			}
		}
		y.bits = max(y.bits, top.BitLen())
		slope := one // the larger one in absolute value, of both sides
		if y.slopes[v].CmpAbs(one) > 0 {
			slope = &y.slopes[v]
		}
		y.most[v].Mul(top, t.Abs(slope))
		y.gains[v].Sub(one, &y.slopes[v])
	}
	y.group(r.pieces)
	y.seen = make([]atomic.Uint32, len(y.pieces))
	if y.maxima {
		y.bits++ // a difference of two pieces fits as well
	}
	y.reach = max(y.bits, last.reach+int(y.scale-last.scale))
	return y
}

// rawLayer is a layer as its line has it: of so many values that enter, weights z and biases, times
// 2^−scale; slopes below 0, times 2^−fine; and the pieces of its maxima, if it has any. Of the
// weights there are those that are not 0: those of unit v begin at start[v], and z[i] is that of
// column from[i]. The text spells so many entries, or, by columns, those other than 0 of so many.
type rawLayer struct {
	width, entries  int
	start, from     []int
	z, bias, slopes []big.Int
	scale, fine     uint
	pieces          []int
	byColumns       bool
}

// readLayers reads the canonical text of a network, hands out its layers, one by one, and returns
// its hash and the number of inputs. After the end of ctx the error is its cause; else it is an
// [*Error] about the text as a whole.
func readLayers(ctx context.Context, text []byte, most int, take func(*rawLayer)) (hash string, inputs int, err error) {
	v := canonical.NewVerdict(ctx)
	t := &netText{Verdict: v, Lines: canonical.NewLines("network", bytes.NewReader(text))}
	t.Most = len(text)
	v.Guard(func() {
		inputs = t.layers(most, take)
		hash = t.End()
	})
	err = v.Err()
	if e, refused := err.(*canonical.Error); refused {
		err = &canonical.Error{File: e.File, Reason: fmt.Sprintf("not a canonical text: line %d: %s", e.Line, e.Reason)}
	}
	return hash, inputs, err
}

// netText is the text of a network. It is cut where its one spelling has a separator, and what
// stands between separators is held against its own one spelling; so nothing else is read.
type netText struct {
	*canonical.Verdict
	*canonical.Lines
}

// within returns what stands between head and tail.
func (t *netText) within(head, text, tail string) string {
	inner, begins := strings.CutPrefix(text, head)
	inner, ends := strings.CutSuffix(inner, tail)
	if !begins || !ends {
		t.Require(false, fmt.Sprintf("%.20q, expected %s…%s", text, head, tail))
	}
	return inner
}

// items returns the items of a list: each stands between these two, and a comma between them.
func (t *netText) items(head, list, tail string) iter.Seq[string] {
	if list == "" {
		return func(func(string) bool) {}
	}
	return strings.SplitSeq(t.within(head, list, tail), tail+","+head)
}

// words returns the words of a list, which are in quotes.
func (t *netText) words(list string) []string { return slices.Collect(t.items(`"`, list, `"`)) }

// layers reads all of the text, hands out the layers, and returns the number of inputs.
func (t *netText) layers(most int, take func(*rawLayer)) (inputs int) {
	inputs = t.Index(t.within(`{"relucell-network":1,"inputs":`, string(t.Next()), `,"layers":[`), t.Most, "expected the number of inputs")
	t.Require(inputs > 0, "expected one input at least")
	width, entries, columns, other := inputs, 0, false, false
	for more := true; more; {
		var line string
		line, more = strings.CutSuffix(string(t.Next()), ",")
		r := t.layer(line, width)
		entries += r.entries
		columns, other = columns || r.byColumns, other || r.byColumns != (2*len(r.from) < r.entries)
		take(r)
		if width = len(r.bias); r.pieces != nil {
			width = len(r.pieces)
		}
	}
	t.Require(string(t.Next()) == "]}", "expected the end of the layers, ]}")
	if columns && entries <= most || other && entries > most {
		t.Require(false, fmt.Sprintf("expected columns where the network has more than %d entries and less than half of the layer's are other than 0, and only there", most))
	}
	return inputs
}

// The spellings of 0 and of 1.
const zero, one = "0x0p+0", "0x1p+0"

// slopes reads the activation of so many units: their slopes where their pre-activations are
// negative. There is one way to say each: units that are all alike are not spelled as mixed.
//
// The pieces of maxima pass themselves on or nothing, as units of slope 0 do, and single ones are
// carried on.
func (t *netText) slopes(r *rawLayer, activation string, units int) (slopes []string) {
	kind, rest, _ := strings.Cut(activation, ",")
	switch {
	case activation == `"none"`:
		return slices.Repeat([]string{one}, units)
	case activation == `"relu"`:
		return slices.Repeat([]string{zero}, units)
	case kind == `"leaky_relu"`:
		slope := t.within(`"slope":"`, rest, `"`)
		t.Require(slope != zero && slope != one, "slope: expected a hexadecimal float other than 0 and 1")
		return slices.Repeat([]string{slope}, units)
	case kind == `"mixed"`:
		slopes = t.words(t.within(`"slopes":[`, rest, "]"))
		t.Require(slices.ContainsFunc(slopes, func(s string) bool { return s != slopes[0] }), "slopes: all alike, expected the activation that says so")
	case kind == `"max"`:
		for number := range t.items("", t.within(`"pieces":[`, rest, "]"), "") {
			k, slope := t.Index(number, maxPieces+1, "pieces: expected naturals"), zero
			t.Require(0 < k && len(slopes)+k <= units, "pieces: expected naturals ≥ 1 that sum up to the entries of the bias")
			if k == 1 {
				slope = one
			}
			r.pieces, slopes = append(r.pieces, k), append(slopes, slices.Repeat([]string{slope}, k)...)
		}
		t.Require(slices.Contains(slopes, zero), "pieces: all are 1, expected the activation that says so")
	default:
		t.Require(false, "activation: expected none, relu, leaky_relu with a slope, mixed with slopes, or max with pieces")
	}
	return slopes
}

// layer reads a layer that so many values enter.
func (t *netText) layer(line string, width int) *rawLayer {
	head, rest, ok1 := strings.Cut(t.within(`{"activation":`, line, "]}"), `,"weights":[`)
	weights, bias, ok2 := strings.Cut(rest, `],"bias":[`)
	t.Require(ok1 && ok2, "expected an activation, weights and a bias")
	activation, columns, byColumns := strings.Cut(head, `,"columns":[`)
	words := t.words(bias)
	units := len(words)
	r := &rawLayer{width: width, entries: units * width, start: []int{0}, byColumns: byColumns}
	slopes := t.slopes(r, activation, units)
	var places []string // by columns: those of each row's weights
	if byColumns {
		places = slices.Collect(t.items("[", t.within("", columns, "]"), "]"))
		t.Require(len(places) == units, "expected as many rows of columns as entries of the bias")
	}
	all := make([]int, width)
	for c := range all {
		all[c] = c
	}
	for row := range t.items("[", weights, "]") {
		at, columns := 0, all
		if byColumns && len(r.start) <= units {
			columns = t.ascending(places[len(r.start)-1], width)
		}
		for word := range t.items(`"`, row, `"`) {
			t.Stop()
			t.Require(at < len(columns) && !(byColumns && word == zero), "a row of weights: expected one for each column, and where columns are given none that is 0")
			if word != zero {
				r.from, words = append(r.from, columns[at]), append(words, word)
			}
			at++
		}
		t.Require(at == len(columns), "a row of weights: expected one for each column")
		r.start = append(r.start, len(words)-units)
	}
	t.Require(units > 0 && len(slopes) == units && len(r.start) == units+1, "expected as many slopes and rows of weights as entries of the bias, and one at least")
	z, scale, right := canonical.Reals(words, t.Stop)
	below, fine, ok := canonical.Reals(slopes, t.Stop)
	t.Require(right && ok, "slopes, weights and bias: expected hexadecimal floats in their one spelling")
	r.bias, r.z, r.scale, r.slopes, r.fine = z[:units], z[units:], scale, below, fine
	return r
}

// ascending reads the columns of a row's weights.
func (t *netText) ascending(list string, width int) (columns []int) {
	least := 0
	for number := range t.items("", list, "") {
		c := t.Index(number, width, "expected columns of the layer")
		t.Require(c >= least, "expected columns that ascend")
		columns, least = append(columns, c), c+1
	}
	return columns
}
