// Whether the two observations hold. The unit is the seed: points of one network depend on each
// other, so the sign test counts seeds, and the bootstrap draws seeds first, then points within
// each (Efron, Tibshirani 1993, chapter 8). What is compared are means of logarithms to base 2, so
// an estimate of 1 means twice as far, or twice as many. A bracket goes in with the end that speaks
// against the claim.

package experiment

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

// Statistic is one comparison, and what it showed.
type Statistic struct {
	Comparison
	Finding
}

// Comparison says what is compared with what.
type Comparison struct {
	Data, Optimizer string
	// Observation is "away": Quantity at the points of Set, epoch against the first epoch measured;
	// with Against, how much more so than at the points of that set. Or "more": Quantity at the
	// points of Set against those of Against, at one epoch. Or "gained": how much larger "more" is
	// than at the first epoch measured: what the places themselves make of it, being nearer to the
	// middle of the data or not, is there before training. Or "loose": how much larger the bound is
	// than the count, at the points of Set.
	Observation, Set, Against, Quantity, Radius string
	Epoch                                       int
}

// Finding is what a comparison showed.
type Finding struct {
	// Of Seeds, Positive show the claimed direction and Negative the other for certain.
	Seeds, Positive, Negative int
	// Low and High are the estimate (equal unless counts are brackets), From and To a 95% bootstrap
	// interval around them.
	Low, High, From, To float64
	// P is the two-sided p-value of the sign test.
	P float64
	// Verdict is holds, reversed or undecided.
	Verdict string
}

// signLevel is the p-value that the verdict asks of the sign test beside the interval: the smallest
// that five seeds can reach, when all agree (2·2⁻⁵).
const signLevel = 0.0625

// mostLog bounds the logarithms: a point on a boundary, or a network without one, says "very near"
// or "very far" and must not outweigh all others.
const mostLog = 64

// span is a number between two ends.
type span struct{ low, high float64 }

// group is what one seed contributes: the claim is that a is larger than b on average; without b,
// than 0.
type group struct{ a, b []span }

// mean returns the two ends of mean(a) − mean(b) over the points that pick chooses.
func (g group) mean(pick func(n int) int) (low, high float64) {
	part := func(s []span) (low, high float64) {
		for range s {
			v := s[pick(len(s))]
			low += v.low
			high += v.high
		}
		n := float64(max(1, len(s)))
		return low / n, high / n
	}
	low, high = part(g.a)
	l, h := part(g.b)
	return low - h, high - l
}

// compare fills in the numbers.
func (s *Finding) compare(groups []group, resamples int) {
	s.Seeds = len(groups)
	for _, g := range groups {
		i := -1
		low, high := g.mean(func(n int) int { i = (i + 1) % n; return i })
		s.Low += low / float64(s.Seeds)
		s.High += high / float64(s.Seeds)
		if low > 0 {
			s.Positive++
		} else if high < 0 {
			s.Negative++
		}
	}
	s.P = signTest(s.Positive, s.Negative)
	rng := rand.New(rand.NewPCG(uint64(s.Seeds), uint64(resamples)))
	lows, highs := make([]float64, resamples), make([]float64, resamples)
	for i := range resamples {
		for range groups {
			low, high := groups[rng.IntN(len(groups))].mean(rng.IntN)
			lows[i] += low / float64(s.Seeds)
			highs[i] += high / float64(s.Seeds)
		}
	}
	s.From, s.To = quantile(lows, 0.025), quantile(highs, 0.975)
	s.Verdict = "undecided"
	if s.P <= signLevel && s.Positive > s.Negative && s.From > 0 {
		s.Verdict = "holds"
	} else if s.P <= signLevel && s.Negative > s.Positive && s.To < 0 {
		s.Verdict = "reversed"
	}
}

// signTest is the two-sided exact p-value of a positive and b negative signs under a fair coin;
// signs of neither kind leave the test.
func signTest(a, b int) float64 {
	n, tail, term := a+b, 0.0, 1.0
	for k := 0; k <= min(a, b); k++ {
		tail += term
		term *= float64(n-k) / float64(k+1)
	}
	return min(1, 2*tail*math.Pow(2, -float64(n)))
}

// quantile returns the q-quantile by linear interpolation between order statistics. It sorts v.
func quantile(v []float64, q float64) float64 {
	slices.Sort(v)
	at := q * float64(len(v)-1)
	i := int(at)
	if i+1 >= len(v) || v[i] == v[i+1] {
		return v[i]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}

// key names the values of one quantity at the points of one set in one network.
type key struct {
	study, set, quantity, radius string
	seed                         uint64
	epoch                        int
}

// tabulate collects the logarithms of the rows, in the order of the points.
func tabulate(rows []Row) map[key][]span {
	t := map[key][]span{}
	for _, r := range rows {
		if r.Point == "" {
			continue
		}
		k := key{r.Data + "-" + r.Optimizer, r.Set, r.Quantity, r.Radius, r.Seed, r.Epoch}
		clamp := func(s string) float64 { return max(-mostLog, min(mostLog, log2(s))) }
		low, high := clamp(r.Lower), clamp(r.Upper)
		if r.Quantity == "distance" {
			high = low // the ends are neighbouring floats: one is as good as the distance
		}
		t[k] = append(t[k], span{low, high})
	}
	return t
}

// Statistics compares, for each study, what the two observations claim.
func Statistics(c *Config, rows []Row) []Statistic {
	t := tabulate(rows)
	var all []Statistic
	for i := range c.Studies {
		e := evidence{Study: &c.Studies[i], table: t, resamples: c.Resamples}
		e.away()
		e.more()
		e.gained()
		e.loose()
		all = append(all, e.found...)
	}
	return all
}

// evidence is what was measured of one study, and what it says.
type evidence struct {
	*Study
	table     map[key][]span
	resamples int
	found     []Statistic
}

// measured is what is compared: a quantity, and a radius if it needs one.
type measured struct{ quantity, radius string }

// distance needs no radius.
var distance = measured{quantity: "distance"}

// inBalls are the count and the bounds at each radius.
func (s *Study) inBalls() []measured {
	var list []measured
	for _, r := range s.Radii {
		list = append(list, measured{"count", decimal(r)})
		for _, b := range s.Bounds {
			list = append(list, measured{"bound:" + b, decimal(r)})
		}
	}
	return list
}

// values returns what is compared, at the points of a set in the network of a seed.
type values func(q measured, set string, seed uint64, epoch int) []span

// at is the quantity itself.
func (e *evidence) at(q measured, set string, seed uint64, epoch int) []span {
	return e.table[key{e.name(), set, q.quantity, q.radius, seed, epoch}]
}

// change is, point by point, the change of a quantity since the first epoch.
func (e *evidence) change(q measured, set string, seed uint64, epoch int) []span {
	return less(e.at(q, set, seed, epoch), e.at(q, set, seed, e.Epochs[0]))
}

// overCount is, point by point, how much larger a bound is than the count.
func (e *evidence) overCount(q measured, set string, seed uint64, epoch int) []span {
	return less(e.at(q, set, seed, epoch), e.at(measured{"count", q.radius}, set, seed, epoch))
}

// less returns the differences a − b.
func less(a, b []span) []span {
	var d []span
	for i, v := range a {
		d = append(d, span{v.low - b[i].high, v.high - b[i].low})
	}
	return d
}

// claim compares the values at the points of set with those of against, or with 0.
func (e *evidence) claim(observation string, value values, q measured, set, against string, epoch int) {
	var groups []group
	for k := range e.Seeds {
		seed := e.FirstSeed + uint64(k)
		g := group{a: value(q, set, seed, epoch)}
		if against != "" {
			g.b = value(q, against, seed, epoch)
		}
		groups = append(groups, g)
	}
	s := Statistic{Comparison: Comparison{Data: e.data.Name, Optimizer: e.Optimizer, Observation: observation, Set: set, Against: against,
		Quantity: q.quantity, Radius: q.radius, Epoch: epoch}}
	s.compare(groups, e.resamples)
	e.found = append(e.found, s)
}

// away is the first observation: at each set alone, and at training points against the others.
func (e *evidence) away() {
	for _, epoch := range e.Epochs[1:] {
		for _, set := range Sets {
			e.claim("away", e.change, distance, set, "", epoch)
		}
		for _, against := range Sets[1:] {
			e.claim("away", e.change, distance, AtTraining, against, epoch)
		}
	}
}

// more is the second observation, by the count and by each bound, and the same of the distance.
func (e *evidence) more() {
	for _, epoch := range e.Epochs {
		for _, q := range append([]measured{distance}, e.inBalls()...) {
			for _, against := range Sets[1:] {
				e.claim("more", e.at, q, AtTraining, against, epoch)
			}
		}
	}
}

// gained is the second observation less what was so before training.
func (e *evidence) gained() {
	for _, epoch := range e.Epochs[1:] {
		for _, q := range e.inBalls() {
			for _, against := range Sets[1:] {
				e.claim("gained", e.change, q, AtTraining, against, epoch)
			}
		}
	}
}

// loose is how much larger the bounds are than the count.
func (e *evidence) loose() {
	for _, epoch := range e.Epochs {
		for _, q := range e.inBalls() {
			for _, set := range []string{AtTraining, AtRandom} {
				if q.quantity != "count" {
					e.claim("loose", e.overCount, q, set, "", epoch)
				}
			}
		}
	}
}

var statisticsHeader = []string{"data", "optimizer", "observation", "quantity", "radius", "epoch", "set", "against",
	"seeds", "positive", "negative", "estimate_low", "estimate_high", "interval_from", "interval_to", "sign_test_p", "verdict"}

func (s Statistic) record() []string {
	record := []string{s.Data, s.Optimizer, s.Observation, s.Quantity, s.Radius, strconv.Itoa(s.Epoch), s.Set, s.Against,
		strconv.Itoa(s.Seeds), strconv.Itoa(s.Positive), strconv.Itoa(s.Negative)}
	for _, v := range []float64{s.Low, s.High, s.From, s.To, s.P} {
		record = append(record, strconv.FormatFloat(v, 'f', 4, 64))
	}
	return append(record, s.Verdict)
}
