package certificate

// A second checker of the format, the twin of the first: rationals throughout, everything computed
// from its definition each time, no bound and no trick. It has its own reader of networks, files
// and lines and shares nothing with the checker, so that a fault of one is seen in the other.

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// slowRefusal ends a check: it is thrown where the fault is and caught in slowCheck.
type slowRefusal string

func slowRequire(ok bool, format string, a ...any) {
	if !ok {
		panic(slowRefusal(fmt.Sprintf(format, a...)))
	}
}

// slowCheck checks the proof of that name about a network; the files lie in one folder. What it
// verified is in the checker.
func slowCheck(network []byte, files map[string][]byte, name string) (c *slowChecker, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			c, err = nil, errors.New(string(fault.(slowRefusal)))
		}
	}()
	c = &slowChecker{files: files, mayRefer: true, most: 1 << 26, met: map[slowSign]bool{}}
	c.readNet(string(network))
	c.read(name)
	slowRequire(c.next() == "relucell-certificate 2", "expected version 2")
	slowRequire(c.next() == fmt.Sprintf("net sha256:%x", sha256.Sum256(network)), "another network")
	c.readBall(c.next())
	c.tree(c.root())
	want := fmt.Sprint("count ", c.regions)
	if c.open > 0 {
		want = fmt.Sprint("count >= ", c.count())
	}
	slowRequire(c.next() == want, "expected %q", want)
	c.end()
	return c, nil
}

// count is the number of regions, or, with open cells, a lower bound.
func (c *slowChecker) count() int64 { return c.regions + c.open }

// slowChecker is one check.
type slowChecker struct {
	files  map[string][]byte
	inputs int
	layers []slowLayer
	most   int // entries of a network that spells them all
	// ball is its text, norm l2, linf, l1 or box; center and radius are those of a ball; lo and hi
	// are the smallest box around it.
	ball, norm     string
	center, lo, hi []*big.Rat
	radius         *big.Rat
	// lines are what is left of the file that is being read; mayRefer says that an @ may come: not
	// in a part that has decided nothing yet.
	lines         []string
	mayRefer      bool
	regions, open int64
	// met has the signs of neuron j of layer l, as far as they came up; 2 is for undecided.
	met map[slowSign]bool
}

// affine returns the form a·x_k + h.
func (c *slowChecker) affine(a int64, k int, h *big.Rat) slowForm {
	f := make(slowForm, c.inputs+1)
	for i := range f {
		f[i] = new(big.Rat)
	}
	f[k].SetInt64(a)
	f[c.inputs].Set(h)
	return f
}

// slowLayer has the weights, the bias and the slope below 0 of each unit, and the units that are
// neurons: those of another slope than 1.
type slowLayer struct {
	weights     [][]*big.Rat
	bias, slope []*big.Rat
	neurons     []int
	// maxima are the rows of each unit of a layer of maxima, of which those of two rows or more are
	// neurons; nil in other layers.
	maxima [][]int
}

var slowZero, slowOne = new(big.Rat), big.NewRat(1, 1)

// slowUndecided is the sign of a neuron that has none yet.
const slowUndecided = 2

// slowName is a neuron that lines can name: sign·z, and whether it was split.
type slowName struct {
	form  slowForm
	split bool
}

// slowNode is a node of the tree. Copies share what is never changed in place.
type slowNode struct {
	// layer is the one whose neurons are being decided; all are if there is no such layer.
	layer int
	// z and sign are the forms and the signs of its neurons, and forms those of all its units.
	z, forms []slowForm
	sign     []int
	named    []slowName
	lo, hi   []*big.Rat
	// entering says that box lines may come and that neurons are still to settle themselves.
	entering bool
}

// decided says that no neuron is left.
func (c *slowChecker) decided(n slowNode) bool { return n.layer == len(c.layers) }

// undecided returns the lowest undecided neuron of the layer, or −1.
func (n slowNode) undecided() int { return slices.Index(n.sign, slowUndecided) }

func (c *slowChecker) root() slowNode {
	inputs := make([]slowForm, c.inputs)
	for k := range inputs {
		inputs[k] = c.affine(1, k, slowZero)
	}
	n := c.enter(slowNode{lo: c.lo, hi: c.hi}, 0, inputs)
	n.entering = !c.decided(n)
	return n
}

// enter returns n in the first layer with a neuron from layer l on, which the given forms enter.
func (c *slowChecker) enter(n slowNode, l int, in []slowForm) slowNode {
	for ; l < len(c.layers); l++ {
		y := &c.layers[l]
		var z []slowForm
		for u := range y.bias {
			f := c.affine(0, 0, y.bias[u])
			for k, w := range y.weights[u] {
				f = f.plus(w, in[k])
			}
			z = append(z, f)
		}
		n.layer, n.z, n.forms, n.sign = l, nil, z, nil
		for _, u := range y.neurons {
			n.z, n.sign = append(n.z, z[u]), append(n.sign, slowUndecided)
		}
		if len(n.z) > 0 {
			return n
		}
		in = z
	}
	return slowNode{layer: l, named: n.named, lo: n.lo, hi: n.hi}
}

// leave returns n at the entry to the next layer with a neuron, all of this layer being decided.
func (c *slowChecker) leave(n slowNode) slowNode {
	y := &c.layers[n.layer]
	if y.maxima != nil {
		return c.enter(n, n.layer+1, n.largest(y))
	}
	out := slices.Clone(n.forms)
	for j, u := range y.neurons { // of sign 0 is what is zero anyway
		if n.sign[j] < 0 {
			out[u] = c.affine(0, 0, slowZero).plus(y.slope[u], n.forms[u])
		}
	}
	return c.enter(n, n.layer+1, out)
}

// settle decides the neurons that have one sign by themselves, in this layer and, while that leaves
// none undecided, in the next.
func (c *slowChecker) settle(n slowNode) slowNode {
	n.entering = false
	if !c.decided(n) && c.layers[n.layer].maxima != nil {
		n = c.settleMaxima(n)
	} else {
		n = c.settleNeurons(n)
	}
	if c.decided(n) || n.undecided() >= 0 {
		return n
	}
	return c.settle(c.leave(n))
}

func (c *slowChecker) settleNeurons(n slowNode) slowNode {
	for j, z := range n.z {
		switch {
		case z.zero():
			n.sign[j] = 0
		case c.nonpositive(n, z):
			n.sign[j] = -1
		case c.nonpositive(n, z.times(-1)):
			n.sign[j] = +1
		}
		if n.sign[j] != slowUndecided {
			c.met[slowSign{n.layer, j, n.sign[j]}] = true
		}
	}
	return n
}

// decide returns n with a sign for neuron j, which gets a name if it is named or split.
func (c *slowChecker) decide(n slowNode, j, sign int, named, split bool) slowNode {
	n.sign = slices.Clone(n.sign)
	n.sign[j] = sign
	c.met[slowSign{n.layer, j, sign}] = true
	if named {
		n.named = append(slices.Clone(n.named), slowName{n.z[j].times(sign), split})
	}
	if n.undecided() < 0 {
		n = c.leave(n)
		n.entering = !c.decided(n)
	}
	return n
}

// tree reads the subtree of a node.
func (c *slowChecker) tree(n slowNode) {
	line := c.next()
	kind := (line + " ")[:1]
	if n.entering && !strings.Contains("[]@?", kind) { // at ? it changes nothing that is claimed
		n = c.settle(n)
	}
	switch kind {
	case "[", "]":
		c.tree(c.box(n, line))
	case "@":
		c.part(n, line)
	case "+", "-", "<", ">":
		c.mayRefer = true
		c.tree(c.prune(n, line))
	case "*":
		j := n.undecided()
		slowRequire(line == "*" && j >= 0, "something follows a *, or all neurons are decided")
		c.mayRefer = true
		if c.layers[n.layer].maxima != nil {
			c.tree(c.on(c.win(n, j, true)))
			c.tree(c.on(c.without(n, j, slowAside)))
			return
		}
		c.tree(c.decide(n, j, -1, true, true))
		c.tree(c.decide(n, j, +1, true, true))
	case "W":
		slowRequire(c.decided(n), "some neuron is undecided")
		c.witness(n, line)
		c.regions++
	case "?":
		c.beside(n, c.witness(n, line))
		c.leaves(n)
		c.open++
	default:
		slowRequire(false, "%q is no line of a tree", line)
	}
}

var slowPart = regexp.MustCompile(`^@ ([A-Za-z0-9_][A-Za-z0-9_.-]*) (sha256:[0-9a-f]{64})$`)

// part reads the subtree of a node from another file.
func (c *slowChecker) part(n slowNode, line string) {
	m := slowPart.FindStringSubmatch(line)
	slowRequire(m != nil && len(m[1]) <= 255 && c.mayRefer, "no name and hash of a part, or one that may not come yet")
	lines := c.lines
	slowRequire(c.read(m[1]) == m[2], "another hash")
	c.mayRefer = false
	c.tree(n)
	c.end()
	c.lines, c.mayRefer = lines, true
}

const slowNames = `([A-Z]{0,6}[a-z])([1-9][0-9]*)?`

var (
	slowPrune   = regexp.MustCompile(`^[-+<>](0|[1-9][0-9]*) ([1-9][0-9]*)?((?:` + slowNames + `)+)$`)
	slowBox     = regexp.MustCompile(`^[\][](0|[1-9][0-9]*) (0|-?[1-9][0-9]*) (0|[1-9][0-9]*) ([1-9][0-9]*)?((?:` + slowNames + `)+)$`)
	slowWitness = regexp.MustCompile(`^[W?](0|[1-9][0-9]*)((?: 0| [1-9][0-9]*|-[1-9][0-9]*)+)$`)
	slowName1   = regexp.MustCompile(slowNames)
	slowPlace   = regexp.MustCompile(` 0| [1-9][0-9]*|-[1-9][0-9]*`)
)

// prune reads a line that decides a neuron because one side is empty.
func (c *slowChecker) prune(n slowNode, line string) slowNode {
	m := slowPrune.FindStringSubmatch(line)
	slowRequire(m != nil, "%q is no prune", line)
	j := slowIndex(m[1], len(n.sign))
	slowRequire(n.sign[j] == slowUndecided, "neuron %d is decided", j)
	if c.layers[n.layer].maxima != nil {
		slowRequire(line[0] == '-' && m[2] == "", "no line of a maximum")
		return c.pruneClass(n, j, m[3])
	}
	sign := map[byte]int{'-': -1, '<': -1, '+': +1, '>': +1}[line[0]]
	c.judge(n, n.z[j].times(-sign), m[2], m[3])
	return c.decide(n, j, sign, line[0] == '<' || line[0] == '>', false)
}

// box reads a line that makes the box of a node smaller.
func (c *slowChecker) box(n slowNode, line string) slowNode {
	slowRequire(n.entering, "no box line may come here")
	m := slowBox.FindStringSubmatch(line)
	slowRequire(m != nil, "%q is no box line", line)
	k := slowIndex(m[1], c.inputs)
	x := slowShort([]string{m[2]}, m[3])[0]
	slowRequire(n.lo[k].Cmp(x) < 0 && x.Cmp(n.hi[k]) < 0, "the bound is not inside the box")
	inner := n
	f := c.affine(1, k, new(big.Rat).Neg(x)) // x_k − X
	if line[0] == ']' {
		inner.hi = slices.Clone(n.hi)
		inner.hi[k] = x
	} else {
		f = f.times(-1)
		inner.lo = slices.Clone(n.lo)
		inner.lo[k] = x
	}
	c.judge(n, f, m[4], m[5])
	return inner
}

// judge requires that self·f and the sum that is spelled is nowhere positive.
func (c *slowChecker) judge(n slowNode, f slowForm, self, names string) (nearest int64) {
	f = c.affine(0, 0, slowZero).plus(slowMultiplier(self), f)
	before := int64(len(n.named)) + 1
	for _, m := range slowName1.FindAllStringSubmatch(names, -1) {
		back := int64(0) // counted from 1, in bijective base 26
		for _, r := range strings.ToUpper(m[1]) {
			back = 26*back + int64(r-'A') + 1
		}
		slowRequire(back <= int64(len(n.named)), "there is no name %s", m[1])
		slowRequire(back < before, "the names are not in order")
		before = back
		f = f.plus(slowMultiplier(m[2]), n.named[len(n.named)-int(back)].form)
	}
	slowRequire(c.nonpositive(n, f), "the sum is positive somewhere")
	return before
}

// nonpositive says whether f ≤ 0 on the box of the node, or on the ball.
func (c *slowChecker) nonpositive(n slowNode, f slowForm) bool {
	sup := new(big.Rat).Set(f[c.inputs])
	for k := range c.inputs {
		end := n.lo[k]
		if f[k].Sign() > 0 {
			end = n.hi[k]
		}
		sup.Add(sup, new(big.Rat).Mul(f[k], end))
	}
	if sup.Sign() <= 0 {
		return true
	}
	v := f.at(c.center)
	switch c.norm {
	case "l1":
		for k := range c.inputs { // v + r·|g_k| ≤ 0 for each k
			if sup.Abs(f[k]).Mul(sup, c.radius).Add(sup, v).Sign() > 0 {
				return false
			}
		}
		return true
	case "l2": // v + r·‖g‖ ≤ 0, without the root
		squares := new(big.Rat)
		for _, g := range f[:c.inputs] {
			squares.Add(squares, new(big.Rat).Mul(g, g))
		}
		squares.Mul(squares, new(big.Rat).Mul(c.radius, c.radius))
		return v.Sign() <= 0 && squares.Cmp(new(big.Rat).Mul(v, v)) <= 0
	}
	return false
}

// witness requires a point inside the ball and on the right side of every split, and returns it.
func (c *slowChecker) witness(n slowNode, line string) []*big.Rat {
	m := slowWitness.FindStringSubmatch(line)
	slowRequire(m != nil, "%q is no witness", line)
	x := slowShort(slowPlace.FindAllString(m[2], -1), m[1])
	slowRequire(len(x) == c.inputs, "%d coordinates", len(x))
	sum, squares := new(big.Rat), new(big.Rat) // of what is between the witness and the center
	for k := range x {
		slowRequire(c.lo[k].Cmp(x[k]) < 0 && x[k].Cmp(c.hi[k]) < 0, "the witness is not inside the box")
		d := new(big.Rat).Sub(x[k], c.center[k])
		squares.Add(squares, new(big.Rat).Mul(d, d))
		sum.Add(sum, d.Abs(d))
	}
	slowRequire(c.norm != "l1" || sum.Cmp(c.radius) < 0, "the witness is not inside the ball")
	slowRequire(c.norm != "l2" || squares.Cmp(new(big.Rat).Mul(c.radius, c.radius)) < 0, "the witness is not inside the ball")
	for _, name := range n.named {
		slowRequire(!name.split || name.form.at(x).Sign() > 0, "the witness is on the wrong side of a split")
	}
	return x
}
