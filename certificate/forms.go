package certificate

// The place in the tree: the signs on the path, the forms of the layers reached, and the box.

import (
	"math/big"
	"math/bits"
	"slices"
)

// open is the sign of a neuron that is not decided.
const open = int8(2)

// level is a layer on the path.
type level struct {
	*layer
	// z are the pre-activations, with k words a coefficient. They belong to the version seen of the
	// layer before, with the units in plus on their positive side. Sums have wide words, if not
	// more: room for short multipliers and for the values on the ball.
	z             [][]uint
	plus          []bool
	k, wide       int
	seen, version int
	// sign has the sign of each neuron, of which so many are left open; trail are those that lines
	// have decided, in their order.
	sign []int8
	left int
	// likely is the sign that each neuron had when it settled itself last: it is tried first.
	likely []int8
	trail  []int
	// q holds the cell. Once a line has narrowed it in this layer, it is own.
	q, own *box
}

// named is a form that lines can name, for it is positive on the cell: that of a neuron, times its
// sign, or what a piece of a maximum is above another. It is in the words of its level.
type named struct {
	form  []uint
	level int
	split bool // the cell was split by it, so witnesses are held against it
}

// walker is a place in the tree.
type walker struct {
	*checker
	in *lines
	// at is the layer that is being decided, or the number of layers if all is decided. entering
	// says that box lines may still come, and that no neuron of the layer has been tried.
	levels   []level
	at       int
	entering bool
	names    []named
	// A line has the names in terms, the multipliers in factor, its own first, a witness or a bound
	// in x, and a sum in f, which form holds for the l1 and the l2 ball. pick says which values a form
	// is evaluated at: those of a box, or of point, which are x and one. Its value is in v; b is what
	// becomes a part of a sum, d a difference.
	terms           []int
	factor, x, form []big.Int
	pick            []int
	point           values
	f, v, b, d      []uint
	scratch
}

// newWalker returns a walker at the root.
func (c *checker) newWalker(in *lines) *walker {
	n, b := c.net.inputs, c.ball.box
	w := &walker{checker: c, in: in, at: -1, factor: make([]big.Int, 1), form: make([]big.Int, n+1),
		pick: make([]int, n+1), point: newValues(n + 1)}
	w.x = w.point.all[:n]
	for i, y := range c.net.layers {
		const short = 20 // bits of usual multipliers
		v := level{layer: y, k: length(y.bits), wide: length(y.reach + b.bits + short),
			plus: make([]bool, len(y.gain)), sign: make([]int8, len(y.neurons)), likely: slices.Repeat([]int8{-1}, len(y.neurons)), seen: -1, own: newBox(b)}
		for range y.bias[:len(y.bias)*min(1, i)] { // not for the inputs
			v.z = append(v.z, make([]uint, (n+1)*v.k))
		}
		w.levels = append(w.levels, v)
	}
	w.enter(b)
	return w
}

// another returns a walker at the same place, with forms, signs and boxes of its own.
func (w *walker) another() *walker {
	c := w.newWalker(nil)
	c.at, c.entering = w.at, w.entering
	for _, p := range w.names {
		c.names = append(c.names, named{slices.Clone(p.form), p.level, p.split})
	}
	for i := range w.levels {
		from, to := &w.levels[i], &c.levels[i]
		copy(to.sign, from.sign)
		to.left, to.trail = from.left, slices.Clone(from.trail)
		if from.q != nil {
			to.own.set(from.q)
			to.q = to.own
		}
		if i <= w.at {
			c.forms(i)
		}
	}
	return c
}

// enter goes on to the next layer that has neurons, with the box q.
func (w *walker) enter(q *box) {
	for w.at++; w.at < len(w.levels) && len(w.levels[w.at].neurons) == 0; w.at++ {
	}
	if w.entering = w.at < len(w.levels); w.entering {
		y := &w.levels[w.at]
		y.q, y.left, y.trail = q, len(y.sign), y.trail[:0]
		for j := range y.sign {
			y.sign[j] = open
		}
	}
}

// settle ends the box lines: it tries every neuron of the layer on the box and the ball, and goes
// on as long as that leaves none open.
func (w *walker) settle() {
	for w.entering {
		w.entering = false
		w.forms(w.at)
		y := &w.levels[w.at]
		if y.ends != nil {
			w.settleMaxima(y)
			continue
		}
		for j, u := range y.neurons {
			switch z, s := y.z[u], y.likely[j]; {
			case isZero(z):
				w.decide(y, j, 0)
			case w.nonpositive(z, y.k, y.bits, s > 0):
				w.decide(y, j, s)
			case w.nonpositive(z, y.k, y.bits, s < 0):
				y.likely[j] = -s
				w.decide(y, j, -s)
			}
		}
		y.trail = y.trail[:0] // what settles itself is not undone on the way back
	}
}

// decide gives neuron j of the layer its sign.
func (w *walker) decide(y *level, j int, s int8) {
	y.sign[j] = s
	y.note(j, s)
	y.trail = append(y.trail, j)
	if y.left--; y.left == 0 {
		w.enter(y.q)
	}
}

// name lets lines name the form of a unit of the layer that is being decided, less that of another
// one if there is another, times the sign s.
func (w *walker) name(unit, less int, s int8, split bool) {
	n, y := len(w.names), &w.levels[w.at]
	w.names = slices.Grow(w.names, 1)[:n+1] // the form that was there before lends its storage
	p := &w.names[n]
	y.above(&p.form, unit, less, s)
	p.level, p.split = w.at, split
}

// above sets d to the form of a unit, less that of another one if there is another, times s.
func (y *level) above(d *[]uint, unit, less int, s int8) {
	if *d = append((*d)[:0], y.z[unit]...); s < 0 {
		mac(buffer(d, len(*d)), y.z[unit], y.k, 1, true)
	}
	if less >= 0 {
		mac(*d, y.z[less], y.k, 1, s > 0)
	}
}

// back undoes what was decided since so many neurons of the layer at were decided by lines and the
// path had so many names.
func (w *walker) back(at, decided, names int) {
	w.at, w.entering, w.names = at, false, w.names[:names]
	y := &w.levels[at]
	for _, j := range y.trail[decided:] {
		y.sign[j] = open
		y.left++
	}
	y.trail = y.trail[:decided]
}

// forms computes the forms of a layer, by what has changed since they were computed last. Those of
// the inputs never change.
func (w *walker) forms(at int) {
	if at == 0 {
		return
	}
	y, last := &w.levels[at], &w.levels[at-1]
	if len(last.neurons) == 0 {
		w.forms(at - 1)
	}
	changed := y.seen != last.version
	if changed { // begin with no unit of the layer before on its positive side
		y.seen = last.version
		clear(y.plus)
		one := w.widened([]uint{1}, 1, y.k)
		for v, z := range y.z {
			clear(z)
			mulAdd(z[len(z)-y.k:], one, y.k, &y.bias[v], false)
		}
		for u, base := range y.base {
			w.add(y, base, last, u, false)
		}
	}
	for j, u := range last.neurons {
		if plus := last.sign[j] > 0; plus != y.plus[u] {
			y.plus[u], changed = plus, true
			w.add(y, y.gain[u], last, u, !plus)
		}
	}
	if changed {
		y.version++
	}
}

// add adds the form of unit u of the layer before, times a weight each, to the forms of a layer.
// The inputs are forms with one coefficient, 1.
func (w *walker) add(y *level, weights []big.Int, last *level, u int, negative bool) {
	if weights == nil {
		return
	}
	b, n, from, to := []uint{1}, 1, u*y.k, (u+1)*y.k
	if last.z != nil {
		b, n, from, to = last.z[u], last.k, 0, len(w.form)*y.k
	}
	b = w.widened(b, n, y.k)
	for i, v := range y.to[u] {
		mulAdd(y.z[v][from:to], b, y.k, &weights[i], negative)
	}
}

// buffer returns n words, all 0.
func buffer(b *[]uint, n int) []uint {
	*b = append((*b)[:0], make([]uint, n)...)
	return *b
}

// widened returns a vector of numbers of n words as one of k words, or itself where that is the
// same. It is valid until the next call of widened.
func (w *walker) widened(b []uint, n, k int) []uint {
	if n == k {
		return b
	}
	place(buffer(&w.b, len(b)/n*k), k, b, n)
	return w.b
}

// nonpositive reports whether a form of coefficients less than 2^m is nowhere positive on the box,
// or nowhere on the ball; or, if negative, whether that holds of minus the form.
func (w *walker) nonpositive(f []uint, k, m int, negative bool) bool {
	if w.onBox(f, k, m, negative, w.levels[w.at].q) {
		return true
	}
	if w.ball.c == nil || !w.onBox(f, k, m, negative, w.ball.centre) {
		return false // or it is positive at the centre
	}
	for i := range w.form {
		if load(&w.form[i], f[i*k:(i+1)*k]); negative {
			w.form[i].Neg(&w.form[i])
		}
	}
	return w.ball.nonpositive(w.form, &w.scratch)
}

// onBox is nonpositive on a box.
func (w *walker) onBox(f []uint, k, m int, negative bool, q *box) bool {
	for i := range w.pick {
		w.pick[i] = i // where the form is largest
		if i == len(w.x) || int(f[(i+1)*k-1]) < 0 == negative {
			w.pick[i] += len(w.x)
		}
	}
	s := w.sign(f, k, m, &q.values, q.bits)
	return s == 0 || s < 0 != negative
}

// sign returns that of Σ g_i·x_i + h·one for the form f = g·x + h and the x_i and one that w.pick
// names of some values. The coefficients are less than 2^m, and one + Σ|x_i| is less than 2^most.
func (w *walker) sign(f []uint, k, m int, of *values, most int) int {
	if s, sure := w.leading(f, k, m, of, most); sure {
		return s
	}
	if need := length(m + most); need > k {
		f, k = w.widened(f, k, need), need
	}
	v := buffer(&w.v, k)
	for i, at := range w.pick {
		mulAdd(v, f[i*k:(i+1)*k], k, &of.all[at], false)
	}
	return signOf(v)
}

// leading is sign from the leading bits of the coefficients, where they tell: each is taken as its
// floor in units of 2^t, a word that is less than 1 too small. So the sum is less than 2^most off.
func (w *walker) leading(f []uint, k, m int, of *values, most int) (s int, sure bool) {
	const sign = bits.UintSize - 1
	if most >= sign { // then of.short does not hold the point, nor two words the sum and its sign
		return 0, false
	}
	t := max(0, m-sign+1)
	at, part := t/bits.UintSize, t%bits.UintSize
	var low, high, c uint
	for i, pick := range w.pick {
		a, g := of.short[pick], f[i*k:(i+1)*k]
		above := uint(int(g[k-1]) >> sign)
		if at+1 < k {
			above = g[at+1]
		}
		cut := g[at]>>part | above<<(bits.UintSize-part)
		hi, lo := bits.Mul(cut, uint(a))
		low, c = bits.Add(low, lo, 0)
		high += hi + c - uint(int(cut)>>sign)&uint(a) - uint(a>>sign)&cut // both have a sign
	}
	if s = signOf([]uint{low, high}); s < 0 {
		low, c = bits.Sub(0, low, 0)
		high = -high - c
	}
	return s, t == 0 || high != 0 || low>>most != 0
}
