package safety

// Public benchmarks, where they lie beside the project: the verdicts are those of the majority of
// the tools of VNN-COMP. Proofs are held to the checker. A few of them always, all of them in a
// soak.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/load"
)

var public = filepath.Join("..", "..", "shared", "safety")

func table(t *testing.T, path string) [][]string {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("no %s beside the project", path)
	}
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return rows
}

func TestSoakPublicVerdicts(t *testing.T) { publicVerdicts(t, os.Getenv("RELUCELL_SOAK") != "") }

func publicVerdicts(t *testing.T, all bool) {
	majority := map[[3]string]string{}
	for _, r := range table(t, filepath.Join(public, "verdicts.csv")) {
		majority[[3]string{r[0], r[1], r[2]}] = r[3]
	}
	for _, benchmark := range []string{"acasxu", "reach_prob_density"} {
		for i, r := range table(t, filepath.Join(public, benchmark, "instances.csv")) {
			if !all && i%31 != 0 {
				continue
			}
			t.Run(benchmark+" "+filepath.Base(r[0])+" "+filepath.Base(r[1]), func(t *testing.T) {
				n, _, err := load.Read(filepath.Join(public, benchmark, r[0]), load.Options{})
				require.NoError(t, err)
				text, err := os.ReadFile(filepath.Join(public, benchmark, r[1]))
				require.NoError(t, err)
				limit, err := strconv.Atoi(r[2])
				require.NoError(t, err)
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(limit)*time.Second)
				defer cancel()
				res, err := Verify(ctx, n, read(t, string(text)), Options{Prove: true})
				require.NoError(t, err)
				if res.Proof != nil {
					defer res.Proof.Close()
					var proof bytes.Buffer
					require.NoError(t, res.Proof.Write(&proof, n.Fingerprint(), fmt.Sprintf("sha256:%x", sha256.Sum256(text))))
					requireChecked(t, n, string(text), proof.Bytes())
				}
				want := majority[[3]string{benchmark, filepath.Base(r[0]), filepath.Base(r[1])}]
				require.Equal(t, map[string]Verdict{"sat": Violated, "unsat": Holds}[want], res.Verdict, res.Stopped)
			})
		}
	}
}

// TestSoakARareCounterexample is found with every one of ten seeds: a small unsafe set in a large
// box.
func TestSoakARareCounterexample(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a soak: set RELUCELL_SOAK")
	}
	folder := filepath.Join(public, "acasxu")
	n, _, err := load.Read(filepath.Join(folder, "onnx", "ACASXU_run2a_1_9_batch_2000.onnx"), load.Options{})
	if os.IsNotExist(err) {
		t.Skipf("no %s beside the project", folder)
	}
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(folder, "vnnlib", "prop_7.vnnlib"))
	require.NoError(t, err)
	for seed := range uint64(10) {
		res, err := Verify(context.Background(), n, read(t, string(text)), Options{Seed: seed})
		require.NoError(t, err)
		require.Equal(t, Violated, res.Verdict)
		t.Logf("seed %d: %d nodes, %v", seed, res.Nodes, res.Elapsed)
	}
}
