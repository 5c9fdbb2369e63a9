package main

// learn: a network with one layer of neurons from samples of it.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/learn"
	"github.com/relucell/relucell/network"
)

type learnCmd struct {
	net      netFlags
	teacher  string
	samples  int
	seed     uint64
	neurons  int
	method   string
	noRefine bool
	out      string
	report   string
	timeout  time.Duration
	format   string
	begun    time.Time
	truth    *learn.Model
}

func newLearnCmd() *cobra.Command {
	c := &learnCmd{net: netFlags{writes: true}}
	cmd := &cobra.Command{
		Use:   "learn DATA.csv",
		Short: "Learn a network with one layer of ReLU from samples at Gaussian points, by Hermite tensors",
		Long: `learn finds a function Σ a·max(w·x + b, 0) + c from its values at points drawn from N(0, I): the tensors of its
Hermite coefficients up to order four give the directions w, the biases b and the weights a, and two fits bring them
to the last bits where there is no noise (Awasthi, Tang, Vijayaraghavan 2021).

DATA.csv has the coordinates of a point and then the value in each line. With --teacher the samples are drawn and
evaluated here, and each stage is compared with the teacher, neuron by neuron.

Whether the teacher was learnt, "relucell diff" decides exactly on a ball, and "relucell canonical" everywhere. The
tensors tell as many neurons apart as there are inputs, or n·(n−1)/2 of n inputs; --method sgd, stochastic gradient
descent from a random start, is a baseline without that limit. With more neurons than inputs the network has an
affine part, as a unit that is no neuron, where no sides of the neurons make it 0.`,
		Example: `  relucell learn data.csv --neurons 10 -o learned.json
  relucell learn --teacher teacher.json --samples 2e5 --seed 1 -o learned.json --report report.json
  relucell diff teacher.json learned.json --center 0 --radius 1 --at-most 1e-6`,
		Args: func(_ *cobra.Command, args []string) error {
			if c.teacher != "" {
				if len(args) > 0 {
					return fmt.Errorf("%q: given beside --teacher, expected one or the other", args[0])
				}
				return nil
			}
			return exactly("DATA.csv")(nil, args)
		},
		RunE: action(c.run),
	}
	fs := cmd.Flags()
	c.net.add(fs)
	fs.StringVar(&c.teacher, "teacher", "", "draw the samples from this `NET` of one output")
	flag(fs, &c.samples, "samples", "N", "100000", "with --teacher: number of samples, such as 2e5", sampleNumber)
	c.samples = 100000
	fs.Uint64Var(&c.seed, "seed", 1, "seed `N` of all that is drawn")
	wholeFlag(fs, &c.neurons, "neurons", "", "neurons to learn (default, with --teacher, as many as it has)", 1, 1<<12)
	choiceFlag(cmd, &c.method, "method", "how to find the neurons", learn.Methods...)
	fs.BoolVar(&c.noRefine, "no-refine", false, "leave out the fit of the samples at the end")
	fs.StringVarP(&c.out, "output", "o", "", "`FILE` for the network, ending in .json")
	fs.StringVar(&c.report, "report", "", "`FILE` for a report, as --format json prints it")
	timeoutFlag(fs, &c.timeout, "stop after this time, reading included")
	formatFlag(cmd, &c.format)
	return cmd
}

// sampleNumber reads a whole number, also as 2e5.
func sampleNumber(s string) (int, error) {
	v, err := dyadic.ParseFloat(s)
	if err != nil || v != math.Trunc(v) || v < 1 || v > learn.MaxSamples {
		return 0, fmt.Errorf("expected a whole number from 1 to %d, such as 2e5", learn.MaxSamples)
	}
	return int(v), nil
}

func (c *learnCmd) run(cmd *cobra.Command, args []string) error {
	c.begun = time.Now()
	if err := c.check(cmd, args); err != nil {
		return err
	}
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	s, err := c.read(ctx, cmd, args)
	if err != nil {
		return err
	}
	bar, _ := newBar(cmd.ErrOrStderr(), -1)
	opt := learn.Options{Neurons: c.neurons, Method: c.method, Seed: c.seed, NoRefine: c.noRefine, Truth: c.truth, Progress: bar.Describe}
	r, err := within(ctx, func() (*learn.Result, error) { return learn.Learn(ctx, s, opt) })
	_ = bar.Finish() // a terminal that cannot be written to is no reason to stop
	switch {
	case ctx.Err() != nil:
		return stopped(ctx, "stopped before the network was learnt")
	case errors.Is(err, learn.ErrSpectrum), errors.Is(err, learn.ErrDiverged):
		return failed(err)
	case err != nil:
		return badInputf("%s: %w", c.source(args), err)
	}
	return c.finish(ctx, cmd, args, s, r)
}

// check refuses names of files before anything is read or learnt.
func (c *learnCmd) check(cmd *cobra.Command, args []string) error {
	if c.teacher == "" {
		if cmd.Flags().Changed("samples") {
			return badInputf("--samples: given without --teacher, expected the samples of the file alone")
		}
		if c.neurons == 0 {
			return badInputf("--neurons: missing, expected how many to learn")
		}
	}
	if c.out == "-" {
		return badInputf("--output: -, expected a file name that ends in .json")
	}
	if c.out != "" {
		if err := checkText(c.out); err != nil {
			return err
		}
	}
	if c.report == "" {
		return nil
	}
	return writable("report", c.report, append(args, c.teacher, c.out)...)
}

// source is the file that the samples come from.
func (c *learnCmd) source(args []string) string {
	if c.teacher != "" {
		return c.teacher
	}
	return args[0]
}

// read reads the samples, or draws them.
func (c *learnCmd) read(ctx context.Context, cmd *cobra.Command, args []string) (*learn.Samples, error) {
	if c.teacher != "" {
		return c.draw(ctx, cmd)
	}
	path := args[0]
	s, err := within(ctx, func() (*learn.Samples, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, files.Plain(err)
		}
		defer f.Close()
		s, err := learn.Read(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return s, nil
	})
	if ctx.Err() != nil {
		return nil, stopped(ctx, path+": stopped before the samples were read")
	}
	if err != nil {
		return nil, badInput(err)
	}
	// Five standard deviations of the mean of x, and of x²: the tensors are those of N(0, I) alone.
	mean, covariance := s.Gaussian()
	if n := math.Sqrt(float64(s.Len())); mean > 5/n || covariance > 5*math.Sqrt2/n {
		c.net.note(cmd, path, fmt.Sprintf("the points are not drawn from N(0, I): their mean is off by up to %.2g, their covariance by up to %.2g, so the tensors are wrong; subtract the mean and whiten the points", mean, covariance))
	}
	return s, nil
}

// draw draws samples from the teacher.
func (c *learnCmd) draw(ctx context.Context, cmd *cobra.Command) (*learn.Samples, error) {
	n, _, err := c.net.read(ctx, cmd, c.teacher)
	if err != nil {
		return nil, err
	}
	if n.Outputs() != 1 {
		return nil, badInputf("%s: %d outputs, expected one", c.teacher, n.Outputs())
	}
	if c.neurons == 0 {
		c.neurons = n.Neurons()
	}
	if c.truth, err = learn.Of(n); err != nil {
		c.truth = nil
		c.net.note(cmd, c.teacher, "neurons are not compared: "+err.Error())
	}
	pass := n.NewPass()
	s, err := within(ctx, func() (*learn.Samples, error) {
		return learn.Draw(ctx, func(x []float64) float64 { return pass.Forward(x)[0] }, n.Inputs(), c.samples, c.seed)
	})
	if ctx.Err() != nil {
		return nil, stopped(ctx, "stopped before the samples were drawn")
	}
	if err != nil {
		return nil, badInputf("%s: %w", c.teacher, err)
	}
	return s, nil
}

type learnJSON struct {
	Source  string        `json:"source"`
	Teacher bool          `json:"teacher"`
	Inputs  int           `json:"inputs"`
	Neurons int           `json:"neurons"`
	Samples int           `json:"samples"`
	Method  string        `json:"method"`
	Seed    uint64        `json:"seed"`
	Sigma   float64       `json:"deviation"` // of the values; an rmse is told in units of it
	Stages  []learn.Stage `json:"stages"`
	Net     netJSON       `json:"net"`
	Seconds float64       `json:"seconds"`
	Notes   []string      `json:"notes,omitempty"`
}

// finish writes the network and the report, and prints.
func (c *learnCmd) finish(ctx context.Context, cmd *cobra.Command, args []string, s *learn.Samples, r *learn.Result) error {
	n, err := r.Model.Network()
	if err != nil {
		return failed(fmt.Errorf("what was learnt is no network: %w", err))
	}
	source := c.source(args)
	if c.out != "" {
		if err := writeText(ctx, cmd, c.out, source, n); err != nil {
			return err
		}
	}
	took := time.Since(c.begun)
	j := learnJSON{Source: filepath.Base(source), Teacher: c.teacher != "", Inputs: s.Inputs, Neurons: c.neurons, Samples: s.Len(), Method: c.method, Seed: c.seed,
		Sigma: r.Deviation, Stages: r.Stages, Net: newNetJSON(n, n.Fingerprint()), Seconds: took.Seconds(), Notes: c.net.notes}
	if c.report != "" {
		if err := files.WriteJSON(c.report, j); err != nil {
			return failed(err)
		}
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) { c.text(f, j, n, took) })
}

func (c *learnCmd) text(f *fields, j learnJSON, n *network.Network, took time.Duration) {
	from := "of " + j.Source
	if j.Teacher {
		from += fmt.Sprintf(", seed %d", j.Seed)
	}
	f.line("Samples", "%s %s, deviation %.4g", tables.GroupedInt(int64(j.Samples)), from, j.Sigma)
	name := c.out
	if name == "" {
		name = "not written"
	}
	f.net(name, n)
	f.line("Time", "%v", rounded(took))
	f.stages(j.Stages, c.truth != nil)
}

// stages writes the table of what each step gave.
func (f *fields) stages(list []learn.Stage, compared bool) {
	head := table.Row{"Stage", "RMSE ÷ deviation"}
	if compared {
		head = append(head, "Error of w", "of b", "of a", "of T₁ … T₄")
	}
	t := tables.New(head, 1)
	for _, s := range list {
		row := table.Row{s.Name, "–"}
		if s.Mixed > 0 {
			row[0] = fmt.Sprintf("%s (%d mixed)", s.Name, 2*s.Mixed)
		}
		if s.RMSE != nil {
			row[1] = fmt.Sprintf("%.2g", *s.RMSE)
		}
		if compared {
			row = append(row, "–", "–", "–", "–")
			if e := s.Errors; e != nil {
				row[2], row[3], row[4] = fmt.Sprintf("%.2g", e.W), fmt.Sprintf("%.2g", e.B), fmt.Sprintf("%.2g", e.A)
			}
			if len(s.Tensors) > 0 {
				words := ""
				for _, v := range s.Tensors {
					words += fmt.Sprintf(" %.2g", v)
				}
				row[5] = words[1:]
			}
		}
		t.AppendRow(row)
	}
	f.table(t)
}
