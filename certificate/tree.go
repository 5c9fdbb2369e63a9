package certificate

// The lines of the tree: what each claims and how it is checked against the forms of the path that
// leads to it. This is the theorem, clause by clause.

import (
	"math/big"
	"slices"

	"github.com/relucell/relucell/certificate/internal/affine"
	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/steps"
)

// walker reads the lines of a subtree, and knows the place in the tree.
type walker struct {
	*checker
	place
	in *canonical.Lines
	// mayRefer says that an @ line may stand here: in the first file always, in a part behind a
	// line that decides.
	mayRefer bool
	// A line has its names and multipliers in terms, a witness or a bound in x, and a sum in f. The
	// witness is point: x, and one.
	terms steps.Terms
	x     []big.Int
	point affine.Values
	f     []uint
	t     big.Int // for a moment
}

// newWalker returns a walker at the root.
func (c *checker) newWalker(in *canonical.Lines) *walker {
	n := c.net.inputs
	w := &walker{checker: c, place: newPlace(c.Verdict, c.net, c.ball), in: in, point: affine.NewValues(n + 1)}
	w.x = w.point.All[:n]
	return w
}

// subtree checks the subtree that starts at the next line.
func (w *walker) subtree() {
	for {
		line := w.in.Next()
		w.Stop()
		w.in.Require(len(line) > 0, "a blank line")
		switch kind, text := line[0], line[1:]; kind {
		case '@':
			w.part(string(text))
			return
		case 'W', '?':
			w.leaf(kind, text)
			return
		case ']', '[':
			w.bound(kind == ']', text)
		case '*', '+', '-', '>', '<':
			w.settle()
			w.in.Require(w.at < len(w.levels), "all neurons are decided, expected W and a witness")
			w.total.nodes.Add(1)
			if w.mayRefer = true; kind == '*' {
				w.split(text)
			} else {
				w.prune(kind, text)
			}
		default:
			w.in.Require(false, "expected a line that begins with one of * + - > < ] [ W ? @")
		}
	}
}

// split checks the side where the lowest open piece wins, and goes on to the other side.
func (w *walker) split(text []byte) {
	w.in.Require(len(text) == 0, "expected nothing after *")
	y, at, names, saved := &w.levels[w.at], w.at, len(w.names), len(w.levels[w.at].saved)
	j, left := slices.Index(y.sign, open), y.left
	y.saved = append(y.saved, y.sign...)
	w.win(y, j, true)
	w.subtree()
	w.at, w.entering, w.names, y.left = at, false, w.names[:names], left
	copy(y.sign, y.saved[saved:])
	y.saved = y.saved[:saved]
	w.exclude(y, j, aside)
}

// prune checks that a piece is nowhere the largest on the cell, and goes on without it. Of a unit
// with two slopes, the first multiplier is that of what the piece is above the other one. For the
// line of a maximum, what the piece is above the others are names too, which joined last; one of
// them at least is used.
func (w *walker) prune(kind byte, text []byte) {
	y, before, limit := &w.levels[w.at], len(w.names), len(w.levels[w.at].pieces)
	if !y.maxima {
		limit /= 2
	}
	j, text, ok := canonical.Index(text, limit)
	w.in.Require(ok, "expected one of the neurons of the layer, counted from 0")
	if !y.maxima {
		if j *= 2; kind == '-' || kind == '<' {
			j++
		}
	}
	w.in.Require(y.sign[j] == open, "the neuron is decided")
	text = w.in.Space(text, "expected a space and multipliers")
	if y.maxima {
		w.in.Require(kind == '-', "a line of a maximum begins with * or -")
		w.in.Require(len(text) > 0 && (text[0] < '0' || text[0] > '9'), "a line of a maximum has multipliers of names alone")
		w.nameAll(y, j, false)
	}
	w.terms.Read(w.in, text, len(w.names))
	m := w.terms.Bits + y.reach
	k := affine.Words(m + y.q.Bits)
	f := affine.Zeros(&w.f, w.Coefficients*k)
	if y.maxima {
		w.in.Require(slices.Max(w.terms.Names) >= before, "no difference to another piece is named")
	} else {
		own, negative := w.above(y, j, j^1)
		affine.MulAdd(f, w.Widened(own, y.k, k), k, &w.terms.Factor[0], negative)
	}
	w.sum(f, k, m, y.scale, "the multipliers do not prove the other side, or the class, empty: their sum is positive somewhere in the ball and the box")
	w.names = w.names[:before]
	if kind == '<' || kind == '>' {
		w.name(y, j^1, j, false)
	}
	w.exclude(y, j, out)
}

// sum adds Σ λ_i·(the form of name i), over the names of the line to f, and requires that f,
// integers times 2^−scale that are then less than 2^m, is nowhere positive on the box or nowhere on
// the ball.
func (w *walker) sum(f []uint, k, m int, scale uint, reason string) {
	for i, id := range w.terms.Names {
		p, lambda := w.names[id], &w.t
		y := &w.levels[p.level]
		lambda.Lsh(&w.terms.Factor[i+1], scale-y.scale)
		w.Long(len(f) * affine.Words(lambda.BitLen()))
		affine.MulAdd(f, w.Widened(p.form, y.k, k), k, lambda, false)
	}
	w.in.Require(w.Nonpositive(f, k, m, false, w.levels[w.at].q), reason)
}

// bound checks that a coordinate is bounded on the cell, and narrows the box.
func (w *walker) bound(upper bool, text []byte) {
	w.in.Require(w.entering, "a bound of a coordinate stands where a layer with neurons is entered, before all else of it")
	y, x := &w.levels[w.at], &w.x[0]
	i, e, text := steps.Bound(w.in, text, len(w.x), x)
	w.in.Require(w.Compare(&y.q.Lo[i], y.q.Scale, x, e) < 0 && w.Compare(x, e, &y.q.Hi[i], y.q.Scale) < 0,
		"the bound does not lie strictly between those of the box")
	w.terms.Read(w.in, w.in.Space(text, steps.OfBound), len(w.names))
	// The sum, times 2^scale: λ·(x_i − X·2^−e), or minus that, and the names.
	scale, t := max(y.scale, e), &w.t
	own := t.Lsh(&w.terms.Factor[0], scale)
	m := max(y.reach+w.terms.Bits+int(scale-y.scale), own.BitLen()+max(0, x.BitLen()-int(e))) + 2
	k := affine.Words(m + y.q.Bits)
	f, one := affine.Zeros(&w.f, w.Coefficients*k), w.Widened([]uint{1}, 1, k)
	affine.MulAdd(f[i*k:(i+1)*k], one, k, own, !upper)
	affine.MulAdd(f[len(f)-k:], one, k, t.Rsh(t.Mul(own, x), e), upper)
	w.sum(f, k, m, scale, "the multipliers do not prove the bound: their sum is positive somewhere in the ball and the box")
	y.q = y.own.Set(y.q)
	if upper {
		i += len(w.x)
	}
	y.q.Narrow(i, x, e)
}

// leaf checks a final region or an unexplored cell: its witness is strictly inside the ball and on
// the right side of each neuron that the path splits.
func (w *walker) leaf(kind byte, text []byte) {
	w.total.nodes.Add(1)
	leaves := &w.total.open
	if kind == '?' {
		w.undecided()
	} else {
		leaves = &w.total.regions
		w.settle()
		w.in.Require(w.at == len(w.levels), "a final region where neurons are open")
	}
	e, one := steps.Point(w.in, text, w.x), &w.point.All[len(w.x)]
	one.Lsh(one.SetInt64(1), e)
	w.in.Require(w.Inside(w.x, e), "the witness is not strictly inside the ball")
	w.point.Measure()
	w.Order()
	for _, p := range w.names {
		y := &w.levels[p.level]
		w.in.Require(!p.split || w.Positive(p.form, y.k, y.bits, false, &w.point), "the witness is not on the path's side of a neuron that is split")
	}
	if !w.entering && w.at < len(w.levels) {
		w.in.Require(w.beside(&w.levels[w.at], &w.point), "the witness lies in a class that is split away")
	}
	leaves.Add(1)
	for _, b := range w.companions {
		w.in.Require(kind == 'W', "an unexplored cell, expected a complete proof beside a reach set or a Lipschitz constant")
		b.region(w)
	}
}
