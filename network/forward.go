// The forward pass in float64: an approximation, for display, for comparison
// with other tools and as the unit in which the walk's speed is measured.
// Nothing that is proved rests on it.

package network

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Forward returns the output, of length Outputs, at the point x, of length
// Inputs, in float64 arithmetic. It panics when x has another length.
func (n *Network) Forward(x []float64) []float64 {
	return append([]float64(nil), n.NewPass().Forward(x)...)
}

// Pass holds the buffers of a forward pass, so that repeated passes allocate
// nothing. It is for one goroutine at a time.
type Pass struct {
	net *Network
	z   []blas64.Vector
}

// NewPass returns a pass through n.
func (n *Network) NewPass() *Pass {
	p := &Pass{net: n, z: make([]blas64.Vector, len(n.layers))}
	for i, l := range n.layers {
		p.z[i] = blas64.Vector{N: len(l.B), Inc: 1, Data: make([]float64, len(l.B))}
	}
	return p
}

// Forward is Network.Forward; what it returns is overwritten by the next call.
func (p *Pass) Forward(x []float64) []float64 {
	p.net.mustHaveInputs(len(x))
	a := blas64.Vector{N: len(x), Inc: 1, Data: x}
	for i, l := range p.net.layers {
		z := p.z[i]
		copy(z.Data, l.B)
		if s, ok := l.W.(*Sparse); ok {
			s.addProduct(a.Data, z.Data)
		} else {
			blas64.Gemv(blas.NoTrans, 1, l.Dense().RawMatrix(), a, 1, z)
		}
		if l.Act == Max {
			z.Data = l.largestOf(z.Data)
			z.N = len(z.Data)
		} else {
			l.activate(z.Data)
		}
		a = z
	}
	return a.Data
}

// activate applies the layer's units to z, in place.
func (l Layer) activate(z []float64) {
	if l.Act == ReLU { // the usual one by itself: the speed of a pass is a unit of measure
		for j, v := range z {
			if v < 0 {
				z[j] = 0
			}
		}
		return
	}
	for j, v := range z {
		switch s := l.Below(j); {
		case v < 0 && s == 0:
			z[j] = 0
		case v < 0:
			z[j] = s * v
		}
	}
}

func (n *Network) mustHaveInputs(got int) {
	if got != n.Inputs() {
		panic(fmt.Sprintf("network: point of %d coordinates, the network has %d inputs", got, n.Inputs()))
	}
}
