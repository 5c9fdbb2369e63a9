package main

// experiment recurrent: recurrent networks, trained by SGD and by path-SGD.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/experiment"
)

type recurrentCmd struct {
	studyFlags
	study     experiment.RecurrentStudy // what the flags say
	rates     []string
	firstSeed int
}

func newExperimentRecurrentCmd() *cobra.Command {
	c := &recurrentCmd{}
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
	f.StringVar(&c.study.Task, "task", "addition", "task: addition, digits, mnist or text")
	f.StringVar(&c.study.File, "file", "", "file of the text")
	f.IntVar(&c.study.Steps, "steps", 0, "steps of a sequence (default 20, digits 64, mnist 28)")
	f.IntVar(&c.study.Hidden, "hidden", 0, "units (default 32)")
	f.StringSliceVar(&c.study.Inits, "init", nil, "first networks: random, identity, np (default all)")
	f.StringSliceVar(&c.study.Optimizers, "optimizer", nil, "optimisers: sgd, path, path2 (default all)")
	f.StringArrayVar(&c.rates, "rates", nil, "rates to choose from, as in sgd=0.1,0.03: once for each optimiser")
	f.IntVar(&c.study.Pilot, "pilot", 0, "batches after which a rate is chosen (default 1000)")
	f.IntVar(&c.study.Batch, "batch", 0, "sequences in a batch (default 20)")
	f.IntVar(&c.study.Seeds, "seeds", 0, "number of seeds (default 5)")
	f.IntVar(&c.firstSeed, "first-seed", 0, "first seed (default 1); rates are chosen on the one before")
	f.IntSliceVar(&c.study.Measured, "measure", nil, "batches to measure after, ascending (default 0,300,1000,3000)")
	f.IntVar(&c.study.Test, "test", 0, "test sequences (default 500)")
	f.IntVar(&c.study.Lines, "lines", 0, "lines through two sequences to count on (default 4)")
	f.IntVar(&c.study.Planes, "planes", 0, "planes through three sequences to count on (default 1)")
	choiceFlag(cmd, &c.study.On, "on", "what sequences lines and planes go through", experiment.RecurrentPlaces...)
	limitFlag(f, &c.study.Limit, "stop a count past so many regions, with a certified bracket (default 1000)")
	f.IntVar(&c.study.Resamples, "resamples", experiment.DefaultResamples, "bootstrap samples behind each interval")
	c.add(cmd)
	c.addData()
	complete(cmd, "task", experiment.RecurrentTasks...)
	complete(cmd, "init", experiment.RecurrentInits...)
	complete(cmd, "optimizer", experiment.RecurrentOptimizers...)
	return cmd
}

func (c *recurrentCmd) run(cmd *cobra.Command, _ []string) error {
	study, recorded, err := chosen(c.out, c.config)
	if err != nil {
		return err
	}
	return conduct(cmd, c.studyFlags, recorded, func(ctx context.Context, o experiment.Options) (*experiment.Manifest, func(io.Writer) error, error) {
		res, err := experiment.Recurrent(ctx, *study, o)
		if err != nil {
			return nil, nil, err
		}
		return res.Manifest, func(w io.Writer) error { return writeRecurrent(w, res, c.out) }, nil
	})
}

// config makes the study of the flags, or reads it from a manifest.
func (c *recurrentCmd) config() (*experiment.RecurrentStudy, *experiment.Manifest, error) {
	if c.replay != "" {
		if err := replayAlone(c.set, "cache", "workers"); err != nil {
			return nil, nil, err
		}
		m, err := experiment.ReadRecurrentManifest(c.replay)
		if err != nil {
			return nil, nil, err
		}
		return m.Recurrent, m, flagged(m.Recurrent.Open(c.cache))
	}
	s := experiment.RecurrentDefaults(c.study.Task)
	if c.set.Changed("first-seed") {
		if c.firstSeed < 1 {
			return nil, nil, fmt.Errorf("--first-seed: %d, expected a whole number of at least 1: rates are chosen on the seed before", c.firstSeed)
		}
		s.FirstSeed = uint64(c.firstSeed)
	}
	c.given(map[string]func(){
		"file":      func() { s.File = c.study.File },
		"steps":     func() { s.Steps = c.study.Steps },
		"hidden":    func() { s.Hidden = c.study.Hidden },
		"init":      func() { s.Inits = c.study.Inits },
		"optimizer": func() { s.Optimizers = c.study.Optimizers },
		"pilot":     func() { s.Pilot = c.study.Pilot },
		"batch":     func() { s.Batch = c.study.Batch },
		"seeds":     func() { s.Seeds = c.study.Seeds },
		"measure":   func() { s.Measured = c.study.Measured },
		"test":      func() { s.Test = c.study.Test },
		"lines":     func() { s.Lines = c.study.Lines },
		"planes":    func() { s.Planes = c.study.Planes },
		"on":        func() { s.On = c.study.On },
		"limit":     func() { s.Limit = c.study.Limit },
		"resamples": func() { s.Resamples = c.study.Resamples },
	})
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
