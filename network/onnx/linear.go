// MatMul and Gemm: products with a constant on either side become layers
// that act on the row-major elements.

package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// errProduct is said of products of computed values.
var errProduct = errors.New("a product of two values that are computed from the network's input: the network is not piecewise linear")

// matMul is numpy's matmul of the running value and a constant of any shape.
func matMul(rd *reader, n *node) error {
	left := n.args[1].run != nil
	at := 1
	if left {
		at = 0
	}
	w, err := n.floats(at, "weights")
	if err != nil {
		return err
	}
	m, err := multiplied(n.args[0].shape(), n.args[1].shape())
	if err != nil {
		return err
	}
	err = rd.product(m.batch*m.rows, m.cols, m.inner, func(i, j, t int) (from int, v float64) {
		a := m.fromA[i/m.rows] + i%m.rows*m.inner + t
		b := m.fromB[i/m.rows] + t*m.cols + j
		if left {
			return b, w.floats[a]
		}
		return a, w.floats[b]
	})
	rd.shape = m.shape
	return err
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
func multiplied(a, b []int) (*matrices, error) {
	if len(a) == 0 || len(b) == 0 {
		return nil, fmt.Errorf("shapes %v and %v, expected matrices or vectors", a, b)
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
		return nil, fmt.Errorf("shape %v times shape %v: the inner dimensions differ", a, b)
	}
	batch, from, err := together(full[:r], whole[:s])
	if err != nil {
		return nil, err
	}
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
		return nil, fmt.Errorf("shapes %v and %v: the result has more than %d elements", a, b, maxEntries)
	}
	return m, nil
}

// product appends the layer whose unit (i, j), of rows × cols, is the sum over t < k of
// v times element from of the running value, as term says.
func (rd *reader) product(rows, cols, k int, term func(i, j, t int) (from int, v float64)) error {
	if rows > maxEntries/cols {
		return fmt.Errorf("the result has more than %d elements", maxEntries)
	}
	if err := rd.work(rows, cols, k); err != nil {
		return err
	}
	w, err := rd.newWeights(rows*cols, rd.width)
	if err != nil {
		return err
	}
	for i := 0; i < rows; i++ {
		for j := 0; j < cols; j++ {
			for t := 0; t < k; t++ {
				from, v := term(i, j, t)
				w.Set(i*cols+j, from, v)
			}
		}
	}
	return rd.affine(w)
}

// gemm is alpha·A'·B' + beta·C with A or B the running value.
func gemm(rd *reader, n *node) error {
	alpha, err1 := n.float("alpha", 1)
	beta, err2 := n.float("beta", 1)
	transA, err3 := n.integer("transA", 0)
	transB, err4 := n.integer("transB", 0)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	if err := rd.gemmProduct(n, transA != 0, transB != 0); err != nil {
		return err
	}
	if alpha != 1 {
		if err := rd.scale(filled(rd.width, alpha)); err != nil {
			return err
		}
	}
	if !n.has(2) {
		return nil
	}
	if n.args[2].run != nil {
		product := value{shape: rd.shape, refs: rd.refs}
		rd.enter(n.args[2].run)
		if err := rd.scale(filled(rd.width, beta)); err != nil {
			return err
		}
		added := value{shape: rd.shape, refs: rd.refs}
		if shape, _, err := broadcast(added.shape, product.shape); err != nil || !slices.Equal(shape, product.shape) {
			return fmt.Errorf("input C of shape %v does not broadcast to %v", added.shape, product.shape)
		}
		return rd.combine(product, added, 1)
	}
	c, err := n.floats(2, "C")
	if err != nil {
		return err
	}
	shape, from, err := broadcast(c.shape, rd.shape)
	if err != nil || size(shape) != rd.width {
		return fmt.Errorf("input C of shape %v does not broadcast to %v", c.shape, rd.shape)
	}
	return rd.addScaled(beta, c, from)
}

// gemmProduct is A'·B'.
func (rd *reader) gemmProduct(n *node, transA, transB bool) error {
	xFirst := n.args[0].run != nil
	switch {
	case !xFirst && n.args[1].run == nil:
		return errors.New("neither A nor B is computed from the network's input, expected one of them")
	case xFirst && n.args[1].run != nil:
		return errProduct
	case xFirst:
		rd.enter(n.args[0].run)
	default:
		rd.enter(n.args[1].run)
	}
	at, name, transX, transW := 1, "B", transA, transB
	if !xFirst {
		at, name, transX, transW = 0, "A", transB, transA
	}
	w, err := n.floats(at, name)
	if err != nil {
		return err
	}
	if len(w.shape) != 2 || len(rd.shape) != 2 {
		return fmt.Errorf("shapes %v and %v, expected two matrices", rd.shape, w.shape)
	}
	x, c := view(rd.shape, transX), view(w.shape, transW)
	a, b := x, c
	if !xFirst {
		a, b = c, x
	}
	if a.cols != b.rows {
		return fmt.Errorf("%d × %d times %d × %d: the inner dimensions differ", a.rows, a.cols, b.rows, b.cols)
	}
	err = rd.product(a.rows, b.cols, a.cols, func(i, j, t int) (from int, v float64) {
		if xFirst {
			return x.at(i, t), w.floats[c.at(t, j)]
		}
		return x.at(t, j), w.floats[c.at(i, t)]
	})
	rd.shape = []int{a.rows, b.cols}
	return err
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
func (rd *reader) addScaled(beta float64, c *tensor, from []int) error {
	p, e := make([]float64, rd.width), make([]float64, rd.width)
	underflows := 0
	for i, j := range from {
		var ok bool
		if p[i], e[i], ok = twoProduct(beta, c.floats[j]); !ok {
			underflows++
		}
	}
	rd.im.Round("Gemm: beta times C, where it underflows", underflows)
	if err := rd.add(p); err != nil {
		return err
	}
	return rd.add(e)
}

func filled(n int, v float64) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// linearRegressor of ai.onnx.ml has so many coefficients for each target, and perhaps an intercept.
func linearRegressor(rd *reader, n *node) error {
	if after := n.text("post_transform", "NONE"); after != "NONE" {
		return fmt.Errorf("attribute \"post_transform\": %s, supported is NONE", after)
	}
	w, err1 := n.numbers("coefficients")
	targets, err2 := n.integer("targets", 1)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if len(rd.shape) != 2 || targets < 1 || targets > int64(len(w)) || int64(len(w)) != targets*int64(rd.shape[1]) {
		return fmt.Errorf("attribute \"coefficients\": %d numbers, expected one for each feature of shape %v and each of %d targets", len(w), rd.shape, targets)
	}
	batch, features := rd.shape[0], rd.shape[1]
	b := make([]float64, targets)
	if n.attributes["intercepts"] != nil {
		var err error
		if b, err = n.numbers("intercepts"); err != nil {
			return err
		}
	}
	if len(b) != int(targets) {
		return fmt.Errorf("attribute \"intercepts\": %d numbers, expected %d", len(b), targets)
	}
	term := func(i, j, k int) (int, float64) { return i*features + k, w[j*features+k] }
	if err := rd.product(batch, len(b), features, term); err != nil {
		return err
	}
	rd.shape = []int{batch, len(b)}
	return rd.add(slices.Concat(slices.Repeat([][]float64{b}, batch)...))
}
