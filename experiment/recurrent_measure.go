// One recurrent network: its loss on test sequences, its path norm, and its regions on lines and
// planes through sequences. Every count has one worker, which makes the bracket of a stopped one
// reproducible; lines and planes are shared out among several.

package experiment

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/rnn"
)

// The sets of what is measured of a recurrent network: lines between two sequences, and the
// parallelograms that three of them span.
const (
	onLine  = "line"
	onPlane = "plane"
)

// recurrentScores are the rows of the loss, the accuracy and the path norm.
func (s *RecurrentStudy) recurrentScores(head Row, n *rnn.RNN, test sequences) []Row {
	row := func(set, quantity string, v float64) Row {
		head.Set = set
		return head.of(quantity, decimal(v), decimal(v))
	}
	loss, accuracy := s.score(n, test)
	rows := []Row{row(AtTest, "loss", loss)}
	if s.task.classes {
		rows = append(rows, row(AtTest, "accuracy", accuracy))
	}
	return append(rows, row("", "log2_path_norm", n.Path(s.Steps, false).Log2()/2))
}

// score returns the mean loss, and the share of the sequences classified rightly.
func (s *RecurrentStudy) score(n *rnn.RNN, of sequences) (loss, accuracy float64) {
	h := forwardBatch(n, of.byStep(s.Steps, s.task.inputs))
	var out mat.Dense
	out.Mul(h[s.Steps], n.V.T())
	loss, _ = s.task.loss(&out, n.C, of.y)
	if !s.task.classes {
		return loss, 0
	}
	for i, y := range of.y {
		row := slices.Clone(out.RawRowView(i))
		best := 0
		for k := range row {
			if row[k] += n.C[k]; row[k] > row[best] {
				best = k
			}
		}
		if best == int(y) {
			accuracy += 1 / float64(len(of.y))
		}
	}
	return loss, accuracy
}

// recurrentRows counts on all lines and planes.
func (s *RecurrentStudy) recurrentRows(ctx context.Context, head Row, n *rnn.RNN, shown sequences, workers int) ([]Row, error) {
	return sideBySide(ctx, workers, s.Lines+s.Planes, func(i int) ([]Row, error) {
		if k := i - s.Lines; k >= 0 {
			return s.count(ctx, head, n, onPlane, k, shown.x[3*k:3*k+3])
		}
		return s.count(ctx, head, n, onLine, i, shown.x[2*i:2*i+2])
	})
}

// count counts on the line or plane through points, s and t from 0 to 1, and says which share of
// the neurons switch there.
func (s *RecurrentStudy) count(ctx context.Context, head Row, n *rnn.RNN, set string, index int, points [][]float64) ([]Row, error) {
	all, err := n.Sequences(s.Steps)
	if err != nil {
		return nil, err
	}
	front, err := network.Through(all, points...)
	if err != nil {
		return nil, fmt.Errorf("%s %d: %w", set, index, err)
	}
	net, err := n.UnrollOn(front, false)
	if err != nil {
		return nil, err
	}
	lo, hi := make([]float64, net.Inputs()), make([]float64, net.Inputs())
	for k := range hi {
		hi[k] = 1
	}
	b, err := ball.NewBox(lo, hi)
	if err != nil {
		return nil, err
	}
	seen := &signsSeen{}
	res, err := enumerate.Count(ctx, net, b, enumerate.Options{Workers: 1, Limit: s.Limit, Visitor: seen})
	if err != nil {
		return nil, fmt.Errorf("%s %d: %w", set, index, err)
	}
	head.Set, head.Point = set, strconv.Itoa(index)
	least, most := decimal(seen.both()), decimal(1)
	if res.Exact {
		most = least
	}
	return []Row{head.of("count", res.Lower.String(), res.Upper.String()), head.of("switching", least, most)}, nil
}

// signsSeen notes which signs each neuron has in the regions visited.
type signsSeen struct{ minus, plus []bool }

func (s *signsSeen) Region(r enumerate.Region) {
	if s.minus == nil {
		s.minus, s.plus = make([]bool, len(r.Pattern)), make([]bool, len(r.Pattern))
	}
	for j, v := range r.Pattern {
		s.minus[j] = s.minus[j] || v < 0
		s.plus[j] = s.plus[j] || v > 0
	}
}

func (s *signsSeen) Fork() enumerate.Visitor { return &signsSeen{} }

func (s *signsSeen) Join(o enumerate.Visitor) {
	other := o.(*signsSeen)
	for j := range other.minus {
		if s.minus == nil {
			s.minus, s.plus = make([]bool, len(other.minus)), make([]bool, len(other.minus))
		}
		s.minus[j], s.plus[j] = s.minus[j] || other.minus[j], s.plus[j] || other.plus[j]
	}
}

// both is the share of the neurons that were seen with both signs.
func (s *signsSeen) both() float64 {
	k := 0
	for j := range s.minus {
		if s.minus[j] && s.plus[j] {
			k++
		}
	}
	return float64(k) / float64(max(1, len(s.minus)))
}
