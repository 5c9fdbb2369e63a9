package enumerate

// Attacks on what regions say of themselves.

import (
	"context"
	"fmt"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/attack"
	"github.com/relucell/relucell/network"
)

// regions measures what some regions claim.
func (a *audit) regions(n *network.Network, b ball.Ball) error {
	solved := 0
	for r, err := range Regions(context.Background(), n, b, Options{Workers: 1, Limit: measuredClaims}) {
		if err != nil {
			return err
		}
		NoteAffine(a.marks, r)
		_, err := r.Vertices()
		if err != nil || n.Inputs() > 3 || n.Neurons() > measuredNeurons || solved == measuredClosures {
			continue
		}
		solved++
		if text := WrongVertices(r, a.marks); text != "" {
			return fmt.Errorf("region %v: %s", r.Pattern, text)
		}
	}
	return nil
}

const (
	// measuredNeurons is up to where all choices of constraints are solved, for measuredClosures
	// regions of a case.
	measuredNeurons, measuredClosures = 10, 3
)

// NoteAffine measures the affine map of a region.
func NoteAffine(m attack.Marks, r Region) {
	got := r.Affine()
	w, b := r.AffineExact()
	note := func(bound string, exact *big.Float, v, claimed float64) {
		if claimed <= 0x1p1000 { // else it is none, and v may be no number
			off, _ := exact.Rat(nil)
			m.Note(bound, off.Sub(off, ratOf(v)), claimed)
		}
	}
	for i := range w {
		for k := range w[i] {
			note(boundOfSlope, w[i][k], got.W.At(i, k), got.WErr[i])
		}
		note(boundOfOffset, b[i], got.B[i], got.BErr[i])
	}
}
