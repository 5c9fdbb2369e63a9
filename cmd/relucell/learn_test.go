package main

// learn, from a teacher to a proof that it was learnt.

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/learn"
	"github.com/relucell/relucell/network/load"
)

func teacher(t *testing.T, inputs, neurons int) (*learn.Model, string) {
	m := learn.Random(rand.New(rand.NewPCG(5, 5)), inputs, neurons)
	n, err := m.Network()
	require.NoError(t, err)
	return m, writeNet(t, n)
}

// A teacher is learnt, and the difference is proved to be at most 10⁻⁶ on the unit ball.
func TestLearntIsProved(t *testing.T) {
	_, path := teacher(t, 5, 3)
	dir := t.TempDir()
	net, report, p := filepath.Join(dir, "learnt.json"), filepath.Join(dir, "report.json"), filepath.Join(dir, "p")
	out := succeed(t, "learn", "--teacher", path, "--samples", "2e4", "--seed", "1", "-o", net, "--report", report)
	require.Contains(t, out, "Samples   20,000 of net.json, seed 1")
	raw, err := os.ReadFile(report)
	require.NoError(t, err)
	var j learnJSON
	require.NoError(t, json.Unmarshal(raw, &j))
	require.Len(t, j.Stages, 5)
	require.Less(t, j.Stages[4].Errors.Most(), 1e-9)
	out = succeed(t, "diff", path, net, "--center", "0", "--radius", "1", "--at-most", "1e-6", "--proof", p)
	require.Contains(t, out, "Verdict   at most 1/1000000 = 1e-06 apart on the ball\n")
	require.Contains(t, succeed(t, "check", p+".json", p, "--never-on", "6,7"), "VERIFIED")
	coarse := filepath.Join(dir, "coarse.json")
	succeed(t, "learn", "--teacher", path, "--samples", "2e4", "--no-refine", "-o", coarse)
	_, errs, code := relucell(t, "diff", path, coarse, "--center", "0", "--radius", "1", "--at-most", "1e-6")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "the networks are more than 1/1000000 apart")
}

// The largest distance at samples is less than the largest on the ball.
func TestTheLargestDistanceIsNotThatOfSamples(t *testing.T) {
	truth, path := teacher(t, 4, 3)
	net := filepath.Join(t.TempDir(), "coarse.json")
	succeed(t, "learn", "--teacher", path, "--samples", "5000", "--no-refine", "-o", net)
	var j diffJSON
	require.NoError(t, json.Unmarshal([]byte(succeed(t, "diff", path, net, "--box=-2:2", "--abs", "--format", "json")), &j))
	learnt := modelOf(t, net)
	rng, seen := rand.New(rand.NewPCG(1, 1)), 0.0
	for range 20000 {
		x := make([]float64, 4)
		for k := range x {
			x[k] = 4*rng.Float64() - 2
		}
		seen = max(seen, math.Abs(truth.At(x)-learnt.At(x)))
	}
	require.Less(t, seen, *j.Outputs[0].Abs.Lower)
}

func TestLearnFromATable(t *testing.T) {
	truth, _ := teacher(t, 3, 2)
	var table, far strings.Builder
	rng := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		x := []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		fmt.Fprintf(&table, "%v,%v,%v,%v\n", x[0], x[1], x[2], truth.At(x))
		fmt.Fprintf(&far, "%v,%v,%v,%v\n", x[0]+1, x[1], x[2], truth.At(x))
	}
	data, net := writeBytes(t, "data.csv", []byte("a,b,c,y\n"+table.String())), filepath.Join(t.TempDir(), "n.json")
	require.Contains(t, succeed(t, "learn", data, "--neurons", "2", "-o", net), "Samples   3,000 of data.csv, deviation")
	require.Less(t, learn.Compare(modelOf(t, net), truth).Most(), 1e-9)
	shifted := writeBytes(t, "shifted.csv", []byte(far.String()))
	_, errs, _ := relucell(t, "learn", shifted, "--neurons", "1", "--no-refine")
	require.Contains(t, errs, "the points are not drawn from N(0, I): their mean is off by up to")
}

func modelOf(t *testing.T, path string) *learn.Model {
	n, _, err := load.Read(path, load.Options{})
	require.NoError(t, err)
	m, err := learn.Of(n)
	require.NoError(t, err)
	return m
}

func TestLearnRefuses(t *testing.T) {
	_, path := teacher(t, 3, 2)
	_, wide := teacher(t, 2, 3)
	two := writeNet(t, gen.Build(gen.Affine([]float64{1, 1}, []float64{0, 0})))
	data := writeBytes(t, "data.csv", []byte("1,2\n3,x\n"))
	for want, args := range map[string][]string{
		"DATA.csv: missing":                       {},
		"given beside --teacher":                  {data, "--teacher", path},
		"--neurons: missing":                      {data},
		"--samples: given without --teacher":      {data, "--samples", "5", "--neurons", "1"},
		"expected a whole number from 1":          {"--teacher", path, "--samples", "1.5"},
		"line 2: column 2":                        {data, "--neurons", "1"},
		"neurons: 3 in 2 inputs, expected at":     {"--teacher", wide},
		"samples: 5, expected more than the 11":   {"--teacher", path, "--samples", "5"},
		"2 outputs, expected one":                 {"--teacher", two},
		"expected tensor or sgd":                  {"--teacher", path, "--method", "adam"},
		"is another file of this command":         {"--teacher", path, "--report", path},
		"expected a file name that ends in .json": {"--teacher", path, "-o", "x.onnx"},
	} {
		_, errs, code := relucell(t, append([]string{"learn"}, args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, want)
	}
	require.Contains(t, succeed(t, "learn", "--teacher", wide, "--method", "sgd", "--samples", "2000", "--no-refine"), "sgd")
}

func TestLearnStops(t *testing.T) {
	_, path := teacher(t, 10, 10)
	_, errs, code := relucell(t, "learn", "--teacher", path, "--samples", "1e6", "--timeout", "300ms")
	require.Equal(t, exitStopped, code)
	require.Contains(t, errs, "stopped before the")
}
