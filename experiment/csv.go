// Tables of numbers with a class in the last column, and what is refused: every refusal
// names the file, the line, the column and what was expected.

package experiment

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
)

// maxTableBytes bounds a table, unpacked: far beyond what networks of a countable size learn from.
const maxTableBytes = 1 << 28

// DataNames are the sets that OpenData knows by name.
var DataNames = []string{"moons", "spirals", "iris", "digits", "mnist"}

// cached are the files of the sets that are fetched, not drawn.
var cached = map[string]string{"iris": "iris.csv", "digits": "digits.csv.gz"}

// digitsInk is the largest grey value of a pixel of the digits.
const digitsInk = 16

// OpenData returns the data set of a name, or reads a CSV file (gzip by the ending .gz): numbers,
// the class in the last column, at most one header line. cache is the folder that holds iris.csv,
// digits.csv.gz and mnist/0.json to 9.json. Pixels of digits are divided by 16; columns of any
// other table get mean 0 and deviation 1 over all rows. Errors are of one line and name the file.
func OpenData(source, cache string) (*Data, error) {
	switch source {
	case "moons":
		return TwoMoons(), nil
	case "spirals":
		return Spirals(), nil
	case "mnist":
		return openMNIST(filepath.Join(cache, "mnist"))
	case "":
		return nil, errors.New("data: empty, expected " + strings.Join(DataNames, ", ") + " or a CSV file")
	}
	path, name := source, strings.TrimSuffix(strings.TrimSuffix(filepath.Base(source), ".gz"), ".csv")
	if file, ok := cached[source]; ok {
		path = filepath.Join(cache, file)
	}
	text, sum, err := readTable(path)
	if errors.Is(err, fs.ErrNotExist) && path != source {
		return nil, fmt.Errorf("%s: no such file, expected the data set %s there; \"make data\" fetches it", path, source)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if source == "iris" { // its first line says "150,4,setosa,…": not the names of the columns
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	d, err := parseTable(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d.Name, d.Source, d.SHA256 = fileName(name), source, sum
	if source == "digits" {
		d.scale(func([]float64) (float64, float64) { return 0, digitsInk })
	} else {
		d.scale(standard)
	}
	return d, nil
}

// fileName keeps of a name what is harmless in a file's name.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '_'
	}, s)
	return cmp.Or(s, "data")
}

func readTable(path string) (text []byte, sum string, err error) {
	raw, err := files.ReadLimited(path, maxTableBytes)
	if err != nil {
		return nil, "", files.Cause(err)
	}
	text, err = files.Unpacked(bytes.NewReader(raw), path, maxTableBytes)
	return text, fmt.Sprintf("%x", sha256.Sum256(raw)), err
}

// parseTable reads rows of numbers with a class at the end.
func parseTable(text []byte) (*Data, error) {
	p, err := files.Table{Class: true, Most: math.MaxFloat32}.Read(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	d := &Data{Inputs: len(p.X[0]), Rows: len(p.X), table: samples{x: p.X}}
	for i, cell := range p.Class {
		if p.Class[i], err = classLabel(cell); err != nil {
			return nil, fmt.Errorf("line %d: column %d: %w", p.Lines[i], d.Inputs+1, err)
		}
	}
	return d, d.classes(p.Class)
}

// classLabel returns the label; a number has one spelling, so that 1 and 1.0 are one class.
func classLabel(label string) (string, error) {
	v, err := dyadic.ParseFloat(label)
	if label == "" || err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
		return "", fmt.Errorf("%q, expected the name or number of a class", files.Shorten(label))
	}
	if err == nil {
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	}
	return label, nil
}

// classes numbers the labels: numbers by size, then names by the alphabet.
func (d *Data) classes(labels []string) error {
	rows := map[string]int{}
	for _, l := range labels {
		rows[l]++
	}
	names := slices.SortedFunc(maps.Keys(rows), func(a, b string) int {
		x, errX := dyadic.ParseFloat(a)
		y, errY := dyadic.ParseFloat(b)
		if errX == nil && errY == nil {
			return cmp.Compare(x, y)
		}
		if (errX == nil) != (errY == nil) {
			return cmp.Compare(strconv.FormatBool(errX != nil), strconv.FormatBool(errY != nil))
		}
		return cmp.Compare(a, b)
	})
	switch {
	case len(names) == 1:
		return fmt.Errorf("column %d: all %d rows are of class %q, expected at least two classes", d.Inputs+1, len(labels), files.Shorten(names[0]))
	case 2*len(names) > len(labels):
		return fmt.Errorf("column %d: %d classes in %d rows, expected at least two rows a class", d.Inputs+1, len(names), len(labels))
	}
	for _, l := range labels {
		d.table.class = append(d.table.class, slices.Index(names, l))
	}
	d.Classes = len(names)
	return nil
}

// scale replaces each column v by (v−shift)/unit, rounded to float32, which the trainer takes.
func (d *Data) scale(of func(column []float64) (shift, unit float64)) {
	column := make([]float64, d.Rows)
	for k := range d.Inputs {
		for i, x := range d.table.x {
			column[i] = x[k]
		}
		shift, unit := of(column)
		for _, x := range d.table.x {
			x[k] = float64(float32((x[k] - shift) / unit))
		}
	}
}

// standard returns mean and deviation, 1 for the deviation of a constant column.
func standard(column []float64) (mean, deviation float64) {
	if slices.Min(column) == slices.Max(column) {
		return column[0], 1
	}
	n := float64(len(column))
	for _, v := range column {
		mean += v / n
	}
	for _, v := range column {
		deviation += (v - mean) * (v - mean) / n
	}
	return mean, math.Sqrt(deviation)
}
