package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func TestResizeByHand(t *testing.T) {
	four := []float64{10, 20, 30, 40}
	resized := func(scale float64, a ...*onnxpb.AttributeProto) *chain {
		return newChain(1, 1, 1, 4).doubles("s", []int64{4}, 1, 1, 1, scale).node("Resize", []string{"x", "", "s"}, a...)
	}
	region := func(from, to float64, size int64, a ...*onnxpb.AttributeProto) *chain {
		return newChain(1, 1, 1, 4).doubles("r", []int64{8}, 0, 0, 0, from, 1, 1, 1, to).ints("z", 1, 1, 1, size).
			node("Resize", []string{"x", "r", "", "z"}, append(a, stringAttr("coordinate_transformation_mode", "tf_crop_and_resize"), floatAttr("extrapolation_value", 7))...)
	}
	fits := func(policy string, a ...*onnxpb.AttributeProto) *chain {
		return newChain(1, 1, 2, 4).ints("z", 4, 2).node("Resize", []string{"x", "", "", "z"}, append(a, intsAttr("axes", 3, 2), stringAttr("keep_aspect_ratio_policy", policy))...)
	}
	eight := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	mode := func(m string) *onnxpb.AttributeProto { return stringAttr("mode", m) }
	for name, b := range map[string]byHand{
		"half_pixel_symmetric": {resized(1.5, stringAttr("coordinate_transformation_mode", "half_pixel_symmetric")), 19, four, []float64{10, 10, 20, 30, 30, 40}},
		"a region":             {region(0, 0.5, 2), 11, four, []float64{10, 20}},
		"beyond the input":     {region(-1, 1, 3, mode("linear")), 11, four, []float64{7, 10, 40}},
		"beyond, the nearest":  {region(-1, 1, 3), 11, four, []float64{7, 10, 40}},
		"cubic":                {resized(0.5, mode("cubic")), 11, four, []float64{14.0625, 35.9375}},
		"cubic, none outside":  {resized(0.25, mode("cubic"), intAttr("exclude_outside", 1)), 11, four, []float64{25}},
		"kept, half a pixel":   {newChain(1, 4).doubles("s", []int64{2}, 1, 1).node("Resize", []string{"x", "", "s"}, stringAttr("coordinate_transformation_mode", "tf_half_pixel_for_nn")), 11, four, four},
		"not larger":           {fits("not_larger"), 18, eight, eight},
		"not smaller":          {fits("not_smaller", mode("linear")), 18, eight, eight},
	} {
		t.Run(name, b.check)
	}
	for want, r := range map[string]refused{
		"lies where runtimes differ by how they round": {resized(float64(float32(0.6)), stringAttr("nearest_mode", "floor")), 11, ""},
		"6 elements or one more by scale 0.699":        {newChain(1, 1, 1, 10).doubles("s", []int64{4}, 1, 1, 1, float64(float32(0.7))).node("Resize", []string{"x", "", "s"}, mode("linear")), 11, ""},
		"of a region by scales":                        {newChain(1, 2).doubles("r", []int64{4}, 0, 0, 1, 0.5).doubles("s", []int64{2}, 1, 2).node("Resize", []string{"x", "r", "s"}, stringAttr("coordinate_transformation_mode", "tf_crop_and_resize")), 11, ""},
		`"exclude_outside": supported is 0, or cubic`:  {resized(2, mode("linear"), intAttr("exclude_outside", 1)), 11, ""},
		`"axes": [3 3], expected different axes`:       {newChain(1, 1, 2, 4).ints("z", 4, 2).node("Resize", []string{"x", "", "", "z"}, intsAttr("axes", 3, 3)), 18, ""},
		"which runtimes leave and the standard moves":  {newChain(1, 2).doubles("s", []int64{2}, 1, 1).node("Resize", []string{"x", "", "s"}, stringAttr("coordinate_transformation_mode", "tf_half_pixel_for_nn"), stringAttr("nearest_mode", "ceil")), 11, ""},
		`"keep_aspect_ratio_policy": "fit"`:            {fits("fit"), 18, ""},
	} {
		_, err := r.c.readIn(t, r.opset)
		require.ErrorContains(t, err, want)
	}
}
