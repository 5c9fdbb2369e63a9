package safetyproof

// Proofs of safety written by hand: what is accepted, what is refused, and each way in which a
// checker of such proofs may go wrong.

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/fractions"
	"github.com/relucell/relucell/certificate/internal/specimen"
)

// one is a network of one input with one unit a layer, y = act(w·x + b) each.
func chain(layers ...specimen.Layer) specimen.Net {
	return specimen.Net{Inputs: len(layers[0].W[0]), Layers: layers}
}

func unit1(act string, w, b float64) specimen.Layer {
	y := specimen.Layer{Act: act, W: [][]float64{{w}}, B: []float64{b}}
	if act == "leaky_relu" {
		y.Slope = -1
	}
	return y
}

// safetyProof is the text of a proof without a specification.
func safetyProof(tb testing.TB, t specimen.Net, bits int, query, tree string) string {
	return fmt.Sprintf("relucell-safety 1\nnet %s\nspec -\nbits %d\n%stree\n%sholds\n", t.Hash(), bits, query, tree)
}

// oneBox is a query of one disjunct.
func oneBox(box, forms string) string {
	return fmt.Sprintf("query 1 1\nbox %s\nor 0%s\n", box, forms)
}

// checkSafety checks a text.
func checkSafety(t specimen.Net, spec *Spec, proof string) (*Report, error) {
	return Check(context.Background(), t.Text(), spec, "proof", Options{Workers: 2, open: specimen.Folder{"proof": []byte(proof)}.Open})
}

func TestSafetyProofsByHand(t *testing.T) {
	abs := chain(unit1("leaky_relu", 1, 0))
	plane := chain(specimen.Layer{Act: "relu", W: [][]float64{{1, 1}, {1, -1}}, B: []float64{0, 0}}, specimen.Layer{Act: "none", W: [][]float64{{1, 1}}, B: []float64{0}})
	relu := chain(unit1("relu", 1, 0))
	big := chain(unit1("relu", 1, 0), unit1("none", 0x1p50, 0))
	twoBoxes := "query 2 3\nbox 0 1\nbox 2 3\nor 0; <= y0:1 1\nor 1; <= y0:1 -1\nor 0; <= y0:1 1/2\n"
	for name, c := range map[string]struct {
		net               specimen.Net
		query, tree, want string
	}{
		"a form":                        {relu, oneBox("0 1", "; <= y0:1 1"), "Z0 0\n", ""},
		"no disjuncts":                  {relu, "query 0 0\n", "", ""},
		"two boxes, three disjuncts":    {relu, twoBoxes, "Z2 0\nZ0 0\nZ1 0\n", ""},
		"of another box":                {relu, twoBoxes, "Z1 0\nZ0 0\nZ2 0\n", "disjunct of the box"},
		"refuted twice":                 {relu, twoBoxes, "Z0 0\nZ0 0\nZ1 0\n", "disjunct of the box"},
		"one missing":                   {relu, twoBoxes, "Z0 0\nZ1 0\n", "disjunct of the box"},
		"refuted above a split":         {relu, twoBoxes, "Z0 0\nX0\nZ2 0\nZ2 0\nZ1 0\n", ""},
		"refuted beside":                {relu, twoBoxes, "X0\nZ0 0\nZ2 0\nZ2 0\nZ1 0\n", "disjunct of the box"},
		"touching |x| is found out":     {abs, oneBox("-1 1", "; <= y0:1 0"), "N0\nE0 0:1;\nE0 0:1;\n", "not positive"},
		"strictly below |x|":            {abs, oneBox("-1 1", "; < y0:1 0"), "N0\nE0 0:1;0:1\nE0 0:1;0:1\n", ""},
		"strictly, but without weight":  {abs, oneBox("-1 1", "; < y0:1 0; <= y0:1 0"), "N0\nE0 1:1;0:1\nE0 0:1;0:1\n", "not positive"},
		"strictly, with a weight of 0":  {abs, oneBox("-1 1", "; < y0:1 0; <= y0:1 0"), "N0\nE0 0:0 1:1;0:1\nE0 0:1;0:1\n", "multipliers ≥ 1"},
		"a sign + with a weight":        {relu, oneBox("-1 1", "; <= x0:1 1/2"), "N0\nZ0 0\nF0 0:1048576;0:1048576;\n", "not positive"},
		"a sign - with a weight":        {relu, oneBox("-1 1", "; <= x0:-1 1/2"), "N0\nF0 0:1048576;0:1048576;\nF0 0:1048576;;\n", "not positive"},
		"both signs with weights":       {relu, oneBox("-1 1", "; <= x0:1 1/2; <= x0:-1 1/2"), "N0\nF0 1:1048576;0:1048576;\nF0 0:1048576;0:1048576;\n", ""},
		"as far below 0 as above":       {relu, oneBox("-1 1", "; <= y0:1 1/4"), "Z0 0\n", ""},
		"farther above 0 than below":    {relu, oneBox("-1 2", "; <= x0:-1/2 y0:1 1/4; <= y0:1 1/4"), "Z0 1\n", "not positive"},
		"that with a slope of 0":        {relu, oneBox("-1 2", "; <= x0:-1/2 y0:1 1/4; <= y0:1 1/4"), "F0 1:1;;0/0\n", ""},
		"too little for the negative":   {abs, oneBox("-1 1", "; < y0:1 0"), "N0\nE0 0:1;0:2\nE0 0:1;0:1\n", "not positive"},
		"one side missing":              {abs, oneBox("-1 1", "; < y0:1 0"), "N0\nE0 0:1;0:1\n", "begins with one of"},
		"open in an exact line":         {abs, oneBox("-1 1", "; < y0:1 0"), "E0 0:1;\n", "neither fixed nor stable"},
		"stable in an exact line":       {abs, oneBox("1/2 1", "; < y0:1 0"), "E0 0:1;\n", ""},
		"decimals are exact":            {relu, oneBox("1/10 1/10", "; <= y0:1 -1/10; <= y0:-1 1/10; < y0:1 -1/10"), "E0 2:1;\n", ""},
		"decimals are exact, touching":  {relu, oneBox("1/10 1/10", "; <= y0:1 -1/10; <= y0:-1 1/10"), "E0 0:1;\n", "not positive"},
		"only what the form depends on": {plane, oneBox("-1 1 -1 1", "; <= x0:1 2"), "E0 0:1;\n", ""},
		"a mixture":                     {plane, oneBox("-1 1 -1 1", "; <= y0:1 x0:-1; <= 0"), "Z0 0\n", "expected"},
		"two forms together":            {plane, oneBox("-1 1 -1 1", "; <= x0:1 y0:1 1/2; <= x0:-1 1/2"), "F0 0:1000000 1:1000000;;\n", ""},
		"more forms than values":        {relu, oneBox("-1 1", strings.Repeat("; <= y0:1 1", 5)), "F0 0:1000000 1:1 2:1 3:1 4:1;;\n", ""},
		"two forms, wrong weights":      {plane, oneBox("-1 1 -1 1", "; <= x0:1 y0:1 1/2; <= x0:-1 1/2"), "F0 0:1000000 1:10000;;\n", "not positive"},
		"signs refute":                  {relu, oneBox("1 2", "; <= y0:1 0"), "N0\nF0 ;0:1;\nZ0 0\n", ""},
		"a void node":                   {relu, oneBox("1 2", "; <= y0:1 0"), "N0\nV\nZ0 0\n", ""},
		"a node that is not void":       {relu, oneBox("-1 1", "; <= y0:1 1"), "N0\nV\nZ0 0\n", "not void"},
		"any line on a void node":       {relu, oneBox("1 2", "; <= y0:1 5"), "N0\nE0 0:1;\nZ0 0\n", ""},
		"a sign it does not have":       {relu, oneBox("1 2", "; <= y0:1 5"), "F0 0:1;0:1;\n", "has no sign"},
		"a slope of one with a sign":    {relu, oneBox("-1 1", "; <= y0:1 5"), "N0\nF0 0:1;;0/256\nZ0 0\n", "without a sign"},
		"a slope of a stable one":       {relu, oneBox("1 2", "; <= y0:1 5"), "F0 0:1;;0/3\n", ""},
		"a slope above 256":             {relu, oneBox("-1 1", "; <= y0:1 5"), "F0 0:1;;0/257\n", "from 0 to 256"},
		"halves meet at a point":        {relu, oneBox("-1 1", "; <= x0:1 -1/512; < x0:-1 0"), "X0\nE0 1:1;\nE0 0:1;\n", "not positive"},
		"halves meet":                   {relu, oneBox("-1 1", "; <= x0:1 1/512; < x0:-1 0"), "X0\nE0 1:1;\nE0 0:1;\n", ""},
		"lo below a split and beside":   {plane, oneBox("-1 1 -1 1", "; <= x0:1 1/2; <= x1:-1 1/2"), "X1\nX0\nE0 1:1;\nE0 1:1;\nE0 0:1;\n", "not positive"},
		"hi below a split and beside":   {plane, oneBox("-1 1 -1 1", "; <= x0:-1 1/2; <= x1:-1 1/2"), "X1\nX0\nE0 1:1;\nE0 1:1;\nE0 0:1;\n", "not positive"},
		"a sign beside":                 {abs, oneBox("-1 1", "; < y0:1 0"), "X0\nN0\nE0 0:1;0:1\nE0 0:1;0:1\nE0 0:1;0:1\n", "has no sign"},
		"the grid reaches hi":           {relu, oneBox("0 1/3", "; <= x0:-1 333/1000"), "E0 0:1;\n", "not positive"},
		"the grid reaches lo":           {relu, oneBox("-1/3 0", "; <= x0:1 333/1000"), "E0 0:1;\n", "not positive"},
		"exactly lo and hi":             {relu, oneBox("-1/3 1/3", "; < x0:1 1/3; < x0:-1 1/3"), "F0 0:1 1:1;;\n", ""},
		"beyond lo by nothing":          {relu, oneBox("-1/3 1/3", "; < x0:1 1/3"), "E0 0:1;\n", ""},
		"coefficients that add up":      {plane, oneBox("1 1 1 1", "; <= x0:30000000 x1:30000000 1"), "Z0 0\n", "no bound"},
		"verflow where units are dead":  {chain(specimen.Layer{Act: "relu", W: [][]float64{{1}, {1}}, B: []float64{-10, -10}}), oneBox("0 1", "; <= y0:65536 y1:65536 1"), "Z0 0\n", "no bound"},
		"no weights at all":             {relu, oneBox("-1 1", "; <= y0:1 5"), "F0 ;;\n", "one multiplier"},
		"weights of 2^32":               {relu, oneBox("-1 1", "; <= y0:1 5"), "F0 0:4294967296;;\n", "less than 2^32"},
		"a sign twice":                  {relu, oneBox("-1 1", "; <= y0:1 5"), "N0\nN0\nZ0 0\nZ0 0\nZ0 0\n", "has a sign"},
		"a neuron too many":             {relu, oneBox("-1 1", "; <= y0:1 5"), "N1\n", "expected one of the neurons"},
		"an input too many":             {relu, oneBox("-1 1", "; <= y0:1 5"), "X1\n", "expected one of the inputs"},
		"a condition too many":          {relu, oneBox("-1 1", "; <= y0:1 5"), "Z0 1\n", "one of the disjunct's conditions"},
		"lo = hi is not halved":         {relu, oneBox("1/3 1/3", "; <= y0:1 5"), "X0\nZ0 0\nZ0 0\n", "cannot be halved"},
		"R once on a path":              {relu, oneBox("-1 1", "; <= y0:1 5"), "R\nX0\nR\nZ0 0\nZ0 0\n", "once on a path"},
		"R on both sides":               {relu, oneBox("-1 1", "; <= y0:1 5"), "X0\nR\nZ0 0\nR\nZ0 0\n", ""},
		"R first of all":                {relu, twoBoxes, "Z0 0\nR\nZ2 0\nZ1 0\n", "first of all"},
		"numbers that overflow":         {big, oneBox("-1 1", "; < y0:1 0"), "N0\nE0 0:1;\nZ0 0\n", "no bounds"},
		"overflow leaves exact lines":   {big, oneBox("-1 1", "; < y0:1 0"), "N0\nE0 0:1;\nE0 0:1;0:1125899906842624\n", ""},
		"stable before an overflow":     {big, oneBox("1/2 1", "; < y0:1 0"), "E0 0:1;\n", ""},
		"open before an overflow":       {big, oneBox("-1 1", "; < y0:1 0"), "E0 0:1;\n", "neither fixed nor stable"},
		"something behind":              {relu, oneBox("0 1", "; <= y0:1 1"), "Z0 0\nZ0 0\n", "the trees are complete"},
		"a box without points":          {relu, oneBox("1 0", "; <= y0:1 1"), "Z0 0\n", "the box is empty"},
		"fractions in lowest terms":     {relu, oneBox("2/4 1", "; <= y0:1 1"), "Z0 0\n", "lowest terms"},
		"a coefficient of 0":            {relu, oneBox("0 1", "; <= y0:0 1"), "Z0 0\n", "other than 0"},
		"variables out of order":        {plane, oneBox("0 1 0 1", "; <= x1:1 x0:1 1"), "Z0 0\n", "ascending"},
		"a box out of order":            {relu, "query 2 2\nbox 0 1\nbox 2 3\nor 1; <= y0:1 1\nor 0; <= y0:1 1\n", "Z0 0\nZ1 0\n", "by first use"},
		"a box unused":                  {relu, "query 2 2\nbox 0 1\nbox 2 3\nor 0; <= y0:1 1\nor 0; <= y0:1 1\n", "Z0 0\nZ1 0\n", "unused"},
		"a box twice":                   {relu, "query 2 2\nbox 0 1\nbox 0 1\nor 0; <= y0:1 1\nor 1; <= y0:1 1\n", "Z0 0\nZ1 0\n", "new box"},
	} {
		t.Run(name, func(t *testing.T) {
			bits := 36
			if strings.HasPrefix(name, "halves") || strings.HasPrefix(name, "the grid") {
				bits = 8
			}
			if strings.Contains(name, "verflow") {
				bits = 44
			}
			_, err := checkSafety(c.net, nil, safetyProof(t, c.net, bits, c.query, c.tree))
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			var e *canonical.Error
			require.ErrorAs(t, err, &e)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// TestSafetyZonotopeKnowsMore: where both lines of a form that goes back are loose, the sum of two
// copies of a unit is known to cancel.
func TestSafetyZonotopeKnowsMore(t *testing.T) {
	net := chain(specimen.Layer{Act: "relu", W: [][]float64{{1}}, B: []float64{0}}, specimen.Layer{Act: "relu", W: [][]float64{{1}, {1}}, B: []float64{1, 1}},
		specimen.Layer{Act: "relu", W: [][]float64{{1, -1}}, B: []float64{1}}, specimen.Layer{Act: "none", W: [][]float64{{1}}, B: []float64{0}})
	_, err := checkSafety(net, nil, safetyProof(t, net, 36, oneBox("-1 1", "; <= y0:1 -1/2"), "Z0 0\n"))
	require.NoError(t, err)
}

func TestSafetyAllLayersCount(t *testing.T) {
	two := []specimen.Layer{unit1("relu", 1, 0), unit1("none", -3, 1), unit1("none", 2, 0)}
	for n, c := range map[int]struct{ forms, want string }{1: {"; <= y0:1 1", ""}, 2: {"; <= y0:1 2", "not positive"}, 3: {"; <= y0:1 5", ""}} {
		net := chain(two[:n]...)
		_, err := checkSafety(net, nil, safetyProof(t, net, 36, oneBox("0 1", c.forms), "Z0 0\n"))
		if c.want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, c.want)
		}
	}
}

const safeSpec = "(declare-const X_0 Real)\n(declare-const Y_0 Real)\n(assert (>= X_0 -1))\n(assert (<= X_0 0.5))\n(assert (or (<= Y_0 -0.25) (> Y_0 1)))\n"

func specProof(tb testing.TB, t specimen.Net, spec string) string {
	return fmt.Sprintf("relucell-safety 1\nnet %s\nspec sha256:%x\nbits 20\nquery 1 2\nbox -1 1/2\nor 0; <= y0:1 1/4\nor 0; < y0:-1 1\ntree\nZ0 0\nZ1 0\nholds\n",
		t.Hash(), sha256.Sum256([]byte(spec)))
}

func TestSafetyQueryIsDerived(t *testing.T) {
	net := chain(unit1("relu", 1, 0))
	proof := specProof(t, net, safeSpec)
	r, err := checkSafety(net, &Spec{"a/spec.vnnlib", []byte(safeSpec)}, proof)
	require.NoError(t, err)
	require.True(t, r.Checked)
	require.Equal(t, []string{"box -1 1/2", "or 0; <= y0:1 1/4", "or 0; < y0:-1 1"}, r.Query)
	r, err = checkSafety(net, nil, proof)
	require.NoError(t, err)
	require.False(t, r.Checked)
	for _, c := range [][2]string{
		{"box -1 1/2", "box -1 1/4"}, {"y0:1 1/4", "y0:1 1/2"}, {"query 1 2", "query 1 1"}, {"or 0; < y0:-1 1\n", "or 0; <= y0:-1 1\n"},
		{"or 0; <= y0:1 1/4\n", "or 0; <= y0:1 1/4; <= y0:1 1/4\n"},
	} {
		require.Contains(t, proof, c[0])
		_, err = checkSafety(net, &Spec{"spec.vnnlib", []byte(safeSpec)}, strings.Replace(proof, c[0], c[1], 1))
		require.ErrorContains(t, err, "specification", c[0])
	}
	// A digit of the specification is another hash; and with its hash, another query.
	for i := range safeSpec {
		if safeSpec[i] < '0' || safeSpec[i] > '9' {
			continue
		}
		other := safeSpec[:i] + string('0'+(safeSpec[i]-'0'+1)%10) + safeSpec[i+1:]
		_, err = checkSafety(net, &Spec{"spec.vnnlib", []byte(other)}, proof)
		require.Error(t, err, other)
		_, err = checkSafety(net, &Spec{"spec.vnnlib", []byte(other)}, specProof(t, net, other))
		require.Error(t, err, other)
	}
	_, err = checkSafety(net, &Spec{"spec.vnnlib", []byte(safeSpec)}, strings.Replace(proof, fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(safeSpec))), "-", 1))
	require.ErrorContains(t, err, "another specification")
	_, err = checkSafety(chain(unit1("relu", 1, 0x1p-50)), nil, proof)
	require.ErrorContains(t, err, "another network")
}

func TestWitnesses(t *testing.T) {
	net := chain(unit1("relu", 1, 0), unit1("none", 3, 0))
	spec := &Spec{"spec.vnnlib", []byte(safeSpec)}
	text := func(d, x string) string {
		return fmt.Sprintf("relucell-witness 1\nnet %s\nspec sha256:%x\ndisjunct %s\nx %s\n", net.Hash(), sha256.Sum256(spec.Text), d, x)
	}
	for _, c := range [][3]string{
		{"1", "1/2", ""}, {"1", "7/20", ""}, {"1", "1/3", "does not satisfy"}, {"0", "1/2", "does not satisfy"}, {"1", "3/5", "outside"}, {"2", "1/2", "expected one of"},
		{"1", "2/4", "lowest terms"}, {"1", "1/2 0", "as many numbers"}, {"1", "0.5", "expected an integer"}, {"1", "1/0", "expected an integer"}, {"1", "1/2\n", "something follows"},
	} {
		r, err := checkSafety(net, spec, text(c[0], c[1]))
		if c[2] == "" {
			require.NoError(t, err)
			require.True(t, r.Witness)
			continue
		}
		require.ErrorContains(t, err, c[2], c)
	}
	_, err := checkSafety(net, nil, text("1", "1/2"))
	require.ErrorContains(t, err, "was not given")
	_, err = checkSafety(net, spec, strings.Replace(text("1", "1/2"), "spec sha256:", "spec sha256:0", 1))
	require.ErrorContains(t, err, "another specification")
}

func TestSafetyStops(t *testing.T) {
	net := specimen.Waves(20, 3, 60)
	// Every leaf is right, and there are enough of them for a minute.
	tree := "Z0 0\n"
	for depth := range 19 {
		tree = fmt.Sprintf("X%d\n", depth) + tree + tree
	}
	box := strings.TrimSpace(strings.Repeat("-1 1 ", 20))
	proof := safetyProof(t, net, 8, fmt.Sprintf("query 1 1\nbox %s\nor 0; <= y0:1 1000000000000\n", box), tree)
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
	_, err := Check(ctx, net.Text(), nil, "proof", Options{open: specimen.Folder{"proof": []byte(proof)}.Open})
	require.ErrorIs(t, err, why)
}

// TestSafetyOfManyInputs: inputs of width 0 have no column, whatever decimals they are.
func TestSafetyOfManyInputs(t *testing.T) {
	net := specimen.Waves(400, 1, 5)
	box := strings.Repeat("1/3 1/3 ", 398) + "-1 1 0 1"
	proof := safetyProof(t, net, 36, oneBox(box, "; <= y0:1 1000"), "X399\nZ0 0\nX398\nZ0 0\nZ0 0\n")
	_, err := checkSafety(net, nil, proof)
	require.NoError(t, err)
	n, err := readNetwork(context.Background(), net.Text())
	require.NoError(t, err)
	n.fix(36, func() {})
	b, node := newBounds(canonical.NewVerdict(context.Background()), n), &node{}
	for range 398 {
		node.lo, node.hi = append(node.lo, 22906492245), append(node.hi, 22906492246)
	}
	node.lo, node.hi = append(node.lo, 0, 0), append(node.hi, 1<<36, 1)
	b.lo, b.hi = node.lo, node.hi
	b.enter()
	require.Len(t, b.g, 1)
}

// TestSafetyRoomForColumns: a node has bounds if and only if there is room for the columns of its
// inputs, of those that enter each layer, and of those that leave it, whatever its weights are.
func TestSafetyRoomForColumns(t *testing.T) {
	rows := [][]float64{{1, 0}, {0, 1}, {1, 1}}
	to := func(units int) specimen.Net { // three units, and so many behind them that are never off
		y := specimen.Layer{Act: "relu"}
		for range units {
			y.W, y.B = append(y.W, []float64{1, 0, 0}), append(y.B, 1)
		}
		return chain(specimen.Layer{Act: "relu", W: rows, B: []float64{0, 0, 0}}, y)
	}
	sum := chain(specimen.Layer{Act: "relu", W: [][]float64{{1, 1, 1, 1}}, B: []float64{0}})
	const one = 1 << 36
	for name, c := range map[string]struct {
		net    specimen.Net
		lo, hi []int64
		least  int
	}{
		"inputs":                      {sum, []int64{one, one, one, one}, []int64{2 * one, 2 * one, 2 * one, 2 * one}, 4 * 4},
		"inputs of some width":        {sum, []int64{one, one, one, one}, []int64{2 * one, one + 1, one + 2, one}, 2 * 4},
		"what enters":                 {to(4), []int64{one, one}, []int64{2 * one, 2 * one}, 2 * 4},
		"what leaves":                 {to(1), []int64{-one, -one}, []int64{one, one}, (2 + 3) * 3},
		"what leaves, and two are on": {to(1), []int64{-one, 2 * one}, []int64{one, 3 * one}, (2 + 1) * 3},
		"what enters behind these":    {to(4), []int64{-one, -one}, []int64{one, one}, (2 + 3) * 4},
		"no columns":                  {to(4), []int64{one, one}, []int64{one, one + 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := readNetwork(context.Background(), c.net.Text())
			require.NoError(t, err)
			n.fix(36, func() {})
			b := newBounds(canonical.NewVerdict(context.Background()), n)
			require.Equal(t, maxRows, b.room)
			for b.room = 0; b.room < 40; b.room++ {
				b.of(&node{lo: c.lo, hi: c.hi})
				require.False(t, b.void)
				require.Equal(t, b.room >= c.least, b.bounded, "room for %d", b.room)
			}
		})
	}
}

// TestSafetyBombs: endless lines and queries are refused in little memory.
func TestSafetyBombs(t *testing.T) {
	net := chain(unit1("relu", 1, 0))
	head := safetyProof(t, net, 36, oneBox("0 1", "; <= y0:1 1"), "")
	head = strings.TrimSuffix(head, "holds\n")
	start := head[:strings.Index(head, "query")]
	for name, c := range map[string]struct{ text, reason string }{
		"an endless line":        {head + "X" + strings.Repeat("1", 1<<24), "longer than"},
		"endless splits":         {head + strings.Repeat("X0\n", 1<<20), "cannot be halved"},
		"an endless weight":      {head + "E0 0:" + strings.Repeat("1", canonical.MaxLine/2) + ";\n", "natural"},
		"an endless query":       {start + "query 1000000 1000000\n" + strings.Repeat("box 0 1\n", 1<<20), "new box"},
		"an endless disjunct":    {start + "query 1 1\nbox 0 1\nor 0" + strings.Repeat("; <= y0:1 0", 1<<18) + "\ntree\nZ0 0\n", ""},
		"an endless coefficient": {start + "query 1 1\nbox 0 1\nor 0; <= y0:" + strings.Repeat("7", fractions.MaxFraction+2) + " 0\n", "20000 digits"},
		"an endless denominator": {start + "query 1 1\nbox 0 1\nor 0; <= y0:1/" + strings.Repeat("7", fractions.MaxFraction+1) + " 0\n", "20000 digits"},
		"cut":                    {head, "ends here"},
	} {
		t.Run(name, func(t *testing.T) {
			bomb := specimen.Zipped([]byte(c.text))
			before := specimen.Allocated()
			_, err := Check(context.Background(), net.Text(), nil, "proof.gz", Options{Workers: 1, open: specimen.Folder{"proof.gz": bomb}.Open})
			require.Error(t, err)
			require.ErrorContains(t, err, c.reason)
			specimen.RequireLittle(t, before, 1<<28)
		})
	}
}

// TestCountsOfVariables: those of the specification are those of the network.
func TestCountsOfVariables(t *testing.T) {
	net := chain(unit1("relu", 1, 0))
	two := "(declare-const Y_0 Real) (declare-const X_1 Real)(declare-const X_0 Real)(declare-const Y_1 Real)\n" +
		"(assert (and (<= X_0 1) (>= X_0 -1) (<= X_1 1e0)))(assert (>= X_1 -1.5))\n"
	_, err := checkSafety(net, &Spec{"spec.vnnlib", []byte(two)}, "")
	require.ErrorContains(t, err, "2 inputs and 2 outputs are declared, expected 1 and 1")
}

// TestSafetyOfALongPath: a path is as long as it may be, and then refused in little memory.
func TestSafetyOfALongPath(t *testing.T) {
	const inputs, halvings = 2500, 44
	net := chain(specimen.Layer{Act: "relu", W: [][]float64{make([]float64, inputs)}, B: []float64{0}})
	var tree strings.Builder
	for k := range inputs {
		tree.WriteString(strings.Repeat(fmt.Sprintf("X%d\n", k), halvings))
	}
	proof := safetyProof(t, net, halvings, oneBox(strings.TrimSpace(strings.Repeat("0 1 ", inputs)), "; <= y0:1 1"), tree.String())
	before := specimen.Allocated()
	_, err := checkSafety(net, nil, proof)
	require.ErrorContains(t, err, "more than 100000 splits on a path")
	specimen.RequireLittle(t, before, 1<<28)
}
