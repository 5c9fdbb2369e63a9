package certificate

// The checker's face and its files: the first one, read once from front to back,
// and the parts, which can be checked side by side because a subtree needs its
// path alone.

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/relucell/relucell/certificate/internal/affine"
	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/nettext"
	"github.com/relucell/relucell/certificate/internal/steps"
)

// Options says how to check. No option changes the verdict.
type Options struct {
	// Workers is the number of parts checked at a time; 0 means GOMAXPROCS.
	Workers int
	// Reach, if not nil, is a reach set that is to be that of the proof's regions, which must be
	// complete. One worker alone reads then.
	Reach *Reach
	// Lipschitz, if not nil, is a claim that is to hold of the network on the ball of the proof,
	// which must be complete. One worker alone reads then.
	Lipschitz *Lipschitz
	// open replaces the file system in tests.
	open func(path string) (io.ReadCloser, error)
}

// Report says what was verified.
type Report struct {
	// Net is the fingerprint of the network, "sha256:" and 64 hexadecimal digits.
	Net string
	// Ball is the ball as the proof spells it.
	Ball string
	// Definition is the meaning of a region: "activation".
	Definition string
	// Count is the number of regions, or, if AtLeast, a lower bound.
	Count   int64
	AtLeast bool
	// Regions and Open are the numbers of final regions and of unexplored cells: Count is their
	// sum.
	Regions, Open int64
	// Nodes is the number of lines that decide a neuron and of leaves, and Parts that of files
	// beside the first.
	Nodes, Parts int64
	// Signs holds the signs of each neuron, in network order. A maximum is one neuron.
	Signs []Seen
	// Reached is the number of regions in the reach set that was checked, and Vertices that of the
	// vertices in it.
	Reached, Vertices int64
	// Steepest is where the Lipschitz constant is attained, if one was claimed.
	Steepest *Steepest
}

// String says in a few lines what was verified.
func (r *Report) String() string {
	word := "exactly"
	if r.AtLeast {
		word = "at least"
	}
	return fmt.Sprintf("VERIFIED: %s %d activation regions meet the ball\nnetwork %s\nball %s\ndefinition %s\n%d final regions, %d unexplored cells, %d nodes, %d parts\n",
		word, r.Count, r.Net, r.Ball, r.Definition, r.Regions, r.Open, r.Nodes, r.Parts)
}

// Error says which line of which file is refused, and why: File, without its folder; Line, from 1
// on, or 0 for the file as a whole; Reason, one line of text; and Err, the error of the operating
// system or of gzip behind it, if any. All checkers have this one type.
type Error = canonical.Error

// Check verifies the proof in the named file, and in the parts beside it (or beside the file that
// it is a symbolic link to), about the network whose canonical text is given. Only a nil error
// means that every line was checked. What is refused is an [*Error], about the first wrong line in
// reading order.
func Check(network []byte, proof string, o Options) (*Report, error) {
	return CheckContext(context.Background(), network, proof, o)
}

// CheckContext is [Check] until the end of ctx, whose cause is the error then.
func CheckContext(ctx context.Context, network []byte, proof string, o Options) (*Report, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if len(o.companions()) > 0 {
		o.Workers = 1
	}
	r, err := check(ctx, network, proof, o)
	if err == nil || o.Workers == 1 || ctx.Err() != nil {
		return r, err
	}
	o.Workers = 1 // which worker fails first is chance; one alone reads in order
	return check(ctx, network, proof, o)
}

// check is CheckContext with all options set.
func check(ctx context.Context, network []byte, proof string, o Options) (*Report, error) {
	n, err := readNet(ctx, network, nettext.DenseMost)
	if err != nil {
		return nil, err
	}
	c := &checker{Verdict: canonical.NewVerdict(ctx), net: n, folders: canonical.Folders(proof), open: o.open,
		companions: o.companions(), slots: make(chan struct{}, o.Workers-1)}
	c.Guard(func() { c.file(proof) })
	c.wait.Wait()
	var r *Report
	c.Guard(func() { c.Stop(); r = c.report() })
	if err := c.Err(); err != nil {
		return nil, err
	}
	return r, nil
}

// checker is what the workers of one check share.
type checker struct {
	*canonical.Verdict
	net  *net
	ball *affine.Ball
	// folders are that of the proof and that of the file behind a symbolic link: parts lie in
	// either.
	folders    []string
	companions []companion
	open       func(string) (io.ReadCloser, error)
	total      struct{ regions, open, nodes, parts atomic.Int64 }
	claim      canonical.Position // the last line of the proof, which says that so many were claimed
	claimed    string
	slots      chan struct{} // one for each worker but the first
	wait       sync.WaitGroup
}

// file checks the first file: header, tree, claim, and nothing else.
func (c *checker) file(path string) {
	in := canonical.OpenLines(c.open, path)
	defer in.Close()
	in.Require(in.After("relucell-certificate ", "expected \"relucell-certificate\" and its version") == "2", "expected version 2, the one that this checker reads")
	in.Net(c.net.hash)
	c.ball = affine.ReadBall(in, in.After("ball ", "expected \"ball\" and what it is"), c.net.inputs)
	w := c.newWalker(in)
	w.mayRefer = true
	w.subtree()
	c.claimed = in.After("count ", "the tree is complete, expected its count")
	c.claim = in.Position
	in.End()
}

// report says what was counted, which is what was claimed.
func (c *checker) report() *Report {
	t := &c.total
	r := &Report{Net: c.net.hash, Ball: c.ball.Text, Definition: "activation", Count: t.regions.Load() + t.open.Load(), AtLeast: t.open.Load() > 0,
		Regions: t.regions.Load(), Open: t.open.Load(), Nodes: t.nodes.Load(), Parts: t.parts.Load(), Signs: c.net.signs()}
	want := fmt.Sprint(r.Count)
	if r.AtLeast {
		want = ">= " + want
	}
	c.claim.Require(c.claimed == want, fmt.Sprintf("what was counted gives %q, and nothing else", "count "+want))
	for _, b := range c.companions {
		b.end(c, r)
	}
	return r
}

// part checks "@ name hash", a subtree in a file of its own: by another worker
// if one is free. The name stays within the folder.
func (w *walker) part(text string) {
	name, hash := steps.Part(w.in, text)
	w.in.Require(w.mayRefer, "a part decides a neuron before it refers to another part")
	w.total.parts.Add(1)
	select {
	case w.slots <- struct{}{}:
		other := w.newWalker(nil)
		other.follow(&w.place)
		w.wait.Go(func() {
			defer func() { <-w.slots }()
			w.Guard(func() { other.partFile(name, hash) })
		})
	default:
		in := w.in
		w.partFile(name, hash)
		w.in, w.mayRefer = in, true
	}
}

// partFile checks a part: one subtree, nothing after it, and the hash.
func (w *walker) partFile(name, hash string) {
	in := canonical.OpenLines(w.open, filepath.Join(w.folders[0], name), filepath.Join(w.folders[1], name))
	defer in.Close()
	w.in, w.mayRefer = in, false
	w.subtree()
	in.EndAs(hash)
}
