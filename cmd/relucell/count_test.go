package main

// Counts, lists and proofs from file to answer.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

func parseCount(t *testing.T, out string) countJSON {
	t.Helper()
	var j countJSON
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&j), out)
	return j
}

func TestBoundsStandBesideTheCount(t *testing.T) {
	args := []string{data + "two_moons_2-16-16-1.onnx", "--center", "0.5,0.25", "--radius", "0.5", "--format", "json"}
	c := parseCount(t, succeed(t, append([]string{"count", "--bounds"}, args...)...))
	require.Equal(t, "131", c.Regions.Lower)
	require.Equal(t, "131", c.Regions.Upper)
	require.True(t, *c.Exact)
	require.Len(t, c.Bounds, len(bound.All()))
	for _, b := range c.Bounds {
		v, ok := new(big.Int).SetString(b.Value, 10)
		require.True(t, ok)
		if b.Kind == bound.Upper {
			require.GreaterOrEqual(t, v.Int64(), int64(131), b.Name)
		} else {
			require.LessOrEqual(t, v.Int64(), int64(131), b.Name)
		}
	}
	out := succeed(t, append([]string{"bound"}, args...)...)
	for _, key := range []string{"regions", "exact", "decisions", "questions"} {
		require.NotContains(t, out, `"`+key+`"`)
	}
	var j boundReport // the same object, and the nearest boundary
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&j), out)
	require.NotNil(t, j.Nearest)
	require.Equal(t, c.Bounds, j.Bounds)
	require.Equal(t, c.Net, j.Net)
	require.Equal(t, c.Ball, j.Ball)
	require.Contains(t, succeed(t, "count", "--bounds", args[0], "--box=-1:1"), "Value ÷ count")
}

func TestOraclesAgree(t *testing.T) {
	for _, norm := range []string{"l2", "linf", "l1"} {
		args := []string{"count", data + "two_moons_2-16-16-1.json", "--center", "0.5,0.25", "--radius", "0.25", "--norm", norm, "--format", "json"}
		native := parseCount(t, succeed(t, args...))
		plain := parseCount(t, succeed(t, append(args, "--oracle", "reference")...))
		require.Equal(t, native.Regions, plain.Regions, norm)
		require.True(t, *plain.Exact)
	}
}

// listed is one line of list.
type listed struct {
	Pattern string
	Witness []string
	Affine  struct {
		W [][]string
		B []string `json:"b"`
	}
}

// exactPrec holds every number of these tests without rounding.
const exactPrec = 4000

func exactNumber(t *testing.T, s string) *big.Float {
	t.Helper()
	v, _, err := big.ParseFloat(s, 0, exactPrec, big.ToNearestEven)
	require.NoError(t, err)
	return v
}

func TestListAgreesWithCountAndNetwork(t *testing.T) {
	for _, args := range [][]string{
		{data + "two_moons_2-16-16-1.onnx", "--center", "0.5,0.25", "--radius", "0.5"},
		{data + "two_moons_2-16-16-1.onnx", "--box=-0.5:0.5"},
		{data + "iris_sized_4-16-16-3.onnx", "--center", "5.8,3,3.8,1.2", "--radius", "0.5", "--norm", "l1"},
		{data + "degenerate/dead-layer.json", "--center", "0", "--radius", "1", "--norm", "linf"},
	} {
		n, _, err := load.Read(args[0], load.Options{})
		require.NoError(t, err)
		want := parseCount(t, succeed(t, append([]string{"count", "--format", "json"}, args...)...)).Regions.Lower
		seen := map[string]bool{}
		for line := range strings.Lines(succeed(t, append([]string{"list"}, args...)...)) {
			var r listed
			require.NoError(t, json.Unmarshal([]byte(line), &r))
			require.False(t, seen[r.Pattern])
			seen[r.Pattern] = true
			checkRegion(t, n, r)
		}
		require.Equal(t, want, fmt.Sprint(len(seen)))
	}
}

// checkRegion holds pattern and affine map against the network at the witness.
func checkRegion(t *testing.T, n *network.Network, r listed) {
	t.Helper()
	var x []*big.Float
	for _, s := range r.Witness {
		x = append(x, exactNumber(t, s))
	}
	y, p := n.ForwardExact(x)
	require.Equal(t, p.String(), r.Pattern)
	for o, row := range r.Affine.W {
		sum := exactNumber(t, r.Affine.B[o])
		for k, s := range row {
			sum.Add(sum, new(big.Float).SetPrec(exactPrec).Mul(exactNumber(t, s), x[k]))
		}
		require.Zero(t, sum.Cmp(y[o]), "output %d at %v", o, r.Witness)
	}
}

func TestListStopsAtTheLimit(t *testing.T) {
	args := []string{"list", data + "two_moons_2-16-16-1.onnx", "--center", "0.5,0.25", "--radius", "0.5"}
	out, errs, code := relucell(t, append(args, "--limit", "7")...)
	require.Equal(t, exitStopped, code)
	require.Equal(t, 7, strings.Count(out, "\n"))
	require.Contains(t, errs, "--limit reached")
	require.Equal(t, 131, strings.Count(succeed(t, append(args, "--limit", "131")...), "\n"))
}

func TestProofRoundTrip(t *testing.T) {
	dir := t.TempDir()
	onnx, text := data+"iris_sized_4-16-16-3.onnx", filepath.Join(dir, "iris.json")
	require.Contains(t, succeed(t, "convert", onnx, "-o", text), "sha256:")
	for _, ball := range [][]string{
		{"--center", "5.8,3,3.8,1.2", "--radius", "1"},
		{"--center", "5.8,3,3.8,1.2", "--radius", "1", "--norm", "l1"},
		{"--center", "5.8,3,3.8,1.2", "--radius", "0.5", "--norm", "linf"},
		{"--box=5:6,2:3,3:4,1:1.5"},
	} {
		var first []byte
		for _, workers := range []string{"1", "2", "4"} {
			for _, name := range []string{"p", "p.gz"} {
				proof := filepath.Join(dir, name)
				out := succeed(t, append([]string{"count", onnx, "--workers", workers, "--proof", proof, "--format", "json"}, ball...)...)
				count := parseCount(t, out).Regions.Lower
				verified := succeed(t, "check", text, proof, "--format", "json")
				require.Contains(t, verified, `"relation":"=","count":"`+count+`"`)
				require.NotContains(t, verified, "trusted_import")
				require.Contains(t, succeed(t, "check", onnx, proof), "converted from onnx in memory: the import is trusted")
			}
			b, err := os.ReadFile(filepath.Join(dir, "p"))
			require.NoError(t, err)
			z, err := os.ReadFile(filepath.Join(dir, "p.gz"))
			require.NoError(t, err)
			if b = append(b, z...); first == nil {
				first = b
			}
			require.True(t, bytes.Equal(first, b), "the bytes of a proof depend on the workers")
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	moons, proof := data+"two_moons_2-16-16-1.json", filepath.Join(t.TempDir(), "p")
	succeed(t, "count", moons, "--center", "0.5,0.25", "--radius", "0.25", "--proof", proof)
	good, err := os.ReadFile(proof)
	require.NoError(t, err)
	for name, bad := range map[string]string{
		"cut":         string(good[:len(good)/2]),
		"wrong count": strings.Replace(string(good), "count 34", "count 35", 1),
		"junk":        string(good) + "junk\n",
		"empty":       "",
	} {
		t.Run(name, func(t *testing.T) {
			path := writeBytes(t, "bad.proof", []byte(bad))
			out, errs, code := relucell(t, "check", moons, path)
			require.Equal(t, exitFailed, code)
			require.Empty(t, out)
			require.Contains(t, errs, "NOT VERIFIED: bad.proof")
			require.Equal(t, 1, strings.Count(errs, "\n"))
			out, _, code = relucell(t, "check", moons, path, "--format", "json")
			require.Equal(t, exitFailed, code)
			require.Contains(t, out, `"verified":false`)
		})
	}
	_, errs, code := relucell(t, "check", data+"degenerate/crossing.json", proof)
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "NOT VERIFIED")
}

func TestStoppedEarly(t *testing.T) {
	big, proof := writeNet(t, gen.Resonance(7)), filepath.Join(t.TempDir(), "p")
	for _, stop := range [][]string{{"--limit", "2000"}, {"--timeout", "200ms"}, {"--timeout", "1ns"}} {
		args := append([]string{"count", big, "--center", "0", "--radius", "1", "--format", "json", "--proof", proof}, stop...)
		out, errs, code := relucell(t, args...)
		require.Equal(t, exitStopped, code, errs)
		require.Empty(t, errs)
		j := parseCount(t, out)
		require.False(t, *j.Exact)
		requireBracket(t, j, 347326352)
		out = succeed(t, "check", big, proof)
		require.Contains(t, out, "VERIFIED  at least")
		require.Contains(t, out, "this proves a lower bound, not the count")
	}
}

func requireBracket(t *testing.T, j countJSON, truth int64) {
	t.Helper()
	lower, ok := new(big.Int).SetString(j.Regions.Lower, 10)
	require.True(t, ok)
	upper, ok := new(big.Int).SetString(j.Regions.Upper, 10)
	require.True(t, ok)
	require.Negative(t, lower.Cmp(big.NewInt(truth)))
	require.Positive(t, upper.Cmp(big.NewInt(truth)))
	require.Positive(t, lower.Sign())
}

func TestInterruptPrintsTheBracket(t *testing.T) {
	big, proof := writeNet(t, gen.Resonance(7)), filepath.Join(t.TempDir(), "p.gz")
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd := exec.Command(binary, "count", big, "--center", "0", "--radius", "1", "--verbose", "--proof", proof)
		var out bytes.Buffer
		cmd.Stdout = &out
		errs, err := cmd.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(errs)
		for lines.Scan() && !strings.Contains(lines.Text(), "walking") {
		}
		require.NoError(t, cmd.Process.Signal(sig))
		said := ""
		for lines.Scan() {
			said += lines.Text() + "\n"
		}
		_ = cmd.Wait()
		require.Equal(t, exitStopped, cmd.ProcessState.ExitCode(), said)
		require.Contains(t, said, "interrupt again")
		require.Contains(t, out.String(), "stopped early, interrupted")
		require.Contains(t, succeed(t, "check", big, proof), "VERIFIED  at least")
	}
}

func TestGapIsEnough(t *testing.T) {
	out := succeed(t, "count", data+"two_moons_2-16-16-1.json", "--box=-1:1", "--gap", "1e9")
	require.Contains(t, out, "Regions")
}
