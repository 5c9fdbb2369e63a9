package dyadic

import (
	"math/big"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A constraint of 010/3 was verified as one of 8/3.
func TestFractionsWithLeadingZerosWereOctal(t *testing.T) {
	for text, want := range map[string]*big.Rat{
		"010/3": big.NewRat(10, 3), "-1/010": big.NewRat(-1, 10), "+08/09": big.NewRat(8, 9), "010": big.NewRat(10, 1),
		"-010.5": big.NewRat(-21, 2), "00/1": new(big.Rat), "2e-1": big.NewRat(1, 5), "0x1p-1": big.NewRat(1, 2),
		"": nil, "/": nil, "1/": nil, "/1": nil, "1/0": nil, "1/00": nil, "1/-2": nil, "1/+2": nil, "0x10/3": nil, "1/0x10": nil, "1/2/3": nil, "1_0/3": nil, "1_0": nil, "0x1_0": nil, "1.5/2": nil, "1 /2": nil,
	} {
		got := ParseRat(text)
		require.Equal(t, want == nil, got == nil, text)
		require.True(t, want == nil || got.Cmp(want) == 0, text)
	}
	_, read := new(big.Rat).SetString("08/3")
	require.False(t, read, "Go reads decimals now: ParseRat has become unneeded")
}

func TestParseRatReadsWhatRatWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := big.NewRat(rapid.Int64().Draw(t, "n"), rapid.Int64Range(1, 1<<62).Draw(t, "d"))
		require.Zero(t, q.Cmp(ParseRat(q.String())))
		require.Zero(t, q.Cmp(ParseRat(q.RatString())))
	})
}

// A radius of 0_1 was one of 1, and in .nnet files and tables 1_0 was ten.
func TestUnderscoresWereReadOver(t *testing.T) {
	for _, text := range []string{"0_1", "1_0", "0x_1p0", "0x1_0p0"} {
		_, err := ParseFloat(text)
		require.ErrorIs(t, err, strconv.ErrSyntax, text)
	}
	for text, want := range map[string]float64{"10": 10, "-0x1.8p1": -3, "1e-3": 1e-3} {
		got, err := ParseFloat(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}
