// Truth values of what is computed from the input, as a Where chooses by them: each is the sign of
// a pre-activation. A Where is piecewise linear where its branches meet at that sign's change, that
// is, where their difference is a multiple of the pre-activation: then it is the maximum or the
// minimum of the two, with one neuron.

package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// test says of which sign of z a truth value is true, z being the value that stands for it.
type test uint8

const (
	isNumber test = iota // no truth value
	isPositive
	isNegative
)

// compareRunning is the test of a − b, by numpy's rule. Whether it holds at 0 does not matter: a
// Where is read only where its branches meet there.
func compareRunning(rd *reader, n *node) ([]value, error) {
	if tips := n.tips(); tips == 0 {
		t, err := foldCompare(rd, n)
		return []value{{constant: t}}, err
	}
	a, err := rd.asValue(0, n)
	if err != nil {
		return nil, err
	}
	b, err := rd.asValue(1, n)
	if err != nil {
		return nil, err
	}
	if err := rd.combine(a, b, -1); err != nil {
		return nil, err
	}
	out := value{shape: rd.shape, refs: rd.refs, test: isPositive}
	if n.op == "Less" || n.op == "LessOrEqual" {
		out.test = isNegative
	}
	return []value{out}, nil
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
func not(rd *reader, n *node) ([]value, error) {
	if n.args[0].run == nil {
		t, err := foldNot(rd, n)
		return []value{{constant: t}}, err
	}
	out := *n.args[0].run
	if out.test == isNumber {
		return nil, errors.New("input 0: numbers, expected truth values")
	}
	out.test = isPositive + isNegative - out.test
	return []value{out}, nil
}

// where chooses by constants, or by the sign of what is computed.
func where(rd *reader, n *node) ([]value, error) {
	condition := n.args[0]
	switch {
	case condition.absent():
		return nil, errors.New("input 0 (condition): missing")
	case n.tips() == 0:
		t, err := foldWhere(rd, n)
		return []value{{constant: t}}, err
	case condition.run == nil && condition.value.ints == nil, condition.run != nil && condition.run.test == isNumber:
		return nil, errors.New("input 0 (condition): numbers, expected truth values")
	}
	yes, err := rd.asValue(1, n)
	if err != nil {
		return nil, err
	}
	no, err := rd.asValue(2, n)
	if err != nil {
		return nil, err
	}
	shape, from, err := together(condition.shape(), yes.shape, no.shape)
	if err != nil {
		return nil, err
	}
	var refs [2][]ref
	for i, v := range []value{yes, no} {
		if refs[i], err = rd.pick(v.refs, from[i+1], 0); err != nil {
			return nil, err
		}
	}
	out := value{shape: shape}
	if condition.run == nil {
		out.refs = refs[1]
		for i, at := range from[0] {
			if condition.value.ints[at] != 0 {
				out.refs[i] = refs[0][i]
			}
		}
		return []value{out}, nil
	}
	z, err := rd.pick(condition.run.refs, from[0], 0)
	if err != nil {
		return nil, err
	}
	if condition.run.test == isNegative {
		refs[0], refs[1] = refs[1], refs[0]
	}
	out.refs, err = rd.choose(z, refs[0], refs[1])
	return []value{out}, err
}

// choose returns elements that are those of above where z > 0, and those of below where z < 0.
func (rd *reader) choose(z, above, below []ref) ([]ref, error) {
	out := slices.Clone(below)
	ex := &expander{rd.builder, maxExpanded}
	if slopes, ok := ex.leaky(z, above, below); ok {
		rd.put(above) // which is z, perhaps by fewer layers
		err := rd.activate(slopes)
		return rd.refs, err
	}
	at := map[choice][]int{}
	for i := range z {
		c, err := ex.chosen(z[i], above[i], below[i])
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		if at[c] = append(at[c], i); c == chooseAbove {
			out[i] = above[i]
		}
	}
	err := errors.Join(rd.extremes(out, at[chooseLarger], above, below, 1), rd.extremes(out, at[chooseSmaller], above, below, -1))
	return out, err
}

// extremes sets the elements of out at the places given to the larger of a and b, or with the sign
// −1 to the smaller.
func (rd *reader) extremes(out []ref, at []int, a, b []ref, sign float64) error {
	if len(at) == 0 {
		return nil
	}
	x, err1 := rd.pick(a, at, 0)
	y, err2 := rd.pick(b, at, 0)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if err := rd.extreme(value{shape: []int{len(at)}, refs: x}, value{shape: []int{len(at)}, refs: y}, sign); err != nil {
		return err
	}
	for j, i := range at {
		out[i] = rd.refs[j]
	}
	return nil
}

// thresholdedRelu is x above alpha and 0 below: continuous where alpha is 0.
func thresholdedRelu(rd *reader, n *node) error {
	alpha, err := n.float("alpha", 1)
	if err == nil && alpha != 0 {
		err = fmt.Errorf("attribute \"alpha\": %g, where the function jumps; supported is 0, a Relu", alpha)
	}
	if err != nil {
		return err
	}
	return rd.activate(filled(rd.width, 0))
}

// shrink is x − bias above lambd, x + bias below −lambd, and 0 between: continuous where bias is
// lambd, and then x less x clipped.
func shrink(rd *reader, n *node) error {
	lambd, err1 := n.float("lambd", 0.5)
	bias, err2 := n.float("bias", 0)
	switch err := errors.Join(err1, err2); {
	case err != nil:
		return err
	case lambd != bias || lambd < 0:
		return fmt.Errorf("attributes \"lambd\" and \"bias\": %g and %g, where the function jumps; supported are two that are equal and not negative", lambd, bias)
	case lambd == 0:
		return nil
	}
	x := value{shape: rd.shape, refs: rd.refs}
	if err := rd.clip(-lambd, lambd); err != nil {
		return err
	}
	return rd.combine(x, value{shape: rd.shape, refs: rd.refs}, -1)
}
