package onnx

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// bodyAttr is the graph of a loop.
func bodyAttr(inputs, outputs []string, nodes ...*onnxpb.NodeProto) *onnxpb.AttributeProto {
	g := &onnxpb.GraphProto{Node: nodes}
	for _, name := range inputs {
		g.Input = append(g.Input, &onnxpb.ValueInfoProto{Name: ptr(name)})
	}
	for _, name := range outputs {
		g.Output = append(g.Output, &onnxpb.ValueInfoProto{Name: ptr(name)})
	}
	return graphAttr("body", g)
}

// looped is a chain with the integers 3 and 0, a true and a false.
func looped(inputs ...int) *chain {
	return newChain(inputs...).doubles("one", []int64{1}, 1).
		made("Constant", "three", nil, intAttr("value_int", 3)).made("Constant", "zero", nil, intAttr("value_int", 0)).
		made("Equal", "yes", []string{"zero", "zero"}).made("Equal", "no", []string{"three", "zero"})
}

// shrinking is a loop's body: h becomes relu(h − 1), and is put out.
func shrinking() *onnxpb.AttributeProto {
	return bodyAttr([]string{"i", "c", "h"}, []string{"d", "k", "o"},
		newNode("Identity", "d", []string{"c"}), newNode("Sub", "s", []string{"h", "one"}), newNode("Relu", "k", []string{"s"}), newNode("Identity", "o", []string{"k"}))
}

func loopOf(c *chain, outs []string, inputs []string, body *onnxpb.AttributeProto) *chain {
	n := newNode("Loop", outs[0], inputs, body)
	n.Output = outs
	c.g.Node = append(c.g.Node, n)
	return c
}

func TestLoopsByHand(t *testing.T) {
	x := []float64{5, 2}
	counting := bodyAttr([]string{"i", "c", "h"}, []string{"d", "k"}, // h + i, as long as i < 3
		newNode("Less", "d", []string{"i", "three"}), newNode("Cast", "f", []string{"i"}, intAttr("to", int64(onnxpb.TensorProto_DOUBLE))), newNode("Add", "k", []string{"h", "f"}))
	inner := newNode("Loop", "k", []string{"three", "", "h"}, bodyAttr([]string{"j", "e", "g"}, []string{"f", "m"},
		newNode("Identity", "f", []string{"c"}), newNode("Sub", "m", []string{"g", "one"})))
	for name, b := range map[string]byHand{
		"what is carried":   {loopOf(looped(1, 2), []string{"y"}, []string{"three", "", "v0"}, shrinking()).node("Neg", []string{"y"}), 13, x, []float64{-2, 0}},
		"what is put out":   {loopOf(looped(1, 2), []string{"y", "all"}, []string{"three", "yes", "v0"}, shrinking()).node("Neg", []string{"all"}), 13, x, []float64{-4, -1, -3, 0, -2, 0}},
		"a condition":       {loopOf(looped(1, 2), []string{"y"}, []string{"", "yes", "v0"}, counting).node("Neg", []string{"y"}), 13, x, []float64{-11, -8}},
		"no iteration":      {loopOf(looped(1, 2), []string{"y"}, []string{"zero", "", "v0"}, shrinking()).node("Neg", []string{"y"}), 13, x, []float64{-5, -2}},
		"a false condition": {loopOf(looped(1, 2), []string{"y"}, []string{"three", "no", "v0"}, shrinking()).node("Neg", []string{"y"}), 13, x, []float64{-5, -2}},
		"a loop in a loop":  {loopOf(looped(1, 2), []string{"y"}, []string{"three", "", "v0"}, bodyAttr([]string{"i", "c", "h"}, []string{"c", "k"}, inner)).node("Neg", []string{"y"}), 13, x, []float64{4, 7}},
	} {
		t.Run(name, b.check)
	}
	for want, c := range map[string]*chain{
		"input 0 (M, the number of iterations): it is computed from the network's input": loopOf(looped(1, 1), []string{"y"}, []string{"v0", "", "v0"}, shrinking()).node("Neg", []string{"y"}),
		"it does not end":                               loopOf(looped(1, 1), []string{"y"}, []string{"", "", "v0"}, shrinking()).node("Neg", []string{"y"}),
		"loops become more than 65536 nodes":            loopOf(looped(1, 1), []string{"y"}, []string{"", "yes", "v0"}, shrinking()).node("Neg", []string{"y"}),
		"a graph of 3 inputs and 3 outputs, expected 2": loopOf(looped(1, 1), []string{"y"}, []string{"three", ""}, shrinking()).node("Neg", []string{"y"}),
		"whether there is another depends on the network's input": loopOf(looped(1, 1), []string{"y"}, []string{"three", "", "v0"},
			bodyAttr([]string{"i", "c", "h"}, []string{"h", "h"})).node("Neg", []string{"y"}),
		"iteration 0: node 0 \"k\" (Tanh): Tanh is smooth": loopOf(looped(1, 1), []string{"y"}, []string{"three", "", "v0"},
			bodyAttr([]string{"i", "c", "h"}, []string{"c", "k"}, newNode("Tanh", "k", []string{"h"}))).node("Neg", []string{"y"}),
	} {
		_, _, err := c.read(t)
		require.ErrorContains(t, err, want)
		require.Equal(t, 1, len(strings.Split(err.Error(), "\n")))
	}
}

// A recurrent network as a Scan: h becomes relu(x + h) from step to step.
func TestScansByHand(t *testing.T) {
	scanOf := func(attrs ...*onnxpb.AttributeProto) *chain {
		c := newChain(3, 2).doubles("start", []int64{2}, 0, 0)
		n := newNode("Scan", "h", []string{"start", "v0"}, append(attrs, intAttr("num_scan_inputs", 1), bodyAttr([]string{"a", "b"}, []string{"r", "o"},
			newNode("Add", "s", []string{"a", "b"}), newNode("Relu", "r", []string{"s"}), newNode("Identity", "o", []string{"r"})))...)
		n.Output = []string{"h", "all"}
		c.g.Node = append(c.g.Node, n)
		return c
	}
	x := []float64{1, -2, -3, 5, 4, -1}
	for name, b := range map[string]byHand{
		"the last state": {scanOf().node("Neg", []string{"h"}), 11, x, []float64{-4, -4}},
		"all of them":    {scanOf().node("Neg", []string{"all"}), 11, x, []float64{-1, 0, 0, -5, -4, -4}},
		"backward":       {scanOf(intsAttr("scan_input_directions", 1), intsAttr("scan_output_directions", 1)).node("Neg", []string{"all"}), 11, x, []float64{-2, -3, -1, -5, -4, 0}},
		"stacked behind": {scanOf(intsAttr("scan_output_axes", 1)).node("Neg", []string{"all"}), 11, x, []float64{-1, 0, -4, 0, -5, -4}},
	} {
		t.Run(name, b.check)
	}
	_, err := scanOf().node("Neg", []string{"h"}).readIn(t, 8)
	require.ErrorContains(t, err, "supported are those from 9 on")
	_, _, err = scanOf(intsAttr("scan_output_axes", 1, 2)).node("Neg", []string{"h"}).read(t)
	require.ErrorContains(t, err, `attribute "scan_output_axes": 2 numbers, expected 1`)
}
