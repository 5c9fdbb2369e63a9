package main

// crosscheck: bounds against certified counts, over generated cases or given networks.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/internal/chart"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

type crosscheckCmd struct {
	net      netFlags
	ball     ballFlags
	workers  int
	drawn    drawnCases
	limit    int64
	bounds   []string
	command  string
	wait     time.Duration
	replay   string
	corpus   string
	output   string
	failures string
	format   string
	// notes are those of all networks, each with its file.
	notes []string
}

// drawnCases says which cases are generated.
type drawnCases struct {
	cases int
	seed  uint64
	from  string
}

// shrinkTime is what making one violation small may take.
const shrinkTime = 30 * time.Second

// maxShrunk is the number of violations that are shrunk and written: one a bound, and no more than
// this.
const maxShrunk = 5

func newCrosscheckCmd() *cobra.Command {
	c := &crosscheckCmd{net: netFlags{writes: true}}
	cmd := &cobra.Command{
		Use:   "crosscheck [NET…]",
		Short: "Hold bounds against certified counts",
		Long: `crosscheck counts the regions of many cases, evaluates the bounds, and says of each how often it
is wrong, how far it is from the count, and how long it takes. Without NET the cases are generated;
with NET they are these networks in generated balls, or in the ball that --center, --radius and
--norm, or --box, name.

A violation is shrunk to a small case and written, with a proof of its count, to the folder of
--failures; the exit code is then 1. --bound-command holds a bound of your own against the counts.`,
		Example: `  relucell crosscheck --cases 1000 --seed 7 -o report.svg
  relucell crosscheck policy.onnx --bounds serra,crown,dial-1 --format markdown
  relucell crosscheck --bound-command './mybound' --bounds crown
  relucell crosscheck --replay failures/mybound-1.case.json --bound-command './mybound'`,
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return completedEndings, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: action(c.run),
	}
	fs := cmd.Flags()
	c.ball.add(cmd)
	c.net.add(fs)
	workersFlag(fs, &c.workers)
	limitFlag(fs, &c.limit, "regions of a case at which its walk stops; bounds are then held against the bracket (default 50000)")
	c.drawn.cases = 300
	wholeFlag(fs, &c.drawn.cases, "cases", "300", "number of cases", 1, math.MaxInt64)
	choiceFlag(cmd, &c.drawn.from, "source", "generated cases: of all kinds, or He networks of 2 to 5 inputs in small balls", "all", "small-balls")
	fs.Uint64Var(&c.drawn.seed, "seed", 1, "seed `N` of the generated cases")
	fs.StringSliceVar(&c.bounds, "bounds", nil, "`NAMES` of bounds to try, separated by commas (default all, and dial-1)")
	fs.StringVar(&c.command, "bound-command", "", "a program that computes a bound, with its arguments: a `COMMAND`; see docs/bound-protocol.md")
	timeFlag(fs, &c.wait, "bound-timeout", "time that the program has for one case (default 10s)")
	fs.StringVar(&c.replay, "replay", "", "show the case of this `FILE` again")
	fs.StringVar(&c.corpus, "corpus", "", "write the cases, with certified counts and proofs, into this new folder `DIR`")
	fs.StringVarP(&c.output, "output", "o", "", "draw tightness against radius and depth into this `FILE` (.svg, .png or .pdf)")
	fs.StringVar(&c.failures, "failures", "crosscheck-failures", "folder `DIR` for the cases that fail")
	choiceFlag(cmd, &c.format, "format", "format of the table", crosscheck.Formats()...)
	return cmd
}

func (c *crosscheckCmd) run(cmd *cobra.Command, args []string) error {
	if err := c.checkFlags(cmd, args); err != nil {
		return badInput(err)
	}
	ctx, release := interruptible(cmd)
	defer release()
	bounds, closeProgram, err := c.loadBounds(ctx)
	if err != nil {
		return err
	}
	err = c.runWith(ctx, cmd, args, bounds)
	return errors.Join(err, failed(closeProgram()))
}

func (c *crosscheckCmd) runWith(ctx context.Context, cmd *cobra.Command, args []string, bounds []bound.Bound) error {
	if c.replay != "" {
		return c.replayCase(ctx, cmd, bounds)
	}
	cases, total, err := c.source(ctx, cmd, args)
	if err != nil {
		return err
	}
	if c.corpus != "" {
		n, err := crosscheck.WriteCorpus(ctx, c.corpus, cases, c.limit)
		if err != nil {
			return unless(ctx, failed(files.Plain(err)), c.corpus+": stopped before it was whole, what is there has no index")
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s with certified counts and proofs\n", c.corpus, tables.Numbered(int64(n), "case"))
		return failed(err)
	}
	return c.check(ctx, cmd, cases, total, bounds)
}

// checkFlags refuses combinations that have no meaning.
func (c *crosscheckCmd) checkFlags(cmd *cobra.Command, args []string) error {
	fs := cmd.Flags()
	switch ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(c.output), ".")); {
	case fs.Changed("output") && !slices.Contains(chart.Formats, ending):
		return fmt.Errorf("--output: %q, expected a file that ends in .svg, .png or .pdf", c.output)
	case c.ball.given() && len(args) == 0:
		return errors.New("NET: missing, expected at least one network beside a ball")
	case fs.Changed("source") && len(args) > 0:
		return errors.New("--source: given beside NET, expected one or the other")
	case fs.Changed("replay") && (fs.Changed("corpus") || fs.Changed("output") || len(args) > 0):
		return errors.New("--replay: given beside NET, --corpus or --output, expected it alone or with bounds")
	case fs.Changed("corpus") && fs.Changed("output"):
		return errors.New("--corpus: given beside --output, expected one or the other")
	case fs.Changed("bound-timeout") && c.command == "":
		return errors.New("--bound-timeout: given without --bound-command")
	}
	return c.checkOutputs(fs)
}

// checkOutputs refuses what cannot be written to before anything is counted.
func (c *crosscheckCmd) checkOutputs(fs *pflag.FlagSet) error {
	if fs.Changed("output") {
		if err := files.Check(c.output); err != nil {
			return fmt.Errorf("--output: %w", err)
		}
	}
	if c.corpus != "" {
		if old, err := os.ReadDir(c.corpus); err == nil && len(old) > 0 {
			return fmt.Errorf("--corpus: %s is not empty, expected a new or empty folder", c.corpus)
		}
		return named("corpus", files.CheckFolder(c.corpus))
	}
	return named("failures", files.CheckFolder(c.failures, crosscheck.CaseFiles...))
}

// loadBounds returns the bounds to try, and what ends the user's program.
func (c *crosscheckCmd) loadBounds(ctx context.Context) ([]bound.Bound, func() error, error) {
	bounds := crosscheck.Bounds()
	if len(c.bounds) > 0 {
		var err error
		if bounds, err = crosscheck.BoundsNamed(c.bounds); err != nil {
			return nil, nil, badInputf("--bounds: %w", err)
		}
	}
	if c.command == "" {
		return bounds, func() error { return nil }, nil
	}
	p, err := crosscheck.StartProgram(ctx, c.command, crosscheck.ProgramOptions{Timeout: c.wait})
	if err != nil {
		return nil, nil, badInputf("--bound-command: %w", err)
	}
	return append([]bound.Bound{p}, bounds...), p.Close, nil
}

// source returns the cases and their number.
func (c *crosscheckCmd) source(ctx context.Context, cmd *cobra.Command, args []string) (iter.Seq[gen.Case], int, error) {
	if len(args) == 0 && c.drawn.from == "small-balls" {
		return gen.SmallBallCases(c.drawn.seed, c.drawn.cases), c.drawn.cases, nil
	}
	if len(args) == 0 {
		return gen.Cases(c.drawn.seed, c.drawn.cases, gen.CaseOptions{}), c.drawn.cases, nil
	}
	var nets []*network.Network
	var names []string
	for _, path := range args {
		n, im, err := c.net.read(ctx, cmd, path)
		if err != nil {
			return nil, 0, err
		}
		for _, note := range im.Notes {
			c.notes = append(c.notes, filepath.Base(path)+": "+note)
		}
		nets, names = append(nets, n), append(names, filepath.Base(path))
	}
	if !c.ball.given() {
		return gen.CasesOf(c.drawn.seed, c.drawn.cases, nets, names), c.drawn.cases, nil
	}
	var cases []gen.Case
	for i, n := range nets {
		b, err := c.ball.read(ctx, n.Inputs())
		if err != nil {
			return nil, 0, err
		}
		cases = append(cases, gen.Case{Name: names[i], Net: n, Ball: b})
	}
	return slices.Values(cases), len(cases), nil
}

// check runs the cases and reports.
func (c *crosscheckCmd) check(ctx context.Context, cmd *cobra.Command, cases iter.Seq[gen.Case], total int, bounds []bound.Bound) error {
	picture := crosscheck.NewPicture()
	bar, _ := newBar(cmd.ErrOrStderr(), int64(total), progressbar.OptionShowCount(), progressbar.OptionSetDescription("cases"))
	rep, err := crosscheck.Run(ctx, cases, bounds, crosscheck.RunOptions{Limit: c.limit, Workers: c.workers, Each: func(r crosscheck.Record) {
		picture.Add(r)
		_ = bar.Add(1)
	}})
	_ = bar.Clear()
	stopped := err != nil && ctx.Err() != nil
	if err != nil && !stopped {
		return failed(err)
	}
	rep.Notes = c.notes
	if err := rep.Write(cmd.OutOrStdout(), c.format); err != nil {
		return failed(err)
	}
	if c.output != "" {
		if err := writePicture(c.output, picture); err != nil {
			return failed(err)
		}
	}
	if !stopped { // shrinking takes longer than whoever interrupts is willing to wait
		if err := c.writeFailures(ctx, cmd.ErrOrStderr(), rep, bounds); err != nil {
			return failed(err)
		}
	}
	switch {
	case !rep.Sound():
		return failed(complaint(rep))
	case stopped:
		return errStopped
	}
	return nil
}

// complaint says in a line what is wrong.
func complaint(r *crosscheck.Report) error {
	claims, errs := 0, 0
	var first error
	for _, d := range r.Dominances {
		claims += len(d.Failures)
	}
	for _, s := range r.Bounds {
		if errs += s.Errors; first == nil {
			first = s.FirstError
		}
	}
	if len(r.Violations)+claims+len(r.WrongCounts) == 0 {
		return fmt.Errorf("%s without a value; the first: %w", tables.Numbered(int64(errs), "case"), first)
	}
	return fmt.Errorf("%s of a bound, %s of a claim, %s, %s", tables.Numbered(int64(len(r.Violations)), "violation"),
		tables.Numbered(int64(claims), "failure"), tables.Numbered(int64(len(r.WrongCounts)), "wrong count"), tables.Numbered(int64(errs), "error"))
}

// writeFailures shrinks the first violation of each bound and each claim, and writes the cases.
func (c *crosscheckCmd) writeFailures(ctx context.Context, w io.Writer, rep *crosscheck.Report, bounds []bound.Bound) error {
	fails := append([]crosscheck.Failure(nil), rep.Violations...)
	for _, d := range rep.Dominances {
		fails = append(fails, d.Failures...)
	}
	seen := map[string]bool{}
	for _, f := range fails {
		if key := f.Bound + "|" + f.Than; seen[key] || len(seen) == maxShrunk {
			continue
		} else {
			seen[key] = true
		}
		f = rep.ShrinkFailure(ctx, f, bounds, shrinkTime)
		path, err := crosscheck.WriteCase(ctx, c.failures, fileName(f.Bound, len(seen)), f)
		if err != nil {
			return files.Plain(err)
		}
		fmt.Fprintf(w, "relucell: %s: %s\nrelucell: show it again: relucell crosscheck --replay %s\n", path, f, path)
	}
	return nil
}

// fileName makes a file's name of a bound's.
func fileName(bound string, i int) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, bound)
	return fmt.Sprintf("%s-%d", safe, i)
}

func (c *crosscheckCmd) replayCase(ctx context.Context, cmd *cobra.Command, bounds []bound.Bound) error {
	f, _, err := crosscheck.ReadCase(c.replay)
	if err != nil {
		return badInput(files.Plain(err))
	}
	r, err := crosscheck.Replay(ctx, c.replay, bounds)
	if err != nil {
		return failed(err)
	}
	out := &fields{w: cmd.OutOrStdout()}
	out.line("Case", "%s", f.Case.Name)
	out.net(c.replay, f.Case.Net)
	out.ball(f.Case.Ball)
	proof := "no proof beside it"
	if r.ProofChecked {
		proof = "the proof beside it is verified"
	}
	out.line("Count", "%s, exact; %s", r.Count, proof)
	out.line("Then", "%s bound %s = %s, %s %s", f.Kind, f.Bound, f.Value, f.Than, f.Limit)
	verdict := "it does not fail any more"
	if r.Fails {
		out.line("Now", "%s bound %s = %s, %s %s", f.Kind, f.Bound, r.Now.Value, r.Now.Than, r.Now.Limit)
		verdict = "it fails"
	}
	out.line("Verdict", "%s", verdict)
	if out.err != nil {
		return failed(out.err)
	}
	if r.Fails {
		return failed(errors.New("the case fails"))
	}
	return nil
}

func writePicture(path string, p *crosscheck.Picture) error {
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	return files.Write(path, func(w io.Writer) error { return p.Write(w, format) })
}
