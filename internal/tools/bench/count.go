// Counts timed: the best of several rounds, taken in turns so that a busy moment of the
// machine does not fall on one case alone.

package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/relucell/relucell/enumerate"
)

// countRow is one case with one number of workers. What is counted per region is the same in every
// round with one worker.
type countRow struct {
	Net     string `json:"net"`
	Ball    string `json:"ball"`
	Workers int    `json:"workers"`
	Regions int64  `json:"regions"`
	// Seconds is the best time of the walk, ForwardNanos that of one forward pass, and Passes
	// the time per region in forward passes.
	Seconds          float64 `json:"seconds"`
	RegionsPerSecond float64 `json:"regions_per_second"`
	ForwardNanos     float64 `json:"forward_nanoseconds"`
	Passes           float64 `json:"passes"`
	// All of these are per region.
	Questions float64 `json:"questions"`
	Pivots    float64 `json:"pivots"`
	Float     float64 `json:"float"`
	Integer   float64 `json:"integer"`
	Solve     float64 `json:"solve"`
	Allocs    float64 `json:"allocs"`
	// PeakBytes is the most memory that the process held while it counted, 0 if the system does not
	// say.
	PeakBytes int64 `json:"peak_bytes"`
}

// timed is a case being measured.
type timed struct {
	job
	workers int
	result  enumerate.Result
	best    time.Duration
	forward time.Duration
	allocs  uint64
	peak    int64
	spent   time.Duration
}

// roundTime is the least time of a round: short counts are repeated, because the best of many is
// steadier.
const roundTime = 100 * time.Millisecond

// measureCounts times every case with every number of workers.
func measureCounts(ctx context.Context, jobs []job, opt options) ([]countRow, error) {
	var all []*timed
	for _, j := range jobs {
		for _, w := range opt.workers {
			all = append(all, &timed{job: j, workers: w})
		}
	}
	if err := inTurns(ctx, all, opt); err != nil {
		return nil, err
	}
	var rows []countRow
	for _, t := range all {
		rows = append(rows, t.row())
	}
	return rows, nil
}

// inTurns runs the rounds.
func inTurns(ctx context.Context, all []*timed, opt options) error {
	for round := 1; round <= opt.rounds; round++ {
		for i, t := range all {
			if round > 1 && t.spent >= opt.budget {
				continue
			}
			fmt.Fprintf(opt.log, "\rround %d of %d, case %d of %d: %-60s", round, opt.rounds, i+1, len(all), t.name+" "+t.where)
			if err := t.round(ctx, round == 1, opt); err != nil {
				return fmt.Errorf("%s, %s: %w", t.name, t.where, err)
			}
		}
	}
	fmt.Fprintf(opt.log, "\r%-100s\r", "")
	return nil
}

// round counts for at least roundTime; the first round also accounts for memory.
func (t *timed) round(ctx context.Context, first bool, opt options) error {
	if p := forwardTime(t.net); t.forward == 0 || p < t.forward {
		t.forward = p
	}
	if first {
		if err := t.account(ctx); err != nil || t.spent >= opt.budget {
			return err
		}
	}
	for start := time.Now(); ; {
		r, err := t.count(ctx)
		if err != nil {
			return err
		}
		if t.best == 0 || r.Elapsed < t.best {
			t.best, t.result = r.Elapsed, r
		}
		if spent := time.Since(start); spent >= roundTime {
			t.spent += spent
			return nil
		}
	}
}

// account counts once and notes allocations and memory.
func (t *timed) account(ctx context.Context) error {
	resetPeak()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := t.count(ctx)
	if err != nil {
		return err
	}
	runtime.ReadMemStats(&after)
	t.allocs, t.peak, t.result = after.Mallocs-before.Mallocs, peak(), r
	t.best, t.spent = r.Elapsed, r.Elapsed
	return nil
}

// count counts once, and holds the answer against that of the rounds before.
func (t *timed) count(ctx context.Context) (enumerate.Result, error) {
	if err := ctx.Err(); err != nil {
		return enumerate.Result{}, err
	}
	// A context without a Done channel: a count that may be stopped keeps a bracket, at some cost.
	r, err := enumerate.Count(context.WithoutCancel(ctx), t.net, t.ball, enumerate.Options{Workers: t.workers})
	if err != nil {
		return r, err
	}
	if !r.Exact || t.result.Lower != nil && t.result.Lower.Cmp(r.Lower) != 0 {
		return r, errors.New("two runs disagree")
	}
	return r, nil
}

func (t *timed) row() countRow {
	r := t.result
	k := float64(r.Lower.Int64())
	per := func(n int64) float64 { return float64(n) / k }
	return countRow{
		Net: t.name, Ball: t.where, Workers: t.workers, Regions: r.Lower.Int64(),
		Seconds: t.best.Seconds(), RegionsPerSecond: k / t.best.Seconds(),
		ForwardNanos: float64(t.forward.Nanoseconds()), Passes: t.best.Seconds() / k / t.forward.Seconds(),
		Questions: per(r.Questions), Pivots: per(r.Pivots),
		Float: per(r.Decisions.Float), Integer: per(r.Decisions.Integer), Solve: per(r.Decisions.Solve),
		Allocs: float64(t.allocs) / k, PeakBytes: t.peak,
	}
}
