// Command bench measures what a certified count costs: the fixed set of networks
// that docs/performance.md shows, what a proof adds, the slow twins, and how the
// cost grows.
//
//	go run ./internal/tools/bench [-run REGEXP] [-quick] [-o FILE]
//	go run ./internal/tools/bench -twins -scaling -o docs/performance.json -docs docs
//	go run ./internal/tools/bench -from docs/performance.json -docs docs
//
// The first prints tables, and writes them as JSON where asked. The second measures
// everything and puts it into docs/performance.md; the third writes that page's
// tables and picture again from what was measured. Speeds belong to a machine, so the column to
// compare is "passes": time per region in forward passes of the same network.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
)

// options says what to measure and how often.
type options struct {
	run     *regexp.Regexp
	nets    string // folder of the public networks
	rounds  int
	budget  time.Duration
	workers []int
	quick   bool
	proofs  bool
	twins   bool
	scaling bool
	large   bool
	log     io.Writer
}

// report is all that was measured; it is the JSON file.
type report struct {
	Go      string       `json:"go"`
	System  string       `json:"system"`
	CPUs    int          `json:"cpus"`
	Rounds  int          `json:"rounds"`
	Counts  []countRow   `json:"counts"`
	Proofs  []proofRow   `json:"proofs,omitempty"`
	Twins   []twinRow    `json:"twins,omitempty"`
	Scaling []scalingRow `json:"scaling,omitempty"`
	Skipped []string     `json:"skipped,omitempty"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := bench(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is the program: arguments in, tables out, progress to log.
func bench(ctx context.Context, args []string, out, log io.Writer) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(log)
	opt := options{log: log}
	pattern := f.String("run", "", "measure the cases whose network and ball match this `regexp`, as in \"16-16-2 linf\"")
	workers := f.String("workers", "1,2", "numbers of workers; the others are compared with the first")
	f.StringVar(&opt.nets, "nets", filepath.Join("..", "shared", "nets"), "`folder` of the public networks; those that are missing are skipped")
	f.IntVar(&opt.rounds, "rounds", 5, "rounds, of which the best counts")
	f.DurationVar(&opt.budget, "budget", 10*time.Second, "no further round of a case that has taken so long")
	f.BoolVar(&opt.quick, "quick", false, "small networks alone, one round")
	f.BoolVar(&opt.proofs, "proofs", true, "measure also what a proof costs to write and to check")
	f.BoolVar(&opt.twins, "twins", false, "measure also the plain walks, which take a minute")
	f.BoolVar(&opt.scaling, "scaling", false, "measure also how the cost grows, some minutes")
	f.BoolVar(&opt.large, "large", false, "include counts of many millions, which take minutes")
	from := f.String("from", "", "measure nothing, read this JSON `file`")
	to := f.String("o", "", "write what was measured as JSON to this `file`")
	docs := f.String("docs", "", "put the tables into performance.md and draw scaling.svg in this `folder`")
	if err := f.Parse(args); err != nil {
		return err
	}
	var err error
	if opt.run, err = regexp.Compile(*pattern); err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	if opt.workers, err = parseWorkers(*workers); err != nil {
		return err
	}
	if opt.quick {
		opt.rounds = 1
	}
	if opt.rounds < 1 || f.NArg() > 0 {
		return errors.New("expected flags alone, and -rounds of at least 1")
	}
	r := report{}
	if *from != "" {
		r, err = readReport(*from)
	} else {
		r, err = measure(ctx, opt)
	}
	if err != nil {
		return err
	}
	return write(r, out, *to, *docs)
}

// measure runs the parts that are asked for.
func measure(ctx context.Context, opt options) (report, error) {
	r := report{Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(), Rounds: opt.rounds}
	cases, skipped, err := chosen(opt)
	if err != nil {
		return r, err
	}
	for _, s := range skipped {
		fmt.Fprintf(opt.log, "skipped: %s is not in %s\n", s, opt.nets)
	}
	r.Skipped = skipped
	if r.Counts, err = measureCounts(ctx, cases, opt); err != nil {
		return r, err
	}
	if opt.proofs {
		if r.Proofs, err = measureProofs(ctx, cases, r.Counts, opt); err != nil {
			return r, err
		}
	}
	if opt.twins {
		if r.Twins, err = measureTwins(ctx, cases, r.Counts, opt); err != nil {
			return r, err
		}
	}
	if opt.scaling {
		r.Scaling, err = measureScaling(ctx, opt)
	}
	return r, err
}

// write prints the tables and writes the files that are asked for.
func write(r report, out io.Writer, to, docs string) error {
	for _, t := range r.tables() {
		if _, err := fmt.Fprintf(out, "%s\n\n%s\n\n", t.title, tables.Text(t.writer)); err != nil {
			return err
		}
	}
	if to != "" {
		if err := files.WriteJSON(to, r); err != nil {
			return err
		}
	}
	if docs == "" {
		return nil
	}
	if err := r.writeDocs(filepath.Join(docs, "performance.md")); err != nil {
		return err
	}
	if len(r.Scaling) == 0 {
		return nil
	}
	return drawScaling(r.Scaling, filepath.Join(docs, "scaling.svg"))
}

// readReport reads the JSON file of an earlier run.
func readReport(path string) (report, error) {
	var r report
	text, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("%s: %w, expected what -o wrote", path, err)
	}
	return r, nil
}

func parseWorkers(s string) ([]int, error) {
	var all []int
	for _, field := range strings.Split(s, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-workers: %q, expected positive whole numbers separated by commas", s)
		}
		all = append(all, n)
	}
	return all, nil
}
