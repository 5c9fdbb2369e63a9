package main

// check of a proof of safety or of a witness: the answer, for people and programs.

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/certificate/safetyproof"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/vnnlib"
)

// safetyJSON says what was verified of a query.
type safetyJSON struct {
	// Verdict is "holds", no point satisfies the query, or "violated", a point does.
	Verdict string `json:"verdict"`
	// Spec is the hash of the specification that the file names, and SpecChecked whether it was
	// given, and the query derived from it.
	Spec        string `json:"spec,omitempty"`
	SpecChecked bool   `json:"spec_checked"`
	// Reals is the floating-point type of a specification that was read as one over the reals.
	Reals     string   `json:"read_as_reals,omitempty"`
	Boxes     int      `json:"boxes"`
	Disjuncts int      `json:"disjuncts"`
	Query     []string `json:"query"`
	Bits      uint     `json:"bits,omitempty"`
	Splits    int64    `json:"splits"`
	Leaves    int64    `json:"leaves"`
}

// safety checks a proof of safety or a witness, about the network whose canonical text is given.
func (c *checkCmd) safety(cmd *cobra.Command, args []string, text []byte, format string) error {
	ctx, release := interruptible(cmd)
	defer release()
	var spec *safetyproof.Spec
	if cmd.Flags().Changed("spec") {
		b, err := readFile(ctx, c.spec, vnnlib.MaxBytes)
		if err != nil {
			return badInput(named("spec", err))
		}
		spec = &safetyproof.Spec{Name: c.spec, Text: b}
	}
	r, err := checkedBy(ctx, c, cmd, args, func() (*safetyproof.Report, error) {
		return safetyproof.Check(ctx, text, spec, args[1], safetyproof.Options{Workers: c.workers, Reals: c.reals})
	})
	if err != nil {
		return err
	}
	return c.verified(cmd, r.Net, format, checkJSON{Safety: newSafetyJSON(r)}, func(f *fields) { c.safetyText(f, args, r, format) })
}

func newSafetyJSON(r *safetyproof.Report) *safetyJSON {
	verdict := "holds"
	if r.Witness {
		verdict = "violated"
	}
	return &safetyJSON{verdict, strings.TrimPrefix(strings.TrimPrefix(r.Spec, "sha256:"), "-"), r.Checked, r.Type, r.Boxes, r.Disjuncts, r.Query, r.Bits, r.Splits, r.Leaves}
}

func (c *checkCmd) safetyText(f *fields, args []string, r *safetyproof.Report, format string) {
	if r.Witness {
		f.line("VERIFIED", "violated: the point satisfies the query")
	} else {
		f.line("VERIFIED", "holds: no point satisfies the query")
	}
	f.checkedNet(args[0], r.Net, format)
	f.line("Query", "%s in %s", tables.Numbered(int64(r.Disjuncts), "alternative"), numbered(r.Boxes, "box", "boxes"))
	switch {
	case r.Checked:
		f.line("", "derived from %s: %s", filepath.Base(c.spec), r.Spec)
		if r.Type != "" {
			f.line("", "its type is %s: this is an answer about the reals", r.Type)
		}
	default:
		f.line("", "as the proof states it, spec not checked: --spec FILE holds it against %s", r.Spec)
		for _, line := range r.Query {
			f.line("", "%s", line)
		}
	}
	if !r.Witness {
		f.line("Checked", "%s, %s, in units of 2^-%d", tables.Numbered(r.Splits, "split"), numbered(int(r.Leaves), "refutation", "refutations"), r.Bits)
	}
}
