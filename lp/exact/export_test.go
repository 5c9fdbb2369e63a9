package exact

import "math/big"

// BySimplices is Volume without any sharing of faces.
func (p *Polytope) BySimplices() *big.Rat { return p.bySimplices(p.Facets()) }

// Simple is times·Volume, if the polytope is simple.
func (p *Polytope) Simple(times *big.Rat) (*big.Rat, bool) {
	rows, on := p.marked(p.Facets())
	return SimpleVolume(p.n, rows, on, times)
}
