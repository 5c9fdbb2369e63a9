// The text, the parameters of torch, and what is refused.

package rnn

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network/arrays"
)

// example is the text of the package documentation.
const example = `{"relucell-rnn":1,"inputs":1,
"U":[["0x1p+0"],["-0x1p+0"]],
"W":[["0x1p+0","0x0p+0"],["0x0p+0","0x1p+0"]],
"b":["0x0p+0","0x1p-1"],
"V":[["0x1p+0","0x1p+0"]],
"c":["0x0p+0"]}
`

// drawRNN draws a network of a few units, and numbers at which sums round and products underflow.
func drawRNN(t *rapid.T) *RNN {
	h, d, k := rapid.IntRange(1, 4).Draw(t, "units"), rapid.IntRange(1, 3).Draw(t, "inputs"), rapid.IntRange(1, 2).Draw(t, "outputs")
	entry := rapid.OneOf(rapid.Float64Range(-2, 2), rapid.SampledFrom([]float64{0, 1, -1, 0x1p-60, 1 << 40, 0x1p-1074}))
	numbers := func(n int, name string) []float64 {
		v := rapid.SliceOfN(entry, n, n).Draw(t, name)
		for i := range v {
			v[i] += 0
		}
		return v
	}
	var b2 []float64
	if rapid.Bool().Draw(t, "two biases") {
		b2 = numbers(h, "b2")
	}
	r, err := New(mat.NewDense(h, d, numbers(h*d, "U")), mat.NewDense(h, h, numbers(h*h, "W")), numbers(h, "b"), b2,
		mat.NewDense(k, h, numbers(k*h, "V")), numbers(k, "c"))
	require.NoError(t, err)
	return r
}

func text(t require.TestingT, r *RNN) string {
	var b bytes.Buffer
	require.NoError(t, r.Write(&b))
	return b.String()
}

func TestTextsAreReadBack(t *testing.T) {
	r, err := Read(strings.NewReader(example))
	require.NoError(t, err)
	require.Equal(t, example, text(t, r))
	require.Equal(t, []float64{4}, r.Forward([]float64{3, -0.5, 1}))
	rapid.Check(t, func(t *rapid.T) {
		r := drawRNN(t)
		again, err := Read(strings.NewReader(text(t, r)))
		require.NoError(t, err)
		require.Equal(t, text(t, r), text(t, again))
	})
}

func TestBadTextsAreRefusedByField(t *testing.T) {
	for want, edit := range map[string][2]string{
		"relucell-rnn: version 2, expected 1":                   {`rnn":1`, `rnn":2`},
		"inputs: 3, but U has 1 columns":                        {`inputs":1`, `inputs":3`},
		`field "W" is missing`:                                  {`"W":[["0x1p+0","0x0p+0"],["0x0p+0","0x1p+0"]],`, ``},
		`field "b" is given twice`:                              {`"V"`, `"b":[0,0],"V"`},
		`unknown field "h0"`:                                    {`"V"`, `"h0":[0,0],"V"`},
		"W: row 1 has 1 entries":                                {`["0x0p+0","0x1p+0"]]`, `["0x0p+0"]]`},
		"W: 1 × 2 numbers, expected 2 × 2":                      {`,["0x0p+0","0x1p+0"]]`, `]`},
		"V: 1 × 1 numbers, expected 1 × 2":                      {`"V":[["0x1p+0","0x1p+0"]]`, `"V":[[1]]`},
		"b: 1 numbers, expected 2":                              {`"b":["0x0p+0","0x1p-1"]`, `"b":[0]`},
		"b2: 0 numbers, expected 2":                             {`"V"`, `"b2":[],"V"`},
		"c: 2 numbers, expected 1":                              {`"c":["0x0p+0"]`, `"c":[1,2]`},
		`U: row 0: "0x1p+2000": expected a number within`:       {`"0x1p+0"`, `"0x1p+2000"`},
		`b: "0x1.00000000000001p+0": needs more than the 53 bi`: {`"0x1p-1"`, `"0x1.00000000000001p+0"`},
		"U: empty, expected at least one row":                   {`[["0x1p+0"],["-0x1p+0"]]`, `[]`},
		"something follows the network":                         {"}\n", "} 1"},
		"ends too early, at byte":                               {"}\n", ""},
	} {
		bad := strings.Replace(example, edit[0], edit[1], 1)
		require.NotEqual(t, example, bad, want)
		_, err := Read(strings.NewReader(bad))
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
	}
}

// The biases of two float64 are added only where nothing is rounded.
func TestTwoBiasesAreAddedExactlyOrNotAtAll(t *testing.T) {
	sum, rest := summed([]float64{1, 0x1p-3, 1, math.MaxFloat64, 0}, []float64{0.5, -0x1p-3, 0x1p-53, math.MaxFloat64, 0})
	require.Equal(t, []float64{1.5, 0, 1, math.MaxFloat64, 0}, sum)
	require.Equal(t, []float64{0, 0, 0x1p-53, math.MaxFloat64, 0}, rest)
	_, rest = summed([]float64{1}, []float64{2})
	require.Nil(t, rest)
}

func TestStatesOfTorch(t *testing.T) {
	a := func(v []float64, shape ...int) *arrays.Array { return &arrays.Array{Shape: shape, Data: v} }
	state := map[string]*arrays.Array{
		"rnn.weight_ih_l0": a([]float64{1, -1}, 2, 1), "rnn.weight_hh_l0": a([]float64{1, 0, 0, 1}, 2, 2),
		"rnn.bias_ih_l0": a([]float64{0, 0.25}, 2), "rnn.bias_hh_l0": a([]float64{0, 0.25}, 2),
		"fc.weight": a([]float64{1, 1}, 1, 2), "fc.bias": a([]float64{0}, 1)}
	r, notes, err := FromState(state)
	require.NoError(t, err)
	require.Equal(t, example, text(t, r))
	require.Len(t, notes, 2)
	require.Contains(t, notes[1], "fc is taken to be a Linear layer")

	delete(state, "fc.bias")
	r, _, err = FromState(state)
	require.NoError(t, err)
	require.Equal(t, example, text(t, r), "no bias is one of 0")
	delete(state, "fc.weight")
	r, notes, err = FromState(state)
	require.NoError(t, err)
	require.Equal(t, 2, r.Outputs())
	require.Contains(t, notes[1], "no Linear layer")

	for want, more := range map[string]string{
		`array "rnn.weight_ih_l1": expected one RNN of one layer`: "rnn.weight_ih_l1",
		`array "rnn.weight_hh_l0_reverse": expected one RNN`:      "rnn.weight_hh_l0_reverse",
		`array "x.bias": expected the weights of the same Linear`: "x.bias",
		`array "y.gamma": expected one RNN`:                       "y.gamma",
	} {
		state[more] = a([]float64{1}, 1)
		_, _, err := FromState(state)
		require.ErrorContains(t, err, want)
		delete(state, more)
	}
	state["fc.weight"] = a([]float64{1, 1}, 2)
	_, _, err = FromState(state)
	require.ErrorContains(t, err, `array "fc.weight": shape [2], expected 2 dimensions`)
	state["fc.weight"] = a([]float64{1, 1, 1}, 1, 3)
	_, _, err = FromState(state)
	require.ErrorContains(t, err, `array "fc.weight": 1 × 3 numbers, expected 1 × `, "the array, not the field V")
	gates := map[string]*arrays.Array{"weight_ih_l0": a(make([]float64, 8), 8, 1), "weight_hh_l0": a(make([]float64, 16), 8, 2)}
	_, _, err = FromState(gates)
	require.ErrorContains(t, err, `array "weight_ih_l0": 8 rows for 2 units, which are the gates of a GRU or LSTM`)
	_, _, err = FromState(map[string]*arrays.Array{"0.weight": state["fc.weight"]})
	require.ErrorContains(t, err, "expected those of a torch.nn.RNN")
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte(strings.Replace(example, `"V"`, `"b2":["0x1p-60","0x1p-60"],"V"`, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(bytes.NewReader(data))
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		again, err := Read(strings.NewReader(text(t, r)))
		require.NoError(t, err)
		require.Equal(t, text(t, r), text(t, again))
	})
}
