// The evidence that a side is empty.

package tree

import "math/big"

// Multipliers show that a side {s·z > 0} of a cell is empty (Farkas): Self·s·z + Σ Lambda[i]·s_i·z_i ≤ 0 on the ball, over the
// ancestors IDs, global 0-based neuron indices in ascending order, whose sides s_i are those of the cell.
type Multipliers struct {
	Self   int64
	IDs    []int32
	Lambda []int64
	// BigSelf and BigLam take the place of Self and Lambda where int64 does not do.
	BigSelf *big.Int
	BigLam  []*big.Int
}

// CopyFrom copies another; numbers beyond int64 are shared.
func (o *Multipliers) CopyFrom(p *Multipliers) {
	o.Self, o.BigSelf, o.BigLam = p.Self, p.BigSelf, p.BigLam
	o.IDs = append(o.IDs[:0], p.IDs...)
	o.Lambda = append(o.Lambda[:0], p.Lambda...)
}

// Sort orders the multipliers by neuron, and divides out a common power of two.
func (o *Multipliers) Sort() {
	for i := 1; i < len(o.IDs); i++ {
		for j := i; j > 0 && o.IDs[j] < o.IDs[j-1]; j-- {
			o.IDs[j], o.IDs[j-1] = o.IDs[j-1], o.IDs[j]
			if o.BigSelf != nil {
				o.BigLam[j], o.BigLam[j-1] = o.BigLam[j-1], o.BigLam[j]
			} else {
				o.Lambda[j], o.Lambda[j-1] = o.Lambda[j-1], o.Lambda[j]
			}
		}
	}
	if o.BigSelf != nil {
		return
	}
	bits := o.Self
	for _, l := range o.Lambda {
		bits |= l
	}
	for ; bits&1 == 0; bits >>= 1 {
		o.Self >>= 1
		for i := range o.Lambda {
			o.Lambda[i] >>= 1
		}
	}
}
