package certificate

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A check could not be stopped: who had begun one had to wait for its end.
func TestCheckStops(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	n := &net{hash: "x", inputs: 1}
	c := &checker{verdict: newVerdict(ctx), net: n}
	after := false
	c.guard(func() { c.stop(); after = true })
	require.False(t, after, "what runs goes on after a stop")
	require.ErrorIs(t, c.err(), why)
}

// looked counts who looks whether it has ended, and ends with so many looks.
type looked struct {
	context.Context
	looks, most int
	end         func()
}

func (c *looked) Err() error {
	if c.looks++; c.looks == c.most {
		c.end()
	}
	return c.Context.Err()
}

// A line of 341 multipliers of 12,288 digits kept a check busy for 100 s after it was stopped, and
// so did the witness of a long path: each took one look, for the line.
func TestCheckStopsInLongArithmetic(t *testing.T) {
	const inputs, names = 3, 60
	net := tnet{inputs: inputs, layers: []tlayer{{act: "relu"}}}
	for i := range names + 1 {
		row := make([]float64, inputs)
		row[i%inputs] = 1
		net.layers[0].w, net.layers[0].b = append(net.layers[0].w, row), append(net.layers[0].b, float64(i)/1024)
	}
	why := errors.New("enough")
	run := func(line string, most int) (int, error) {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		c := &looked{Context: ctx, most: most, end: func() { cancel(why) }}
		proof := header(t, net, "linf 0x1p+0"+strings.Repeat(" 0x0p+0", inputs)) + strings.Repeat("*\n", names) + line + "\n"
		_, err := CheckContext(c, net.text(), "proof", Options{Workers: 1, open: memory{"proof": []byte(proof)}.open})
		return c.looks, err
	}
	multipliers := func(lambda string) string {
		line := fmt.Sprintf("+%d %s", names, lambda)
		for i := range names {
			line += letters(names-1-i) + lambda
		}
		return line
	}
	witness := func(e uint) string { // −½, and a little more
		x := new(big.Int).Lsh(big.NewInt(1), e-1)
		return fmt.Sprint("?", e, strings.Repeat(x.Sub(big.NewInt(1), x).String(), inputs))
	}
	for name, c := range map[string]struct{ short, long, reason string }{
		"multipliers": {multipliers("7"), multipliers(strings.Repeat("7", 400)), "their sum is positive"},
		"a witness":   {witness(20), witness(1400), "the file ends here"},
	} {
		t.Run(name, func(t *testing.T) {
			few, err := run(c.short, 0)
			require.ErrorContains(t, err, c.reason)
			many, err := run(c.long, 0)
			require.ErrorContains(t, err, c.reason)
			require.GreaterOrEqual(t, many, few+names)
			_, err = run(c.long, few+names/2)
			require.ErrorIs(t, err, why)
		})
	}
}

// Of wrong lines the first is named, whatever is found first: one that waits for the end of its
// node, and one of a worker who hears of a later one while it is at it.
func TestSafetyNamesTheFirstWrongLine(t *testing.T) {
	net := chain(unit1("relu", 1, 0))
	two := "query 1 2\nbox 0 1\nor 0; <= y0:-1 0\nor 0; <= y0:1 1\n"
	_, err := checkSafety(net, nil, safetyProof(t, net, 36, two, "Z0 0\nQ\n"))
	require.EqualError(t, err, "proof:10: the bound of the form is not positive on the node")

	n, err := readSafetyNet(background, net.text())
	require.NoError(t, err)
	n.fix(36, func() {})
	c := &safetyCheck{verdict: newVerdict(background), net: n}
	c.query = readQuery(newLines("proof", strings.NewReader(two)), n.inputs, n.outputs, func() {})
	c.refuse(&Error{File: "proof", Line: 100, Reason: "of another worker"})
	m := claim{kind: 'E', position: position{"proof", 7}, mu: []weight{{0, big.NewInt(1)}}}
	c.guard(func() {
		c.check(newBounds(newVerdict(background), n), &safetyNode{lo: []int64{0}, hi: []int64{1 << 36}, signs: []int8{1}}, []claim{m})
	})
	require.ErrorContains(t, c.err(), "proof:7: ")
}

// A check of safety looked once a line whether it was stopped, and not at all while it read a
// specification: a line about 784 inputs took 8 s where ends of the box had denominators of 65,000
// bits, and one about many conditions could take an hour. Stops are heard at every look.
func TestSafetyStopsInLongArithmetic(t *testing.T) {
	const inputs = 40
	net, why := randomSafetyNet(inputs, 0, 0), errors.New("enough")
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
	point := fmt.Sprintf("relucell-witness 1\nnet %s\nspec sha256:%x\ndisjunct 0\nx%s\n", net.hash(t), sha256.Sum256(asked.Text), strings.Repeat(" 0", inputs))
	run := func(spec *Spec, proof string, most int) (int, error) {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		c := &looked{Context: ctx, most: most, end: func() { cancel(why) }}
		_, err := CheckSafety(c, net.text(), spec, "proof", SafetyOptions{Workers: 1, open: memory{"proof": []byte(proof)}.open})
		return c.looks, err
	}
	least, err := run(nil, safetyProof(t, net, 36, "query 0 0\n", ""), 0)
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
			looks, err := run(c.spec, c.proof, 0)
			require.NoError(t, err)
			require.GreaterOrEqual(t, looks, least+c.looks)
			for most := range looks {
				_, err = run(c.spec, c.proof, most+1)
				require.ErrorIs(t, err, why)
			}
		})
	}
}

// The norm of the map of a region took minutes in many inputs and outputs, after one look.
func TestLipschitzStops(t *testing.T) {
	const size = 12
	net, why := tnet{inputs: size, layers: []tlayer{{act: "none", b: make([]float64, size)}}}, errors.New("enough")
	for k := range size {
		row := make([]float64, size)
		row[k] = 1
		net.layers[0].w = append(net.layers[0].w, row)
	}
	proof := header(t, net, "linf 0x1p+0"+strings.Repeat(" 0x0p+0", size)) + "W0" + strings.Repeat(" 0", size) + "\ncount 1\n"
	run := func(norm string, most int) (int, error) {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		claim, err := NewLipschitz(norm, big.NewRat(1, 2), big.NewRat(2, 1))
		require.NoError(t, err)
		c := &looked{Context: ctx, most: most, end: func() { cancel(why) }}
		_, err = CheckContext(c, net.text(), "proof", Options{Lipschitz: claim, open: memory{"proof": []byte(proof)}.open})
		return c.looks, err
	}
	few, err := run("l1", 0)
	require.NoError(t, err)
	many, err := run("l2", 0)
	require.NoError(t, err)
	require.Equal(t, few+size*size+size*(size-1)/2, many, "a product, and an elimination")
	for most := few; most <= many; most++ {
		_, err = run("l2", most)
		require.ErrorIs(t, err, why)
	}
}

// The forms of a wide layer are computed unit by unit, with a look for each.
func TestCheckStopsInWideLayers(t *testing.T) {
	const size = 40
	net, why := randomSafetyNet(size, 2, size), errors.New("enough")
	net.layers[0].act = "none"
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	read := &looked{Context: ctx}
	_, err := readNet(read, net.text())
	require.NoError(t, err)
	proof := header(t, net, "linf 0x1p+0"+strings.Repeat(" 0x0p+0", size)) + "+0 a\n"
	c := &looked{Context: ctx, most: read.looks + size, end: func() { cancel(why) }}
	_, err = CheckContext(c, net.text(), "proof", Options{Workers: 1, open: memory{"proof": []byte(proof)}.open})
	require.ErrorIs(t, err, why)
}
