// Certified multipliers as a proof wants them: integers for the true forms, in
// the order of the neurons, as small as they can be had.

package enumerate

import "math/big"

// multipliers is a certified proof that a side is empty, in integers for the true forms.
type multipliers struct {
	self    int64
	ids     []int32
	lambda  []int64
	bigSelf *big.Int // set, with bigLambda, when int64 does not do
	bigLam  []*big.Int
}

// trueMultipliers turns the rounded multipliers of the scaled forms into
// integers for the true ones: float row = 2^shift · true row.
func (c *certifier) trueMultipliers(z *form, ids []int32) []*big.Int {
	low := z.shift
	for _, id := range ids {
		low = min(low, c.anc[id].shift)
	}
	one := func(r float64, shift int) *big.Int {
		v, _ := new(big.Float).SetFloat64(r).Int(nil)
		return v.Lsh(v, uint(shift-low))
	}
	lam := []*big.Int{one(c.round[0], z.shift)}
	for i, id := range ids {
		lam = append(lam, one(c.round[i+1], c.anc[id].shift))
	}
	return lam
}

// take stores the rounded multipliers as a proof, without those that are 0.
func (c *certifier) take(z *form, ids []int32) {
	o := &c.out
	o.ids, o.lambda, o.bigSelf, o.bigLam = o.ids[:0], o.lambda[:0], nil, nil
	low, top := z.shift, z.shift
	for _, id := range ids {
		low, top = min(low, c.anc[id].shift), max(top, c.anc[id].shift)
	}
	if top-low <= 24 { // rounded multipliers have at most 33 bits
		o.self = int64(c.round[0]) << (z.shift - low)
		for i, id := range ids {
			if r := c.round[i+1]; r > 0 {
				o.ids = append(o.ids, c.anc[id].id)
				o.lambda = append(o.lambda, int64(r)<<(c.anc[id].shift-low))
			}
		}
		o.sort()
		return
	}
	lam := c.trueMultipliers(z, ids)
	o.bigSelf = lam[0]
	for i, id := range ids {
		if lam[i+1].Sign() > 0 {
			o.ids = append(o.ids, c.anc[id].id)
			o.bigLam = append(o.bigLam, lam[i+1])
		}
	}
	o.sort()
}

// sort orders the multipliers by neuron, and divides out a common power of two.
func (o *multipliers) sort() {
	for i := 1; i < len(o.ids); i++ {
		for j := i; j > 0 && o.ids[j] < o.ids[j-1]; j-- {
			o.ids[j], o.ids[j-1] = o.ids[j-1], o.ids[j]
			if o.bigSelf != nil {
				o.bigLam[j], o.bigLam[j-1] = o.bigLam[j-1], o.bigLam[j]
			} else {
				o.lambda[j], o.lambda[j-1] = o.lambda[j-1], o.lambda[j]
			}
		}
	}
	if o.bigSelf != nil {
		return
	}
	bits := o.self
	for _, l := range o.lambda {
		bits |= l
	}
	for ; bits&1 == 0; bits >>= 1 {
		o.self >>= 1
		for i := range o.lambda {
			o.lambda[i] >>= 1
		}
	}
}

// takeBig stores the multipliers of an exact solve over the ancestors' exact rows.
func (c *certifier) takeBig(z *form, self *big.Int, lam []*big.Int) {
	x := c.m.exactNet()
	if x == nil {
		return // late: what was proved is not used
	}
	o := &c.out
	o.ids, o.lambda, o.bigLam = o.ids[:0], o.lambda[:0], nil
	// λ'·2^scale·z = λ·z: bring all to the lowest scale in use.
	low := x.zScale[z.layer]
	for i, l := range lam {
		if l.Sign() > 0 {
			low = min(low, x.zScale[c.anc[i].layer])
		}
	}
	o.bigSelf = new(big.Int).Lsh(self, uint(x.zScale[z.layer]-low))
	for i, l := range lam {
		if l.Sign() > 0 {
			o.ids = append(o.ids, c.anc[i].id)
			o.bigLam = append(o.bigLam, new(big.Int).Lsh(l, uint(x.zScale[c.anc[i].layer]-low)))
		}
	}
	o.sort()
}
