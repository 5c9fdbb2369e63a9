// Package attack searches for networks and balls on which a claimed error bound is nearly, or
// really, too small.
//
// Networks drawn from the usual laws do not find a bound that is wrong at the edge of its domain:
// the edge has to be climbed to. So each bound is measured by the ratio of what something really is
// off by, in rationals, to what is claimed, and small networks are changed step by step towards
// larger ratios: hill climbing from an archive that keeps the best cases of each bound apart
// (MAP-Elites, Mouret and Clune 2015), since what is hard for one bound is rarely hard for another.
// A ratio above 1 is a fault.
//
// Beside the ratios a measure may give guides: numbers that say how near a case comes to where a
// bound could fail, such as the edge of the bound's domain. They are climbed like ratios, and
// judged by nobody.
//
// The changes are those that make geometry delicate: bundles of nearly equal hyperplanes, thin
// strips, hyperplanes nearly through a crossing of others, cancellations in later layers, wide
// ranges of exponents.
package attack

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/relucell/relucell/internal/dyadic"
)

// Marks holds, by name, the largest ratio of true to claimed error that a case has of each bound,
// and its guides.
type Marks struct{ ratios, guides map[string]float64 }

// NewMarks returns empty ones.
func NewMarks() Marks { return Marks{map[string]float64{}, map[string]float64{}} }

// Note notes that something is off by an amount where claimed was claimed. A claim that is no
// number, or is exceeded where it is 0, counts as infinitely wrong.
func (m Marks) Note(bound string, off *big.Rat, claimed float64) {
	m.ratios[bound] = max(m.ratios[bound], ratio(off, claimed))
}

// Compare is Note for numbers that are all exact: least ≤ most is claimed, both at least 0.
func (m Marks) Compare(bound string, least, most *big.Rat) {
	m.ratios[bound] = max(m.ratios[bound], quotient(least, most))
}

// Ratio returns the largest ratio of a bound, 0 if none was noted.
func (m Marks) Ratio(bound string) float64 { return m.ratios[bound] }

// Join takes other marks in.
func (m Marks) Join(o Marks) {
	for name, r := range o.ratios {
		m.ratios[name] = max(m.ratios[name], r)
	}
	for name, r := range o.guides {
		m.guides[name] = max(m.guides[name], r)
	}
}

// Guide notes how near something comes to the edge of a domain: the larger, the nearer.
func (m Marks) Guide(name string, near float64) {
	if near == near {
		m.guides[name] = max(m.guides[name], near)
	}
}

// ratio returns |off|/claimed as quotient does.
func ratio(off *big.Rat, claimed float64) float64 {
	switch {
	case math.IsInf(claimed, 1) || off.Sign() == 0 && claimed >= 0:
		return 0
	case !(claimed > 0):
		return math.Inf(1)
	}
	return quotient(new(big.Rat).Abs(off), new(big.Rat).SetFloat64(claimed))
}

// quotient returns a/b, rounded so that it is above 1 if and only if a > b.
func quotient(a, b *big.Rat) float64 {
	switch {
	case a.Sign() == 0:
		return 0
	case b.Sign() == 0:
		return math.Inf(1)
	case a.Cmp(b) > 0:
		return max(dyadic.UpRat(new(big.Rat).Quo(a, b)), math.Nextafter(1, 2))
	}
	return min(dyadic.UpRat(new(big.Rat).Quo(a, b)), 1)
}

// Measure evaluates a case and returns the marks of what it met, at least that of the goal, a bound
// or a guide by name, if there is one: it need not measure more. An error is a fault too: of what
// is attacked, not of the case.
type Measure func(c *Case, goal string) (Marks, error)

// Found is the worst case of a bound.
type Found struct {
	Bound string
	Ratio float64
	Case  *Case
	Err   error
}

// String is a line for a report.
func (f Found) String() string {
	if f.Err != nil {
		return fmt.Sprintf("%-28s %v", f.Bound, f.Err)
	}
	return fmt.Sprintf("%-28s %.6g", f.Bound, f.Ratio)
}

// Report is what a search found.
type Report struct {
	Cases  int
	Worst  []Found // by name of the bound
	Guides []Found // by name of the guide
}

// Broken returns the bounds that were exceeded, and errors.
func (r Report) Broken() []Found {
	return slices.DeleteFunc(slices.Clone(r.Worst), func(f Found) bool { return f.Err == nil && f.Ratio <= 1 })
}

// String is the report as a table.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d cases; the largest ratio of true to claimed error of each bound:\n", r.Cases)
	for _, f := range r.Worst {
		fmt.Fprintf(&b, "  %v\n", f)
	}
	for _, f := range r.Guides {
		fmt.Fprintf(&b, "  (guide) %v\n", f)
	}
	return b.String()
}

const (
	// eliteSize is the number of best cases kept for each bound.
	eliteSize = 12
	// fresh is the share of cases that are begun anew, one in so many.
	fresh = 8
)

// Budget says how long to search: until a number of cases was tried, or a time has come; the zero
// of either is no limit.
type Budget struct {
	Cases int
	Until time.Time
}

func (b Budget) spent(cases int) bool {
	return b.Cases > 0 && cases >= b.Cases || !b.Until.IsZero() && time.Now().After(b.Until)
}

// Climb searches within a budget, and ends early when a bound is exceeded and stopAtFault is set. A
// seed and a number of cases give the same search each time.
func Climb(seed uint64, budget Budget, stopAtFault bool, measure Measure) Report {
	s := &search{rng: rand.New(rand.NewPCG(seed, 1)), elite: map[aim][]Found{}}
	cases := 0
	for ; !budget.spent(cases); cases++ {
		c, goal := s.propose()
		marks, err := measure(c, goal)
		if err != nil {
			s.keep(aim{"error", false}, Found{Bound: "error", Ratio: math.Inf(1), Case: c, Err: err})
		}
		for name, r := range marks.ratios {
			s.keep(aim{name, false}, Found{Bound: name, Ratio: r, Case: c})
		}
		for name, r := range marks.guides {
			s.keep(aim{name, true}, Found{Bound: name, Ratio: r, Case: c})
		}
		if stopAtFault && s.broken {
			cases++
			break
		}
	}
	report := Report{Cases: cases}
	for _, g := range s.goals {
		if f := s.elite[g][0]; g.guide {
			report.Guides = append(report.Guides, f)
		} else {
			report.Worst = append(report.Worst, f)
		}
	}
	return report
}

// aim is what is climbed.
type aim struct {
	name  string
	guide bool
}

// search is the archive.
type search struct {
	rng    *rand.Rand
	goals  []aim // by name
	elite  map[aim][]Found
	broken bool
}

// propose returns a new case, or a changed one of the archive's, those of guides twice as often as
// those of bounds, for they are fewer.
func (s *search) propose() (c *Case, goal string) {
	if len(s.goals) == 0 || s.rng.IntN(fresh) == 0 {
		if s.rng.IntN(2) == 0 {
			return newBundle(s.rng), ""
		}
		return newCase(s.rng), ""
	}
	g := s.goals[s.rng.IntN(len(s.goals))]
	for tries, guide := 0, s.rng.IntN(3) > 0; g.guide != guide && tries < len(s.goals); tries++ {
		g = s.goals[s.rng.IntN(len(s.goals))]
	}
	list := s.elite[g]
	better := s.rng.Float64() // the better the oftener
	c = list[int(better*better*float64(len(list)))].Case.clone()
	if s.rng.IntN(2) == 0 {
		c.tune(s.rng)
		return c, g.name
	}
	for n := 1 + s.rng.IntN(3); n > 0; n-- {
		c.change(s.rng)
	}
	return c, g.name
}

// keep puts a case into the archive if it is among the best of its goal.
func (s *search) keep(g aim, f Found) {
	list, known := s.elite[g]
	if !known {
		at, _ := slices.BinarySearchFunc(s.goals, g, func(a, b aim) int { return strings.Compare(a.name, b.name) })
		s.goals = slices.Insert(s.goals, at, g)
	}
	s.broken = s.broken || !g.guide && f.Ratio > 1
	at, _ := slices.BinarySearchFunc(list, f.Ratio, func(g Found, r float64) int {
		if g.Ratio > r {
			return -1
		}
		return 1 // the newer of equals comes first, so that the search drifts on plateaus
	})
	if list = slices.Insert(list, at, f); len(list) > eliteSize {
		list = list[:eliteSize]
	}
	s.elite[g] = list
}
