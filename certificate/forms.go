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
	own  [][]form // storage for act, for units that pass on other forms than their own or 0
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
			if y.out > y.scale || y.below[u].Sign() != 0 && y.id[u] >= 0 {
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

// set gives neuron j its sign, and computes the forms of the next layer after the last one of a
// layer.
func (w *walker) set(j int, s int8) {
	w.sign[j] = s
	w.enter(j + 1)
}

// enter computes the forms of the layer of neuron j, if j is its first neuron, from
// those of the layer of neuron j−1 and from any layers without neurons between.
func (w *walker) enter(j int) {
	where := w.net.where
	if j == len(where) || j > 0 && where[j-1].layer == where[j].layer {
		return
	}
	l := 0
	if j > 0 {
		l = where[j-1].layer + 1
	}
	for ; l <= where[j].layer; l++ {
		if l > 0 {
			w.activate(l - 1)
			w.affine(l)
		}
	}
}

// activate computes what leaves layer l. A unit that is no neuron passes on what a neuron of sign +
// does.
func (w *walker) activate(l int) {
	y := w.net.layers[l]
	for u, z := range w.z[l] {
		s := int8(+1)
		if y.id[u] >= 0 {
			s = w.sign[y.id[u]]
		}
		switch {
		case s == 0 || s < 0 && y.below[u].Sign() == 0:
			w.act[l][u] = nil
		case s > 0 && y.out == y.scale:
			w.act[l][u] = z
		default:
			w.act[l][u] = w.own[l][u]
			for k := range z {
				if a := &w.own[l][u][k]; s > 0 {
					a.Lsh(&z[k], y.out-y.scale)
				} else {
					a.Mul(&z[k], &y.below[u])
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
