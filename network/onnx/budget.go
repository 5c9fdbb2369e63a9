// What an import may still make: the numbers in a file are no measure of those that its operators
// make of them, so each is counted before it is made.

package onnx

import "fmt"

// budget is what may still be made.
type budget struct {
	// room is the number of weights, moves that of references and copied weights, workRoom that of
	// entries that are looked at, zeros among them. limit is what room began with.
	room, moves, workRoom, limit int
}

func newBudget(limit int) budget {
	return budget{room: limit, moves: 4 * limit, workRoom: workRatio * limit, limit: limit}
}

// newWeights returns a zero matrix.
func (b *budget) newWeights(rows, cols int) *entries {
	return newEntries(&b.room, rows, cols)
}

// move counts references or copied weights against their limit, before they are made.
func (b *budget) move(n int) {
	if n > b.moves {
		panic(refusalf("its tensors have more than %d elements in all", 4*b.limit))
	}
	b.moves -= n
}

// work counts looking at so many entries, the product of the factors, against its limit, before it
// is done.
func (b *budget) work(factors ...int) {
	n := 1
	for _, f := range factors {
		if f > 0 && n > b.workRoom/f {
			panic(refusal{tooLarge(fmt.Sprintf("its layers are made of more than %d entries in all, zeros among them", workRatio*b.limit))})
		}
		n *= f
	}
	b.workRoom -= n
}
