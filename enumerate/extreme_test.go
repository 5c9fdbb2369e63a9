package enumerate_test

// Networks at the ends of the range of float64, where what is rounded away or underflows decides:
// count, list, proof and checker must agree with exact fractions that share nothing with the walk.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// extremeCase is the case that a seed names, here and in messages.
func extremeCase(seed uint64) gen.Case {
	return gen.ExtremeCase(gen.NewRand(seed))
}

func TestSoakExtremeNetworks(t *testing.T) {
	shrunk := false
	for seed := range soakRange(300, 5000) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := extremeCase(seed)
			text := disagreement(c, t.TempDir(), seed%4 == 0)
			if text == "" {
				return
			}
			t.Errorf("seed %d (%s): %s", seed, c.Name, text)
			if !shrunk { // one is shrunk: the others are found again by their seeds
				shrunk = true
				t.Log(describeSmall(t, c))
			}
		})
	}
}

// The same with shrinking number by number, which keeps what makes a case extreme.
func TestExtremeNetworksDrawnNumberByNumber(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		c := gen.ExtremeCase(dice{t})
		if text := disagreement(c, dir, false); text != "" {
			t.Fatalf("%s\n%s", text, spell(c))
		}
	})
}

// dice has rapid draw for a generator.
type dice struct{ *rapid.T }

func (d dice) IntN(n int) int { return rapid.IntRange(0, n-1).Draw(d.T, "die") }

// describeSmall spells the failing case out, made as small as that goes in some seconds.
func describeSmall(t *testing.T, c gen.Case) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	dir := t.TempDir()
	small := crosscheck.Shrink(ctx, c, func(c gen.Case) bool {
		return c.Net.Inputs() <= 3 && disagreement(c, dir, false) != ""
	})
	return disagreement(small, dir, false) + "\n" + spell(small)
}

// spell spells a case out: a line of the ball's, and text that network.ReadCanonical reads.
func spell(c gen.Case) string {
	var text bytes.Buffer
	_ = c.Net.WriteCanonical(&text) // a buffer takes everything
	ball, _ := json.Marshal(c.Ball.JSON())
	return string(ball) + "\n" + text.String()
}

// disagreement says in a line in what count, list, proof and check differ from the exact patterns,
// "" where they do not. plain has the plain walk count too.
func disagreement(c gen.Case, dir string, plain bool) string {
	patterns, err := twin.ExactPatterns(c.Net, c.Ball)
	if err != nil {
		return "exact patterns: " + err.Error()
	}
	for _, way := range countings {
		if way.plain && (!plain || c.Net.Neurons() > plainNeurons) {
			continue
		}
		r, err := way.count(c.Net, c.Ball)
		if err != nil {
			return way.name + ": " + err.Error()
		}
		if !r.Exact || r.Lower.Int64() != int64(len(patterns)) || r.Lower.Cmp(r.Upper) != 0 {
			return fmt.Sprintf("%s: %v to %v, expected %d", way.name, r.Lower, r.Upper, len(patterns))
		}
	}
	if text := wrongBracket(c, int64(len(patterns))); text != "" {
		return text
	}
	if text := wrongList(c, patterns); text != "" {
		return text
	}
	return wrongProof(c, filepath.Join(dir, "proof"), int64(len(patterns)))
}

// plainNeurons is where the plain walk, which sums each form up from nothing, takes longer than all
// else.
const plainNeurons = 100

// countings are the ways to count without a proof.
var countings = []struct {
	name  string
	plain bool
	count func(n *network.Network, b ball.Ball) (enumerate.Result, error)
}{
	{"count", false, func(n *network.Network, b ball.Ball) (enumerate.Result, error) {
		return enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 1})
	}},
	{"count by two workers", false, func(n *network.Network, b ball.Ball) (enumerate.Result, error) {
		return enumerate.Count(context.Background(), n, b, enumerate.Options{Workers: 2})
	}},
	{"count by the solver", false, func(n *network.Network, b ball.Ball) (enumerate.Result, error) {
		return enumerate.CountForced(context.Background(), n, b, enumerate.Options{Workers: 1}, enumerate.Forced{NoVertices: true})
	}},
	{"count by the plain walk", true, func(n *network.Network, b ball.Ball) (enumerate.Result, error) {
		return enumerate.CountPlain(context.Background(), n, b, solvers["reference"](), enumerate.Options{})
	}},
}

// wrongBracket says what is wrong with the bracket of a count that stops after two regions.
func wrongBracket(c gen.Case, want int64) string {
	r, err := enumerate.Count(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: 1, Limit: 2})
	switch {
	case err != nil:
		return "count with a limit: " + err.Error()
	case r.Lower.Cmp(big.NewInt(want)) > 0 || r.Upper.Cmp(big.NewInt(want)) < 0 || r.Exact && r.Lower.Cmp(r.Upper) != 0:
		return fmt.Sprintf("count with a limit: %v to %v, expected %d between", r.Lower, r.Upper, want)
	}
	return ""
}

// wrongList says what is wrong with the list of regions: each of the patterns is to be there once,
// in order, with a witness strictly inside the ball where the network has exactly these signs.
func wrongList(c gen.Case, want []network.Pattern) string {
	i := 0
	for r, err := range enumerate.Regions(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: 1}) {
		switch {
		case err != nil:
			return "list: " + err.Error()
		case i == len(want):
			return fmt.Sprintf("list: more than %d regions", i)
		case !slices.Equal(r.Pattern, want[i]):
			return fmt.Sprintf("list: region %d of %d has the pattern %v, expected %v", i, len(want), r.Pattern, want[i])
		case !c.Ball.Interior(ball.RatsOf(r.Point())):
			return fmt.Sprintf("list: the witness of %v is not inside the ball", r.Pattern)
		}
		if _, signs := c.Net.ForwardExact(r.Point()); !slices.Equal(signs, r.Pattern) {
			return fmt.Sprintf("list: the witness of %v has the signs %v", r.Pattern, signs)
		}
		i++
	}
	if i != len(want) {
		return fmt.Sprintf("list: %d regions, expected %d", i, len(want))
	}
	return ""
}

// wrongProof says what is wrong with the proof of the count, which the checker is to accept.
func wrongProof(c gen.Case, path string, want int64) string {
	r, err := proof.Prove(context.Background(), c.Net, c.Ball, path, enumerate.Options{Workers: 2})
	if err != nil && beyondCaps(err) && r.Exact && r.Lower.Int64() == want {
		return ""
	}
	if err != nil {
		return "proof: " + err.Error()
	}
	var text bytes.Buffer
	if err := c.Net.WriteCanonical(&text); err != nil {
		return "canonical text: " + err.Error()
	}
	rep, err := certificate.Check(text.Bytes(), path, certificate.Options{Workers: 1})
	switch {
	case err != nil:
		return "check: " + err.Error()
	case r.Lower.Int64() != want || rep.AtLeast || rep.Count != want:
		return fmt.Sprintf("proof: %v counted, %d proved, expected %d", r.Lower, rep.Count, want)
	}
	return ""
}

// beyondCaps says that a proof was not written because a number in it is longer than the format has
// it: a combination of forms 2^±4000 apart has no shorter multipliers, so that is no disagreement.
func beyondCaps(err error) bool {
	return strings.HasPrefix(err.Error(), "certificate: a ") && strings.HasSuffix(err.Error(), " at most")
}

// Extreme cases are worth counting: in most something cuts, and counts are of all sizes.
func TestExtremeCasesHaveCountsOfAllSizes(t *testing.T) {
	sizes := map[int]int{}
	for seed := range uint64(120) {
		c := extremeCase(seed)
		patterns, err := twin.ExactPatterns(c.Net, c.Ball)
		require.NoError(t, err)
		sizes[min(len(patterns), 20)]++
	}
	require.Less(t, sizes[1], 30)
	require.Greater(t, len(sizes), 12)
	require.Greater(t, sizes[20], 5)
}
