// What a study of recovery says: the rate at which errors fall, and how often nothing is left of
// them.

package experiment

import (
	"math"
	"strconv"

	"github.com/relucell/relucell/learn"
)

// Recovered is the error of w, b and a below which a teacher counts as recovered: far above what
// rounding leaves, and far below what a wrong neuron would.
const Recovered = 1e-6

// RecoverStatistic is one statement over the seeds.
type RecoverStatistic struct {
	Shape
	Method, Stage string
	// Statistic is slope, that of the logarithm of the largest error of w, b and a against that of
	// the number of samples, with the least and the greatest of a seed; or recovered, the number of
	// seeds whose error is at most Recovered, at Samples.
	Statistic string
	Samples   int
	Value     float64
	Least     float64
	Most      float64
	Seeds     int
}

var recoverStatisticsHeader = []string{"inputs", "neurons", "method", "stage", "statistic", "samples", "value", "least", "most", "seeds"}

func (s RecoverStatistic) record() []string {
	samples := ""
	if s.Samples > 0 {
		samples = strconv.Itoa(s.Samples)
	}
	return []string{strconv.Itoa(s.Inputs), strconv.Itoa(s.Neurons), s.Method, s.Stage, s.Statistic, samples, decimal(s.Value), decimal(s.Least), decimal(s.Most), strconv.Itoa(s.Seeds)}
}

// recoverKey names the values of one quantity.
type recoverKey struct {
	Shape
	seed            uint64
	samples         int
	method          string
	stage, quantity string
}

func recoverTable(rows []RecoverRow) map[recoverKey]float64 {
	t := map[recoverKey]float64{}
	for _, r := range rows {
		t[recoverKey{r.Shape, r.Seed, r.Samples, r.Method, r.Stage, r.Quantity}] = r.Upper
	}
	return t
}

func (r *RecoverStudy) statistics(rows []RecoverRow) (list []RecoverStatistic) {
	t := recoverTable(rows)
	last := r.Samples[len(r.Samples)-1]
	for _, shape := range r.Shapes {
		head := RecoverStatistic{Shape: shape, Method: learn.MethodTensor, Seeds: r.Seeds}
		for _, stage := range []string{learn.StageDecompose, learn.StageMoments} {
			if len(r.Samples) > 1 {
				list = append(list, r.slope(t, head, stage))
			}
		}
		for _, n := range r.Samples {
			list = append(list, r.recovered(t, head, n))
		}
		if r.Baseline {
			head.Method = learn.MethodSGD
			list = append(list, r.recovered(t, head, last))
		}
	}
	return list
}

// slope is the mean of the seeds' slopes, each by least squares.
func (r *RecoverStudy) slope(t map[recoverKey]float64, s RecoverStatistic, stage string) RecoverStatistic {
	s.Stage, s.Statistic, s.Least, s.Most = stage, "slope", math.Inf(1), math.Inf(-1)
	mean := 0.0
	for _, n := range r.Samples {
		mean += math.Log(float64(n)) / float64(len(r.Samples))
	}
	for k := range r.Seeds {
		up, down := 0.0, 0.0
		for _, n := range r.Samples {
			x := math.Log(float64(n)) - mean
			up += x * math.Log(max(leastShown, t[recoverKey{s.Shape, r.FirstSeed + uint64(k), n, s.Method, stage, "most"}]))
			down += x * x
		}
		v := up / down
		s.Value += v / float64(r.Seeds)
		s.Least, s.Most = min(s.Least, v), max(s.Most, v)
	}
	return s
}

func (r *RecoverStudy) recovered(t map[recoverKey]float64, s RecoverStatistic, samples int) RecoverStatistic {
	s.Stage, s.Statistic, s.Samples, s.Least = learn.StageRefine, "recovered", samples, math.Inf(1)
	for k := range r.Seeds {
		v := t[recoverKey{s.Shape, r.FirstSeed + uint64(k), samples, s.Method, learn.StageRefine, "most"}]
		s.Least, s.Most = min(s.Least, v), max(s.Most, v)
		if v <= Recovered {
			s.Value++
		}
	}
	return s
}
