// Package load reads a network from a file, in the format that the file's
// ending says: .onnx, .nnet, or .json for the canonical text.
//
//	net, im, err := load.Read("policy.onnx", load.Options{})
//	if err != nil { … }
//	fmt.Println(net.Inputs(), net.Hidden(), im.Format)
package load

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/nnet"
	"github.com/relucell/relucell/network/onnx"
)

// MaxFileBytes is the largest file that is opened, whatever its format.
const MaxFileBytes = 1 << 30

// Options says how to read. The zero value is the default of every format.
type Options struct {
	// NormaliseNNet applies the normalisation that an .nnet file holds.
	NormaliseNNet bool
}

// Read reads the network of a file. Errors name the file and what was expected.
func Read(path string, opt Options) (*network.Network, *network.Import, error) {
	read, err := readerFor(path, opt)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err // it names the file
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if st.IsDir() {
		return nil, nil, fmt.Errorf("%s: is a folder, expected a file", path)
	}
	if st.Size() > MaxFileBytes {
		return nil, nil, fmt.Errorf("%s: %d bytes, expected at most %d", path, st.Size(), MaxFileBytes)
	}
	n, im, err := read(f)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return n, im, nil
}

func readerFor(path string, opt Options) (func(io.Reader) (*network.Network, *network.Import, error), error) {
	ending := strings.ToLower(filepath.Ext(path))
	if opt.NormaliseNNet && ending != ".nnet" {
		return nil, fmt.Errorf("%s: normalisation asked for, but only .nnet files hold one", path)
	}
	switch ending {
	case ".onnx":
		return onnx.Read, nil
	case ".nnet":
		return func(r io.Reader) (*network.Network, *network.Import, error) { return nnet.Read(r, opt.NormaliseNNet) }, nil
	case ".json":
		return func(r io.Reader) (*network.Network, *network.Import, error) {
			n, err := network.ReadCanonical(io.LimitReader(r, MaxFileBytes))
			return n, &network.Import{Format: "canonical", Precision: "hexadecimal text"}, err
		}, nil
	}
	return nil, fmt.Errorf("%s: unknown ending %q, expected .onnx, .nnet or .json (the canonical text)", path, ending)
}
