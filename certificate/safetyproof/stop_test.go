package safetyproof

// Which line is named, and how soon a check ends that is stopped.

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
	"github.com/relucell/relucell/internal/looks"
)

// Of wrong lines the first is named, whatever is found first: one that waits for the end of its
// node, and one of a worker who hears of a later one while it is at it.
func TestSafetyNamesTheFirstWrongLine(t *testing.T) {
	net := chain(unit1("relu", 1, 0))
	two := "query 1 2\nbox 0 1\nor 0; <= y0:-1 0\nor 0; <= y0:1 1\n"
	_, err := checkSafety(net, nil, safetyProof(t, net, 36, two, "Z0 0\nQ\n"))
	require.EqualError(t, err, "proof:10: the bound of the form is not positive on the node")

	n, err := readNetwork(context.Background(), net.Text())
	require.NoError(t, err)
	n.fix(36, func() {})
	c := &checker{Verdict: canonical.NewVerdict(context.Background()), net: n}
	c.query = query.Read(canonical.NewLines("proof", strings.NewReader(two)), n.Inputs, n.outputs, func() {})
	c.Refuse(&canonical.Error{File: "proof", Line: 100, Reason: "of another worker"})
	m := claims.Claim{Kind: 'E', Position: canonical.Position{File: "proof", Line: 7}, Mu: []claims.Weight{{At: 0, V: big.NewInt(1)}}}
	c.Guard(func() {
		c.check(newBounds(canonical.NewVerdict(context.Background()), n), &node{lo: []int64{0}, hi: []int64{1 << 36}, signs: []int8{1}}, []claims.Claim{m})
	})
	require.ErrorContains(t, c.Err(), "proof:7: ")
}

// A check of safety looked once a line whether it was stopped, and not at all while it read a
// specification: a line about 784 inputs took 8 s where ends of the box had denominators of 65,000
// bits, and one about many conditions could take an hour. Stops are heard at every look.
func TestSafetyStopsInLongArithmetic(t *testing.T) {
	const inputs = 40
	net := specimen.Waves(inputs, 0, 0)
	var spec strings.Builder
	for k := range inputs {
		fmt.Fprintf(&spec, "(declare-const X_%d Real)\n", k)
	}
	spec.WriteString("(declare-const Y_0 Real)\n(assert (>= Y_0 -1000))\n")
	for k := range inputs {
		fmt.Fprintf(&spec, "(assert (and (<= X_%d 1) (>= X_%[1]d 0)))\n", k)
	}
	asked := &Spec{Name: "spec", Text: []byte(spec.String())}
	box := strings.TrimSpace(strings.Repeat("0 1 ", inputs))
	point := fmt.Sprintf("relucell-witness 1\nnet %s\nspec sha256:%x\ndisjunct 0\nx%s\n", net.Hash(), sha256.Sum256(asked.Text), strings.Repeat(" 0", inputs))
	run := func(spec *Spec, proof string, left int) (int, error) {
		c := looks.After(context.Background(), left)
		_, err := Check(c, net.Text(), spec, "proof", Options{Workers: 1, open: specimen.Folder{"proof": []byte(proof)}.Open})
		return c.Made(), err
	}
	least, err := run(nil, safetyProof(t, net, 36, "query 0 0\n", ""), math.MaxInt)
	require.NoError(t, err)
	conditions := strings.Repeat("; <= y0:1 1000", inputs)
	var all []string
	for k := range inputs {
		all = append(all, fmt.Sprint(k, ":1"))
	}
	for name, c := range map[string]struct {
		spec  *Spec
		proof string
		looks int
	}{
		"the inputs of a line":     {nil, safetyProof(t, net, 36, oneBox(box, "; <= y0:1 1000"), "E0 0:1;\n"), inputs},
		"the conditions of a line": {nil, safetyProof(t, net, 36, oneBox(box, conditions), "E0 "+strings.Join(all, " ")+";\n"), 2 * inputs},
		"a specification":          {asked, point, 20 * inputs},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := run(c.spec, c.proof, math.MaxInt)
			require.NoError(t, err)
			require.GreaterOrEqual(t, all, least+c.looks)
			for left := range all {
				_, err = run(c.spec, c.proof, left)
				require.ErrorIs(t, err, looks.ErrEnough)
			}
		})
	}
}
