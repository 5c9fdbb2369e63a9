package main

// experiment: studies that train networks and measure them; this file has training.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/experiment"
	"github.com/relucell/relucell/internal/dyadic"
)

func newExperimentCmd() *cobra.Command {
	return family(&cobra.Command{
		Use:   "experiment",
		Short: "Train small networks and measure their regions exactly",
		Long:  `experiment holds studies: programs that train networks, measure them exactly, and write tables, figures and a manifest that reproduces them.`,
	}, newExperimentTrainingCmd(), newExperimentRecurrentCmd(), newExperimentRecoverCmd(), newExperimentConstrainedCmd())
}

// studyFlags are those of a study that keeps what is done in a folder.
type studyFlags struct {
	out, replay, figures string
	cache                string // the folder of data sets, and the workers, of those that have them
	workers              int
	set                  *pflag.FlagSet
}

func (s *studyFlags) add(cmd *cobra.Command) {
	s.set = cmd.Flags()
	s.set.StringVarP(&s.out, "output", "o", "", "output folder `DIR`: new, or one that holds a part of this experiment")
	s.set.StringVar(&s.replay, "replay", "", "`FILE` of the manifest whose experiment to run again and to compare with")
	choiceFlag(cmd, &s.figures, "figures", "format of the figures", append(slices.Clone(experiment.FigureFormats), "none")...)
}

// addData adds those of studies of data, whose points are measured side by side.
func (s *studyFlags) addData() {
	s.set.StringVar(&s.cache, "cache", ".cache/data", "folder `DIR` of the fetched data sets (see make data)")
	workersFlag(s.set, &s.workers)
}

// over puts the flags that were given over the defaults of a study, whose own flags bind defines.
func over(given *pflag.FlagSet, bind func(*pflag.FlagSet)) (err error) {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	bind(fs)
	given.Visit(func(f *pflag.Flag) {
		to := fs.Lookup(f.Name)
		if to == nil || err != nil {
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			err = to.Value.(pflag.SliceValue).Replace(list.GetSlice())
		} else {
			err = to.Value.Set(f.Value.String())
		}
	})
	return err
}

type trainingCmd struct {
	studyFlags
	data, optimizers []string
	resamples        int
}

func newExperimentTrainingCmd() *cobra.Command {
	c := &trainingCmd{}
	cmd := &cobra.Command{
		Use:   "training -o DIR",
		Short: "Measure what training does to boundaries and regions",
		Long: `training trains small ReLU networks over several seeds, and at chosen epochs measures, at training points, test
points, midpoints of training points, and random points: the exact distance to the nearest boundary, the certified
count of regions in balls of several radii (a certified bracket past --limit regions), local bounds, accuracy and loss.

It asks whether two published observations hold (Zhu, Lin, Tang 2020, from bounds alone): boundaries move away from the
training points; balls at training points hold more regions than balls at arbitrary points. The folder gets tables (CSV),
every measured network, figures, and a manifest that reproduces all of it bit for bit with --replay. An interrupted run goes on
where it stopped when it is called again. What a flag leaves open depends on the data set.`,
		Example: `  relucell experiment training -o study
  relucell experiment training --data digits --seeds 5 -o digits
  relucell experiment training --data mine.csv --optimizer sgd,adam --radius 0.1,0.2 -o mine
  relucell experiment training --replay study/manifest.json -o again`,
		Args: exactly(),
		RunE: action(c.run),
	}
	f := cmd.Flags()
	f.StringSliceVar(&c.data, "data", []string{"moons", "spirals"}, "`SETS` of data: moons, spirals, iris, digits, mnist, or CSV files with the class in the last column")
	f.StringSliceVar(&c.optimizers, "optimizer", []string{"adam"}, "`OPTIMISERS`: sgd, momentum, adam")
	bindStudy(f, new(experiment.Study))
	f.IntVar(&c.resamples, "resamples", experiment.DefaultResamples, "number `N` of bootstrap samples behind each interval")
	c.add(cmd)
	c.addData()
	complete(cmd, "data", experiment.DataNames...)
	complete(cmd, "optimizer", experiment.Optimizers...)
	complete(cmd, "norm", "l2", "linf", "l1")
	return cmd
}

// bindStudy adds the flags that are values of a study, each with what it has as its default.
func bindStudy(f *pflag.FlagSet, s *experiment.Study) {
	f.Float64Var(&s.Rate, "rate", s.Rate, "learning `RATE` (default 0.1 for sgd, 0.02 for momentum, 0.01 for adam)")
	f.IntVar(&s.Batch, "batch", s.Batch, "`ROWS` in a batch (default 32)")
	f.IntVar(&s.Seeds, "seeds", s.Seeds, "number `N` of seeds (default 10)")
	wholeFlag(f, &s.FirstSeed, "first-seed", "", "first seed (default 1)", 0, math.MaxInt64)
	f.IntSliceVar(&s.Epochs, "epochs", s.Epochs, "`EPOCHS` to measure after, ascending (default 0,1,3,10,30,100, spirals also 300)")
	f.IntSliceVar(&s.Hidden, "hidden", s.Hidden, "`WIDTHS` of the hidden layers (default 16,16)")
	f.IntVar(&s.Points, "points", s.Points, "number `N` of points of each set (default 20)")
	flag(f, &s.Radii, "radius", "R,R", "", "radii of the balls (default two that suit the data)", floatList)
	f.StringVar(&s.Norm, "norm", s.Norm, "`NORM` of distances and balls: l2, linf or l1 (default l2)")
	limitFlag(f, &s.Limit, "stop a count past so many regions, with a certified bracket (default 20000)")
	f.StringSliceVar(&s.Bounds, "bounds", s.Bounds, "`NAMES` of bounds to measure (default "+strings.Join(experiment.DefaultBounds, ",")+")")
}

func (c *trainingCmd) run(cmd *cobra.Command, _ []string) error {
	return conduct(cmd, c.studyFlags, c.config, experiment.Training, writeTraining)
}

// conduct runs the study that config names, which keeps what is done in a folder, says what it
// found, and compares it with the manifest that it was made again from, if there is one.
func conduct[C any, S interface {
	*C
	Check() error
}, R interface{ Made() *experiment.Manifest }](cmd *cobra.Command, s studyFlags, config func() (S, *experiment.Manifest, error),
	run func(context.Context, C, experiment.Options) (R, error), write func(io.Writer, R, string) error) error {
	if s.out == "" {
		return badInputf("--output: missing, expected a folder")
	}
	study, recorded, err := config()
	if err == nil {
		err = flagged(study.Check())
	}
	if err != nil {
		return badInput(err)
	}
	ctx, stop := interruptible(cmd)
	defer stop()
	bar, _ := newBar(cmd.ErrOrStderr(), 1, progressbar.OptionShowCount(), progressbar.OptionSetWidth(20))
	o := experiment.Options{Dir: s.out, Workers: s.workers, Figures: s.figures, Version: version(), Progress: func(p experiment.Progress) {
		bar.ChangeMax(p.Total)
		bar.Describe(p.What)
		_ = bar.Set(p.Done) // a terminal that cannot be written to is no reason to stop
	}}
	if o.Figures == "none" {
		o.Figures = ""
	}
	res, err := run(ctx, *study, o)
	_ = bar.Finish()
	switch {
	case errors.Is(err, experiment.ErrFolder):
		return badInputf("--output: %w", err)
	case err != nil && ctx.Err() != nil || errors.Is(err, context.Canceled):
		fmt.Fprintf(cmd.ErrOrStderr(), "relucell: stopped; the same command goes on from what is done in %s\n", o.Dir)
		return errStopped
	case err != nil:
		return err
	}
	if err := write(cmd.OutOrStdout(), res, s.out); err != nil {
		return err
	}
	return replayed(cmd.OutOrStdout(), recorded, res.Made())
}

// replayed compares an experiment with the manifest that it was made again from, if there is one.
func replayed(w io.Writer, recorded, made *experiment.Manifest) error {
	switch {
	case recorded == nil:
		return nil
	case len(recorded.Files) == 0:
		fmt.Fprintln(w, "\nThe manifest is of an experiment that was not finished: there is nothing to compare with.")
		return nil
	}
	if err := recorded.Compare(made); err != nil {
		return failed(fmt.Errorf("--replay: made other bytes: %w (made by %s on %s; this is %s on %s)", err,
			recorded.Relucell, recorded.Platform, made.Relucell, made.Platform))
	}
	fmt.Fprintf(w, "\nReplayed: all %d networks and %d tables are as the manifest has them.\n", len(recorded.Networks), len(recorded.Files))
	return nil
}

// replayAlone refuses flags beside --replay that the manifest speaks for; others says which are
// allowed besides those of all studies.
func replayAlone(set *pflag.FlagSet, others ...string) (err error) {
	allowed := append([]string{"replay", "output", "figures", "verbose"}, others...)
	set.Visit(func(f *pflag.Flag) {
		if !slices.Contains(allowed, f.Name) {
			err = fmt.Errorf("--%s: given beside --replay, whose manifest says it; expected one or the other", f.Name)
		}
	})
	return err
}

// config makes the configuration of the flags, or reads it from a manifest.
func (c *trainingCmd) config() (*experiment.Config, *experiment.Manifest, error) {
	if c.replay != "" {
		if err := replayAlone(c.set, "cache", "workers"); err != nil {
			return nil, nil, err
		}
		m, err := experiment.ReadManifest(c.replay, experiment.KindTraining)
		if err != nil {
			return nil, nil, err
		}
		if err := m.Config.Open(c.cache); err != nil {
			return nil, nil, err
		}
		return &m.Config, m, nil
	}
	config := &experiment.Config{Resamples: c.resamples}
	for _, source := range c.data {
		d, err := experiment.OpenData(source, c.cache)
		if err != nil {
			return nil, nil, err
		}
		for _, o := range c.optimizers {
			s := experiment.Defaults(d)
			s.SetOptimizer(o)
			if err := over(c.set, func(fs *pflag.FlagSet) { bindStudy(fs, &s) }); err != nil {
				return nil, nil, err
			}
			config.Studies = append(config.Studies, s)
		}
	}
	return config, nil, nil
}

// writeTraining prints what was found at the last epoch of each study.
func writeTraining(w io.Writer, res *experiment.Result, dir string) error {
	last := map[string]int{}
	study := func(s experiment.Statistic) string { return s.Data + " by " + s.Optimizer }
	for _, s := range res.Statistics {
		last[study(s)] = max(last[study(s)], s.Epoch)
	}
	return writeClaims(w, "Study", res.Statistics, func(s experiment.Statistic) (string, string, bool) {
		return study(s), claimOf(s), s.Epoch == last[study(s)]
	}, fmt.Sprintf("%d networks (%d from an earlier run), %d measurements in %s", len(res.Manifest.Networks), res.Skipped, len(res.Rows), dir))
}

// writeClaims prints a table of statistics, and a line below it. What each is about, what it claims
// ("" for nothing that is printed) and whether it is the last of its kind, say tells.
func writeClaims(w io.Writer, about string, list []experiment.Statistic, say func(experiment.Statistic) (of, claim string, last bool), below string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, about+"\tClaim\tSeeds for, against\tTimes (95% interval)\tVerdict")
	for _, s := range list {
		if of, claim, last := say(s); last && claim != "" {
			fmt.Fprintf(t, "%s\t%s\t%d, %d of %d\t%s (%s to %s)\t%s\n", of, claim, s.Positive, s.Negative, s.Seeds,
				times((s.Low+s.High)/2), times(s.From), times(s.To), s.Verdict)
		}
	}
	fmt.Fprintf(t, "\n%s\n", below)
	return t.Flush()
}

// claimOf puts the two observations into words; other comparisons are in the table of statistics
// alone.
func claimOf(s experiment.Statistic) string {
	switch {
	case s.Observation == "away" && s.Set == experiment.AtTraining && s.Against == "":
		return "boundaries moved away from training points"
	case s.Observation == "away" && s.Set == experiment.AtTraining && s.Against == experiment.AtRandom:
		return "and more so than from random points"
	case s.Observation == "more" && s.Against == experiment.AtRandom && s.Quantity == "count":
		return "more regions at training than at random points, radius " + s.Radius
	case s.Observation == "gained" && s.Against == experiment.AtRandom && s.Quantity == "count":
		return "and more so than before training, radius " + s.Radius
	}
	return ""
}

// times writes 2^v with three digits.
func times(v float64) string { return strconv.FormatFloat(math.Exp2(v), 'g', 3, 64) }

// floatList reads numbers separated by commas.
func floatList(s string) ([]float64, error) {
	var all []float64
	for word := range strings.SplitSeq(s, ",") {
		v, err := dyadic.ParseFloat(strings.TrimSpace(word))
		if err != nil {
			return nil, errors.New("expected numbers separated by commas")
		}
		all = append(all, v)
	}
	return all, nil
}
