// The committed networks are what the program makes, not something edited since.

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx"
)

func TestCommittedNetworksAreReproduced(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may fuse multiplications and additions, which changes last bits")
	}
	dir := t.TempDir()
	for _, j := range jobs {
		var log bytes.Buffer
		require.NoError(t, j.run(dir, &log))
		for _, name := range []string{j.points, j.name + ".json", j.name + ".onnx"} {
			got, err := os.ReadFile(filepath.Join(dir, name))
			require.NoError(t, err)
			want, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", name))
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got), "%s differs: run go run ./internal/tools/train", name)
		}
	}
}

// The two files of a network hold the same network, and it classifies.
func TestCommittedNetworksAgreeAndClassify(t *testing.T) {
	for _, j := range jobs {
		var text, binary *network.Network
		open(t, filepath.Join("..", "..", "..", "testdata", j.name+".json"), func(r io.Reader) (err error) {
			text, err = network.ReadCanonical(r)
			return err
		})
		open(t, filepath.Join("..", "..", "..", "testdata", j.name+".onnx"), func(r io.Reader) (err error) {
			binary, _, err = onnx.Read(r)
			return err
		})
		require.Equal(t, text.Fingerprint(), binary.Fingerprint())
		require.Greater(t, accuracy(text, j.draw(newSource(), j.perClass)), 0.95)
	}
}

func open(t *testing.T, path string, read func(io.Reader) error) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, read(f))
}
