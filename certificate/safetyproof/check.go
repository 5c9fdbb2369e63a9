package safetyproof

// The checker's face, the two kinds of files, and what it takes to refute a disjunct on a node.

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"runtime"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/safetyproof/internal/claims"
	"github.com/relucell/relucell/certificate/safetyproof/internal/query"
)

// Options says how to check. Only Reals changes what is accepted.
type Options struct {
	// Workers is the number of nodes checked at a time; 0 means GOMAXPROCS.
	Workers int
	// Reals takes a specification over a floating-point type as one over the reals.
	Reals bool
	// open replaces the file system in tests.
	open func(path string) (io.ReadCloser, error)
}

// Report says what was verified.
type Report struct {
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

// Error says which line of which file is refused, and why: as certificate.Error.
type Error = canonical.Error

// Check verifies the proof in the named file that no point satisfies a query about the
// network whose canonical text is given; or that the point in the file, a witness, satisfies it.
// The query is derived from the specification; without one, a proof is held against the query that
// it brings along, which the report quotes, and a witness is refused. Only a nil error means that
// all was checked. What is refused is an [*Error], about the first wrong line; after the end of ctx
// the error is its cause, within a second.
func Check(ctx context.Context, network []byte, spec *Spec, proof string, o Options) (*Report, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	n, err := readNetwork(ctx, network)
	if err != nil {
		return nil, err
	}
	c := &checker{Verdict: canonical.NewVerdict(ctx), net: n, open: o.open}
	c.Guard(func() { c.file(spec, proof, &o) })
	if err := c.Err(); err != nil {
		return nil, err
	}
	return &c.report, nil
}

// checker is what all parts of one check share.
type checker struct {
	*canonical.Verdict
	net      *network
	spec     *query.Specification
	specHash string
	query    *query.Query
	open     func(path string) (io.ReadCloser, error)
	report   Report
}

// file checks a file.
func (c *checker) file(spec *Spec, proof string, o *Options) {
	if spec != nil {
		c.spec = query.ReadSpec(c.Verdict, filepath.Base(spec.Name), spec.Text, o.Reals)
		c.spec.Fits(c.net.Inputs, c.net.outputs)
		c.query, c.specHash = &c.spec.Query, fmt.Sprintf("sha256:%x", sha256.Sum256(spec.Text))
		c.report.Checked, c.report.Type = true, c.spec.Kind
	}
	in := canonical.OpenLines(o.open, proof)
	defer in.Close()
	if c.report.Witness = in.Begins(witnessMagic); c.report.Witness {
		c.witness(in)
	} else {
		c.proof(in, o.Workers)
	}
	c.report.Net, c.report.Boxes, c.report.Disjuncts, c.report.Query = c.net.Hash, len(c.query.Boxes), len(c.query.Disjuncts), c.query.Lines()[1:]
}

// What the two kinds of files begin with.
const proofMagic, witnessMagic = "relucell-safety ", "relucell-witness "

var isHash = regexp.MustCompile(`^(sha256:[0-9a-f]{64}|-)$`)

// header reads what the file is about.
func (c *checker) header(in *canonical.Lines) {
	in.Net(c.net.Hash)
	c.report.Spec = in.After("spec ", "expected \"spec\" and a hash, or -")
	in.Require(c.spec == nil || c.report.Spec == c.specHash, "the proof is about another specification: this one is "+c.specHash)
	in.Require(isHash.MatchString(c.report.Spec), "expected sha256: and 64 lower-case hexadecimal digits, or -")
}

// proof checks a proof: header, query, trees, and nothing else.
func (c *checker) proof(in *canonical.Lines, workers int) {
	in.Require(in.After(proofMagic, "expected \"relucell-safety\" or \"relucell-witness\", and its version") == "1", "expected version 1, the one that this checker reads")
	c.header(in)
	bits := in.Index(in.After("bits ", "expected \"bits\" and their number"), 45, "expected from 8 to 44 bits")
	in.Require(bits >= 8, "expected from 8 to 44 bits")
	c.report.Bits = uint(bits)
	c.net.fix(c.report.Bits, c.Stop)
	if c.query == nil {
		c.query = query.Read(in, c.net.Inputs, c.net.outputs, c.Stop)
	} else {
		c.query.Expect(in)
	}
	in.Require(string(in.Next()) == "tree", "expected \"tree\"")
	w := c.newWalker(in, workers)
	defer w.crew.Wait()
	defer w.flush() // where a line is refused, an earlier one may be wrong
	for i := range c.query.Boxes {
		w.tree(i)
	}
	in.Require(string(in.Next()) == "holds", "the trees are complete, expected \"holds\"")
	in.End()
}

// check checks what is claimed of a node.
func (c *checker) check(b *bounds, n *node, claims []claims.Claim) {
	b.of(n)
	for i := range claims {
		c.right(b, n, &claims[i])
	}
}

// right requires that a claim is proved.
func (c *checker) right(b *bounds, n *node, m *claims.Claim) {
	if b.void {
		return
	}
	forms := c.query.Disjuncts[m.Disjunct].Forms
	if m.Kind == 'E' {
		c.exactly(b, n, m)
		return
	}
	m.Require(m.Kind != 'V', "the node is not void")
	m.Require(b.bounded, "the node has no bounds: its numbers are too large for so many bits")
	b.multipliers(m)
	v := b.mixed(forms, m.Mu)
	if v <= 0 && m.Kind == 'Z' {
		v = max(v, b.zoneLeast(forms, m.Mu))
	}
	m.Require(v != none, "the form has no bound: its numbers are too large for so many bits")
	m.Require(v > 0, "the bound of the form is not positive on the node")
}

// Is says whether the named file begins as a proof of safety does, or as a witness. A file
// that cannot be read does not.
func Is(proof string) bool { return canonical.BeginsWith(proof, proofMagic, witnessMagic) }
