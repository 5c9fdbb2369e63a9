// One network at its points: the exact distance to the nearest boundary, and in each ball the
// certified count and the bounds. Every count has one worker, which alone makes the bracket of
// a stopped count reproducible; the points are shared out among several.

package experiment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// The sets of points.
const (
	AtTraining = "training" // training points
	AtTest     = "test"     // test points
	AtBetween  = "between"  // midpoints of two training points
	AtRandom   = "random"   // uniform in the smallest box that holds the training points
)

// Sets are the sets of points, in the order of the tables.
var Sets = []string{AtTraining, AtTest, AtBetween, AtRandom}

// place is a point to measure at.
type place struct {
	set   string
	index int
	x     []float64
}

// places draws the points of each set, the same at every epoch.
func places(rng *rand.Rand, training, test samples, count int) []place {
	var all []place
	add := func(set string, draw func(i int) []float64) {
		for i := range count {
			all = append(all, place{set, i, draw(i)})
		}
	}
	for _, s := range []struct {
		set string
		samples
	}{{AtTraining, training}, {AtTest, test}} {
		order := rng.Perm(len(s.x))
		add(s.set, func(i int) []float64 { return s.x[order[i%len(order)]] })
	}
	add(AtBetween, func(int) []float64 {
		order := rng.Perm(len(training.x))
		x := slices.Clone(training.x[order[0]])
		for k, v := range training.x[order[len(order)-1]] {
			x[k] = (x[k] + v) / 2
		}
		return x
	})
	lo, hi := slices.Clone(training.x[0]), slices.Clone(training.x[0])
	for _, x := range training.x {
		for k, v := range x {
			lo[k], hi[k] = min(lo[k], v), max(hi[k], v)
		}
	}
	add(AtRandom, func(int) []float64 {
		x := make([]float64, len(lo))
		for k := range x {
			x[k] = float64(float32(lo[k] + (hi[k]-lo[k])*rng.Float64()))
		}
		return x
	})
	return all
}

// Row is a line of the table of measurements: a quantity and the two ends that it lies between,
// equal where it is known exactly. Counts are decimal integers; other numbers the shortest decimals
// that read as the same float64.
type Row struct {
	Data, Optimizer string
	Seed            uint64
	Epoch           int
	// Set is a set of points; Point the index of a point in it, empty for accuracy and loss.
	Set, Point string
	// Radius is empty for what needs no ball.
	Radius string
	// Quantity is accuracy, loss, distance, count, or bound:NAME.
	Quantity     string
	Lower, Upper string
}

// of returns the row of a quantity.
func (r Row) of(quantity, lower, upper string) Row {
	r.Quantity, r.Lower, r.Upper = quantity, lower, upper
	return r
}

func (r Row) record() []string {
	return []string{r.Data, r.Optimizer, strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Epoch), r.Set, r.Point, r.Radius, r.Quantity, r.Lower, r.Upper}
}

var rowHeader = []string{"data", "optimizer", "seed", "epoch", "set", "point", "radius", "quantity", "lower", "upper"}

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// measurement is one network with what to measure about it.
type measurement struct {
	study  *Study
	norm   ball.Norm
	net    *network.Network
	places []place
	head   Row // data, optimiser, seed and epoch
}

// rows measures at all points, in parallel, and returns the rows in order.
func (m *measurement) rows(ctx context.Context, workers int, done func()) ([]Row, error) {
	return sideBySide(ctx, workers, len(m.places), func(i int) ([]Row, error) {
		defer done()
		return m.at(ctx, m.places[i])
	})
}

// sideBySide returns the rows of n measurements in order, so many of them taken at a time.
func sideBySide(ctx context.Context, workers, n int, at func(i int) ([]Row, error)) ([]Row, error) {
	rows, errs := make([][]Row, n), make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				rows[i], errs[i] = at(i)
			}
		})
	}
	wg.Wait()
	if err := cmp.Or(ctx.Err(), errors.Join(errs...)); err != nil {
		return nil, err
	}
	return slices.Concat(rows...), nil
}

// at measures at one point.
func (m *measurement) at(ctx context.Context, p place) ([]Row, error) {
	head := m.head
	head.Set, head.Point = p.set, strconv.Itoa(p.index)
	d, err := bound.NearestBoundary(ctx, m.net, m.norm, p.x)
	if err != nil {
		return nil, fmt.Errorf("distance at %s point %d: %w", p.set, p.index, err)
	}
	rows := []Row{head.of("distance", decimal(d.Lower), decimal(d.Upper))}
	for _, r := range m.study.Radii {
		head.Radius = decimal(r)
		b, err := ball.New(m.norm, p.x, r)
		if err != nil {
			return nil, err
		}
		more, err := m.inBall(ctx, b, head)
		if err != nil {
			return nil, fmt.Errorf("radius %g at %s point %d: %w", r, p.set, p.index, err)
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// inBall counts and bounds in one ball.
func (m *measurement) inBall(ctx context.Context, b ball.Ball, head Row) ([]Row, error) {
	res, err := enumerate.Count(ctx, m.net, b, enumerate.Options{Workers: 1, Limit: m.study.Limit})
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err // the count may have been cut short
	}
	rows := []Row{head.of("count", res.Lower.String(), res.Upper.String())}
	var bounds []bound.Bound
	for _, name := range m.study.Bounds {
		one, _ := bound.ByName(name)
		bounds = append(bounds, one)
	}
	for _, v := range bound.Evaluate(ctx, bounds, m.net, b) {
		if v.Err != nil {
			return nil, fmt.Errorf("bound %s: %w", v.Name, v.Err)
		}
		if bad := contradicts(v, res); bad != nil {
			return nil, bad
		}
		rows = append(rows, head.of("bound:"+v.Name, v.Value.String(), v.Value.String()))
	}
	return rows, nil
}

// contradicts reports a bound on the wrong side of the count: a fault of the program, never data.
func contradicts(v bound.Result, res enumerate.Result) error {
	if v.Kind == bound.Upper && v.Value.Cmp(res.Lower) < 0 || v.Kind == bound.Lower && v.Value.Cmp(res.Upper) > 0 {
		return fmt.Errorf("bound %s is %v, but the count lies from %v to %v", v.Name, v.Value, res.Lower, res.Upper)
	}
	return nil
}

// log2 reads a decimal, also one beyond float64, as its logarithm to base 2.
func log2(s string) float64 {
	f, _, err := big.ParseFloat(s, 10, 64, big.ToNearestEven)
	if err != nil || f.Sign() <= 0 || f.IsInf() {
		v, _ := strconv.ParseFloat(s, 64)
		return math.Log2(v)
	}
	return dyadic.Log2(f)
}
