// Package claims reads the lines that refute a disjunct on a node, in their one spelling:
// docs/safety-proof.md §2 has it. What is read is in range, and names stand once each and ascend;
// what a line claims is none of its business.
package claims

import (
	"math/big"
	"strings"

	"github.com/relucell/relucell/certificate/internal/canonical"
)

// Claim is a line that refutes a disjunct, by conditions of it and by neurons.
type Claim struct {
	canonical.Position
	Kind     byte // Z, F, E, or V
	Disjunct int
	// Mu are multipliers of conditions, Beta those of neurons with a sign, Alpha slopes of neurons
	// without one, in 256ths.
	Mu, Beta, Alpha []Weight
}

// Weight is a natural for a condition, or for a neuron.
type Weight struct {
	At int
	V  *big.Int
}

// Alone is the multiplier of one condition that needs no other, where there are f fractional bits.
func Alone(j int, f uint) []Weight { return []Weight{{j, big.NewInt(1 << min(f, 20))}} }

// Read reads what follows the number of the disjunct, which has so many conditions, in a line of
// kind Z, F or E of a node on which neurons have these signs, 0 for none.
func (c *Claim) Read(text string, conditions int, signs []int8, f uint) {
	if c.Kind == 'Z' {
		c.Mu = Alone(c.Index(text, conditions, "expected one of the disjunct's conditions, counted from 0"), f)
		return
	}
	lists := strings.Split(text, ";")
	c.Require(len(lists) == map[byte]int{'E': 2, 'F': 3}[c.Kind], "expected lists of multipliers, with ; between")
	some := func(v Weight) bool { return v.V.Sign() > 0 && (c.Kind == 'E' || v.V.BitLen() <= 32) }
	c.Mu = c.weights(lists[0], ":", conditions, some, "expected multipliers ≥ 1, and less than 2^32 in F")
	c.Beta = c.weights(lists[1], ":", len(signs), func(v Weight) bool { return some(v) && signs[v.At] != 0 },
		"a neuron with a multiplier has no sign, or it is not ≥ 1 and, in F, less than 2^32")
	c.Require(len(c.Mu)+len(c.Beta) > 0, "expected one multiplier at least")
	if c.Kind == 'F' {
		c.Alpha = c.weights(lists[2], "/", len(signs), func(v Weight) bool { return signs[v.At] == 0 && v.V.Cmp(big.NewInt(256)) <= 0 },
			"expected slopes of neurons without a sign, from 0 to 256")
	}
}

// weights reads a list of multipliers that are right.
func (c *Claim) weights(text, between string, limit int, right func(Weight) bool, reason string) (list []Weight) {
	for more := text != ""; more; {
		var item string
		item, text, more = strings.Cut(text, " ")
		name, value, _ := strings.Cut(item, between)
		v := Weight{c.Index(name, limit, "expected names in their range, each with a multiplier, and single spaces between"), new(big.Int)}
		rest, ok := canonical.Natural([]byte(value), canonical.MaxLong, v.V)
		c.Require(ok && len(rest) == 0, "expected a natural in its one spelling")
		c.Require(len(list) == 0 || list[len(list)-1].At < v.At, "expected names that ascend")
		c.Require(right(v), reason)
		list = append(list, v)
	}
	return list
}
