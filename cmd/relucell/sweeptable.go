package main

// Sweeps: centre by radius, counts and bounds in one tidy table, for whoever
// wants to plot how a network folds along a path or around its data.

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

// sweepOptions says what to sweep over.
type sweepOptions struct {
	Norm    ball.Norm
	Centers [][]float64
	Radii   []float64
	Bounds  []bound.Bound
	Count   enumerate.Options
}

// sweepRow is the answer for one ball.
type sweepRow struct {
	// Center is the index of the centre.
	Center int
	Ball   ball.Ball
	Count  enumerate.Result
	Bounds []bound.Result
}

// sweep counts in each ball, centre by centre and radius by radius. A ball that is none
// is an error before anything is counted; an error, or the end of ctx, is yielded last.
// A count that ends early because of an option or of ctx is a row with an open bracket.
func sweep(ctx context.Context, n *network.Network, opt sweepOptions) iter.Seq2[sweepRow, error] {
	return func(yield func(sweepRow, error) bool) {
		balls, err := sweepBalls(n, opt)
		if err != nil {
			yield(sweepRow{}, err)
			return
		}
		for i, b := range balls {
			r, err := enumerate.Count(ctx, n, b, opt.Count)
			if err != nil {
				yield(sweepRow{}, err)
				return
			}
			row := sweepRow{Center: i / len(opt.Radii), Ball: b, Count: r, Bounds: bound.Evaluate(ctx, opt.Bounds, n, b)}
			if !yield(row, nil) {
				return
			}
			if ctx.Err() != nil {
				yield(sweepRow{}, context.Cause(ctx))
				return
			}
		}
	}
}

func sweepBalls(n *network.Network, opt sweepOptions) ([]ball.Ball, error) {
	if len(opt.Centers) == 0 || len(opt.Radii) == 0 {
		return nil, fmt.Errorf("sweep: %d centres and %d radii, expected at least one of each", len(opt.Centers), len(opt.Radii))
	}
	var balls []ball.Ball
	for i, c := range opt.Centers {
		if len(c) != n.Inputs() {
			return nil, fmt.Errorf("centers: row %d has %d numbers, expected %d, one per input", i+1, len(c), n.Inputs())
		}
		for _, r := range opt.Radii {
			b, err := ball.New(opt.Norm, c, r)
			if err != nil {
				return nil, fmt.Errorf("centers: row %d: %w", i+1, err)
			}
			balls = append(balls, b)
		}
	}
	return balls, nil
}

// writeRows writes the rows as CSV: center (its number from 0), x0 … the
// centre's coordinates, norm, radius, lower, upper, exact, seconds, and one column a
// bound. A bound that failed leaves its cell empty. The rows' error comes after the rows before it.
func writeRows(w io.Writer, n *network.Network, opt sweepOptions, rows iter.Seq2[sweepRow, error]) error {
	out, begun := csv.NewWriter(w), false
	for row, err := range rows {
		if err == nil && !begun {
			begun, err = true, out.Write(opt.head(n))
		}
		if err == nil {
			err = out.Write(row.cells())
		}
		out.Flush() // each row is seen when it is known
		if err := cmp.Or(err, out.Error()); err != nil {
			return err
		}
	}
	return nil
}

func (opt sweepOptions) head(n *network.Network) []string {
	head := []string{"center"}
	for i := range n.Inputs() {
		head = append(head, "x"+strconv.Itoa(i))
	}
	head = append(head, "norm", "radius", "lower", "upper", "exact", "seconds")
	for _, b := range opt.Bounds {
		head = append(head, b.Name())
	}
	return head
}

func (r sweepRow) cells() []string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	cells := []string{strconv.Itoa(r.Center)}
	for _, v := range r.Ball.Center() {
		cells = append(cells, number(v))
	}
	cells = append(cells, r.Ball.Norm().String(), number(r.Ball.Radius()), r.Count.Lower.String(), r.Count.Upper.String(),
		strconv.FormatBool(r.Count.Exact), strconv.FormatFloat(r.Count.Elapsed.Seconds(), 'g', 4, 64))
	for _, b := range r.Bounds {
		v := ""
		if b.Err == nil {
			v = b.Value.String()
		}
		cells = append(cells, v)
	}
	return cells
}

// centerBytes bounds a file of centres.
const centerBytes = 1 << 28

// readCenters reads centres of n coordinates from a CSV file, one a line. Errors name it.
func readCenters(ctx context.Context, path string, n int) ([][]float64, error) {
	data, err := readFile(ctx, path, centerBytes)
	if err != nil {
		return nil, fmt.Errorf("--centers: %w, expected a CSV file", err)
	}
	p, err := files.Table{Inputs: n}.Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: centers: %w", path, err)
	}
	return p.X, nil
}
