package attack

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Variable is the environment variable that says for how long Run searches, such as 60s; without it
// a search is short and the same each time.
const Variable = "RELUCELL_ATTACK"

// islands searches on every processor for itself, and joins what was found.
func islands(budget Budget, measure Measure) Report {
	seed := uint64(time.Now().UnixNano())
	reports := make([]Report, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i := range reports {
		wg.Go(func() { reports[i] = Climb(seed+uint64(i), budget, true, measure) })
	}
	wg.Wait()
	all := reports[0]
	for _, r := range reports[1:] {
		all.Cases += r.Cases
		all.Worst, all.Guides = worse(all.Worst, r.Worst), worse(all.Guides, r.Guides)
	}
	return all
}

// worse joins two lists by name.
func worse(a, b []Found) []Found {
	for _, f := range b {
		at, known := slices.BinarySearchFunc(a, f, func(x, y Found) int { return strings.Compare(x.Bound, y.Bound) })
		switch {
		case !known:
			a = slices.Insert(a, at, f)
		case f.Ratio > a[at].Ratio:
			a[at] = f
		}
	}
	return a
}

// Run searches as a test: for so many cases, or for as long as Variable says. It logs the largest
// ratios and fails with each bound that was exceeded, and the case.
func Run(t testing.TB, cases int, measure Measure) {
	t.Helper()
	report := Report{}
	if text := os.Getenv(Variable); text == "" {
		report = Climb(1, Budget{Cases: cases}, true, measure)
	} else {
		length, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("%s: %v, expected a duration such as 60s", Variable, err)
		}
		report = islands(Budget{Until: time.Now().Add(length)}, measure)
	}
	t.Log(report)
	for _, f := range report.Broken() {
		n, b, _ := f.Case.Build()
		t.Errorf("%v, in the ball %v, centre %v, radius %v\n%s", f, b.Norm(), b.Center(), b.Radius(), n.Canonical())
	}
}
