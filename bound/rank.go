// Upper bounds on the rank of a matrix of floats, which must never be below
// the true rank. Elimination modulo a prime gives a rank that is at most the true one: when
// that is already full, full is all there is to say, and it costs little. Only when it
// is not is the matrix eliminated in exact integers (Bareiss 1968, fraction-free), if it is small
// enough; else what zero rows and columns tell stands.

package bound

import (
	"context"
	"math"
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

const (
	// rankPrime is the Mersenne prime 2³¹−1: products fit in 64 bits. A matrix of full rank
	// looks deficient modulo it with a chance of about 2⁻³¹ per pivot, which costs only time.
	rankPrime = 1<<31 - 1
	// bareissBudget caps rows·columns·rank·w^1.5 of an exact elimination, w the words of 64 bits
	// that an entry takes: its integers grow with each step. About a tenth of a second; 58 rows
	// whose exponents differ by 2000 would take a minute.
	bareissBudget = 200_000
	// modularWork caps the multiplications of an elimination modulo the prime, beyond which the
	// rank counts as full: about half a second. A wide matrix of low rank stays below it, since the
	// work grows with the rank that is found.
	modularWork = 1 << 28
)

// rankUpper returns an upper bound on the rank of the rows. It is 0 only if all entries are zero.
func rankUpper(ctx context.Context, rows [][]float64) (int, error) {
	rows = liveRows(rows)
	if err := ctx.Err(); err != nil || len(rows) == 0 {
		return 0, err
	}
	cols := liveColumns(rows)
	full := min(len(rows), len(cols))
	if full <= 1 {
		return full, nil
	}
	modular, err := rankModular(ctx, rows, cols)
	if err != nil || modular == full || float64(len(rows)*len(cols)*modular)*math.Pow(words(rows), 1.5) > bareissBudget {
		return full, err
	}
	return rankBareiss(rows, cols), nil
}

// words returns how many words of 64 bits the longest entry takes when each row is scaled to
// integers, at least 1.
func words(rows [][]float64) float64 {
	most := 0
	for _, r := range rows {
		least := dyadic.Least(r)
		for _, f := range r {
			if _, e := math.Frexp(f); f != 0 {
				most = max(most, e-least)
			}
		}
	}
	return math.Max(1, float64(most)/64)
}

func liveRows(rows [][]float64) [][]float64 {
	var live [][]float64
	for _, r := range rows {
		for _, w := range r {
			if w != 0 {
				live = append(live, r)
				break
			}
		}
	}
	return live
}

func liveColumns(rows [][]float64) []int {
	isLive := make([]bool, len(rows[0]))
	for _, r := range rows {
		for k, w := range r {
			isLive[k] = isLive[k] || w != 0
		}
	}
	var live []int
	for k, ok := range isLive {
		if ok {
			live = append(live, k)
		}
	}
	return live
}

// rankModular returns the rank modulo rankPrime of the matrix with each row scaled by a power of
// two to integers. A minor that is nonzero modulo the prime is nonzero, so it is at most the true
// rank. Where modularWork does not suffice it is the most there can be.
func rankModular(ctx context.Context, rows [][]float64, cols []int) (int, error) {
	m := make([][]uint64, len(rows))
	for i, r := range rows {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		e0 := dyadic.Least(r)
		m[i] = make([]uint64, len(cols))
		for j, k := range cols {
			n, e := dyadic.Split(r[k])
			if n == 0 {
				continue
			}
			neg := n < 0
			if neg {
				n = -n
			}
			v := uint64(n) % rankPrime << uint((e-e0)%31) % rankPrime // 2³¹ = 1 modulo the prime
			if neg && v != 0 {
				v = rankPrime - v
			}
			m[i][j] = v
		}
	}
	rank, work := 0, modularWork
	for j := 0; j < len(cols) && rank < len(m); j++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		p := rank
		for p < len(m) && m[p][j] == 0 {
			p++
		}
		if p == len(m) {
			continue
		}
		m[rank], m[p] = m[p], m[rank]
		pivot := m[rank]
		inv := invModular(pivot[j])
		for i, r := range m[rank+1:] {
			if i%64 == 0 && ctx.Err() != nil {
				return 0, ctx.Err()
			}
			if r[j] == 0 {
				continue
			}
			if work -= len(cols) - j; work < 0 {
				return min(len(rows), len(cols)), nil
			}
			f := rankPrime - r[j]*inv%rankPrime
			for q := j; q < len(cols); q++ {
				r[q] = (r[q] + f*pivot[q]) % rankPrime
			}
		}
		rank++
	}
	return rank, nil
}

// invModular returns 1/a modulo rankPrime by Fermat.
func invModular(a uint64) uint64 {
	r := uint64(1)
	for e := uint64(rankPrime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			r = r * a % rankPrime
		}
		a = a * a % rankPrime
	}
	return r
}

// rankBareiss returns the exact rank.
func rankBareiss(rows [][]float64, cols []int) int {
	m := make([][]*big.Int, len(rows))
	for i, r := range rows {
		d := dyadic.Floats(r)
		m[i] = make([]*big.Int, len(cols))
		for j, k := range cols {
			m[i][j] = &d.N[k]
		}
	}
	return eliminate(m)
}

// eliminate brings the integer matrix to echelon form in place and returns its rank.
func eliminate(m [][]*big.Int) int {
	rank, last, t := 0, big.NewInt(1), new(big.Int)
	for j := 0; rank < len(m) && j < len(m[0]); j++ {
		p := rank
		for p < len(m) && m[p][j].Sign() == 0 {
			p++
		}
		if p == len(m) {
			continue
		}
		m[rank], m[p] = m[p], m[rank]
		pivot := m[rank]
		for _, r := range m[rank+1:] {
			for q := len(r) - 1; q >= j; q-- {
				r[q] = new(big.Int).Mul(r[q], pivot[j])
				r[q].Sub(r[q], t.Mul(pivot[q], r[j]))
				r[q].Quo(r[q], last)
			}
		}
		last = pivot[j]
		rank++
	}
	return rank
}
