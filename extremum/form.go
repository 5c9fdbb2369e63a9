package extremum

// Forms of outputs, as users write them: "y0 - y1", "2*y0 + 0.5 y3 - 1".

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/vnnlib"
)

// Form is Σ C_i·y_i + Offset, one coefficient for each output.
type Form struct {
	C      []*big.Rat
	Offset *big.Rat
}

// maxText bounds a form as text, and with it the digits of its numbers.
const maxText = 1 << 16

// termText is a term: a sign, a decimal or a fraction, an asterisk, an output.
var termText = regexp.MustCompile(`^([+-]?) ?([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?: ?/ ?[0-9]+)?)? ?(\*?) ?(?:y ?([0-9]+))? ?`)

// ParseForm reads a sum of terms: outputs y0, y1, …, each with a decimal or a fraction before it or
// none, and numbers alone. An error names the place and what was expected.
func ParseForm(text string, outputs int) (Form, error) {
	f := Form{C: make([]*big.Rat, outputs), Offset: new(big.Rat)}
	for i := range f.C {
		f.C[i] = new(big.Rat)
	}
	rest := strings.Join(strings.Fields(text), " ")
	if rest == "" || len(rest) > maxText {
		return f, fmt.Errorf("%d bytes, expected a form such as y0 - y1, of at most %d", len(rest), maxText)
	}
	for first := true; rest != ""; first = false {
		m := termText.FindStringSubmatch(rest)
		if m == nil || m[2] == "" && m[4] == "" || !first && m[1] == "" || m[3] != "" && m[4] == "" {
			return f, fmt.Errorf("at %.20q: expected terms such as 2*y0 or 0.5, with + or - between", rest)
		}
		v, err := coefficient(m[2])
		if err != nil {
			return f, fmt.Errorf("at %.20q: %w", rest, err)
		}
		if m[1] == "-" {
			v.Neg(v)
		}
		to := f.Offset
		if m[4] != "" {
			i, err := strconv.Atoi(m[4])
			if err != nil || i >= outputs {
				return f, fmt.Errorf("y%s: expected an output from y0 to y%d", m[4], outputs-1)
			}
			to = f.C[i]
		}
		to.Add(to, v)
		rest = rest[len(m[0]):]
	}
	return f, nil
}

// coefficient reads a decimal, with an exponent as a query has it, or a fraction of two whole
// numbers; "" is 1.
func coefficient(text string) (*big.Rat, error) {
	if text == "" {
		return big.NewRat(1, 1), nil
	}
	isFraction := strings.Contains(text, "/")
	if !isFraction && strings.ContainsAny(text, "eE") {
		return vnnlib.Decimal(text)
	}
	v := dyadic.ParseRat(strings.ReplaceAll(text, " ", ""))
	if v == nil || isFraction && strings.ContainsAny(text, ".eE") {
		return nil, errors.New("expected a decimal or a fraction")
	}
	return v, nil
}

// Neg returns −f.
func (f Form) Neg() Form {
	g := Form{C: make([]*big.Rat, len(f.C)), Offset: new(big.Rat).Neg(f.Offset)}
	for i, c := range f.C {
		g.C[i] = new(big.Rat).Neg(c)
	}
	return g
}

// At returns the form's value at outputs y.
func (f Form) At(y []*big.Rat) *big.Rat {
	v := new(big.Rat).Set(f.Offset)
	for i, c := range f.C {
		v.Add(v, new(big.Rat).Mul(c, y[i]))
	}
	return v
}

// over returns den·f(W·x + b), den > 0, for W and b in integers times 2^exp: den in the same scale.
func (f Form) over(rows [][]*big.Int, exp int) (row []*big.Int, den *big.Rat) {
	common := new(big.Int).Set(f.Offset.Denom())
	var g, t big.Int
	for _, c := range f.C {
		g.GCD(nil, nil, common, c.Denom())
		common.Mul(common, t.Quo(c.Denom(), &g))
	}
	// The integers of the rows are 2^−exp times as large; the offset must follow.
	shift := 0
	if exp > 0 {
		shift = exp
	}
	row = make([]*big.Int, len(rows[0]))
	for k := range row {
		row[k] = new(big.Int)
		for i, c := range f.C {
			if c.Sign() != 0 {
				t.Mul(c.Num(), g.Quo(common, c.Denom()))
				row[k].Add(row[k], t.Mul(&t, rows[i][k]))
			}
		}
		row[k].Lsh(row[k], uint(shift))
	}
	t.Mul(f.Offset.Num(), g.Quo(common, f.Offset.Denom()))
	last := row[len(row)-1]
	last.Add(last, t.Lsh(&t, uint(shift-exp)))
	den = new(big.Rat).SetInt(g.Lsh(common, uint(shift-exp)))
	return row, den
}
