package extremum

import (
	"fmt"
	"math/big"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseForm(t *testing.T) {
	for text, want := range map[string]string{
		"y0 - y1":                "1 -1 0 0",
		"-y2":                    "0 0 -1 0",
		"2*y0+0.5 y1 - 1/3":      "2 1/2 0 -1/3",
		"y0 + y0 + 1 - 1.25":     "2 0 0 -1/4",
		"3":                      "0 0 0 3",
		" + 1/2 y1 ":             "0 1/2 0 0",
		"12345678901234567890y0": "12345678901234567890 0 0 0",
		// An exponent was refused, though queries take it.
		"1e-3*y0 - 2.5E+2y1 + 1e1": "1/1000 -250 0 10",
		" 1 / 2 y 1 - 2 * y0":      "-2 1/2 0 0",
		// Leading zeros made a fraction octal, which no decimal was.
		"010/3 y0 + 010 y1 - 1/010": "10/3 10 0 -1/10",
		// What stands behind an output, or in brackets, was refused.
		"y0 + y1/3": "1 1/3 0 0", "(y0+y1)/2": "1/2 1/2 0 0", "-(y0 - 2)*3": "-3 0 0 6", "y0*2 − 3·Y_2": "2 0 -3 0",
		"2(y0 - y1)/(1 + 3)": "1/2 -1/2 0 0", "1/2 y0 * 3": "3/2 0 0 0", "0.5/2": "0 0 0 1/4", "1e3/2 - 1/1e3": "0 0 0 499999/1000",
		"0*y0": "0 0 0 0", "y1/((3))": "0 1/3 0 0", "y0/2/3": "1/6 0 0 0", "\ty0\n+\r\n1": "1 0 0 1",
	} {
		f, err := ParseForm(text, 3)
		require.NoError(t, err, text)
		var got string
		for _, c := range append(f.C, f.Offset) {
			got += " " + c.RatString()
		}
		require.Equal(t, " "+want, got, text)
	}
	const outputs, operand, operator = "expected an output from y0 to y2", "expected a number, an output or a bracket, as in 2*y0", "expected an operator, as in 2*y0"
	for text, want := range map[string]string{
		"": "expected a form", "  ": "expected a form", "y3": `column 1: "y3", ` + outputs, "y0 + 2*y99999999999999999999": "column 8: \"y999", "x0": `column 1: "x", ` + operand,
		"y0 y1": `column 4: "y1", ` + operator, "y0 +": "it ends where a number, an output or a bracket was expected", "2*": "it ends where", "y0--y1": `column 4: "-", ` + operand,
		"1/0": "column 3: a quotient by 0", "y0/(1 - 1)": "column 4: a quotient by 0", "1/y0": "column 3: a quotient by outputs", "y0*y1": "column 4: a product of outputs", "y0(y1)": operator,
		"1e": `column 2: "e", ` + operator, "1e1001 y0": `column 1: "1e1001": expected an exponent of at most 1000`, "1e-99999999999999999999": "an exponent",
		"1 2y0": `column 3: "2", ` + operator, "y0 1": `column 4: "1", ` + operator, // a space was nothing, and the number 12
		"1_0": `column 2: "_", ` + operator, "ÿ0": `column 1: "ÿ", ` + operand, "y0 − é": `column 6: "é", ` + operand, "(y0 + y1": "it ends where the ) of the ( in column 1 was expected",
		"2*(y0 y1)": `column 7: "y1", expected the ) of the ( in column 3`, "y0)": `column 3: ")", ` + operator, "()": `column 2: ")", ` + operand, "y0 + .5": `column 6: ".", ` + operand,
		"y": `column 1: "y", ` + operand, strings.Repeat("1e1000*", 30) + "y0": "a number of more than 65536 bits",
	} {
		_, err := ParseForm(text, 3)
		require.ErrorContains(t, err, want, text)
	}
}

// Sums of products, drawn as a tree and as what it is worth, in brackets wherever they may be.
func TestFormsAreWhatIsWritten(t *testing.T) {
	const outputs = 3
	numberOf := func(r *rand.Rand) (string, *big.Rat) {
		a, b := 1+r.Int63n(9), 1+r.Int63n(9)
		return [...]string{fmt.Sprint(a), fmt.Sprintf("%d.5", a), fmt.Sprintf("(%d/%d)", a, b), fmt.Sprintf("%de-2", a), fmt.Sprintf("(-%d)", a)}[a%5],
			[...]*big.Rat{big.NewRat(a, 1), big.NewRat(2*a+1, 2), big.NewRat(a, b), big.NewRat(a, 100), big.NewRat(-a, 1)}[a%5]
	}
	var sum func(r *rand.Rand, depth int) (string, linear)
	product := func(r *rand.Rand, depth int) (string, linear) {
		text, value := "", newLinear()
		switch kind := r.Intn(3); {
		case kind == 0:
			text, value.offset = numberOf(r)
		case kind == 1 || depth == 0:
			i := r.Intn(outputs)
			text, value.c[i] = fmt.Sprintf("y%d", i), big.NewRat(1, 1)
		default:
			text, value = sum(r, depth-1)
			text = "(" + text + ")"
		}
		for range r.Intn(3) {
			w, v := numberOf(r)
			switch r.Intn(3) {
			case 0:
				text, value = text+" / "+w, value.times(new(big.Rat).Inv(v))
			case 1:
				text, value = text+"*"+w, value.times(v)
			default:
				text, value = w+" * "+text, value.times(v)
			}
		}
		return text, value
	}
	sum = func(r *rand.Rand, depth int) (string, linear) {
		text, total := "", newLinear()
		for k := range 1 + r.Intn(3) {
			w, v := product(r, depth)
			switch sign := r.Intn(3); {
			case sign == 0:
				text, v = text+" - "+w, v.times(big.NewRat(-1, 1))
			case k > 0 || sign == 1:
				text += "+" + w
			default:
				text += w
			}
			total.add(v)
		}
		return text, total
	}
	for seed := range int64(2000) {
		text, want := sum(rand.New(rand.NewSource(seed)), 3)
		f, err := ParseForm(text, outputs)
		require.NoError(t, err, text)
		require.Zero(t, f.Offset.Cmp(want.offset), text)
		for i, c := range f.C {
			if want.c[i] == nil {
				require.Zero(t, c.Sign(), text)
			} else {
				require.Zero(t, c.Cmp(want.c[i]), text)
			}
		}
	}
}

func FuzzParseForm(f *testing.F) {
	f.Add("y0 - 2*y1 + 1/3")
	f.Fuzz(func(t *testing.T, text string) {
		if g, err := ParseForm(text, 4); err == nil {
			require.Len(t, g.C, 4)
		}
	})
}
