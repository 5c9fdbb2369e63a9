// MatMul and Gemm: products with a constant on either side become layers
// that act on the row-major elements.

package onnx

import (
	"errors"
	"slices"
)

// errProduct is said of products of computed values.
var errProduct = errors.New("a product of two values that are computed from the network's input: the network is not piecewise linear")

// matMul is numpy's matmul of the running value and a constant of any shape.
func matMul(rd *reader, n *node) {
	left := n.args[1].run != nil
	at := 1
	if left {
		at = 0
	}
	w := n.floats(at, "weights")
	m := multiplied(n.args[0].shape(), n.args[1].shape())
	rd.product(w.floats, m.batch*m.rows, m.cols, m.inner, func(i, j, t int) (from int, v float64) {
		a := m.fromA[i/m.rows] + i%m.rows*m.inner + t
		b := m.fromB[i/m.rows] + t*m.cols + j
		if left {
			return b, w.floats[a]
		}
		return a, w.floats[b]
	})
	rd.shape = m.shape
}

// matrices are the factors of a matmul: so many pairs of matrices, rows × inner and inner × cols,
// and where each of them begins.
type matrices struct {
	batch, rows, inner, cols int
	fromA, fromB             []int
	shape                    []int
}

// multiplied fits two shapes to each other by numpy's rule: a vector stands for a matrix of one row
// or column, which the result then lacks.
func multiplied(a, b []int) *matrices {
	if len(a) == 0 || len(b) == 0 {
		panic(refusalf("shapes %v and %v, expected matrices or vectors", a, b))
	}
	full, whole := a, b
	if len(a) == 1 {
		full = []int{1, a[0]}
	}
	if len(b) == 1 {
		whole = []int{b[0], 1}
	}
	r, s := len(full)-2, len(whole)-2
	m := &matrices{rows: full[r], inner: full[r+1], cols: whole[s+1]}
	if whole[s] != m.inner {
		panic(refusalf("shape %v times shape %v: the inner dimensions differ", a, b))
	}
	batch, from := together(full[:r], whole[:s])
	m.batch, m.fromA, m.fromB = size(batch), from[0], from[1]
	for i := range m.batch {
		m.fromA[i] *= m.rows * m.inner
		m.fromB[i] *= m.inner * m.cols
	}
	if m.shape = slices.Clone(batch); len(a) > 1 {
		m.shape = append(m.shape, m.rows)
	}
	if len(b) > 1 {
		m.shape = append(m.shape, m.cols)
	}
	if size(m.shape) > maxEntries {
		panic(refusalf("shapes %v and %v: the result has more than %d elements", a, b, maxEntries))
	}
	return m
}

// product appends the layer whose unit (i, j), of rows × cols, is the sum over t < k of
// v, which is one of factor, times element from of the running value, as term says.
func (rd *reader) product(factor []float64, rows, cols, k int, term func(i, j, t int) (from int, v float64)) {
	if rows > maxEntries/cols {
		panic(refusalf("the result has more than %d elements", maxEntries))
	}
	rd.work(rows, cols, k)
	w := rd.newWeights(rows*cols, rd.width)
	zeros := 0
	for _, v := range factor {
		if v == 0 {
			zeros++
		}
	}
	w.reserve((len(factor) - zeros) * (rows * cols * k / len(factor)))
	for i := 0; i < rows; i++ {
		for j := 0; j < cols; j++ {
			for t := 0; t < k; t++ {
				from, v := term(i, j, t)
				w.Set(i*cols+j, from, v)
			}
		}
	}
	rd.affine(w)
}

// gemm is alpha·A'·B' + beta·C with A or B the running value.
func gemm(rd *reader, n *node) {
	alpha := n.float("alpha", 1)
	beta := n.float("beta", 1)
	transA := n.integer("transA", 0)
	transB := n.integer("transB", 0)
	rd.gemmProduct(n, transA != 0, transB != 0)
	if alpha != 1 {
		rd.scale(filled(rd.width, alpha))
	}
	if !n.has(2) {
		return
	}
	if n.args[2].run != nil {
		product := rd.running()
		rd.enter(n.args[2].run)
		rd.scale(filled(rd.width, beta))
		added := rd.running()
		spreadC(added.shape, product.shape)
		rd.combine(product, added, 1)
		return
	}
	c := n.floats(2, "C")
	rd.addScaled(beta, c, spreadC(c.shape, rd.shape))
}

// spreadC returns for each element of A'·B' that of C which is added to it.
func spreadC(c, product []int) []int {
	var shape, from []int
	if attempt(func() { shape, from = broadcast(c, product) }) != nil || size(shape) != size(product) {
		panic(refusalf("input C of shape %v does not broadcast to %v", c, product))
	}
	return from
}

// gemmProduct is A'·B'.
func (rd *reader) gemmProduct(n *node, transA, transB bool) {
	xFirst := n.args[0].run != nil
	switch {
	case !xFirst && n.args[1].run == nil:
		panic(refusalf("neither A nor B is computed from the network's input, expected one of them"))
	case xFirst && n.args[1].run != nil:
		panic(refusal{errProduct})
	case xFirst:
		rd.enter(n.args[0].run)
	default:
		rd.enter(n.args[1].run)
	}
	at, name, transX, transW := 1, "B", transA, transB
	if !xFirst {
		at, name, transX, transW = 0, "A", transB, transA
	}
	w := n.floats(at, name)
	if len(w.shape) != 2 || len(rd.shape) != 2 {
		panic(refusalf("shapes %v and %v, expected two matrices", rd.shape, w.shape))
	}
	x, c := view(rd.shape, transX), view(w.shape, transW)
	a, b := x, c
	if !xFirst {
		a, b = c, x
	}
	if a.cols != b.rows {
		panic(refusalf("%d × %d times %d × %d: the inner dimensions differ", a.rows, a.cols, b.rows, b.cols))
	}
	rd.product(w.floats, a.rows, b.cols, a.cols, func(i, j, t int) (from int, v float64) {
		if xFirst {
			return x.at(i, t), w.floats[c.at(t, j)]
		}
		return x.at(t, j), w.floats[c.at(i, t)]
	})
	rd.shape = []int{a.rows, b.cols}
}

// matrixView is a row-major matrix, transposed or not.
type matrixView struct{ rows, cols, rowStep, colStep int }

func view(shape []int, transposed bool) matrixView {
	if transposed {
		return matrixView{shape[1], shape[0], 1, shape[1]}
	}
	return matrixView{shape[0], shape[1], shape[1], 1}
}

func (v matrixView) at(i, j int) int { return i*v.rowStep + j*v.colStep }

// addScaled adds beta·c. A product that does not fit a float64 is p + e exactly,
// so that p becomes a bias and e one more.
func (rd *reader) addScaled(beta float64, c *tensor, from []int) {
	p, e := make([]float64, rd.width), make([]float64, rd.width)
	underflows := 0
	for i, j := range from {
		var ok bool
		if p[i], e[i], ok = twoProduct(beta, c.floats[j]); !ok {
			underflows++
		}
	}
	rd.im.Round("Gemm: beta times C, where it underflows", underflows)
	rd.add(p)
	rd.add(e)
}

func filled(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }

// linearRegressor of ai.onnx.ml has so many coefficients for each target, and perhaps an intercept.
func linearRegressor(rd *reader, n *node) {
	scores(rd, n, n.integer("targets", 1))
}

// linearClassifier of ai.onnx.ml: its second output, the scores of the classes. The first, the
// class, jumps.
func linearClassifier(rd *reader, n *node) {
	labels := len(n.integers("classlabels_ints"))
	if a := n.attributes["classlabels_strings"]; a != nil {
		labels += len(a.Strings)
	}
	if labels < 1 || len(n.numbers("intercepts")) != labels {
		panic(refusalf("%d intercepts of %d class labels, expected one for each (of two classes by one row of coefficients runtimes make the scores in different ways: export the two)", len(n.numbers("intercepts")), labels))
	}
	scores(rd, n, int64(labels))
}

// scores are the sums of what enters times coefficients, and of intercepts.
func scores(rd *reader, n *node, targets int64) {
	if after := n.text("post_transform", "NONE"); after != "NONE" {
		panic(refusalf("attribute \"post_transform\": %s, which is smooth, supported is NONE (of a classifier of scikit-learn export the scores: options={'raw_scores': True})", after))
	}
	w := n.numbers("coefficients")
	if len(rd.shape) != 2 || targets < 1 || targets > int64(len(w)) || int64(len(w)) != targets*int64(rd.shape[1]) {
		panic(refusalf("attribute \"coefficients\": %d numbers, expected one for each feature of shape %v and each of %d targets", len(w), rd.shape, targets))
	}
	batch, features := rd.shape[0], rd.shape[1]
	b := make([]float64, targets)
	if n.attributes["intercepts"] != nil {
		b = n.numbers("intercepts")
	}
	if len(b) != int(targets) {
		panic(refusalf("attribute \"intercepts\": %d numbers, expected %d", len(b), targets))
	}
	term := func(i, j, k int) (int, float64) { return i*features + k, w[j*features+k] }
	rd.product(w, batch, len(b), features, term)
	rd.shape = []int{batch, len(b)}
	rd.add(slices.Concat(slices.Repeat([][]float64{b}, batch)...))
}
