package certificate

// The checker's face and its files: the first one, read once from front to back,
// and the parts, which can be checked side by side because a subtree needs its
// path alone.

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// Options says how to check. No option changes the verdict.
type Options struct {
	// Workers is the number of parts checked at a time; 0 means GOMAXPROCS.
	Workers int
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
	// Nodes is the number of nodes of the tree, and Parts of files beside the first.
	Nodes, Parts int64
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

// Check verifies the proof in the named file, and in the parts beside it (or beside the file that
// it is a symbolic link to), about the network whose canonical text is given. Only a nil error
// means that every line was checked. What is refused is an [*Error], about the first wrong line in
// reading order.
func Check(network []byte, proof string, o Options) (*Report, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.open == nil {
		o.open = openRegular
	}
	r, err := check(network, proof, o)
	if err != nil && o.Workers > 1 {
		// Which worker fails first is chance; one worker alone reads in order.
		o.Workers = 1
		if _, first := check(network, proof, o); first != nil {
			err = first
		}
	}
	return r, err
}

// check is Check with all options set.
func check(network []byte, proof string, o Options) (*Report, error) {
	n, err := readNet(network)
	if err != nil {
		return nil, &Error{File: "network", Reason: err.Error(), Err: err}
	}
	c := &checker{net: n, dir: filepath.Dir(proof), linked: linkedFolder(proof), open: o.open, slots: make(chan struct{}, o.Workers-1)}
	if err = c.file(proof); err != nil {
		c.fail(err)
	}
	c.wait.Wait()
	if c.err != nil {
		return nil, c.err
	}
	t := &c.total
	if err = c.verdict(t.regions.Load(), t.open.Load()); err != nil {
		return nil, err
	}
	return &Report{Net: n.hash, Ball: c.ball.text, Definition: "activation", Count: t.regions.Load() + t.open.Load(), AtLeast: t.open.Load() > 0,
		Regions: t.regions.Load(), Open: t.open.Load(), Nodes: t.nodes.Load(), Parts: t.parts.Load()}, nil
}

// linkedFolder is where the file lies that a symbolic link leads to: its parts may be there.
func linkedFolder(proof string) string {
	file, err := filepath.EvalSymlinks(proof)
	if err != nil {
		return "" // what is wrong comes out when it is opened
	}
	return filepath.Dir(file)
}

// openRegular opens a file, but nothing that might block, as a pipe does.
func openRegular(path string) (io.ReadCloser, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", filepath.Base(path))
	}
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// checker is what the workers of one check share.
type checker struct {
	net  *net
	ball *ball
	// dir is the folder of the proof, linked that of the file behind a symbolic link.
	dir, linked string

	open  func(string) (io.ReadCloser, error)
	total struct{ regions, open, nodes, parts atomic.Int64 }
	// claim is the last line of the proof; where is its place.
	claim string
	where *lines

	slots   chan struct{} // one for each worker but the first
	wait    sync.WaitGroup
	stopped atomic.Bool
	once    sync.Once
	err     error // the first one
}

func (c *checker) fail(err error) {
	c.once.Do(func() { c.err = err; c.stopped.Store(true) })
}

// file checks the first file: header, tree, claim, and nothing else.
func (c *checker) file(path string) error {
	f, err := c.open(path)
	if err != nil {
		return &Error{File: filepath.Base(path), Reason: err.Error(), Err: err}
	}
	defer f.Close()
	in, err := newLines(path, f)
	if err != nil {
		return err
	}
	if err = c.header(in); err != nil {
		return err
	}
	if err = c.newWalker(in, nil).subtree(0); err != nil {
		return err
	}
	last, err := in.next()
	if err != nil {
		return err
	}
	if c.claim = string(last); !strings.HasPrefix(c.claim, "count ") {
		return in.refuse("the tree is complete, expected its count")
	}
	c.where = &lines{file: in.file, line: in.line}
	_, err = in.end()
	return err
}

// header reads the three lines before the tree.
func (c *checker) header(in *lines) error {
	for _, prefix := range []string{"relucell-certificate ", "net ", "ball "} {
		line, err := in.next()
		if err != nil {
			return err
		}
		text, ok := strings.CutPrefix(string(line), prefix)
		if !ok {
			return in.refuse("expected %q and what belongs to it", strings.TrimSpace(prefix))
		}
		switch prefix {
		case "relucell-certificate ":
			if text != "1" {
				return in.refuse("expected version 1")
			}
		case "net ":
			if text != c.net.hash {
				return in.refuse("the proof is about another network: this one is %s", c.net.hash)
			}
		case "ball ":
			var reason string
			if c.ball, reason = readBall(text, c.net.inputs); reason != "" {
				return in.refuse("%s", reason)
			}
		}
	}
	return nil
}

// verdict compares the claim with what was counted.
func (c *checker) verdict(regions, open int64) error {
	want := fmt.Sprintf("count %d", regions)
	if open > 0 {
		want = fmt.Sprintf("count >= %d", regions+open)
	}
	if c.claim != want {
		return c.where.refuse("what was counted gives %q, and nothing else", want)
	}
	return nil
}

// part checks "@ name hash", a subtree in a file of its own: by another worker
// if one is free. The name stays within the folder.
func (w *walker) part(j int, line []byte) error {
	name, hash, ok := strings.Cut(strings.TrimPrefix(string(line), "@ "), " ")
	if !ok || !safeName(name) || !strings.HasPrefix(hash, "sha256:") {
		return w.in.refuse("expected @, a name of letters, digits, - _ and . that begins with none of - and ., and a hash")
	}
	if w.in.part && w.in.line == 1 {
		return w.in.refuse("a part begins with a decision or a witness, not with another part")
	}
	w.total.parts.Add(1)
	select {
	case w.slots <- struct{}{}:
		path := append([]int8(nil), w.sign[:j]...)
		w.wait.Go(func() {
			defer func() { <-w.slots }()
			if err := w.newWalker(nil, path).partFile(j, name, hash); err != nil {
				w.fail(err)
			}
		})
		return nil
	default:
		in := w.in
		defer func() { w.in = in }()
		return w.partFile(j, name, hash)
	}
}

// partFile checks a part: one subtree, nothing after it, and the hash.
func (w *walker) partFile(j int, name, hash string) error {
	f, err := w.open(filepath.Join(w.dir, name))
	if errors.Is(err, fs.ErrNotExist) && w.linked != "" && w.linked != w.dir {
		if g, e := w.open(filepath.Join(w.linked, name)); e == nil {
			f, err = g, nil
		}
	}
	if err != nil {
		return &Error{File: name, Reason: err.Error(), Err: err}
	}
	defer f.Close()
	if w.in, err = newLines(name, f); err != nil {
		return err
	}
	w.in.part = true
	if err = w.subtree(j); err != nil || w.stopped.Load() {
		return err
	}
	got, err := w.in.end()
	if err == nil && got != hash {
		err = &Error{File: name, Reason: "its hash is " + got + ", expected " + hash}
	}
	return err
}

// safeName reports whether a name is that of a file in the same folder.
func safeName(name string) bool {
	for _, c := range name {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", c) {
			return false
		}
	}
	return name != "" && len(name) <= 255 && name[0] != '.' && name[0] != '-'
}
