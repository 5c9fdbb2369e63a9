// The report as a table for people, for documents, for spreadsheets, and as
// JSON. Ratios may exceed any float, so they are written from their logarithms.

package crosscheck

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/tables"
)

// Formats lists what Write takes.
func Formats() []string { return []string{"text", "markdown", "csv", "json"} }

// quantiles are those shown: half, nine tenths, and the worst.
var quantiles = []float64{0.5, 0.9, 1}

// Write writes the report: one row a bound, in the order of the run. text and
// markdown also say how the claims of dominance fared and what failed.
func (r *Report) Write(w io.Writer, format string) error {
	switch format {
	case "json":
		return r.writeJSON(w)
	case "csv":
		return r.writeCSV(w)
	case "text", "markdown":
	default:
		return fmt.Errorf("format: %q, expected %s", format, strings.Join(Formats(), ", "))
	}
	t := tables.New(table.Row{"Bound", "Kind", "Scope", "Violations", "Geo. mean", "Median", "90%", "Worst", "Best", "= count", "Time/case"}, 1, 2, 3)
	for _, s := range r.Bounds {
		row := table.Row{s.Name, s.Kind, s.Scope, s.Violations, ratioText(s.GeoMeanLog2())}
		for _, q := range quantiles {
			row = append(row, ratioText(s.worse(q)))
		}
		row = append(row, percent(s.Best, s.Ratios()), percent(s.Equal, s.Ratios()), perCase(s.Time, s.Cases))
		t.AppendRow(row)
	}
	body := tables.Text(t)
	if format == "markdown" {
		body = t.RenderMarkdown()
	}
	_, err := fmt.Fprintf(w, "%s\n\n%s\n\n%s", r.headline(), body, r.claimsText())
	return err
}

func (r *Report) headline() string {
	return fmt.Sprintf("%d cases, %d counted exactly, %s regions in %v. Bound ÷ count:", r.Cases, r.Exact, r.Regions, r.CountTime.Round(time.Millisecond))
}

// claimsText says how the claims fared, and what failed.
func (r *Report) claimsText() string {
	var b strings.Builder
	held, tried := 0, 0
	for _, d := range r.Dominances {
		if tried++; len(d.Failures) == 0 {
			held++
			continue
		}
		fmt.Fprintf(&b, "claim failed in %d of %d cases: %s ≤ %s; first %s\n", len(d.Failures), d.Cases, d.Finer, d.Coarser, d.Failures[0])
	}
	if tried > 0 {
		fmt.Fprintf(&b, "%d of %d claims of dominance held in every case.\n", held, tried)
	}
	for _, s := range r.Bounds {
		if s.Errors > 0 {
			fmt.Fprintf(&b, "%s: no value in %d of %d cases; first %v\n", s.Name, s.Errors, s.Cases, s.FirstError)
		}
	}
	for _, c := range r.WrongCounts {
		fmt.Fprintf(&b, "wrong count: %s\n", c)
	}
	fmt.Fprintf(&b, "%d violations.\n", len(r.Violations))
	for i, f := range r.Violations {
		if i == 10 {
			fmt.Fprintf(&b, "… and %d more\n", len(r.Violations)-i)
			break
		}
		fmt.Fprintf(&b, "VIOLATION %s\n", f)
	}
	return b.String()
}

// ratioText writes 2^l with three digits.
func ratioText(l float64) string {
	switch {
	case math.IsNaN(l):
		return "–"
	case l < 13:
		return strconv.FormatFloat(math.Exp2(l), 'f', digitsFor(l), 64)
	}
	e := math.Floor(l * math.Log10(2))
	return fmt.Sprintf("%.1fe%d", math.Pow(10, l*math.Log10(2)-e), int(e))
}

// digitsFor returns how many decimals 2^l gets.
func digitsFor(l float64) int {
	switch {
	case l < 3.3:
		return 3
	case l < 6.6:
		return 1
	}
	return 0
}

func percent(a, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(a)/float64(of))
}

func perCase(d time.Duration, cases int) string {
	if cases == 0 {
		return "–"
	}
	d /= time.Duration(cases)
	if d >= time.Millisecond {
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(100 * time.Nanosecond).String()
}

// summaryJSON is a row of the JSON report. Ratios are logarithms to base 2.
type summaryJSON struct {
	Name       string   `json:"name"`
	Kind       string   `json:"kind"`
	Scope      string   `json:"scope"`
	Cases      int      `json:"cases"`
	Violations int      `json:"violations"`
	Errors     int      `json:"errors"`
	FirstError string   `json:"first_error,omitempty"`
	GeoMean    *float64 `json:"log2_geo_mean"`
	Median     *float64 `json:"log2_median"`
	Q90        *float64 `json:"log2_q90"`
	Worst      *float64 `json:"log2_worst"`
	Exact      int      `json:"cases_exact"`
	Best       int      `json:"best"`
	Equal      int      `json:"equal"`
	Seconds    float64  `json:"seconds"`
}

type failureJSON struct {
	Case  string    `json:"case"`
	Bound string    `json:"bound"`
	Value string    `json:"value"`
	Than  string    `json:"than"`
	Limit string    `json:"limit"`
	Ball  ball.JSON `json:"ball"`
	Net   string    `json:"net"`
}

type claimJSON struct {
	Finer    string        `json:"finer"`
	Coarser  string        `json:"coarser"`
	Cases    int           `json:"cases"`
	Equal    int           `json:"equal"`
	Failures []failureJSON `json:"failures"`
}

type reportJSON struct {
	Cases       int           `json:"cases"`
	Exact       int           `json:"exact"`
	Regions     string        `json:"regions"`
	Seconds     float64       `json:"seconds"`
	Bounds      []summaryJSON `json:"bounds"`
	Dominances  []claimJSON   `json:"dominances"`
	Violations  []failureJSON `json:"violations"`
	WrongCounts []string      `json:"wrong_counts"`
	Notes       []string      `json:"notes,omitempty"`
}

func (r *Report) writeJSON(w io.Writer) error {
	j := reportJSON{Cases: r.Cases, Exact: r.Exact, Regions: r.Regions.String(), Seconds: r.CountTime.Seconds(),
		Bounds: []summaryJSON{}, Dominances: []claimJSON{}, Violations: failuresJSON(r.Violations), WrongCounts: append([]string{}, r.WrongCounts...), Notes: r.Notes}
	for _, s := range r.Bounds {
		row := summaryJSON{Name: s.Name, Kind: string(s.Kind), Scope: string(s.Scope), Cases: s.Cases, Violations: s.Violations, Errors: s.Errors,
			GeoMean: known(s.GeoMeanLog2()), Median: known(s.worse(0.5)), Q90: known(s.worse(0.9)), Worst: known(s.worse(1)),
			Exact: s.Ratios(), Best: s.Best, Equal: s.Equal, Seconds: s.Time.Seconds()}
		if s.FirstError != nil {
			row.FirstError = s.FirstError.Error()
		}
		j.Bounds = append(j.Bounds, row)
	}
	for _, d := range r.Dominances {
		j.Dominances = append(j.Dominances, claimJSON{d.Finer, d.Coarser, d.Cases, d.Equal, failuresJSON(d.Failures)})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(j)
}

// known is v, null when there is none.
func known(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

func failuresJSON(fs []Failure) []failureJSON {
	out := []failureJSON{}
	for _, f := range fs {
		out = append(out, failureJSON{f.Case.Name, f.Bound, f.Value.String(), f.Than, f.Limit.String(), f.Case.Ball.JSON(), f.Case.Net.Fingerprint()})
	}
	return out
}

func (r *Report) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"bound", "kind", "scope", "cases", "violations", "errors", "log2_geomean", "log2_median", "log2_q90", "log2_worst", "exact_cases", "best", "equal", "seconds"}}
	number := func(v float64) string {
		if math.IsNaN(v) {
			return ""
		}
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	for _, s := range r.Bounds {
		rows = append(rows, []string{s.Name, string(s.Kind), string(s.Scope), strconv.Itoa(s.Cases), strconv.Itoa(s.Violations), strconv.Itoa(s.Errors),
			number(s.GeoMeanLog2()), number(s.worse(0.5)), number(s.worse(0.9)), number(s.worse(1)),
			strconv.Itoa(s.Ratios()), strconv.Itoa(s.Best), strconv.Itoa(s.Equal), number(s.Time.Seconds())})
	}
	return out.WriteAll(rows)
}
