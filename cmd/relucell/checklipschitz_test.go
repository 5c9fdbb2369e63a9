package main

// lipschitz --proof and check --lipschitz.

import (
	"math"
	"math/big"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/internal/dyadic"
)

func TestLipschitzIsProved(t *testing.T) {
	moons, proof := filepath.Join("..", "..", "testdata", "two_moons_2-16-16-1.json"), filepath.Join(t.TempDir(), "p.gz")
	for _, of := range []string{"l2", "linf", "l1"} {
		out := succeed(t, "lipschitz", moons, "--center", "0", "--radius", "1", "--norm", "linf", "--of", of, "--proof", proof)
		_, command, found := strings.Cut(out, "relucell check ")
		require.True(t, found, out)
		command, _, _ = strings.Cut(command, "\n")
		says := succeed(t, append([]string{"check"}, strings.Fields(command)...)...)
		require.Contains(t, says, "VERIFIED  the Lipschitz constant in "+of+" is ")
		require.Contains(t, says, " of the proof, -+--++++++-++++")
	}
	out, errs, code := relucell(t, "check", moons, proof, "--lipschitz", "l2=148:148.6567541211049", "--format", "json")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "has a larger norm in l2 than claimed")
	require.Contains(t, out, `"verified":false`)
	_, errs, code = relucell(t, "check", moons, proof, "--lipschitz", "l2=148.65675412110495:149")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "no region has a map of as large a norm in l2 as claimed")
	require.Contains(t, succeed(t, "check", moons, proof, "--lipschitz", "linf=0:1e9", "--format", "json"), `"lipschitz":{"norm":"linf","lower":"0","upper":"1e9","exact":"`)
	for bad, want := range map[string]string{"l2": "expected a norm, = and a constant", "l3=1": `the norm "l3"`, "l2=2:1": "lower one", "l2=x": "expected a decimal or a fraction", "l2=1:y": "expected a decimal or a fraction"} {
		_, errs, code = relucell(t, "check", moons, proof, "--lipschitz", bad)
		require.Equal(t, exitInput, code)
		require.Contains(t, errs, want)
	}
	_, errs, code = relucell(t, "lipschitz", moons, "--box=-1:1", "--proof", moons)
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "is another file of this command")
}

func TestLipschitzOfASliceIsProvedOfTheSlice(t *testing.T) {
	net, dir := writeBytes(t, "three.json", []byte(threeInputs)), t.TempDir()
	proof, slice := filepath.Join(dir, "p"), filepath.Join(dir, "slice.json")
	out, _, _ := relucell(t, "lipschitz", net, "--box=-1:1,-1:1,0.5:0.5", "--norm", "linf", "--proof", proof)
	_, command, _ := strings.Cut(out, "relucell check SLICE ")
	command, _, _ = strings.Cut(command, "\n")
	succeed(t, "slice", net, "--inputs", "0,1", "--origin=0,0,0.5", "-o", slice)
	require.Contains(t, succeed(t, append([]string{"check", slice}, strings.Fields(command)...)...), "VERIFIED  the Lipschitz constant in linf is ")
}

func TestLongExponentsAreRefusedInEverySpelling(t *testing.T) {
	for _, s := range []string{"1e999999", "1_0e999999", "1_0e-999999", "0x1p999999", "0x1p-999999", "0b1p999999", "1_0"} {
		_, err := fraction(s)
		require.ErrorContains(t, err, "expected a decimal or a fraction", s)
	}
	for s, want := range map[string]*big.Rat{"010": big.NewRat(10, 1), "0x10": big.NewRat(16, 1), "08.5": big.NewRat(17, 2), "010/8": big.NewRat(5, 4)} {
		v, err := fraction(s)
		require.NoError(t, err, s)
		require.Zero(t, want.Cmp(v), s)
	}
}

func TestDecimalsAreOnTheirSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := big.NewRat(rapid.Int64Range(0, 1<<62).Draw(t, "a"), rapid.Int64Range(1, 1<<62).Draw(t, "b"))
		for _, sign := range []int{-1, 1} {
			d, err := fraction(decimal(v, sign))
			require.NoError(t, err)
			require.NotEqual(t, -sign, d.Cmp(v))
			near, _ := d.Float64()
			require.InEpsilon(t, 1+math.Abs(near), 1+dyadic.UpRat(v), 0x1p-51)
		}
		c, err := slopeClaimOf("l1", v, v)
		require.NoError(t, err)
		require.NotEmpty(t, c.flag())
	})
}
