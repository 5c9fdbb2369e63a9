package safety

// Verdicts where networks are made to be as hard as possible for them: package internal/attack
// climbs towards queries that take many nodes and programmes in fractions. The query forbids just
// what the network reaches at its extreme, which the vertices of all regions tell exactly, or a
// little more.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate/safetyproof"
	twins "github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/vnnlib"
)

const (
	// quickAttack is the number of cases in the usual tests.
	quickAttack = 4
	// attackRegions bounds the regions whose vertices are looked at, and attackTime a verdict: what
	// is unknown by then is passed over, and still a guide.
	attackRegions, attackTime = 60, time.Second / 2
)

func TestNoBoundIsExceeded(t *testing.T) { attack.Run(t, quickAttack, measureVerdicts) }

// wrong is the bound that a wrong verdict exceeds.
const wrong = "verdict"

func measureVerdicts(c *attack.Case, _ string) (attack.Marks, error) {
	m := attack.NewMarks()
	n, b, ok := c.Build()
	if !ok {
		return m, nil
	}
	if b.Norm() != ball.LInf {
		var err error
		if b, err = ball.New(ball.LInf, b.Center(), b.Radius()); err != nil {
			return m, nil
		}
	}
	rng := rand.New(rand.NewPCG(c.Seed, 1))
	form := make([]int64, n.Outputs())
	for i := range form {
		form[i] = int64(rng.IntN(5) - 2)
	}
	top, err := largest(n, b, form)
	if err != nil || top == nil {
		return m, err
	}
	tiny := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), uint(rng.IntN(80))))
	for _, q := range []struct {
		condition string
		limit     *big.Rat
		want      Verdict
	}{
		{">=", top, Violated}, {">", top, Holds},
		{">", new(big.Rat).Sub(top, tiny), Violated}, {">=", new(big.Rat).Add(top, tiny), Holds},
	} {
		if err := measureVerdict(m, n, queryText(n, b, form, q.condition, q.limit), q.condition, q.want); err != nil {
			return m, err
		}
	}
	return m, nil
}

// largest is the largest value of a form of the outputs on a polytope, nil where there are too many
// regions.
func largest(n *network.Network, b ball.Ball, form []int64) (top *big.Rat, err error) {
	regions := 0
	for r, err := range enumerate.Regions(context.Background(), n, b, enumerate.Options{Workers: 1}) {
		if regions++; err != nil || regions > attackRegions {
			return nil, err
		}
		list, err := r.VerticesExact()
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			sum := new(big.Rat)
			for i, y := range twins.Forward(n, v.X) {
				sum.Add(sum, new(big.Rat).Mul(big.NewRat(form[i], 1), y))
			}
			if top == nil || top.Cmp(sum) < 0 {
				top = sum
			}
		}
	}
	return top, nil
}

// queryText asks whether the form meets a condition in the box.
func queryText(n *network.Network, b ball.Ball, form []int64, condition string, limit *big.Rat) string {
	var asserts []string
	decimal := func(v *big.Rat) string { return v.FloatString(v.Denom().BitLen()) } // of a power of two
	mid, half := ball.RatsOf(b.Mid()), ball.RatsOf(b.Scale())
	for k := range mid {
		asserts = append(asserts, fmt.Sprintf("(>= X_%d %s)", k, decimal(new(big.Rat).Sub(mid[k], half[k]))),
			fmt.Sprintf("(<= X_%d %s)", k, decimal(new(big.Rat).Add(mid[k], half[k]))))
	}
	sum := []string{"(+ 0"}
	for i, c := range form {
		sum = append(sum, fmt.Sprintf("(* %v Y_%d)", new(big.Int).Mul(big.NewInt(c), limit.Denom()), i))
	}
	asserts = append(asserts, fmt.Sprintf("(%s %s) %v)", condition, strings.Join(sum, " "), limit.Num()))
	return specification(n, asserts...)
}

// measureVerdict asks once, with a proof, which is checked, and whose checker reads the query anew.
func measureVerdict(m attack.Marks, n *network.Network, spec, condition string, want Verdict) error {
	q, err := vnnlib.Read(strings.NewReader(spec), vnnlib.Options{})
	if err != nil {
		return fmt.Errorf("%w in %s", err, spec)
	}
	ctx, cancel := context.WithTimeout(context.Background(), attackTime)
	defer cancel()
	res, err := Verify(ctx, n, q, Options{Workers: 1, Prove: true})
	if err != nil {
		return fmt.Errorf("%w: %s", err, spec)
	}
	m.Guide("nodes, "+condition, float64(res.Nodes))
	m.Guide("programmes in fractions", float64(res.Exact))
	off := new(big.Rat)
	if res.Verdict != want && res.Verdict != Unknown || res.Witness != nil && !q.Satisfied(res.Witness.Input, res.Witness.Output) {
		off.SetInt64(1)
	}
	if m.Note(wrong, off, 0); off.Sign() != 0 {
		return fmt.Errorf("the verdict %v, expected %v, of %s", res.Verdict, want, spec)
	}
	if res.Proof == nil {
		return nil
	}
	defer res.Proof.Close()
	return checkProof(n, spec, res.Proof)
}

func checkProof(n *network.Network, spec string, proof *Proof) error {
	folder, err := os.MkdirTemp("", "proof")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	var text, canonical bytes.Buffer
	if err := proof.Write(&text, n.Fingerprint(), fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(spec)))); err != nil {
		return err
	}
	path := filepath.Join(folder, "proof")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		return err
	}
	if err := n.WriteCanonical(&canonical); err != nil {
		return err
	}
	if _, err := safetyproof.Check(context.Background(), canonical.Bytes(), &safetyproof.Spec{Name: "spec", Text: []byte(spec)}, path, safetyproof.Options{Workers: 1}); err != nil {
		return fmt.Errorf("a proof is refused: %w: %s", err, spec)
	}
	return nil
}
