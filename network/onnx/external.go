// External data: tensors whose bytes lie in another file, as exporters write them beside a model
// that is not small. Only files inside the model's folder are opened.

package onnx

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// outside is where external data lies.
type outside struct {
	// folder is the model's; empty refuses external data.
	folder string
	// left is the number of bytes that may still be read.
	left int64
}

// decode reads a tensor of the model, or of the file that it names.
func (o *outside) decode(p *onnxpb.TensorProto) *tensor {
	if p.GetDataLocation() != onnxpb.TensorProto_EXTERNAL || o.folder == "" {
		return decode(p)
	}
	q := proto.CloneOf(p)
	q.DataLocation, q.ExternalData = nil, nil
	saying(func() { q.RawData = o.read(p) }, "external data")
	return decode(q)
}

// read reads the bytes that a tensor names.
func (o *outside) read(p *onnxpb.TensorProto) []byte {
	fields := map[string]string{}
	for _, e := range p.ExternalData {
		fields[e.GetKey()] = e.GetValue()
	}
	location := fields["location"]
	root, err := os.OpenRoot(o.folder)
	must(err)
	defer root.Close()
	st, err := root.Stat(location)
	if err == nil && !st.Mode().IsRegular() { // a pipe would keep Open waiting
		panic(refusalf("%q is no regular file", location))
	}
	f, err := root.Open(location)
	var named *fs.PathError
	if errors.As(err, &named) {
		err = named.Err // a reader of errors of files would take the location for the model
	}
	if err != nil {
		panic(refusalf("location %q: %w, expected a file inside the model's folder (keep it beside the model, or export with external_data=False)", location, err))
	}
	defer f.Close()
	st, err = f.Stat()
	must(err)
	offset, length := int64(0), st.Size()
	if s := fields["offset"]; s != "" {
		if offset, err = strconv.ParseInt(s, 10, 64); err != nil {
			panic(refusalf("offset %q, expected a number", s))
		}
	}
	length -= offset
	if s := fields["length"]; s != "" {
		if length, err = strconv.ParseInt(s, 10, 64); err != nil {
			panic(refusalf("length %q, expected a number", s))
		}
	}
	if offset < 0 || length < 0 || offset > st.Size() || length > st.Size()-offset {
		panic(refusalf("%q has %d bytes, expected %d from %d on", location, st.Size(), length, offset))
	}
	if o.left -= length; o.left < 0 {
		panic(refusalf("more than a gigabyte in all"))
	}
	raw := make([]byte, length)
	_, err = io.ReadFull(io.NewSectionReader(f, offset, length), raw)
	must(err)
	return raw
}
