package proof

// Members: the same bytes from any number of workers, and a text that every reader of gzip reads.

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
)

// magic begins each member that compress writes.
var magic = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0}

// digits is a text of so many bytes.
func digits(n int) []byte {
	var b []byte
	for seed := []byte("digits"); len(b) < n; {
		sum := sha256.Sum256(seed)
		seed = sum[:]
		b = append(strconv.AppendUint(b, uint64(sum[0])<<8|uint64(sum[1]), 10), '\n')
	}
	return b[:n]
}

func TestMembersDoNotDependOnTheirWorkers(t *testing.T) {
	for _, n := range []int{0, 1, memberSize - 7, memberSize - 6, 5*memberSize + 1} {
		head, text := []byte("header\n"), digits(n)
		var one, five bytes.Buffer
		require.NoError(t, compress(&one, 1, head, text))
		require.NoError(t, compress(&five, 5, head, text))
		require.Equal(t, one.Bytes(), five.Bytes())
		z, err := gzip.NewReader(&one)
		require.NoError(t, err)
		got, err := io.ReadAll(z)
		require.NoError(t, err)
		require.Equal(t, "header\n"+string(text), string(got))
		require.Equal(t, (n+7+memberSize-1)/memberSize, bytes.Count(five.Bytes(), magic))
	}
}

func TestGzipReadsMembers(t *testing.T) {
	tool, err := exec.LookPath("gzip")
	if err != nil {
		t.Skip("there is no gzip here")
	}
	folder := t.TempDir()
	for _, name := range []string{"p", "p.gz"} {
		w, err := NewWriter(filepath.Join(folder, name), resumableHeader(t, 0))
		require.NoError(t, err)
		grow(w, 14, 1)
		require.NoError(t, w.Close(nil))
	}
	plain, err := os.ReadFile(filepath.Join(folder, "p"))
	require.NoError(t, err)
	require.Greater(t, len(plain), memberSize)
	got, err := exec.Command(tool, "-dc", filepath.Join(folder, "p.gz")).Output()
	require.NoError(t, err)
	require.True(t, bytes.Equal(plain, got))
}

func TestTheCheckerReadsMembers(t *testing.T) {
	n := gen.Resonance(5)
	text := n.Canonical()
	path := tempProof(t, "p.gz")
	b, err := ball.New(ball.LInf, make([]float64, n.Inputs()), 1)
	require.NoError(t, err)
	_, err = Prove(t.Context(), n, b, path, enumerate.Options{})
	require.NoError(t, err)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Greater(t, bytes.Count(raw, magic), 1)
	report, err := certificate.Check(text, path, certificate.Options{})
	require.NoError(t, err)
	require.EqualValues(t, 11292, report.Count, "chambers of the resonance arrangement")
}
