// RoiAlign: means of places in constant regions of planes. A region is cut into bins, and a bin
// is the mean of a grid of places in it.

package onnx

import (
	"math/big"
	"slices"
)

func roiAlign(rd *reader, n *node) {
	n.mustRun("X")
	rois, of := n.floats(1, "rois"), n.constant(2, "batch_indices")
	in := rd.shape
	if len(in) != 4 || len(rois.shape) != 2 || rois.shape[1] != 4 || of.ints == nil || !slices.Equal(of.shape, rois.shape[:1]) {
		panic(refusalf("shape %v, rois of shape %v and batch_indices of shape %v, expected [N C H W], [R 4] and [R] integers", in, rois.shape, of.shape))
	}
	for r, b := range of.ints {
		if b < 0 || b >= int64(in[0]) {
			panic(refusalf("input 2 (batch_indices): element %d is %d, expected one of a batch of %d", r, b, in[0]))
		}
	}
	if mode := n.text("mode", "avg"); mode != "avg" {
		panic(refusalf("attribute \"mode\": %q, of which runtimes differ in what they take the largest of; supported is avg", mode))
	}
	a := aligningOf(n, rois)
	count, bins := len(of.ints), a.out[0]*a.out[1]
	rd.work(count, bins, keptWork)
	list, most := make([][]tap, count*bins), 1
	for i := range list {
		saying(func() { list[i] = a.bin(rd, i/bins, i%bins, in[2:]) }, "region %d", i/bins)
		most = max(most, len(list[i]))
	}
	plane := in[2] * in[3]
	sampled(rd, "RoiAlign: weights of elements", []int{count, in[1], a.out[0], a.out[1]}, most, func(i int) []tap {
		roi, unit := i/bins/in[1], i/bins%in[1]
		return shifted(list[roi*bins+i%bins], (int(of.ints[roi])*in[1]+unit)*plane)
	})
}

// aligning is how regions are cut.
type aligning struct {
	rois  []float64
	out   [2]int // bins
	grid  int64  // places along an axis of a bin, 0 for one for each element
	scale *big.Rat
	// half says that elements have their middle half an element behind where they begin; without it
	// regions have an extent of at least 1.
	half bool
}

func aligningOf(n *node, rois *tensor) *aligning {
	a := &aligning{rois: rois.floats, grid: n.integer("sampling_ratio", 0), scale: new(big.Rat)}
	a.scale.SetFloat64(n.float("spatial_scale", 1))
	missing := "half_pixel"
	if n.opset < 16 {
		missing = "output_half_pixel"
	}
	switch place := n.text("coordinate_transformation_mode", missing); place {
	case "half_pixel", "output_half_pixel":
		a.half = place == "half_pixel"
	default:
		panic(refusalf("attribute \"coordinate_transformation_mode\": %q, expected half_pixel or output_half_pixel", place))
	}
	for d, name := range []string{"output_height", "output_width"} {
		v := n.integer(name, 1)
		if v < 1 || v > maxWindow {
			panic(refusalf("attribute %q: %d, expected 1 to %d", name, v, maxWindow))
		}
		a.out[d] = int(v)
	}
	if a.grid < 0 || a.grid > maxWindow || a.scale.Sign() <= 0 {
		panic(refusalf("attributes \"sampling_ratio\" %d and \"spatial_scale\" %s, expected at least 0 and more than 0", a.grid, a.scale.RatString()))
	}
	fitting([]int{len(a.rois) / 4, a.out[0], a.out[1]})
	return a
}

// bin returns the taps of a bin of a region of planes of this shape.
func (a *aligning) bin(rd *reader, roi, bin int, plane []int) []tap {
	at := [2]int{bin / a.out[1], bin % a.out[1]}
	var axes [2][][]tap
	for d := range axes {
		begin := a.place(a.rois[roi*4+1-d])
		extent := new(big.Rat).Sub(a.place(a.rois[roi*4+3-d]), begin)
		exact := isPowerOfTwo(a.scale) // a runtime finds whole extents without rounding
		if one := big.NewRat(1, 1); !a.half && extent.Cmp(one) < 0 {
			extent, exact = one, exact || !nearTo(extent, one, 0)
		}
		if extent.Sign() <= 0 {
			panic(refusalf("it ends before it begins, expected an extent of more than 0"))
		}
		step := extent.Quo(extent, big.NewRat(int64(a.out[d]), 1))
		places := a.places(step, exact)
		rd.work(int(places), keptWork)
		for k := range places {
			x := new(big.Rat).Mul(step, big.NewRat(2*k+1, 2*places))
			x.Add(x, begin).Add(x, new(big.Rat).Mul(step, big.NewRat(int64(at[d]), 1)))
			axes[d] = append(axes[d], clamped(x, plane[d]))
		}
	}
	rd.work(len(axes[0]), len(axes[1]), 4, keptWork)
	var all []tap
	share := big.NewRat(1, int64(len(axes[0]))*int64(len(axes[1])))
	for _, y := range axes[0] {
		for _, x := range axes[1] {
			for _, t := range crossed([][]tap{y, x}, plane) {
				t.weight.Mul(t.weight, share)
				all = append(all, t)
			}
		}
	}
	return all
}

// place is where an end of a region lies.
func (a *aligning) place(v float64) *big.Rat {
	x := new(big.Rat)
	x.SetFloat64(v)
	if x.Mul(x, a.scale); a.half {
		x.Sub(x, big.NewRat(1, 2))
	}
	return x
}

// places is how many places a bin of this extent has along an axis. exact says that a runtime finds
// the extent if it is whole.
func (a *aligning) places(step *big.Rat, exact bool) int64 {
	if a.grid > 0 {
		return a.grid
	}
	if step.Cmp(big.NewRat(maxWindow, 1)) > 0 {
		panic(refusalf("bins of more than %d elements", maxWindow))
	}
	below := floorOf(step)
	if step.IsInt() && exact {
		return below
	}
	for _, whole := range []int64{below, below + 1} {
		if whole > 0 && nearTo(step, big.NewRat(whole, 1), 0) {
			panic(refusalf("bins of %s elements, so near to a whole number that runtimes differ in how many places they take; supported is a sampling_ratio of at least 1", step.FloatString(6)))
		}
	}
	return below + 1
}

// isPowerOfTwo says whether a product by v > 0 rounds nothing.
func isPowerOfTwo(v *big.Rat) bool {
	one := func(n *big.Int) bool { return int(n.TrailingZeroBits()) == n.BitLen()-1 } // bit that is set
	return one(v.Num()) && one(v.Denom())
}

// clamped are the elements of an axis of so many beside place x, the outermost ones repeated for
// one element; there are none farther out.
func clamped(x *big.Rat, length int) []tap {
	least, most := big.NewRat(-1, 1), big.NewRat(int64(length), 1)
	if nearTo(x, least, 0) || nearTo(x, most, 0) {
		panic(refusalf("a place at an edge of the planes, or so near to it that runtimes differ in whether it is beyond, where the result jumps to 0"))
	}
	if x.Cmp(least) < 0 || x.Cmp(most) > 0 {
		return nil
	}
	if last := big.NewRat(int64(length-1), 1); x.Cmp(last) > 0 {
		x = last
	}
	if x.Sign() < 0 {
		x = new(big.Rat)
	}
	return between(x, length)
}
