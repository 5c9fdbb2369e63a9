// The plan of a graph: which output is the network's, which nodes it needs, in which order, and
// what is not read. Nodes that the output does not need are as if they were not there.

package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// plan is what of a graph is read.
type plan struct {
	g *onnxpb.GraphProto
	// producer is the node that computes a value.
	producer map[string]int
	// isInput holds the names of the graph's inputs.
	isInput map[string]bool
	// output is the name of the value that is the network's output.
	output string
	// order has the needed nodes, each after those it reads.
	order []int
	// inputs are those that the output needs, in the graph's order.
	inputs []*onnxpb.ValueInfoProto
}

func newPlan(g *onnxpb.GraphProto, output string, consts map[string]*constant, im *network.Import) (*plan, error) {
	p := &plan{g: g, producer: map[string]int{}, isInput: map[string]bool{}}
	for _, in := range g.Input {
		if _, twice := p.isInput[in.GetName()]; twice || in.GetName() == "" {
			return nil, fmt.Errorf("input %q: given twice, or without a name", in.GetName())
		}
		// Before IR version 4 initializers were listed as inputs.
		p.isInput[in.GetName()] = consts[in.GetName()] == nil
	}
	if err := p.produce(consts); err != nil {
		return nil, err
	}
	if err := p.choose(output, im); err != nil {
		return nil, err
	}
	known := func(name string) bool { return name == "" || p.isInput[name] || consts[name] != nil }
	if err := p.sort(known); err != nil {
		return nil, err
	}
	if err := p.cutEnd(im); err != nil {
		return nil, err
	}
	if err := p.sort(known); err != nil {
		return nil, err
	}
	if err := p.unread(); err != nil {
		return nil, err
	}
	return p, nil
}

// produce finds what computes each value.
func (p *plan) produce(consts map[string]*constant) error {
	for i, n := range p.g.Node {
		if len(n.Output) == 0 {
			return fmt.Errorf("%s: it has no output", describe(i, n))
		}
		for _, name := range n.Output {
			if _, twice := p.producer[name]; name != "" && (twice || p.isInput[name] || consts[name] != nil) {
				return fmt.Errorf("%s: output %q: the name is taken", describe(i, n), name)
			}
			if name != "" {
				p.producer[name] = i
			}
		}
	}
	return nil
}

// choose sets the output.
func (p *plan) choose(want string, im *network.Import) error {
	var names []string
	for _, o := range p.g.Output {
		names = append(names, o.GetName())
	}
	if len(names) == 0 {
		return errors.New("the graph has no output")
	}
	if p.output = names[0]; want != "" {
		if p.output = want; !slices.Contains(names, want) {
			return fmt.Errorf("output %q: the graph has none of that name, expected one of %q", want, names)
		}
	}
	if len(names) > 1 {
		im.Note(fmt.Sprintf("The graph has %d outputs, %q; the network's is %q.", len(names), names, p.output))
	}
	return nil
}

// sort sets the order and the inputs: what the output needs.
func (p *plan) sort(known func(string) bool) error {
	const open, done = 1, 2
	state := make([]uint8, len(p.g.Node))
	read := map[string]bool{p.output: true}
	p.order = nil
	// visit is a node whose inputs from next on are still to be looked at.
	type visit struct{ node, next int }
	var stack []visit
	enter := func(name string, by string) error {
		read[name] = true
		i, ok := p.producer[name]
		switch {
		case ok && state[i] == done || !ok && known(name):
			return nil
		case !ok:
			return fmt.Errorf("%s reads %q, which is neither an input, an initializer, nor computed by a node", by, name)
		case state[i] == open:
			return fmt.Errorf("%s: it reads what is computed from it, by way of %q", describe(i, p.g.Node[i]), name)
		}
		state[i] = open
		stack = append(stack, visit{node: i})
		return nil
	}
	err := enter(p.output, "the graph's output")
	for err == nil && len(stack) > 0 {
		at := &stack[len(stack)-1]
		n := p.g.Node[at.node]
		if at.next == len(n.Input) {
			state[at.node] = done
			p.order = append(p.order, at.node)
			stack = stack[:len(stack)-1]
			continue
		}
		at.next++
		err = enter(n.Input[at.next-1], describe(at.node, n)+": it")
	}
	p.inputs = nil
	for _, in := range p.g.Input {
		if name := in.GetName(); p.isInput[name] && read[name] {
			p.inputs = append(p.inputs, in)
		}
	}
	return err
}

// unread refuses operators that are not read, all of them at once.
func (p *plan) unread() error {
	var words []string
	smooth, seen := false, map[string]bool{}
	for _, i := range p.order {
		n := p.g.Node[i]
		if _, ok := operatorOf(n); ok {
			continue
		}
		kind := n.GetOpType()
		if d := n.GetDomain(); !isONNX(d) {
			kind += " of domain " + d
		}
		if seen[kind] {
			continue
		}
		seen[kind] = true
		words = append(words, describe(i, n)+": operator "+kind+" is not supported")
		if slices.Contains(smoothOperators, operatorName(n)) {
			words[len(words)-1] = describe(i, n) + ": " + kind + " is smooth, the network is not piecewise linear"
			smooth = true
		}
	}
	if len(words) == 0 {
		return nil
	}
	remedy := "onnx-simplifier may leave fewer operators"
	if smooth {
		remedy = "cut the model before it, if it stands at the end"
	}
	return fmt.Errorf("%s; supported are %s (%s)", strings.Join(words, "; "), supported(), remedy)
}

// smoothOperators are functions that are not piecewise linear.
var smoothOperators = []string{"Acos", "Asin", "Atan", "Celu", "Cos", "Elu", "Erf", "Exp", "Gelu", "LogSoftmax", "Log", "LpNormalization",
	"Mish", "Pow", "Reciprocal", "Selu", "Sigmoid", "Sin", "Softmax", "Softplus", "Softsign", "Sqrt", "Tan", "Tanh", "LayerNormalization"}

// ends are operators that may follow on a network without a neuron behind them: what goes into
// them is then the output.
var ends = []string{"Softmax", "LogSoftmax", "Sigmoid", "Tanh", "ArgMax", "Exp", "Softplus", "ai.onnx.ml.ZipMap", "ai.onnx.ml.Normalizer"}

// afterEnds are operators that make no neurons, and sum up nothing, behind an end.
var afterEnds = []string{"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Gather", "Concat", "Split",
	"Mul", "Div", "Add", "Sub", "Neg", "ai.onnx.ml.ArrayFeatureExtractor"}

// cutEnd moves the output before a smooth end.
func (p *plan) cutEnd(im *network.Import) error {
	behind, live := map[string]bool{}, map[string]bool{}
	for name, is := range p.isInput {
		live[name] = is
	}
	from, name := "", ""
	for _, i := range p.order {
		n := p.g.Node[i]
		isLive := slices.ContainsFunc(n.Input, func(s string) bool { return live[s] })
		isEnd := isLive && slices.Contains(ends, operatorName(n))
		isBehind := isEnd || slices.ContainsFunc(n.Input, func(s string) bool { return behind[s] })
		for _, o := range n.Output {
			live[o], behind[o] = isLive, isBehind
		}
		if !isBehind {
			continue
		}
		if !isEnd && !slices.Contains(afterEnds, operatorName(n)) {
			return nil // unread says what is smooth in the middle
		}
		for _, s := range n.Input {
			if !live[s] || behind[s] {
				continue
			}
			if from != "" && from != s {
				return nil
			}
			if from = s; name == "" {
				name = n.GetOpType()
			}
		}
	}
	if from == "" {
		return nil
	}
	im.Note(fmt.Sprintf("Output %q ends in %s, which no neuron stands behind: it is left out, so a count is the same, and the network's output is %q, which goes into it.", p.output, name, from))
	p.output = from
	return nil
}
