// The reference for Conv and AveragePool.

package onnx

import "github.com/relucell/relucell/network/onnx/onnxpb"

// slide visits every output position of a window and every kernel position, with the
// input position under it, which may lie in the padding.
func slide(at map[string]*onnxpb.AttributeProto, spatial, kernel []int, f func(out, k, in []int, inside bool)) (outDims []int) {
	d := len(spatial)
	strides, dilations, pads := intsOr(at, "strides", d, 1), intsOr(at, "dilations", d, 1), intsOr(at, "pads", 2*d, 0)
	outDims = make([]int, d)
	for i := range outDims {
		span := (kernel[i]-1)*dilations[i] + 1
		if a := at["auto_pad"]; a != nil {
			outDims[i] = (spatial[i] + strides[i] - 1) / strides[i]
			total := max(0, (outDims[i]-1)*strides[i]+span-spatial[i])
			switch string(a.S) {
			case "SAME_UPPER":
				pads[i] = total / 2
			case "SAME_LOWER":
				pads[i] = (total + 1) / 2
			case "VALID":
				pads[i], outDims[i] = 0, (spatial[i]-span)/strides[i]+1
			}
			continue
		}
		room := spatial[i] + pads[i] + pads[d+i] - span
		outDims[i] = room/strides[i] + 1
		if intOr(at, "ceil_mode", 0) != 0 && room%strides[i] != 0 && outDims[i]*strides[i] < spatial[i]+pads[i] {
			outDims[i]++
		}
	}
	indices(outDims, func(out []int, _ int) {
		indices(kernel, func(k []int, _ int) {
			in, inside := make([]int, d), true
			for i := range in {
				in[i] = out[i]*strides[i] + k[i]*dilations[i] - pads[i]
				inside = inside && in[i] >= 0 && in[i] < spatial[i]
			}
			f(out, k, in, inside)
		})
	})
	return outDims
}

func join(head []int, tail ...int) []int { return append(append([]int{}, head...), tail...) }

func offset(dims, index []int) int {
	p := 0
	for d, i := range index {
		p = p*dims[d] + i
	}
	return p
}

func refConv(at map[string]*onnxpb.AttributeProto, in []array) array {
	x, w := in[0], in[1]
	outDims := slide(at, x.dims[2:], w.dims[2:], func(_, _, _ []int, _ bool) {})
	out := newArray(join([]int{x.dims[0], w.dims[0]}, outDims...)...)
	perGroup := w.dims[0] / int(intOr(at, "group", 1))
	for b := 0; b < x.dims[0]; b++ {
		for m := 0; m < w.dims[0]; m++ {
			slide(at, x.dims[2:], w.dims[2:], func(o, k, p []int, inside bool) {
				for c := 0; inside && c < w.dims[1]; c++ {
					out.data[offset(out.dims, join([]int{b, m}, o...))] +=
						w.at(join([]int{m, c}, k...)) * x.data[offset(x.dims, join([]int{b, m/perGroup*w.dims[1] + c}, p...))]
				}
			})
		}
	}
	if len(in) > 2 {
		indices(out.dims, func(index []int, n int) { out.data[n] += in[2].data[index[1]] })
	}
	return out
}

func refPool(at map[string]*onnxpb.AttributeProto, x array) array {
	d := len(x.dims) - 2
	kernel, pads := intsOr(at, "kernel_shape", d, 1), intsOr(at, "pads", 2*d, 0)
	outDims := slide(at, x.dims[2:], kernel, func(_, _, _ []int, _ bool) {})
	out := newArray(join(x.dims[:2], outDims...)...)
	for b := 0; b < x.dims[0]; b++ {
		for c := 0; c < x.dims[1]; c++ {
			counts := newArray(out.dims...)
			slide(at, x.dims[2:], kernel, func(o, _, p []int, inside bool) {
				n := offset(out.dims, join([]int{b, c}, o...))
				if inside {
					out.data[n] += x.data[offset(x.dims, join([]int{b, c}, p...))]
				}
				counted := inside || intOr(at, "count_include_pad", 0) != 0
				for i := range p { // what lies beyond the padding counts for nothing, as in PyTorch
					counted = counted && (at["auto_pad"] != nil || p[i] < x.dims[2+i]+pads[d+i])
				}
				if counted {
					counts.data[n]++
				}
			})
			for n, k := range counts.data {
				if k > 0 {
					out.data[n] /= k
				}
			}
		}
	}
	return out
}
