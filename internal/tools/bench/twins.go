// The slow twins: the plain walk that asks a solver from nothing at each prefix, over the
// reference simplex and over CLP, an independent solver.

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/clp"
)

// twinRow compares a plain walk with the walk, one worker each.
type twinRow struct {
	Net          string  `json:"net"`
	Ball         string  `json:"ball"`
	Regions      int64   `json:"regions"`
	Solver       string  `json:"solver"`
	PlainSeconds float64 `json:"plain_seconds"`
	CountSeconds float64 `json:"count_seconds"`
	// Times is how many times as long the plain walk takes.
	Times float64 `json:"times"`
}

// twinRounds is enough, as a plain walk takes seconds; one that takes longer than the budget runs
// once.
const twinRounds = 2

// measureTwins runs the plain walks in the cases marked for it. Without the build tag clp it says
// that CLP is left out.
func measureTwins(ctx context.Context, jobs []job, counts []countRow, opt options) ([]twinRow, error) {
	solvers := []struct {
		name string
		make func() (lp.Solver, error)
	}{
		{"CLP", clp.New},
		{"reference", func() (lp.Solver, error) { return lp.NewReference(), nil }},
	}
	var rows []twinRow
	for _, s := range solvers {
		solver, err := s.make()
		if errors.Is(err, clp.ErrMissing) {
			fmt.Fprintf(opt.log, "skipped: the plain walk over CLP: %v\n", err)
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, j := range jobs {
			c, ok := find(counts, j, opt.workers[0])
			if !ok || !j.twins {
				continue
			}
			fmt.Fprintf(opt.log, "\rplain walk over %s: %-60s", s.name, j.name+" "+j.where)
			plain := time.Duration(0)
			for round := range twinRounds {
				if round > 0 && plain > opt.budget {
					break
				}
				r, err := enumerate.CountPlain(ctx, j.net, j.ball, solver, enumerate.Options{Workers: 1})
				if err == nil && (!r.Exact || r.Lower.Int64() != c.Regions) {
					err = fmt.Errorf("the plain walk counts %v, the walk %d", r.Lower, c.Regions)
				}
				if err != nil {
					return nil, fmt.Errorf("%s, %s, %s: %w", j.name, j.where, s.name, err)
				}
				if round == 0 || r.Elapsed < plain {
					plain = r.Elapsed
				}
			}
			rows = append(rows, twinRow{Net: j.name, Ball: j.where, Regions: c.Regions, Solver: s.name,
				PlainSeconds: plain.Seconds(), CountSeconds: c.Seconds, Times: plain.Seconds() / c.Seconds})
		}
	}
	fmt.Fprintf(opt.log, "\r%-100s\r", "")
	return rows, nil
}
