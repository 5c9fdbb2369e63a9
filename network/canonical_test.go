// The canonical text: its bytes are what a certificate names, so they are
// pinned here, and everything that is not such a text must be refused by name.

package network_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

const golden = `{"relucell-network":1,"inputs":2,"layers":[
{"activation":"relu","weights":[["0x1p+0","-0x1.8p-3"],["0x0p+0","0x1p-1"]],"bias":["0x0p+0","0x1p-1"]},
{"activation":"leaky_relu","slope":"0x1.47ae147ae147bp-7","weights":[["0x1p+0","0x1p+0"]],"bias":["0x0p+0"]},
{"activation":"none","weights":[["0x1p+0"]],"bias":["0x0p+0"]}
]}
`

func goldenNetwork(t require.TestingT) *network.Network {
	n, err := network.New([]network.Layer{
		{W: mat.NewDense(2, 2, []float64{1, -0.1875, math.Copysign(0, -1), 0.5}), B: []float64{0, 0.5}, Act: network.ReLU},
		{W: mat.NewDense(1, 2, []float64{1, 1}), B: []float64{0}, Act: network.LeakyReLU, Slope: 0.01},
		{W: mat.NewDense(1, 1, []float64{1}), B: []float64{math.Copysign(0, -1)}},
	})
	require.NoError(t, err)
	return n
}

func canonical(t require.TestingT, n *network.Network) string {
	b := n.Canonical()
	return string(b)
}

func TestCanonicalBytesAreTheFormat(t *testing.T) {
	n := goldenNetwork(t)
	require.Equal(t, golden, canonical(t, n))
	require.Equal(t, "sha256:2d1b2add520f3309a6b0714839d66f99b0493945516d5eb60323348b7b225470", n.Fingerprint())
	back, err := network.ReadCanonical(strings.NewReader(golden))
	require.NoError(t, err)
	require.Equal(t, golden, canonical(t, back))
	require.Equal(t, []int{2, 1}, back.Hidden())
}

const goldenMixed = `{"relucell-network":1,"inputs":1,"layers":[
{"activation":"mixed","slopes":["0x0p+0","0x1p+0","-0x1p+0"],"weights":[["0x1p+0"],["0x1p+1"],["0x1p+0"]],"bias":["0x0p+0","0x0p+0","0x1p-1"]}
]}
`

func TestCanonicalBytesOfMixedUnits(t *testing.T) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(3, 1, []float64{1, 2, 1}), B: []float64{0, 0, 0.5},
		Act: network.Mixed, Slopes: []float64{math.Copysign(0, -1), 1, -1}}})
	require.NoError(t, err)
	require.Equal(t, goldenMixed, canonical(t, n))
	back, err := network.ReadCanonical(strings.NewReader(goldenMixed))
	require.NoError(t, err)
	require.Equal(t, goldenMixed, canonical(t, back))
	require.Equal(t, []int{2}, back.Hidden())
}

// TestUnitsThatAreAllAlikeHaveOneText, whatever spelling they were read in.
func TestUnitsThatAreAllAlikeHaveOneText(t *testing.T) {
	line := strings.Split(goldenMixed, "\n")[1]
	_, rest, _ := strings.Cut(line, `],"weights"`)
	for given, want := range map[string]string{
		`"mixed","slopes":[0,0,0]`:    `"relu"`,
		`"mixed","slopes":[1,1,1]`:    `"none"`,
		`"mixed","slopes":[-1,-1,-1]`: `"leaky_relu","slope":"-0x1p+0"`,
		`"abs"`:                       `"leaky_relu","slope":"-0x1p+0"`,
	} {
		n, err := network.ReadCanonical(strings.NewReader(strings.Replace(goldenMixed, line, `{"activation":`+given+`,"weights"`+rest, 1)))
		require.NoError(t, err)
		require.Contains(t, canonical(t, n), `{"activation":`+want+`,"weights"`)
	}
}

func TestCanonicalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(anyFloat()).Draw(t, "network")
		text := canonical(t, n)
		back, err := network.ReadCanonical(strings.NewReader(text))
		require.NoError(t, err)
		require.Equal(t, text, canonical(t, back))
		require.Equal(t, n.Layers(), back.Layers())
		require.Equal(t, n.Fingerprint(), back.Fingerprint())
	})
}

func TestCanonicalTextByHand(t *testing.T) {
	n, err := network.ReadCanonical(strings.NewReader(` { "layers" : [ {"bias": [0, -0.0],
		"weights": [[1, -1.875e-1], ["-0x0p+0", "0x8p-4"]], "activation": "none"} ],
		"inputs": 2, "relucell-network": 1 } `))
	require.NoError(t, err)
	require.Equal(t, "{\"relucell-network\":1,\"inputs\":2,\"layers\":[\n"+
		`{"activation":"none","weights":[["0x1p+0","-0x1.8p-3"],["0x0p+0","0x1p-1"]],"bias":["0x0p+0","0x0p+0"]}`+"\n]}\n", canonical(t, n))
}

func TestCanonicalRefusals(t *testing.T) {
	replace := func(old, new string) string {
		require.Contains(t, golden, old)
		return strings.Replace(golden, old, new, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":             {"", "ends too early"},
		"truncated":         {golden[:len(golden)/2], "ends too early"},
		"not JSON":          {"hello", "invalid character"},
		"other JSON":        {"[1]", "expected an object"},
		"version":           {replace(`work":1`, `work":2`), "version 2, expected 1"},
		"text version":      {replace(`work":1`, `work":"1"`), "relucell-network: found \"1\", expected a whole number"},
		"no version":        {replace(`"relucell-network":1,`, ""), `field "relucell-network" is missing`},
		"inputs":            {replace(`puts":2`, `puts":3`), "inputs: 3, but the weights of layer 0 have 2 columns"},
		"claimed inputs":    {replace(`puts":2`, `puts":99999999999999999999`), "inputs: 99999999999999999999"},
		"no layers":         {`{"relucell-network":1,"inputs":2,"layers":[]}`, "layers: there are none"},
		"unknown field":     {replace(`"slope"`, `"alpha"`), `layer 1: unknown field "alpha"`},
		"case":              {replace(`"bias"`, `"Bias"`), `layer 0: unknown field "Bias"`},
		"duplicate":         {replace(`"bias"`, `"activation":"relu","bias"`), `layer 0: field "activation" is given twice`},
		"missing":           {replace(`"activation":"relu",`, ""), `layer 0: field "activation" is missing`},
		"activation":        {replace(`"relu"`, `"tanh"`), `layer 0: activation: "tanh", expected`},
		"slope of relu":     {replace(`"relu",`, `"relu","slope":"0x1p-3",`), "layer 0: slope: given"},
		"no slope":          {replace(`"slope":"0x1.47ae147ae147bp-7",`, ""), "layer 1: slope: missing"},
		"slope 1":           {replace(`0x1.47ae147ae147bp-7`, "0x1p+0"), "layer 1: slope: 1"},
		"slope 0":           {replace(`0x1.47ae147ae147bp-7`, "0x0p+0"), "layer 1: slope: 0"},
		"slopes of relu":    {replace(`"relu",`, `"relu","slopes":[],`), "layer 0: slopes: 0 are given, but only mixed"},
		"no slopes":         {replace(`"relu",`, `"mixed",`), "layer 0: slopes: missing, mixed needs one per unit"},
		"few slopes":        {replace(`"relu",`, `"mixed","slopes":[0],`), "layer 0: slopes: 1 entries, expected 2"},
		"slopes and slope":  {replace(`"relu",`, `"mixed","slopes":[0,1],"slope":2,`), "layer 0: slope: given"},
		"slope of abs":      {replace(`"relu",`, `"abs","slope":-1,`), "layer 0: slope: given"},
		"slopes are one":    {replace(`"relu",`, `"mixed","slopes":1,`), "layer 0: slopes: found 1, expected an array"},
		"slope is no float": {replace(`"relu",`, `"mixed","slopes":["1",0],`), `layer 0: slopes: "1": expected a hexadecimal float`},
		"ragged":            {replace(`["0x0p+0","0x1p-1"]]`, `["0x0p+0"]]`), "layer 0: weights: row 1 has 1 entries, expected 2"},
		"empty rows":        {replace(`[["0x1p+0"]]`, `[[]]`), "layer 2: weights: empty"},
		"no rows":           {replace(`[["0x1p+0"]]`, `[]`), "layer 2: weights: empty"},
		"bias":              {replace(`"bias":["0x0p+0"]`, `"bias":[]`), "layer 1: bias: 0 entries, expected 1"},
		"chain":             {replace(`[["0x1p+0"]]`, `[["0x1p+0","0x1p+0"]]`), "layer 2: weights: 2 columns, expected 1"},
		"NaN":               {replace(`"-0x1.8p-3"`, `"nan"`), `layer 0: weights: row 0: "nan": expected a hexadecimal float`},
		"Inf":               {replace(`"-0x1.8p-3"`, `"-inf"`), "expected a hexadecimal float"},
		"overflow":          {replace(`"-0x1.8p-3"`, `"0x1p+1024"`), "within the range of float64 (entry 1)"},
		"decimal overflow":  {replace(`"-0x1.8p-3"`, `1e999`), "within the range of float64"},
		"underflow":         {replace(`"-0x1.8p-3"`, `"0x1p-1075"`), "below its range"},
		"far underflow":     {replace(`"-0x1.8p-3"`, `"0x1p-99999999999"`), "layer 0: weights: row 0:"},
		"54 bits":           {replace(`"-0x1.8p-3"`, `"0x1.00000000000008p+0"`), "more than the 53 bits"},
		"underscore":        {replace(`"-0x1.8p-3"`, `"0x_1p-3"`), "expected a hexadecimal float"},
		"decimal string":    {replace(`"-0x1.8p-3"`, `"0.5"`), "expected a hexadecimal float"},
		"null":              {replace(`"-0x1.8p-3"`, `null`), "found <nil>, expected a number"},
		"row is a number":   {replace(`["0x0p+0","0x1p-1"]]`, `1]`), "layer 0: weights: row 1: found 1, expected an array"},
		"something after":   {golden + "{}", "something follows"},
		"deep":              {strings.Repeat("[", 1<<16), "expected an object"},
		"long number":       {replace(`"-0x1.8p-3"`, `"0x1.`+strings.Repeat("0", 2000)+`p+0"`), "expected a hexadecimal float"},
		"layer is an array": {replace("[\n{", "[\n[{"), "layer 0: found [, expected an object"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := network.ReadCanonical(strings.NewReader(c.text))
			require.ErrorContains(t, err, c.want)
		})
	}
}

type brokenWriter struct{ left int }

var errBroken = errors.New("broken")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestWriteCanonicalReportsWriteErrors(t *testing.T) {
	require.ErrorIs(t, goldenNetwork(t).WriteCanonical(&brokenWriter{left: 10}), errBroken)
}

func FuzzReadCanonical(f *testing.F) {
	f.Add(golden)
	f.Add(`{"relucell-network":1,"inputs":1,"layers":[{"activation":"none","weights":[[1e-400]],"bias":["0x8p-1074"]}]}`)
	f.Add(golden[:99])
	f.Add(goldenMixed)
	f.Add(`{"relucell-network":1,"inputs":2,"layers":[{"activation":"relu","columns":[[1],[]],"weights":[["0x1p+0"],[]],"bias":["0x0p+0",1]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		n, err := network.ReadCanonical(strings.NewReader(text))
		if err != nil {
			return
		}
		first := canonical(t, n)
		back, err := network.ReadCanonical(strings.NewReader(first))
		require.NoError(t, err)
		require.Equal(t, first, canonical(t, back))
	})
}
