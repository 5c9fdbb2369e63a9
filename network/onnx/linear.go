// MatMul and Gemm: products with a constant on either side become layers
// that act on the row-major elements.

package onnx

import (
	"errors"
	"fmt"
)

// matMul is numpy's matmul of the running value and a constant vector or matrix.
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
	if len(w.shape) < 1 || len(w.shape) > 2 {
		return fmt.Errorf("weights of shape %v, supported are matrices and vectors", w.shape)
	}
	if len(rd.shape) == 0 {
		return errors.New("the running value is a scalar, expected a matrix or a vector")
	}
	if left {
		return rd.timesFromLeft(w)
	}
	return rd.timesFromRight(w)
}

// timesFromRight is X·W for X of shape […, k] and W of shape [k] or [k, n].
func (rd *reader) timesFromRight(w *tensor) error {
	k, cols := w.shape[0], 1
	out := append([]int{}, rd.shape[:len(rd.shape)-1]...)
	if len(w.shape) == 2 {
		cols = w.shape[1]
		out = append(out, cols)
	}
	if rd.shape[len(rd.shape)-1] != k {
		return fmt.Errorf("shape %v times weights of shape %v: the inner dimensions differ", rd.shape, w.shape)
	}
	rows := rd.width / k
	err := rd.product(rows, cols, k, func(i, j, t int) (from int, v float64) {
		return i*k + t, w.floats[t*cols+j]
	})
	rd.shape = out
	return err
}

// timesFromLeft is W·X for W of shape [k] or [m, k] and X of shape [k] or […, k, n].
func (rd *reader) timesFromLeft(w *tensor) error {
	r := len(rd.shape)
	k := w.shape[len(w.shape)-1]
	rows, cols, batch := 1, 1, []int{}
	inner := rd.shape[0]
	if r > 1 {
		inner, cols, batch = rd.shape[r-2], rd.shape[r-1], rd.shape[:r-2]
	}
	out := append([]int{}, batch...)
	if len(w.shape) == 2 {
		rows = w.shape[0]
		out = append(out, rows)
	}
	if r > 1 {
		out = append(out, cols)
	}
	if inner != k {
		return fmt.Errorf("weights of shape %v times shape %v: the inner dimensions differ", w.shape, rd.shape)
	}
	b := size(batch)
	err := rd.product(b*rows, cols, k, func(i, j, t int) (from int, v float64) {
		return (i/rows*k+t)*cols + j, w.floats[i%rows*k+t]
	})
	rd.shape = out
	return err
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
	if !xFirst && n.args[1].run == nil {
		return errors.New("neither A nor B is the running value")
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
