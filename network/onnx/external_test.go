// External data beside a model: read where it is inside the folder, and refused where it is not.

package onnx

import (
	"encoding/binary"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

func TestExternalData(t *testing.T) {
	dir := t.TempDir()
	raw := []byte("junk")
	for _, v := range []float64{1, 2, 3, 4, 5, 6} {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "net.data"), raw, 0o600))
	outside := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(outside, raw, 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	try := func(folder string, entries ...string) error {
		c := good()
		w := c.g.Initializer[0]
		w.DoubleData, w.DataLocation = nil, onnxpb.TensorProto_EXTERNAL.Enum()
		for i := 0; i < len(entries); i += 2 {
			w.ExternalData = append(w.ExternalData, &onnxpb.StringStringEntryProto{Key: &entries[i], Value: &entries[i+1]})
		}
		n, _, err := readModel(encode(t, c.model()), testLimit, Options{Folder: folder})
		if err == nil {
			want, _, err := good().read(t)
			require.NoError(t, err)
			require.Equal(t, want.Fingerprint(), n.Fingerprint())
		}
		return err
	}
	require.NoError(t, try(dir, "location", "net.data", "offset", "4", "length", "48"))
	require.NoError(t, try(dir, "location", "net.data", "offset", "4"))
	for _, c := range []struct {
		want    string
		entries []string
	}{
		{"expected a file inside the model's folder", []string{"location", outside}},
		{"expected a file inside the model's folder", []string{"location", "../x"}},
		{"expected a file inside the model's folder", []string{"location", "link"}},
		{"no such file", []string{"location", "none"}},
		{"has 52 bytes, expected 48 from 8 on", []string{"location", "net.data", "offset", "8", "length", "48"}},
		{"has 52 bytes, expected", []string{"location", "net.data", "offset", "-8"}},
		{"raw_data: 52 bytes, expected 48", []string{"location", "net.data"}},
		{"is no regular file", []string{"location", "."}},
		{"is no regular file", []string{"location", "pipe"}}, // reading waited for a writer
	} {
		err := try(dir, c.entries...)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, `tensor "w": `)
		var named *fs.PathError
		require.NotErrorAs(t, err, &named, "the location was told in the place of the model")
	}
	require.ErrorContains(t, try("", "location", "net.data"), "its data is in another file")
}

// What was decoded may be gone, and is read again; its bytes count once.
func TestConstantsAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	raw := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, math.Float64bits(3)), math.Float64bits(-5))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data"), raw, 0o600))
	key, name := "location", "data"
	c := &constant{proto: &onnxpb.TensorProto{Dims: []int64{2}, DataType: proto.Int32(int32(onnxpb.TensorProto_DOUBLE)), DataLocation: onnxpb.TensorProto_EXTERNAL.Enum(),
		ExternalData: []*onnxpb.StringStringEntryProto{{Key: &key, Value: &name}}}}
	all := tensors{outside: outside{dir, int64(len(raw))}}
	for range 3 {
		require.Equal(t, []float64{3, -5}, all.tensorOf(c).floats)
		for c.kept.Value() != nil {
			runtime.GC()
		}
		require.Zero(t, all.outside.left)
	}
}
