package main

// experiment recover: how far a network is known after so many samples of it.

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/experiment"
)

type recoverCmd struct {
	studyFlags
	study           experiment.RecoverStudy // what the flags say
	shapes, samples []string
	noBaseline      bool
}

func newExperimentRecoverCmd() *cobra.Command {
	c := &recoverCmd{study: experiment.RecoverDefaults()}
	cmd := &cobra.Command{
		Use:   "recover -o DIR",
		Short: "Measure how far a network with one layer of neurons is known after so many samples",
		Long: `recover draws teachers with one layer of ReLU, and learns each from samples at Gaussian points, as relucell learn does.
Against the number of samples it measures the errors of the Hermite tensors, of directions, biases and weights at each
stage, and the largest |f − f̂| on a ball, exactly; and how often stochastic gradient descent from a random start, with
the same refinement, finds the teacher at the largest number.

The folder gets tables (CSV), every network, figures, and a manifest that reproduces all of it with --replay. An
interrupted run goes on where it stopped when it is called again.`,
		Example: `  relucell experiment recover -o recover
  relucell experiment recover --shapes 10x10 --samples 1e5,2e5 --seeds 3 -o ten
  relucell experiment recover --replay recover/manifest.json -o again`,
		Args: exactly(),
		RunE: action(c.run),
	}
	f := cmd.Flags()
	f.StringSliceVar(&c.shapes, "shapes", []string{"5x3", "5x5", "10x5"}, "`SHAPES`: inputs and neurons of the teachers")
	f.StringSliceVar(&c.samples, "samples", []string{"10000", "31623", "100000"}, "numbers `N,N` of samples, ascending")
	f.IntVar(&c.study.Seeds, "seeds", c.study.Seeds, "number `N` of seeds")
	f.Uint64Var(&c.study.FirstSeed, "first-seed", c.study.FirstSeed, "first seed `N`")
	f.Float64Var(&c.study.Radius, "radius", c.study.Radius, "radius `R` of the l2 ball on which teacher and pupil are compared")
	f.IntVar(&c.study.MostNeurons, "most-neurons", c.study.MostNeurons, "compare them where they have at most `N` neurons together")
	f.BoolVar(&c.noBaseline, "no-baseline", false, "leave out stochastic gradient descent")
	c.add(cmd)
	return cmd
}

func (c *recoverCmd) run(cmd *cobra.Command, _ []string) error {
	return conduct(cmd, c.studyFlags, c.config, experiment.Recover, writeRecover)
}

// config makes the study of the flags, or reads it from a manifest.
func (c *recoverCmd) config() (*experiment.RecoverStudy, *experiment.Manifest, error) {
	if c.replay != "" {
		if err := replayAlone(c.set); err != nil {
			return nil, nil, err
		}
		m, err := experiment.ReadManifest(c.replay, experiment.KindRecover)
		if err != nil {
			return nil, nil, err
		}
		return m.Recover, m, nil
	}
	s := c.study
	s.Shapes, s.Samples, s.Baseline = nil, nil, !c.noBaseline
	for _, word := range c.shapes {
		inputs, neurons, _ := strings.Cut(word, "x")
		d, err1 := strconv.Atoi(inputs)
		m, err2 := strconv.Atoi(neurons)
		if err1 != nil || err2 != nil {
			return nil, nil, fmt.Errorf("--shapes: %q, expected inputs and neurons such as 5x3", word)
		}
		s.Shapes = append(s.Shapes, experiment.Shape{Inputs: d, Neurons: m})
	}
	for _, word := range c.samples {
		n, err := sampleNumber(word)
		if err != nil {
			return nil, nil, fmt.Errorf("--samples: %q, %w", word, err)
		}
		s.Samples = append(s.Samples, n)
	}
	return &s, nil, nil
}

// writeRecover prints what was found.
func writeRecover(w io.Writer, res *experiment.RecoverResult, dir string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "Inputs, neurons\tMethod\tStage\tFound")
	for _, s := range res.Statistics {
		found := fmt.Sprintf("error of w, b, a ~ samples^%.2f (%.2f to %.2f)", s.Value, s.Least, s.Most)
		if s.Statistic == "recovered" {
			found = fmt.Sprintf("%g of %d recovered to %g from %d samples (errors from %.2g to %.2g)", s.Value, s.Seeds, experiment.Recovered, s.Samples, s.Least, s.Most)
		}
		fmt.Fprintf(t, "%d, %d\t%s\t%s\t%s\n", s.Inputs, s.Neurons, s.Method, s.Stage, found)
	}
	fmt.Fprintf(t, "\n%d networks, %d measurements in %s (%d runs from before)\n", len(res.Manifest.Networks), len(res.Rows), dir, res.Skipped)
	return t.Flush()
}
