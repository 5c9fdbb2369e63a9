// Values kept within bounds: constants, or other values.

package onnx

import (
	"math"
)

// clip has its bounds as inputs, or as attributes in old operator sets.
func clip(rd *reader, n *node) {
	if n.args[0].run == nil {
		clipBetween(rd, n)
		return
	}
	var bounds [2]float64
	for i, name := range []string{"min", "max"} {
		sign := float64(2*i - 1)
		v := n.float(name, float32(sign*math.MaxFloat32))
		if n.has(i + 1) {
			t := n.floats(i+1, name)
			if len(t.floats) != 1 {
				panic(refusalf("input %d (%s): shape %v, expected a scalar", i+1, name, t.shape))
			}
			v = t.floats[0]
		}
		if bounds[i] = v; isNoBound(sign * v) {
			bounds[i] = math.Inf(int(sign))
		}
	}
	rd.clip(bounds[0], bounds[1])
}

// isNoBound says that a number, turned outward, is the largest of its type, which exporters write
// for no bound. Any other is a bound, however large.
func isNoBound(v float64) bool { return v == math.MaxFloat32 || v == math.MaxFloat64 }

// clip is lo + relu(x − lo) − relu(x − hi), or one neuron where a bound is infinite.
func (rd *reader) clip(lo, hi float64) {
	if lo >= hi {
		panic(refusalf("bounds %g and %g, expected the first to be less", lo, hi))
	}
	x := rd.running()
	above := func(bound, sign float64) { // relu(sign·(x − bound))
		rd.enter(&x)
		rd.add(filled(rd.width, 0-bound))
		rd.turn(sign)
		rd.activate(filled(rd.width, 0))
	}
	switch {
	case math.IsInf(lo, 0) && math.IsInf(hi, 0):
	case math.IsInf(hi, 0):
		above(lo, 1)
		rd.add(filled(rd.width, lo))
	case math.IsInf(lo, 0):
		above(hi, -1)
		rd.turn(-1)
		rd.add(filled(rd.width, hi))
	default:
		above(lo, 1)
		low := rd.running()
		above(hi, 1)
		rd.combine(low, rd.running(), -1)
		rd.add(filled(rd.width, lo))
	}
}

// clipBetween is min(max(x, lo), hi) where a bound is computed: one neuron for each bound.
func clipBetween(rd *reader, n *node) {
	for _, name := range []string{"min", "max"} {
		if n.attributes[name] != nil {
			panic(refusalf("attribute %q beside a bound that is an input, expected one or the other", name))
		}
	}
	shape, x := n.shapeOf(0), n.args[0]
	for i, sign := range []float64{1, -1} {
		if !n.has(i + 1) {
			continue
		}
		bound := n.args[i+1]
		if size(bound.shape()) != 1 || len(bound.shape()) > len(shape) {
			panic(refusalf("input %d (%s): shape %v, expected a scalar", i+1, []string{"min", "max"}[i], bound.shape()))
		}
		if bound.value != nil && bound.value.floats != nil && isNoBound(-sign*bound.value.floats[0]) {
			continue // no bound
		}
		step := &node{op: n.op, arguments: arguments{[]arg{x, bound}}, opset: n.opset}
		if step.tips() == 0 {
			t := foldExtreme(sign)(rd, step)
			x = arg{value: t}
			continue
		}
		larger(sign)(rd, step)
		x = arg{run: &value{shape: shape, refs: rd.refs}}
	}
	if x.run == nil {
		panic(refusalf("no bound of it is computed"))
	}
	rd.enter(x.run)
}

// hardSigmoid is alpha·x + beta, kept within 0 and 1.
func hardSigmoid(rd *reader, n *node) {
	alpha := n.float("alpha", 0.2)
	beta := n.float("beta", 0.5)
	rd.scale(filled(rd.width, alpha))
	rd.add(filled(rd.width, beta))
	rd.clip(0, 1)
}
