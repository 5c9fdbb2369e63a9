// Package steps reads what the lines of the tree of a count say, in their one spelling: names of
// the path with multipliers, bounds of the box, witnesses, and parts. docs/certificate.md has the
// spelling; what the lines claim is none of its business.
//
// Numbers are integers of any value within the caps of package canonical. What is returned is in
// range: an index below its limit, names of the path that ascend, multipliers of at least 1.
package steps

import (
	"math/big"
	"math/bits"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// Terms are those of a sum: names of the path, ascending, and multipliers, of which the first is
// what the line decides or bounds, and the others belong to the names.
type Terms struct {
	Names  []int
	Factor []big.Int
	// Bits says that all the multipliers sum up to less than 2^Bits.
	Bits int
}

// Read reads [λ_self] (name [λ])+, behind so many names of the path.
func (t *Terms) Read(in *canonical.Lines, b []byte, names int) {
	t.Names, t.Bits = t.Names[:0], 0
	for last, i, ok := -1, 0, true; i == 0 || len(b) > 0; i++ {
		if i > 0 {
			var after int64
			after, b, ok = canonical.Name(b)
			in.Require(ok, "expected a name: at most 6 capitals and a small letter")
			in.Require(after < int64(names), "a name beyond the path")
			id := names - 1 - int(after)
			in.Require(id > last, "names stand once each, from the farthest to the nearest")
			t.Names, last = append(t.Names, id), id
		}
		if i == len(t.Factor) {
			t.Factor = append(t.Factor, big.Int{})
		}
		m := &t.Factor[i]
		if m.SetInt64(1); len(b) > 0 && '0' <= b[0] && b[0] <= '9' {
			b, ok = canonical.Natural(b, canonical.MaxLong, m)
			in.Require(ok && m.BitLen() > 1, "a multiplier is an integer ≥ 2 in its one spelling, or left out for 1")
		}
		t.Bits = max(t.Bits, m.BitLen())
	}
	in.Require(len(t.Names) > 0, "expected one name at least")
	t.Bits += bits.Len(uint(len(t.Names) + 1))
}

// OfBound is what a line with a bound is expected to have.
const OfBound = "expected an input, an integer that is odd, an exponent, or any integer and 0, and multipliers, with a space between"

// Bound reads an input, of so many, and a bound x·2^−e of it; a space and the multipliers follow.
func Bound(in *canonical.Lines, text []byte, inputs int, x *big.Int) (i int, e uint, rest []byte) {
	i, text, ok0 := canonical.Index(text, inputs)
	text, ok1 := canonical.Integer(in.Space(text, OfBound), x)
	v, text, ok2 := canonical.Index(in.Space(text, OfBound), canonical.MaxScale+1)
	in.Require(ok0 && ok1 && ok2 && (v == 0 || x.Bit(0) == 1), OfBound)
	return i, uint(v), text
}

// Point reads the point x·2^−e of a witness.
func Point(in *canonical.Lines, text []byte, x []big.Int) (e uint) {
	v, text, ok := canonical.Index(text, canonical.MaxScale+1)
	in.Require(ok, "expected an exponent")
	odd := v == 0
	for k := range x {
		in.Require(len(text) > 1, "expected as many coordinates as inputs")
		if text[0] != '-' { // a space, and no minus sign behind it
			ok = text[0] == ' ' && text[1] != '-'
			text = text[1:]
		}
		if ok {
			text, ok = canonical.Integer(text, &x[k])
		}
		in.Require(ok, "expected integers, each behind a space or its minus sign")
		odd = odd || x[k].Bit(0) == 1
	}
	in.Require(len(text) == 0, "expected as many coordinates as inputs, and nothing behind them")
	in.Require(odd, "expected an odd coordinate, or the exponent 0")
	return uint(v)
}

// Part reads the name of a file and its hash. The file is in the same folder.
func Part(in *canonical.Lines, text string) (name, hash string) {
	name, hash, ok := strings.Cut(strings.TrimPrefix(text, " "), " ")
	in.Require(ok && text[0] == ' ' && safe(name) && strings.HasPrefix(hash, "sha256:"),
		"expected @, a name of letters, digits, - _ and . that begins with none of - and ., and a hash")
	return name, hash
}

// safe reports whether a name is that of a file in the same folder.
func safe(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	return name != "" && len(name) <= 255 && name[0] != '.' && name[0] != '-' && strings.Trim(name, letters+"-.") == ""
}
