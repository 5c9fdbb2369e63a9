package exact

// Sides with known answers: tangents, slivers, opposite rows, huge numbers.

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
)

func rat(v ...int64) []*big.Rat {
	y := make([]*big.Rat, len(v))
	for k := range v {
		y[k] = big.NewRat(v[k], 1)
	}
	return y
}

func pow2(e uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), e) }

func TestSideKnown(t *testing.T) {
	// 3y₀+4y₁ − (5 − 2⁻²⁰⁰): a line that cuts a sliver off the l2 ball.
	sliver := Row{G: []*big.Int{new(big.Int).Lsh(big.NewInt(3), 200), new(big.Int).Lsh(big.NewInt(4), 200)},
		H: new(big.Int).Neg(new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(5), 200), big.NewInt(1)))}
	for _, c := range []struct {
		name  string
		norm  ball.Norm
		obj   Row
		rows  []Row
		p     []*big.Rat
		meets bool
	}{
		{"tangent l2", ball.L2, NewRow(-5, 3, 4), nil, rat(0, 0), false},
		{"not quite tangent l2", ball.L2, sliver, nil, rat(0, 0), true},
		{"corner of linf", ball.LInf, NewRow(-7, 3, 4), nil, rat(0, 0), false},
		{"inside the corner of linf", ball.LInf, NewRow(-6, 3, 4), nil, rat(0, 0), true},
		{"vertex of l1", ball.L1, NewRow(-4, 3, 4), nil, rat(0, 0), false},
		{"face of l1", ball.L1, NewRow(-1, 1, 1), nil, rat(0, 0), false},
		{"inside the vertex of l1", ball.L1, NewRow(-3, 3, 4), nil, rat(0, 0), true},
		{"box corner outside the disc", ball.Box, NewRow(-3, 2, 2), nil, rat(0, 0), true},
		{"disc misses the box corner", ball.L2, NewRow(-3, 2, 2), nil, rat(0, 0), false},
		{"opposite of a row", ball.L2, NewRow(0, -1, 0), []Row{NewRow(0, 1, 0)}, []*big.Rat{big.NewRat(1, 2), big.NewRat(0, 1)}, false},
		{"same as a row", ball.L2, NewRow(0, 1, 0), []Row{NewRow(0, 1, 0)}, []*big.Rat{big.NewRat(1, 2), big.NewRat(0, 1)}, true},
		{"concurrent at 0", ball.L2, NewRow(0, -1, -1), []Row{NewRow(0, 1, 0), NewRow(0, 0, 1)}, []*big.Rat{big.NewRat(1, 2), big.NewRat(1, 3)}, false},
		{"constant positive row", ball.L2, NewRow(0, -1, 0), []Row{NewRow(3, 0, 0)}, rat(0, 0), true},
		{"constant positive", ball.L1, NewRow(1, 0, 0), nil, rat(0, 0), true},
		{"constant negative", ball.L2, NewRow(-1, 0, 0), nil, rat(0, 0), false},
		{"identically zero", ball.L2, NewRow(0, 0, 0), nil, rat(0, 0), false},
		{"between two rows on the rim", ball.L2, NewRow(-4, 0, 4), []Row{NewRow(0, 1, 0)}, []*big.Rat{big.NewRat(1, 2), big.NewRat(0, 1)}, false},
		{"cell's nearest point beyond the rim", ball.L2, NewRow(-3, 0, 4), []Row{NewRow(0, 1, -1)}, []*big.Rat{big.NewRat(1, 4), big.NewRat(0, 1)}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			witness, self, lambda, err := Side(c.norm, c.obj, c.rows, c.p)
			require.NoError(t, err)
			require.Equal(t, c.meets, witness != nil)
			if c.meets {
				require.True(t, Interior(c.norm, append([]Row{c.obj}, c.rows...), witness))
			} else {
				requireProof(t, c.norm, c.obj, c.rows, self, lambda)
			}
		})
	}
}

// n parallel planes 2⁻⁶⁰ apart: the slice between two of them is met by the next side or not.
func TestSideSlivers(t *testing.T) {
	for _, norm := range norms {
		low := Row{G: []*big.Int{pow2(60), new(big.Int)}, H: new(big.Int)}    // y₀ > 0
		high := Row{G: []*big.Int{pow2(60), new(big.Int)}, H: big.NewInt(-1)} // y₀ > 2⁻⁶⁰
		p := []*big.Rat{big.NewRat(1, 2), new(big.Rat)}
		witness, _, _, err := Side(norm, high.Neg(), []Row{low}, p)
		require.NoError(t, err)
		require.NotNil(t, witness)
		require.True(t, Interior(norm, []Row{low, high.Neg()}, witness))
		_, self, lambda, err := Side(norm, low.Neg(), []Row{high}, p)
		require.NoError(t, err)
		requireProof(t, norm, low.Neg(), []Row{high}, self, lambda)
	}
}

func TestSideRefusesAPointOutside(t *testing.T) {
	_, _, _, err := Side(ball.L2, NewRow(0, 1), []Row{NewRow(0, 1)}, rat(0))
	require.ErrorIs(t, err, errInterior)
	_, err = Maximize(ball.L1, NewRow(0, 1, 1), nil, rat(1, 0))
	require.ErrorIs(t, err, errInterior)
	_, _, _, err = Side(ball.L2, NewRow(0, 1), []Row{NewRow(0, 1, 1)}, rat(0))
	require.ErrorContains(t, err, "row 1 has 2 coefficients, expected 1")
	_, _, _, _, err = Project(nil)
	require.Error(t, err)
}

func ExampleSide() {
	cell := []Row{NewRow(0, 1, -1)} // y₀ > y₁
	p := []*big.Rat{big.NewRat(1, 4), big.NewRat(0, 1)}
	w, _, _, _ := Side(ball.L2, NewRow(-1, 2, 0), cell, p) // y₀ > 1/2?
	fmt.Println("met at", w[0].RatString(), w[1].RatString())
	obj := NewRow(-3, 0, 4) // y₁ > 3/4?
	_, self, lambda, _ := Side(ball.L2, obj, cell, p)
	fmt.Println("empty by", self, lambda, NonPositive(ball.L2, Combine(self, obj, lambda, cell)))
	// Output:
	// met at 3/4 1/4
	// empty by 1 [2] true
}
