package cluster

// Answers that no honest worker sends.

import (
	"crypto/sha256"
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/proof"
)

// sides is the path that a word of + and − spells.
func sides(word string) []int8 {
	path := []int8{}
	for _, c := range word {
		path = append(path, map[rune]int8{'-': -1, '+': 1}[c])
	}
	return path
}

// leaving is an answer to a cell, with so many regions, that leaves cells open, of at most so many
// regions each.
func leaving(at string, regions, upper int64, open ...string) *answer {
	a := &answer{Answer: journal.Answer{Record: journal.Record{Path: sides(at), Tally: journal.Tally{Regions: regions}}}}
	for _, word := range open {
		a.Open = append(a.Open, journal.Cell{Path: sides(word), Upper: big.NewInt(upper)})
	}
	return a
}

// A cell that was left open twice counted twice in the lower end, and so did cells of which one was
// a part of another where a third stood between them.
func TestForgedAnswersAreRefused(t *testing.T) {
	for _, c := range []struct {
		why    string
		before *answer // to the root
		forged *answer
	}{
		{"", nil, leaving("", 1, 5, "-+", "+")},
		{"", nil, leaving("", 0, 5, "--", "-+", "+-", "++")},
		{"", nil, leaving("", 10, 1)},
		{"after path -, expected disjoint cells", nil, leaving("", 1, 1, "-", "-")},
		{"after path -, expected disjoint cells", nil, leaving("", 1, 1, "-", "-+")},
		{"after path -+, expected disjoint cells", nil, leaving("", 1, 1, "-+", "-")},
		{"after path +, expected disjoint cells", nil, leaving("", 1, 1, "-", "+", "--")},
		{"after path +, expected disjoint cells", nil, leaving("", 1, 1, "+", "-")},
		{"the root, which is no cell below", nil, leaving("", 1, 1, "")},
		{"path -, which is no cell below", leaving("", 1, 5, "-", "+"), leaving("+", 1, 1, "-")},
		{"path +, which is no cell below", leaving("", 1, 5, "-", "+"), leaving("+", 1, 1, "+")},
		{"path - with no region", nil, leaving("", 1, 0, "-")},
		{"it has no region", nil, leaving("", 0, 0)},
		{"it has at least 11 regions, expected at most 10", nil, leaving("", 11, 0)},
		{"it has at least 11 regions, expected at most 10", nil, leaving("", 10, 1, "-")},
		{"it has at least 4 regions, expected at most 3", leaving("", 1, 3, "-", "+"), leaving("+", 4, 0)},
		{"more than a count may have", nil, leaving("", 1<<62+1, 0)},
		{"it stands under the name of another path", leaving("", 1, 5, "-", "+"), nil},
		{"nobody asked for it", nil, leaving("+", 1, 0)},
		{"nobody asked for it", leaving("", 10, 0), leaving("", 10, 0)},
		{"nobody asked for it", leaving("", 1, 5, "-", "+"), leaving("", 1, 5, "-+", "+")},
		{"nobody asked for it", leaving("", 1, 5, "-", "+"), leaving("-+", 1, 5)},
	} {
		s := newSums([sha256.Size]byte{}, journal.Cell{Upper: big.NewInt(10)})
		if c.before != nil {
			w, err := s.judge(keyOf(nil), c.before)
			require.NoError(t, err)
			s.add(w, c.before, nil)
		}
		k, forged := keyOf(sides("+")), leaving("-", 1, 0)
		if c.forged != nil {
			k, forged = keyOf(c.forged.Path), c.forged
		}
		_, err := s.judge(k, forged)
		if c.why == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, c.why)
	}
}

// An answer whose cell may have more regions than the whole, by its own word.
func TestTheBracketDoesNotCross(t *testing.T) {
	s := newSums([sha256.Size]byte{}, journal.Cell{Upper: big.NewInt(10)})
	for _, a := range []*answer{leaving("", 1, 100, "-", "+"), leaving("-", 5, 0)} {
		w, err := s.judge(keyOf(a.Path), a)
		require.NoError(t, err)
		s.add(w, a, nil)
	}
	a := leaving("+", 5, 0)
	_, err := s.judge(keyOf(a.Path), a)
	require.ErrorContains(t, err, "there would be at least 11 regions, and by earlier answers there are at most 10")
}

// before is that of the walk, for paths of which none is a part of the other; and what is told of
// neighbours alone holds of all.
func TestCellsOneBeforeTheNextAreDisjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.SampledFrom([]int8{-1, 1})
		paths := rapid.SliceOfN(rapid.SliceOfN(side, 0, 4), 2, 6).Draw(t, "paths")
		ordered := true
		for i := range paths[1:] {
			ordered = ordered && before(paths[i], paths[i+1])
		}
		disjoint := true
		for i, a := range paths {
			for _, b := range paths[i+1:] {
				apart := !follows(a, b) && !follows(b, a) && !slices.Equal(a, b)
				disjoint = disjoint && apart && slices.Compare(a, b) < 0
			}
		}
		require.Equal(t, disjoint, ordered)
	})
}

// rejudge holds the answers of honest workers, in any order in which cells are expected, against
// the sums, each of them twice.
func TestHonestAnswersPass(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSubject(t)
		items, err := enumerate.NewItems(t.Context(), s.net, s.ball, false)
		require.NoError(t, err)
		defer items.Release()
		total, waiting := newSums([sha256.Size]byte{}, items.RootUpper()), [][]int8{nil}
		for len(waiting) > 0 {
			i := rapid.IntRange(0, len(waiting)-1).Draw(t, "next")
			path := waiting[i]
			waiting = slices.Delete(waiting, i, i+1)
			got, err := items.Walk(path, rapid.Int64Range(1, 3000).Draw(t, "budget"), nil)
			require.NoError(t, err)
			a := &answer{Answer: got}
			w, err := total.judge(keyOf(path), a)
			require.NoError(t, err)
			total.add(w, a, nil)
			_, err = total.judge(keyOf(path), a)
			require.ErrorIs(t, err, errUnexpected, "the same answer once more")
			require.LessOrEqual(t, big.NewInt(total.bestLower).Cmp(total.bestUpper), 0)
			for _, c := range got.Open {
				waiting = append(waiting, c.Path)
			}
		}
		require.True(t, total.done())
	})
}

// A worker that lies: what it claims does not count where records are verified, and is asked for
// again.
func TestVerifiedRecordsFindLies(t *testing.T) {
	t.Parallel()
	s, want := small(t)
	a := site(t, 0)
	lied, mu := map[key]bool{}, sync.Mutex{}
	employ(t, Worker{Access: a, walk: func(p *project, path []int8, budget int64, told enumerate.Observer) (journal.Answer, error) {
		mu.Lock()
		defer mu.Unlock()
		if k := keyOf(path); len(lied) < 5 && !lied[k] {
			lied[k] = true
			at := make([]float64, 3)
			at[len(lied)%3] = 0.25
			w := told.(*proof.Writer)
			w.Split()
			w.Region(at)
			at[0] = -at[0]
			w.Region(at)
			w.SplitEnd()
			return journal.Answer{Record: journal.Record{Path: path, Tally: journal.Tally{Regions: 2}}}, nil
		}
		return p.items.Walk(path, budget, told)
	}})
	o := s.options(a)
	o.VerifyRecords = true
	got, err := Count(t.Context(), s.net, s.ball, o)
	require.NoError(t, err)
	require.Equal(t, want.Lower, got.Lower)
	require.Equal(t, int64(5), got.Refused)
}

// Answers whose texts are true left a cell open twice, another one never, and so ended verified jobs
// with an exact count that was too small; and the upper end of the bracket was the workers' word.
func TestVerifiedRecordsFindCellsThatAreNotLeftOpen(t *testing.T) {
	t.Parallel()
	s, want := small(t)
	a := site(t, 0)
	forge := []func([]journal.Cell){
		func(open []journal.Cell) { open[0].Path = open[1].Path },
		func(open []journal.Cell) { open[0].Path = append(open[0].Path, 1) },
	}
	mu := sync.Mutex{}
	employ(t, Worker{Access: a, walk: func(p *project, path []int8, budget int64, told enumerate.Observer) (journal.Answer, error) {
		got, err := p.items.Walk(path, budget, told)
		mu.Lock()
		defer mu.Unlock()
		if len(got.Open) > 1 && len(forge) > 0 {
			forge[0](got.Open)
			forge = forge[1:]
		}
		for i := range got.Open {
			got.Open[i].Upper.SetInt64(1)
		}
		return got, err
	}})
	o := s.options(a)
	o.VerifyRecords = true
	o.Progress = func(p Progress) {
		require.GreaterOrEqual(t, p.Upper.Cmp(want.Lower), 0)
		require.LessOrEqual(t, p.Lower.Cmp(want.Lower), 0)
	}
	got, err := Count(t.Context(), s.net, s.ball, o)
	require.NoError(t, err)
	require.Equal(t, want.Lower, got.Lower)
	require.True(t, got.Exact)
	require.GreaterOrEqual(t, got.Refused, int64(2))
	require.Empty(t, forge)
}
