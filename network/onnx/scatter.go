// Scatters: elements replaced, added to or compared at places that constant indices name.

package onnx

import (
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// scatterElements puts updates at indices along an axis.
func scatterElements(rd *reader, n *node) []value {
	return scatter(rd, n, func(t *tensor, shape, updates []int) []int {
		if !slices.Equal(t.shape, updates) {
			panic(refusalf("updates of shape %v, expected that of the indices, %v", updates, t.shape))
		}
		return n.elementPlaces(t, shape)
	})
}

// scatterND puts updates at the slices that tuples of indices name.
func scatterND(rd *reader, n *node) []value {
	return scatter(rd, n, func(t *tensor, shape, updates []int) []int {
		if len(t.shape) == 0 {
			panic(refusalf("input 1 (indices): a scalar"))
		}
		starts, length := slicesAt(t, shape, 0)
		if want := slices.Concat(t.shape[:len(t.shape)-1], shape[t.shape[len(t.shape)-1]:]); !slices.Equal(want, updates) {
			panic(refusalf("updates of shape %v, expected %v", updates, want))
		}
		var to []int
		for _, at := range starts {
			for k := range length {
				to = append(to, at+k)
			}
		}
		return to
	})
}

// scatter replaces elements of input 0 by those of input 2, at the places that an operator finds,
// or adds these to them, multiplies them, or takes the larger or the smaller.
func scatter(rd *reader, n *node, places func(indices *tensor, shape, updates []int) []int) []value {
	how := n.text("reduction", "none")
	if !slices.Contains([]string{"none", "add", "mul", "max", "min"}, how) {
		panic(refusalf("attribute \"reduction\": %q, supported are none, add, mul, max and min", how))
	}
	if n.args[0].absent() || n.args[2].absent() {
		panic(refusalf("an input is missing"))
	}
	t := n.indices()
	to := places(t, n.args[0].shape(), n.args[2].shape())
	touched := slices.Compact(slices.Sorted(slices.Values(to)))
	if len(touched) < len(to) && how == "none" {
		panic(refusalf("indices that are given twice"))
	}
	if n.tips() == 0 {
		return scatterConstants(rd, n, to, how)
	}
	data := rd.asValue(0, n)
	updates := rd.asValue(2, n)
	rd.move(len(data.refs) + 2*len(to))
	data.refs = slices.Clone(data.refs)
	if how == "none" {
		for i, at := range to {
			data.refs[at] = updates.refs[i]
		}
		return []value{data}
	}
	groups, pieces := gathered(data.refs, updates.refs, touched, to)
	switch how {
	case "add":
		rd.addGroups(groups, pieces)
	case "mul":
		multiplyGroups(rd, n, groups, pieces)
	case "max":
		rd.largest(groups, pieces, 1)
	case "min":
		rd.largest(groups, pieces, -1)
	}
	for i, at := range touched {
		data.refs[at] = rd.refs[i]
	}
	return []value{data}
}

// gathered returns for each place that is touched its element and what comes to it, one after the
// other, and how many they are.
func gathered(data, updates []ref, touched, to []int) (groups []ref, pieces []int) {
	order := ordered(len(to))
	slices.SortStableFunc(order, func(i, j int) int { return to[i] - to[j] })
	for _, at := range touched {
		before := len(groups)
		groups = append(groups, data[at])
		for len(order) > 0 && to[order[0]] == at {
			groups, order = append(groups, updates[order[0]]), order[1:]
		}
		pieces = append(pieces, len(groups)-before)
	}
	return groups, pieces
}

// addGroups makes the running value the sum of each group of places, one after the other in refs.
func (b *builder) addGroups(refs []ref, sizes []int) {
	b.put(refs)
	w := b.newWeights(len(sizes), b.width)
	at := 0
	for i, n := range sizes {
		for range n {
			w.Set(i, at, 1)
			at++
		}
	}
	b.affine(w)
}

// multiplyGroups makes the running value the product of each group of places, one after the other
// in refs, of which one at most is no constant. Products are computed exactly and rounded once.
func multiplyGroups(rd *reader, n *node, refs []ref, sizes []int) {
	rd.put(refs)
	w, offsets := rd.newWeights(len(sizes), rd.width), make([]float64, len(sizes))
	at, rounded := 0, 0
	for i, count := range sizes {
		factors, from := big.NewRat(1, 1), -1
		for ; count > 0; at, count = at+1, count-1 {
			switch r := refs[at]; {
			case r.block == isConstant:
				v := new(big.Rat)
				v.SetFloat64(rd.constants[r.row])
				factors.Mul(factors, v)
			case from >= 0:
				panic(refusal{errProduct})
			default:
				from = at
			}
			if max(factors.Num().BitLen(), factors.Denom().BitLen()) > exactBits {
				panic(refusalf("the product of updates at element %d is beyond what is held exactly", i))
			}
		}
		v, exact := dyadic.FromRat(factors)
		if math.IsInf(v, 0) {
			panic(refusalf("the product of updates at element %d is beyond the range of float64", i))
		}
		if !exact {
			rounded++
		}
		if from >= 0 {
			w.Set(i, from, v)
		} else {
			offsets[i] = v
		}
	}
	rd.im.Round(n.op+": products of updates", rounded)
	rd.affine(w)
	rd.add(offsets)
}

// scatterConstants folds a scatter of constants. Sums are computed exactly and rounded once.
func scatterConstants(rd *reader, n *node, to []int, how string) []value {
	data, updates := n.args[0].value, n.args[2].value
	if (data.ints == nil) != (updates.ints == nil) {
		panic(refusalf("integers and floats together"))
	}
	if how != "none" && data.ints != nil || how == "mul" {
		panic(refusalf("attribute \"reduction\": %q of constants alone, supported are none, and of floats add, max and min", how))
	}
	rd.move(size(data.shape) + 2*len(to))
	out := &tensor{shape: data.shape, elem: data.elem, ints: slices.Clone(data.ints), floats: slices.Clone(data.floats)}
	if how == "add" {
		addConstants(rd, n, out.floats, updates.floats, to)
		return []value{{constant: out}}
	}
	for i, at := range to {
		switch {
		case out.ints != nil:
			out.ints[at] = updates.ints[i]
		case how == "max":
			out.floats[at] = max(out.floats[at], updates.floats[i])
		case how == "min":
			out.floats[at] = min(out.floats[at], updates.floats[i])
		default:
			out.floats[at] = updates.floats[i]
		}
	}
	return []value{{constant: out}}
}

// addConstants adds updates to the elements of data that they go to.
func addConstants(rd *reader, n *node, data, updates []float64, to []int) {
	order, rounded := ordered(len(to)), 0
	slices.SortStableFunc(order, func(i, j int) int { return to[i] - to[j] })
	for len(order) > 0 {
		at := to[order[0]]
		sum := exactFloat(data[at])
		for len(order) > 0 && to[order[0]] == at {
			sum.Add(sum, exactFloat(updates[order[0]]))
			order = order[1:]
		}
		data[at] = nearest(sum, at, &rounded)
	}
	rd.im.Round(n.op+" of constants", rounded)
}
