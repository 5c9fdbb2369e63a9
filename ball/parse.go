// This file reads what a user typed: lists of numbers, centres in files, and
// bounds lo:hi. Every error names the field, the place and what was expected.

package ball

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/relucell/relucell/internal/dyadic"
)

// ParseCenter reads a comma-separated list of n numbers, as in "0,0.5,-1".
// Decimal and hexadecimal floats are taken; a decimal is rounded once, to
// the nearest float64.
func ParseCenter(s string, n int) ([]float64, error) {
	return parseList("center", strings.Split(s, ","), n)
}

// ReadCenter reads the centre from the contents of a file: a JSON array of n numbers
// (or of strings, for hexadecimal floats), or n numbers separated by commas,
// spaces or line ends. A byte order mark, which some programs begin a text with, is skipped.
func ReadCenter(data []byte, n int) ([]float64, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if !bytes.HasPrefix(data, []byte("[")) {
		return parseList("center", strings.FieldsFunc(string(data), func(r rune) bool {
			return strings.ContainsRune(", \t\r\n", r)
		}), n)
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("center: %w, expected a JSON array of %d numbers", err, n)
	}
	words := make([]string, len(raw))
	for k, r := range raw {
		if json.Unmarshal(r, &words[k]) != nil {
			words[k] = string(r)
		}
	}
	return parseList("center", words, n)
}

// ParseRadius reads a finite number greater than 0.
func ParseRadius(s string) (float64, error) {
	r, err := parseNumber(s)
	if err != nil {
		return 0, fmt.Errorf("radius: %w greater than 0", err)
	}
	if r <= 0 {
		return 0, fmt.Errorf("radius: %s, expected a finite number greater than 0", brief(strings.TrimSpace(s)))
	}
	return r, nil
}

// ParseBox reads bounds "lo:hi", one pair for all n inputs, or a comma-separated
// list of n pairs, as in "-1:1,0:0.5".
func ParseBox(s string, n int) (Ball, error) {
	lo, hi, err := ParseBounds(s, n)
	if err != nil {
		return Ball{}, err
	}
	return NewBox(lo, hi)
}

// ParseBounds reads bounds as ParseBox does, in any order.
func ParseBounds(s string, n int) (lo, hi []float64, err error) {
	pairs := strings.Split(s, ",")
	if len(pairs) == 1 && n > 1 {
		pairs = make([]string, n)
		for k := range pairs {
			pairs[k] = s
		}
	}
	if len(pairs) != n {
		return nil, nil, fmt.Errorf("box: %d pairs lo:hi, expected one, or one for each of the %d inputs", len(pairs), n)
	}
	lo, hi = make([]float64, n), make([]float64, n)
	for k, pair := range pairs {
		a, b, ok := strings.Cut(pair, ":")
		if !ok {
			return nil, nil, fmt.Errorf("box: coordinate %d is %q, expected lo:hi", k, brief(pair))
		}
		if lo[k], err = parseNumber(a); err == nil {
			hi[k], err = parseNumber(b)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("box: coordinate %d is %q: %w", k, brief(pair), err)
		}
	}
	return lo, hi, nil
}

func parseList(field string, words []string, n int) ([]float64, error) {
	if len(words) != n {
		return nil, fmt.Errorf("%s: %d numbers, expected %d, one per input", field, len(words), n)
	}
	out := make([]float64, n)
	for k, w := range words {
		v, err := parseNumber(w)
		if err != nil {
			return nil, fmt.Errorf("%s: coordinate %d is %w", field, k, err)
		}
		out[k] = v
	}
	return out, nil
}

// parseNumber reads one finite float64.
func parseNumber(s string) (float64, error) {
	s = strings.TrimSpace(s)
	v, err := dyadic.ParseFloat(s)
	if errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("%s, beyond float64, expected a finite number", brief(s))
	}
	if err != nil || !finite(v) {
		return 0, fmt.Errorf("%q, expected a finite number", brief(s))
	}
	return v, nil
}

// brief keeps an error that quotes a word of a file on one line.
func brief(s string) string {
	const most = 60
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
