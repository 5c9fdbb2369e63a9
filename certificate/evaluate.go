package certificate

// The value of one form: its sign at a point, and whether it is positive somewhere on a box or on
// the ball.

import (
	"cmp"
	"math/big"
	"math/bits"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// evaluator asks for signs of forms. The verdict says whether what takes long is to go on.
type evaluator struct {
	*canonical.Verdict
	ball *ball
	// pick says at which of some values a form is evaluated, one for each coefficient. What comes
	// about is in v; b is what becomes a part of a sum, form the form for the l1 and the l2 ball.
	pick []int
	form []big.Int
	v, b []uint
	scratch
}

func newEvaluator(v *canonical.Verdict, b *ball) evaluator {
	n := len(b.box.lo) + 1
	return evaluator{Verdict: v, ball: b, pick: make([]int, n), form: make([]big.Int, n)}
}

// values are integers at which forms are evaluated, and in short the same where they fit. The sum
// of their sizes is less than 2^bits.
type values struct {
	all       []big.Int
	short     []int
	bits      int
	sum, size big.Int // whose storage is used again
}

func newValues(n int) values { return values{all: make([]big.Int, n), short: make([]int, n)} }

// measure sets what follows from the integers.
func (v *values) measure() {
	v.sum.SetInt64(0)
	for i := range v.all {
		v.short[i] = int(v.all[i].Int64())
		v.sum.Add(&v.sum, v.size.Abs(&v.all[i]))
	}
	v.bits = v.sum.BitLen()
}

// long is asked before so many products of words: it ends what takes long once the check is
// stopped. A line has room for hours of such.
func (e *evaluator) long(products int) {
	const short = 1 << 10 // a microsecond, beside which a look is nothing
	if products > short {
		e.Stop()
	}
}

// buffer returns n words, all 0.
func buffer(b *[]uint, n int) []uint {
	*b = append((*b)[:0], make([]uint, n)...)
	return *b
}

// widened returns a vector of numbers of n words as one of k words, or itself where that is the
// same. It is valid until the next call of widened.
func (e *evaluator) widened(b []uint, n, k int) []uint {
	if n == k {
		return b
	}
	z := buffer(&e.b, len(b)/n*k)
	for ; len(b) > 0; z, b = z[k:], b[n:] {
		for j := copy(z[:k], b[:n]); j < k; j++ {
			z[j] = spread(b[:n])
		}
	}
	return e.b
}

// nonpositive reports whether a form of coefficients less than 2^m is nowhere positive on the box
// q, or nowhere on the ball; or, if negative, whether that holds of minus the form.
func (e *evaluator) nonpositive(f []uint, k, m int, negative bool, q *box) bool {
	n, tip := len(e.pick)-1, 0
	for i := range n { // where it is largest on the box
		e.pick[i] = i
		if int(f[(i+1)*k-1]) < 0 == negative {
			e.pick[i] += n
		}
	}
	e.pick[n] = 2 * n
	if !e.positive(f, k, m, negative, &q.values) {
		return true
	}
	if e.ball.centre == nil {
		return false
	}
	for i := range n { // where it is largest on the l1 ball, which the l2 ball holds
		if outgrows(f[i*k:(i+1)*k], f[tip*k:(tip+1)*k]) {
			tip = i
		}
	}
	for i := range n {
		if i != tip {
			e.pick[i] = 2*n + 1 + i
		}
	}
	if e.positive(f, k, m, negative, &e.ball.tips) {
		return false
	}
	if e.ball.norm == "l1" {
		return true
	}
	loadForm(e.form, f, k, negative)
	return e.ball.nonpositive(e.form, &e.scratch)
}

// positive reports whether a form of coefficients less than 2^m is positive where pick says, or, if
// negative, minus the form.
func (e *evaluator) positive(f []uint, k, m int, negative bool, at *values) bool {
	s := e.sign(f, k, m, at)
	return s != 0 && s < 0 == negative
}

// sign returns that of Σ g_i·x_i + h·one for the form f = g·x + h, of coefficients less than 2^m,
// and the x_i and one that pick names of some values.
func (e *evaluator) sign(f []uint, k, m int, of *values) int {
	if s, sure := e.leading(f, k, m, of); sure {
		return s
	}
	if need := length(m + of.bits); need > k {
		f, k = e.widened(f, k, need), need
	}
	e.long(k * len(e.pick) * length(of.bits))
	v := buffer(&e.v, k)
	for i, at := range e.pick {
		mulAdd(v, f[i*k:(i+1)*k], k, &of.all[at], false)
	}
	return signOf(v)
}

// leading is sign from the leading bits of the coefficients, where they tell: each is taken as its
// floor in units of 2^t, which is less than 1 too small. So the sum is less than 2^bits off, those
// of the values. It has two words, or one where the values are so short that this leaves
// coefficients bits enough.
func (e *evaluator) leading(f []uint, k, m int, of *values) (s int, sure bool) {
	const sign = bits.UintSize - 1
	if of.bits >= sign { // then of.short does not hold the point, nor two words the sum and its sign
		return 0, false
	}
	if of.bits < bits.UintSize/2 {
		t, sum := uint(max(0, m+of.bits-sign+1)), 0
		for i, pick := range e.pick {
			sum += floor(f[i*k:(i+1)*k], t) * of.short[pick]
		}
		return cmp.Compare(sum, 0), t == 0 || max(sum, -sum)>>of.bits != 0
	}
	t := uint(max(0, m-sign+1))
	var low, high, c uint
	for i, pick := range e.pick {
		a, cut := of.short[pick], floor(f[i*k:(i+1)*k], t)
		hi, lo := bits.Mul(uint(cut), uint(a))
		low, c = bits.Add(low, lo, 0)
		high += hi + c - uint(cut>>sign)&uint(a) - uint(a>>sign)&uint(cut) // both have a sign
	}
	if s = signOf([]uint{low, high}); s < 0 {
		low, c = bits.Sub(0, low, 0)
		high = -high - c
	}
	return s, t == 0 || high != 0 || low>>of.bits != 0
}

// floor returns g·2^−t rounded down, which is known to fit into a word.
func floor(g []uint, t uint) int {
	at, part := t/bits.UintSize, t%bits.UintSize
	above := spread(g)
	if at+1 < uint(len(g)) {
		above = g[at+1]
	}
	return int(g[at]>>part | above<<(bits.UintSize-part))
}
