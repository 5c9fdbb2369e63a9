package certificate

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/nettext"
	"github.com/relucell/relucell/certificate/internal/specimen"
)

// slowNet reads a network of which texts with more entries than most give columns.
func slowNet(text []byte, most int) (c *slowChecker, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%v", fault)
		}
	}()
	c = &slowChecker{most: most}
	c.readNet(string(text))
	return c, nil
}

// TestColumnsAreTheSameNetwork: the two spellings give the same layers, to both readers.
func TestColumnsAreTheSameNetwork(t *testing.T) {
	given := 0
	for seed := range int64(60) {
		r := rand.New(rand.NewSource(seed))
		net := specimen.Random(r, true, []string{"relu", "mixed", "none", "leaky_relu"}, 1+r.Intn(4), 1+r.Intn(5), 1+r.Intn(5), 1+r.Intn(5), 1)
		for _, y := range net.Layers {
			for _, row := range y.W {
				for u := range row {
					row[u] *= float64(r.Intn(2)) // more zeros
				}
			}
		}
		all, columns := net.Text(), net.TextOf(true)
		want, err := readNet(background, all, nettext.DenseMost)
		require.NoError(t, err)
		got, err := readNet(background, columns, 0)
		require.NoError(t, err, "%s", columns)
		want.hash, got.hash = "", ""
		require.Equal(t, want, got)
		slow, err := slowNet(all, 1<<26)
		require.NoError(t, err)
		other, err := slowNet(columns, 0)
		require.NoError(t, err)
		require.Equal(t, slow.layers, other.layers)
		if bytes.Equal(all, columns) {
			continue
		}
		given++
		for most, text := range map[int][]byte{1 << 26: columns, 0: all} { // the other spelling
			_, err = readNet(background, text, most)
			require.ErrorContains(t, err, "expected columns where")
			_, err = slowNet(text, most)
			require.ErrorContains(t, err, "another spelling")
		}
	}
	require.Greater(t, given, 30)
}

// TestColumnsHaveOneSpelling: all else is refused, by both readers.
func TestColumnsHaveOneSpelling(t *testing.T) {
	const right = `"columns":[[0,2],[],[]],"weights":[["0x1p+0","0x1p-1"],[],[]]`
	text := func(rows string) []byte {
		return []byte("{\"relucell-network\":1,\"inputs\":3,\"layers\":[\n{\"activation\":\"relu\"," + rows +
			",\"bias\":[\"0x0p+0\",\"0x1p+0\",\"0x0p+0\"]}\n]}\n")
	}
	_, err := readNet(background, text(right), 0)
	require.NoError(t, err)
	_, err = slowNet(text(right), 0)
	require.NoError(t, err)
	for _, change := range [][2]string{
		{"[0,2]", "[2,0]"}, {"[0,2]", "[0,0]"}, {"[0,2]", "[0,3]"}, {"[0,2]", "[0,-1]"}, {"[0,2]", "[00,2]"}, {"[0,2]", "[0,02]"},
		{"[0,2]", "[0, 2]"}, {"[0,2]", "[+0,2]"}, {"[0,2]", "[0,]"}, {"[0,2]", "[0]"}, {"[0,2]", "[0,1,2]"}, {"[0,2]", "[]"},
		{"[0,2]", "[0,18446744073709551618]"}, {"[0,2],[]", "[0,2]"}, {"[0,2],[],[]", "[0,2],[],[],[]"}, {"[0,2],[]", "[0,2],[1]"},
		{`"0x1p-1"`, `"0x0p+0"`}, {`"0x1p-1"`, `"-0x0p+0"`}, {`"0x1p-1"`, `"0x2p-1"`}, {`"0x1p-1"`, `0x1p-1`}, {`,"0x1p-1"`, ``},
		{`"0x1p-1"],[]`, `"0x1p-1"]`}, {`"columns":[[0,2],[],[]],`, ``}, {`"columns"`, `"Columns"`}, {`]],"w`, `],"w`}, {`:[[0`, `:[0`},
		{`"columns":[[0,2],[],[]],`, `"columns":[[0,2],[],[]],"columns":[[0,2],[],[]],`}, {`"columns":[[0,2],[],[]]`, `"columns":[]`},
	} {
		wrong := strings.Replace(right, change[0], change[1], 1)
		require.NotEqual(t, right, wrong)
		_, err := readNet(background, text(wrong), 0)
		require.ErrorContains(t, err, "not a canonical text", wrong)
		_, err = slowNet(text(wrong), 0)
		require.Error(t, err, wrong)
	}
}
