// What is studied of recurrent networks: whether path-SGD trains them better than SGD, and to
// functions of fewer pieces (Neyshabur et al. 2016). A network unrolled over T steps is a ReLU
// network of its whole input; its regions are counted on lines and planes through sequences
// that they are trained on, or that are held back.

package experiment

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// RecurrentStudy trains networks of one task, Seeds of them for each first network and optimiser,
// and measures each after Measured batches.
type RecurrentStudy struct {
	Task       string   `json:"task"`
	File       string   `json:"file,omitempty"` // of the text
	SHA256     string   `json:"sha256,omitempty"`
	Steps      int      `json:"steps"` // of a sequence
	Hidden     int      `json:"hidden"`
	Inits      []string `json:"inits"`
	Optimizers []string `json:"optimizers"`
	FirstSeed  uint64   `json:"first_seed"`
	Seeds      int      `json:"seeds"`
	Measured   []int    `json:"measured"` // after so many batches, ascending
	RecurrentTraining
	RecurrentMeasures

	task *sequenceTask
}

// RecurrentTraining says how networks are trained. Rates are tried for each first network and
// optimiser, on one more seed, over Pilot batches; the one that ends with the lowest loss is taken:
// none is fair to all optimisers.
type RecurrentTraining struct {
	Batch int                  `json:"batch"`
	Rates map[string][]float64 `json:"rates"`
	Pilot int                  `json:"pilot"`
}

// RecurrentMeasures says what is measured of a network: the loss on Test sequences, and the regions
// on so many lines and planes through sequences, up to Limit, past which a count stops with a
// bracket. Resamples is the number of bootstrap samples behind each interval.
type RecurrentMeasures struct {
	Test   int `json:"test"`
	Lines  int `json:"lines"`
	Planes int `json:"planes"`
	// On is one of RecurrentPlaces; empty is the last, which earlier manifests do not spell.
	On        string `json:"on,omitempty"`
	Limit     int64  `json:"limit"`
	Resamples int    `json:"resamples"`
}

// onTraining and onTest say what sequences lines and planes go through: some that networks are
// trained on, or the first of those that their loss is measured on. The addition problem has no set
// of its own to train on; all its sequences are drawn anew.
const onTraining, onTest = "training", "test"

// RecurrentPlaces are what On may be, the first the default of a study.
var RecurrentPlaces = []string{onTraining, onTest}

// RecurrentDefaults returns the study of a task that takes some minutes.
func RecurrentDefaults(task string) RecurrentStudy {
	s := RecurrentStudy{
		Task: task, Steps: 20, Hidden: 32, Inits: slices.Clone(RecurrentInits), Optimizers: slices.Clone(RecurrentOptimizers),
		FirstSeed: 1, Seeds: 5, Measured: []int{0, 300, 1000, 3000},
		RecurrentTraining: RecurrentTraining{Batch: 20, Pilot: 1000, Rates: map[string][]float64{
			"sgd": {0.3, 0.1, 0.03, 0.01}, "path": {0.03, 0.01, 0.003, 0.001}, "path2": {0.03, 0.01, 0.003, 0.001}}},
		RecurrentMeasures: RecurrentMeasures{Test: 500, Lines: 4, Planes: 1, On: onTraining, Limit: 1000, Resamples: DefaultResamples},
	}
	switch task {
	case "digits":
		s.Steps = 64
	case "mnist":
		s.Steps = 28
	}
	return s
}

// Open opens the task's data; what was recorded of a file must still hold.
func (s *RecurrentStudy) Open(cache string) error {
	recorded := s.SHA256
	if err := s.open(cache); err != nil {
		return err
	}
	if recorded != "" && s.SHA256 != recorded {
		return fmt.Errorf("%s: sha256 %s, expected %s as the manifest has it", cmp.Or(s.File, s.Task), s.SHA256, recorded)
	}
	return nil
}

// Check says in one line what is wrong with an opened study.
func (s *RecurrentStudy) Check() error {
	if s.task == nil {
		return fmt.Errorf("task: %q was not opened", s.Task)
	}
	for _, n := range []struct {
		name        string
		v           int64
		least, most int64
	}{
		{"hidden", int64(s.Hidden), 1, maxWidth}, {"batch", int64(s.Batch), 1, math.MaxInt32}, {"seeds", int64(s.Seeds), 1, math.MaxInt32},
		{"first-seed", int64(s.FirstSeed), 1, math.MaxInt32}, {"pilot", int64(s.Pilot), 1, math.MaxInt32}, {"test", int64(s.Test), 3, math.MaxInt32},
		{"lines", int64(s.Lines), 0, int64(s.Test) / 2}, {"planes", int64(s.Planes), 0, int64(s.Test) / 3}, {"limit", s.Limit, 1, math.MaxInt64},
		{"resamples", int64(s.Resamples), 1, math.MaxInt32},
	} {
		if n.v < n.least || n.v > n.most {
			return fmt.Errorf("%s: %d, expected a whole number from %d to %d", n.name, n.v, n.least, n.most)
		}
	}
	if len(s.Measured) == 0 || s.Measured[0] < 0 || !slices.IsSorted(s.Measured) || len(slices.Compact(slices.Clone(s.Measured))) < len(s.Measured) {
		return fmt.Errorf("measure: %v, expected ascending whole numbers, none below 0", s.Measured)
	}
	if s.On == onTest {
		s.On = ""
	} else if s.On != "" && s.On != onTraining {
		return fmt.Errorf("on: %q, expected of %s", s.On, strings.Join(RecurrentPlaces, ", "))
	}
	return errors.Join(chosen("init", s.Inits, RecurrentInits), s.checkOptimizers())
}

func (s *RecurrentStudy) checkOptimizers() error {
	if err := chosen("optimizer", s.Optimizers, RecurrentOptimizers); err != nil {
		return err
	}
	for _, o := range s.Optimizers {
		if len(s.Rates[o]) == 0 {
			return fmt.Errorf("rates: none of %s, expected one at least", o)
		}
		for _, r := range s.Rates[o] {
			if !(r > 0) || math.IsInf(r, 0) {
				return fmt.Errorf("rates: %g of %s, expected finite numbers greater than 0", r, o)
			}
		}
	}
	return nil
}

// chosen checks a list of names, each of those known, and once.
func chosen(what string, names, known []string) error {
	if len(names) == 0 {
		return fmt.Errorf("%s: none, expected of %s", what, strings.Join(known, ", "))
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%s: %q, expected of %s", what, name, strings.Join(known, ", "))
		}
	}
	return once(what, names)
}
