package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// regressor is a chain that ends in a LinearRegressor.
func regressor(attributes ...*onnxpb.AttributeProto) *chain {
	c := newChain(2, 3).node("LinearRegressor", []string{"x"}, append(attributes, floatsAttr("coefficients", 1, 2, 3, 4, 5, 6))...)
	c.g.Node[0].Domain = ptr("ai.onnx.ml")
	return c
}

// classifier is a chain that ends in the scores of a LinearClassifier.
func classifier(intercepts int, attributes ...*onnxpb.AttributeProto) *chain {
	c := newChain(2, 3).node("LinearClassifier", []string{"x"}, append(attributes, floatsAttr("coefficients", 1, 2, 3, 4, 5, 6), floatsAttr("intercepts", []float32{10, 20}[:intercepts]...))...)
	node := c.g.Node[0]
	node.Domain, node.Output = ptr("ai.onnx.ml"), []string{"label", node.Output[0]}
	return c
}

func TestScoresOfALinearClassifier(t *testing.T) {
	x, ints := []float64{1, 3, 2, -1, -2, 4}, intsAttr("classlabels_ints", 0, 1)
	names := &onnxpb.AttributeProto{Name: ptr("classlabels_strings"), Type: onnxpb.AttributeProto_STRINGS.Enum(), Strings: [][]byte{[]byte("a"), []byte("b")}}
	for name, b := range map[string]byHand{
		"numbers":    {classifier(2, ints), 11, x, []float64{23, 51, 17, 30}},
		"names":      {classifier(2, names, intAttr("multi_class", 1)), 11, x, []float64{23, 51, 17, 30}},
		"its maxima": {classifier(2, ints).node("ReduceMax", []string{"x"}, intsAttr("axes", 1), intAttr("keepdims", 0)), 11, x, []float64{51, 30}},
	} {
		t.Run(name, b.check)
	}
	label := classifier(2, ints)
	label.value = "label"
	onLabels := classifier(2, ints)
	onLabels.value = "label"
	for want, c := range map[string]*chain{
		`"post_transform": LOGISTIC, which is smooth`:            classifier(2, ints, stringAttr("post_transform", "LOGISTIC")),
		"1 intercepts of 2 class labels, expected one for each":  classifier(1, ints),
		`output "label": its node does not compute it here`:      label,
		`it reads "label", which its node does not compute here`: onLabels.node("Neg", []string{"x"}),
	} {
		_, _, err := c.read(t)
		require.ErrorContains(t, err, want)
	}
}

func TestTopAndLinearRegressorByHand(t *testing.T) {
	many := func(k int64) *chain { return newChain(2, 3).made("Constant", "k", nil, intsAttr("value_ints", k)) }
	one := func() *chain { return many(1) }
	x := []float64{1, 3, 2, -1, -2, 4}
	for name, b := range map[string]byHand{
		"the largest":          {one().node("TopK", []string{"x", "k"}), 11, x, []float64{3, 4}},
		"the smallest":         {one().node("TopK", []string{"x", "k"}, intAttr("largest", 0), intAttr("axis", 0)), 11, x, []float64{-1, -2, 2}},
		"the first of TopK-1":  {newChain(2, 3).node("TopK", []string{"x"}, intAttr("k", 1)), 1, x, []float64{3, 4}},
		"two, sorted":          {many(2).node("TopK", []string{"x", "k"}), 11, x, []float64{3, 2, 4, -1}},
		"all, from the least":  {many(3).node("TopK", []string{"x", "k"}, intAttr("largest", 0)), 11, x, []float64{1, 2, 3, -2, -1, 4}},
		"two of columns":       {many(2).node("TopK", []string{"x", "k"}, intAttr("axis", 0)), 11, x, []float64{1, 3, 4, -1, -2, 2}},
		"targets":              {regressor(intAttr("targets", 2), floatsAttr("intercepts", 10, 20)), 11, x, []float64{23, 51, 17, 30}},
		"without an intercept": {regressor(intAttr("targets", 2)), 11, x, []float64{13, 31, 7, 10}},
	} {
		t.Run(name, b.check)
	}
	for want, c := range map[string]*chain{
		"of k = 4, expected 1 to the 3 elements":               many(4).node("TopK", []string{"x", "k"}),
		"of k = 0, expected 1":                                 many(0).node("TopK", []string{"x", "k"}),
		`attribute "sorted": 0`:                                many(2).node("TopK", []string{"x", "k"}, intAttr("sorted", 0)),
		"the sums of 3 of them are more than the 65536 pieces": newChain(1, 100).node("TopK", []string{"x"}, intAttr("k", 9)),
		`attribute "post_transform": PROBIT, which is smooth, supported is NONE (of a classifier of scikit-learn export the scores`: regressor(intAttr("targets", 2), stringAttr("post_transform", "PROBIT")),
		`attribute "coefficients": 6 numbers`:           regressor(),
		`attribute "intercepts": 1 numbers, expected 2`: regressor(intAttr("targets", 2), floatsAttr("intercepts", 1)),
	} {
		_, _, err := c.read(t)
		require.ErrorContains(t, err, want)
	}
}
