// Adding answers up. What is expected is known from the answers alone: the root, and each cell that
// an answer left open.

package cluster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"

	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/proof"
)

// sums are those of the answers so far.
type sums struct {
	of       [sha256.Size]byte // the job
	expected map[key]*wanted
	journal.Tally
	answered int64
	upper    *big.Int // of what is expected
	// The best bracket that ever was certain: splitting a cell may loosen the bounds of its parts.
	bestLower int64
	bestUpper *big.Int
}

// wanted is a cell whose answer is expected.
type wanted struct {
	journal.Cell
	context proof.Context // of its proof, where records are verified
	refused int           // answers
}

func newSums(job [sha256.Size]byte, root journal.Cell) *sums {
	s := &sums{of: job, expected: map[key]*wanted{}, upper: new(big.Int)}
	s.expect(root, proof.Context{})
	s.note()
	return s
}

func (s *sums) expect(c journal.Cell, at proof.Context) {
	s.expected[keyOf(c.Path)] = &wanted{Cell: c, context: at}
	s.upper.Add(s.upper, c.Upper)
}

// done: each path that was ever left open has an answer.
func (s *sums) done() bool { return len(s.expected) == 0 }

var (
	errUnexpected = errors.New("nobody asked for it")
	errOther      = errors.New("it is of another job, or of another version of the program")
)

// judge says whether an answer under a key is one that is expected, and what is asked for without
// any text: what it leaves open are cells below its own, no two of them with a point in common, and
// the bracket has room for what it has. So cells that are expected never overlap, and each has its
// answer once, whatever a worker sends.
func (s *sums) judge(k key, a *answer) (*wanted, error) {
	w := s.expected[k]
	switch {
	case w == nil:
		return nil, errUnexpected
	case a.job != s.of:
		return w, errOther
	case keyOf(a.Path) != k:
		return w, errors.New("it stands under the name of another path")
	case a.fault != "":
		return w, nil
	case a.Regions > 1<<62-s.Regions:
		return w, fmt.Errorf("it has %d regions, more than a count may have", a.Regions)
	case a.Regions == 0 && len(a.Open) == 0:
		return w, errors.New("it has no region, and a cell has one")
	}
	for i, c := range a.Open {
		switch {
		case !follows(c.Path, a.Path):
			return w, fmt.Errorf("it leaves open %s, which is no cell below", spell(c.Path))
		case c.Upper.Sign() <= 0:
			return w, fmt.Errorf("it leaves open %s with no region, and a cell has one", spell(c.Path))
		case i > 0 && !before(a.Open[i-1].Path, c.Path):
			return w, fmt.Errorf("it leaves open %s after %s, expected disjoint cells in the order of the walk", spell(c.Path), spell(a.Open[i-1].Path))
		}
	}
	return w, s.room(w, a)
}

// room says what is wrong with an answer that has more regions than its cell may have, or with
// which the job would have more than it may have: then this one is false, or an earlier one is.
func (s *sums) room(w *wanted, a *answer) error {
	least := a.Regions + int64(len(a.Open))
	if big.NewInt(least).Cmp(w.Upper) > 0 {
		return fmt.Errorf("it has at least %d regions, expected at most %v", least, w.Upper)
	}
	all := s.Regions + int64(len(s.expected)) - 1 + least
	if big.NewInt(all).Cmp(s.bestUpper) > 0 {
		return fmt.Errorf("with it there would be at least %d regions, and by earlier answers there are at most %v", all, s.bestUpper)
	}
	return nil
}

// add adds an answer that was judged. at holds the contexts of the cells that it leaves open, where
// records are verified.
func (s *sums) add(w *wanted, a *answer, at []proof.Context) {
	delete(s.expected, keyOf(w.Path))
	s.upper.Sub(s.upper, w.Upper)
	s.Tally.Add(&a.Tally)
	s.answered++
	for i, c := range a.Open {
		var context proof.Context
		if at != nil {
			context = at[i]
		}
		s.expect(c, context)
	}
	s.note()
}

// note keeps the better ends: a cell that is expected is not empty.
func (s *sums) note() {
	s.bestLower = max(s.bestLower, s.Regions+int64(len(s.expected)))
	if upper := new(big.Int).Add(s.upper, big.NewInt(s.Regions)); s.bestUpper == nil || upper.Cmp(s.bestUpper) < 0 {
		s.bestUpper = upper
	}
}
