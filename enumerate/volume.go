// The volumes of regions, of many at once, and added up.

package enumerate

import (
	"context"
	"math/big"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Volumes adds up volumes of regions exactly, best in the order of a walk of one worker. Numbers
// stay small by adding those first that were split last: the sum of a cell's regions is the cell's
// volume, in whose denominator the vertices inside have no part.
type Volumes struct {
	parts []part
	last  network.Pattern
}

// part is the volume of some regions, which are parted from those before at a neuron.
type part struct {
	neuron int
	volume *big.Rat
}

// Add adds the volume of the region of a pattern.
func (v *Volumes) Add(p network.Pattern, volume *big.Rat) {
	split := 0
	for split < len(v.last) && v.last[split] == p[split] {
		split++
	}
	v.merge(split)
	v.parts = append(v.parts, part{split, new(big.Rat).Set(volume)})
	v.last = append(v.last[:0], p...)
}

// merge adds up parts that are parted at later neurons than one.
func (v *Volumes) merge(neuron int) {
	for n := len(v.parts) - 1; n > 0 && v.parts[n].neuron > neuron; n-- {
		to := v.parts[n-1].volume
		to.Add(to, v.parts[n].volume)
		v.parts = v.parts[:n]
	}
}

// Sum returns the sum.
func (v *Volumes) Sum() *big.Rat {
	if len(v.parts) == 0 {
		return new(big.Rat)
	}
	v.merge(-1)
	return new(big.Rat).Set(v.parts[0].volume)
}

// VolumesOf returns the volumes of regions, on all processors. An error is that of Volume, or the
// context's.
func VolumesOf(ctx context.Context, all []Region) ([]*big.Rat, error) {
	list := make([]*big.Rat, len(all))
	err := inParallel(ctx, len(all), func(i int) (err error) {
		list[i], err = all[i].volumeUntil(func() bool { return ctx.Err() != nil })
		return err
	})
	return list, err
}

// BallVolume returns the volume of a ball that is a polytope, which l2 is not in more than one
// dimension: the product of the sides of a box, and over n! for l1.
func BallVolume(b ball.Ball) (volume *big.Rat, polytope bool) {
	v, n := big.NewRat(1, 1), int64(b.Dim())
	for _, s := range b.Scale() {
		f, _ := s.Rat(nil)
		v.Mul(v, f.Add(f, f))
	}
	if b.Norm() == ball.L1 {
		v.Quo(v, new(big.Rat).SetInt(new(big.Int).MulRange(1, n)))
	}
	return v, b.Norm() != ball.L2 || n == 1
}
