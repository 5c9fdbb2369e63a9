// More operators of random graphs, and of the twin that evaluates them.

package onnx

import (
	"fmt"
	"math/big"
	"slices"

	"pgregory.net/rapid"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// indexed is a tensor of the shape of index, of what f makes of each index.
func indexed(dims []int, f func(index []int) *big.Rat) []rats {
	out := rats{dims: dims}
	indices(dims, func(index []int, _ int) { out.data = append(out.data, f(index)) })
	return []rats{out}
}

func truth(b bool) *big.Rat {
	if b {
		return big.NewRat(1, 1)
	}
	return new(big.Rat)
}

func product(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

func at(list rats, i int) int { return int(list.data[i].Num().Int64()) }

// twins evaluate nodes of matrices.
var twins = map[string]func(attrs map[string]*onnxpb.AttributeProto, in []rats) []rats{
	"LeakyRelu": func(attrs map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed(in[0].dims, func(i []int) *big.Rat {
			if v := in[0].at(i); v.Sign() >= 0 {
				return v
			}
			return product(in[0].at(i), rat(float64(attrs["alpha"].GetF())))
		})
	},
	"PRelu": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed(in[0].dims, func(i []int) *big.Rat {
			if v := in[0].at(i); v.Sign() >= 0 {
				return v
			}
			return product(in[0].at(i), in[1].at(i))
		})
	},
	"ThresholdedRelu": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed(in[0].dims, func(i []int) *big.Rat { return product(in[0].at(i), truth(in[0].at(i).Sign() > 0)) })
	},
	"Shrink": func(attrs map[string]*onnxpb.AttributeProto, in []rats) []rats {
		l := rat(float64(attrs["lambd"].GetF()))
		return indexed(in[0].dims, func(i []int) *big.Rat {
			v := in[0].at(i)
			switch {
			case v.Cmp(l) > 0:
				return new(big.Rat).Sub(v, l)
			case v.Cmp(new(big.Rat).Neg(l)) < 0:
				return new(big.Rat).Add(v, l)
			}
			return new(big.Rat)
		})
	},
	"Sum":  func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats { return sumOfRats(in, 1) },
	"Mean": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats { return sumOfRats(in, int64(len(in))) },
	"ReduceL1": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed([]int{in[0].dims[0], 1}, func(i []int) *big.Rat {
			s := new(big.Rat)
			for j := range in[0].dims[1] {
				s.Add(s, new(big.Rat).Abs(in[0].at([]int{i[0], j})))
			}
			return s
		})
	},
	"Gemm": func(attrs map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed([]int{in[0].dims[0], in[1].dims[0]}, func(i []int) *big.Rat {
			s := product(in[2].at(i), rat(float64(attrs["beta"].GetF())))
			for t := range in[0].dims[1] {
				v := product(in[0].at([]int{i[0], t}), in[1].at([]int{i[1], t}))
				s.Add(s, product(v, rat(float64(attrs["alpha"].GetF()))))
			}
			return s
		})
	},
	"GatherElements": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		n := 0
		return indexed(in[1].dims, func(i []int) *big.Rat {
			n++
			return in[0].at([]int{i[0], at(in[1], n-1)})
		})
	},
	"ScatterElements": func(attrs map[string]*onnxpb.AttributeProto, in []rats) []rats {
		out := rats{in[0].dims, slices.Clone(in[0].data)}
		indices(in[1].dims, func(i []int, n int) {
			to, v := &out.data[i[0]*out.dims[1]+at(in[1], n)], in[2].data[n]
			switch string(attrs["reduction"].GetS()) {
			case "add":
				v = new(big.Rat).Add(*to, v)
			case "mul":
				v = new(big.Rat).Mul(*to, v)
			case "max":
				v = slices.MaxFunc([]*big.Rat{*to, v}, (*big.Rat).Cmp)
			case "min":
				v = slices.MinFunc([]*big.Rat{*to, v}, (*big.Rat).Cmp)
			}
			*to = v
		})
		return []rats{out}
	},
	"Compress": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		var kept []int
		for j, c := range in[1].data {
			if c.Sign() != 0 {
				kept = append(kept, j)
			}
		}
		return indexed([]int{in[0].dims[0], len(kept)}, func(i []int) *big.Rat { return in[0].at([]int{i[0], kept[i[1]]}) })
	},
	"ReverseSequence": func(attrs map[string]*onnxpb.AttributeProto, in []rats) []rats {
		batch := attrs["batch_axis"].GetI()
		return indexed(in[0].dims, func(i []int) *big.Rat {
			from, length := slices.Clone(i), at(in[1], i[batch])
			if from[1-batch] < length {
				from[1-batch] = length - 1 - from[1-batch]
			}
			return in[0].at(from)
		})
	},
	"CenterCropPad": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed([]int{at(in[1], 0), at(in[1], 1)}, func(i []int) *big.Rat {
			from := slices.Clone(i)
			for d := range from {
				if have, want := in[0].dims[d], at(in[1], d); want <= have {
					from[d] += (have - want) / 2
				} else if from[d] -= (want - have) / 2; from[d] < 0 || from[d] >= have {
					return new(big.Rat)
				}
			}
			return in[0].at(from)
		})
	},
	"Trilu": func(attrs map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed(in[0].dims, func(i []int) *big.Rat {
			if i[0] == i[1] || (i[1] > i[0]) == (attrs["upper"].GetI() != 0) {
				return in[0].at(i)
			}
			return new(big.Rat)
		})
	},
	"Reshape": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return []rats{{[]int{at(in[1], 0), at(in[1], 1)}, in[0].data}}
	},
	"CastLike": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats { return in[:1] },
	"Not": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed(in[0].dims, func(i []int) *big.Rat { return truth(in[0].at(i).Sign() == 0) })
	},
	"Greater":        compared(func(s int) bool { return s > 0 }),
	"GreaterOrEqual": compared(func(s int) bool { return s >= 0 }),
	"Less":           compared(func(s int) bool { return s < 0 }),
	"LessOrEqual":    compared(func(s int) bool { return s <= 0 }),
	"Where": func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed(wider(in[0].dims, wider(in[1].dims, in[2].dims)), func(i []int) *big.Rat {
			if in[0].at(i).Sign() != 0 {
				return in[1].at(i)
			}
			return in[2].at(i)
		})
	},
}

func sumOfRats(in []rats, by int64) []rats {
	return indexed(in[0].dims, func(i []int) *big.Rat {
		s := new(big.Rat)
		for _, a := range in {
			s.Add(s, a.at(i))
		}
		return s.Quo(s, big.NewRat(by, 1))
	})
}

func compared(holds func(sign int) bool) func(map[string]*onnxpb.AttributeProto, []rats) []rats {
	return func(_ map[string]*onnxpb.AttributeProto, in []rats) []rats {
		return indexed(wider(in[0].dims, in[1].dims), func(i []int) *big.Rat { return truth(holds(in[0].at(i).Cmp(in[1].at(i)))) })
	}
}

// more adds a random node of the operators above.
func (d *drawn) more(x string, s []int) {
	like := [][]int{s}
	switch op := rapid.SampledFrom([]string{"LeakyRelu", "PRelu", "ThresholdedRelu", "Shrink", "Sum", "Mean", "ReduceL1", "Gemm", "GatherElements",
		"ScatterElements", "ScatterElements", "Compress", "ReverseSequence", "CenterCropPad", "computed Clip", "Trilu", "Reshape", "CastLike", "MatMul", "constant Where", "Where", "Where"}).Draw(d.T, "operator"); op {
	case "LeakyRelu":
		d.node(op, []string{x}, like, floatAttr("alpha", rapid.SampledFrom([]float32{0.1, -1, 2, 0}).Draw(d.T, "alpha")))
	case "PRelu":
		d.node(op, []string{x, d.matrix(1, s[1])}, like)
	case "ThresholdedRelu":
		d.node(op, []string{x}, like, floatAttr("alpha", 0))
	case "Shrink":
		d.node(op, []string{x}, like, floatAttr("lambd", 0.3), floatAttr("bias", 0.3))
	case "Sum", "Mean":
		d.node(op, []string{x, d.matrix(s[0], s[1]), x, d.matrix(s[0], s[1])}, like)
	case "ReduceL1":
		d.node(op, []string{x}, [][]int{{s[0], 1}}, intsAttr("axes", 1))
	case "Gemm":
		d.node(op, []string{x, d.matrix(s[1], s[1]), x}, like, intAttr("transB", 1), floatAttr("alpha", 0.7), floatAttr("beta", -1.1))
	case "GatherElements":
		cols := d.number("columns", 1, maxSide)
		d.node(op, []string{x, d.integers(s[0], cols, s[1])}, [][]int{{s[0], cols}}, intAttr("axis", -1))
	case "ScatterElements":
		how := rapid.SampledFrom([]string{"none", "add", "max", "min"}).Draw(d.T, "reduction")
		cols := 1
		if how != "none" { // then an index may come twice
			cols = d.number("columns", 1, s[1])
		}
		d.node(op, []string{x, d.integers(s[0], cols, s[1]), d.matrix(s[0], cols)}, like, intAttr("axis", 1), stringAttr("reduction", how))
	case "Compress":
		c := d.integers(1, s[1], 2)
		t := d.g.Initializer[len(d.g.Initializer)-1]
		t.Dims, t.DataType, t.Int32Data[0] = t.Dims[1:], ptr(int32(onnxpb.TensorProto_BOOL)), 1
		kept := 0
		for _, v := range t.Int32Data {
			kept += int(v)
		}
		d.node(op, []string{x, c}, [][]int{{s[0], kept}}, intAttr("axis", 1))
	case "ReverseSequence":
		batch := d.number("batch axis", 0, 1)
		var lengths []int64
		for range s[batch] {
			lengths = append(lengths, int64(d.number("length", 1, s[1-batch])))
		}
		d.node(op, []string{x, d.list(lengths...)}, like, intAttr("batch_axis", int64(batch)), intAttr("time_axis", int64(1-batch)))
	case "CenterCropPad":
		rows, cols := d.number("rows", 1, maxSide), d.number("columns", 1, maxSide)
		d.node(op, []string{x, d.list(int64(rows), int64(cols))}, [][]int{{rows, cols}})
	case "computed Clip":
		one := func() string { return d.hidden("MatMul", d.hidden("MatMul", d.matrix(1, s[0]), x), d.matrix(s[1], 1)) }
		bounds := rapid.SampledFrom([][]string{{one(), one()}, {one(), d.matrix(1, 1)}, {d.matrix(1, 1), one()}}).Draw(d.T, "bounds")
		d.node("Clip", append([]string{x}, bounds...), like)
	case "Trilu":
		d.node(op, []string{x}, like, intAttr("upper", int64(d.number("upper", 0, 1))))
	case "Reshape":
		d.node(op, []string{x, d.list(int64(s[1]), int64(s[0]))}, [][]int{{s[1], s[0]}})
	case "CastLike":
		d.node(op, []string{x, d.matrix(1, 1)}, like)
	case "MatMul":
		rows := d.number("rows", 1, maxSide)
		d.node(op, []string{d.matrix(rows, s[0]), x}, [][]int{{rows, s[1]}})
	case "constant Where":
		c := d.integers(s[0], s[1], 2)
		d.g.Initializer[len(d.g.Initializer)-1].DataType = ptr(int32(onnxpb.TensorProto_BOOL))
		d.node("Where", []string{c, x, d.matrix(1, s[1])}, like)
	default:
		d.where(x, s)
	}
}

// hidden adds a node that no other is drawn to read.
func (d *drawn) hidden(op string, in ...string) string {
	name := fmt.Sprintf("h%d", len(d.g.Node))
	d.g.Node = append(d.g.Node, newNode(op, name, in))
	return name
}

// where adds a Where whose branches meet where its condition turns: a multiple of what is compared
// above, another one below, and a value added to both.
func (d *drawn) where(x string, s []int) {
	y := d.matrix(s[0], s[1])
	if rapid.Bool().Draw(d.T, "computed") {
		if other, t := d.any(); slices.Equal(s, t) {
			y = other
		}
	}
	condition := d.hidden(rapid.SampledFrom([]string{"Greater", "GreaterOrEqual", "Less", "LessOrEqual"}).Draw(d.T, "compare"), x, y)
	if rapid.Bool().Draw(d.T, "not") {
		condition = d.hidden("Not", condition)
	}
	z := d.hidden("Sub", x, y)
	branches := []string{x, y}
	switch rapid.IntRange(0, 3).Draw(d.T, "kind") {
	case 1:
		branches = []string{d.hidden("Mul", z, d.matrix(1, s[1])), d.hidden("Mul", z, d.matrix(1, s[1]))}
	case 2:
		branches = []string{d.hidden("Add", d.hidden("Mul", z, d.matrix(1, s[1])), x), d.hidden("Add", d.hidden("Mul", z, d.matrix(1, s[1])), x)}
	case 3: // leaky, or the wrong way round
		branches = []string{z, d.hidden("Mul", z, d.matrix(1, s[1]))}
	}
	d.node("Where", []string{condition, branches[0], branches[1]}, [][]int{s})
}

// rename gives all values other names.
func (d *drawn) rename() {
	for _, t := range d.g.Initializer {
		t.Name = ptr(t.GetName() + "'")
	}
	for _, in := range d.g.Input {
		in.Name = ptr(in.GetName() + "'")
	}
	for _, n := range d.g.Node {
		for _, names := range [][]string{n.Input, n.Output} {
			for i := range names {
				names[i] += "'"
			}
		}
	}
}

// integers adds an initializer of numbers below a bound.
func (d *drawn) integers(rows, cols, below int) string {
	name := d.matrix(0, 0)
	t := d.g.Initializer[len(d.g.Initializer)-1]
	t.Dims, t.DataType, t.DoubleData = []int64{int64(rows), int64(cols)}, ptr(int32(onnxpb.TensorProto_INT32)), nil
	for range rows * cols {
		t.Int32Data = append(t.Int32Data, int32(d.number("index", 0, below-1)))
	}
	return name
}

// list adds an initializer of integers.
func (d *drawn) list(v ...int64) string {
	name := d.matrix(0, 0)
	t := d.g.Initializer[len(d.g.Initializer)-1]
	t.Dims, t.DataType, t.DoubleData, t.Int64Data = []int64{int64(len(v))}, ptr(int32(onnxpb.TensorProto_INT64)), nil, v
	return name
}

// topRows are the k largest of each column, the largest first.
func (r rats) topRows(k int) rats {
	out := rats{dims: []int{k, r.dims[1]}, data: make([]*big.Rat, k*r.dims[1])}
	for j := range r.dims[1] {
		var column []*big.Rat
		for i := range r.dims[0] {
			column = append(column, r.at([]int{i, j}))
		}
		slices.SortFunc(column, func(a, b *big.Rat) int { return b.Cmp(a) })
		for i := range k {
			out.data[i*r.dims[1]+j] = column[i]
		}
	}
	return out
}
