package canonical

// Numbers as the checker reads them.

import (
	"context"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/certificate/internal/specimen"
)

func TestTheSpellingOfEveryFloatIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		s := specimen.Spell(v)
		m, e, ok := dyadic(s)
		require.True(t, ok, s)
		back := new(big.Float).SetMantExp(new(big.Float).SetInt(m), e)
		require.Zero(t, back.Cmp(big.NewFloat(v)), s)
	})
}

func TestNumbersHaveOneSpelling(t *testing.T) {
	long := "0x1." + strings.Repeat("f", maxDigits)
	for _, s := range []string{long + "p+3", "0x1p+20000", "-0x1p-20000", "0x1.23456789abcdef01p-1"} {
		_, _, ok := dyadic(s)
		require.True(t, ok, s)
	}
	for _, s := range []string{"", "0", "1", "-", "+0x1p+0", "0x1", "0x1p", "0x1p+", "0x1p-", "0x1p0", "0x1p+00", "0x1p-0", "0x1p-01", "0x1p+01", "0x1.p+0", "0x1.0p+0",
		"0x1.80p+0", "0x1.Fp+0", "0X1p+0", "0x1P+0", "0x2p+0", "0x0p+1", "-0x0p+0", "0x0.8p+0", "0x1p+20001", "0x1p-99999999999999999999", long + "fp+3", "0x1.gp+0",
		"0x1.8.8p+0", "0x11p+0", "nan", "inf", "0x1p+0 ", " 0x1p+0", "0x1_0p+0", "0x1p+1_0", "--0x1p+0", "0x1p+0p+0"} {
		_, _, ok := dyadic(s)
		require.False(t, ok, s)
	}
	var z big.Int
	for _, s := range []string{"", "00", "01", "-1", "+1", "1_0", "0x1", strings.Repeat("9", MaxLong+1)} {
		rest, ok := Natural([]byte(s), MaxLong, &z)
		require.False(t, ok && len(rest) == 0, s)
	}
	for _, s := range []string{"0", "18446744073709551615", "18446744073709551616", "9999999999999999999", strings.Repeat("9", MaxLong)} {
		rest, ok := Natural([]byte(s), MaxLong, &z)
		require.True(t, ok)
		require.Empty(t, rest)
		require.Equal(t, s, z.String())
	}
}

// dyadic reads a number from text.
func dyadic(s string) (m *big.Int, e int, ok bool) {
	m = new(big.Int)
	e, ok = Real(s, m)
	return m, e, ok
}

// TestTheFarthestNameIsBeyondAPathOf32Bits: six capitals are a number of more than 32 bits. In an
// int of 32 bits it wrapped, and what is beyond the path was another name, or ended the checker.
func TestTheFarthestNameIsBeyondAPathOf32Bits(t *testing.T) {
	after, rest, ok := Name([]byte("ZZZZZZz"))
	require.True(t, ok && len(rest) == 0)
	require.Equal(t, int64(8353082581), after)
	after, _, ok = Name([]byte("MWLQKWw"))
	require.True(t, ok)
	require.Equal(t, int64(1<<32), after)
}

// A stop is no refusal, and what runs goes no further.
func TestAVerdictStops(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	v, after := NewVerdict(ctx), false
	cancel(why)
	v.Guard(func() { v.Stop(); after = true })
	require.False(t, after)
	require.Nil(t, v.refused.Load())
	require.ErrorIs(t, v.Err(), why)
}
