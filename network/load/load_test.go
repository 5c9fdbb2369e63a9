// Choosing a reader by the file's ending, and errors that name the file.

package load

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx"
)

const text = "1,1,1,1\n1,1\n0\n0\n0\n1,0\n4,1\n0.5\n-1\n"

func TestReadChoosesByEnding(t *testing.T) {
	n, err := network.New([]network.Layer{{W: mat.NewDense(1, 1, []float64{0.5}), B: []float64{-1}}})
	require.NoError(t, err)
	var model, canonical bytes.Buffer
	require.NoError(t, onnx.Write(&model, n, true))
	require.NoError(t, n.WriteCanonical(&canonical))
	for name, c := range map[string]struct {
		data   []byte
		format string
	}{
		"a.onnx":    {model.Bytes(), "onnx"},
		"a.nnet":    {[]byte(text), "nnet"},
		"a.json":    {canonical.Bytes(), "canonical"},
		"a.JSON":    {canonical.Bytes(), "canonical"},
		"a.onnx.gz": {zipped(t, model.Bytes()), "onnx"},
		"a.nnet.gz": {zipped(t, []byte(text)), "nnet"},
		"a.json.gz": {zipped(t, canonical.Bytes()), "canonical"},
	} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, c.data, 0o600))
		got, im, err := Read(path, Options{})
		require.NoError(t, err)
		require.Equal(t, c.format, im.Format)
		require.Equal(t, n.Fingerprint(), got.Fingerprint())
	}
}

func zipped(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestReadNormalises(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.nnet")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	n, im, err := Read(path, Options{NormaliseNNet: true})
	require.NoError(t, err)
	require.Len(t, n.Layers(), 3)
	require.Contains(t, im.Normalisation, "applied")
}

func TestReadRefusals(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	bad := filepath.Join(dir, "bad.onnx")
	require.NoError(t, os.WriteFile(bad, []byte("hello"), 0o600))
	badText := filepath.Join(dir, "bad.json")
	require.NoError(t, os.WriteFile(badText, []byte("{"), 0o600))
	pointer := filepath.Join(dir, "pointer.onnx")
	require.NoError(t, os.WriteFile(pointer, []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"), 0o600))
	notPacked := filepath.Join(dir, "a.onnx.gz")
	require.NoError(t, os.WriteFile(notPacked, []byte("hello"), 0o600))
	cut := filepath.Join(dir, "cut.json.gz") // its checksum was read as something that follows
	n, err := network.New([]network.Layer{{W: mat.NewDense(1, 1, []float64{0.5}), B: []float64{-1}}})
	require.NoError(t, err)
	whole := zipped(t, n.Canonical())
	whole[len(whole)-5] ^= 1
	require.NoError(t, os.WriteFile(cut, whole, 0o600))
	large := filepath.Join(dir, "large.nnet")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, MaxFileBytes+1)) // a hole: it takes no room
	folder := filepath.Join(dir, "folder.onnx")
	require.NoError(t, os.Mkdir(folder, 0o700))
	for _, c := range []struct {
		path string
		opt  Options
		want string
	}{
		{filepath.Join(dir, "none.onnx"), Options{}, "no such file"},
		{"net.txt", Options{}, `net.txt: unknown ending ".txt", expected .onnx, .nnet, .npz, .safetensors or .json`},
		{"net", Options{}, `net: unknown ending ""`},
		{bad, Options{}, bad + ": not an ONNX model"},
		{bad, Options{NormaliseNNet: true}, bad + ": normalisation asked for, but only .nnet"},
		{badText, Options{}, badText + ": canonical text: ends too early"},
		{large, Options{}, large + ": 1073741825 bytes, expected at most"},
		{pointer, Options{}, "a Git LFS pointer, not the file itself: get it with git lfs pull"},
		{notPacked, Options{}, "not a gzip file"},
		{cut, Options{}, "gzip: invalid checksum, expected the end"},
		{badText, Options{Output: "y"}, `output "y" asked for, but only .onnx`},
		{"net.gz", Options{}, `net.gz: unknown ending`},
		{folder, Options{}, folder + ": is a folder"},
		{write("packed.onnx", string(whole)), Options{}, "compressed by gzip, expected a name that ends in .gz as well"},
		{write("wide.json", "\xff\xfe{\x00"), Options{}, "a text in UTF-16, expected UTF-8"},
		{write("marked.nnet", "\ufeff1,2"), Options{}, "a text with a byte order mark, expected UTF-8 without one"},
	} {
		_, _, err := Read(c.path, c.opt)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, filepath.Base(c.path))
	}
}

// The trained networks that lie in testdata come in two formats: one network each.
func TestTestdataIsTheSameInBothFormats(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "*.onnx"))
	require.NoError(t, err)
	for _, path := range paths {
		a, _, err := Read(path, Options{})
		require.NoError(t, err)
		b, _, err := Read(path[:len(path)-len("onnx")]+"json", Options{})
		require.NoError(t, err)
		require.Equal(t, a.Fingerprint(), b.Fingerprint(), path)
	}
}

// sharedNetwork reads a public network, or skips.
func sharedNetwork(b *testing.B, name string) *network.Network {
	path := filepath.Join("..", "..", "..", "shared", "nets", name)
	if _, err := os.Stat(path); err != nil {
		b.Skipf("no file %s", path)
	}
	n, _, err := Read(path, Options{})
	require.NoError(b, err)
	return n
}

func BenchmarkPatternOfACASXu(b *testing.B) {
	n := sharedNetwork(b, "ACASXU_run2a_1_1_batch_2000.onnx")
	x := []float64{0.01, -0.02, 0.03, 0.04, -0.05}
	for b.Loop() {
		n.Pattern(x)
	}
}

func BenchmarkAffineOfACASXu(b *testing.B) {
	n := sharedNetwork(b, "ACASXU_run2a_1_1_batch_2000.onnx")
	p := n.Pattern([]float64{0.01, -0.02, 0.03, 0.04, -0.05})
	for b.Loop() {
		n.Affine(p)
	}
}
