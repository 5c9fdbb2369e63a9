// Resize by linear interpolation: each element is a mean of its neighbours, axis by axis, edges
// repeated. The weights are fractions, and each product of them is rounded once.

package onnx

import (
	"errors"
	"fmt"
	"math"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

// resizing is nearest, which moves, or linear.
func resizing(rd *reader, n *node) ([]value, error) {
	switch mode := n.text("mode", "nearest"); {
	case mode != "linear" || n.args[0].run == nil:
		return rd.moved(n, resize)
	case n.scalesAt() == 1:
		return nil, fmt.Errorf("attribute \"mode\": linear in operator set %d, which does not say where elements lie; supported is that of 11 and later", n.opset)
	}
	rd.enter(n.args[0].run)
	err := interpolate(rd, n)
	return []value{{shape: rd.shape, refs: rd.refs}}, err
}

func interpolate(rd *reader, n *node) error {
	for _, name := range []string{"exclude_outside", "antialias"} {
		if v, err := n.integer(name, 0); err != nil || v != 0 {
			return errors.Join(fmt.Errorf("attribute %q: supported is 0", name), err)
		}
	}
	if err := n.stretches(); err != nil {
		return err
	}
	scales, sizes, err := n.scales(len(rd.shape))
	if err != nil {
		return err
	}
	place := n.text("coordinate_transformation_mode", "half_pixel")
	axes, shape := make([][][]tap, len(rd.shape)), []int{}
	for d, in := range rd.shape {
		out, scale := 0.0, new(big.Rat)
		if sizes != nil {
			out = float64(sizes[d])
			scale.SetFrac64(max(1, sizes[d]), int64(in))
		} else {
			out = math.Floor(float64(in) * scales[d])
			scale.SetFloat64(scales[d])
			if place == "align_corners" && out != float64(in)*scales[d] {
				return fmt.Errorf("align_corners of %d elements to %g, of which runtimes make different ones; supported are whole ones", in, float64(in)*scales[d])
			}
		}
		if out < 1 || out > maxEntries {
			return fmt.Errorf("axis %d of shape %v gets %g elements, expected 1 to %d", d, rd.shape, out, maxEntries)
		}
		if axes[d], err = linearTaps(place, in, int(out), scale); err != nil {
			return err
		}
		shape = append(shape, int(out))
	}
	if size(shape) > maxEntries {
		return fmt.Errorf("the result, of shape %v, has more than %d elements", shape, maxEntries)
	}
	most := 1 // taps of an element
	for _, of := range axes {
		longest := 0
		for _, t := range of {
			longest = max(longest, len(t))
		}
		most *= longest
	}
	if err := rd.work(size(shape), most, tapWork); err != nil {
		return err
	}
	w, err := rd.newWeights(size(shape), rd.width)
	if err != nil {
		return err
	}
	steps, rounded := stepsOf(shape), 0
	for i := range size(shape) {
		for _, t := range taps(axes, rd.shape, shape, steps, i) {
			v, exact := dyadic.FromRat(t.weight)
			if w.Set(i, t.at, v); !exact {
				rounded++
			}
		}
	}
	rd.im.Round("Resize: weights of linear interpolation", rounded)
	rd.shape = shape
	return rd.affine(w)
}

// tapWork is what a tap, a product of fractions, costs more than an entry does.
const tapWork = 16

// tap is an element that is read, and its weight.
type tap struct {
	at     int
	weight *big.Rat
}

// taps are those of element i of the result: the products of those of its axes.
func taps(axes [][][]tap, in, out, steps []int, i int) []tap {
	all := []tap{{0, big.NewRat(1, 1)}}
	for d, of := range axes {
		var next []tap
		for _, a := range all {
			for _, b := range of[i/steps[d]%out[d]] {
				next = append(next, tap{a.at*in[d] + b.at, new(big.Rat).Mul(a.weight, b.weight)})
			}
		}
		all = next
	}
	return all
}

// linearTaps returns for each of the elements along an axis what it is the mean of.
func linearTaps(place string, in, out int, scale *big.Rat) ([][]tap, error) {
	list := make([][]tap, out)
	for i := range list {
		x := new(big.Rat)
		switch {
		case place == "align_corners" && out > 1:
			x.SetFrac64(int64(i)*int64(in-1), int64(out-1))
		case place == "align_corners", place == "pytorch_half_pixel" && out == 1:
		case place == "asymmetric":
			x.Quo(big.NewRat(int64(i), 1), scale)
		case place == "half_pixel", place == "pytorch_half_pixel":
			x.Sub(x.Quo(big.NewRat(2*int64(i)+1, 2), scale), big.NewRat(1, 2))
		default:
			return nil, fmt.Errorf("attribute \"coordinate_transformation_mode\": %q, supported are half_pixel, pytorch_half_pixel, asymmetric and align_corners", place)
		}
		if last := big.NewRat(int64(in-1), 1); x.Cmp(last) > 0 {
			x = last
		}
		if x.Sign() <= 0 {
			x.SetInt64(0)
		}
		floor := new(big.Int).Quo(x.Num(), x.Denom())
		at, rest := int(floor.Int64()), x.Sub(x, new(big.Rat).SetInt(floor))
		if rest.Sign() == 0 {
			list[i] = []tap{{at, big.NewRat(1, 1)}}
			continue
		}
		list[i] = []tap{{at, new(big.Rat).Sub(big.NewRat(1, 1), rest)}, {at + 1, rest}}
	}
	return list, nil
}

// stretches refuses a Resize that keeps the ratio of its sizes.
func (n *node) stretches() error {
	if policy := n.text("keep_aspect_ratio_policy", "stretch"); policy != "stretch" {
		return fmt.Errorf("attribute \"keep_aspect_ratio_policy\": %q, supported is stretch", policy)
	}
	return nil
}
