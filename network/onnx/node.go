// One node: its operator, its inputs told apart into the running value and
// constants, its attributes. What a node does is in the files named for it.

package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// operator is what the reader knows of an ONNX operator.
type operator struct {
	// attributes that are understood; any other is an error, for it may change the meaning.
	attributes []string
	// running applies it to the tip; folding, when set, to constants.
	running func(*reader, *node) error
	folding func(*node) (*tensor, error)
	// inputs is the least and the largest number of inputs.
	inputs [2]int
}

// node is a node being applied.
type node struct {
	args []arg
	// outputs is the number of outputs that have a name.
	outputs int
	attrs   map[string]*onnxpb.AttributeProto
}

// arg is an input of a node: the running value, a constant, or absent.
type arg struct {
	name  string
	isTip bool
	value *tensor
}

func (a arg) absent() bool { return !a.isTip && a.value == nil }

// node applies one node of the graph.
func (rd *reader) node(p *onnxpb.NodeProto) error {
	op, ok := operators[p.GetOpType()]
	if d := p.GetDomain(); !ok || d != "" && d != "ai.onnx" {
		if d != "" {
			d = " of domain " + d
		}
		return fmt.Errorf("operator %q%s is not supported; supported are %s", p.GetOpType(), d, supported())
	}
	n := &node{attrs: map[string]*onnxpb.AttributeProto{}}
	for _, name := range p.Output {
		if name != "" {
			n.outputs++
		}
	}
	for _, a := range p.Attribute {
		if !slices.Contains(op.attributes, a.GetName()) {
			return fmt.Errorf("attribute %q is not supported; supported are %s", a.GetName(), strings.Join(op.attributes, ", "))
		}
		if n.attrs[a.GetName()] != nil {
			return fmt.Errorf("attribute %q is given twice", a.GetName())
		}
		n.attrs[a.GetName()] = a
	}
	tips, err := rd.resolve(n, p)
	if err != nil {
		return err
	}
	if k := len(n.args); k < op.inputs[0] || k > op.inputs[1] {
		return fmt.Errorf("%d inputs, expected %d to %d", k, op.inputs[0], op.inputs[1])
	}
	if len(p.Output) == 0 || p.Output[0] == "" {
		return errors.New("it has no output")
	}
	if tips == 0 {
		if op.folding == nil {
			return errors.New("all its inputs are constants; supported is that only for Constant and operators that move elements around")
		}
		t, err := op.folding(n)
		if err != nil {
			return err
		}
		if err := rd.define(p); err != nil {
			return err
		}
		rd.consts[p.Output[0]] = &constant{value: t}
		return nil
	}
	if err := op.running(rd, n); err != nil {
		return err
	}
	if err := rd.define(p); err != nil {
		return err
	}
	rd.spent[rd.tip] = fmt.Sprintf("%s %q", p.GetOpType(), p.GetName())
	rd.tip = p.Output[0]
	return nil
}

// define checks that the outputs are new names, and sets those after the first apart.
func (rd *reader) define(p *onnxpb.NodeProto) error {
	for i, name := range p.Output {
		if name == "" {
			continue
		}
		if _, used := rd.spent[name]; used || name == rd.tip || rd.consts[name] != nil {
			return fmt.Errorf("output %q: the name is taken", name)
		}
		if i > 0 {
			rd.spent[name] = ""
		}
	}
	return nil
}

// resolve finds the inputs, and returns how often the tip is among them.
func (rd *reader) resolve(n *node, p *onnxpb.NodeProto) (tips int, err error) {
	for _, name := range p.Input {
		a := arg{name: name}
		by, spent := rd.spent[name]
		switch c := rd.consts[name]; {
		case name == "":
		case name == rd.tip:
			a.isTip = true
			tips++
		case c != nil:
			if c.value == nil {
				if c.value, err = decode(c.proto); err != nil {
					return 0, fmt.Errorf("tensor %q: %w", name, err)
				}
			}
			a.value = c.value
		case spent && by == "":
			return 0, fmt.Errorf("it reads %q, which is not the first output of its node; supported are chains of first outputs", name)
		case spent:
			return 0, fmt.Errorf("it reads %q, which %s reads too; supported are chains, without branches or residual connections", name, by)
		default:
			return 0, fmt.Errorf("it reads %q, which is neither the input, an initializer, nor computed by a node before it", name)
		}
		n.args = append(n.args, a)
	}
	if tips > 1 {
		return 0, fmt.Errorf("it reads %q %d times; supported are chains, without branches or residual connections", rd.tip, tips)
	}
	return tips, nil
}

// constant returns the constant at input i; what names it in errors.
func (n *node) constant(i int, what string) (*tensor, error) {
	if i >= len(n.args) || n.args[i].absent() {
		return nil, fmt.Errorf("input %d (%s): missing", i, what)
	}
	if n.args[i].isTip {
		return nil, fmt.Errorf("input %d (%s): it is computed from the network's input, supported is a constant", i, what)
	}
	return n.args[i].value, nil
}

// floats is constant for a float tensor.
func (n *node) floats(i int, what string) (*tensor, error) {
	t, err := n.constant(i, what)
	if err == nil && t.floats == nil {
		return nil, fmt.Errorf("input %d (%s), tensor %q: integers, expected FLOAT or DOUBLE", i, what, n.args[i].name)
	}
	return t, err
}

// has says whether input i is there.
func (n *node) has(i int) bool { return i < len(n.args) && !n.args[i].absent() }

// mustRun checks that the tip is input i.
func (n *node) mustRun(i int, what string) error {
	if !n.args[i].isTip {
		return fmt.Errorf("input %d (%s) is a constant, expected the running value", i, what)
	}
	return nil
}

// integer returns an attribute of type INT.
func (n *node) integer(name string, missing int64) (int64, error) {
	a := n.attrs[name]
	if a == nil {
		return missing, nil
	}
	if a.GetType() != onnxpb.AttributeProto_INT && !(a.GetType() == onnxpb.AttributeProto_UNDEFINED && a.I != nil) {
		return 0, fmt.Errorf("attribute %q: type %v, expected INT", name, a.GetType())
	}
	return a.GetI(), nil
}

// float returns a finite attribute of type FLOAT.
func (n *node) float(name string, missing float32) (float64, error) {
	a := n.attrs[name]
	if a == nil {
		return float64(missing), nil
	}
	if a.GetType() != onnxpb.AttributeProto_FLOAT && !(a.GetType() == onnxpb.AttributeProto_UNDEFINED && a.F != nil) {
		return 0, fmt.Errorf("attribute %q: type %v, expected FLOAT", name, a.GetType())
	}
	v := float64(a.GetF())
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("attribute %q: %g, expected a finite number", name, v)
	}
	return v, nil
}

// integers returns an attribute of type INTS, nil when it is missing.
func (n *node) integers(name string) ([]int64, error) {
	a := n.attrs[name]
	if a == nil {
		return nil, nil
	}
	if a.GetType() != onnxpb.AttributeProto_INTS && a.GetType() != onnxpb.AttributeProto_UNDEFINED {
		return nil, fmt.Errorf("attribute %q: type %v, expected INTS", name, a.GetType())
	}
	return a.GetInts(), nil
}
