package claims

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// reading reads a line of a node of five neurons, of which 1 and 3 have signs, about a disjunct of
// three conditions, with 24 bits.
func reading(kind byte, text string) (Claim, error) {
	c, v := Claim{Kind: kind}, canonical.NewVerdict(context.Background())
	v.Guard(func() { c.Read(text, 3, []int8{0, -1, 0, +1, 0}, 24) })
	return c, v.Err()
}

func TestLinesSayWhatTheySpell(t *testing.T) {
	for _, c := range []struct {
		kind       byte
		text, says string
	}{
		{'Z', "2", "[2:1048576] [] []"},
		{'F', "0:1 2:4294967295;1:7 3:8;0/0 2/256", "[0:1 2:4294967295] [1:7 3:8] [0:0 2:256]"},
		{'F', ";3:1;", "[] [3:1] []"},
		{'E', "1:340282366920938463463374607431768211456;", "[1:340282366920938463463374607431768211456] [] []"},
	} {
		got, err := reading(c.kind, c.text)
		require.NoError(t, err, c.text)
		text := func(list []Weight) string {
			s := []string{}
			for _, w := range list {
				s = append(s, fmt.Sprintf("%d:%v", w.At, w.V))
			}
			return fmt.Sprint(s)
		}
		require.Equal(t, c.says, text(got.Mu)+" "+text(got.Beta)+" "+text(got.Alpha), c.text)
	}
}

func TestLinesOutOfRangeAreRefused(t *testing.T) {
	for _, c := range []struct {
		kind         byte
		text, reason string
	}{
		{'Z', "3", "one of the disjunct's conditions"},
		{'Z', "", "one of the disjunct's conditions"},
		{'F', "0:1;", "lists of multipliers"},
		{'E', "0:1;;", "lists of multipliers"},
		{'E', ";", "one multiplier at least"},
		{'F', "0:0;;", "multipliers ≥ 1"},
		{'F', "0:4294967296;;", "less than 2^32"},
		{'F', "0:01;;", "in its one spelling"},
		{'F', "0:1  1:1;;", "single spaces"},
		{'F', "0:1 ;;", "single spaces"},
		{'F', "1:1 0:1;;", "names that ascend"},
		{'F', "1:1 1:1;;", "names that ascend"},
		{'F', "3:1;;", "names in their range"},
		{'F', ";0:1;", "has no sign"},
		{'F', ";5:1;", "names in their range"},
		{'F', "0:1;;1/4", "without a sign"},
		{'F', "0:1;;0/257", "from 0 to 256"},
		{'F', "0:1;;0:4", "names in their range"},
	} {
		_, err := reading(c.kind, c.text)
		require.ErrorContains(t, err, c.reason, "%c %s", c.kind, c.text)
	}
}
