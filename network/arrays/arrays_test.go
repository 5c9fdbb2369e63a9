// Files of arrays: written here from networks, and read back to the same; and what is refused.

package arrays

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/network"
)

// npyBytes spells an array as numpy does, version 1.
func npyBytes(descr, shape string, raw []byte) []byte {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, shape)
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	b := append([]byte(npyMagic), 1, 0)
	return append(append(binary.LittleEndian.AppendUint16(b, uint16(len(header))), header...), raw...)
}

func raw64(v []float64) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// zipped is an archive of files, name after content.
func zipped(t require.TestingT, files ...any) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i].(string) + ".npy")
		require.NoError(t, err)
		_, err = w.Write(files[i+1].([]byte))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// safetensorsBytes spells tensors as the format says.
func safetensorsBytes(t require.TestingT, tensors map[string]tensor, data []byte) []byte {
	text, err := json.Marshal(tensors)
	require.NoError(t, err)
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), data...)
}

// drawNetwork is a chain of ReLU layers, the last without.
func drawNetwork(t *rapid.T) *network.Network {
	widths := rapid.SliceOfN(rapid.IntRange(1, 4), 2, 5).Draw(t, "widths")
	entry := rapid.OneOf(rapid.Float64Range(-4, 4), rapid.SampledFrom([]float64{0, 1, 0x1p-1074, math.MaxFloat64}))
	var layers []network.Layer
	for i := 1; i < len(widths); i++ {
		numbers := func(n int) []float64 {
			v := rapid.SliceOfN(entry, n, n).Draw(t, "numbers")
			for k := range v {
				v[k] += 0
			}
			return v
		}
		l := network.Layer{W: mat.NewDense(widths[i], widths[i-1], numbers(widths[i]*widths[i-1])), B: numbers(widths[i]), Act: network.ReLU}
		if i == len(widths)-1 {
			l.Act = network.None
		}
		layers = append(layers, l)
	}
	n, err := network.New(layers)
	require.NoError(t, err)
	return n
}

func TestFilesOfANetworkAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		first, columns := rapid.IntRange(0, 1).Draw(t, "first"), rapid.Bool().Draw(t, "columns")
		prefix := rapid.SampledFrom([]string{"", "net.", "a.b."}).Draw(t, "prefix")
		var files []any
		tensors, data := map[string]tensor{}, []byte{}
		put := func(name string, v []float64, shape ...int) {
			at := len(data)
			data = append(data, raw64(v)...)
			tensors[name] = tensor{"F64", shape, []int{at, len(data)}}
		}
		for i, l := range n.Layers() {
			w, shape := l.Dense(), fmt.Sprintf("%d, 1", l.Out())
			if columns {
				w, shape = mat.DenseCopyOf(l.W.T()), fmt.Sprintf("1, %d", l.Out())
			}
			r, c := w.Dims()
			files = append(files, fmt.Sprintf("W%d", first+i), npyBytes("<f8", fmt.Sprintf("%d, %d", r, c), raw64(w.RawMatrix().Data)),
				fmt.Sprintf("b%d", first+i), npyBytes("<f8", shape, raw64(l.B)))
			put(fmt.Sprintf("%s%d.weight", prefix, 2*i), l.Dense().RawMatrix().Data, l.Out(), l.In())
			put(fmt.Sprintf("%s%d.bias", prefix, 2*i), l.B, l.Out())
		}
		fromNPZ, im, err := ReadNPZ(bytes.NewReader(zipped(t, files...)))
		if err == nil {
			require.Equal(t, n.Fingerprint(), fromNPZ.Fingerprint())
			require.Equal(t, "float64", im.Precision)
			require.Len(t, im.Notes, 1)
		} else { // all biases have one number, and tell nothing
			require.ErrorContains(t, err, "fit both")
		}
		fromTorch, im, err := ReadSafetensors(bytes.NewReader(safetensorsBytes(t, tensors, data)))
		require.NoError(t, err)
		require.Equal(t, n.Fingerprint(), fromTorch.Fingerprint())
		require.Len(t, im.Notes, 1)
	})
}

// Layers whose numbers follow one another have no activation between them.
func TestASequentialWithoutActivations(t *testing.T) {
	one := func(at int) tensor { return tensor{"F32", []int{1, 1}, []int{at, at + 4}} }
	data := []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x80, 0xbf}
	n, im, err := ReadSafetensors(bytes.NewReader(safetensorsBytes(t, map[string]tensor{"1.weight": one(0), "2.weight": one(4), "4.weight": one(8)}, data)))
	require.NoError(t, err)
	require.Equal(t, []int{1}, n.Hidden())
	require.Equal(t, network.None, n.Layers()[0].Act)
	require.Equal(t, []float64{-6}, n.Forward([]float64{3}))
	require.Equal(t, []string{"The file does not say what the activations are: a ReLU is taken to follow 2, and none 1, 4.",
		"What stands before 1 in the Sequential has no weights, and is taken to do nothing."}, im.Notes)
}

func TestNarrowFloats(t *testing.T) {
	for name, c := range map[string]struct {
		kind elements
		raw  []byte
		want []float64
	}{
		"float16":  {float16s, []byte{0, 0x3c, 0, 0xc0, 1, 0, 0xff, 0x7b}, []float64{1, -2, 0x1p-24, 65504}},
		"bfloat16": {bfloats, []byte{0x80, 0x3f, 0, 0xc0, 1, 0, 0x81, 0x3f}, []float64{1, -2, 0x1p-133, 1.0078125}},
	} {
		got, err := c.kind.decode([]int{4}, bytes.NewReader(c.raw), int64(len(c.raw)))
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
	}
	_, err := float16s.decode([]int{1}, bytes.NewReader([]byte{0, 0x7c}), 2)
	require.ErrorContains(t, err, "element 0 is +Inf")
}

func TestNPZRefusals(t *testing.T) {
	square := npyBytes("<f8", "2, 2", raw64([]float64{1, 2, 3, 4}))
	pair := npyBytes("<f8", "2,", raw64([]float64{1, 2}))
	for want, data := range map[string][]byte{
		"not a zip archive":                         []byte("hello"),
		`array "lr": not one of W0, b0, W1, b1, …`:  zipped(t, "W0", square, "lr", pair),
		`array "W0": given twice`:                   zipped(t, "W0", square, "W0", square),
		"no arrays W0, b0":                          zipped(t, "b0", pair),
		"are not W0, b0, W1, … without a gap":       zipped(t, "W0", square, "W2", square),
		"fit both W·x + b and x·W + b":              zipped(t, "W0", square, "b0", pair),
		"do not fit each other":                     zipped(t, "W0", square, "b0", npyBytes("<f8", "3,", raw64([]float64{1, 2, 3}))),
		"array W0: shape [2], expected a matrix":    zipped(t, "W0", pair),
		"array b0: shape [2 2], expected a vector":  zipped(t, "W0", square, "b0", square),
		`type "<i8", supported are`:                 zipped(t, "W0", npyBytes("<i8", "1, 1", raw64([]float64{0}))),
		`array "W0": not in the .npy format`:        zipped(t, "W0", []byte("text")),
		"element 0 is NaN":                          zipped(t, "W0", npyBytes("<f8", "1, 1", raw64([]float64{math.NaN()}))),
		"16 bytes, expected 32, the 4 float64":      zipped(t, "W0", npyBytes("<f8", "2, 2", raw64([]float64{1, 2}))),
		"shape (70000, 70000), expected sizes":      zipped(t, "W0", npyBytes("<f8", "70000, 70000", nil)),
		"shape (0, 1), expected sizes of at least ": zipped(t, "W0", npyBytes("<f8", "0, 1", nil)),
		"expected one as numpy writes it":           zipped(t, "W0", npyBytes("<f8', 'x': '", "1", nil)),
	} {
		_, _, err := ReadNPZ(bytes.NewReader(data))
		require.ErrorContains(t, err, want)
	}
}

func TestSafetensorsRefusals(t *testing.T) {
	bytes8 := make([]byte, 8)
	file := func(tensors map[string]tensor) []byte { return safetensorsBytes(t, tensors, bytes8) }
	two := func(a, b string, second tensor) []byte {
		return safetensorsBytes(t, map[string]tensor{a: {"F32", []int{1, 2}, []int{0, 8}}, b: second}, make([]byte, 16))
	}
	w, v := tensor{"F32", []int{1, 2}, []int{0, 8}}, tensor{"F32", []int{1, 2}, []int{8, 16}}
	for want, data := range map[string][]byte{
		"ends before its header":                    []byte("short"),
		"a header of 18446744073709551615 bytes":    bytes.Repeat([]byte{0xff}, 9),
		"the header is not JSON":                    append([]byte{2, 0, 0, 0, 0, 0, 0, 0}, "{["...),
		"no tensors":                                file(nil),
		`tensor "0.weight": given twice`:            append([]byte{28, 0, 0, 0, 0, 0, 0, 0}, `{"0.weight":1,"0.weight":{}}`...),
		"something follows the object":              append([]byte{4, 0, 0, 0, 0, 0, 0, 0}, "{}{}"...),
		`tensors ["fc1.weight"], expected 0.weigh`:  file(map[string]tensor{"fc1.weight": w}),
		"tensors of several parts":                  two("a.0.weight", "b.1.weight", v),
		`tensor "1.weight": missing beside`:         file(map[string]tensor{"1.bias": w}),
		`tensor "0.weight": shape [2]`:              file(map[string]tensor{"0.weight": {"F32", []int{2}, []int{0, 8}}}),
		`dtype "I8", supported are`:                 file(map[string]tensor{"0.weight": {"I8", []int{1, 8}, []int{0, 8}}}),
		"data_offsets [0 9], expected two within":   file(map[string]tensor{"0.weight": {"F32", []int{1, 2}, []int{0, 9}}}),
		"8 bytes, expected 12":                      file(map[string]tensor{"0.weight": {"F32", []int{1, 3}, []int{0, 8}}}),
		"2 numbers, expected 1, the rows":           two("0.weight", "0.bias", tensor{"F32", []int{2}, []int{8, 16}}),
		"1: 2 inputs, expected 1, the outputs of 0": two("0.weight", "1.weight", v),
	} {
		_, _, err := ReadSafetensors(bytes.NewReader(data))
		require.ErrorContains(t, err, want)
	}
	// Bytes of two tensors, and of none, were read.
	for want, second := range map[string]tensor{
		`tensor "0.bias": data_offsets [4 8], expected ones from 8 on`:   {"F32", []int{1}, []int{4, 8}},
		`tensor "0.bias": data_offsets [12 16], expected ones from 8 on`: {"F32", []int{1}, []int{12, 16}},
		"4 bytes behind the last tensor, expected none":                  {"F32", []int{1}, []int{8, 12}},
		`tensor "0.bias": json: cannot unmarshal`:                        {},
	} {
		data := two("0.weight", "0.bias", second)
		if second.DType == "" {
			data = bytes.Replace(two("0.weight", "0.bias", v), []byte("[1,2]"), []byte("[1.5]"), 1)
		}
		_, _, err := ReadSafetensors(bytes.NewReader(data))
		require.ErrorContains(t, err, want)
	}
}

// A file of a few bytes that claims gigabytes, in its shapes or behind its compression, costs
// little.
func TestClaimsAreNotAllocated(t *testing.T) {
	bomb := zipped(t, "W0", npyBytes("<f8", "1, 1", make([]byte, 1<<24)))
	require.Less(t, len(bomb), 1<<16)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := ReadNPZ(bytes.NewReader(bomb))
	require.ErrorContains(t, err, "9 bytes, expected 8")
	_, _, err = ReadNPZ(bytes.NewReader(zipped(t, "W0", npyBytes("<f8", "8192, 8192", nil))))
	require.ErrorContains(t, err, "0 bytes, expected")
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<22))
}

func FuzzReadNPZ(f *testing.F) {
	f.Add(zipped(f, "W0", npyBytes("<f8", "1, 2", raw64([]float64{1, 2})), "b0", npyBytes("<f8", "1,", raw64([]float64{1}))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, im, err := ReadNPZ(bytes.NewReader(data)); err == nil {
			require.NotEmpty(t, im.Precision)
			require.NotZero(t, n.Inputs())
		}
	})
}

func FuzzReadSafetensors(f *testing.F) {
	f.Add(safetensorsBytes(f, map[string]tensor{"0.weight": {"F32", []int{1, 2}, []int{0, 8}}, "0.bias": {"BF16", []int{1}, []int{2, 4}}}, make([]byte, 8)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, im, err := ReadSafetensors(bytes.NewReader(data)); err == nil {
			require.NotEmpty(t, im.Precision)
			require.NotZero(t, n.Inputs())
		}
	})
}

// A file of .npz was in memory three times, and one of .safetensors twice.
func TestNumbersOfAFileAreInMemoryOnce(t *testing.T) {
	const side = 1 << 10
	raw := bytes.Repeat([]byte{0, 0, 0x80, 0x3f}, side*side) // ones, as zeros make a sparse matrix of it
	var z bytes.Buffer
	archive := zip.NewWriter(&z)
	w, err := archive.CreateHeader(&zip.FileHeader{Name: "W0.npy", Method: zip.Store}) // as numpy.savez does
	require.NoError(t, err)
	_, err = w.Write(npyBytes("<f4", "1024, 1024", raw))
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	tensors := safetensorsBytes(t, map[string]tensor{"0.weight": {"F32", []int{side, side}, []int{0, len(raw)}}}, raw)
	for name, read := range map[string]func() (*network.Network, *network.Import, error){
		"npz":         func() (*network.Network, *network.Import, error) { return ReadNPZ(bytes.NewReader(z.Bytes())) },
		"safetensors": func() (*network.Network, *network.Import, error) { return ReadSafetensors(bytes.NewReader(tensors)) },
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n, _, err := read()
		runtime.ReadMemStats(&after)
		require.NoError(t, err, name)
		require.Equal(t, side, n.Inputs())
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8*side*side+1<<20), name)
	}
}

// Readers that are no whole file, or not at its begin, are read from where they are.
func TestReadersInTheMiddle(t *testing.T) {
	text := safetensorsBytes(t, map[string]tensor{"0.weight": {"F32", []int{1, 2}, []int{0, 8}}}, make([]byte, 8))
	r := bytes.NewReader(append([]byte("before"), text...))
	_, err := r.Seek(int64(len("before")), io.SeekStart)
	require.NoError(t, err)
	for _, in := range []io.Reader{r, io.MultiReader(bytes.NewReader(text))} {
		n, _, err := ReadSafetensors(in)
		require.NoError(t, err)
		require.Equal(t, 2, n.Inputs())
	}
}

// Elements of .safetensors were counted as if they had two bytes: files of float32 were refused
// above half of the limit.
func TestElementsAreCountedByTheirWidth(t *testing.T) {
	for dtype, width := range map[string]int{"F64": 8, "F32": 4, "F16": 2, "BF16": 2} {
		for elements, message := range map[int]string{maxEntries: "", maxEntries + 1: `tensor "0.weight": more than 67108864 elements in all`} {
			head := safetensorsBytes(t, map[string]tensor{"0.weight": {dtype, []int{elements}, []int{0, elements * width}}}, nil)
			_, _, err := file{bytes.NewReader(head), int64(len(head) + elements*width)}.header()
			if message == "" {
				require.NoError(t, err, dtype)
			} else {
				require.ErrorContains(t, err, message, dtype)
			}
		}
	}
}
