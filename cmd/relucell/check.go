package main

// check: the independent checker of proofs, behind a door that only opens files.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/certificate/pairsproof"
	"github.com/relucell/relucell/certificate/safetyproof"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network/load"
)

type checkCmd struct {
	net     netFlags
	spec    string
	reals   bool
	workers int
	format  string
	never   []int // neurons that are to be on nowhere
	reach   string
	slope   *slopeClaim // or nil
}

func newCheckCmd() *cobra.Command {
	c := &checkCmd{}
	cmd := &cobra.Command{
		Use:   "check NET PROOF",
		Short: "Verify a proof of a count, or of safety",
		Long: `check verifies every line of a proof that "count --proof" wrote, with integers alone and with code
that shares nothing with the walk. It exits 0 only if all of it holds, also for a proof of a lower
bound ("count >= N"), and says which it is.

It verifies a proof of "verify --proof" as well, that no point satisfies a query, and a witness of
"verify --witness", a point that does. --spec gives the VNN-LIB file: the query is derived from it,
by a reader of the checker's own. Without it a proof is held against the query that it states, which
is printed, and the answer says that no file was checked.

The checker reads the canonical text of a network (.json). Other formats are converted in memory
first; that import is then trusted, not verified. Use "relucell convert" to have the text itself.

And it verifies a proof of "diff --pairs", that no output of a network with one layer of neurons is larger in
size than so much on a ball.

--reach FILE.jsonl asks whether a file that "relucell reach" wrote is that of the proof's regions: that
none is missing, and that every pattern, map, row, vertex and image in it is right. The rows of a
region and the ball are then its domain, and where a region has vertices none of them is missing.

--never-on asks the proof one thing more: that these neurons, counted from 0 in network order, are on
nowhere in the ball, that is, that their pre-activations are at most 0 everywhere. A proof of a count
says so without a word more. With unexplored cells it does only where all of them decide the neuron.

--lipschitz asks whether the Lipschitz constant of the network on the ball is this, or within these
bounds, with one norm on both sides: the proof says which regions there are, the network what it is
there, and the largest norm of that is compared in integers. It wants a proof without unexplored cells.`,
		Example: `  relucell check net.json net.proof
  relucell check net.json net.proof --never-on 64,65
  relucell check net.json net.proof --lipschitz linf=7/2
  relucell check net.onnx safe.proof --spec property.vnnlib`,
		Args:              exactly("NET", "PROOF"),
		ValidArgsFunction: completeNetThenAny,
		RunE:              action(c.run),
	}
	c.net.add(cmd.Flags())
	cmd.Flags().StringVar(&c.spec, "spec", "", "the VNN-LIB `FILE` that a proof of safety, or a witness, is about")
	cmd.Flags().BoolVar(&c.reals, "reals", false, "read a query over a floating-point type as one over the reals; the answer says so")
	workersFlag(cmd.Flags(), &c.workers)
	cmd.Flags().StringVar(&c.reach, "reach", "", "require that this `FILE` of relucell reach is that of the proof's regions")
	flag(cmd.Flags(), &c.never, "never-on", "J[,J...]", "", "require that these neurons are on nowhere in the ball", neuronList)
	flag(cmd.Flags(), &c.slope, "lipschitz", "NORM=L[:U]", "", "require that this is the Lipschitz constant in l2, linf or l1, or that it is between L and U", newSlopeClaim)
	formatFlag(cmd, &c.format)
	return cmd
}

func completeNetThenAny(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 1 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return completeNet(cmd, args, word)
}

// checkJSON is the verdict.
type checkJSON struct {
	Verified bool   `json:"verified"`
	Net      string `json:"sha256,omitempty"`
	Trusted  string `json:"trusted_import,omitempty"`
	provedJSON
	refusalJSON
	// Safety is there for a proof of safety and a witness.
	Safety *safetyJSON `json:"safety,omitempty"`
	// Reached is the number of regions of the reach set that was asked about.
	Reached int64 `json:"reach_regions,omitempty"`
	// NeverOn are the neurons that were asked about, and are on nowhere in the ball.
	NeverOn []int `json:"never_on,omitempty"`
	// Lipschitz is what was asked about the constant.
	Lipschitz *slopeJSON `json:"lipschitz,omitempty"`
	// Pairs is there for a bound in pairs.
	Pairs *pairsJSON `json:"pairs,omitempty"`
	// Notes are those of an import.
	Notes []string `json:"notes,omitempty"`
}

// provedJSON is what a proof of a count says.
type provedJSON struct {
	Ball       string `json:"ball,omitempty"`
	Definition string `json:"definition,omitempty"`
	Relation   string `json:"relation,omitempty"`
	Count      string `json:"count,omitempty"`
	Regions    int64  `json:"regions,omitempty"`
	Open       int64  `json:"unexplored,omitempty"`
	Nodes      int64  `json:"nodes,omitempty"`
	Parts      int64  `json:"parts,omitempty"`
}

// refusalJSON says where and why a proof is refused.
type refusalJSON struct {
	File   string `json:"file,omitempty"`
	Line   int64  `json:"line,omitempty"`
	Reason string `json:"reason,omitempty"`
}

func (c *checkCmd) run(cmd *cobra.Command, args []string) error {
	if cmd.Flags().Changed("spec") {
		c.net.about = c.spec
	}
	text, format, err := c.canonical(cmd, args[0])
	if err != nil {
		return err
	}
	if st, err := os.Stat(args[1]); err != nil {
		return badInput(files.Plain(err))
	} else if !st.Mode().IsRegular() {
		return badInputf("%s: not a regular file, expected a proof", args[1])
	}
	if safetyproof.Is(args[1]) {
		if c.never != nil || c.slope != nil || cmd.Flags().Changed("reach") {
			return badInputf("--never-on, --reach, --lipschitz: %s is a proof of safety or a witness, expected the proof of a count", args[1])
		}
		return c.safety(cmd, args, text, format)
	}
	if pairsproof.Is(args[1]) {
		return c.pairs(cmd, args, text, format)
	}
	if cmd.Flags().Changed("spec") || c.reals {
		return badInputf("--spec and --reals: %s is no proof of safety and no witness", args[1])
	}
	opt := certificate.Options{Workers: c.workers}
	if c.slope != nil {
		opt.Lipschitz = c.slope.claim
	}
	if cmd.Flags().Changed("reach") {
		if st, err := os.Stat(c.reach); err == nil && !st.Mode().IsRegular() {
			return badInputf("--reach: %s: not a regular file, expected one of relucell reach", c.reach)
		}
		file, err := os.Open(c.reach)
		if err != nil {
			return badInput(named("reach", files.Plain(err)))
		}
		defer file.Close()
		opt.Reach = certificate.NewReach(filepath.Base(c.reach), file)
	}
	ctx, release := interruptible(cmd)
	defer release()
	r, err := checkedBy(ctx, c, cmd, args, func() (*certificate.Report, error) { return certificate.CheckContext(ctx, text, args[1], opt) })
	if err != nil {
		return err
	}
	if err := c.silent(r); err != nil {
		var e *exitError
		if errors.As(err, &e) { // there is no such neuron
			return err
		}
		return c.refuse(cmd, args, err)
	}
	return c.accept(cmd, args, r, format)
}

// checkedBy returns what the checker says, or says that it refuses or was stopped.
func checkedBy[R any](ctx context.Context, c *checkCmd, cmd *cobra.Command, args []string, check func() (*R, error)) (*R, error) {
	r, err := within(ctx, check)
	switch {
	case err != nil && ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))):
		return nil, stopped(ctx, args[1]+": stopped before it was checked")
	case err != nil:
		return nil, c.refuse(cmd, args, err)
	}
	return r, nil
}

// verified prints the verdict that all of it holds, of a network that was converted from a format
// if that is not "".
func (c *checkCmd) verified(cmd *cobra.Command, net, format string, j checkJSON, text func(*fields)) error {
	j.Verified, j.Net, j.Trusted, j.Notes = true, strings.TrimPrefix(net, "sha256:"), format, c.net.notes
	return printAs(cmd.OutOrStdout(), c.format, j, text)
}

// checkedNet names a network whose proof was checked.
func (f *fields) checkedNet(path, net, format string) {
	f.line("Network", "%s: %s", filepath.Base(path), net)
	if format != "" {
		f.line("", "converted from %s in memory: the import is trusted, the proof is about the network of this fingerprint", format)
	}
}

// canonical returns the text that the checker reads, and the format it was converted from, if any.
func (c *checkCmd) canonical(cmd *cobra.Command, path string) (text []byte, format string, err error) {
	if strings.EqualFold(filepath.Ext(path), ".json") && !c.net.normalise {
		text, err = files.ReadLimited(path, load.MaxFileBytes)
		return text, "", badInput(files.Plain(err))
	}
	if path == piped && !c.net.normalise && callOf(cmd) == nil {
		text, err = pipedText(cmd.InOrStdin())
		return text, "", badInput(err)
	}
	n, im, err := c.net.read(contextOf(cmd), cmd, path)
	if err != nil {
		return nil, "", err
	}
	return n.Canonical(), im.Format, nil
}

// refuse says which line of which file does not hold.
func (c *checkCmd) refuse(cmd *cobra.Command, args []string, err error) error {
	j := checkJSON{refusalJSON: refusalJSON{File: args[1], Reason: err.Error()}, Notes: c.net.notes}
	var e *certificate.Error
	if errors.As(err, &e) {
		j.File, j.Line, j.Reason = e.File, e.Line, e.Reason
		if e.File == "network" {
			j.File = args[0]
			j.Reason += " (relucell convert writes the canonical text)"
		}
	}
	if c.format == "json" {
		if err := writeJSON(cmd.OutOrStdout(), j); err != nil {
			return err
		}
	}
	place := j.File
	if j.Line > 0 {
		place = fmt.Sprintf("%s: line %d", j.File, j.Line)
	}
	return failed(fmt.Errorf("NOT VERIFIED: %s: %s", place, j.Reason))
}

func (c *checkCmd) accept(cmd *cobra.Command, args []string, r *certificate.Report, format string) error {
	relation, word := "=", "exactly"
	if r.AtLeast {
		relation, word = ">=", "at least"
	}
	j := checkJSON{provedJSON: provedJSON{r.Ball, r.Definition, relation, fmt.Sprint(r.Count), r.Regions, r.Open, r.Nodes, r.Parts}, NeverOn: c.never, Reached: r.Reached, Lipschitz: c.slope.verified(r)}
	return c.verified(cmd, r.Net, format, j, func(f *fields) { c.text(f, args, r, word, format) })
}

// text says what a proof of a count shows.
func (c *checkCmd) text(f *fields, args []string, r *certificate.Report, word, format string) {
	regions := tables.Numbered(r.Count, r.Definition+" region")
	verb := "meet"
	if r.Count == 1 {
		verb = "meets"
	}
	f.line("VERIFIED", "%s %s %s the ball", word, regions, verb)
	if r.AtLeast {
		f.line("", "this proves a lower bound, not the count: %s left unexplored", tables.Numbered(r.Open, "cell"))
	}
	if c.reach != "" {
		f.line("VERIFIED", "%s holds these regions, each with its map, its domain and %s", c.reach, verticesOf(r.Vertices))
	}
	if c.never != nil {
		f.line("VERIFIED", "%s on nowhere in the ball", neuronsAre(c.never))
	}
	if c.slope != nil {
		c.slope.text(f, r)
	}
	f.checkedNet(args[0], r.Net, format)
	f.line("Ball", "%s", r.Ball)
	f.line("Checked", "%s, %s with a witness, %s", tables.Numbered(r.Nodes, "node"), tables.Numbered(r.Regions+r.Open, "cell"), tables.Numbered(r.Parts, "part"))
}

// verticesOf says how many vertices a reach set has.
func verticesOf(n int64) string {
	if n == 0 {
		return "no vertices"
	}
	return "all its vertices, " + tables.GroupedInt(n) + " in all"
}
