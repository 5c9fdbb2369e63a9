package onnx

// Graphs that mean nothing: whatever is in them, they are read or refused, and nothing else.

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func TestNonsenseIsRefused(t *testing.T) {
	constant := func() *chain { return newChain(1, 4).doubles("a", nil, 1) }
	for want, c := range map[string]*chain{
		"numbers, expected truth values":               constant().made("Not", "y", []string{"a"}).node("Add", []string{"x", "y"}),
		"input 0 (A): missing, or without elements":    constant().made("Shape", "y", []string{"v0"}, intAttr("end", 0)).made("Mul", "z", []string{"y", "y"}).node("Add", []string{"x", "z"}),
		`"blocksize": 9223372036854775807, expected 1`: newChain(1, 4, 1, 1).node("DepthToSpace", []string{"x"}, intAttr("blocksize", math.MaxInt64)),
		`"blocksize": 1099511627776, expected 1`:       newChain(1, 4, 1, 1).node("DepthToSpace", []string{"x"}, intAttr("blocksize", 1<<40)),
	} {
		_, _, err := c.read(t)
		require.ErrorContains(t, err, want)
	}
}

// nonsense draws a graph of a few nodes of any operators, of any inputs and attributes.
func nonsense(r *rand.Rand) *onnxpb.ModelProto {
	c := newChain([][]int{{1, 4}, {2, 3}, {1, 2, 3, 3}, {2, 2, 2}, {1, 1}, {3}, {-1, 4}, {1, 2, 4}}[r.IntN(8)]...)
	c.doubles("a", nil, 2).doubles("b", []int64{4}, 1, 2, -3, 0).doubles("c", []int64{2, 3}, 1, 2, 3, 4, 5, 6).doubles("d", []int64{2, 2, 1, 1}, 1, 2, 3, 4)
	c.ints("e", 0).ints("f", 1, -1).ints("g", 0, 0, 1, 1).ints("h", 1<<62, math.MinInt64).tensor("i", int32s, nil, 3).tensor("j", uint8s, []int64{2}, 3, 200)
	c.tensor("k", onnxpb.TensorProto_BOOL, []int64{4}, 1, 0, 1, 0).made("Constant", "l", nil, intsAttr("value_ints"))
	values := append(strings.Split("abcdefghijkl", ""), "", "v0", "v0", "v0")
	kinds := slices.Sorted(maps.Keys(operators))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	for at := range 1 + r.IntN(4) {
		kind := pick(kinds)
		op := operators[kind]
		var in []string
		for range op.inputs[0] + r.IntN(max(1, min(5, op.inputs[1])-op.inputs[0]+1)) {
			in = append(in, pick(values))
		}
		if len(in) > 0 && r.IntN(3) > 0 {
			in[r.IntN(min(len(in), 2))] = c.value
		}
		var attributes []*onnxpb.AttributeProto
		for _, a := range op.attributes {
			small := func() int64 { return int64(r.IntN(4) - 1) }
			switch r.IntN(10) {
			case 0:
				attributes = append(attributes, intAttr(a, []int64{3, 1 << 40, math.MinInt64, math.MaxInt64}[r.IntN(4)]))
			case 1, 2:
				attributes = append(attributes, intAttr(a, small()))
			case 3:
				attributes = append(attributes, intsAttr(a, []int64{small(), small(), small(), small()}[:r.IntN(5)]...))
			case 4:
				attributes = append(attributes, floatAttr(a, []float32{0, 1, -1, .5, 1e38}[r.IntN(5)]))
			case 5:
				attributes = append(attributes, stringAttr(a, pick([]string{"", "linear", "cubic", "SAME_UPPER", "reflect", "edge", "add", "max", "ij,jk->ik", "...i->i...", "ceil", "CRD"})))
			}
		}
		n := newNode(kind, fmt.Sprint("o", at), in, attributes...)
		if domain, ok := strings.CutSuffix(kind, "."+kind[strings.LastIndex(kind, ".")+1:]); ok {
			n.Domain, n.OpType = ptr(domain), ptr(kind[len(domain)+1:])
		}
		n.Output = []string{n.Output[0], n.Output[0] + "b"}[:1+r.IntN(2)]
		c.g.Node = append(c.g.Node, n)
		values, c.value = append(append(values, n.Output...), n.Output[0]), n.Output[0]
	}
	m := c.model()
	m.OpsetImport[0].Version = ptr([]int64{1, 6, 7, 9, 10, 11, 13, 18, 21}[r.IntN(9)])
	m.OpsetImport = append(m.OpsetImport, &onnxpb.OperatorSetIdProto{Domain: ptr("ai.onnx.ml"), Version: ptr(int64(1))})
	return m
}

// Three kinds of such graphs ended in a panic: see above.
func TestAnyNodesAreReadOrRefused(t *testing.T) {
	draws := 4000
	if os.Getenv("RELUCELL_SOAK") != "" {
		draws = 400_000
	}
	r, some := rand.New(rand.NewPCG(3, 5)), 0
	for range draws {
		m := nonsense(r)
		require.NotPanics(t, func() {
			if _, _, err := read(encode(t, m), testLimit); err == nil {
				some++
			}
		}, "%v", m.Graph.Node)
	}
	require.Greater(t, some, draws/100)
}
