package main

// experiment recurrent: recurrent networks, trained by SGD and by path-SGD.

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/experiment"
)

type recurrentCmd struct {
	studyFlags
	study experiment.RecurrentStudy // the task, and On
	rates []string
}

func newExperimentRecurrentCmd() *cobra.Command {
	c := &recurrentCmd{}
	c.study.Task, c.study.Resamples = "addition", experiment.DefaultResamples
	cmd := &cobra.Command{
		Use:   "recurrent --task TASK -o DIR",
		Short: "Measure what SGD and path-SGD make of recurrent ReLU networks",
		Long: `recurrent trains recurrent ReLU networks over several seeds, from random, identity and np first networks, by
SGD and by path-SGD (Neyshabur et al. 2016) with the first part of its curvature (path) or all of it (path2). For each
first network and optimiser a rate is chosen on a seed of its own. It measures the loss on test sequences, the path
norm, and, exactly, the regions of the network on lines and planes through training sequences, or with --on test
through test sequences.

Tasks: addition (the sum of two marked numbers), digits and mnist (pixels, row by row, over --steps steps), and text
(the next letter of --file). The folder gets tables (CSV), every measured network as a relucell-rnn text, figures, and a
manifest that reproduces all of it bit for bit with --replay. An interrupted run goes on where it stopped when it is
called again.`,
		Example: `  relucell experiment recurrent --task addition --steps 20 --hidden 32 -o addition
  relucell experiment recurrent --task text --file LICENSE --steps 10 --optimizer sgd,path -o text
  relucell experiment recurrent --replay addition/manifest.json -o again`,
		Args: exactly(),
		RunE: action(c.run),
	}
	f := cmd.Flags()
	bindRecurrent(f, &c.study)
	f.StringArrayVar(&c.rates, "rates", nil, "`RATES` to choose from, as in sgd=0.1,0.03: once for each optimiser")
	choiceFlag(cmd, &c.study.On, "on", "what sequences lines and planes go through", experiment.RecurrentPlaces...)
	c.add(cmd)
	c.addData()
	complete(cmd, "task", experiment.RecurrentTasks...)
	complete(cmd, "init", experiment.RecurrentInits...)
	complete(cmd, "optimizer", experiment.RecurrentOptimizers...)
	return cmd
}

// bindRecurrent adds the flags that are values of a study, each with what it has as its default.
func bindRecurrent(f *pflag.FlagSet, s *experiment.RecurrentStudy) {
	f.StringVar(&s.Task, "task", s.Task, "`TASK`: addition, digits, mnist or text")
	f.StringVar(&s.File, "file", "", "`FILE` of the text")
	f.IntVar(&s.Steps, "steps", s.Steps, "number `N` of steps of a sequence (default 20, digits 64, mnist 28)")
	f.IntVar(&s.Hidden, "hidden", s.Hidden, "number `N` of units (default 32)")
	f.StringSliceVar(&s.Inits, "init", s.Inits, "first `NETWORKS`: random, identity, np (default all)")
	f.StringSliceVar(&s.Optimizers, "optimizer", s.Optimizers, "`OPTIMISERS`: sgd, path, path2 (default all)")
	f.IntVar(&s.Pilot, "pilot", s.Pilot, "number `N` of batches after which a rate is chosen (default 1000)")
	f.IntVar(&s.Batch, "batch", s.Batch, "number `N` of sequences in a batch (default 20)")
	f.IntVar(&s.Seeds, "seeds", s.Seeds, "number `N` of seeds (default 5)")
	wholeFlag(f, &s.FirstSeed, "first-seed", "", "first seed (default 1); rates are chosen on the one before", 1, math.MaxInt32)
	f.IntSliceVar(&s.Measured, "measure", s.Measured, "`BATCHES` to measure after, ascending (default 0,300,1000,3000)")
	f.IntVar(&s.Test, "test", s.Test, "number `N` of test sequences (default 500)")
	f.IntVar(&s.Lines, "lines", s.Lines, "number `N` of lines through two sequences to count on (default 4)")
	f.IntVar(&s.Planes, "planes", s.Planes, "number `N` of planes through three sequences to count on (default 1)")
	limitFlag(f, &s.Limit, "stop a count past so many regions, with a certified bracket (default 1000)")
	f.IntVar(&s.Resamples, "resamples", s.Resamples, "number `N` of bootstrap samples behind each interval")
}

func (c *recurrentCmd) run(cmd *cobra.Command, _ []string) error {
	return conduct(cmd, c.studyFlags, c.config, experiment.Recurrent, writeRecurrent)
}

// config makes the study of the flags, or reads it from a manifest.
func (c *recurrentCmd) config() (*experiment.RecurrentStudy, *experiment.Manifest, error) {
	if c.replay != "" {
		if err := replayAlone(c.set, "cache", "workers"); err != nil {
			return nil, nil, err
		}
		m, err := experiment.ReadManifest(c.replay, experiment.KindRecurrent)
		if err != nil {
			return nil, nil, err
		}
		return m.Recurrent, m, flagged(m.Recurrent.Open(c.cache))
	}
	s := experiment.RecurrentDefaults(c.study.Task)
	s.On = c.study.On
	if err := over(c.set, func(fs *pflag.FlagSet) { bindRecurrent(fs, &s) }); err != nil {
		return nil, nil, err
	}
	if err := c.chooseRates(&s); err != nil {
		return nil, nil, err
	}
	switch {
	case s.Task == "text" && s.File == "":
		return nil, nil, errors.New("--file: missing, expected a text")
	case s.Task != "text" && s.File != "":
		return nil, nil, fmt.Errorf("--file: given, but only the task text reads one")
	}
	return &s, nil, flagged(s.Open(c.cache))
}

// chooseRates reads --rates.
func (c *recurrentCmd) chooseRates(s *experiment.RecurrentStudy) error {
	for _, word := range c.rates {
		o, list, _ := strings.Cut(word, "=")
		if !slices.Contains(experiment.RecurrentOptimizers, o) {
			return fmt.Errorf("--rates: %q, expected an optimiser and its rates, as in sgd=0.1,0.03", word)
		}
		var rates []float64
		for _, w := range strings.Split(list, ",") {
			var v float64
			if _, err := fmt.Sscan(w, &v); err != nil {
				return fmt.Errorf("--rates: %q, expected an optimiser and its rates, as in sgd=0.1,0.03", word)
			}
			rates = append(rates, v)
		}
		s.Rates[o] = rates
	}
	return nil
}

// writeRecurrent prints what was found after the last batch.
func writeRecurrent(w io.Writer, res *experiment.RecurrentResult, dir string) error {
	s := res.Manifest.Recurrent
	return writeClaims(w, "First network", res.Statistics, func(st experiment.Statistic) (string, string, bool) {
		return strings.TrimPrefix(st.Data, s.Task+"-"), recurrentClaim(st), st.Epoch == s.Measured[len(s.Measured)-1]
	}, fmt.Sprintf("%d networks (%d trained by an earlier run), %d measurements in %s", len(res.Manifest.Networks), res.Skipped, len(res.Rows), dir))
}

// recurrentClaim puts the main comparisons into words; others are in the table of statistics alone.
func recurrentClaim(s experiment.Statistic) string {
	switch {
	case s.Observation == "less" && s.Quantity == "loss":
		return "SGD's loss is larger than that of " + s.Optimizer
	case s.Observation == "less" && s.Quantity == "count":
		return "SGD's regions on a " + s.Set + " are more than those of " + s.Optimizer
	case s.Observation == "grown" && s.Quantity == "count" && s.Set == "line":
		return s.Optimizer + " made more regions on a line"
	}
	return ""
}
