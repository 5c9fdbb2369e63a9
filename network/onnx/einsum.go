// Einsum of a computed value, and perhaps a constant; and CumSum. Both are linear.

package onnx

import (
	"slices"
	"strings"
)

// labels are the letters of an einsum with their sizes, in the order of their first appearance.
type labels struct {
	names []rune
	sizes []int
}

// steps returns how far a step of each label moves in a tensor whose axes bear the labels of a
// term.
func (l *labels) steps(term string, shape []int) []int {
	steps, of := make([]int, len(l.names)), stepsOf(shape)
	for d, name := range []rune(term) {
		steps[slices.Index(l.names, name)] += of[d]
	}
	return steps
}

// read adds the labels of a term of a shape.
func (l *labels) read(term string, shape []int) {
	names := []rune(term)
	if len(names) != len(shape) {
		panic(refusalf("attribute \"equation\": %q has %d labels, expected one for each axis of shape %v", term, len(names), shape))
	}
	for d, name := range names {
		switch at := slices.Index(l.names, name); {
		case (name < 'A' || name > 'z' || name > 'Z' && name < 'a') && name < unnamed:
			panic(refusalf("attribute \"equation\": %q, supported are letters", term))
		case at < 0:
			l.names, l.sizes = append(l.names, name), append(l.sizes, shape[d])
		case l.sizes[at] != shape[d]:
			panic(refusalf("attribute \"equation\": label %c is of size %d and %d", name, l.sizes[at], shape[d]))
		}
	}
}

// ellipsis stands for axes without a letter, and unnamed is the first of the labels that they get
// here.
const (
	ellipsis = "..."
	unnamed  = '\ue000'
)

// spellOut replaces the ellipsis of each term by labels, in place, and that of the result, which it
// returns. The axes of ellipses are aligned from the last one on and broadcast: one of size 1
// beside a larger one gets a label of its own.
func (l *labels) spellOut(terms []string, shapes [][]int, out string) string {
	var sizes []int // of the ellipsis, the last axis first
	axes := make([][]int, len(terms))
	for i, term := range terms {
		before, after, has := strings.Cut(term, ellipsis)
		if !has {
			continue
		}
		rest := len([]rune(before)) + len([]rune(after))
		if rest > len(shapes[i]) || strings.Contains(after, ellipsis) {
			panic(refusalf("attribute \"equation\": %q for shape %v, expected one ellipsis and no more labels than axes", term, shapes[i]))
		}
		axes[i] = slices.Clone(shapes[i][len([]rune(before)) : len(shapes[i])-len([]rune(after))])
		slices.Reverse(axes[i])
		for k, size := range axes[i] {
			switch {
			case k == len(sizes):
				sizes = append(sizes, size)
			case sizes[k] == 1:
				sizes[k] = size
			case size != 1 && size != sizes[k]:
				panic(refusalf("attribute \"equation\": an ellipsis has axes of size %d and %d", sizes[k], size))
			}
		}
	}
	label, own := func(k int) string { return string(rune(unnamed + k)) }, len(sizes)
	spell := func(of []int) (s string) {
		for k, size := range of {
			if size == sizes[k] {
				s = label(k) + s
			} else {
				s = label(own) + s
				own++
			}
		}
		return s
	}
	for i, term := range terms {
		terms[i] = strings.Replace(term, ellipsis, spell(axes[i]), 1)
	}
	if strings.Count(out, ellipsis) > 1 || len(sizes) > 0 && !strings.Contains(out, ellipsis) {
		panic(refusalf("attribute \"equation\": an ellipsis of the inputs is summed over, or is there twice on the right, supported is one that stays"))
	}
	return strings.Replace(out, ellipsis, spell(sizes), 1)
}

// einsum is Σ x[…]·c[…] over the labels that the result has not.
func einsum(rd *reader, n *node) {
	equation := strings.ReplaceAll(n.text("equation", ""), " ", "")
	left, out, explicit := strings.Cut(equation, "->")
	terms := strings.Split(left, ",")
	if len(terms) != len(n.args) || len(terms) > 2 {
		panic(refusalf("attribute \"equation\": %q with %d inputs, supported are one and two", equation, len(n.args)))
	}
	var shapes [][]int
	for i := range terms {
		shapes = append(shapes, n.shapeOf(i))
	}
	if !explicit {
		if out = onceEach(strings.ReplaceAll(strings.Join(terms, ""), ellipsis, "")); strings.Contains(left, ellipsis) {
			out = ellipsis + out
		}
	}
	l := &labels{}
	out = l.spellOut(terms, shapes, out)
	for i, term := range terms {
		l.read(term, shapes[i])
	}
	shape := []int{}
	for _, name := range out {
		at := slices.Index(l.names, name)
		if at < 0 || strings.Count(out, string(name)) > 1 {
			panic(refusalf("attribute \"equation\": %q, expected labels of the inputs on the right, each once", equation))
		}
		shape = append(shape, l.sizes[at])
	}
	total := size(l.sizes)
	if total > maxEntries {
		panic(refusalf("attribute \"equation\": more than %d products", maxEntries))
	}
	rd.move(12 * total)
	run := 0
	if n.args[0].run == nil {
		run = 1
	}
	factor := func(int) float64 { return 1 }
	if len(terms) == 2 {
		c := n.floats(1-run, "constant")
		at := strided(l.sizes, l.steps(terms[1-run], c.shape))
		factor = func(i int) float64 { return c.floats[at[i]] }
	}
	to, from := strided(l.sizes, l.steps(out, shape)), strided(l.sizes, l.steps(terms[run], rd.shape))
	w := rd.newWeights(size(shape), rd.width)
	rounded, sums := 0, map[[2]int]float64{}
	for i := range to {
		at := [2]int{to[i], from[i]}
		sum, e := twoSum(sums[at], factor(i))
		if sums[at] = sum; e != 0 {
			rounded++
		}
	}
	for at, sum := range sums {
		w.Set(at[0], at[1], sum)
	}
	rd.im.Round("Einsum: sums of constants", rounded)
	rd.shape = shape
	rd.affine(w)
}

// onceEach returns the letters that appear once, in order: what an equation without a right side
// means.
func onceEach(s string) string {
	letters := []rune(s)
	slices.Sort(letters)
	return string(slices.DeleteFunc(letters, func(r rune) bool { return strings.Count(s, string(r)) > 1 }))
}

// cumSum sums up along an axis.
func cumSum(rd *reader, n *node) {
	exclusive := n.integer("exclusive", 0)
	reverse := n.integer("reverse", 0)
	n.mustRun("x")
	axis := placeAxis(n.oneInteger(1, "axis"), len(rd.shape))
	step, length := stepsOf(rd.shape)[axis], rd.shape[axis]
	rd.work(rd.width, length)
	w := rd.newWeights(rd.width, rd.width)
	for i := range rd.width {
		at := i / step % length
		for k := range length {
			before := k < at || k == at && exclusive == 0
			if reverse != 0 {
				before = k > at || k == at && exclusive == 0
			}
			if before {
				w.Set(i, i+(k-at)*step, 1)
			}
		}
	}
	rd.affine(w)
}
