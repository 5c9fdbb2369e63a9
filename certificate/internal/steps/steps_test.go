package steps

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// reading calls read under a guard and returns what is refused.
func reading(read func(in *canonical.Lines)) error {
	v := canonical.NewVerdict(context.Background())
	v.Guard(func() { read(canonical.NewLines("p", strings.NewReader(""))) })
	return v.Err()
}

// TestTermsAreBounded: what is read is what was written, and all multipliers sum up to less than
// Bits says, which is what the words of a sum rest on.
func TestTermsAreBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 4))
	var terms Terms // whose storage is used again
	for range 3000 {
		names := 1 + r.IntN(26)
		var text strings.Builder
		sum, ids, factors := new(big.Int), []int(nil), []*big.Int(nil)
		multiplier := func() {
			m := big.NewInt(1)
			if r.IntN(2) == 0 {
				m.Lsh(big.NewInt(2+r.Int64N(1<<30)), uint(r.IntN(70)))
				text.WriteString(m.String())
			}
			factors = append(factors, m)
			sum.Add(sum, m)
		}
		multiplier()
		for id := range names {
			if id == names-1 && ids == nil || r.IntN(3) == 0 {
				fmt.Fprintf(&text, "%c", 'a'+names-1-id)
				ids = append(ids, id)
				multiplier()
			}
		}
		require.NoError(t, reading(func(in *canonical.Lines) { terms.Read(in, []byte(text.String()), names) }))
		require.Equal(t, ids, terms.Names)
		for i, m := range factors {
			require.Zero(t, m.Cmp(&terms.Factor[i]))
		}
		require.LessOrEqual(t, sum.BitLen(), terms.Bits)
	}
}

func TestTermsHaveOneSpelling(t *testing.T) {
	for text, reason := range map[string]string{
		"": "one name at least", "7": "one name at least", "1a": "integer ≥ 2", "a1": "integer ≥ 2", "a0": "integer ≥ 2", "a02": "integer ≥ 2",
		"c": "beyond the path", "ab": "from the farthest", "aa": "from the farthest", "a ": "expected a name", "A": "expected a name", "a-2": "expected a name",
	} {
		err := reading(func(in *canonical.Lines) { new(Terms).Read(in, []byte(text), 2) })
		require.ErrorContains(t, err, reason, "%q", text)
	}
	require.NoError(t, reading(func(in *canonical.Lines) { new(Terms).Read(in, []byte("2b3a"), 2) }))
}

func TestPointsHaveOneSpelling(t *testing.T) {
	x := make([]big.Int, 2)
	for text, ok := range map[string]bool{
		"0 0 0": true, "0 2-4": true, "1 1-4": true, "1 2 4": false, "1 1": false, "1 1 2 3": false, "1 1 -2": false, "1 1  2": false, "1 1+2": false,
		"1 1-0": false, "1 1 02": false, "01 1 2": false, " 1 1 2": false, "40000 1 1": true, "40001 1 1": false, "": false,
	} {
		err := reading(func(in *canonical.Lines) { Point(in, []byte(text), x) })
		require.Equal(t, ok, err == nil, "%q: %v", text, err)
	}
	require.NoError(t, reading(func(in *canonical.Lines) { require.EqualValues(t, 3, Point(in, []byte("3 7-2"), x)) }))
	require.Equal(t, []int64{7, -2}, []int64{x[0].Int64(), x[1].Int64()})
}

func TestNamesOfPartsStayInTheFolder(t *testing.T) {
	for text, ok := range map[string]bool{
		" p sha256:0": true, " p.1-a_b.gz sha256:0": true, " .p sha256:0": false, " -p sha256:0": false, " ../p sha256:0": false, " a/p sha256:0": false,
		"p sha256:0": false, " p md5:0": false, " p": false, "": false, "  sha256:0": false,
	} {
		err := reading(func(in *canonical.Lines) { Part(in, text) })
		require.Equal(t, ok, err == nil, "%q: %v", text, err)
	}
}
