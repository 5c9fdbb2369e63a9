// What is said of a bound over many cases. Ratios are kept as logarithms: a
// global bound may be 2⁵⁰⁰ times the count, and the mean that tells is the geometric one.

package crosscheck

import (
	"math"
	"slices"
	"time"

	"github.com/relucell/relucell/bound"
)

// Summary is what a crosscheck found of one bound.
type Summary struct {
	Name  string
	Kind  bound.Kind
	Scope bound.Scope
	// Cases is the number of cases, Violations of those where the bound is on the wrong side
	// of the count, Errors of those where it gave none.
	Cases, Violations, Errors int
	FirstError                error
	// Best is the number of cases with an exact count where no bound of its kind is better, Equal
	// of those where the bound is the count.
	Best, Equal int
	// Time is the time of all evaluations. Bounds share what they compute about a ball; the
	// first that needs it pays for it.
	Time time.Duration
	logs []float64
}

func (s *Summary) observe(log2Ratio float64) { s.logs = append(s.logs, log2Ratio) }

// Ratios returns the number of cases with a ratio bound/count.
func (s *Summary) Ratios() int { return len(s.logs) }

// GeoMeanLog2 returns log₂ of the geometric mean of bound/count, NaN without cases.
func (s *Summary) GeoMeanLog2() float64 {
	sum := 0.0
	for _, l := range s.logs {
		sum += l
	}
	return sum / float64(len(s.logs))
}

// QuantileLog2 returns log₂ of the q-quantile of bound/count: the smallest ratio
// that at least q of the cases do not exceed. NaN without cases.
func (s *Summary) QuantileLog2(q float64) float64 {
	if len(s.logs) == 0 {
		return math.NaN()
	}
	slices.Sort(s.logs)
	i := int(math.Ceil(q*float64(len(s.logs)))) - 1
	return s.logs[min(max(i, 0), len(s.logs)-1)]
}

// worse is QuantileLog2 from the best ratio to the worst: the worst lower bound is the smallest.
func (s *Summary) worse(q float64) float64 {
	if s.Kind == bound.Lower {
		q = 1 - q
	}
	return s.QuantileLog2(q)
}
