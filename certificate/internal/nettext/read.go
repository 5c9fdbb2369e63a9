package nettext

// The reader of the canonical network text: it cuts the text at the punctuation of its one
// spelling, where nothing else may stand. What it makes of the numbers are integers.

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// maxPieces bounds the pieces of one maximum.
const maxPieces = 1 << 16

// DenseMost is the largest number of entries of a network that spells them all.
const DenseMost = 1 << 26

// Layer is a layer as its line has it: of so many values that enter, weights Z and biases, times
// 2^−Scale; slopes below 0, times 2^−Fine; and the pieces of its maxima, if it has any. Of the
// weights there are those that are not 0: those of unit v begin at Start[v], and Z[i] is that of
// column From[i]. The text spells so many entries, or, by columns, those other than 0 of so many.
type Layer struct {
	Width, entries  int
	Start, From     []int
	Z, Bias, Slopes []big.Int
	Scale, Fine     uint
	Pieces          []int
	byColumns       bool
}

// Read reads the canonical text of a network which spells all its entries if there are no more than
// most, [DenseMost] but in tests; hands out its layers, one by one, and returns its hash and the
// number of inputs. After the end of ctx the error is its cause; else it is a [*canonical.Error]
// about the text as a whole.
func Read(ctx context.Context, text []byte, most int, take func(*Layer)) (hash string, inputs int, err error) {
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
func (t *netText) layers(most int, take func(*Layer)) (inputs int) {
	inputs = t.Index(t.within(`{"relucell-network":1,"inputs":`, string(t.Next()), `,"layers":[`), t.Most, "expected the number of inputs")
	t.Require(inputs > 0, "expected one input at least")
	width, entries, columns, other := inputs, 0, false, false
	for more := true; more; {
		var line string
		line, more = strings.CutSuffix(string(t.Next()), ",")
		r := t.layer(line, width)
		entries += r.entries
		columns, other = columns || r.byColumns, other || r.byColumns != (2*len(r.From) < r.entries)
		take(r)
		if width = len(r.Bias); r.Pieces != nil {
			width = len(r.Pieces)
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
func (t *netText) slopes(r *Layer, activation string, units int) (slopes []string) {
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
			r.Pieces, slopes = append(r.Pieces, k), append(slopes, slices.Repeat([]string{slope}, k)...)
		}
		t.Require(slices.Contains(slopes, zero), "pieces: all are 1, expected the activation that says so")
	default:
		t.Require(false, "activation: expected none, relu, leaky_relu with a slope, mixed with slopes, or max with pieces")
	}
	return slopes
}

// layer reads a layer that so many values enter.
func (t *netText) layer(line string, width int) *Layer {
	head, rest, ok1 := strings.Cut(t.within(`{"activation":`, line, "]}"), `,"weights":[`)
	weights, bias, ok2 := strings.Cut(rest, `],"bias":[`)
	t.Require(ok1 && ok2, "expected an activation, weights and a bias")
	activation, columns, byColumns := strings.Cut(head, `,"columns":[`)
	words := t.words(bias)
	units := len(words)
	r := &Layer{Width: width, entries: units * width, Start: []int{0}, byColumns: byColumns}
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
		if byColumns && len(r.Start) <= units {
			columns = t.ascending(places[len(r.Start)-1], width)
		}
		for word := range t.items(`"`, row, `"`) {
			t.Stop()
			t.Require(at < len(columns) && !(byColumns && word == zero), "a row of weights: expected one for each column, and where columns are given none that is 0")
			if word != zero {
				r.From, words = append(r.From, columns[at]), append(words, word)
			}
			at++
		}
		t.Require(at == len(columns), "a row of weights: expected one for each column")
		r.Start = append(r.Start, len(words)-units)
	}
	t.Require(units > 0 && len(slopes) == units && len(r.Start) == units+1, "expected as many slopes and rows of weights as entries of the bias, and one at least")
	z, scale, right := canonical.Reals(words, t.Stop)
	below, fine, ok := canonical.Reals(slopes, t.Stop)
	t.Require(right && ok, "slopes, weights and bias: expected hexadecimal floats in their one spelling")
	r.Bias, r.Z, r.Scale, r.Slopes, r.Fine = z[:units], z[units:], scale, below, fine
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
