// The .nnet reader: small texts with known answers, refusals that name the
// line, and the public files when they are at hand.

package nnet

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx"
)

const small = `// a comment
2,2,1,3,
2,3,1,
0,
-1.0,-1.0,
1.0,1.0,
0.5,-4.0,7.0,
2.0,3.0,10.0,
1.0,2.0,
0.1,-1.0,
0.0,0.5,
0.0,
-1.5,
2.0,
1.0,1.0,-1.0,
0.25,
`

func read(t *testing.T, text string, normalise bool) (*network.Network, *network.Import) {
	n, im, err := Read(strings.NewReader(text), normalise)
	require.NoError(t, err)
	return n, im
}

func TestReadIgnoresNormalisationByDefault(t *testing.T) {
	n, im := read(t, small, false)
	require.Equal(t, []int{3}, n.Hidden())
	require.Len(t, n.Layers(), 2)
	require.Equal(t, network.None, n.Layers()[1].Act)
	require.Equal(t, []float64{0, -1.5, 2}, n.Layers()[0].B)
	require.Equal(t, []float64{0.1, -1}, n.Layers()[0].W.RawRowView(1))
	require.Equal(t, "nnet", im.Format)
	require.Contains(t, im.Normalisation, "ignored")
	require.Empty(t, im.Rounded)
	require.Equal(t, []string{"1 of the 13 decimal numbers are not float64 values; each was read as the nearest one."}, im.Remarks)
	// x = (1, 1): z = (3, −2.4, 2.5), y = 3 + 0 − 2.5 + 0.25.
	require.Equal(t, []float64{0.75}, n.Forward([]float64{1, 1}))
}

func TestReadAppliesNormalisationAsLayers(t *testing.T) {
	n, im := read(t, small, true)
	l := n.Layers()
	require.Len(t, l, 5)
	require.Equal(t, []int{3}, n.Hidden())
	require.Equal(t, []float64{-0.5, 4}, l[0].B)
	require.Equal(t, []float64{0.5, 1.0 / 3}, []float64{l[1].W.At(0, 0), l[1].W.At(1, 1)})
	require.Equal(t, []float64{10}, l[4].W.RawRowView(0))
	require.Equal(t, []float64{7}, l[4].B)
	require.Contains(t, im.Normalisation, "applied")
	require.Equal(t, []network.Rounding{{What: "normalisation: 1/range of an input", Entries: 1}}, im.Rounded)
	// x = (2.5, −1) is (1, 1) normalised; 1/3·3 rounds to 1.
	require.Equal(t, []float64{14.5}, n.Forward([]float64{2.5, -1}))
}

func TestTrivialNormalisationMakesNoLayers(t *testing.T) {
	text := strings.Replace(strings.Replace(small, "0.5,-4.0,7.0", "0,0,0", 1), "2.0,3.0,10.0", "1,1,1", 1)
	for _, apply := range []bool{false, true} {
		n, im := read(t, text, apply)
		require.Len(t, n.Layers(), 2)
		require.Contains(t, im.Normalisation, "none in the file")
	}
}

func TestReadTakesOtherLayouts(t *testing.T) {
	want, _ := read(t, small, false)
	for name, text := range map[string]string{
		"no commas at the ends": strings.ReplaceAll(small, ",\n", "\n"),
		"windows":               strings.ReplaceAll(small, "\n", "\r\n"),
		"spaces":                strings.ReplaceAll(small, ",", " , "),
		"no newline at the end": strings.TrimSpace(small),
		"blank lines":           "\n" + strings.ReplaceAll(small, "\n", "\n\n// more\n"),
	} {
		t.Run(name, func(t *testing.T) {
			n, _ := read(t, text, false)
			require.Equal(t, want.Fingerprint(), n.Fingerprint())
		})
	}
}

// Lines of the header that are not used were refused where writers disagree on them.
func TestHeaderLinesThatAreNotUsed(t *testing.T) {
	want, _ := read(t, small, false)
	for odd, text := range map[string]string{
		`line 4: value 1 is "a flag"`:                    strings.Replace(small, "0,\n", "a flag\n", 1),
		"line 5: 3 values, expected 2: the least inputs": strings.Replace(small, "-1.0,-1.0", "-1.0,-1.0,-1.0", 1),
		"line 7: 2 values, expected 3: the means":        strings.Replace(small, "0.5,-4.0,7.0", "0.5,-4.0", 1),
		"line 8: 4 values, expected 3: the ranges":       strings.Replace(small, "2.0,3.0,10.0", "2.0,3.0, ,", 1),
	} {
		n, im := read(t, text, false)
		require.Equal(t, want.Fingerprint(), n.Fingerprint())
		require.Len(t, im.Notes, 1)
		require.Contains(t, im.Notes[0], odd)
		_, _, err := Read(strings.NewReader(text), true)
		if strings.Contains(odd, "the means") || strings.Contains(odd, "line 8") {
			require.ErrorContains(t, err, odd)
			require.Contains(t, im.Normalisation, "not as the format says")
		} else {
			require.NoError(t, err)
		}
	}
	n, im := read(t, strings.Replace(small, "2,2,1,3,", "2", 1), false)
	require.Equal(t, want.Fingerprint(), n.Fingerprint())
	require.Empty(t, im.Notes)
}

// Some writers end the widths with that of the outputs twice: the first line says how many there
// are.
func TestOutputsRepeatedAmongTheWidths(t *testing.T) {
	want, _ := read(t, small, false)
	n, im := read(t, strings.Replace(small, "2,3,1,", "2,3,1,1", 1), false)
	require.Equal(t, want.Fingerprint(), n.Fingerprint())
	require.Len(t, im.Notes, 1)
	require.Contains(t, im.Notes[0], "The widths of 2 layers are followed by that of the outputs again, 1")
	for _, widths := range []string{"2,3,1,2", "2,3,1,1,1", "2,3,3,1"} {
		_, _, err := Read(strings.NewReader(strings.Replace(small, "2,3,1,", widths, 1)), false)
		require.ErrorContains(t, err, "expected 3: the width of each layer")
	}
}

func TestRefusals(t *testing.T) {
	replace := func(old, new string) string {
		require.Contains(t, small, old)
		return strings.Replace(small, old, new, 1)
	}
	for name, c := range map[string]struct {
		text, want string
		normalise  bool
	}{
		"empty":            {"", "line 1: the file ends, expected the numbers of layers", false},
		"comments alone":   {"// hello\n", "line 2: the file ends", false},
		"truncated":        {small[:strings.Index(small, "1.0,1.0,-1.0")], "the file ends, expected layer 2, row 0 of the weights", false},
		"text":             {"hello\n", `line 1: value 1 is "hello", expected a whole number`, false},
		"two numbers":      {"1,2\n", "line 1: 2 values, expected 4", false},
		"a word":           {replace("2,2,1,3", "2,two,1,3"), `line 2: value 2 is "two", expected a whole number`, false},
		"negative":         {replace("2,3,1,", "2,-3,1,"), `line 3: value 2 is "-3"`, false},
		"no layers":        {replace("2,2,1,3", "0,2,1,3"), "line 2: number of layers: 0", false},
		"layer of nothing": {replace("2,3,1,", "2,0,1,"), "line 3: width 1 is 0", false},
		"many layers":      {replace("2,2,1,3", "500000000,2,1,3"), "line 3: 3 values, expected 500000001", false},
		"too many layers":  {replace("2,2,1,3", "99999999999,2,1,3"), `value 1 is "99999999999"`, false},
		"widths disagree":  {replace("2,2,1,3", "2,4,1,3"), "expected 4 inputs and 1 outputs", false},
		"wide claim":       {replace("2,3,1,", "2,500000000,1,"), "line 12: 1 values, expected 2: layer 1, row 3 of the weights", false},
		"short row":        {replace("1.0,2.0,", "1.0,"), "line 9: 1 values, expected 2: layer 1, row 0 of the weights", false},
		"long row":         {replace("1.0,2.0,", "1.0,2.0,3.0"), "line 9: 3 values, expected 2", false},
		"NaN":              {replace("1.0,2.0,", "1.0,NaN,"), `line 9: value 2 is "NaN", expected a finite number`, false},
		"Inf":              {replace("-1.5", "-Inf"), `line 13: value 1 is "-Inf", expected a finite number: layer 1, bias 1`, false},
		"overflow":         {replace("-1.5", "1e999"), `value 1 is "1e999"`, false},
		"empty value":      {replace("1.0,2.0,", ",2.0,"), `line 9: value 1 is ""`, false},
		"after the end":    {small + "1.0,\n", `line 17: "1.0," after the last bias`, false},
		"range 0":          {replace("2.0,3.0,10.0", "2.0,0.0,10.0"), "ranges: entry 1 is 0", true},
		"means":            {replace("0.5,-4.0,7.0", "0.5,-4.0"), "line 7: 2 values, expected 3: the means", true},
		"tiny range":       {replace("2.0,3.0,10.0", "2.0,1e-320,10.0"), "layer 1: weights: entry (1,1) is +Inf", true},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Read(strings.NewReader(c.text), c.normalise)
			require.ErrorContains(t, err, c.want)
		})
	}
	_, _, err := Read(brokenReader{}, false)
	require.ErrorIs(t, err, errBroken)
}

var errBroken = errors.New("broken")

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestClaimsAreNotAllocated(t *testing.T) {
	text := strings.Replace(strings.Replace(small, "2,2,1,3", "2,2,1,500000000", 1), "2,3,1,", "2,500000000,1,", 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := Read(strings.NewReader(text), false)
	runtime.ReadMemStats(&after)
	require.Error(t, err)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func nets(t *testing.T) string {
	root := filepath.Join("..", "..", "..", "shared", "nets")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no folder %s with public networks", root)
	}
	return root
}

func open(t *testing.T, path string, normalise bool) *network.Network {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("no file %s", path)
	}
	require.NoError(t, err)
	defer f.Close()
	n, _, err := Read(f, normalise)
	require.NoError(t, err)
	return n
}

func TestPublicNetworks(t *testing.T) {
	root := nets(t)
	for name, c := range map[string]struct {
		inputs, outputs int
		hidden          []int
	}{
		"ACASXU_experimental_v2a_1_1.nnet":       {5, 5, []int{50, 50, 50, 50, 50, 50}},
		"TestNetwork2.nnet":                      {5, 5, []int{50, 50, 50, 50, 50, 50}},
		"HCAS_rect_v6_pra0_tau00_25HU_3000.nnet": {3, 5, []int{25, 25, 25, 25, 25}},
		"fc_2-2-3.nnet":                          {2, 3, []int{2}},
		"unread/ACASXU_run2a_1_1_tiny.nnet":      {5, 5, []int{5}},
		"unread/mnist_small.nnet":                {784, 10, []int{}},
		"unread/spiky_nnet.nnet":                 {1, 1, []int{6, 4, 3}},
		"unread/tiny_nnet.nnet":                  {1, 1, []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, apply := range []bool{false, true} {
				if apply && strings.HasPrefix(name, "unread/") {
					continue
				}
				n := open(t, filepath.Join(root, name), apply)
				require.Equal(t, c.inputs, n.Inputs())
				require.Equal(t, c.outputs, n.Outputs())
				require.Equal(t, c.hidden, n.Hidden())
			}
		})
	}
}

// foldedApart bounds the relative difference of the outputs of one network with its
// normalisation as layers in float64, and folded into float32 weights: each weight is off by
// 2⁻²⁴ relatively, and the first layer's bias by as much of a sum that cancels 20000/60261
// against the input; 7 layers of fan-in 50 leave some hundred times that.
const foldedApart = 0x1p-14

// The .onnx of this pair was made with the normalisation folded into the weights.
func TestNNetAndONNXOfOneNetworkAgree(t *testing.T) {
	root := nets(t)
	a := open(t, filepath.Join(root, "TestNetwork2.nnet"), true)
	f, err := os.Open(filepath.Join(root, "TestNetwork2.onnx"))
	require.NoError(t, err)
	defer f.Close()
	b, _, err := onnx.Read(f)
	require.NoError(t, err)
	require.Equal(t, a.Hidden(), b.Hidden())
	for _, x := range [][]float64{
		{19791.091, 0, 0, 650, 600}, {1000, 1, -2, 200, 300}, {60000, -3, 3, 1100, 0}, {0, 0.5, 0.5, 100, 1200},
	} {
		y, z := a.Forward(x), b.Forward(x)
		for i := range y {
			require.InEpsilon(t, y[i], z[i], foldedApart)
		}
	}
}

func TestTheSameControllerFromTwoSources(t *testing.T) {
	root := nets(t)
	a := open(t, filepath.Join(root, "TestNetwork2.nnet"), false)
	b := open(t, filepath.Join(root, "ACASXU_experimental_v2a_1_1.nnet"), false)
	require.Equal(t, a.Fingerprint(), b.Fingerprint())
}

// TestUnderflowIsNotExact: a number below the range of float64 becomes 0, which is not what the
// file says.
func TestUnderflowIsNotExact(t *testing.T) {
	for s, want := range map[string]bool{
		"0": true, "-0.0": true, "0e5": true, "0x0p+3": true, "0.000e-999": true,
		"1e-400": false, "-0.1e-500": false, "0x1p-2000": false, "0x.ap-1200": false, "1e-320": false, "0x1p-1074": true,
		"0." + strings.Repeat("0", 500) + "1": false,
	} {
		x, err := strconv.ParseFloat(s, 64)
		require.NoError(t, err)
		require.Equal(t, want, isExact(s, x), s)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(small, true)
	f.Add("1,1,1,1\n1,1\n0\n0\n0\n0,0\n4,1\n0x1p-3\n1e-400\n", true)
	f.Add(small[:60], false)
	f.Add("1\n1,1\nx\n\n0\n0,0\n4,1\n1\n1\n1\n", false)
	f.Fuzz(func(t *testing.T, text string, normalise bool) {
		n, im, err := Read(strings.NewReader(text), normalise)
		if err != nil {
			return
		}
		require.NotEmpty(t, im.Normalisation)
		back, err := network.ReadCanonical(strings.NewReader(canonical(t, n)))
		require.NoError(t, err)
		require.Equal(t, n.Fingerprint(), back.Fingerprint())
	})
}

func canonical(t *testing.T, n *network.Network) string {
	var b strings.Builder
	require.NoError(t, n.WriteCanonical(&b))
	return b.String()
}
