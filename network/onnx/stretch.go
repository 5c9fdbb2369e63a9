// Where the elements of a resized axis lie along the old one, in fractions: what scales, sizes, the
// region and the attributes of a Resize say. Runtimes compute this in float32, and next to a jump
// they end on one side or the other: there a file means different functions, and is refused.

package onnx

import (
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// stretch is one axis of a Resize.
type stretch struct {
	in, out  int
	scale    float64  // as runtimes compute with it, in float32
	exact    *big.Rat // and as it is
	place    string   // coordinate_transformation_mode
	from, to float64  // the region that is resized, where cut: fractions of the axis
	cut      bool
}

// places are the coordinate_transformation_modes, in the words of the standard.
var places = []string{"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "asymmetric", "align_corners", "tf_half_pixel_for_nn", "tf_crop_and_resize"}

// stretches returns what becomes of each axis.
func (n *node) stretches(shape []int) []stretch {
	place := n.text("coordinate_transformation_mode", "half_pixel")
	if n.scalesAt() == 1 {
		// Upsample, and Resize before operator set 11: repeated elements. Of fewer elements the
		// specification does not say which, and runtimes differ.
		place = "asymmetric"
	} else if !slices.Contains(places, place) {
		panic(refusalf("attribute \"coordinate_transformation_mode\": %q, supported are %v", place, places))
	}
	at := n.resizedAxes(len(shape))
	scales, sizes := n.scales(len(at))
	list := make([]stretch, len(shape))
	for d, in := range shape {
		list[d] = stretch{in: in, out: in, scale: 1, exact: big.NewRat(1, 1), place: place}
	}
	for i, d := range at {
		s, wanted := &list[d], 0.0
		if sizes != nil {
			wanted = float64(sizes[i])
			s.exact.SetFrac64(sizes[i], int64(max(1, s.in)))
			s.scale, _ = dyadic.FromRat(s.exact)
		} else {
			s.scale = scales[i]
			wanted = math.Floor(float64(s.in) * s.scale) // of float32, so exact
			s.exact.SetFloat64(s.scale)
		}
		if wanted < 1 || wanted > maxEntries {
			panic(refusalf("axis %d of shape %v gets %g elements, expected 1 to %d", d, shape, wanted, maxEntries))
		}
		if s.out = int(wanted); sizes == nil {
			saying(func() { n.scalable(s) }, "axis %d of shape %v", d, shape)
		}
	}
	if sizes != nil {
		n.keepRatio(list, at)
	}
	n.region(list, at, sizes == nil)
	return list
}

// scalable refuses a scale by which runtimes do different things.
func (n *node) scalable(s *stretch) {
	switch {
	case n.scalesAt() == 1 && s.scale < 1:
		panic(refusalf("scale %g of operator set %d, supported are those of at least 1", s.scale, n.opset))
	case int(float32(s.in)*float32(s.scale)) != s.out:
		panic(refusalf("%d elements or one more by scale %g, of which runtimes make different ones; supported are sizes", s.out, s.scale))
	case s.place == "align_corners" && float64(s.out) != float64(s.in)*s.scale:
		panic(refusalf("align_corners of %d elements to %g, of which runtimes make different ones; supported are whole ones", s.in, float64(s.in)*s.scale))
	}
}

// resizedAxes are those that scales and sizes speak of, all where none are named.
func (n *node) resizedAxes(rank int) []int {
	if list := n.integers("axes"); list != nil {
		return differentAxes(list, rank, `attribute "axes"`)
	}
	return ordered(rank)
}

// keepRatio makes one scale of those of the axes given: the least or the largest, where the sizes
// are bounds.
func (n *node) keepRatio(list []stretch, at []int) {
	less := 1
	switch policy := n.text("keep_aspect_ratio_policy", "stretch"); policy {
	case "stretch":
		return
	case "not_larger":
	case "not_smaller":
		less = -1
	default:
		panic(refusalf("attribute \"keep_aspect_ratio_policy\": %q, supported are stretch, not_larger and not_smaller", policy))
	}
	if len(at) == 0 {
		return
	}
	scale := list[slices.MinFunc(at, func(i, j int) int { return less * list[i].exact.Cmp(list[j].exact) })].exact
	for _, d := range at {
		s := &list[d]
		s.exact = scale
		s.scale, _ = dyadic.FromRat(scale)
		out := new(big.Rat).Mul(scale, big.NewRat(int64(s.in), 1))
		if s.out = int(floorOf(out.Add(out, big.NewRat(1, 2)))); int(math.Round(float64(float32(s.in)*float32(s.scale)))) != s.out {
			panic(refusalf("attribute \"keep_aspect_ratio_policy\": an axis gets %d elements or one less, of which runtimes make different ones; supported is stretch", s.out))
		}
	}
}

// region reads the part that tf_crop_and_resize takes.
func (n *node) region(list []stretch, at []int, scaled bool) {
	if list == nil || len(at) == 0 || list[0].place != "tf_crop_and_resize" {
		return
	}
	t := n.floats(1, "roi")
	if len(t.floats) != 2*len(at) {
		panic(refusalf("input 1 (roi): %d numbers, expected %d", len(t.floats), 2*len(at)))
	}
	for i, d := range at {
		from, to := t.floats[i], t.floats[len(at)+i]
		if from-from != 0 || to-to != 0 {
			panic(refusalf("input 1 (roi): %v, expected finite numbers", t.floats))
		}
		if scaled && (from != 0 || to != 1) {
			panic(refusalf("tf_crop_and_resize of a region by scales, of which runtimes make different sizes; supported are sizes"))
		}
		list[d].from, list[d].to, list[d].cut = from, to, true
	}
}

// kept says whether the axis stays as it is.
func (s *stretch) kept() bool { return !s.cut && s.out == s.in && s.scale == 1 }

// still refuses an axis that is kept where the standard's formula, taken by its letters, moves it:
// by half an element. Runtimes leave it alone.
func (s *stretch) still(mode string) {
	if s.place == "tf_half_pixel_for_nn" && s.in > 1 && mode != "floor" && mode != "round_prefer_floor" {
		panic(refusalf("tf_half_pixel_for_nn and %s of an axis that keeps its %d elements, which runtimes leave and the standard moves; supported are floor and round_prefer_floor", mode, s.in))
	}
}

// at returns where element i lies, exactly and as runtimes find it.
func (s *stretch) at(i int) (*big.Rat, float32) {
	whole := func(v int) *big.Rat { return big.NewRat(int64(v), 1) }
	mul := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
	sub := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
	half, scale := big.NewRat(1, 2), float32(s.scale)
	// The conversions of products keep compilers from fusing them.
	middle, middle32 := mul(sub(whole(i+1), half), new(big.Rat).Inv(s.exact)), (float32(i)+0.5)/scale
	switch {
	case s.place == "align_corners" && s.out > 1:
		return big.NewRat(int64(i)*int64(s.in-1), int64(s.out-1)), float32(float32(i)*float32(s.in-1)) / float32(s.out-1)
	case s.place == "align_corners", s.place == "pytorch_half_pixel" && s.out == 1:
		return new(big.Rat), 0
	case s.place == "asymmetric":
		return mul(whole(i), new(big.Rat).Inv(s.exact)), float32(i) / scale
	case s.place == "tf_half_pixel_for_nn":
		return middle, middle32
	case s.place == "half_pixel_symmetric":
		adjust := new(big.Rat).Quo(whole(s.out), mul(s.exact, whole(s.in)))
		off := mul(mul(half, whole(s.in)), sub(whole(1), adjust))
		off32 := float32(s.in) / 2 * float32(1-float32(s.out)/float32(scale*float32(s.in)))
		return off.Add(off, sub(middle, half)), float32(off32+middle32) - 0.5
	case s.cut:
		from, to, last := new(big.Rat).SetFloat64(s.from), new(big.Rat).SetFloat64(s.to), whole(s.in-1)
		if s.out == 1 {
			return mul(mul(half, from.Add(from, to)), last), 0.5 * float32(float32(s.from)+float32(s.to)) * float32(s.in-1)
		}
		step := mul(mul(sub(to, from), last), big.NewRat(int64(i), int64(s.out-1)))
		step32 := float32(float32(i)*float32(float32(s.to)-float32(s.from))) * float32(s.in-1) / float32(s.out-1)
		return step.Add(step, mul(from, last)), float32(float32(s.from)*float32(s.in-1)) + step32
	}
	return sub(middle, half), middle32 - 0.5
}

// inside is x; or nil beyond the input, which only a region leaves.
func (s *stretch) inside(i int) (*big.Rat, float32) {
	x, x32 := s.at(i)
	beyond := x.Sign() < 0 || x.Cmp(big.NewRat(int64(s.in-1), 1)) > 0
	switch beyond32 := x32 < 0 || x32 > float32(s.in-1); {
	case !s.cut:
	case beyond != beyond32:
		panic(errEither(i))
	case beyond:
		return nil, 0
	}
	return x, x32
}

func errEither(i int) refusal {
	return refusalf("element %d of the result lies where runtimes differ by how they round: export it with scales that are powers of two, or with another coordinate_transformation_mode", i)
}

// nearest returns for each element the input's that it is, −1 beyond it.
func (s *stretch) nearest(mode string) []int {
	round := map[string]func(float64) float64{
		"floor": math.Floor, "ceil": math.Ceil,
		"round_prefer_floor": func(x float64) float64 { return math.Ceil(x - 0.5) },
		"round_prefer_ceil":  func(x float64) float64 { return math.Floor(x + 0.5) },
	}[mode]
	if round == nil {
		panic(refusalf("attribute \"nearest_mode\": %q, supported are floor, ceil, round_prefer_floor and round_prefer_ceil", mode))
	}
	clamp := func(x float64) int { return int(min(max(x, 0), float64(s.in-1))) }
	index := make([]int, s.out)
	for i := range index {
		x, x32 := s.inside(i)
		if index[i] = -1; x == nil {
			continue
		}
		// Twice x and its sign beside a whole number say all that rounding asks.
		whole := floorOf(x)
		rest := new(big.Rat).Sub(x, big.NewRat(whole, 1))
		stand := 0.25 * float64(rest.Sign())
		if c := rest.Cmp(big.NewRat(1, 2)); c >= 0 {
			stand = 0.5 + 0.25*float64(c)
		}
		if index[i] = clamp(round(float64(whole) + stand)); index[i] != clamp(round(float64(x32))) {
			panic(errEither(i))
		}
	}
	return index
}

// neighbours are the elements whose mean lies at x.
type neighbours func(s *stretch, x *big.Rat) []tap

// taps are those of each element along the axis.
func (s *stretch) taps(of neighbours) [][]tap {
	list := make([][]tap, s.out)
	for i := range list {
		if s.kept() {
			s.still("a mean")
			list[i] = []tap{{i, big.NewRat(1, 1)}}
			continue
		}
		if x, _ := s.inside(i); x != nil {
			list[i] = of(s, x)
		}
	}
	return list
}

func floorOf(x *big.Rat) int64 {
	return new(big.Int).Div(x.Num(), x.Denom()).Int64() // Euclid's: of a positive denominator it is the floor
}

// scalesAt returns which input the scales are, where they are no attribute.
func (n *node) scalesAt() int {
	if n.op == "Upsample" || n.opset < 11 {
		return 1
	}
	return 2
}

// scales returns the scales or the sizes of a Resize: inputs 1 (Upsample), or 2 and 3, or
// attribute.
func (n *node) scales(rank int) ([]float64, []int64) {
	at := n.scalesAt()
	if len(n.args) > at+1 && (at == 1 || n.has(2) && n.has(3)) {
		panic(refusalf("scales and sizes, or more inputs than its operator set has, expected one of them"))
	}
	if n.has(3) {
		sizes := n.listAt(3, "sizes")
		if len(sizes) != rank {
			panic(refusalf("input 3 (sizes): %v, expected %d", sizes, rank))
		}
		return nil, sizes
	}
	var scales []float64
	if n.attributes["scales"] != nil {
		scales = n.numbers("scales")
	} else {
		scales = n.floats(at, "scales").floats
	}
	for _, s := range scales {
		if !(s > 0) {
			panic(refusalf("scales %v, expected positive numbers", scales))
		}
	}
	if len(scales) != rank {
		panic(refusalf("scales %v, expected %d", scales, rank))
	}
	return scales, nil
}
