// Package load reads a network from a file, in the format that the file's
// ending says: .onnx, .nnet, .npz, .safetensors, or .json for the canonical text, each of them also
// compressed, with .gz behind it.
//
//	net, im, err := load.Read("policy.onnx", load.Options{})
//	if err != nil { … }
//	fmt.Println(net.Inputs(), net.Hidden(), im.Format)
package load

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/arrays"
	"github.com/relucell/relucell/network/nnet"
	"github.com/relucell/relucell/network/onnx"
)

// MaxFileBytes is the largest file that is opened, whatever its format.
const MaxFileBytes = 1 << 30

// Options says how to read. The zero value is the default of every format.
type Options struct {
	// NormaliseNNet applies the normalisation that an .nnet file holds.
	NormaliseNNet bool
	// Output names the output of an .onnx graph, or the value within it, that is the network's;
	// empty is the first output.
	Output string
	// Batch is the number of rows of a fixed batch of an .onnx graph that the network is for: 0 and
	// 1 are one of them, where they do not mix, anything else must be all.
	Batch int
	// Steps is the number of steps of a recurrent network in an .onnx file; 0 is what the file
	// says.
	Steps int
}

// Read reads the network of a file. Errors name the file and what was expected.
func Read(path string, opt Options) (*network.Network, *network.Import, error) {
	read, err := readerFor(path, filepath.Dir(path), opt)
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
	if st.Mode().IsRegular() && st.Size() > 0 { // what looks empty may be made as it is read
		return from(io.NewSectionReader(f, 0, st.Size()), path, read)
	}
	return from(f, path, read)
}

// ReadBytes reads the network of data, in the format of a file of that name. An .onnx model with
// external data is refused: it has no folder.
func ReadBytes(data []byte, name string, opt Options) (*network.Network, *network.Import, error) {
	read, err := readerFor(name, "", opt)
	if err != nil {
		return nil, nil, err
	}
	return from(bytes.NewReader(data), name, read)
}

// reader reads one format.
type reader func(io.Reader) (*network.Network, *network.Import, error)

func from(f io.Reader, path string, read reader) (*network.Network, *network.Import, error) {
	r, err := plain(f, path)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	n, im, err := read(r)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return n, im, nil
}

// lfsPointer is how a file begins that stands for one kept elsewhere.
const lfsPointer = "version https://git-lfs.github.com/spec/"

// plain returns the bytes of a file, unpacked where its ending says so: at most MaxFileBytes.
func plain(f io.Reader, path string) (io.Reader, error) {
	if strings.ToLower(filepath.Ext(path)) == packed {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("not a gzip file: %w", err)
		}
		f = io.LimitReader(z, MaxFileBytes+1)
	}
	var head []byte
	// What can be read from any place stays so: its readers need not have it in memory.
	if at, ok := f.(placed); ok {
		head = make([]byte, min(at.Size(), int64(len(lfsPointer))))
		_, _ = at.ReadAt(head, 0) // a reader will find the same error
	} else {
		b := bufio.NewReader(f)
		head, _ = b.Peek(len(lfsPointer))
		f = b
	}
	return f, foreign(head, endingOf(path))
}

// foreign says that a file is not what its name says, by how it begins.
func foreign(head []byte, ending string) error {
	isText := ending == ".json" || ending == ".nnet"
	switch {
	case string(head) == lfsPointer:
		return errors.New("a Git LFS pointer, not the file itself: get it with git lfs pull")
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}) && ending != ".safetensors": // which begins with any length
		return errors.New("compressed by gzip, expected a name that ends in .gz as well")
	case isText && (bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})):
		return errors.New("a text in UTF-16, expected UTF-8: save it with that encoding")
	case isText && bytes.HasPrefix(head, []byte("\ufeff")):
		return errors.New("a text with a byte order mark, expected UTF-8 without one: save it with that encoding")
	}
	return nil
}

// endingOf is the ending of a name that says what the file is, compressed or not.
func endingOf(path string) string {
	return filepath.Ext(strings.TrimSuffix(strings.ToLower(path), packed))
}

// placed is a reader of what is there as a whole.
type placed interface {
	io.ReaderAt
	Size() int64
}

// packed ends the names of compressed files.
const packed = ".gz"

// readerFor chooses by the ending of path. The folder is where external data lies, empty for none.
func readerFor(path, folder string, opt Options) (reader, error) {
	ending := endingOf(path)
	if opt.Output != "" && ending != ".onnx" {
		return nil, fmt.Errorf("%s: output %q asked for, but only .onnx files name theirs", path, opt.Output)
	}
	if opt.Batch > 1 && ending != ".onnx" {
		return nil, fmt.Errorf("%s: a batch of %d asked for, but only .onnx files have one", path, opt.Batch)
	}
	if opt.Steps != 0 && ending != ".onnx" {
		return nil, fmt.Errorf("%s: %d steps asked for, but only .onnx files have a free number of them", path, opt.Steps)
	}
	if opt.NormaliseNNet && ending != ".nnet" {
		return nil, fmt.Errorf("%s: normalisation asked for, but only .nnet files hold one", path)
	}
	switch ending {
	case ".onnx":
		return func(r io.Reader) (*network.Network, *network.Import, error) {
			return onnx.ReadWith(r, onnx.Options{Output: opt.Output, Batch: opt.Batch, Folder: folder, Steps: opt.Steps})
		}, nil
	case ".nnet":
		return func(r io.Reader) (*network.Network, *network.Import, error) { return nnet.Read(r, opt.NormaliseNNet) }, nil
	case ".npz":
		return arrays.ReadNPZ, nil
	case ".safetensors":
		return arrays.ReadSafetensors, nil
	case ".json":
		return func(r io.Reader) (*network.Network, *network.Import, error) {
			n, err := network.ReadCanonical(io.LimitReader(r, MaxFileBytes))
			return n, &network.Import{Format: "canonical", Precision: "hexadecimal text"}, err
		}, nil
	}
	return nil, fmt.Errorf("%s: unknown ending %q, expected .onnx, .nnet, .npz, .safetensors or .json (the canonical text), or one of them with .gz behind it", path, ending)
}
