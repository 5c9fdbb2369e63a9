// Values kept within bounds: constants, or other values.

package onnx

import (
	"errors"
	"fmt"
	"math"
)

// clip has its bounds as inputs, or as attributes in old operator sets.
func clip(rd *reader, n *node) error {
	if n.args[0].run == nil {
		return clipBetween(rd, n)
	}
	var bounds [2]float64
	for i, name := range []string{"min", "max"} {
		sign := float64(2*i - 1)
		v, err := n.float(name, float32(sign*math.MaxFloat32))
		if err != nil {
			return err
		}
		if n.has(i + 1) {
			t, err := n.floats(i+1, name)
			if err != nil {
				return err
			}
			if len(t.floats) != 1 {
				return fmt.Errorf("input %d (%s): shape %v, expected a scalar", i+1, name, t.shape)
			}
			v = t.floats[0]
		}
		// The largest float32 is what exporters write for no bound.
		if bounds[i] = v; sign*v >= math.MaxFloat32 {
			bounds[i] = math.Inf(int(sign))
		}
	}
	return rd.clip(bounds[0], bounds[1])
}

// clip is lo + relu(x − lo) − relu(x − hi), or one neuron where a bound is infinite.
func (rd *reader) clip(lo, hi float64) error {
	if lo >= hi {
		return fmt.Errorf("bounds %g and %g, expected the first to be less", lo, hi)
	}
	x := value{shape: rd.shape, refs: rd.refs}
	above := func(bound, sign float64) error { // relu(sign·(x − bound))
		rd.enter(&x)
		if err := rd.add(filled(rd.width, 0-bound)); err != nil {
			return err
		}
		if sign < 0 {
			if err := rd.scale(filled(rd.width, -1)); err != nil {
				return err
			}
		}
		return rd.activate(filled(rd.width, 0))
	}
	switch {
	case math.IsInf(lo, 0) && math.IsInf(hi, 0):
		return nil
	case math.IsInf(hi, 0):
		if err := above(lo, 1); err != nil {
			return err
		}
		return rd.add(filled(rd.width, lo))
	case math.IsInf(lo, 0):
		if err := above(hi, -1); err != nil {
			return err
		}
		if err := rd.scale(filled(rd.width, -1)); err != nil {
			return err
		}
		return rd.add(filled(rd.width, hi))
	}
	if err := above(lo, 1); err != nil {
		return err
	}
	low := value{shape: rd.shape, refs: rd.refs}
	if err := above(hi, 1); err != nil {
		return err
	}
	if err := rd.combine(low, value{shape: rd.shape, refs: rd.refs}, -1); err != nil {
		return err
	}
	return rd.add(filled(rd.width, lo))
}

// clipBetween is min(max(x, lo), hi) where a bound is computed: one neuron for each bound.
func clipBetween(rd *reader, n *node) error {
	if n.args[0].absent() {
		return errors.New("input 0: missing")
	}
	for _, name := range []string{"min", "max"} {
		if n.attributes[name] != nil {
			return fmt.Errorf("attribute %q beside a bound that is an input, expected one or the other", name)
		}
	}
	shape := n.args[0].shape()
	x := n.args[0]
	for i, sign := range []float64{1, -1} {
		if !n.has(i + 1) {
			continue
		}
		bound := n.args[i+1]
		if size(bound.shape()) != 1 || len(bound.shape()) > len(shape) {
			return fmt.Errorf("input %d (%s): shape %v, expected a scalar", i+1, []string{"min", "max"}[i], bound.shape())
		}
		if bound.value != nil && bound.value.floats != nil && -sign*bound.value.floats[0] >= math.MaxFloat32 {
			continue // no bound
		}
		step := &node{op: n.op, arguments: arguments{[]arg{x, bound}}, opset: n.opset}
		if step.tips() == 0 {
			t, err := foldExtreme(sign)(rd, step)
			if err != nil {
				return err
			}
			x = arg{value: t}
			continue
		}
		if err := larger(sign)(rd, step); err != nil {
			return err
		}
		x = arg{run: &value{shape: shape, refs: rd.refs}}
	}
	if x.run == nil {
		return errors.New("no bound of it is computed")
	}
	rd.enter(x.run)
	return nil
}

// hardSigmoid is alpha·x + beta, kept within 0 and 1.
func hardSigmoid(rd *reader, n *node) error {
	alpha, err1 := n.float("alpha", 0.2)
	beta, err2 := n.float("beta", 0.5)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if err := rd.scale(filled(rd.width, alpha)); err != nil {
		return err
	}
	if err := rd.add(filled(rd.width, beta)); err != nil {
		return err
	}
	return rd.clip(0, 1)
}
