package cone

// Files: a description as JSON of one spelling, and matrices as comma-separated values.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
)

// jsonVersion is the version of the format, under the name that marks it.
const jsonVersion = 1

// WriteJSON writes the description: integers of any length, a vector a line, the same bytes for
// equal cones.
func (d *Description) WriteJSON(w io.Writer) error {
	out := bufio.NewWriter(w)
	list := func(name string, vectors [][]*big.Int) {
		fmt.Fprintf(out, ",\n \"%s\": [", name)
		for i, v := range vectors {
			if i > 0 {
				out.WriteByte(',')
			}
			fmt.Fprint(out, "\n  [")
			for k, x := range v {
				if k > 0 {
					out.WriteByte(',')
				}
				out.WriteString(x.String())
			}
			out.WriteByte(']')
		}
		fmt.Fprint(out, "]")
	}
	fmt.Fprintf(out, "{\"relucell-cone\": %d, \"dimensions\": %d", jsonVersion, d.Dim)
	list("lineality", d.Lineality)
	list("rays", d.Rays)
	fmt.Fprint(out, "}\n")
	return out.Flush()
}

// ReadJSON reads a description. That it is canonical is not asked for: vectors of the right length
// that are not 0 are.
func ReadJSON(r io.Reader) (*Description, error) {
	var f struct {
		Version    int                 `json:"relucell-cone"`
		Dimensions int                 `json:"dimensions"`
		Lineality  [][]json.RawMessage `json:"lineality"`
		Rays       [][]json.RawMessage `json:"rays"`
	}
	if err := files.ReadJSON(r, &f); err != nil {
		return nil, fmt.Errorf("%w, expected the description of a cone, as relucell cone rays writes it", err)
	}
	if f.Version != jsonVersion || f.Dimensions < 0 {
		return nil, fmt.Errorf("relucell-cone: version %d in %d dimensions, expected version %d", f.Version, f.Dimensions, jsonVersion)
	}
	d := &Description{Dim: f.Dimensions}
	var err error
	if d.Lineality, err = directions("lineality", f.Lineality, d.Dim); err != nil {
		return nil, err
	}
	if d.Rays, err = directions("rays", f.Rays, d.Dim); err != nil {
		return nil, err
	}
	return d, nil
}

// directions are the vectors of a field, of so many integers that are not all 0.
func directions(name string, vectors [][]json.RawMessage, dim int) (list [][]*big.Int, err error) {
	for i, words := range vectors {
		if len(words) != dim {
			return nil, fmt.Errorf("%s: vector %d has %d numbers, expected %d", name, i, len(words), dim)
		}
		v := make([]*big.Int, dim)
		for k, w := range words {
			var ok bool
			if v[k], ok = new(big.Int).SetString(string(w), 10); !ok {
				return nil, fmt.Errorf("%s: vector %d holds %s, expected integers", name, i, files.Shorten(string(w)))
			}
		}
		if isZero(v) {
			return nil, fmt.Errorf("%s: vector %d is 0, expected a direction", name, i)
		}
		list = append(list, v)
	}
	return list, nil
}

// ReadCSV reads rows of a matrix, comma-separated, of which [WholeRows] makes those of a cone.
// Integers and fractions such as -2/3 are taken as they are, decimals as the float64 next to them,
// as weights are: rounded says how many of them are no float64. Lines that begin with # are
// comments. Errors name line and column, from 1.
func ReadCSV(r io.Reader) (rows [][]*big.Rat, rounded int, err error) {
	err = files.Rows(r, func(line int, record []string) error {
		if len(rows) > 0 && len(record) != len(rows[0]) {
			return fmt.Errorf("line %d: %d columns, expected %d as in the first line", line, len(record), len(rows[0]))
		}
		row := make([]*big.Rat, len(record))
		for k, cell := range record {
			v, exact, err := number64(strings.TrimSpace(cell))
			if err != nil {
				return fmt.Errorf("line %d: column %d: %w", line, k+1, err)
			}
			if row[k] = v; !exact {
				rounded++
			}
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	if len(rows) == 0 {
		return nil, 0, errors.New("no rows, expected at least one line of numbers")
	}
	return rows, rounded, nil
}

// number64 reads an integer or a fraction as it is, and anything else as the next float64.
func number64(s string) (v *big.Rat, exact bool, err error) {
	if v, err = fraction(s); err == nil {
		return v, true, nil
	}
	f, err := dyadic.ParseFloat(s)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, false, fmt.Errorf("%q, expected a finite number or a fraction such as -2/3", files.Shorten(s))
	}
	v = new(big.Rat).SetFloat64(f)
	said, ok := new(big.Rat), len(s) <= maxDigits && (f != 0 || !strings.ContainsAny(s, "123456789"))
	if ok {
		said, ok = said.SetString(s) // its exponent is one that a float64 has
	}
	return v, ok && said.Cmp(v) == 0, nil
}
