package certificate

// The checker: a proof is read once from front to back, each line checked
// against the forms of the path that leads to it. The idea of parts that are
// checked side by side follows from the tree: a subtree needs its path alone.

import (
	"fmt"
	"io"
	"math/big"
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
	// Regions and Open are the numbers of final regions and of unexplored cells: Count is their sum.
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

// Check verifies the proof in the named file, and in the parts beside it, about
// the network whose canonical text is given. Only a nil error means that every
// line was checked. What is refused is an [*Error].
func Check(network []byte, proof string, o Options) (*Report, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.open == nil {
		o.open = openRegular
	}
	n, err := readNet(network)
	if err != nil {
		return nil, &Error{File: "network", Reason: err.Error(), Err: err}
	}
	c := &checker{net: n, dir: filepath.Dir(proof), open: o.open, slots: make(chan struct{}, o.Workers-1)}
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
	net   *net
	ball  *ball
	dir   string
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
			if c.ball, reason = readBall([]byte(text), c.net.inputs); reason != "" {
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

// walker is a place in the tree: the signs that lead there and the forms of the
// layers reached. A layer's forms are right whenever the signs before it are set.
type walker struct {
	*checker
	in   *lines
	sign []int8
	z    [][]form // layer × unit: pre-activations
	act  [][]form // layer × unit: what leaves the layer; nil for 0
	own  [][]form // storage for act, leaky_relu only
	f    form     // a sum of multiples of forms
	x    form     // a witness
	exp  []int    // exponents of its coordinates
	m, t big.Int
	scratch
}

// newWalker returns a walker at the end of the given path.
func (c *checker) newWalker(in *lines, path []int8) *walker {
	n := c.net.inputs
	w := &walker{checker: c, in: in, sign: make([]int8, len(c.net.where)), f: make(form, n+1), x: make(form, n), exp: make([]int, n)}
	for l, y := range c.net.layers {
		z, own := make([]form, len(y.b)), make([]form, len(y.b))
		for u := range z {
			z[u] = make(form, n+1)
			if y.kind == "leaky_relu" {
				own[u] = make(form, n+1)
			}
			if l == 0 { // the forms of the first layer never change
				for k := range n {
					z[u][k].Set(&y.w[u][k])
				}
				z[u][n].Set(&y.b[u])
			}
		}
		w.z, w.own, w.act = append(w.z, z), append(w.own, own), append(w.act, make([]form, len(y.b)))
	}
	w.enter(0)
	for j, s := range path {
		w.set(j, s)
	}
	return w
}

// set gives neuron j its sign, and computes the forms of the next layer after the last one of a layer.
func (w *walker) set(j int, s int8) {
	w.sign[j] = s
	w.enter(j + 1)
}

// enter computes the forms of the layer of neuron j, if j is its first neuron, from
// those of the layer of neuron j−1 and from any layers without neurons between.
func (w *walker) enter(j int) {
	where := w.net.where
	if j == len(where) || where[j].unit > 0 {
		return
	}
	l := 0
	if j > 0 {
		last := where[j-1]
		w.activate(last.layer, j-1-last.unit)
		l = last.layer + 1
	}
	for ; l <= where[j].layer; l++ {
		if l > 0 {
			w.affine(l)
		}
		if w.net.layers[l].kind == "none" {
			copy(w.act[l], w.z[l])
		}
	}
}

// activate computes what leaves layer l, whose first neuron is first.
func (w *walker) activate(l, first int) {
	y := &w.net.layers[l]
	for u, z := range w.z[l] {
		s := w.sign[first+u]
		switch {
		case s == 0 || s < 0 && y.kind == "relu":
			w.act[l][u] = nil
		case y.kind == "relu":
			w.act[l][u] = z
		default:
			w.act[l][u] = w.own[l][u]
			for k := range z {
				if a := &w.own[l][u][k]; s > 0 {
					a.Lsh(&z[k], y.out-y.scale)
				} else {
					a.Mul(&z[k], &y.slope)
				}
			}
		}
	}
}

// affine computes the pre-activations of layer l > 0.
func (w *walker) affine(l int) {
	y := &w.net.layers[l]
	for u, z := range w.z[l] {
		for k := range z {
			z[k].SetInt64(0)
		}
		z[len(z)-1].Set(&y.b[u])
		for i, a := range w.act[l-1] {
			weight := &y.w[u][i]
			if a == nil || weight.Sign() == 0 {
				continue
			}
			for k := range a {
				z[k].Add(&z[k], w.t.Mul(weight, &a[k]))
			}
		}
	}
}

// form returns the form of neuron j and its scale.
func (w *walker) form(j int) (form, uint) {
	p := w.net.where[j]
	return w.z[p.layer][p.unit], w.net.layers[p.layer].scale
}

// subtree checks the subtree that starts at the next line, with the neurons
// before j decided.
func (w *walker) subtree(j int) error {
	for {
		line, err := w.in.next()
		if err != nil {
			return err
		}
		if w.stopped.Load() {
			return nil // some other part was refused
		}
		kind := byte(0)
		if len(line) > 0 {
			kind = line[0]
		}
		switch kind {
		case '@':
			return w.part(j, line)
		case 'W', '?':
			return w.leaf(j, line)
		case '*', '0', '+', '-', '=':
		default:
			return w.in.refuse("expected a line that begins with one of * 0 + - = W ? @")
		}
		run := line[:1]
		if kind == '=' {
			if run = line[1:]; len(run) < 2 {
				return w.in.refuse("a run has two signs at least")
			}
		}
		for _, c := range run {
			if j == len(w.sign) {
				return w.in.refuse("all %d neurons are decided, expected W and a witness", j)
			}
			if err := w.decide(j, c, kind, line); err != nil {
				return err
			}
			j++
		}
	}
}

// decide checks what the line says of neuron j, c being its sign there, and
// walks on to the side that lives; if both do, it checks the minus side first.
func (w *walker) decide(j int, c, kind byte, line []byte) error {
	w.total.nodes.Add(1)
	z, _ := w.form(j)
	if zero(z) != (c == '0') {
		return w.in.refuse("neuron %d: a line 0 is for a form that is identically zero there, and for no other", j)
	}
	live := int8(+1)
	switch c {
	case '*', '0':
		if len(line) != 1 {
			return w.in.refuse("expected nothing after %c", c)
		}
		if live = 0; c == '*' {
			w.set(j, -1)
			if err := w.subtree(j + 1); err != nil {
				return err
			}
			live = +1
		}
	case '+', '-':
		if c == '-' {
			live = -1
		}
		if kind == '=' {
			line = []byte("= 1")
		}
		if err := w.sum(j, -live, line[1:]); err != nil {
			return err
		}
		if !w.ball.nonpositive(w.f, &w.scratch) {
			return w.in.refuse("neuron %d: the multipliers do not prove the other side empty: their sum is positive somewhere in the ball", j)
		}
	default:
		return w.in.refuse("a run has the signs + and - alone")
	}
	w.set(j, live)
	return nil
}

// sum reads " λ_self i:λ_i …" and sets w.f to λ_self·s·z_j + Σ λ_i·s_i·z_i.
func (w *walker) sum(j int, s int8, text []byte) error {
	z, scale := w.form(j)
	token, rest, more := cut(text[min(1, len(text)):], ' ')
	if len(text) == 0 || text[0] != ' ' || !natural(token, &w.m) || w.m.Sign() == 0 {
		return w.in.refuse("expected a sign, a space, and the multiplier of neuron %d itself, an integer ≥ 1", j)
	}
	if s < 0 {
		w.m.Neg(&w.m)
	}
	for k := range z {
		w.f[k].Mul(&w.m, &z[k])
	}
	for last := -1; more; {
		token, rest, more = cut(rest, ' ')
		name, factor, _ := cut(token, ':')
		i, ok := index(name, j)
		if !ok || i <= last || w.sign[i] == 0 {
			return w.in.refuse("expected ancestors in ascending order, each below %d and with a sign + or -, not %.40q", j, token)
		}
		last = i
		if !natural(factor, &w.m) || w.m.Sign() == 0 {
			return w.in.refuse("expected a multiplier of ancestor %d, an integer ≥ 1", i)
		}
		if w.sign[i] < 0 {
			w.m.Neg(&w.m)
		}
		a, from := w.form(i)
		w.m.Lsh(&w.m, scale-from)
		for k := range a {
			w.f[k].Add(&w.f[k], w.t.Mul(&w.m, &a[k]))
		}
	}
	return nil
}

// leaf checks a final region or an unexplored cell: its witness is strictly
// inside the ball and has the sign of the path at each neuron decided.
func (w *walker) leaf(j int, line []byte) error {
	w.total.nodes.Add(1)
	if line[0] == 'W' && j < len(w.sign) {
		return w.in.refuse("a final region after %d of %d neurons", j, len(w.sign))
	}
	scale := w.ball.scale
	rest, more := line[1:], len(line) > 1 && line[1] == ' '
	if more {
		rest = rest[1:]
	}
	for k := range w.x {
		var token []byte
		ok := more
		token, rest, more = cut(rest, ' ')
		if ok {
			w.exp[k], ok = number(token, &w.x[k])
		}
		if !ok || more != (k < len(w.x)-1) {
			return w.in.refuse("coordinate %d: expected %d coordinates, hexadecimal floats in their one spelling", k, len(w.x))
		}
		if e := w.exp[k]; e < 0 {
			scale = max(scale, uint(-e))
		}
	}
	for k := range w.x {
		w.x[k].Lsh(&w.x[k], uint(w.exp[k]+int(scale)))
	}
	if !w.ball.inside(w.x, scale, &w.scratch) {
		return w.in.refuse("the witness is not strictly inside the ball")
	}
	for i, s := range w.sign[:j] {
		z, _ := w.form(i)
		v := w.m.Lsh(&z[len(z)-1], scale)
		for k := range w.x {
			v.Add(v, w.t.Mul(&z[k], &w.x[k]))
		}
		if v.Sign() != int(s) {
			return w.in.refuse("neuron %d: the witness has sign %d there, the path has %d", i, v.Sign(), s)
		}
	}
	if line[0] == 'W' {
		w.total.regions.Add(1)
	} else {
		w.total.open.Add(1)
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

// zero reports whether a form is identically zero.
func zero(z form) bool {
	for k := range z {
		if z[k].Sign() != 0 {
			return false
		}
	}
	return true
}
