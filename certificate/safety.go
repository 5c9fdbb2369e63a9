package certificate

// The checker of proofs of safety: its face, and the theorem that it rests on.

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"runtime"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// SafetyOptions says how to check. Only Reals changes what is accepted.
type SafetyOptions struct {
	// Workers is the number of nodes checked at a time; 0 means GOMAXPROCS.
	Workers int
	// Reals takes a specification over a floating-point type as one over the reals.
	Reals bool
	// open replaces the file system in tests.
	open func(path string) (io.ReadCloser, error)
}

// SafetyReport says what was verified.
type SafetyReport struct {
	// Net is the fingerprint of the network.
	Net string
	// Spec is the hash of the specification that the proof names, or "-". Checked says that it was
	// given, and that the query is what it says.
	Spec    string
	Checked bool
	// Type is the floating-point type of the specification, where it was read as the reals.
	Type string
	// Witness says that the file holds a point that satisfies the specification. Otherwise it is a
	// proof that no point does.
	Witness bool
	// Boxes and Disjuncts are the sizes of the query, Query its lines, Bits the fractional bits.
	Boxes, Disjuncts int
	Query            []string
	Bits             uint
	// Splits and Leaves are the numbers of lines that split, and that refute.
	Splits, Leaves int64
}

// Spec is a specification: the name of its file, for errors, and its plain bytes.
type Spec struct {
	Name string
	Text []byte
}

// CheckSafety verifies the proof in the named file that no point satisfies a query about the
// network whose canonical text is given; or that the point in the file, a witness, satisfies it.
// The query is derived from the specification; without one, a proof is held against the query that
// it brings along, which the report quotes, and a witness is refused. Only a nil error means that
// all was checked. What is refused is an [*Error], about the first wrong line; after the end of ctx
// the error is its cause, within a second.
//
// # What is proved
//
// A query is a list of boxes and of disjuncts, each a box with forms u_j(x, y), linear in the
// inputs x and the outputs y, with ≤ or <. A point x satisfies a disjunct if it lies in the box and
// u_j(x, N(x)) ≤ 0, or < 0, for all j. N is the network on the reals: a unit passes on z where
// z ≥ 0 and a·z where z ≤ 0.
//
// A proof has a tree for each box. A node is a box of integers L, H, in units of 2^−F, and signs of
// some neurons. The root has L_k = ⌊2^F lo_k⌋ and H_k = ⌈2^F hi_k⌉ and no signs. A split of input k
// has the nodes with [L_k, m] and [m, H_k]; a split of neuron q those with the sign − and the sign
// +. A node stands for the points x of its box, and of the box of the query, with s_q·z_q(x) ≥ 0 at
// each neuron q that has a sign s_q.
//
// # Theorem
//
// Suppose that below each root every path ends, and that on it each disjunct of the box is refuted
// at some node: the node is void, or there are μ_j ≥ 0 and β_q ≥ 0, not all 0, such that f = Σ μ_j
// u_j − Σ β_q s_q z_q is > 0 on the node; or is ≥ 0 on it, with μ_j > 0 for a strict form. Then no
// point satisfies the query.
//
// # Proof
//
// Let x satisfy disjunct d. It lies in the root's box. The halves of a box cover it, and z_q(x) ≤ 0
// or z_q(x) ≥ 0; so x follows a path on whose nodes it is, both branches being right where z_q(x) =
// 0. At the node that refutes d, which is not void as x is on it, u_j(x, N(x)) ≤ 0 and s_q·z_q(x) ≥
// 0. So f(x) ≤ 0, and f(x) < 0 if μ_j > 0 for a strict form. That contradicts the refutation. ∎
//
// # Bounds
//
// For each x on a node there is one ε in [−1, 1]^G such that, in each layer, the value of every
// unit is c + Σ g_i ε_i + e with |e| ≤ r, (c, g, r) its row: one ε for all rows, and the same ε in
// all layers, as columns are only ever added. By induction. Inputs: x_k is in [L_k, H_k], which is
// in c ± g or c ± r. Affine step: with the exact sum, the floors of c' and of the bias are off by
// less than 1 each, those of the G coefficients by less than 1 each, times |ε_i| ≤ 1, and that of r
// by less than 1: G + 3. Where weights were rounded, each is off by less than 2^−S, times a value
// of size m_k at most: less than ⌊M/2^S⌋ + 1, M the sum of these. So l ≤ z ≤ u; other bounds of z,
// by a form or by a sign, cut these. If that leaves nothing, there is no such x: the node is void.
// Activation: on [l, u] the value y is convex in z for a < 1. For any slope λ from a to 1 the
// difference y − λz is convex too, 0 at 0, not negative, and at most its larger value at the ends,
// (λ−a)(−l) and (1−λ)u. For a > 1 it is concave, and −y mirrors this with λ from 1 to a. λ is an
// integer times 2^−F between ⌈2^F a⌉ and 2^F, or between 2^F and ⌊2^F a⌋, and a is taken on its
// unfavourable side. The floors of c and of G coefficients give G + 1, and a slope ⌊2^F a⌋ in place
// of a less than ⌊|l|/2^F⌋ + 1. A new ε places y in the strip.
//
// A form is kept with f ≥ Σ A_k v_k/2^F + C − T at each x on the node. A floored coefficient of a
// value v costs less than |v|/2^F, and all of a layer less than ⌊Σ|v|/2^F⌋ + 1: with M for values
// that enter, and with the sum of max(|l|, |u|) for pre-activations. A floored bias costs less than
// |A|/2^F, all of a layer ⌊Σ|A|/2^F⌋ + 1, and rounded weights |A|/2^F·M/2^S. Conditions are such a
// layer, of inputs and outputs, and their multipliers the first coefficients. In place of a unit's
// value stands a line below it where its coefficient is positive, and one above it where that is
// negative: through 0 with a slope between a and 1, or the chord of the strip. On
// a side with z ≤ 0, A·a·z ≥ A·a'·z holds with a' the ceiling of a for A > 0 and its floor for
// A < 0.
//
// All numbers that are stored are less than 2^61, and Σ|w| of a row is less than 2^62; Σ|A| is less
// than 2^61 before it meets numbers less than 2^62. So sums fit into 128 bits. A number that is not
// has been noticed before it is narrowed to 64 bits; then the node has no bounds, or the form none.
func CheckSafety(ctx context.Context, network []byte, spec *Spec, proof string, o SafetyOptions) (*SafetyReport, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.open == nil {
		o.open = canonical.OpenRegular
	}
	n, err := readSafetyNet(ctx, network)
	if err != nil {
		return nil, err
	}
	c := &safetyCheck{Verdict: canonical.NewVerdict(ctx), net: n, open: o.open}
	c.Guard(func() { c.file(spec, proof, &o) })
	if err := c.Err(); err != nil {
		return nil, err
	}
	return &c.report, nil
}

// safetyCheck is what all parts of one check share.
type safetyCheck struct {
	*canonical.Verdict
	net      *safetyNet
	spec     *specification
	specHash string
	query    *query
	open     func(path string) (io.ReadCloser, error)
	report   SafetyReport
}

// file checks a file.
func (c *safetyCheck) file(spec *Spec, proof string, o *SafetyOptions) {
	if spec != nil {
		c.spec = readSpec(c.Verdict, filepath.Base(spec.Name), spec.Text, o.Reals)
		c.spec.fits(c.net.inputs, c.net.outputs)
		c.query, c.specHash = &c.spec.query, fmt.Sprintf("sha256:%x", sha256.Sum256(spec.Text))
		c.report.Checked, c.report.Type = true, c.spec.kind
	}
	in := canonical.OpenLines(o.open, proof)
	defer in.Close()
	if c.report.Witness = in.Begins(witnessMagic); c.report.Witness {
		c.witness(in)
	} else {
		c.proof(in, o.Workers)
	}
	c.report.Net, c.report.Boxes, c.report.Disjuncts, c.report.Query = c.net.hash, len(c.query.boxes), len(c.query.disjuncts), c.query.lines()[1:]
}

// What the two kinds of files begin with.
const safetyMagic, witnessMagic = "relucell-safety ", "relucell-witness "

var isHash = regexp.MustCompile(`^(sha256:[0-9a-f]{64}|-)$`)

// header reads what the file is about.
func (c *safetyCheck) header(in *canonical.Lines) {
	hash := in.After("net ", "expected \"net\" and a hash")
	in.Require(hash == c.net.hash, "the proof is about another network: this one is "+c.net.hash)
	c.report.Spec = in.After("spec ", "expected \"spec\" and a hash, or -")
	in.Require(c.spec == nil || c.report.Spec == c.specHash, "the proof is about another specification: this one is "+c.specHash)
	in.Require(isHash.MatchString(c.report.Spec), "expected sha256: and 64 lower-case hexadecimal digits, or -")
}

// proof checks a proof: header, query, trees, and nothing else.
func (c *safetyCheck) proof(in *canonical.Lines, workers int) {
	in.Require(in.After(safetyMagic, "expected \"relucell-safety\" or \"relucell-witness\", and its version") == "1", "expected version 1, the one that this checker reads")
	c.header(in)
	bits := in.Index(in.After("bits ", "expected \"bits\" and their number"), 45, "expected from 8 to 44 bits")
	in.Require(bits >= 8, "expected from 8 to 44 bits")
	c.report.Bits = uint(bits)
	c.net.fix(c.report.Bits, c.Stop)
	if c.query == nil {
		c.query = readQuery(in, c.net.inputs, c.net.outputs, c.Stop)
	} else {
		c.query.expect(in)
	}
	in.Require(string(in.Next()) == "tree", "expected \"tree\"")
	w := c.newWalker(in, workers)
	defer w.crew.Wait()
	defer w.flush() // where a line is refused, an earlier one may be wrong
	for i := range c.query.boxes {
		w.tree(i)
	}
	in.Require(string(in.Next()) == "holds", "the trees are complete, expected \"holds\"")
	in.End()
}

// check checks what is claimed of a node.
func (c *safetyCheck) check(b *bounds, n *safetyNode, claims []claim) {
	b.of(n)
	for i := range claims {
		c.right(b, n, &claims[i])
	}
}

// right requires that a claim is proved.
func (c *safetyCheck) right(b *bounds, n *safetyNode, m *claim) {
	if b.void {
		return
	}
	forms := c.query.disjuncts[m.d].forms
	if m.kind == 'E' {
		c.exactly(b, n, m)
		return
	}
	m.Require(m.kind != 'V', "the node is not void")
	m.Require(b.bounded, "the node has no bounds: its numbers are too large for so many bits")
	b.multipliers(m)
	v := b.mixed(forms, m.mu)
	if v <= 0 && m.kind == 'Z' {
		v = max(v, b.zoneLeast(forms, m.mu))
	}
	m.Require(v != none, "the form has no bound: its numbers are too large for so many bits")
	m.Require(v > 0, "the bound of the form is not positive on the node")
}

// IsSafety says whether the named file begins as a proof of safety does, or as a witness. A file
// that cannot be read does not.
func IsSafety(proof string) bool { return canonical.BeginsWith(proof, safetyMagic, witnessMagic) }
