// Certified multipliers as a proof wants them: integers for the true forms, in
// the order of their names, as small as they can be had.

package judge

import (
	"math/big"
	"math/bits"

	"github.com/relucell/relucell/internal/forms"
)

// Multipliers is a certified proof that a side is empty, in integers for the true forms.
type Multipliers struct {
	Self int64
	// Back names constraints of the cell, counted back from the last, 0; the farthest comes first.
	Back      []int32
	Lambda    []int64
	BigSelf   *big.Int // set, with bigLambda, when int64 does not do
	BigLambda []*big.Int
}

// CopyFrom makes them the same as p, in its own memory.
func (o *Multipliers) CopyFrom(p *Multipliers) {
	o.Self, o.BigSelf, o.BigLambda = p.Self, p.BigSelf, p.BigLambda
	o.Back = append(o.Back[:0], p.Back...)
	o.Lambda = append(o.Lambda[:0], p.Lambda...)
}

// take stores the rounded multipliers as a proof, without those that are 0.
func (o *Multipliers) take(c *filter, z *forms.Form, ids []int32) {
	o.Back, o.Lambda, o.BigSelf, o.BigLambda = o.Back[:0], o.Lambda[:0], nil, nil
	low, top := z.Shift, z.Shift
	for _, id := range ids {
		low, top = min(low, c.Cell[id].Shift), max(top, c.Cell[id].Shift)
	}
	if top-low <= 24 { // rounded multipliers have at most 33 bits
		o.Self = int64(c.round[0]) << (z.Shift - low)
		for i, id := range ids {
			if r := c.round[i+1]; r > 0 {
				o.Back = append(o.Back, c.back(id))
				o.Lambda = append(o.Lambda, int64(r)<<(c.Cell[id].Shift-low))
			}
		}
		o.sort()
		return
	}
	lam := c.trueMultipliers(z, ids)
	o.Self, o.BigSelf = 0, lam[0]
	for i, id := range ids {
		if lam[i+1].Sign() > 0 {
			o.Back = append(o.Back, c.back(id))
			o.BigLambda = append(o.BigLambda, lam[i+1])
		}
	}
	o.sort()
}

// Names is how many constraints of the cell a proof can name.
func (c *filter) Names() int32 {
	if c.Named > 0 {
		return c.Named
	}
	if n := len(c.Cell); n > 0 {
		return c.Cell[n-1].Name + 1
	}
	return 0
}

// back counts a constraint back from the last.
func (c *filter) back(id int32) int32 { return c.Names() - 1 - c.Cell[id].Name }

// Inside makes the multiplier of the form itself that of a constraint, whose name that of z is.
func (o *Multipliers) Inside(c *Judge, name int32) {
	o.Back = append(o.Back, c.Names()-1-name)
	if o.BigSelf != nil {
		o.BigLambda = append(o.BigLambda, o.BigSelf)
		o.BigSelf = new(big.Int)
	} else {
		o.Lambda = append(o.Lambda, o.Self)
		o.Self = 0
	}
	o.order()
}

// sort orders the multipliers by name, and divides out a common power of two.
func (o *Multipliers) sort() {
	if o.order(); o.BigSelf != nil {
		return
	}
	all := o.Self
	for _, l := range o.Lambda {
		all |= l
	}
	if n := bits.TrailingZeros64(uint64(all)); n > 0 {
		o.Self >>= n
		for i := range o.Lambda {
			o.Lambda[i] >>= n
		}
	}
}

// order orders them by name.
func (o *Multipliers) order() {
	for i := 1; i < len(o.Back); i++ {
		for j := i; j > 0 && o.Back[j] > o.Back[j-1]; j-- {
			o.Back[j], o.Back[j-1] = o.Back[j-1], o.Back[j]
			if o.BigSelf != nil {
				o.BigLambda[j], o.BigLambda[j-1] = o.BigLambda[j-1], o.BigLambda[j]
			} else {
				o.Lambda[j], o.Lambda[j-1] = o.Lambda[j-1], o.Lambda[j]
			}
		}
	}
}

// takeBig stores the multipliers of an exact solve over the constraints' exact rows.
func (o *Multipliers) takeBig(c *filter, z *forms.Form, self *big.Int, lam []*big.Int) {
	x := c.Model.Integers()
	if x == nil {
		return // late: what was proved is not used
	}
	o.Back, o.Lambda, o.BigLambda = o.Back[:0], o.Lambda[:0], nil
	// λ'·2^scale·z = λ·z: bring all to the lowest scale in use.
	low := x.Scale[z.Layer]
	for i, l := range lam {
		if l.Sign() > 0 {
			low = min(low, x.Scale[c.Cell[i].Layer])
		}
	}
	o.Self, o.BigSelf = 0, new(big.Int).Lsh(self, uint(x.Scale[z.Layer]-low))
	for i, l := range lam {
		if l.Sign() > 0 {
			o.Back = append(o.Back, c.back(int32(i)))
			o.BigLambda = append(o.BigLambda, new(big.Int).Lsh(l, uint(x.Scale[c.Cell[i].Layer]-low)))
		}
	}
	o.sort()
}
