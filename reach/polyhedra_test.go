package reach

// The text of polyhedra, held against the format that cddlib's manual describes and that lrs and
// others may take over.

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/enumerate"
)

// polyhedron is one as a file of the format spells it.
type polyhedron struct {
	kind byte // H or V
	rows [][]*big.Rat
}

// readPolyhedra reads a file line by line: comments, a line that says which representation follows,
// begin, the size and the type of numbers, the rows, end.
func readPolyhedra(t *testing.T, text string) (all []polyhedron) {
	number := regexp.MustCompile(`^-?(0|[1-9][0-9]*)(/[1-9][0-9]*)?$`)
	in := bufio.NewScanner(strings.NewReader(text))
	line := func() string {
		require.True(t, in.Scan(), "the file ends within a polyhedron")
		return in.Text()
	}
	for in.Scan() {
		if strings.HasPrefix(in.Text(), "*") {
			continue
		}
		require.Regexp(t, `^[HV]-representation$`, in.Text())
		p := polyhedron{kind: in.Text()[0]}
		require.Equal(t, "begin", line())
		var m, n int
		var kind string
		_, err := fmt.Sscanf(line(), "%d %d %s", &m, &n, &kind)
		require.NoError(t, err)
		require.Equal(t, "rational", kind)
		for range m {
			var row []*big.Rat
			for _, word := range strings.Fields(line()) {
				require.Regexp(t, number, word)
				v, ok := new(big.Rat).SetString(word)
				require.True(t, ok && v.RatString() == word)
				row = append(row, v)
			}
			require.Len(t, row, n)
			p.rows = append(p.rows, row)
		}
		require.Equal(t, "end", line())
		all = append(all, p)
	}
	return all
}

func TestPolyhedraAreSpelledAsTheFormatSays(t *testing.T) {
	for seed := range int64(8) {
		n, b := drawn(seed)
		var ine, ext bytes.Buffer
		var all []*Description
		eachRegion(t, n, b, func(i int, r enumerate.Region) {
			d, err := Describe(context.Background(), i, r)
			require.NoError(t, err)
			require.NoError(t, d.WriteInequalities(&ine, b))
			require.NoError(t, d.WriteVertices(&ext, false))
			all = append(all, d)
		})
		h, v := readPolyhedra(t, ine.String()), readPolyhedra(t, ext.String())
		require.Len(t, h, len(all))
		require.Len(t, v, len(all))
		for i, d := range all {
			require.Equal(t, "HV", string([]byte{h[i].kind, v[i].kind}))
			require.Len(t, v[i].rows, len(d.Vertices))
			for k, p := range v[i].rows {
				require.Equal(t, "1", p[0].RatString()) // a point, no ray
				require.Equal(t, fmt.Sprint(d.Vertices[k]), fmt.Sprint(p[1:]))
				tight := 0
				for _, row := range h[i].rows { // b + a·x ≥ 0
					sum := new(big.Rat)
					for j := range row {
						sum.Add(sum, new(big.Rat).Mul(row[j], p[j]))
					}
					require.GreaterOrEqual(t, sum.Sign(), 0)
					if sum.Sign() == 0 {
						tight++
					}
				}
				require.GreaterOrEqual(t, tight, len(p)-1)
			}
		}
	}
}
