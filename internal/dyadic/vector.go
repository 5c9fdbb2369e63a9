package dyadic

// Numbers m·2^e and vectors of them. Weights, centres and radii are float64, so integers with one
// power of two a vector carry a pass through a network without any rounding and without any gcd:
// that is many times faster than big.Rat.

import (
	"context"
	"math"
	"math/big"
	"math/bits"
)

// ZeroInts returns so many integers 0.
func ZeroInts(n int) []*big.Int { return pointers(make([]big.Int, n)) }

// ZeroRats returns so many fractions 0.
func ZeroRats(n int) []*big.Rat { return pointers(make([]big.Rat, n)) }

func pointers[T any](v []T) []*T {
	p := make([]*T, len(v))
	for i := range v {
		p[i] = &v[i]
	}
	return p
}

// Split returns m and e with v = m·2^e, m odd, or 0, 0 for zero. v must be finite.
func Split(v float64) (m int64, e int) {
	const mantissa, exponents, bias = 52, 1<<11 - 1, 1075
	b := math.Float64bits(v)
	m, e = int64(b&(1<<mantissa-1)), int(b>>mantissa&exponents)
	if e == 0 {
		e = 1 // below the normal range, and zero
	} else {
		m |= 1 << mantissa
	}
	if m == 0 {
		return 0, 0
	}
	zeros := bits.TrailingZeros64(uint64(m))
	m, e = m>>zeros, e-bias+zeros
	if v < 0 {
		m = -m
	}
	return m, e
}

// Least returns the least exponent that Split gives of the nonzero values, 0 if there are none.
// They must be finite.
func Least(vs []float64) int {
	if e := least(vs, math.MaxInt); e < math.MaxInt {
		return e
	}
	return 0
}

// least returns the least of so and the exponents of the nonzero values.
func least(vs []float64, so int) int {
	for _, v := range vs {
		if m, e := Split(v); m != 0 {
			so = min(so, e)
		}
	}
	return so
}

// Vector is the vector N_i·2^Exp.
type Vector struct {
	N   []big.Int
	Exp int
}

// Zeros returns the vector of n zeros.
func Zeros(n int) Vector { return Vector{N: make([]big.Int, n)} }

// Floats returns finite floats as a vector, with the largest exponent that there is.
func Floats(vs []float64) Vector {
	d := Vector{N: make([]big.Int, len(vs)), Exp: Least(vs)}
	for i, v := range vs {
		if m, e := Split(v); m != 0 {
			setShifted(&d.N[i], m, e-d.Exp)
		}
	}
	return d
}

// BigFloats returns finite numbers as a vector, with the largest exponent that there is.
func BigFloats(vs []*big.Float) Vector {
	low := math.MaxInt
	for _, v := range vs {
		if v.Sign() != 0 { // an integer multiple of 2^(exponent − MinPrec)
			low = min(low, v.MantExp(nil)-int(v.MinPrec()))
		}
	}
	d := Zeros(len(vs))
	if low == math.MaxInt {
		return d
	}
	d.Exp = low
	for i, v := range vs {
		new(big.Float).SetMantExp(v, -low).Int(&d.N[i])
	}
	return d
}

// setShifted sets z to m·2^s, s ≥ 0.
func setShifted(z *big.Int, m int64, s int) *big.Int { return z.Lsh(z.SetInt64(m), uint(s)) }

// Float returns entry i, with the precision that it needs, at least that of a float64.
func (d Vector) Float(i int) *big.Float { return Float(&d.N[i], d.Exp) }

// Floats returns all entries as Float does.
func (d Vector) Floats() []*big.Float {
	out := make([]*big.Float, len(d.N))
	for i := range out {
		out[i] = d.Float(i)
	}
	return out
}

// Ints returns the integers themselves.
func (d Vector) Ints() []*big.Int { return pointers(d.N) }

// Rats returns all entries as Rat does.
func (d Vector) Rats() []*big.Rat {
	out := make([]*big.Rat, len(d.N))
	for i := range out {
		out[i] = d.Rat(i)
	}
	return out
}

// Rat returns entry i.
func (d Vector) Rat(i int) *big.Rat { return Rat(&d.N[i], d.Exp) }

// IsZero reports whether all entries are 0.
func (d Vector) IsZero() bool {
	for i := range d.N {
		if d.N[i].Sign() != 0 {
			return false
		}
	}
	return true
}

// Float returns n·2^e, with the precision that it needs, at least that of a float64.
func Float(n *big.Int, e int) *big.Float {
	f := new(big.Float).SetInt(n) // rounds to max(bit length, 64) bits: not at all
	return f.SetMantExp(f, e).SetPrec(max(53, f.MinPrec()))
}

// Rat returns n·2^e.
func Rat(n *big.Int, e int) *big.Rat {
	p := new(big.Int).Lsh(big.NewInt(1), uint(max(e, -e)))
	if e >= 0 {
		return new(big.Rat).SetInt(p.Mul(p, n))
	}
	return new(big.Rat).SetFrac(n, p)
}

// Add returns d + o.
func (d Vector) Add(o Vector) Vector {
	if d.Exp < o.Exp {
		d, o = o, d
	}
	sum := Vector{N: make([]big.Int, len(d.N)), Exp: o.Exp}
	for i := range sum.N {
		sum.N[i].Lsh(&d.N[i], uint(d.Exp-o.Exp))
		sum.N[i].Add(&sum.N[i], &o.N[i])
	}
	return sum
}

// Times returns the vector of the products d_i·f_i, f_i finite.
func (d Vector) Times(f []float64) Vector {
	low := Least(f)
	out := Vector{N: make([]big.Int, len(d.N)), Exp: d.Exp + low}
	var t big.Int
	for i, v := range f {
		if m, e := Split(v); m == 1 {
			out.N[i].Lsh(&d.N[i], uint(e-low))
		} else if m != 0 {
			out.N[i].Mul(&d.N[i], setShifted(&t, m, e-low))
		}
	}
	return out
}

// Rows returns row i of a matrix: weights and their columns; at is nil where they are all, in
// order.
type Rows func(i int) (at []int32, w []float64)

// Affine returns W·d + b, W of so many rows, b nil for none; of a row that is nil there is b alone.
// All floats are finite. It costs one big multiplication a nonzero weight, and ends early with the
// error of ctx.
func (d Vector) Affine(ctx context.Context, rows int, w Rows, b []float64) (Vector, error) {
	low := math.MaxInt
	for i := range rows {
		_, row := w(i)
		low = least(row, low)
	}
	if low == math.MaxInt {
		low = 0 // there are no products
	}
	out := Vector{N: make([]big.Int, rows), Exp: least(b, d.Exp+low)}
	var t, product big.Int
	for i := range rows {
		if err := ctx.Err(); err != nil {
			return Vector{}, err
		}
		sum := &out.N[i]
		at, row := w(i)
		for k, v := range row {
			if at != nil {
				k = int(at[k])
			}
			if v != 0 && d.N[k].Sign() != 0 {
				m, e := Split(v)
				product.Mul(t.SetInt64(m), &d.N[k])
				sum.Add(sum, product.Lsh(&product, uint(e+d.Exp-out.Exp)))
			}
		}
		if b != nil && b[i] != 0 {
			m, e := Split(b[i])
			sum.Add(sum, setShifted(&t, m, e-out.Exp))
		}
	}
	return out, nil
}
