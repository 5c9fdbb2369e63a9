// Safetensors: a header in JSON, and the bytes that it points to.

package arrays

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
)

// ReadSafetensors reads a file with the keys of a torch.nn.Sequential. Errors name the tensor, the
// field and what was expected.
func ReadSafetensors(r io.Reader) (*network.Network, *network.Import, error) {
	im := &network.Import{Format: "safetensors"}
	n, err := readSafetensors(r, im)
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: %w", err)
	}
	return n, im, nil
}

func readSafetensors(r io.Reader, im *network.Import) (*network.Network, error) {
	f, err := fileOf(r)
	if err != nil {
		return nil, err
	}
	tensors, begin, err := f.header()
	if err != nil {
		return nil, err
	}
	modules, err := modulesOf(tensors)
	if err != nil {
		return nil, err
	}
	arrays, err := f.decoded(tensors, begin)
	if err != nil {
		return nil, err
	}
	layers := make([]dense, len(modules))
	for i, m := range modules {
		if layers[i], err = m.layer(arrays); err != nil {
			return nil, err
		}
		layers[i].active = i < len(modules)-1 && modules[i+1].index > m.index+1
	}
	im.Precision = precision(arrays)
	note(im, layers)
	if m := modules[0]; m.index > 0 {
		im.Note(fmt.Sprintf("What stands before %s in the Sequential has no weights, and is taken to do nothing.", m.name))
	}
	return chain(layers)
}

// tensors returns the numbers of all tensors of a file.
func (f file) tensors() (map[string]*Array, error) {
	tensors, begin, err := f.header()
	if err != nil {
		return nil, err
	}
	return f.decoded(tensors, begin)
}

// decoded returns the numbers of all tensors, whose offsets are from begin on.
func (f file) decoded(tensors map[string]*tensor, begin int64) (map[string]*Array, error) {
	arrays := map[string]*Array{}
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		a, err := tensors[name].read(f, begin)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		arrays[name] = a
	}
	return arrays, nil
}

// tensor is an entry of the header.
type tensor struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets []int  `json:"data_offsets"`
}

// header returns the entries, and where the bytes begin that they point to.
func (f file) header() (map[string]*tensor, int64, error) {
	prefix := make([]byte, 8)
	if f.size < int64(len(prefix)) {
		return nil, 0, errors.New("the file ends before its header")
	}
	if _, err := f.ReadAt(prefix, 0); err != nil {
		return nil, 0, err
	}
	n, left := binary.LittleEndian.Uint64(prefix), f.size-int64(len(prefix))
	if n > uint64(left) {
		return nil, 0, fmt.Errorf("a header of %d bytes in a file of %d", n, f.size)
	}
	text, rest := make([]byte, n), int(left)-int(n)
	if _, err := io.ReadFull(io.NewSectionReader(f, int64(len(prefix)), int64(n)), text); err != nil {
		return nil, 0, err
	}
	raw, err := fields(text)
	if err != nil {
		return nil, 0, err
	}
	delete(raw, "__metadata__")
	tensors, room := map[string]*tensor{}, maxEntries
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		t := &tensor{}
		if err := json.Unmarshal(raw[name], t); err != nil {
			return nil, 0, fmt.Errorf("tensor %q: %w, expected a dtype, a shape and data_offsets of whole numbers", name, err)
		}
		if o := t.Offsets; len(o) != 2 || o[0] < 0 || o[1] < o[0] || o[1] > rest {
			return nil, 0, fmt.Errorf("tensor %q: data_offsets %v, expected two within the %d bytes after the header", name, o, rest)
		}
		if room -= t.elements(); room < 0 {
			return nil, 0, fmt.Errorf("tensor %q: more than %d elements in all", name, maxEntries)
		}
		tensors[name] = t
	}
	return tensors, f.size - int64(rest), apart(tensors, rest)
}

// apart says that two tensors share bytes, or that some of the bytes are of none: the format allows
// neither, and of such a file somebody else may read other numbers.
func apart(tensors map[string]*tensor, size int) error {
	names := slices.SortedFunc(maps.Keys(tensors), func(a, b string) int {
		return cmp.Or(slices.Compare(tensors[a].Offsets, tensors[b].Offsets), cmp.Compare(a, b))
	})
	end := 0
	for _, name := range names {
		if at := tensors[name].Offsets; at[0] != end {
			return fmt.Errorf("tensor %q: data_offsets %v, expected ones from %d on, where the tensor before it ends", name, at, end)
		}
		end = tensors[name].Offsets[1]
	}
	if len(tensors) > 0 && end != size {
		return fmt.Errorf("%d bytes behind the last tensor, expected none", size-end)
	}
	return nil
}

// fields reads an object whose fields have different names, which the format asks for: of two of
// one name readers take either.
func fields(text []byte) (map[string]json.RawMessage, error) {
	in, raw := json.NewDecoder(bytes.NewReader(text)), map[string]json.RawMessage{}
	begin, err := in.Token()
	switch {
	case err != nil:
	case begin == nil: // null, which has no tensors
		return raw, nil
	case begin != json.Delim('{'):
		err = errors.New("no object")
	}
	for err == nil && in.More() {
		var name json.Token
		if name, err = in.Token(); err != nil {
			break
		}
		key, _ := name.(string)
		if raw[key] != nil {
			return nil, fmt.Errorf("tensor %q: given twice", key)
		}
		var v json.RawMessage
		err = in.Decode(&v)
		raw[key] = v
	}
	if err == nil {
		_, err = in.Token()
	}
	if err == nil {
		if _, more := in.Token(); more != io.EOF {
			err = errors.New("something follows the object")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the header is not JSON: %w", err)
	}
	return raw, nil
}

// module is a torch.nn.Linear of a Sequential.
type module struct {
	index        int
	name         string
	weight, bias *tensor
}

var moduleKey = regexp.MustCompile(`^(|.*\.)(0|[1-9][0-9]{0,5})\.(weight|bias)$`)

// modulesOf returns the modules in order.
func modulesOf(tensors map[string]*tensor) ([]*module, error) {
	if len(tensors) == 0 {
		return nil, errors.New("no tensors")
	}
	byIndex, prefixes, strange := map[int]*module{}, map[string]bool{}, []string{}
	for name, t := range tensors {
		m := moduleKey.FindStringSubmatch(name)
		if m == nil {
			strange = append(strange, name)
			continue
		}
		prefixes[m[1]] = true
		i, _ := strconv.Atoi(m[2]) // of six digits at most
		if byIndex[i] == nil {
			byIndex[i] = &module{index: i, name: m[1] + m[2]}
		}
		if m[3] == "weight" {
			byIndex[i].weight = t
		} else {
			byIndex[i].bias = t
		}
	}
	const expected = "expected 0.weight, 0.bias, 2.weight, … as a torch.nn.Sequential of Linear layers has them; export any other network as ONNX"
	if len(strange) > 0 {
		return nil, fmt.Errorf("tensors %s, %s", short(strange), expected)
	}
	if len(prefixes) > 1 {
		return nil, fmt.Errorf("tensors of several parts, %s, %s", short(slices.Collect(maps.Keys(prefixes))), expected)
	}
	var out []*module
	for _, i := range slices.Sorted(maps.Keys(byIndex)) {
		m := byIndex[i]
		switch {
		case m.weight == nil:
			return nil, fmt.Errorf("tensor %q: missing beside the bias, %s", m.name+".weight", expected)
		case len(m.weight.Shape) != 2 || m.bias != nil && len(m.bias.Shape) != 1:
			return nil, fmt.Errorf("tensor %q: shape %v, expected that of a Linear layer; export a network of any other as ONNX", m.name+".weight", m.weight.Shape)
		}
		out = append(out, m)
	}
	return out, nil
}

// layer makes a layer of a module.
func (m *module) layer(arrays map[string]*Array) (dense, error) {
	rows, cols := m.weight.Shape[0], m.weight.Shape[1]
	l := dense{name: m.name, w: mat.NewDense(rows, cols, arrays[m.name+".weight"].Data)}
	if m.bias == nil {
		return l, nil
	}
	if l.b = arrays[m.name+".bias"].Data; len(l.b) != rows {
		return dense{}, fmt.Errorf("tensor %q: %d numbers, expected %d, the rows of the weight", m.name+".bias", len(l.b), rows)
	}
	return l, nil
}

// kinds are the types of elements that are read.
var kinds = map[string]elements{"F64": float64s, "F32": float32s, "F16": float16s, "BF16": bfloats}

// elements returns how many the bytes of a tensor are, of a type that is not read as many as they
// may be.
func (t *tensor) elements() int {
	n := t.Offsets[1] - t.Offsets[0]
	if kind, ok := kinds[t.DType]; ok {
		return n / kind.width
	}
	return n
}

// read reads the numbers of a tensor of a file whose offsets are from begin on.
func (t *tensor) read(f file, begin int64) (*Array, error) {
	kind, ok := kinds[t.DType]
	if !ok {
		return nil, fmt.Errorf("dtype %q, supported are F64, F32, F16 and BF16", t.DType)
	}
	size := int64(t.Offsets[1] - t.Offsets[0])
	v, err := kind.decode(t.Shape, io.NewSectionReader(f, begin+int64(t.Offsets[0]), size), size)
	return &Array{Shape: t.Shape, Data: v, kind: kind}, err
}
