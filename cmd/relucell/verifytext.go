package main

// The answer of verify, for people, programs and the competition.

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/big"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
	"github.com/relucell/relucell/safety"
	"github.com/relucell/relucell/vnnlib"
)

// answer is a verdict with all that it is about.
type answer struct {
	res                 safety.Result
	query               *vnnlib.Query
	net                 *network.Network
	im                  *network.Import
	notes               []string
	netPath, specPath   string
	netStamp, specStamp string
	witness             string // the file that it was written to
	proof               string // the file that was asked for
	unproved            error  // why a proof that there is could not be written
}

// verifyJSON is the answer.
type verifyJSON struct {
	Net     netJSON      `json:"net"`
	Query   queryJSON    `json:"query"`
	Verdict string       `json:"verdict"`
	Witness *witnessJSON `json:"witness,omitempty"`
	// Stopped says why the verdict is unknown.
	Stopped string `json:"stopped,omitempty"`
	// Proof is the file of the proof, where one was written.
	Proof string `json:"proof,omitempty"`
	Nodes int64  `json:"nodes"`
	// Programmes counts linear programmes, Exact those in fractions.
	Programmes int64   `json:"programmes"`
	Exact      int64   `json:"exact_programmes"`
	Seconds    float64 `json:"seconds"`
	// Rounded names what the import of the network rounded.
	Rounded []string `json:"rounded,omitempty"`
	Notes   []string `json:"notes,omitempty"`
}

type queryJSON struct {
	SHA256    string `json:"sha256"`
	Version   string `json:"version"`
	Type      string `json:"type"`
	Boxes     int    `json:"boxes"`
	Disjuncts int    `json:"disjuncts"`
	// Reals says that the file's type is not that of the reals.
	Reals bool `json:"read_as_reals,omitempty"`
}

// witnessJSON is a point in exact fractions.
type witnessJSON struct {
	Disjunct int      `json:"disjunct"`
	Input    []string `json:"input"`
	Output   []string `json:"output"`
}

func (a *answer) print(w io.Writer, format string) error {
	if format == "vnncomp" {
		out := bufio.NewWriter(w)
		a.competition(out)
		return out.Flush()
	}
	return printAs(w, format, a.json(), a.text)
}

func (a *answer) json() verifyJSON {
	q := a.query
	j := verifyJSON{Net: newNetJSON(a.net, a.netStamp), Verdict: a.res.Verdict.String(), Stopped: a.res.Stopped,
		Query: queryJSON{strings.TrimPrefix(a.specStamp, "sha256:"), q.Version, q.Type, len(q.Boxes), len(q.Disjuncts), q.Type != "Real"},
		Nodes: a.res.Nodes, Programmes: a.res.Programmes, Exact: a.res.Exact, Seconds: a.res.Elapsed.Seconds(), Notes: a.notes}
	if w := a.res.Witness; w != nil {
		j.Witness = &witnessJSON{w.Disjunct, fractions(w.Input), fractions(w.Output)}
	}
	if a.res.Proof != nil && a.unproved == nil {
		j.Proof = a.proof
	}
	for _, r := range a.im.Rounded {
		j.Rounded = append(j.Rounded, r.What)
	}
	return j
}

func fractions(x []*big.Rat) []string { return each(x, (*big.Rat).RatString) }

func (a *answer) text(f *fields) {
	f.stamped(a.netPath, a.net, a.netStamp)
	if a.im.Normalisation != "" {
		f.line("", "normalisation: %s", a.im.Normalisation)
	}
	for _, r := range a.im.Rounded {
		f.line("", "rounded by the import: %s", r.What)
	}
	q := a.query
	f.line("Query", "%s: VNN-LIB %s, %s in %s", filepath.Base(a.specPath), q.Version,
		tables.Numbered(int64(len(q.Disjuncts)), "alternative"), numbered(len(q.Boxes), "box", "boxes"))
	f.line("", "%s", a.specStamp)
	if q.Type != "Real" {
		f.line("", "its type is %s: this is an answer about the reals", q.Type)
	}
	if q.Dropped > 0 {
		f.line("", "%s left out, which no point satisfies", tables.Numbered(int64(q.Dropped), "alternative"))
	}
	switch a.res.Verdict {
	case safety.Holds:
		f.line("Verdict", "holds: no point satisfies the query")
	case safety.Violated:
		f.line("Verdict", "violated: a point satisfies alternative %d of the query", a.res.Witness.Disjunct+1)
		f.line("Input", "(%s)", floats(asFloats(a.res.Witness.Input)))
		f.line("Output", "(%s)", floats(asFloats(a.res.Witness.Output)))
	default:
		f.line("Verdict", "unknown: %s", a.res.Stopped)
	}
	switch {
	case a.witness != "" && a.res.Witness != nil:
		f.line("Witness", "%s: the point in exact fractions", a.witness)
	case a.witness != "":
		f.line("Witness", "%s: none, as the verdict is not that the property is violated", a.witness)
	}
	if a.proof != "" {
		f.line("Proof", "%s: %s", a.proof, a.proved())
	}
	f.line("Searched", "%s, %s, %s in fractions", tables.Numbered(a.res.Nodes, "node"), tables.Numbered(a.res.Programmes, "linear programme"), tables.GroupedInt(a.res.Exact))
	f.line("Time", "%v", rounded(a.res.Elapsed))
}

// proved says what became of the proof.
func (a *answer) proved() string {
	switch {
	case a.unproved != nil:
		return "none, it could not be written"
	case a.res.Proof != nil:
		return "holds"
	}
	return "none, as the verdict is not that the property holds"
}

// writeProof writes the proof, gzipped if its name says so.
func (a *answer) writeProof() error {
	return files.Write(a.proof, func(w io.Writer) error {
		if !strings.HasSuffix(a.proof, ".gz") {
			return a.res.Proof.Write(w, a.netStamp, a.specStamp)
		}
		z := proof.Gzip(w)
		return errors.Join(a.res.Proof.Write(z, a.netStamp, a.specStamp), z.Close())
	})
}

func numbered(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return tables.GroupedInt(int64(n)) + " " + more
}

// asFloats rounds for display.
func asFloats(x []*big.Rat) []float64 {
	return each(x, func(v *big.Rat) float64 {
		f, _ := dyadic.FromRat(v)
		return f
	})
}

// competition prints what VNN-COMP reads: the word, and the point to the nearest floats.
func (a *answer) competition(w *bufio.Writer) {
	word := map[safety.Verdict]string{safety.Holds: "unsat", safety.Violated: "sat"}[a.res.Verdict]
	if word == "" {
		word = "unknown"
		if strings.Contains(a.res.Stopped, errTimeout.Error()) {
			word = "timeout"
		}
	}
	fmt.Fprintln(w, word)
	if p := a.res.Witness; p != nil {
		open := "("
		for i, x := range [][]*big.Rat{p.Input, p.Output} {
			names := [][]string{a.query.Inputs, a.query.Outputs}[i]
			for k, v := range x {
				fmt.Fprintf(w, "%s(%s %s)", open, names[k], nearest(v))
				open = "\n "
			}
		}
		fmt.Fprintln(w, ")")
	}
}

// writeWitness writes the point in exact fractions.
func (a *answer) writeWitness(w io.Writer) error {
	p := a.res.Witness
	_, err := fmt.Fprintf(w, "relucell-witness 1\nnet %s\nspec %s\ndisjunct %d\nx %s\n",
		a.netStamp, a.specStamp, p.Disjunct, strings.Join(fractions(p.Input), " "))
	return err
}

// searchJSON is how far a search is.
type searchJSON struct {
	Nodes   int64   `json:"nodes"`
	Open    int64   `json:"open"`
	Seconds float64 `json:"seconds"`
}

// newSearchProgress is showing for safety.Options.Progress.
func newSearchProgress(cmd *cobra.Command) (show func(safety.Progress), clear func()) {
	asJSON := func(p safety.Progress) searchJSON { return searchJSON{p.Nodes, p.Open, p.Elapsed.Seconds()} }
	return showing(cmd, asJSON, func(p safety.Progress) string {
		return fmt.Sprintf("%s, %s open, %v", tables.Numbered(p.Nodes, "node"), tables.GroupedInt(p.Open), p.Elapsed.Round(100*time.Millisecond))
	})
}
