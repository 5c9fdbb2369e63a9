// Truth values of what is computed from the input, as a Where chooses by them: each is the sign of
// a pre-activation. A Where is piecewise linear where its branches meet at that sign's change, that
// is, where their difference is a multiple of the pre-activation: then it is the maximum or the
// minimum of the two, with one neuron.

package onnx

import (
	"slices"
)

// test says of which sign of z a truth value is true, z being the value that stands for it.
type test uint8

const (
	isNumber test = iota // no truth value
	isPositive
	isNegative
)

// filled is what stands for a constant among values of this kind: for a truth value, a number of
// the sign that it is true of, or of the other one.
func (t test) filled(v float64) float64 {
	switch {
	case t == isNumber:
		return v
	case (v != 0) == (t == isPositive):
		return 1
	}
	return -1
}

// compareRunning is the test of a − b, by numpy's rule. Whether it holds at 0 does not matter: a
// Where is read only where its branches meet there.
func compareRunning(rd *reader, n *node) []value {
	if tips := n.tips(); tips == 0 {
		return []value{{constant: foldCompare(rd, n)}}
	}
	a := rd.asValue(0, n)
	b := rd.asValue(1, n)
	rd.combine(a, b, -1)
	out := value{shape: rd.shape, refs: rd.refs, test: isPositive}
	if n.op == "Less" || n.op == "LessOrEqual" {
		out.test = isNegative
	}
	return []value{out}
}

// tips is the number of inputs that are computed from the network's.
func (n *node) tips() int {
	k := 0
	for _, a := range n.args {
		if a.run != nil {
			k++
		}
	}
	return k
}

// not is of a constant, or turns a test around.
func not(rd *reader, n *node) []value {
	if n.args[0].run == nil {
		return []value{{constant: foldNot(rd, n)}}
	}
	out := *n.args[0].run
	if out.test == isNumber {
		panic(refusalf("input 0: numbers, expected truth values"))
	}
	out.test = isPositive + isNegative - out.test
	return []value{out}
}

// where chooses by constants, or by the sign of what is computed.
func where(rd *reader, n *node) []value {
	condition := n.args[0]
	switch {
	case condition.absent():
		panic(refusalf("input 0 (condition): missing"))
	case n.tips() == 0:
		return []value{{constant: foldWhere(rd, n)}}
	case condition.run == nil && condition.value.ints == nil, condition.run != nil && condition.run.test == isNumber:
		panic(refusalf("input 0 (condition): numbers, expected truth values"))
	}
	yes := rd.asValue(1, n)
	no := rd.asValue(2, n)
	shape, from := together(condition.shape(), yes.shape, no.shape)
	var refs [2][]ref
	for i, v := range []value{yes, no} {
		refs[i] = rd.pick(v.refs, from[i+1], 0)
	}
	out := value{shape: shape}
	if condition.run == nil {
		out.refs = refs[1]
		for i, at := range from[0] {
			if condition.value.ints[at] != 0 {
				out.refs[i] = refs[0][i]
			}
		}
		return []value{out}
	}
	z := rd.pick(condition.run.refs, from[0], 0)
	if condition.run.test == isNegative {
		refs[0], refs[1] = refs[1], refs[0]
	}
	out.refs = rd.choose(z, refs[0], refs[1])
	return []value{out}
}

// choose returns elements that are those of above where z > 0, and those of below where z < 0.
func (rd *reader) choose(z, above, below []ref) []ref {
	out := slices.Clone(below)
	ex := &expander{rd.builder, maxExpanded}
	if slopes, ok := ex.leaky(z, above, below); ok {
		rd.put(above) // which is z, perhaps by fewer layers
		rd.activate(slopes)
		return rd.refs
	}
	at := map[choice][]int{}
	for i := range z {
		var c choice
		saying(func() { c = ex.chosen(z[i], above[i], below[i]) }, "element %d", i)
		if at[c] = append(at[c], i); c == chooseAbove {
			out[i] = above[i]
		}
	}
	rd.extremes(out, at[chooseLarger], above, below, 1)
	rd.extremes(out, at[chooseSmaller], above, below, -1)
	return out
}

// extremes sets the elements of out at the places given to the larger of a and b, or with the sign
// −1 to the smaller.
func (rd *reader) extremes(out []ref, at []int, a, b []ref, sign float64) {
	if len(at) == 0 {
		return
	}
	x := rd.pick(a, at, 0)
	y := rd.pick(b, at, 0)
	rd.extreme(value{shape: []int{len(at)}, refs: x}, value{shape: []int{len(at)}, refs: y}, sign)
	for j, i := range at {
		out[i] = rd.refs[j]
	}
}

// thresholdedRelu is x above alpha and 0 below: continuous where alpha is 0.
func thresholdedRelu(rd *reader, n *node) {
	if alpha := n.float("alpha", 1); alpha != 0 {
		panic(refusalf("attribute \"alpha\": %g, where the function jumps; supported is 0, a Relu", alpha))
	}
	rd.activate(filled(rd.width, 0))
}

// shrink is x − bias above lambd, x + bias below −lambd, and 0 between: continuous where bias is
// lambd, and then x less x clipped.
func shrink(rd *reader, n *node) {
	lambd, bias := n.float("lambd", 0.5), n.float("bias", 0)
	switch {
	case lambd != bias || lambd < 0:
		panic(refusalf("attributes \"lambd\" and \"bias\": %g and %g, where the function jumps; supported are two that are equal and not negative", lambd, bias))
	case lambd == 0:
		return
	}
	x := rd.running()
	rd.clip(-lambd, lambd)
	rd.combine(x, rd.running(), -1)
}
