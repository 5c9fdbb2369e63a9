package attack

import (
	"bytes"
	"os"
	"testing"
	"time"
)

// Variable is the environment variable that says for how long Run searches, such as 60s; without it a search is short and
// the same each time.
const Variable = "RELUCELL_ATTACK"

// Run searches as a test: for so many cases, or for as long as Variable says. It logs the largest ratios and fails with
// each bound that was exceeded, and the case.
func Run(t testing.TB, cases int, measure Measure) {
	t.Helper()
	seed, budget := uint64(1), Budget{Cases: cases}
	if text := os.Getenv(Variable); text != "" {
		length, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("%s: %v, expected a duration such as 60s", Variable, err)
		}
		seed, budget = uint64(time.Now().UnixNano()), Budget{Until: time.Now().Add(length)}
	}
	report := Climb(seed, budget, true, measure)
	t.Logf("seed %d, %v", seed, report)
	for _, f := range report.Broken() {
		var text bytes.Buffer
		n, b, _ := f.Case.Build()
		if err := n.WriteCanonical(&text); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%v, in the ball %v, centre %v, radius %v\n%s", f, b.Norm(), b.Center(), b.Radius(), text.String())
	}
}
