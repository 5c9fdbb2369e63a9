// Scatters: elements replaced, added to or compared at places that constant indices name.

package onnx

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// scatterElements puts updates at indices along an axis.
func scatterElements(rd *reader, n *node) ([]value, error) {
	return scatter(rd, n, func(t *tensor, shape, updates []int) ([]int, error) {
		if !slices.Equal(t.shape, updates) {
			return nil, fmt.Errorf("updates of shape %v, expected that of the indices, %v", updates, t.shape)
		}
		return n.elementPlaces(t, shape)
	})
}

// scatterND puts updates at the slices that tuples of indices name.
func scatterND(rd *reader, n *node) ([]value, error) {
	return scatter(rd, n, func(t *tensor, shape, updates []int) ([]int, error) {
		if len(t.shape) == 0 {
			return nil, errors.New("input 1 (indices): a scalar")
		}
		starts, length, err := slicesAt(t, shape, 0)
		if err != nil {
			return nil, err
		}
		if want := slices.Concat(t.shape[:len(t.shape)-1], shape[t.shape[len(t.shape)-1]:]); !slices.Equal(want, updates) {
			return nil, fmt.Errorf("updates of shape %v, expected %v", updates, want)
		}
		var to []int
		for _, at := range starts {
			for k := range length {
				to = append(to, at+k)
			}
		}
		return to, nil
	})
}

// scatter replaces elements of input 0 by those of input 2, at the places that an operator finds,
// or adds these to them, or takes the larger or the smaller.
func scatter(rd *reader, n *node, places func(indices *tensor, shape, updates []int) ([]int, error)) ([]value, error) {
	how := n.text("reduction", "none")
	if !slices.Contains([]string{"none", "add", "max", "min"}, how) {
		return nil, fmt.Errorf("attribute \"reduction\": %q, supported are none, add, max and min", how)
	}
	if n.args[0].absent() || n.args[2].absent() {
		return nil, errors.New("an input is missing")
	}
	t, err := n.indices(1)
	if err != nil {
		return nil, err
	}
	to, err := places(t, n.args[0].shape(), n.args[2].shape())
	if err != nil {
		return nil, err
	}
	touched := slices.Compact(slices.Sorted(slices.Values(to)))
	if len(touched) < len(to) && how == "none" {
		return nil, errors.New("indices that are given twice")
	}
	if n.tips() == 0 {
		return scatterConstants(rd, n, to, how)
	}
	data, err1 := rd.asValue(0, n)
	updates, err2 := rd.asValue(2, n)
	if err := errors.Join(err1, err2, rd.move(len(data.refs)+2*len(to))); err != nil {
		return nil, err
	}
	data.refs = slices.Clone(data.refs)
	if how == "none" {
		for i, at := range to {
			data.refs[at] = updates.refs[i]
		}
		return []value{data}, nil
	}
	groups, pieces := gathered(data.refs, updates.refs, touched, to)
	switch how {
	case "add":
		err = rd.addGroups(groups, pieces)
	case "max":
		err = rd.largest(groups, pieces, 1)
	case "min":
		err = rd.largest(groups, pieces, -1)
	}
	if err != nil {
		return nil, err
	}
	for i, at := range touched {
		data.refs[at] = rd.refs[i]
	}
	return []value{data}, nil
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
func (b *builder) addGroups(refs []ref, sizes []int) error {
	b.put(refs)
	w, err := b.newWeights(len(sizes), b.width)
	if err != nil {
		return err
	}
	at := 0
	for i, n := range sizes {
		for range n {
			w.Set(i, at, 1)
			at++
		}
	}
	return b.affine(w)
}

// scatterConstants folds a scatter of constants. Sums are computed exactly and rounded once.
func scatterConstants(rd *reader, n *node, to []int, how string) ([]value, error) {
	data, updates := n.args[0].value, n.args[2].value
	if (data.ints == nil) != (updates.ints == nil) {
		return nil, errors.New("integers and floats together")
	}
	if how != "none" && data.ints != nil {
		return nil, fmt.Errorf("attribute \"reduction\": %q of integers, supported is none", how)
	}
	if err := rd.move(size(data.shape) + 2*len(to)); err != nil {
		return nil, err
	}
	out := &tensor{shape: data.shape, elem: data.elem, ints: slices.Clone(data.ints), floats: slices.Clone(data.floats)}
	if how == "add" {
		return []value{{constant: out}}, addConstants(rd, n, out.floats, updates.floats, to)
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
	return []value{{constant: out}}, nil
}

// addConstants adds updates to the elements of data that they go to.
func addConstants(rd *reader, n *node, data, updates []float64, to []int) error {
	order, rounded := ordered(len(to)), 0
	slices.SortStableFunc(order, func(i, j int) int { return to[i] - to[j] })
	for len(order) > 0 {
		at := to[order[0]]
		sum := exactFloat(data[at])
		for len(order) > 0 && to[order[0]] == at {
			sum.Add(sum, exactFloat(updates[order[0]]))
			order = order[1:]
		}
		v, accuracy := dyadic.FromFloat(sum)
		if math.IsInf(v, 0) {
			return fmt.Errorf("element %d is beyond the range of float64", at)
		}
		if data[at] = v + 0; accuracy != big.Exact {
			rounded++
		}
	}
	rd.im.Round(n.op+" of constants", rounded)
	return nil
}
