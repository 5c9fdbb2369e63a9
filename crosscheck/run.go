// The crosscheck itself: certified counts on one side, bounds on the other.

package crosscheck

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/big"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// RunOptions says how to crosscheck. The zero value will do.
type RunOptions struct {
	// Limit ends the walk of a case with more regions; the bounds are then held against the
	// certified bracket, and the case says nothing of tightness. 0 means 50,000.
	Limit int64
	// Workers are those of each walk; 0 means GOMAXPROCS. No answer depends on it.
	Workers int
	// Each, when set, is told of each case when it is done.
	Each func(Record)
}

// defaultLimit keeps a case under a second.
const defaultLimit = 50_000

// Record is what was found in one case.
type Record struct {
	// Index numbers the cases from 0.
	Index int
	Case  gen.Case
	// Lower ≤ count ≤ Upper is certified; Exact says that they are equal.
	Lower, Upper *big.Int
	Exact        bool
	Results      []bound.Result
	// CountTime is the time of the walk.
	CountTime time.Duration
}

// Failure is a case that a bound fails: its Value is on the wrong side of Limit.
type Failure struct {
	Case  gen.Case
	Bound string
	Kind  bound.Kind
	Value *big.Int
	// Than names what Limit is: "count" for a certified count (or an end of its bracket), or the
	// bound that Bound is claimed to dominate.
	Than  string
	Limit *big.Int
}

// String says in one line what failed.
func (f Failure) String() string {
	side := "below"
	if (f.Kind == bound.Lower) != (f.Than != "count") {
		side = "above"
	}
	return fmt.Sprintf("%s: %s bound %s = %s is %s the %s %s", f.Case.Name, f.Kind, f.Bound, f.Value, side, f.Than, f.Limit)
}

// Report is the outcome of a crosscheck.
type Report struct {
	// Cases is the number of cases, Exact of those whose count is known exactly, Regions the
	// sum of these counts.
	Cases, Exact int
	Regions      *big.Int
	CountTime    time.Duration
	// Bounds has one summary per bound, in the order given.
	Bounds []*Summary
	// Dominances has one result per claim of Dominances about two of the bounds.
	Dominances []*DominanceResult
	// Violations are the cases in which a bound is on the wrong side of a certified count.
	Violations []Failure
	// WrongCounts names cases whose known count is not what was counted: a mistake in the walk or
	// in the case.
	WrongCounts []string
	// Notes are what a reader must know of the networks; the caller's to fill in, they go into the
	// JSON.
	Notes []string
}

// Sound reports whether nothing failed: no violation, no failed claim, no wrong
// count and no bound that ended in an error.
func (r *Report) Sound() bool {
	ok := len(r.Violations) == 0 && len(r.WrongCounts) == 0
	for _, d := range r.Dominances {
		ok = ok && len(d.Failures) == 0
	}
	for _, s := range r.Bounds {
		ok = ok && s.Errors == 0
	}
	return ok
}

// Run counts the regions of each case, evaluates the bounds, and holds one
// against the other. An error of a bound is noted in its summary; an error of
// the walk, or the end of ctx, ends the run with what was found so far.
func Run(ctx context.Context, cases iter.Seq[gen.Case], bounds []bound.Bound, opt RunOptions) (*Report, error) {
	if opt.Limit == 0 {
		opt.Limit = defaultLimit
	}
	rep := &Report{Regions: new(big.Int), Dominances: claims(bounds)}
	for _, b := range bounds {
		rep.Bounds = append(rep.Bounds, &Summary{Name: b.Name(), Kind: b.Kind(), Scope: b.Scope()})
	}
	for c := range cases {
		if err := ctx.Err(); err != nil {
			return rep, context.Cause(ctx)
		}
		rec, err := examine(ctx, c, bounds, opt)
		if err != nil {
			return rep, fmt.Errorf("%s: %w", c.Name, err)
		}
		if ctx.Err() != nil { // the case may be half done
			return rep, context.Cause(ctx)
		}
		rec.Index = rep.Cases
		rep.add(rec)
		if opt.Each != nil {
			opt.Each(rec)
		}
	}
	return rep, nil
}

// examine counts one case and evaluates the bounds.
func examine(ctx context.Context, c gen.Case, bounds []bound.Bound, opt RunOptions) (Record, error) {
	r, err := enumerate.Count(ctx, c.Net, c.Ball, enumerate.Options{Workers: opt.Workers, Limit: opt.Limit})
	if err != nil {
		return Record{}, err
	}
	return Record{Case: c, Lower: r.Lower, Upper: r.Upper, Exact: r.Exact, CountTime: r.Elapsed,
		Results: bound.Evaluate(ctx, bounds, c.Net, c.Ball)}, nil
}

// add takes a record into the report.
func (r *Report) add(rec Record) {
	r.Cases++
	r.CountTime += rec.CountTime
	if rec.Exact {
		r.Exact++
		r.Regions.Add(r.Regions, rec.Lower)
	}
	if w := rec.Case.Want; w != nil && (w.Cmp(rec.Lower) < 0 || w.Cmp(rec.Upper) > 0) {
		r.WrongCounts = append(r.WrongCounts, fmt.Sprintf("%s: counted %s to %s, known %s", rec.Case.Name, rec.Lower, rec.Upper, w))
	}
	if rec.Lower.Cmp(rec.Upper) > 0 || rec.Exact && rec.Lower.Cmp(rec.Upper) != 0 {
		r.WrongCounts = append(r.WrongCounts, fmt.Sprintf("%s: the bracket %s to %s is none", rec.Case.Name, rec.Lower, rec.Upper))
	}
	values, best := map[string]*big.Int{}, bestOf(rec)
	for i, res := range rec.Results {
		s := r.Bounds[i]
		s.Cases++
		s.Time += res.Elapsed
		if res.Err != nil {
			if s.Errors++; s.FirstError == nil {
				s.FirstError = fmt.Errorf("%s: %w", rec.Case.Name, res.Err)
			}
			continue
		}
		if res.Kind == bound.Upper {
			values[res.Name] = res.Value
		}
		if f, bad := judge(rec, res); bad {
			s.Violations++
			r.Violations = append(r.Violations, f)
		}
		if rec.Exact {
			s.observe(logRatio(res.Value, rec.Lower))
			if b := best[res.Kind]; b != nil && res.Value.Cmp(b) == 0 {
				s.Best++
			}
			if res.Value.Cmp(rec.Lower) == 0 {
				s.Equal++
			}
		}
	}
	for _, d := range r.Dominances {
		d.try(rec.Case, values)
	}
}

// judge says whether a value is on the wrong side of what is certified.
func judge(rec Record, res bound.Result) (Failure, bool) {
	f := Failure{Case: rec.Case, Bound: res.Name, Kind: res.Kind, Value: res.Value, Than: "count"}
	if res.Kind == bound.Lower {
		f.Limit = rec.Upper
		return f, res.Value.Cmp(rec.Upper) > 0
	}
	f.Limit = rec.Lower
	return f, res.Value.Cmp(rec.Lower) < 0
}

// bestOf returns the smallest upper and the largest lower value that are not wrong.
func bestOf(rec Record) map[bound.Kind]*big.Int {
	best := map[bound.Kind]*big.Int{}
	for _, r := range rec.Results {
		if r.Err != nil {
			continue
		}
		if _, bad := judge(rec, r); bad {
			continue
		}
		want := -1
		if r.Kind == bound.Lower {
			want = 1
		}
		if b := best[r.Kind]; b == nil || r.Value.Cmp(b) == want {
			best[r.Kind] = r.Value
		}
	}
	return best
}

// logRatio returns log₂(a/b), b > 0, for display: its error is a few units in the last place. A
// value a ≤ 0, which is nonsense, counts as one half.
func logRatio(a, b *big.Int) float64 { return log2(a) - log2(b) }

func log2(v *big.Int) float64 {
	if v.Sign() <= 0 {
		return -1
	}
	return dyadic.Log2(new(big.Float).SetInt(v))
}

// radiusOf returns the radius, for a box the geometric mean of its half-widths.
func radiusOf(b ball.Ball) float64 {
	if b.Norm() != ball.Box {
		return b.Radius()
	}
	sum := 0.0
	for i, lo := range b.Lo() {
		sum += math.Log(b.Hi()[i]/2 - lo/2)
	}
	return math.Exp(sum / float64(b.Dim()))
}

// depthOf returns the number of layers with an activation.
func depthOf(n *network.Network) int { return len(n.Hidden()) }
