// Arithmetic with constants and of constants, and the activations that are made of it.

package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// spread brings the running value and constant input at to their common shape by numpy's rule, and
// returns the constant's elements.
func (rd *reader) spread(n *node, at int) ([]float64, error) {
	c, err := n.floats(at, "constant")
	if err != nil {
		return nil, err
	}
	cShape, err := n.oldBroadcast(c.shape, rd.shape)
	if err != nil {
		return nil, err
	}
	shape, fromX, err := broadcast(rd.shape, cShape)
	if err != nil {
		return nil, err
	}
	_, fromC, err := broadcast(cShape, rd.shape)
	if err != nil {
		return nil, err
	}
	if len(fromX) != rd.width {
		refs, err := rd.pick(rd.refs, fromX, 0)
		if err != nil {
			return nil, err
		}
		rd.put(refs)
	}
	rd.shape = shape
	v := make([]float64, len(fromC))
	for i, j := range fromC {
		v[i] = c.floats[j]
	}
	return v, nil
}

// constantSide returns the index of the input that is a constant, of two.
func (n *node) constantSide() int {
	if n.args[1].run != nil {
		return 0
	}
	return 1
}

func multiply(rd *reader, n *node) error {
	d, err := rd.spread(n, n.constantSide())
	if err != nil {
		return err
	}
	return rd.scale(d)
}

// divide is by a constant: 1/d is rounded once, unless d is a power of two.
func divide(rd *reader, n *node) error {
	if err := n.mustRun(0, "A"); err != nil {
		return err
	}
	d, err := rd.spread(n, 1)
	if err != nil {
		return err
	}
	rounded := 0
	for i, v := range d {
		if f, _ := math.Frexp(v); math.Abs(f) != 0.5 {
			rounded++
		}
		if d[i] = 1 / v; math.IsInf(d[i], 0) || math.Abs(d[i]) < 0x1p-1022 {
			return fmt.Errorf("input 1: a divisor of %g, whose reciprocal is no normal float64", v)
		}
	}
	rd.im.Round("Div: 1/(the divisor)", rounded)
	return rd.scale(d)
}

func negate(rd *reader, _ *node) error { return rd.scale(filled(rd.width, -1)) }

// larger is the maximum, for Max, and with the sign −1 the minimum, for Min. Constants among the
// inputs are one.
func larger(sign float64) func(*reader, *node) error {
	return func(rd *reader, n *node) error {
		var values []value
		var constants []arg
		for i, a := range n.args {
			if a.run == nil {
				constants = append(constants, a)
				continue
			}
			v, err := rd.asValue(i, n)
			if err != nil {
				return err
			}
			values = append(values, v)
		}
		if len(constants) > 0 {
			t, err := foldExtreme(sign)(rd, &node{op: n.op, arguments: arguments{constants}})
			if err != nil {
				return err
			}
			v, err := rd.asValue(0, &node{op: n.op, arguments: arguments{[]arg{{value: t}}}})
			if err != nil {
				return err
			}
			values = append(values, v)
		}
		switch len(values) {
		case 1:
			rd.enter(&values[0])
			return nil
		case 2:
			return rd.extreme(values[0], values[1], sign)
		}
		return rd.largestOf(values, sign)
	}
}

// extreme makes max(x, y) = y + relu(x − y) the running value, or with the sign −1 min(x, y), which
// is −max(−x, −y), by numpy's rule. A y of constants alone becomes offsets.
func (rd *reader) extreme(x, y value, sign float64) error {
	if slices.ContainsFunc(y.refs, func(r ref) bool { return r.block != isConstant }) {
		err := rd.combine(x, y, -1)
		if err == nil && sign < 0 {
			err = rd.scale(filled(rd.width, -1))
		}
		if err := errors.Join(err, rd.activate(filled(rd.width, 0))); err != nil {
			return err
		}
		return rd.combine(y, value{shape: rd.shape, refs: rd.refs}, sign)
	}
	shape, from, err := together(x.shape, y.shape)
	if err != nil {
		return err
	}
	refs, err := rd.pick(x.refs, from[0], 0)
	if err != nil {
		return err
	}
	rd.enter(&value{shape: shape, refs: refs})
	c, less := make([]float64, rd.width), make([]float64, rd.width)
	for i, j := range from[1] {
		c[i] = rd.constants[y.refs[j].row]
		less[i] = 0 - c[i]
	}
	turn := func() error {
		if sign > 0 {
			return nil
		}
		return rd.scale(filled(rd.width, -1))
	}
	err = errors.Join(rd.add(less), turn(), rd.activate(filled(rd.width, 0)), turn())
	if err != nil {
		return err
	}
	return rd.add(c)
}

// scaler of ai.onnx.ml is (x − offset)·scale, each one number or one for each feature.
func scaler(rd *reader, n *node) error {
	var lists [2][]float64
	for i, name := range []string{"offset", "scale"} {
		list, err := n.numbers(name)
		if err != nil {
			return err
		}
		features := 1
		if len(rd.shape) > 0 {
			features = rd.shape[len(rd.shape)-1]
		}
		if len(list) != 1 && len(list) != features {
			return fmt.Errorf("attribute %q: %d numbers, expected 1 or %d, one for each feature", name, len(list), features)
		}
		lists[i] = make([]float64, rd.width)
		for j := range lists[i] {
			lists[i][j] = list[j%len(list)]
		}
	}
	for j, v := range lists[0] {
		lists[0][j] = 0 - v
	}
	if err := rd.add(lists[0]); err != nil {
		return err
	}
	return rd.scale(lists[1])
}

// mean is the sum over their number, whose reciprocal is rounded unless it is a power of two.
func mean(rd *reader, n *node) error {
	if err := sumAll(rd, n); err != nil || len(n.args) == 1 {
		return err
	}
	if f, _ := math.Frexp(float64(len(n.args))); f != 0.5 {
		rd.im.Round("Mean: 1/(the number of inputs)", rd.width)
	}
	return rd.scale(filled(rd.width, 1/float64(len(n.args))))
}

// sumAll is the sum of any number of values.
func sumAll(rd *reader, n *node) error {
	values := make([]value, len(n.args))
	shape := []int{}
	for i := range n.args {
		v, err := rd.asValue(i, n)
		if err != nil {
			return err
		}
		if values[i] = v; i == 0 {
			shape = v.shape
		} else if shape, _, err = broadcast(shape, v.shape); err != nil {
			return err
		}
	}
	terms := make([][]ref, len(values))
	for i, v := range values {
		_, from, err := broadcast(v.shape, shape)
		if err != nil {
			return err
		}
		if terms[i], err = rd.pick(v.refs, from, 0); err != nil {
			return err
		}
	}
	rd.shape = shape
	return rd.addUp(terms, filled(len(terms), 1))
}

// reduce is the sum over axes, or the mean, whose 1/count is rounded unless count is a power of
// two. The sum of absolute values has neurons of its own.
func reduce(mean, absolute bool) func(*reader, *node) error {
	return func(rd *reader, n *node) error {
		if err := n.mustRun(0, "data"); err != nil {
			return err
		}
		if absolute {
			if err := rd.activate(filled(rd.width, -1)); err != nil {
				return err
			}
		}
		o, err := n.reduction(rd.shape)
		if o == nil || err != nil {
			return err
		}
		return rd.reduce(o, mean, n.op)
	}
}

func globalAveragePool(rd *reader, n *node) error {
	if len(rd.shape) < 3 {
		return fmt.Errorf("shape %v, expected a batch, channels and the rest", rd.shape)
	}
	return rd.reduce(overAxes(rd.shape, ordered(len(rd.shape))[2:], true), true, n.op)
}

func (rd *reader) reduce(o *over, mean bool, what string) error {
	w, err := rd.newWeights(o.width, rd.width)
	if err != nil {
		return err
	}
	factor := 1.0
	if mean {
		factor = 1 / float64(o.count)
		if f, _ := math.Frexp(float64(o.count)); f != 0.5 {
			rd.im.Round(what+": 1/(the number of elements)", rd.width)
		}
	}
	for j, i := range o.from {
		w.Set(i, j, factor)
	}
	rd.shape = o.shape
	return rd.affine(w)
}
