// Package hexjson reads and writes JSON in which numbers are strings of hexadecimal floats: the
// spelling of all texts of this project that hold exact numbers. It is read token by token, so that
// memory grows with what a file holds and never with what it claims; any white space and any order
// of the fields are read, one spelling is written.
package hexjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/relucell/relucell/internal/dyadic"
)

// maxNumber is the longest spelling of a number that is read: the exact
// decimal expansion of the smallest float64 has 1077 characters.
const maxNumber = 1100

// Reader reads one text. Its errors begin with the words that say where, which callers give.
type Reader struct{ dec *json.Decoder }

// NewReader returns a reader of r.
func NewReader(r io.Reader) *Reader {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	return &Reader{dec}
}

// End says that something follows what, unless the text ends here.
func (r *Reader) End(what string) error {
	_, err := r.dec.Token()
	var syntax *json.SyntaxError
	switch {
	case err == io.EOF:
		return nil
	case err == nil || errors.As(err, &syntax):
		return fmt.Errorf("something follows the %s, at byte %d, expected the end", what, r.dec.InputOffset())
	}
	return fmt.Errorf("after the %s, at byte %d: %w, expected the end", what, r.dec.InputOffset(), err)
}

// Early returns err, and where that is the text's end instead an error that says so.
func (r *Reader) Early(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("ends too early, at byte %d", r.dec.InputOffset())
	}
	return err
}

// Token returns the next token.
func (r *Reader) Token() (json.Token, error) { return r.dec.Token() }

// Object reads an object of the given fields, the required ones among them.
func (r *Reader) Object(at string, fields map[string]func(at string) error, required []string) error {
	if err := r.delim(at, '{', "an object"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for r.dec.More() {
		tok, err := r.dec.Token()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		read, known := fields[key]
		switch {
		case !known:
			return fmt.Errorf("%sunknown field %s", at, Show(tok))
		case seen[key]:
			return fmt.Errorf("%sfield %q is given twice", at, key)
		}
		seen[key] = true
		if err := read(at + key + ": "); err != nil {
			return err
		}
	}
	if _, err := r.dec.Token(); err != nil {
		return err
	}
	for _, key := range required {
		if !seen[key] {
			return fmt.Errorf("%sfield %q is missing", at, key)
		}
	}
	return nil
}

// Array reads an array, calling item before each of its items.
func (r *Reader) Array(at string, item func(i int) error) error {
	if err := r.delim(at, '[', "an array"); err != nil {
		return err
	}
	for i := 0; r.dec.More(); i++ {
		if err := item(i); err != nil {
			return err
		}
	}
	_, err := r.dec.Token()
	return err
}

// Vector appends the numbers of an array to dst.
func (r *Reader) Vector(at string, dst []float64) ([]float64, error) {
	err := r.Array(at, func(i int) error {
		v, err := r.Number(at)
		if err != nil {
			return fmt.Errorf("%w (entry %d)", err, i)
		}
		dst = append(dst, v)
		return nil
	})
	return dst, err
}

func (r *Reader) delim(at string, want json.Delim, what string) error {
	tok, err := r.dec.Token()
	if err != nil {
		return err
	}
	if tok != want {
		return fmt.Errorf("%sfound %s, expected %s", at, Show(tok), what)
	}
	return nil
}

// Integer reads a whole number of at least 0, and returns its digits.
func (r *Reader) Integer(at string) (string, error) {
	tok, err := r.dec.Token()
	if err != nil {
		return "", err
	}
	n, ok := tok.(json.Number)
	if !ok || strings.ContainsAny(n.String(), ".eE-") {
		return "", fmt.Errorf("%sfound %s, expected a whole number", at, Show(tok))
	}
	return n.String(), nil
}

// Number reads a string that holds a hexadecimal float, exactly, or a plain JSON number, as the
// nearest float64.
func (r *Reader) Number(at string) (float64, error) {
	tok, err := r.dec.Token()
	if err != nil {
		return 0, err
	}
	switch t := tok.(type) {
	case string:
		v, err := parseHex(t)
		if err != nil {
			return 0, fmt.Errorf("%s%s: %w", at, Show(tok), err)
		}
		return v, nil
	case json.Number:
		v, err := strconv.ParseFloat(t.String(), 64)
		if err != nil || len(t) > maxNumber {
			return 0, fmt.Errorf("%s%s, expected a number within the range of float64", at, Show(tok))
		}
		return v + 0, nil
	}
	return 0, fmt.Errorf("%sfound %s, expected a number", at, Show(tok))
}

// parseHex reads a hexadecimal float, and refuses one that a float64 would round.
func parseHex(s string) (float64, error) {
	digits := strings.TrimPrefix(s, "-")
	if len(s) > maxNumber || !strings.HasPrefix(digits, "0x") || strings.Contains(s, "_") {
		return 0, errors.New("expected a hexadecimal float such as \"-0x1.8p-3\"")
	}
	v, err := strconv.ParseFloat(s, 64)
	if errors.Is(err, strconv.ErrRange) || math.IsInf(v, 0) {
		return 0, errors.New("expected a number within the range of float64")
	}
	if err != nil {
		return 0, errors.New("expected a hexadecimal float such as \"-0x1.8p-3\"")
	}
	var buf [32]byte
	if string(dyadic.AppendHex(buf[:0], v)) == s {
		return v, nil
	}
	// Another spelling. 4 bits a digit hold all of it, so big.Float is exact unless the
	// exponent is beyond its range, which strconv would have called out of range or, far
	// below, rounded to zero.
	exact, _, err := big.ParseFloat(s, 0, uint(4*len(s)), big.ToNearestEven)
	if err != nil || exact.Cmp(big.NewFloat(v)) != 0 {
		return 0, errors.New("needs more than the 53 bits of a float64 or is below its range")
	}
	return v + 0, nil
}

// Show quotes a token for an error message, shortened.
func Show(tok json.Token) string {
	const most = 40
	s := fmt.Sprint(tok)
	if t, ok := tok.(string); ok {
		s = strconv.Quote(t)
	}
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}
