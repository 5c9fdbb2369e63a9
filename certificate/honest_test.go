package certificate

// A slow, honest writer: it asks lp/exact about every side of every hyperplane, and makes at random
// every choice that the format leaves open. So the checkers see proofs that no fast writer would
// think of. How many regions there are, package twin counts by other means.

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/lp/exact"
)

// honest writes one proof. The rates are chances.
type honest struct {
	net  specimen.Net
	ball domain
	r    *rand.Rand
	// pruneFirst: a prune comes before a split that may come, too; named: it has a name; tight: the
	// multipliers hold on the box; multiple: they are multiplied.
	pruneFirst, named, tight, multiple float64
	box, stop, part                    float64
	files                              specimen.Folder
	regions, open                      int64
	boxes, prunes, cuts                int
}

func (h *honest) chance(p float64) bool { return h.r.Float64() < p }

// newHonest draws how a proof is written.
func newHonest(net specimen.Net, b tball, r *rand.Rand) *honest {
	h := &honest{net: net, ball: ballDomain(b), r: r, files: specimen.Folder{}}
	for _, p := range []*float64{&h.pruneFirst, &h.named, &h.tight, &h.multiple, &h.box, &h.stop, &h.part} {
		*p = []float64{0, 0.1, 0.5, 0.9}[r.Intn(4)]
	}
	h.stop *= h.stop * float64(r.Intn(2)) / 2
	h.part *= float64(r.Intn(2)) / 2
	h.box = min(h.box, 0.7) // box lines come until chance ends them
	return h
}

// honestProof writes a proof and its parts; the proof is the file named proof.
func honestProof(net specimen.Net, b tball, r *rand.Rand) *honest {
	h := newHonest(net, b, r)
	h.write(b)
	return h
}

// write writes the proof.
func (h *honest) write(b tball) {
	text := h.net.Text()
	tree := h.tree(h.root())
	count := fmt.Sprintf("count %d\n", h.regions)
	if h.open > 0 {
		count = fmt.Sprintf("count >= %d\n", h.regions+h.open)
	}
	h.files["proof"] = fmt.Appendf(nil, "relucell-certificate 2\nnet sha256:%x\nball %s\n%s%s", sha256.Sum256(text), spelledBall(b), tree, count)
}

// proveHonestly writes a proof to a file and its parts beside it, and returns how many leaves it
// has; stop and part are the chances of an unexplored cell and of a part.
func proveHonestly(tb testing.TB, net specimen.Net, b tball, path string, seed int64, stop, part float64) int64 {
	tb.Helper()
	h := newHonest(net, b, rand.New(rand.NewSource(seed)))
	h.stop, h.part = stop, part
	h.write(b)
	for name, text := range h.files {
		if name == "proof" {
			if name = filepath.Base(path); strings.HasSuffix(name, ".gz") {
				text = specimen.Zipped(text)
			}
		}
		require.NoError(tb, os.WriteFile(filepath.Join(filepath.Dir(path), name), text, 0o600))
	}
	return h.regions + h.open
}

func (h *honest) constant(v *big.Rat) hform {
	f := make(hform, h.net.Inputs+1)
	for k := range f {
		f[k] = new(big.Rat)
	}
	f[h.net.Inputs].Set(v)
	return f
}

func (h *honest) coordinate(k int) hform {
	f := h.constant(new(big.Rat))
	f[k].SetInt64(1)
	return f
}

func (h *honest) root() hnode {
	n := hnode{p: h.ball.mid}
	var in []hform
	for k := range h.net.Inputs {
		in = append(in, h.coordinate(k))
		n.lo = append(n.lo, new(big.Rat).Sub(h.ball.mid[k], h.ball.half[k]))
		n.hi = append(n.hi, new(big.Rat).Add(h.ball.mid[k], h.ball.half[k]))
	}
	n = h.enter(n, 0, in)
	n.entering = true
	return n
}

// enter returns n in the first layer with neurons from l on.
func (h *honest) enter(n hnode, l int, in []hform) hnode {
	n.z, n.forms, n.sign = nil, nil, nil
	for ; l < len(h.net.Layers) && n.z == nil; l++ {
		y := h.net.Layers[l]
		var z []hform
		for u := range y.B {
			f := h.constant(ratOf(y.B[u]))
			for k := range in {
				f = f.plus(ratOf(y.W[u][k]), in[k])
			}
			z = append(z, f)
			if y.Below(u) != 1 {
				n.z, n.sign = append(n.z, f), append(n.sign, 2)
			}
		}
		in, n.forms, n.layer = z, z, l
	}
	return n
}

func (h *honest) leave(n hnode) hnode {
	y, j := h.net.Layers[n.layer], 0
	if y.Pieces != nil {
		return h.enter(n, n.layer+1, h.largest(n))
	}
	out := append([]hform(nil), n.forms...)
	for u := range out {
		if slope := y.Below(u); slope != 1 {
			factor := []*big.Rat{ratOf(slope), new(big.Rat), sign(1)}[n.sign[j]+1]
			out[u] = out[u].times(factor)
			j++
		}
	}
	return h.enter(n, n.layer+1, out)
}

// shown says whether f ≤ 0 on the box or on the ball.
func (h *honest) shown(n hnode, f hform) bool {
	return boxDomain(n.lo, n.hi).nonpositive(f) || h.ball.nonpositive(f)
}

func (h *honest) settle(n hnode) hnode {
	n.entering = false
	for n.z != nil {
		n.sign = append([]int(nil), n.sign...)
		if h.maximal(n) {
			n = h.settleMaxima(n)
		}
		for j, z := range n.z {
			switch {
			case h.maximal(n):
			case z.zero():
				n.sign[j] = 0
			case h.shown(n, z):
				n.sign[j] = -1
			case h.shown(n, z.times(sign(-1))):
				n.sign[j] = 1
			}
		}
		if len(n.undecided()) > 0 {
			break
		}
		n = h.leave(n)
	}
	return n
}

func (h *honest) decide(n hnode, j, s int, named, split bool, p []*big.Rat) hnode {
	n.sign = append([]int(nil), n.sign...)
	n.sign[j] = s
	if n.p = p; named {
		n.named = append(append([]hname(nil), n.named...), hname{n.z[j].times(sign(s)), split})
	}
	if len(n.undecided()) == 0 {
		n = h.leave(n)
		n.entering = n.z != nil
	}
	return n
}

// tree returns the text of a subtree, or a line that refers to it.
func (h *honest) tree(n hnode) string {
	text := h.subtree(n)
	first := text
	for first[0] == '[' || first[0] == ']' {
		_, first, _ = strings.Cut(first, "\n")
	}
	if first[0] == '@' || !h.chance(h.part) {
		return text
	}
	h.cuts++
	name, b := fmt.Sprint("part", len(h.files)), []byte(text)
	if h.chance(0.2) {
		name, b = name+".gz", specimen.Zipped(b)
	}
	h.files[name] = b
	return fmt.Sprintf("@ %s sha256:%x\n", name, sha256.Sum256([]byte(text)))
}

func (h *honest) subtree(n hnode) string {
	if h.chance(h.stop) {
		h.open++
		return "?" + h.witness(n)
	}
	if n.entering && len(n.named) > 0 && h.chance(h.box) {
		for range 4 { // tries
			if line, m := h.boxLine(n); line != "" {
				h.boxes++
				return line + h.tree(m)
			}
		}
	}
	if n.entering {
		n = h.settle(n)
	}
	if n.z == nil {
		h.regions++
		return "W" + h.witness(n)
	}
	left := n.undecided()
	if h.maximal(n) {
		return h.maximum(n, left)
	}
	minus, plus := h.sides(n, left[0])
	if minus == nil || plus == nil || h.chance(h.pruneFirst) {
		for _, i := range h.r.Perm(len(left)) {
			if text := h.prune(n, left[i]); text != "" {
				return text
			}
		}
	}
	text := "*\n" + h.tree(h.decide(n, left[0], -1, true, true, minus))
	return text + h.tree(h.decide(n, left[0], 1, true, true, plus))
}

// sides returns a point on each side of neuron j that the cell has.
func (h *honest) sides(n hnode, j int) (minus, plus []*big.Rat) {
	minus, _, _ = h.ball.side(n.z[j].times(sign(-1)), n.named, n.p)
	plus, _, _ = h.ball.side(n.z[j], n.named, n.p)
	return minus, plus
}

// prune returns a subtree that begins with the prune of neuron j, or nothing if it has two sides.
func (h *honest) prune(n hnode, j int) string {
	minus, plus := h.sides(n, j)
	if minus != nil && plus != nil {
		return ""
	}
	s, p := 1, n.p
	if plus == nil {
		s = -1
	}
	line, named := map[int]string{1: "+", -1: "-"}[s], h.chance(h.named)
	if named {
		line = map[int]string{1: ">", -1: "<"}[s]
	}
	line += fmt.Sprint(j, " ", h.multipliers(n, n.z[j].times(sign(-s)))) + "\n"
	h.prunes++
	return line + h.tree(h.decide(n, j, s, named, false, p))
}

// multipliers spells the proof that f, which is positive nowhere in the cell, is so.
func (h *honest) multipliers(n hnode, f hform) string {
	x, self, lambda := h.ball.side(f, n.named, n.p)
	if x != nil {
		panic("there is another side")
	}
	if h.chance(h.tight) {
		if x, s, l := boxDomain(n.lo, n.hi).side(f, n.named, n.p); x == nil {
			self, lambda = s, l
		}
	}
	times := big.NewInt(1)
	if h.chance(h.multiple) {
		if times.SetInt64(1 + h.r.Int63n(5)); h.chance(0.1) {
			times.Exp(big.NewInt(10), big.NewInt(19+h.r.Int63n(60)), nil)
		}
	}
	line, count := h.number(self, times), 0
	for i, l := range lambda {
		if l.Sign() > 0 {
			line += letters(len(lambda)-1-i) + h.number(l, times)
			count++
		}
	}
	if count == 0 {
		panic("a neuron that settles itself was not settled")
	}
	return line
}

// boxLine returns a box line, and the node after it; nothing if the one it tried does not help.
func (h *honest) boxLine(n hnode) (string, hnode) {
	k, s := h.r.Intn(len(n.p)), 1
	head, bounds := "]", &n.hi
	if h.chance(0.5) {
		s, head, bounds = -1, "[", &n.lo
	}
	f := h.coordinate(k).times(sign(s))
	row, times := h.ball.row(f)
	var rows []exact.Row
	for _, m := range n.named {
		r, _ := h.ball.row(m.form)
		rows = append(rows, r)
	}
	most, err := exact.Maximize(h.ball.norm, row, rows, h.ball.unit(n.p))
	if err != nil {
		panic(err)
	}
	// Round upwards to a few bits.
	e := []int{0, 1, 2, 3, 5, 60, 200}[h.r.Intn(7)]
	scale := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(e)))
	v := new(big.Rat).Quo(most.Value, new(big.Rat).SetInt(times))
	v.Mul(v, scale)
	up := new(big.Int).Neg(new(big.Int).Div(new(big.Int).Neg(v.Num()), v.Denom()))
	v.Quo(v.SetInt(up), scale)
	f = f.plus(sign(-1), h.constant(v))
	v.Mul(v, sign(s))
	if n.lo[k].Cmp(v) >= 0 || v.Cmp(n.hi[k]) >= 0 {
		return "", n
	}
	x, shift := shortened([]*big.Rat{v})
	line := fmt.Sprint(head, k, " ", x[0], " ", shift, " ", h.multipliers(n, f), "\n")
	*bounds = append([]*big.Rat(nil), *bounds...)
	(*bounds)[k] = v
	return line, n
}

// witness spells a point of the cell: p, or one beside it, or one that all but leaves the cell.
func (h *honest) witness(n hnode) string {
	p, from := n.p, 1+h.r.Intn(8)
	steps := []int{0, 0, 0, 1, 1, 1, 4, 4, 10, 80}[h.r.Intn(10)]
	q := make([]*big.Rat, len(p))
	for k := range q {
		q[k] = new(big.Rat).Add(p[k], new(big.Rat).Mul(big.NewRat(int64(h.r.Intn(9)-4), int64(1)<<from), h.ball.half[k]))
	}
	for range steps { // from p towards q, as far as the cell goes
		m := make([]*big.Rat, len(p))
		for k := range m {
			m[k] = new(big.Rat).Add(p[k], q[k])
			m[k].Mul(m[k], big.NewRat(1, 2))
		}
		if h.within(n, m) {
			p = m
		} else {
			q = m
		}
	}
	v, e := shortened(p)
	s := fmt.Sprint(e)
	for _, x := range v {
		if x.Sign() >= 0 {
			s += " "
		}
		s += x.String()
	}
	return s + "\n"
}

func (h *honest) within(n hnode, x []*big.Rat) bool {
	for _, m := range n.named {
		if m.form.at(x).Sign() <= 0 {
			return false
		}
	}
	if h.inside(n, x) {
		return false
	}
	return exact.Interior(h.ball.norm, nil, h.ball.unit(x))
}
