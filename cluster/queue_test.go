package cluster

// The slow and obvious twin: a queue in one process, one item at a time, and a dictionary of
// answers.

import (
	"context"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// subject is a network on a ball.
type subject struct {
	net    *network.Network
	ball   ball.Ball
	budget int64
}

func drawSubject(t *rapid.T) subject {
	inputs := rapid.IntRange(1, 6).Draw(t, "inputs")
	widths := rapid.SliceOfN(rapid.IntRange(1, 7), 1, 3).Draw(t, "widths")
	n := gen.Random(gen.NewRand(rapid.Uint64().Draw(t, "seed")), gen.RandomOptions{Inputs: inputs, Widths: widths, OnlyReLU: rapid.Bool().Draw(t, "relu"), NoAffine: true})
	if rapid.IntRange(0, 3).Draw(t, "maxima") == 0 {
		n = gen.Maxima(gen.NewRand(rapid.Uint64().Draw(t, "seed")), inputs, 10)
	}
	b, err := ball.New(rapid.SampledFrom([]ball.Norm{ball.LInf, ball.L2, ball.L1}).Draw(t, "norm"), make([]float64, inputs), 1)
	require.NoError(t, err)
	return subject{net: n, ball: b}
}

// filesOf returns the files of a folder by name.
func filesOf(t require.TestingT, folder string) map[string]string {
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	all := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		all[e.Name()] = string(b)
	}
	return all
}

// plain counts and proves on one machine; partSize 0 is the usual.
func (s subject) plain(t require.TestingT, partSize int) (enumerate.Result, map[string]string) {
	folder, err := os.MkdirTemp("", "relucell-plain-")
	require.NoError(t, err)
	defer os.RemoveAll(folder)
	w := s.writer(t, folder, partSize)
	r, err := enumerate.Count(context.Background(), s.net, s.ball, enumerate.Options{Workers: 1, Observer: w})
	require.NoError(t, err)
	require.NoError(t, w.Close(r.Lower))
	return r, filesOf(t, folder)
}

func (s subject) writer(t require.TestingT, folder string, partSize int) *proof.Writer {
	h := proof.HeaderOf(s.net, s.ball)
	h.PartSize = partSize
	w, err := proof.NewWriter(filepath.Join(folder, "proof"), h)
	require.NoError(t, err)
	return w
}

// queue counts by a queue: the sums, and the texts of the answers in preorder.
func (s subject) queue(t require.TestingT, budget func() int64, folder string, partSize int) *sums {
	items, err := enumerate.NewItems(context.Background(), s.net, s.ball, true)
	require.NoError(t, err)
	defer items.Release()
	v, err := newVerifier(s.net, s.ball, items)
	require.NoError(t, err)
	defer v.close()
	total := newSums([32]byte{}, items.RootUpper())
	answers, texts := map[key]*answer{}, map[key][]byte{}
	for waiting := [][]int8{nil}; len(waiting) > 0; waiting = waiting[1:] {
		script := proof.NewScript()
		got, err := items.Walk(waiting[0], budget(), script)
		require.NoError(t, err)
		k := keyOf(waiting[0])
		texts[k], err = script.Script()
		require.NoError(t, err)
		a := new(answer)
		require.NoError(t, a.decode((&answer{Answer: got}).encode()))
		w, err := total.judge(k, a)
		require.NoError(t, err)
		require.NoError(t, a.agrees(texts[k]))
		ended, end := context.WithCancel(context.Background())
		end()
		_, err = v.check(ended, w.context, texts[k])
		var lost *lostError
		require.ErrorAs(t, err, &lost, "a stop refuses no text")
		at, err := v.check(context.Background(), w.context, texts[k])
		require.NoError(t, err, "a record is checked alone")
		require.NoError(t, v.bound(a))
		require.Equal(t, got.Open, a.Open, "the bound of a cell depends on its path alone")
		total.add(w, a, at)
		answers[k] = a
		for _, c := range a.Open {
			waiting = append(waiting, c.Path)
		}
	}
	require.True(t, total.done())
	w := s.writer(t, folder, partSize)
	var take func(path []int8) error
	take = func(path []int8) error {
		open := answers[keyOf(path)].Open
		return w.Transcribe(texts[keyOf(path)], func() error {
			c := open[0]
			open = open[1:]
			return take(c.Path)
		})
	}
	require.NoError(t, take(nil))
	require.NoError(t, w.Close(big.NewInt(total.Regions)))
	return total
}

func TestAQueueOfItemsIsTheCount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, partSize := drawSubject(t), rapid.SampledFrom([]int{0, 200, 2000}).Draw(t, "part size")
		want, bytes := s.plain(t, partSize)
		folder, err := os.MkdirTemp("", "relucell-queue-")
		require.NoError(t, err)
		defer os.RemoveAll(folder)
		most := rapid.SampledFrom([]int64{1, 100, 3000, 100_000}).Draw(t, "budget")
		got := s.queue(t, func() int64 { return rapid.Int64Range(1, most).Draw(t, "of an item") }, folder, partSize)
		require.Equal(t, want.Lower.Int64(), got.Regions)
		require.Equal(t, want.Lower.Int64(), got.bestLower)
		require.GreaterOrEqual(t, got.bestUpper.Cmp(want.Lower), 0)
		require.Equal(t, bytes, filesOf(t, folder), "the bytes of a proof do not depend on items")
	})
}

// Answers survive the way, and what is none is told from one.
func FuzzDecodeAnswer(f *testing.F) {
	a := answer{job: [32]byte{1}, fault: "why", Answer: journal.Answer{Record: journal.Record{Path: []int8{1, -1, 1}, Tally: journal.Tally{Regions: 5}},
		Open: []journal.Cell{{Path: []int8{1, -1, 1, -1}, Upper: big.NewInt(77)}}}}
	f.Add(a.encode())
	f.Add([]byte(answerMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		var a answer
		if a.decode(b) != nil {
			return
		}
		var again answer
		require.NoError(t, again.decode(a.encode()))
		require.Equal(t, a, again)
	})
}
