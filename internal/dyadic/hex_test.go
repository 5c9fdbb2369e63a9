package dyadic

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAppendHexSpellings(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0x0p+0", 1: "0x1p+0", 0.5: "0x1p-1", 8: "0x1p+3", -0.1875: "-0x1.8p-3",
		1024: "0x1p+10", 0x1p-1074: "0x1p-1074", 0x1.8p-1073: "0x1.8p-1073",
		math.MaxFloat64: "0x1.fffffffffffffp+1023", 0.1: "0x1.999999999999ap-4",
	} {
		require.Equal(t, want, string(AppendHex(nil, v)))
	}
	require.Equal(t, "x0x0p+0", string(AppendHex([]byte("x"), math.Copysign(0, -1))))
}

var spelling = regexp.MustCompile(`^(0x0p\+0|-?0x1(\.[0-9a-f]*[1-9a-f])?p[+-](0|[1-9][0-9]*))$`)

func TestAppendHexHasOneSpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := finite().Draw(t, "v")
		s := string(AppendHex(nil, v))
		require.Regexp(t, spelling, s)
		back, err := strconv.ParseFloat(s, 64)
		require.NoError(t, err)
		require.Equal(t, v+0, back)
	})
}

// TestAppendHexSpellsAsStrconv, but for the padding of the exponent.
func TestAppendHexSpellsAsStrconv(t *testing.T) {
	padded := regexp.MustCompile(`p([+-])0([0-9])$`)
	rapid.Check(t, func(t *rapid.T) {
		v := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		require.Equal(t, padded.ReplaceAllString(strconv.FormatFloat(v, 'x', -1, 64), "p$1$2"), string(AppendHex(nil, v)))
	})
}

func TestBigNumbersAreSpelledAsFloats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64().Draw(t, "v")
		require.Equal(t, string(AppendHex(nil, v)), string(AppendBigHex(nil, big.NewFloat(v))))
	})
}

func TestSpellingOfNumbers(t *testing.T) {
	for _, c := range []struct {
		v    float64
		text string
	}{
		{0, "0x0p+0"}, {math.Copysign(0, -1), "0x0p+0"}, {1, "0x1p+0"}, {-0.5, "-0x1p-1"}, {0.1875, "0x1.8p-3"}, {8, "0x1p+3"},
		{0.01, "0x1.47ae147ae147bp-7"}, {math.SmallestNonzeroFloat64, "0x1p-1074"}, {math.MaxFloat64, "0x1.fffffffffffffp+1023"},
		{3 * math.SmallestNonzeroFloat64, "0x1.8p-1073"}, {0x1p-1022, "0x1p-1022"}, {0x1.8p-1023, "0x1.8p-1023"},
	} {
		require.Equal(t, c.text, string(AppendHex(nil, c.v)))
		require.Equal(t, c.text, string(AppendBigHex(nil, big.NewFloat(c.v))))
	}
	rapid.Check(t, func(t *rapid.T) {
		v := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		s := string(AppendHex(nil, v))
		require.Equal(t, s, string(AppendBigHex(nil, big.NewFloat(v))))
		back, err := strconv.ParseFloat(s, 64)
		require.NoError(t, err, s)
		require.True(t, back == v, s)
	})
}

// Integers of any length are spelled as the floats that they are.
func TestAppendIntHexSpellsAsFloats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, e := new(big.Int), rapid.IntRange(-3000, 3000).Draw(t, "exponent")
		for range rapid.IntRange(1, 4).Draw(t, "words") {
			n.Lsh(n, uint(rapid.IntRange(0, 64).Draw(t, "shift")))
			n.Xor(n, new(big.Int).SetUint64(rapid.Uint64().Draw(t, "word")))
		}
		if rapid.Bool().Draw(t, "negative") {
			n.Neg(n)
		}
		require.Equal(t, string(AppendBigHex(nil, Float(n, e))), string(AppendIntHex(nil, n, e)))
	})
}
