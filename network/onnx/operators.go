// The operators that are understood, and the simplest of them: activations,
// Dropout and Constant.

package onnx

import (
	"math"
	"slices"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// operators is filled by init: the table's functions reach the table again for their messages.
var operators map[string]operator

func init() {
	windows := []string{"kernel_shape", "strides", "pads", "dilations", "auto_pad"}
	operators = map[string]operator{
		"Abs":                         {attributes: []string{"consumed_inputs"}, inputs: [2]int{1, 1}, running: abs, folding: foldOne(exactly(math.Abs), absInt)},
		"Add":                         {attributes: []string{"axis", "broadcast", "consumed_inputs"}, inputs: [2]int{2, 2}, running: addConstant, joining: plus(1), folding: foldAdd},
		"And":                         {attributes: []string{"axis", "broadcast"}, inputs: [2]int{2, 2}, folding: foldTruths(func(a, b bool) bool { return a && b })},
		"AveragePool":                 {attributes: append([]string{"ceil_mode", "count_include_pad"}, windows...), inputs: [2]int{1, 1}, running: averagePool},
		"BatchNormalization":          {attributes: []string{"epsilon", "momentum", "spatial", "is_test", "training_mode", "consumed_inputs"}, inputs: [2]int{5, 5}, running: batchNormalization},
		"Constant":                    {attributes: []string{"value", "value_float", "value_floats", "value_int", "value_ints"}, folding: constantNode},
		"Conv":                        {attributes: append([]string{"group"}, windows...), inputs: [2]int{2, 3}, running: conv},
		"Dropout":                     {attributes: []string{"ratio", "is_test", "seed", "consumed_inputs"}, inputs: [2]int{1, 3}, running: dropout},
		"Flatten":                     {attributes: []string{"axis"}, inputs: [2]int{1, 1}, moving: reshaping(flatten)},
		"Gemm":                        {attributes: []string{"alpha", "beta", "transA", "transB", "broadcast"}, inputs: [2]int{2, 3}, running: gemm, joining: gemm},
		"Identity":                    {inputs: [2]int{1, 1}, moving: reshaping(identity)},
		"LeakyRelu":                   {attributes: []string{"alpha", "consumed_inputs"}, inputs: [2]int{1, 1}, running: leakyRelu},
		"MatMul":                      {inputs: [2]int{2, 2}, running: matMul, folding: foldMatMul},
		"PRelu":                       {attributes: []string{"consumed_inputs"}, inputs: [2]int{2, 2}, running: pRelu},
		"Relu":                        {attributes: []string{"consumed_inputs"}, inputs: [2]int{1, 1}, running: relu, folding: foldOne(exactly(func(v float64) float64 { return max(v, 0) }), func(v int64) int64 { return max(v, 0) })},
		"Reshape":                     {attributes: []string{"shape", "allowzero", "consumed_inputs"}, inputs: [2]int{1, 2}, moving: reshaping(reshape)},
		"Squeeze":                     {attributes: []string{"axes"}, inputs: [2]int{1, 2}, moving: reshaping(squeeze)},
		"Sub":                         {attributes: []string{"axis", "broadcast", "consumed_inputs"}, inputs: [2]int{2, 2}, running: subConstant, joining: plus(-1), folding: foldSub},
		"Transpose":                   {attributes: []string{"perm"}, inputs: [2]int{1, 1}, moving: transpose},
		"Slice":                       {attributes: []string{"starts", "ends", "axes"}, inputs: [2]int{1, 5}, moving: slice},
		"Gather":                      {attributes: []string{"axis"}, inputs: [2]int{2, 2}, moving: gatherNode},
		"Split":                       {attributes: []string{"axis", "split", "num_outputs"}, inputs: [2]int{1, 2}, moving: split},
		"Expand":                      {inputs: [2]int{2, 2}, moving: expand},
		"Tile":                        {inputs: [2]int{2, 2}, moving: tile},
		"Concat":                      {attributes: []string{"axis"}, inputs: [2]int{1, anyNumber}, making: concat},
		"Shape":                       {attributes: []string{"start", "end"}, inputs: [2]int{1, 1}, making: shapeOf},
		"Mul":                         {attributes: []string{"axis", "broadcast", "consumed_inputs"}, inputs: [2]int{2, 2}, running: multiply, folding: foldMul},
		"Div":                         {attributes: []string{"axis", "broadcast", "consumed_inputs"}, inputs: [2]int{2, 2}, running: divide, folding: foldDiv},
		"Neg":                         {attributes: []string{"consumed_inputs"}, inputs: [2]int{1, 1}, running: negate, folding: foldNeg},
		"Sum":                         {attributes: []string{"consumed_inputs"}, inputs: [2]int{1, anyNumber}, running: sumAll, joining: sumAll, folding: foldAll(foldAdd)},
		"Mean":                        {attributes: []string{"consumed_inputs"}, inputs: [2]int{1, anyNumber}, running: mean, joining: mean},
		"Max":                         {attributes: []string{"consumed_inputs"}, inputs: [2]int{1, anyNumber}, running: larger(1), joining: larger(1), folding: foldExtreme(1)},
		"Min":                         {attributes: []string{"consumed_inputs"}, inputs: [2]int{1, anyNumber}, running: larger(-1), joining: larger(-1), folding: foldExtreme(-1)},
		"MaxPool":                     {attributes: append([]string{"ceil_mode", "storage_order"}, windows...), inputs: [2]int{1, 1}, running: maxPool},
		"GlobalMaxPool":               {inputs: [2]int{1, 1}, running: globalMaxPool},
		"Clip":                        {attributes: []string{"min", "max", "consumed_inputs"}, inputs: [2]int{1, 3}, running: clip, joining: clipBetween},
		"HardSigmoid":                 {attributes: []string{"alpha", "beta", "consumed_inputs"}, inputs: [2]int{1, 1}, running: hardSigmoid},
		"Cast":                        {attributes: []string{"to", "saturate"}, inputs: [2]int{1, 1}, making: cast, truths: true},
		"CastLike":                    {attributes: []string{"saturate"}, inputs: [2]int{2, 2}, making: castLike},
		"Pad":                         {attributes: []string{"pads", "mode", "value"}, inputs: [2]int{1, 4}, moving: pad},
		"ReduceSum":                   {attributes: []string{"axes", "keepdims", "noop_with_empty_axes"}, inputs: [2]int{1, 2}, running: reduce(false, false), folding: foldReduce(sumUp, nil)},
		"ReduceMean":                  {attributes: []string{"axes", "keepdims", "noop_with_empty_axes"}, inputs: [2]int{1, 2}, running: reduce(true, false), folding: foldReduce(sumUp, meanOf)},
		"ReduceL1":                    {attributes: []string{"axes", "keepdims", "noop_with_empty_axes"}, inputs: [2]int{1, 2}, running: reduce(false, true), folding: foldReduce(absolutes, nil)},
		"ReduceL2":                    {attributes: []string{"axes", "keepdims", "noop_with_empty_axes"}, inputs: [2]int{1, 2}, folding: foldReduce(squares, rootOf)},
		"ReduceSumSquare":             {attributes: []string{"axes", "keepdims", "noop_with_empty_axes"}, inputs: [2]int{1, 2}, folding: foldReduce(squares, nil)},
		"ReduceProd":                  {attributes: []string{"axes", "keepdims", "noop_with_empty_axes"}, inputs: [2]int{1, 2}, folding: foldReduce(productOf, nil)},
		"ReduceMax":                   {attributes: []string{"axes", "keepdims", "noop_with_empty_axes"}, inputs: [2]int{1, 2}, running: reduceExtreme(1), folding: foldReduce(extremeOf(1), nil)},
		"ReduceMin":                   {attributes: []string{"axes", "keepdims", "noop_with_empty_axes"}, inputs: [2]int{1, 2}, running: reduceExtreme(-1), folding: foldReduce(extremeOf(-1), nil)},
		"TopK":                        {attributes: []string{"axis", "k", "largest", "sorted"}, inputs: [2]int{1, 2}, running: top},
		"GlobalAveragePool":           {inputs: [2]int{1, 1}, running: globalAveragePool},
		"ai.onnx.ml.LinearRegressor":  {attributes: []string{"coefficients", "intercepts", "post_transform", "targets"}, inputs: [2]int{1, 1}, running: linearRegressor},
		"ai.onnx.ml.LinearClassifier": {attributes: []string{"classlabels_ints", "classlabels_strings", "coefficients", "intercepts", "multi_class", "post_transform"}, inputs: [2]int{1, 1}, running: linearClassifier, result: 1},
		"DeformConv":                  {attributes: []string{"dilations", "group", "kernel_shape", "offset_group", "pads", "strides"}, inputs: [2]int{3, 5}, running: deformConv},
		"RoiAlign":                    {attributes: []string{"coordinate_transformation_mode", "mode", "output_height", "output_width", "sampling_ratio", "spatial_scale"}, inputs: [2]int{3, 3}, running: roiAlign},
		"GridSample":                  {attributes: []string{"align_corners", "mode", "padding_mode"}, inputs: [2]int{2, 2}, running: gridSample},
		"ai.onnx.ml.Scaler":           {attributes: []string{"offset", "scale"}, inputs: [2]int{1, 1}, running: scaler},
		"DequantizeLinear":            {attributes: []string{"axis"}, inputs: [2]int{2, 3}, folding: foldDequantize},
		"Resize":                      {attributes: []string{"mode", "coordinate_transformation_mode", "nearest_mode", "cubic_coeff_a", "exclude_outside", "extrapolation_value", "antialias", "keep_aspect_ratio_policy", "axes"}, inputs: [2]int{2, 4}, making: resizing},
		"Upsample":                    {attributes: []string{"mode", "scales"}, inputs: [2]int{1, 2}, making: resizing},
		"ConvTranspose":               {attributes: append([]string{"group", "output_padding", "output_shape"}, windows...), inputs: [2]int{2, 3}, running: convTranspose},
		"DepthToSpace":                {attributes: []string{"blocksize", "mode"}, inputs: [2]int{1, 1}, moving: depthToSpace},
		"SpaceToDepth":                {attributes: []string{"blocksize"}, inputs: [2]int{1, 1}, moving: spaceToDepth},
		"GatherElements":              {attributes: []string{"axis"}, inputs: [2]int{2, 2}, moving: gatherElements},
		"GatherND":                    {attributes: []string{"batch_dims"}, inputs: [2]int{2, 2}, moving: gatherND},
		"ScatterElements":             {attributes: []string{"axis", "reduction"}, inputs: [2]int{3, 3}, making: scatterElements},
		"Scatter":                     {attributes: []string{"axis"}, inputs: [2]int{3, 3}, making: scatterElements},
		"ScatterND":                   {attributes: []string{"reduction"}, inputs: [2]int{3, 3}, making: scatterND},
		"Col2Im":                      {attributes: []string{"strides", "dilations", "pads"}, inputs: [2]int{3, 3}, running: col2Im},
		"Compress":                    {attributes: []string{"axis"}, inputs: [2]int{2, 2}, moving: compress},
		"ReverseSequence":             {attributes: []string{"batch_axis", "time_axis"}, inputs: [2]int{2, 2}, moving: reverseSequence},
		"CenterCropPad":               {attributes: []string{"axes"}, inputs: [2]int{2, 2}, moving: centerCropPad},
		"Trilu":                       {attributes: []string{"upper"}, inputs: [2]int{1, 2}, moving: trilu},
		"ThresholdedRelu":             {attributes: []string{"alpha"}, inputs: [2]int{1, 1}, running: thresholdedRelu},
		"Shrink":                      {attributes: []string{"lambd", "bias"}, inputs: [2]int{1, 1}, running: shrink},
		"Einsum":                      {attributes: []string{"equation"}, inputs: [2]int{1, 2}, running: einsum},
		"CumSum":                      {attributes: []string{"exclusive", "reverse"}, inputs: [2]int{2, 2}, running: cumSum},
		"SequenceConstruct":           {inputs: [2]int{1, anyNumber}, making: sequence},
		"SplitToSequence":             {attributes: []string{"axis", "keepdims"}, inputs: [2]int{1, 2}, making: splitToSequence},
		"SequenceAt":                  {inputs: [2]int{2, 2}, making: sequenceAt, lists: true},
		"ConcatFromSequence":          {attributes: []string{"axis", "new_axis"}, inputs: [2]int{1, 1}, making: concatFromSequence, lists: true},
		"RNN":                         {attributes: []string{"activations", "direction", "hidden_size", "layout"}, inputs: [2]int{3, 6}, making: rnn},
		"Where":                       {inputs: [2]int{3, 3}, making: where, truths: true},
		"If":                          {attributes: []string{"then_branch", "else_branch"}, inputs: [2]int{1, 1}, making: branch},
		"Loop":                        {attributes: []string{"body"}, inputs: [2]int{2, anyNumber}, making: loop, lists: true},
		"Scan":                        {attributes: []string{"body", "num_scan_inputs", "scan_input_axes", "scan_input_directions", "scan_output_axes", "scan_output_directions"}, inputs: [2]int{1, anyNumber}, making: scan},
		"Not":                         {inputs: [2]int{1, 1}, making: not, truths: true},
		"Or":                          {attributes: []string{"axis", "broadcast"}, inputs: [2]int{2, 2}, folding: foldTruths(func(a, b bool) bool { return a || b })},
		"Xor":                         {attributes: []string{"axis", "broadcast"}, inputs: [2]int{2, 2}, folding: foldTruths(func(a, b bool) bool { return a != b })},
		"Pow":                         {attributes: []string{"axis", "broadcast"}, inputs: [2]int{2, 2}, folding: foldPow},
		"Mod":                         {attributes: []string{"fmod"}, inputs: [2]int{2, 2}, folding: foldMod},
		"Size":                        {inputs: [2]int{1, 1}, making: sizeOf},
		"ConstantOfShape":             {attributes: []string{"value"}, inputs: [2]int{1, 1}, folding: constantOfShape},
		"Range":                       {inputs: [2]int{3, 3}, folding: rangeOf},
		"EyeLike":                     {attributes: []string{"dtype", "k"}, inputs: [2]int{1, 1}, making: eyeLike},
		"Unsqueeze":                   {attributes: []string{"axes"}, inputs: [2]int{1, 2}, moving: reshaping(unsqueeze)},
	}
	for name, fold := range pointwise {
		operators[name] = operator{attributes: []string{"consumed_inputs"}, inputs: [2]int{1, 1}, folding: fold}
	}
	for name := range comparisons {
		operators[name] = operator{attributes: []string{"axis", "broadcast"}, inputs: [2]int{2, 2}, making: compareRunning}
	}
	equal := operators["Equal"]
	equal.making, equal.folding = nil, foldCompare
	operators["Equal"] = equal
}

func relu(rd *reader, _ *node) { rd.activate(filled(rd.width, 0)) }

func abs(rd *reader, _ *node) { rd.activate(filled(rd.width, -1)) }

// leakyRelu: slope 1 is no activation.
func leakyRelu(rd *reader, n *node) {
	slope := n.float("alpha", 0.01)
	if slope == 1 {
		rd.im.Note("A LeakyRelu of slope 1 does nothing and is no layer of neurons.")
		return
	}
	rd.activate(filled(rd.width, slope))
}

// pRelu takes a slope for each element, or fewer that numpy's rule spreads over them.
func pRelu(rd *reader, n *node) {
	n.mustRun("X")
	t := n.floats(1, "slope")
	given := t.shape
	if n.opset < 7 && len(t.floats) > 1 { // one for each channel, the second axis
		if len(rd.shape) < 2 || len(t.floats) != rd.shape[1] || t.shape[0] != rd.shape[1] {
			panic(refusalf("input 1 (slope): shape %v in operator set %d, expected one number, or one for each channel of shape %v", t.shape, n.opset, rd.shape))
		}
		given = append([]int{rd.shape[1]}, slices.Repeat([]int{1}, len(rd.shape)-2)...)
	}
	shape, from := broadcast(given, rd.shape)
	if !slices.Equal(shape, rd.shape) {
		panic(refusalf("input 1 (slope): shape %v is more than that of the value, %v", t.shape, rd.shape))
	}
	slopes := picked(t.floats, from, 0)
	if slices.Contains(slopes, 1) {
		rd.im.Note("A PRelu of slope 1 does nothing: such an element is no neuron.")
	}
	rd.activate(slopes)
}

// dropout does nothing at inference.
func dropout(rd *reader, n *node) {
	n.mustRun("data")
	n.inference()
	if n.known(2, "training_mode", 0) != 0 {
		panic(refusalf("input 2 (training_mode): not false, supported is inference"))
	}
	rd.im.Remark("Dropout does nothing at inference.")
}

// constantNode decodes the value of a Constant.
func constantNode(_ *reader, n *node) (v *tensor) {
	if len(n.attributes) != 1 {
		panic(refusalf("%d attributes, expected exactly one value", len(n.attributes)))
	}
	t := &onnxpb.TensorProto{}
	for name, a := range n.attributes {
		if typ := a.GetType(); typ != onnxpb.AttributeProto_UNDEFINED && typ != valueTypes[name] {
			panic(refusalf("attribute %q: type %v, expected %v", name, typ, valueTypes[name]))
		}
		switch name {
		case "value":
			if a.T == nil {
				panic(refusalf("attribute \"value\": no tensor"))
			}
			t = a.T
		case "value_float":
			t.FloatData, t.DataType = []float32{a.GetF()}, ptr(int32(onnxpb.TensorProto_FLOAT))
		case "value_floats":
			t.FloatData, t.DataType = a.GetFloats(), ptr(int32(onnxpb.TensorProto_FLOAT))
			t.Dims = []int64{int64(len(t.FloatData))}
		case "value_int":
			t.Int64Data, t.DataType = []int64{a.GetI()}, ptr(int32(onnxpb.TensorProto_INT64))
		case "value_ints":
			t.Int64Data, t.DataType = a.GetInts(), ptr(int32(onnxpb.TensorProto_INT64))
			t.Dims = []int64{int64(len(t.Int64Data))}
		}
	}
	saying(func() { v = decode(t) }, "value")
	return v
}

var valueTypes = map[string]onnxpb.AttributeProto_AttributeType{
	"value":        onnxpb.AttributeProto_TENSOR,
	"value_float":  onnxpb.AttributeProto_FLOAT,
	"value_floats": onnxpb.AttributeProto_FLOATS,
	"value_int":    onnxpb.AttributeProto_INT,
	"value_ints":   onnxpb.AttributeProto_INTS,
}

func ptr[T any](v T) *T { return &v }
