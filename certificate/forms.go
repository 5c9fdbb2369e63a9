package certificate

// The forms of the neurons on a path. No idea beyond the definition: the signs of a
// layer say which affine forms leave it, and these give the forms of the next.

import "math/big"

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
	y := w.net.layers[l]
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
	y := w.net.layers[l]
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

// zero reports whether a form is identically zero.
func zero(z form) bool {
	for k := range z {
		if z[k].Sign() != 0 {
			return false
		}
	}
	return true
}
