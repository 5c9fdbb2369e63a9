package certificate

// A network for the theorem: its layers in integers, with the bounds that say how many words their
// forms need.

import (
	"context"
	"math/big"
	"slices"
	"sync/atomic"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/nettext"
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

// net is a network in integers. Its layers end with the last one that has a neuron; rest are those
// that follow, which cut nothing.
type net struct {
	hash         string
	inputs       int
	layers, rest []*layer
}

// readNet reads the canonical text of a network which spells all its entries if there are no more
// than most.
func readNet(ctx context.Context, text []byte, most int) (n *net, err error) {
	n = &net{}
	used, stop := 1, canonical.NewVerdict(ctx).Stop
	n.hash, n.inputs, err = nettext.Read(ctx, text, most, func(r *nettext.Layer) {
		if n.layers == nil {
			n.layers = append(n.layers, inputs(r.Width))
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
func newLayer(r *nettext.Layer, last *layer, stop func()) *layer {
	y := &layer{bias: r.Bias, slopes: r.Slopes, fine: r.Fine, scale: last.scale + last.fine + r.Scale}
	y.edges, y.gains, y.most = make([][]edge, len(last.bias)), make([]big.Int, len(y.bias)), make([]big.Int, len(y.bias))
	one, t := new(big.Int).Lsh(big.NewInt(1), y.fine), new(big.Int)
	for v := range y.bias {
		stop()
		top := new(big.Int).Abs(y.bias[v].Lsh(&y.bias[v], last.scale+last.fine))
		for i := r.Start[v]; i < r.Start[v+1]; i++ {
			for u := last.first[r.From[i]]; u < last.first[r.From[i]+1]; u++ {
				y.edges[u] = append(y.edges[u], edge{v, r.Z[i]})
				top.Add(top, t.Mul(t.Abs(&r.Z[i]), &last.most[u]))
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
	y.group(r.Pieces)
	y.seen = make([]atomic.Uint32, len(y.pieces))
	if y.maxima {
		y.bits++ // a difference of two pieces fits as well
	}
	y.reach = max(y.bits, last.reach+int(y.scale-last.scale))
	return y
}
