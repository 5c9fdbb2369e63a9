// Certified multipliers as a proof wants them: integers for the true forms, in
// the order of the neurons, as small as they can be had.

package enumerate

import "math/big"

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
	o.IDs, o.Lambda, o.BigSelf, o.BigLam = o.IDs[:0], o.Lambda[:0], nil, nil
	low, top := z.shift, z.shift
	for _, id := range ids {
		low, top = min(low, c.anc[id].shift), max(top, c.anc[id].shift)
	}
	if top-low <= 24 { // rounded multipliers have at most 33 bits
		o.Self = int64(c.round[0]) << (z.shift - low)
		for i, id := range ids {
			if r := c.round[i+1]; r > 0 {
				o.IDs = append(o.IDs, c.anc[id].id)
				o.Lambda = append(o.Lambda, int64(r)<<(c.anc[id].shift-low))
			}
		}
		o.Sort()
		return
	}
	lam := c.trueMultipliers(z, ids)
	o.BigSelf = lam[0]
	for i, id := range ids {
		if lam[i+1].Sign() > 0 {
			o.IDs = append(o.IDs, c.anc[id].id)
			o.BigLam = append(o.BigLam, lam[i+1])
		}
	}
	o.Sort()
}

// takeBig stores the multipliers of an exact solve over the ancestors' exact rows.
func (c *certifier) takeBig(z *form, self *big.Int, lam []*big.Int) {
	x := c.m.exactNet()
	if x == nil {
		return // late: what was proved is not used
	}
	o := &c.out
	o.IDs, o.Lambda, o.BigLam = o.IDs[:0], o.Lambda[:0], nil
	// λ'·2^scale·z = λ·z: bring all to the lowest scale in use.
	low := x.zScale[z.layer]
	for i, l := range lam {
		if l.Sign() > 0 {
			low = min(low, x.zScale[c.anc[i].layer])
		}
	}
	o.BigSelf = new(big.Int).Lsh(self, uint(x.zScale[z.layer]-low))
	for i, l := range lam {
		if l.Sign() > 0 {
			o.IDs = append(o.IDs, c.anc[i].id)
			o.BigLam = append(o.BigLam, new(big.Int).Lsh(l, uint(x.zScale[c.anc[i].layer]-low)))
		}
	}
	o.Sort()
}
