package cone_test

// What is read and written: round trips, refusals, and bytes of any kind.

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/cone"
)

func TestDescriptionsAreReadAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(0, 4).Draw(t, "dimensions")
		rows := drawn(t, dim)
		d := describe(t, dim, rows, cone.Lex)
		var file, again bytes.Buffer
		require.NoError(t, d.WriteJSON(&file))
		written := file.String()
		read, err := cone.ReadJSON(&file)
		require.NoError(t, err)
		require.NoError(t, read.WriteJSON(&again))
		require.Equal(t, written, again.String())
		require.Equal(t, text(d), text(read))
		if dim == 0 {
			return
		}
		for _, m := range []*cone.Matrix{cone.Inequalities(dim, rows, "a cone"), d.Generators("")} {
			var file bytes.Buffer
			require.NoError(t, m.Write(&file))
			read, err := cone.ReadMatrix(&file)
			require.NoError(t, err)
			require.Equal(t, m.Vertices, read.Vertices)
			require.Equal(t, m.Linearity, read.Linearity)
			require.Equal(t, len(m.Rows), len(read.Rows))
			for i, r := range m.Rows {
				for k, x := range r {
					require.Zero(t, x.Cmp(read.Rows[i][k]))
				}
			}
		}
	})
}

// Fractions and integers are what they say, decimals the float64 next to it, and that is counted.
func TestDecimalsAreFloats(t *testing.T) {
	rows, rounded, err := cone.ReadCSV(strings.NewReader("# of three\n1, -2/3, 0.5\n0x1p-2,1e2, 0.1\n0,0,1e-999\n"))
	require.NoError(t, err)
	require.Equal(t, 2, rounded)
	require.Equal(t, []string{"1", "-2/3", "1/2"}, []string{rows[0][0].RatString(), rows[0][1].RatString(), rows[0][2].RatString()})
	require.Equal(t, "6 -4 3 ", words(cone.Whole(rows[0])))
	require.Equal(t, words(cone.RowOf([]float64{0.25, 100, 0.1})), words(cone.Whole(rows[1])))
	require.Equal(t, "0 0 0 ", words(cone.Whole(rows[2])))
	tenth, rounded, err := cone.ReadCSV(strings.NewReader("1/10,1"))
	require.NoError(t, err)
	require.Zero(t, rounded)
	require.Equal(t, "1 10 ", words(cone.Whole(tenth[0])))
	octal, _, err := cone.ReadCSV(strings.NewReader("010/3,-1\n1/010,010\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"10 -3 ", "1 100 "}, []string{words(cone.Whole(octal[0])), words(cone.Whole(octal[1]))})
}

// Equations of an H-representation are two rows; what is no cone is refused.
func TestMatricesOfOtherPrograms(t *testing.T) {
	m, err := cone.ReadMatrix(strings.NewReader("title\n* remark\nH-representation\nlinearity 1 2\nbegin\n2 3 integer\n0 1 -2\n0 1 1\nend\nmore\n"))
	require.NoError(t, err)
	fractions, err := m.Homogeneous()
	require.NoError(t, err)
	rows := cone.WholeRows(fractions)
	require.Equal(t, []string{"-1 2 ", "-1 -1 ", "1 1 "}, []string{words(rows[0]), words(rows[1]), words(rows[2])})
	// What follows the end was not read: an equation of cdd+ was verified as an inequality.
	m, err = cone.ReadMatrix(strings.NewReader("H-representation\nbegin\n2 3 integer\n0 1 -2\n0 1 1\nend\nmore\nlinearity 1 2\n"))
	require.NoError(t, err)
	require.Equal(t, []int{1}, m.Linearity)
	// Headings in small letters were passed over: generators were taken for constraints, equations
	// for inequalities.
	m, err = cone.ReadMatrix(strings.NewReader("v-Representation\nBEGIN\n1 3 Integer\n0 1 -2\nEnd\nLinearity 1 1\n"))
	require.NoError(t, err)
	require.True(t, m.Vertices)
	require.Equal(t, []int{0}, m.Linearity)
	for want, file := range map[string]string{
		"Strict_Inequality, expected":                            "begin\n1 2 rational\n0 1\nend\nStrict_Inequality 1 1\n",
		"linearity: row 2, expected one of 1":                    "begin\n1 2 rational\n0 1\nend\nequality 1 2\n",
		"strict_inequality, expected":                            "begin\n1 2 rational\n0 1\nend\nstrict_inequality 1 1\n",
		"line 2: the end of the text, expected a line \"begin\"": "H-representation\n",
		"line 3: column 2: \"0.5\", expected an integer":         "begin\n1 2 rational\n0 0.5\nend",
		"line 3: 1 numbers, expected 2":                          "begin\n1 2 rational\n0\nend",
		"line 4: 1 rows, expected 2":                             "begin\n2 2 rational\n0 1\nend",
		"expected numbers of rows and columns":                   "begin\n2 x rational\n",
		"linearity: row 3, expected one of 1":                    "linearity 1 3\nbegin\n1 2 rational\n0 1\nend",
		"linearity: \"2\", expected how many rows":               "linearity 2 3\nbegin\n",
		"partial_enumeration":                                    "partial_enumeration 1 1\nbegin\n",
		"line 3: 1 numbers, expected 10000000":                   "begin\n1 10000000 rational\n0\nend",
	} {
		_, err := cone.ReadMatrix(strings.NewReader(file))
		require.ErrorContains(t, err, want, file)
	}
	_, err = (&cone.Matrix{Vertices: true}).Homogeneous()
	require.EqualError(t, err, "a V-representation, expected an H-representation")
	_, err = (&cone.Matrix{Rows: [][]*big.Rat{{big.NewRat(1, 2), new(big.Rat)}}}).Homogeneous()
	require.EqualError(t, err, "row 1: the constant 1/2, expected 0: a cone has no other")
}

func TestDescriptionsThatAreNoneAreRefused(t *testing.T) {
	for want, file := range map[string]string{
		"expected the description of a cone":        `{"rays": [`,
		"expected version 1":                        `{"relucell-cone": 2, "dimensions": 1, "lineality": [], "rays": []}`,
		"text after the end":                        `{"relucell-cone": 1, "dimensions": 1, "lineality": [], "rays": []} x`,
		"rays: vector 0 has 1 numbers, expected 2":  `{"relucell-cone": 1, "dimensions": 2, "lineality": [], "rays": [[1]]}`,
		"lineality: vector 0 is 0, expected a":      `{"relucell-cone": 1, "dimensions": 2, "lineality": [[0,0]], "rays": []}`,
		`"rays" is given twice`:                     `{"relucell-cone": 1, "dimensions": 1, "rays": [[1]], "lineality": [], "rays": []}`,
		"rays: vector 0 holds null, expected":       `{"relucell-cone": 1, "dimensions": 1, "lineality": [], "rays": [[null]]}`,
		"rays: vector 0 holds 0.5, expected inte":   `{"relucell-cone": 1, "dimensions": 1, "lineality": [], "rays": [[0.5]]}`,
		`rays: vector 0 holds "5", expected inte`:   `{"relucell-cone": 1, "dimensions": 1, "lineality": [], "rays": [["5"]]}`,
		"found array, expected an object, expected": `[]`,
		"dimensions: found string, expected a numb": `{"relucell-cone": 1, "dimensions": "1"}`,
		"rays: found number, expected an array":     `{"relucell-cone": 1, "dimensions": 1, "rays": [1]}`,
	} {
		_, err := cone.ReadJSON(strings.NewReader(file))
		require.ErrorContains(t, err, want)
	}
}

func FuzzReaders(f *testing.F) {
	for _, seed := range []string{"1,2\n3,-1/2\n", "0.1,1e300", "begin\n1 2 rational\n0 1\nend\n", "V-representation\nlinearity 1 1\nbegin\n***** 2 rational\n0 1/3\nend",
		`{"relucell-cone": 1, "dimensions": 1, "lineality": [], "rays": [[1]]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if rows, _, err := cone.ReadCSV(bytes.NewReader(file)); err == nil {
			require.NotEmpty(t, rows)
			for _, r := range rows {
				require.Len(t, r, len(rows[0]))
			}
		}
		if m, err := cone.ReadMatrix(bytes.NewReader(file)); err == nil {
			var b bytes.Buffer
			require.NoError(t, m.Write(&b))
			_, err := cone.ReadMatrix(&b)
			require.NoError(t, err)
		}
		if d, err := cone.ReadJSON(bytes.NewReader(file)); err == nil {
			var b bytes.Buffer
			require.NoError(t, d.WriteJSON(&b))
			again, err := cone.ReadJSON(&b)
			require.NoError(t, err)
			require.Equal(t, text(d), text(again))
		}
	})
}
