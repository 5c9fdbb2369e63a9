package main

// The outputs at points: exact ones that floats lose, and the same from a table.

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/load"
)

// (2⁶⁰x + 1) − 2⁶⁰x and |x|: floats lose the 1 of the first.
const cancelling = `{"relucell-network":1,"inputs":1,"layers":[
{"activation":"none","weights":[["0x1p+60"],["0x1p+60"],["0x1p+0"]],"bias":["0x1p+0","0x0p+0","0x0p+0"]},
{"activation":"none","weights":[["0x1p+0","-0x1p+0","0x0p+0"],["0x0p+0","0x0p+0","0x1p+0"]],"bias":["0x0p+0","0x0p+0"]},
{"activation":"abs","weights":[["0x1p+0","0x0p+0"],["0x0p+0","0x1p+0"]],"bias":["0x0p+0","0x0p+0"]}
]}
`

func TestEvalIsExact(t *testing.T) {
	net := writeBytes(t, "cancelling.json", []byte(cancelling))
	table := filepath.Join(t.TempDir(), "points.csv")
	require.NoError(t, os.WriteFile(table, []byte("x\n-1\n0\n0.1\n"), 0o600))
	want := `{"at":[-1],"exact":["0x1p+0","0x1p+0"],"value":[1,1],"float":[0,1],"pattern":"+-"}
{"at":[0],"exact":["0x1p+0","0x0p+0"],"value":[1,0],"float":[1,0],"pattern":"+0"}
{"at":[0.1],"exact":["0x1p+0","0x1.999999999999ap-4"],"value":[1,0.1],"float":[0,0.1],"pattern":"++"}
`
	require.Equal(t, want, succeed(t, "eval", net, "--at", "@"+table, "--format", "json"))
	require.Equal(t, strings.SplitAfter(want, "\n")[0], succeed(t, "eval", net, "--at=-1", "--format", "json"))
	require.Equal(t, want, succeed(t, "eval", net, "--at=-1", "--at=0", "--at=0.1", "--format", "json"))
	text := succeed(t, "eval", net, "--at", "0.1")
	require.Contains(t, text, "Point     0.1\n")
	require.Contains(t, text, "0x1.999999999999ap-4")
}

// A stop was not heard as long as each point took less than what is left to one that is begun.
func TestEvalHearsAStopBetweenPoints(t *testing.T) {
	n, _, err := load.Read(writeBytes(t, "cancelling.json", []byte(cancelling)), load.Options{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var out strings.Builder
	f := &fields{w: writerFunc(func(b []byte) (int, error) {
		cancel()
		return out.Write(b)
	})}
	c := &evalCmd{format: "json"}
	require.ErrorIs(t, c.each(ctx, n, [][]float64{{0}, {1}, {2}}, f), context.Canceled)
	require.Equal(t, 1, strings.Count(out.String(), "\n"), "one point whole, and no other")
}

type writerFunc func([]byte) (int, error)

func (w writerFunc) Write(b []byte) (int, error) { return w(b) }

func TestEvalRefusesPointsByTheirPlace(t *testing.T) {
	table := filepath.Join(t.TempDir(), "points.csv")
	require.NoError(t, os.WriteFile(table, []byte("1,2\n3\n"), 0o600))
	for at, says := range map[string]string{
		"":             `--at: "", expected numbers`,
		"1,2,3":        "--at: line 1: 3 columns, expected 2",
		"1,x":          `--at: line 1: column 2: "x"`,
		"NaN":          `--at: line 1: column 1: "NaN"`,
		"@" + table:    "points.csv: line 2: 1 columns, expected 2",
		"@none.csv":    "--at: none.csv: no such file",
		"0x1p-3,1e400": "beyond float64",
	} {
		_, errs, code := relucell(t, "eval", data+"two_moons_2-16-16-1.onnx", "--at", at)
		require.Equal(t, exitInput, code, at)
		require.Contains(t, errs, says)
	}
}
