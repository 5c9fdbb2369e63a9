// GridSample, RoiAlign and DeformConv against evaluations in float64 that look for each element of
// the result where it is read, as runtimes do: of every kind many draws. And by hand.

package onnx

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// mirrored is one step after the other towards the input, as by mirrors at both edges.
func mirrored(x, lo, hi float64) float64 {
	for x < lo || x > hi {
		if x < lo {
			x = 2*lo - x
		}
		if x > hi {
			x = 2*hi - x
		}
	}
	return x
}

// refGridSample samples planes at a grid; every axis is one loop over all of its elements, whose
// weights are those of the hat function around the place.
func refGridSample(at map[string]*onnxpb.AttributeProto, x, grid array) array {
	d := len(x.dims) - 2
	mode, padding, corners := string(at["mode"].GetS()), string(at["padding_mode"].GetS()), at["align_corners"].GetI() != 0
	out := newArray(append([]int{x.dims[0], x.dims[1]}, grid.dims[1:d+1]...)...)
	indices(out.dims, func(index []int, i int) {
		place := make([]float64, d)
		for k := range place {
			g := append([]int{index[0]}, index[2:]...)
			v, length := grid.at(append(g, d-1-k)), float64(x.dims[2+k])
			lo, hi := -0.5, length-0.5
			p := ((v+1)*length - 1) / 2
			if corners {
				lo, hi = 0, length-1
				p = (v + 1) / 2 * (length - 1)
			}
			if mode == "nearest" {
				p = math.RoundToEven(p)
			}
			switch {
			case padding == "border":
				p = max(0, min(length-1, p))
			case padding == "reflection" && length > 1:
				p = max(0, min(length-1, mirrored(p, lo, hi)))
			case padding == "reflection":
				p = 0
			}
			place[k] = p
		}
		indices(x.dims[2:], func(read []int, j int) {
			w := 1.0
			for k, r := range read {
				w *= max(0, 1-math.Abs(place[k]-float64(r)))
			}
			out.data[i] += w * x.data[(index[0]*x.dims[1]+index[1])*volume(x.dims[2:])+j]
		})
	})
	return out
}

// refRoiAlign is as in the paper of Mask R-CNN, and in the runtimes' code.
func refRoiAlign(at map[string]*onnxpb.AttributeProto, half bool, x, rois, of array) array {
	oh, ow := int(intOr(at, "output_height", 1)), int(intOr(at, "output_width", 1))
	scale, ratio := float64(at["spatial_scale"].GetF()), int(intOr(at, "sampling_ratio", 0))
	h, w := x.dims[2], x.dims[3]
	out := newArray(rois.dims[0], x.dims[1], oh, ow)
	bilinear := func(plane []float64, y, x float64) float64 {
		if y < -1 || y > float64(h) || x < -1 || x > float64(w) {
			return 0
		}
		y, x = max(y, 0), max(x, 0)
		y0, x0 := min(int(y), h-1), min(int(x), w-1)
		y1, x1 := min(y0+1, h-1), min(x0+1, w-1)
		fy, fx := y-float64(y0), x-float64(x0)
		return plane[y0*w+x0]*(1-fy)*(1-fx) + plane[y0*w+x1]*(1-fy)*fx + plane[y1*w+x0]*fy*(1-fx) + plane[y1*w+x1]*fy*fx
	}
	indices(out.dims, func(i []int, n int) {
		shift := 0.0
		if half {
			shift = 0.5
		}
		end := func(k int) float64 { return rois.at([]int{i[0], k})*scale - shift }
		x1, y1 := end(0), end(1)
		width, height := end(2)-x1, end(3)-y1
		if !half {
			width, height = max(width, 1), max(height, 1)
		}
		bw, bh := width/float64(ow), height/float64(oh)
		gw, gh := ratio, ratio
		if ratio == 0 {
			gw, gh = int(math.Ceil(bw)), int(math.Ceil(bh))
		}
		plane := x.data[(int(of.data[i[0]])*x.dims[1]+i[1])*h*w:]
		for a := range gh {
			for b := range gw {
				out.data[n] += bilinear(plane, y1+bh*(float64(i[2])+(float64(a)+0.5)/float64(gh)), x1+bw*(float64(i[3])+(float64(b)+0.5)/float64(gw)))
			}
		}
		out.data[n] /= float64(gh * gw)
	})
	return out
}

// refDeformConv sums up, for each element of the result, all elements of the input that a position
// of the window reads, by the hat function around its place.
func refDeformConv(at map[string]*onnxpb.AttributeProto, x, w, offset, bias, mask array) array {
	group, parts := int(intOr(at, "group", 1)), int(intOr(at, "offset_group", 1))
	kh, kw := w.dims[2], w.dims[3]
	out := newArray(x.dims[0], w.dims[0], offset.dims[2], offset.dims[3])
	indices(out.dims, func(i []int, n int) {
		for c := range w.dims[1] {
			channel := i[1]/(w.dims[0]/group)*w.dims[1] + c
			part := channel / (x.dims[1] / parts)
			for p := range kh {
				for q := range kw {
					k := (part*kh+p)*kw + q
					m := 1.0
					if mask.data != nil {
						m = mask.at([]int{i[0], k, i[2], i[3]})
					}
					y0 := float64(i[2]*int(at["strides"].Ints[0])-int(at["pads"].Ints[0])+p*int(at["dilations"].Ints[0])) + offset.at([]int{i[0], 2 * k, i[2], i[3]})
					x0 := float64(i[3]*int(at["strides"].Ints[1])-int(at["pads"].Ints[1])+q*int(at["dilations"].Ints[1])) + offset.at([]int{i[0], 2*k + 1, i[2], i[3]})
					indices(x.dims[2:], func(read []int, _ int) {
						hat := max(0, 1-math.Abs(y0-float64(read[0]))) * max(0, 1-math.Abs(x0-float64(read[1])))
						out.data[n] += hat * m * w.at([]int{i[1], c, p, q}) * x.at([]int{i[0], channel, read[0], read[1]})
					})
				}
			}
		}
		if bias.data != nil {
			out.data[n] += bias.data[i[1]]
		}
	})
	return out
}

// uniform adds an initializer of numbers between −size and size.
func (c *chain) uniform(src *rand.Rand, name string, size float64, dims ...int) *chain {
	data, of := make([]float64, volume(dims)), []int64{}
	for i := range data {
		data[i] = (2*src.Float64() - 1) * size
	}
	for _, d := range dims {
		of = append(of, int64(d))
	}
	return c.doubles(name, of, data...)
}

// checkWhole holds what all rows of a batch become against the reference.
func (c *chain) checkWhole(t *testing.T, version int64, src *rand.Rand, name string) {
	t.Helper()
	m := c.model()
	m.OpsetImport[0].Version = &version
	n, _, err := readModel(encode(t, m), testLimit, Options{Batch: AllRows})
	require.NoError(t, err, name)
	compare(t, n, c.g, c.shape, src, 2, referenceTolerance)
}

func TestGridSampleAgainstTheReference(t *testing.T) {
	for _, mode := range []string{"linear", "nearest"} {
		for _, padding := range []string{"zeros", "border", "reflection"} {
			for _, corners := range []int64{0, 1} {
				for seed := range uint64(12) {
					src := newSource(seed)
					shape := []int{1 + src.IntN(2), 1 + src.IntN(2), 1 + src.IntN(4), 1 + src.IntN(4)}
					version, grid := int64(16), []int{shape[0], 1 + src.IntN(3), 1 + src.IntN(3), 2}
					spelt := map[string]string{"linear": "bilinear"}[mode]
					switch seed % 3 {
					case 1: // in one and three dimensions, from operator set 20 on
						version, shape, grid, spelt = 20, shape[:3], append(grid[:2:2], 1), ""
					case 2:
						version, shape, grid, spelt = 20, append(shape, 1+src.IntN(3)), []int{grid[0], grid[1], grid[2], 2, 3}, ""
					}
					if spelt == "" {
						spelt = mode
					}
					c := newChain(shape...).uniform(src, "g", []float64{1, 3}[seed%2], grid...).
						node("GridSample", []string{"x", "g"}, stringAttr("mode", spelt), stringAttr("padding_mode", padding), intAttr("align_corners", corners))
					c.checkWhole(t, version, src, fmt.Sprint(mode, padding, corners, seed))
				}
			}
		}
	}
}

func TestRoiAlignAgainstTheReference(t *testing.T) {
	for _, place := range []string{"half_pixel", "output_half_pixel", ""} {
		for ratio := range int64(4) {
			for seed := range uint64(8) {
				src := newSource(seed)
				shape := []int{1 + src.IntN(2), 1 + src.IntN(2), 3 + src.IntN(4), 3 + src.IntN(4)}
				rois, of := []float64{}, []int64{}
				for range 1 + src.IntN(3) {
					x, y := src.Float64()*8-2, src.Float64()*8-2
					rois, of = append(rois, x, y, x+0.1+5*src.Float64(), y+0.1+5*src.Float64()), append(of, int64(src.IntN(shape[0])))
				}
				attributes := []*onnxpb.AttributeProto{intAttr("sampling_ratio", ratio), intAttr("output_height", int64(1+src.IntN(3))), intAttr("output_width", int64(1+src.IntN(3))),
					floatAttr("spatial_scale", []float32{1, 0.5, 0.3}[seed%3])}
				version := int64(16)
				if place == "" {
					version = 10
				} else {
					attributes = append(attributes, stringAttr("coordinate_transformation_mode", place))
				}
				c := newChain(shape...).doubles("r", []int64{int64(len(of)), 4}, rois...).ints("b", of...).node("RoiAlign", []string{"x", "r", "b"}, attributes...)
				c.checkWhole(t, version, src, fmt.Sprint(place, ratio, seed))
			}
		}
	}
}

func TestDeformConvAgainstTheReference(t *testing.T) {
	for seed := range uint64(48) {
		src := newSource(seed)
		group, parts, bias, mask := 1+int(seed%2), 1+int(seed/2%2), seed/4%2 == 1, seed/8%2 == 1
		shape := []int{1 + src.IntN(2), 2 * (1 + src.IntN(2)), 3 + src.IntN(3), 3 + src.IntN(3)}
		units, kh, kw := group*(1+src.IntN(2)), 1+src.IntN(2), 1+src.IntN(2)
		two := func(least, most int) []int64 {
			return []int64{int64(least + src.IntN(most)), int64(least + src.IntN(most))}
		}
		strides, dilations, pads := two(1, 2), two(1, 2), append(two(0, 2), two(0, 2)...)
		out := func(d int, k int) int {
			return (shape[2+d]+int(pads[d]+pads[2+d])-int(dilations[d])*(k-1)-1)/int(strides[d]) + 1
		}
		c := newChain(shape...).uniform(src, "w", 1, units, shape[1]/group, kh, kw).uniform(src, "o", 2, shape[0], parts*kh*kw*2, out(0, kh), out(1, kw))
		inputs := []string{"x", "w", "o"}
		if bias || mask {
			inputs = append(inputs, "")
		}
		if bias {
			c.uniform(src, "b", 1, units)
			inputs[3] = "b"
		}
		if mask {
			c.uniform(src, "m", 1, shape[0], parts*kh*kw, out(0, kh), out(1, kw))
			inputs = append(inputs, "m")
		}
		c.node("DeformConv", inputs, intAttr("group", int64(group)), intAttr("offset_group", int64(parts)), intsAttr("kernel_shape", int64(kh), int64(kw)),
			intsAttr("strides", strides...), intsAttr("dilations", dilations...), intsAttr("pads", pads...))
		c.checkWhole(t, 19, src, fmt.Sprint(seed))
	}
}

// A region that is claimed to be long, or to have many bins, costs little.
func TestSamplesAreCounted(t *testing.T) {
	roi := func(size float64, attributes ...*onnxpb.AttributeProto) *chain {
		return newChain(1, 1, 3, 3).doubles("r", []int64{1, 4}, 0, 0, size, size).ints("b", 0).node("RoiAlign", []string{"x", "r", "b"}, attributes...)
	}
	for name, c := range map[string]*chain{
		"places": roi(1e7), "given places": roi(1, intAttr("sampling_ratio", 1<<20)), "bins": roi(1, intAttr("output_height", 1<<12), intAttr("output_width", 1<<12)),
	} {
		_, err := c.readIn(t, 16)
		require.ErrorContains(t, err, "entries in all, zeros among them", name)
	}
}

func TestSamplesByHand(t *testing.T) {
	image, nine := func() *chain { return newChain(1, 1, 3, 3) }, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	grid := func(x, y float64, attributes ...*onnxpb.AttributeProto) *chain {
		return image().doubles("g", []int64{1, 1, 1, 2}, x, y).node("GridSample", []string{"x", "g"}, attributes...)
	}
	roi := func(x1, y1, x2, y2 float64, attributes ...*onnxpb.AttributeProto) *chain {
		return image().doubles("r", []int64{1, 4}, x1, y1, x2, y2).ints("b", 0).node("RoiAlign", []string{"x", "r", "b"}, attributes...)
	}
	deform := func(dy, dx float64) *chain {
		return image().doubles("w", []int64{1, 1, 1, 1}, 2).doubles("o", []int64{1, 2, 1, 1}, dy, dx).
			node("DeformConv", []string{"x", "w", "o"}, intsAttr("strides", 9, 9))
	}
	corners, border := intAttr("align_corners", 1), stringAttr("padding_mode", "border")
	for name, b := range map[string]byHand{
		"the middle":                  {grid(0, 0), 16, nine, []float64{5}},
		"a corner":                    {grid(-1, -1, corners), 16, nine, []float64{1}},
		"the corner of an element":    {grid(-1, -1), 16, nine, []float64{0.25}},
		"the same, repeated":          {grid(-1, -1, border), 16, nine, []float64{1}},
		"x goes to the right":         {grid(1, -0.5, corners), 16, nine, []float64{4.5}},
		"reflected":                   {grid(-2, 0, corners, stringAttr("padding_mode", "reflection")), 16, nine, []float64{5}},
		"far out":                     {grid(0x1p100, 0), 16, nine, []float64{0}},
		"the nearest":                 {grid(0.75, 0, corners, stringAttr("mode", "nearest")), 16, nine, []float64{6}},
		"half way, the same farther":  {grid(1.5, 0, corners, border, stringAttr("mode", "nearest")), 16, nine, []float64{6}},
		"a region of one element":     {roi(1, 1, 2, 2), 16, nine, []float64{5}},
		"a region between four":       {roi(0.5, 0.5, 1.5, 1.5), 16, nine, []float64{3}},
		"before, half a pixel less":   {roi(1, 1, 2, 2), 10, nine, []float64{7}},
		"a mean of four":              {roi(0, 0, 2, 2), 16, nine, []float64{3}},
		"a place that was not moved":  {deform(0, 0), 19, nine, []float64{2}},
		"down, and half to the right": {deform(1, 0.5), 19, nine, []float64{9}},
		"half beyond the edge":        {deform(-0.5, 0), 19, nine, []float64{1}},
	} {
		t.Run(name, b.check)
	}
	for want, r := range map[string]refused{
		`attribute "mode": "cubic", supported are linear`:                     {grid(0, 0, stringAttr("mode", "cubic")), 20, ""},
		`attribute "padding_mode": "wrap", expected zeros`:                    {grid(0, 0, stringAttr("padding_mode", "wrap")), 16, ""},
		"place 0, axis 1: half way between two elements":                      {grid(0.5, 0, corners, stringAttr("mode", "nearest")), 16, ""},
		"a grid of shape [2 1 1 2], expected":                                 {image().doubles("g", []int64{2, 1, 1, 2}, 0, 0, 0, 0).node("GridSample", []string{"x", "g"}), 16, ""},
		`attribute "mode": "max", of which runtimes differ`:                   {roi(0, 0, 1, 1, stringAttr("mode", "max")), 16, ""},
		"region 0: it ends before it begins":                                  {roi(1, 1, 0, 2), 16, ""},
		"region 0: a place at an edge":                                        {roi(-1, 0, 0, 1), 16, ""},
		"so near to a whole number":                                           {roi(0, 0, 1+0x1p-22, 1), 16, ""},
		`"coordinate_transformation_mode": "pixel"`:                           {roi(0, 0, 1, 1, stringAttr("coordinate_transformation_mode", "pixel")), 16, ""},
		"input 2 (batch_indices): element 0 is 1, expected one of a batch of": {image().doubles("r", []int64{1, 4}, 0, 0, 1, 1).ints("b", 1).node("RoiAlign", []string{"x", "r", "b"}), 16, ""},
		"input 2 (offset): shape [1 2 1 1], expected [1 2 3 3]":               {image().doubles("w", []int64{1, 1, 1, 1}, 2).doubles("o", []int64{1, 2, 1, 1}, 0, 0).node("DeformConv", []string{"x", "w", "o"}), 19, ""},
		`attribute "offset_group": 2, expected a divisor of 1 channels`:       {image().doubles("w", []int64{1, 1, 1, 1}, 2).doubles("o", []int64{1}, 0).node("DeformConv", []string{"x", "w", "o"}, intAttr("offset_group", 2)), 19, ""},
	} {
		_, err := r.c.readIn(t, r.opset)
		require.ErrorContains(t, err, want)
	}
}
