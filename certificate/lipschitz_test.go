package certificate

// Lipschitz constants beside proofs, against all regions of the walk in fractions, where norms come
// from their definition and matrices are judged by all their principal minors.

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/network"

	balls "github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate/internal/specimen"
)

func ratSum(a, b *big.Rat) *big.Rat   { return new(big.Rat).Add(a, b) }
func ratTimes(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func ratDot(a, b []*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for k := range a {
		sum = ratSum(sum, ratTimes(a[k], b[k]))
	}
	return sum
}

// slowNorm compares the norm of a matrix with q ≥ 0.
func slowNorm(w [][]*big.Rat, norm string, q *big.Rat) int {
	if norm != "l2" {
		most := slowZero
		for i := range w {
			sum := slowZero
			for k := range w[i] {
				sum = ratSum(sum, new(big.Rat).Abs(w[i][k]))
			}
			if most.Cmp(sum) < 0 {
				most = sum
			}
		}
		return most.Cmp(q)
	}
	// q²·I − W·Wᵀ: it is semidefinite if no principal minor is negative, and then definite if none
	// is 0.
	shifted := make([][]*big.Rat, len(w))
	for i := range w {
		for j := range w {
			v := new(big.Rat).Neg(ratDot(w[i], w[j]))
			if i == j {
				v = ratSum(v, ratTimes(q, q))
			}
			shifted[i] = append(shifted[i], v)
		}
	}
	sign := -1
	for set := 1; set < 1<<len(w); set++ {
		var minor [][]*big.Rat
		for i := range w {
			if set>>i&1 == 1 {
				var row []*big.Rat
				for j := range w {
					if set>>j&1 == 1 {
						row = append(row, shifted[i][j])
					}
				}
				minor = append(minor, row)
			}
		}
		switch determinant(minor).Sign() {
		case -1:
			return +1
		case 0:
			sign = 0
		}
	}
	return sign
}

// determinant expands by the first row.
func determinant(a [][]*big.Rat) *big.Rat {
	if len(a) == 0 {
		return big.NewRat(1, 1)
	}
	sum := slowZero
	for k, v := range a[0] {
		var rest [][]*big.Rat
		for _, row := range a[1:] {
			rest = append(rest, append(append([]*big.Rat(nil), row[:k]...), row[k+1:]...))
		}
		if v = ratTimes(v, determinant(rest)); k%2 == 1 {
			v = new(big.Rat).Neg(v)
		}
		sum = ratSum(sum, v)
	}
	return sum
}

// mapsOf returns the matrix of each region, transposed for l1, which makes columns of rows, and
// where there are many outputs for l2, which has the same norm then and fewer minors.
func mapsOf(t *testing.T, n *network.Network, b balls.Ball, norm string) (all [][][]*big.Rat) {
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
		require.NoError(t, err)
		rows, _ := r.AffineExact()
		var w [][]*big.Rat
		for i, row := range rows {
			w = append(w, nil)
			for _, v := range row {
				c, _ := v.Rat(nil)
				w[i] = append(w[i], c)
			}
		}
		if norm == "l1" || norm == "l2" && len(w) > 4 {
			u := make([][]*big.Rat, len(w[0]))
			for k := range u {
				for i := range w {
					u[k] = append(u[k], w[i][k])
				}
			}
			w = u
		}
		all = append(all, w)
	}
	return all
}

func TestLipschitzConstants(t *testing.T) { lipschitzConstants(t, drawn) }

func TestLipschitzConstantsOfMaxima(t *testing.T) { lipschitzConstants(t, drawnOfMaxima) }

func lipschitzConstants(t *testing.T, draw func(seed int64) (*twins, tball, *rand.Rand)) {
	flat, singular := 0, 0
	for seed := range int64(20) {
		w, b, r := draw(seed)
		h := complete(w, b, r)
		n, err := network.ReadCanonical(bytes.NewReader(w.text))
		require.NoError(t, err)
		for _, norm := range []string{"l2", "linf", "l1"} {
			of, err := balls.ParseNorm(norm)
			require.NoError(t, err)
			l, err := extremum.Lipschitz(context.Background(), n, b.ball(t), of)
			if err != nil {
				continue // beyond the range of floats
			}
			all := mapsOf(t, n, b.ball(t), norm)
			check := func(lower, upper *big.Rat) (*Report, error) {
				c, err := NewLipschitz(norm, lower, upper)
				require.NoError(t, err)
				rep, err := Check(w.text, "proof", Options{Workers: 1 + r.Intn(3), open: h.files.Open, Lipschitz: c})
				// The definition, in fractions: no region is above upper, and the first one that is
				// as steep.
				most, first := -1, -1
				for i, m := range all {
					most = max(most, slowNorm(m, norm, upper))
					if first < 0 && slowNorm(m, norm, lower) >= 0 {
						first = i
					}
				}
				require.Equal(t, most <= 0 && first >= 0, err == nil, "seed %d, %s, %v, %v: %v", seed, norm, lower, upper, err)
				if err == nil && rep.Steepest.Norm == nil {
					require.EqualValues(t, first, rep.Steepest.Region)
				}
				return rep, err
			}
			rep, err := check(l.Lower, l.Upper)
			require.NoError(t, err)
			require.Equal(t, norm == "l2", rep.Steepest.Norm == nil)
			require.Equal(t, l.Pattern.String(), rep.Steepest.Pattern, "seed %d, %s", seed, norm)
			if norm != "l2" {
				require.Zero(t, rep.Steepest.Norm.Cmp(l.Upper))
			}
			if l.Upper.Sign() == 0 {
				flat++
				continue
			}
			if norm == "l2" && l.Lower.Cmp(l.Upper) == 0 {
				singular++
			}
			// Forged: a little less above, a little more below.
			less := ratTimes(l.Lower, big.NewRat(1<<62-1, 1<<62))
			_, err = check(less, less)
			require.ErrorContains(t, err, "has a larger norm")
			more := ratTimes(l.Upper, big.NewRat(1<<62+1, 1<<62))
			_, err = check(more, more)
			require.ErrorContains(t, err, "no region has a map of as large a norm")
			_, err = check(slowZero, ratTimes(l.Upper, big.NewRat(int64(1+r.Intn(8)), 4)))
			_ = err // held against the definition
		}
	}
	require.Positive(t, flat)
	require.Positive(t, singular)
}

func TestLipschitzClaims(t *testing.T) {
	one := big.NewRat(1, 1)
	for want, c := range map[string]struct {
		norm         string
		lower, upper *big.Rat
	}{
		`the norm "box"`:                  {"box", one, one},
		"lower one to be at least 0":      {"l2", big.NewRat(-1, 1), one},
		"and at most the upper one":       {"l2", big.NewRat(2, 1), one},
		"lower one to be at least 0 and ": {"linf", big.NewRat(-2, 1), big.NewRat(-1, 1)},
	} {
		_, err := NewLipschitz(c.norm, c.lower, c.upper)
		require.ErrorContains(t, err, want)
	}
	// 2x to the left and −3x to the right, then 5.
	net := specimen.Net{Inputs: 1, Layers: []specimen.Layer{{Act: "relu", W: [][]float64{{1}, {-1}}, B: []float64{0, 0}}, {Act: "none", W: [][]float64{{-3, -2}}, B: []float64{5}}}}
	check := func(tree, norm string, lower, upper int64) (*Report, error) {
		files := specimen.Folder{"proof": fmt.Appendf(nil, "relucell-certificate 2\nnet %s\nball linf 0x1p+0 0x0p+0\n%s", net.Hash(), tree)}
		c, err := NewLipschitz(norm, big.NewRat(lower, 1), big.NewRat(upper, 1))
		require.NoError(t, err)
		return Check(net.Text(), "proof", Options{open: files.Open, Lipschitz: c})
	}
	const tree, open = "*\n+1 a\nW1-1\n-1 a\nW1 1\ncount 2\n", "*\n+1 a\nW1-1\n?1 1\ncount >= 2\n"
	for _, norm := range []string{"l2", "linf", "l1"} {
		r, err := check(tree, norm, 3, 3)
		require.NoError(t, err)
		require.EqualValues(t, 1, r.Steepest.Region)
		require.Equal(t, "+-", r.Steepest.Pattern)
		_, err = check(open, norm, 0, 9)
		require.ErrorContains(t, err, "an unexplored cell, expected a complete proof")
	}
}

func TestSemidefiniteMatricesByMinors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(1, 4).Draw(t, "rows"), rapid.IntRange(1, 4).Draw(t, "columns")
		m := linear{scale: rapid.IntRange(0, 2).Draw(t, "scale")}
		var w [][]*big.Rat
		for range rows {
			row, fractions := make([]*big.Int, columns), make([]*big.Rat, columns)
			for k := range row {
				row[k] = big.NewInt(rapid.Int64Range(-2, 2).Draw(t, "entry"))
				fractions[k] = new(big.Rat).SetFrac64(row[k].Int64(), 1<<m.scale)
			}
			m.rows, w = append(m.rows, row), append(w, fractions)
		}
		q := big.NewRat(rapid.Int64Range(0, 24).Draw(t, "q"), 4)
		require.Equal(t, -slowNorm(w, "l2", q), m.gram(func() {}).less(q, m.scale, func() {}))
		if m.within(q) < 0 {
			require.Negative(t, slowNorm(w, "l2", q))
		}
	})
}
