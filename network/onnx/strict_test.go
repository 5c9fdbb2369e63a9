// Files that once were read as something else than they say: each is refused, or read as it means.

package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// refused is a chain that must not be read in an operator set, and why.
type refused struct {
	c     *chain
	opset int64
	want  string
}

func (r refused) check(t *testing.T) {
	_, err := r.c.readIn(t, r.opset)
	require.ErrorContains(t, err, r.want)
}

func TestResizeOfTheRegionInsteadOfTheScales(t *testing.T) {
	image := func() *chain { return newChain(1, 1, 1, 4).doubles("s", []int64{4}, 1, 1, 1, 2) }
	half := func() *chain { return newChain(1, 1, 1, 4).doubles("s", []int64{4}, 1, 1, 1, 0.5) }
	for name, r := range map[string]refused{
		// From operator set 11 on input 1 is the region.
		"a region alone":           {image().node("Resize", []string{"x", "s"}), 13, "input 2 (scales): missing"},
		"scales and sizes":         {image().ints("z", 1, 1, 1, 8).node("Resize", []string{"x", "", "s", "z"}), 13, "expected one of them"},
		"an input of later sets":   {image().node("Resize", []string{"x", "", "s"}), 10, "more inputs than its operator set has"},
		"fewer elements, opset 10": {half().node("Resize", []string{"x", "s"}), 10, "supported are those of at least 1"},
		"fewer elements, Upsample": {half().node("Upsample", []string{"x", "s"}), 9, "supported are those of at least 1"},
		// A size beyond what is supported was taken as the largest one that is.
		"a huge size":  {newChain(1, 1, 1, 1).ints("z", 1, 1, 1, 1<<27).node("Resize", []string{"x", "", "", "z"}), 13, "gets 1.34217728e+08 elements, expected 1 to 67108864"},
		"a huge scale": {newChain(1, 1, 1, 1).doubles("s", []int64{4}, 1, 1, 1, 1<<27).node("Resize", []string{"x", "", "s"}), 13, "expected 1 to 67108864"},
	} {
		t.Run(name, r.check)
	}
	twice := []float64{1, 1, 2, 2, 3, 3, 4, 4}
	byHand{image().node("Resize", []string{"x", "s"}), 10, []float64{1, 2, 3, 4}, twice}.check(t)
	byHand{image().node("Upsample", []string{"x", "s"}), 9, []float64{1, 2, 3, 4}, twice}.check(t)
}
