package safetyproof

// A simple, honest writer of proofs of safety, which asks the checker itself for bounds; and what
// becomes of its proofs when they are bent: where a point satisfies a query, no text proves
// otherwise.

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
)

// honestSafe writes a tree, with choices at random.
type honestSafe struct {
	net   *network
	query *query.Query
	bits  uint
	b     *bounds
	w     *checker
	r     *rand.Rand
	lines int
}

// prove returns a proof, "" if it found none soon. The query has one box.
func proveSafety(t specimen.Net, q *query.Query, bits uint, r *rand.Rand) string {
	n, err := readNetwork(context.Background(), t.Text())
	if err != nil {
		panic(err)
	}
	n.fix(bits, func() {})
	h := &honestSafe{net: n, query: q, bits: bits, r: r, b: newBounds(canonical.NewVerdict(context.Background()), n)}
	h.w = &checker{Verdict: canonical.NewVerdict(context.Background()), net: n, query: q}
	root := node{signs: make([]int8, len(n.unit))}
	for k := 0; k < len(q.Boxes[0]); k += 2 {
		root.lo, root.hi = append(root.lo, n.inUnits(q.Boxes[0][k])), append(root.hi, -n.inUnits(neg(q.Boxes[0][k+1])))
	}
	open := make([]int, len(q.Disjuncts))
	for d := range open {
		open[d] = d
	}
	tree, ok := h.tree(root, open, 0)
	if !ok {
		return ""
	}
	return headOf(t, n, q, bits) + "tree\n" + tree + "holds\n"
}

func headOf(t specimen.Net, n *network, q *query.Query, bits uint) string {
	return fmt.Sprintf("relucell-safety 1\nnet %s\nspec -\nbits %d\n%s\n", n.Hash, bits, strings.Join(q.Lines(), "\n"))
}

func (h *honestSafe) tree(n node, open []int, depth int) (text string, ok bool) {
	if h.lines++; depth > 14 || h.lines > 4000 {
		return "", false
	}
	if !n.second && h.r.Intn(4) == 0 {
		n.second, text = true, "R\n"
	}
	h.b.of(&n)
	if h.b.void && h.r.Intn(2) == 0 {
		return text + "V\n", true
	}
	var left []int
	for _, d := range open {
		if line := h.line(&n, d); line != "" {
			text += line
		} else {
			left = append(left, d)
		}
	}
	if len(left) == 0 {
		return text, true
	}
	split, low, high := h.split(n)
	if split == "" {
		return "", false
	}
	a, ok := h.tree(low, left, depth+1)
	if !ok {
		return "", false
	}
	b, ok := h.tree(high, left, depth+1)
	return text + split + a + b, ok
}

// right asks the checker.
func (h *honestSafe) right(n *node, m *claims.Claim) bool {
	v := canonical.NewVerdict(context.Background())
	v.Guard(func() { h.w.right(h.b, n, m) })
	return v.Err() == nil
}

// line returns a line that refutes disjunct d, "" if it found none.
func (h *honestSafe) line(n *node, d int) string {
	forms := h.query.Disjuncts[d].Forms
	for j := range forms {
		if h.right(n, &claims.Claim{Kind: 'Z', Disjunct: d, Mu: claims.Alone(j, h.net.f)}) {
			return fmt.Sprintf("Z%d %d\n", d, j)
		}
	}
	for range 6 {
		c := claims.Claim{Kind: []byte("FE")[h.r.Intn(2)], Disjunct: d}
		text := ""
		add := func(list *[]claims.Weight, at int, v int64) {
			*list = append(*list, claims.Weight{At: at, V: big.NewInt(v)})
			if text != "" && text[len(text)-1] != ';' {
				text += " "
			}
			text += fmt.Sprintf("%d:%d", at, v)
		}
		for j := range forms {
			if h.r.Intn(2) == 0 {
				add(&c.Mu, j, 1+h.r.Int63n(1<<20))
			}
		}
		text += ";"
		for q, s := range n.signs {
			if s != 0 && h.r.Intn(2) == 0 {
				add(&c.Beta, q, 1+h.r.Int63n(1<<20))
			}
		}
		if len(c.Mu)+len(c.Beta) == 0 {
			continue
		}
		if h.right(n, &c) {
			return fmt.Sprintf("%c%d %s%s\n", c.Kind, d, text, strings.Repeat(";", int(c.Kind&1^1)))
		}
	}
	return ""
}

func (h *honestSafe) split(n node) (line string, low, high node) {
	low, high = n, n
	widest := 0
	for k := range n.lo {
		if n.hi[k]-n.lo[k] > n.hi[widest]-n.lo[widest] {
			widest = k
		}
	}
	free := slices.Index(n.signs, 0)
	if lo, hi := n.lo[widest], n.hi[widest]; hi-lo >= 2 && (h.r.Intn(3) > 0 || free < 0) {
		low.hi, high.lo = append([]int64(nil), n.hi...), append([]int64(nil), n.lo...)
		low.hi[widest], high.lo[widest] = (lo+hi)>>1, (lo+hi)>>1
		return fmt.Sprintf("X%d\n", widest), low, high
	}
	if free >= 0 {
		low.signs, high.signs = slices.Clone(n.signs), slices.Clone(n.signs)
		low.signs[free], high.signs[free] = -1, +1
		return fmt.Sprintf("N%d\n", free), low, high
	}
	return "", low, high
}

// drawQuery returns a query of one box around a point, and how far its first form is from 0 there.
func drawQuery(t specimen.Net, outputs int, r *rand.Rand) (q *query.Query, x []rat) {
	q = &query.Query{Inputs: t.Inputs, Outputs: outputs}
	var ends []rat
	for range t.Inputs {
		lo, hi := big.NewRat(r.Int63n(21)-20, 10), big.NewRat(r.Int63n(21), 10)
		ends = append(ends, lo, hi)
		x = append(x, plus(lo, times(big.NewRat(r.Int63n(8), 7), minus(hi, lo))))
	}
	q.Boxes = [][]*big.Rat{ends}
	_, y := pointwise(t, x)
	v := append(append([]rat(nil), x...), y...)
	for range 1 + r.Intn(2) {
		d := query.Disjunct{}
		for range 1 + r.Intn(2) {
			f := query.Form{Combination: query.Combination{query.Constant: whole(0)}, Strict: r.Intn(2) == 0}
			for k := range v {
				if c := r.Int63n(5) - 2; c != 0 && (k >= t.Inputs || r.Intn(3) == 0) {
					f.Combination[k] = whole(c)
				}
			}
			f.Combination[query.Constant] = neg(valueOf(&f, v)) // 0 at x
			d.Forms = append(d.Forms, f)
		}
		q.Disjuncts = append(q.Disjuncts, d)
	}
	return q, x
}

// shiftedBy returns q with so much added to each offset.
func shiftedBy(q *query.Query, by rat, strict bool) *query.Query {
	c := *q
	c.Disjuncts = nil
	for _, d := range q.Disjuncts {
		e := query.Disjunct{Box: d.Box}
		for _, f := range d.Forms {
			f = query.Form{Combination: maps.Clone(f.Combination), Strict: strict}
			f.Combination[query.Constant] = plus(f.Combination[query.Constant], by)
			e.Forms = append(e.Forms, f)
		}
		c.Disjuncts = append(c.Disjuncts, e)
	}
	return &c
}

func TestNoBentProofOfSafetyProvesWhatIsFalse(t *testing.T) {
	proofs, bent := 0, 0
	for seed := range int64(60) {
		r := rand.New(rand.NewSource(seed))
		net := specimen.Random(r, r.Intn(2) == 0, []string{"relu", "leaky_relu", "mixed", "none"}[r.Intn(4):], 1+r.Intn(2), 1+r.Intn(3), 1+r.Intn(2))
		q, _ := drawQuery(net, len(net.Layers[len(net.Layers)-1].B), r)
		bits := []uint{8, 12, 36}[r.Intn(3)]
		// With enough added everywhere no point satisfies it.
		safe := shiftedBy(q, big.NewRat(1+r.Int63n(40), 2), false)
		proof := proveSafety(net, safe, bits, r)
		if proof == "" {
			continue
		}
		proofs++
		_, err := checkSafety(net, nil, proof)
		require.NoError(t, err, "seed %d\n%s", seed, proof)
		n, err := readNetwork(context.Background(), net.Text())
		require.NoError(t, err)
		// The point x satisfies q, and touches every form: so does no tree prove it, whatever is
		// bent.
		tree := proof[strings.Index(proof, "tree\n"):]
		for i := range 40 {
			text := headOf(net, n, shiftedBy(q, whole(0), false), bits) + bend(tree, r, i)
			bent++
			_, err := checkSafety(net, nil, text)
			require.Error(t, err, "seed %d: %s", seed, text)
		}
	}
	require.Greater(t, proofs, 20)
	require.Greater(t, bent, 800)
}

// bend changes a tree in i places or so.
func bend(tree string, r *rand.Rand, i int) string {
	lines := strings.Split(tree, "\n")
	for range i % 4 {
		at := 1 + r.Intn(max(1, len(lines)-2))
		switch r.Intn(5) {
		case 0: // a line is left out
			lines = append(lines[:at:at], lines[at+1:]...)
		case 1: // a line twice
			lines = append(lines[:at:at], lines[at-1:]...)
		case 2: // another kind of line
			if len(lines[at]) > 0 {
				lines[at] = string("RXNZFEV"[r.Intn(7)]) + lines[at][1:]
			}
		default: // another digit
			b := []byte(lines[at])
			for k := range b {
				if b[k] >= '0' && b[k] <= '9' && r.Intn(3) == 0 {
					b[k] = byte('0' + r.Intn(10))
				}
			}
			lines[at] = string(b)
		}
		if len(lines) < 3 {
			break
		}
	}
	return strings.Join(lines, "\n")
}
