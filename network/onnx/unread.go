// What is not read: operators that are unknown, smooth, or jump, all of a graph at once, each with
// the way round it.

package onnx

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// live returns the values that depend on the network's input: shapes and types do not.
func (p *plan) live() map[string]bool {
	live := map[string]bool{}
	for name, is := range p.isInput {
		live[name] = is
	}
	for _, i := range p.order {
		n := p.g.Node[i]
		from := reads(n)
		switch operatorName(n) {
		case "Shape", "Size", "EyeLike":
			from = nil
		case "CastLike":
			from = from[:min(1, len(from))]
		}
		is := slices.ContainsFunc(from, func(s string) bool { return live[s] })
		for _, o := range n.Output {
			live[o] = is
		}
	}
	return live
}

// unread refuses operators that are not read, all of them at once.
func (p *plan) unread() {
	var words, remedies []string
	list := ""
	live, seen := p.live(), map[string]bool{}
	for _, i := range p.order {
		n := p.g.Node[i]
		isLive := slices.ContainsFunc(reads(n), func(s string) bool { return live[s] })
		op, ok := operatorOf(n)
		constantsAlone := ok && isLive && op.ofConstants()
		kind := operatorName(n)
		if ok && !constantsAlone || seen[kind] {
			continue
		}
		if seen[kind] = true; !ok && nature(kind) == "" {
			list = "; supported are " + supported()
		}
		words = append(words, describe(i, n)+": "+strange(n))
		if remedy := p.remedyFor(n, live); !slices.Contains(remedies, remedy) {
			remedies = append(remedies, remedy)
		}
	}
	if len(words) == 0 {
		return
	}
	panic(refusalf("%s (%s)%s", strings.Join(words, "; "), strings.Join(remedies, "; "), list))
}

// strange says what is wrong with an operator that is not read.
func strange(n *onnxpb.NodeProto) string {
	kind := n.GetOpType()
	if d := n.GetDomain(); !isONNX(d) {
		kind += " of domain " + d
	}
	if why := nature(operatorName(n)); why != "" {
		return kind + why
	}
	if _, ok := operatorOf(n); ok {
		return "an input of " + kind + " is computed from the network's input, supported are constants"
	}
	return "operator " + kind + " is not supported"
}

// remedyFor says how a model may be had without the operator of a node.
func (p *plan) remedyFor(n *onnxpb.NodeProto, live map[string]bool) string {
	if nature(operatorName(n)) == "" {
		return "onnx-simplifier may leave fewer operators"
	}
	at := slices.IndexFunc(n.Input, func(s string) bool { return live[s] && !p.isInput[s] })
	if at < 0 {
		return "relucell reads piecewise linear networks alone"
	}
	return fmt.Sprintf("if %s stands at the end, choose the output %q, which goes into it", n.GetOpType(), n.Input[at])
}

// smooth are operators that are not piecewise linear.
var smooth = []string{"Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Attention", "Cos", "Cosh", "Det", "Erf", "Exp", "GRU", "Gelu",
	"GroupNormalization", "InstanceNormalization", "LRN", "LSTM", "LayerNormalization", "Log", "LogSoftmax",
	"MeanVarianceNormalization", "Mish", "Pow", "RMSNormalization", "Reciprocal", "ReduceLogSum",
	"ReduceLogSumExp", "ReduceProd", "ReduceSumSquare", "Sigmoid", "Sin", "Sinh", "Softmax", "Softplus", "Sqrt", "Swish", "Tan",
	"Tanh"}

// curved are operators that are not piecewise linear, though they have kinks as these do:
// HardSwish is quadratic between −3 and 3.
var curved = []string{"Celu", "Elu", "GlobalLpPool", "HardSwish", "LpNormalization", "LpPool", "ReduceL2", "Selu", "Softsign", "ai.onnx.ml.Normalizer"}

// nature says why an operator is not read anywhere: it is not continuous and piecewise linear. It
// is empty where that is not known.
func nature(name string) string {
	switch {
	case slices.Contains(smooth, name):
		return " is smooth, the network is not piecewise linear"
	case slices.Contains(curved, name):
		return " is not piecewise linear, and so the network is not"
	case slices.Contains(jumping, name):
		return " jumps, the network is not continuous and piecewise linear"
	}
	return ""
}

// jumping are operators that are not continuous.
var jumping = []string{"And", "ArgMax", "ArgMin", "BitShift", "Ceil", "DynamicQuantizeLinear", "Equal", "Floor", "Hardmax", "Mod", "NonZero", "OneHot", "Or",
	"QuantizeLinear", "Round", "Sign", "Xor", "ai.onnx.ml.ArrayFeatureExtractor", "ai.onnx.ml.TreeEnsembleClassifier", "ai.onnx.ml.TreeEnsembleRegressor"}

// ends are operators that may follow on a network without a neuron behind them: what goes into
// them is then the output.
var ends = []string{"Softmax", "LogSoftmax", "Sigmoid", "Tanh", "ArgMax", "Exp", "Softplus", "ai.onnx.ml.ZipMap", "ai.onnx.ml.Normalizer"}

// afterEnds are operators that make no neurons, and sum up nothing, behind an end.
var afterEnds = []string{"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Gather", "Concat", "Split",
	"Mul", "Div", "Add", "Sub", "Neg", "ai.onnx.ml.ArrayFeatureExtractor"}

// supported lists the operators for error messages.
func supported() string {
	var names, constants []string
	for name, op := range operators {
		if op.ofConstants() && name != "Constant" {
			constants = append(constants, name)
		} else {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	sort.Strings(constants)
	return strings.Join(names, ", ") + ", and of constants " + strings.Join(constants, ", ")
}

// ofConstants says whether an operator is read where all its inputs are constants, and nowhere
// else.
func (op operator) ofConstants() bool {
	return op.running == nil && op.joining == nil && op.moving == nil && op.making == nil
}
