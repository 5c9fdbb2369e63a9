// What is measured: a study is one data set and one optimiser. A configuration holds every
// value that the result depends on, and nothing else.

package experiment

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
)

// Study trains Seeds networks on one data set by one optimiser and measures each at Epochs.
type Study struct {
	Data      string    `json:"data"`
	SHA256    string    `json:"data_sha256,omitempty"`
	Optimizer string    `json:"optimizer"`
	Rate      float64   `json:"rate"`
	Batch     int       `json:"batch"`
	Hidden    []int     `json:"hidden"`
	FirstSeed uint64    `json:"first_seed"`
	Seeds     int       `json:"seeds"`
	Epochs    []int     `json:"epochs"` // measured after so many, ascending
	Points    int       `json:"points"` // of each set
	Norm      string    `json:"norm"`
	Radii     []float64 `json:"radii"`
	// Limit is the number of regions past which a count stops with a bracket.
	Limit  int64    `json:"limit"`
	Bounds []string `json:"bounds"`

	data *Data
}

// Config is a list of studies.
type Config struct {
	Studies []Study `json:"studies"`
	// Resamples is the number of bootstrap samples behind each interval.
	Resamples int `json:"resamples"`
}

// DefaultResamples puts some fifty samples beyond each end of a 95% interval.
const DefaultResamples = 2000

// DefaultBounds are the local bounds measured beside a count: the Zhu-style one and better ones.
var DefaultBounds = []string{"lipschitz", "lipschitz-masked", "crown", "combined"}

// Defaults returns the study of a data set by Adam that takes seconds to a few minutes.
func Defaults(d *Data) Study {
	s := Study{
		Data: d.Source, SHA256: d.SHA256, Optimizer: "adam", Rate: DefaultRate("adam"), Batch: 32, Hidden: []int{16, 16},
		FirstSeed: 1, Seeds: 10, Epochs: []int{0, 1, 3, 10, 30, 100}, Points: 20,
		Norm: "l2", Radii: []float64{0.1, 0.3}, Limit: 20000, Bounds: slices.Clone(DefaultBounds), data: d,
	}
	switch {
	case d.Name == "spirals":
		s.Epochs = append(s.Epochs, 300)
	case d.Inputs > 16: // distances grow with the dimension, and counts much faster
		s.Radii = []float64{0.2, 0.4}
	case d.Inputs > 2:
		s.Radii = []float64{0.2, 0.5}
	}
	return s
}

// SetOptimizer sets the optimiser and its own default rate.
func (s *Study) SetOptimizer(name string) { s.Optimizer, s.Rate = name, DefaultRate(name) }

// name starts the names of the study's files.
func (s *Study) name() string { return s.data.Name + "-" + s.Optimizer }

// Check says in one line what is wrong with a study.
func (s *Study) Check() error {
	if s.data == nil {
		return fmt.Errorf("data: %q was not opened", s.Data)
	}
	if !slices.Contains(Optimizers, s.Optimizer) {
		return fmt.Errorf("optimizer: %q, expected %s", s.Optimizer, strings.Join(Optimizers, ", "))
	}
	if _, err := ball.ParseNorm(s.Norm); err != nil {
		return err
	}
	return cmp.Or(positive("rate", s.Rate, math.MaxFloat32), atLeast(1, "batch", int64(s.Batch)), atLeast(1, "seeds", int64(s.Seeds)),
		atLeast(1, "points", int64(s.Points)), atLeast(1, "limit", s.Limit), errors.Join(s.checkLists(), s.checkBounds()))
}

func positive(name string, v, most float64) error {
	if !(v > 0) || v > most {
		return fmt.Errorf("%s: %g, expected a finite number greater than 0", name, v)
	}
	return nil
}

func atLeast(least int64, name string, v int64) error {
	if v < least {
		return fmt.Errorf("%s: %d, expected a whole number of at least %d", name, v, least)
	}
	return nil
}

// once says which element of a list is there twice.
func once[T comparable](name string, list []T) error {
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return fmt.Errorf("%s: %v twice, expected each once", name, quoted(v))
		}
	}
	return nil
}

// quoted is a text in quotes, and anything else itself.
func quoted(v any) any {
	if s, ok := v.(string); ok {
		return strconv.Quote(s)
	}
	return v
}

func (s *Study) checkLists() error {
	if len(s.Hidden) == 0 || slices.Min(s.Hidden) < 1 || slices.Max(s.Hidden) > maxWidth {
		return fmt.Errorf("hidden: %v, expected widths from 1 to %d", s.Hidden, maxWidth)
	}
	if len(s.Epochs) == 0 || s.Epochs[0] < 0 {
		return fmt.Errorf("epochs: %v, expected at least one whole number, none below 0", s.Epochs)
	}
	for i := 1; i < len(s.Epochs); i++ {
		if s.Epochs[i] <= s.Epochs[i-1] {
			return fmt.Errorf("epochs: %d after %d, expected an ascending list", s.Epochs[i], s.Epochs[i-1])
		}
	}
	for _, r := range s.Radii {
		if err := positive("radius", r, math.MaxFloat64); err != nil {
			return err
		}
	}
	return once("radius", s.Radii)
}

// maxWidth is a slip of the hand, not a network whose regions can be counted.
const maxWidth = 1 << 12

func (s *Study) checkBounds() error {
	for _, name := range s.Bounds {
		if _, ok := bound.ByName(name); !ok {
			var names []string
			for _, b := range bound.All() {
				names = append(names, b.Name())
			}
			return fmt.Errorf("bounds: %q, expected of %s", name, strings.Join(names, ", "))
		}
	}
	return once("bounds", s.Bounds)
}

// Open reads the data of each study; what was recorded of a file must still hold.
func (c *Config) Open(cache string) error {
	opened := map[string]*Data{}
	for i := range c.Studies {
		s := &c.Studies[i]
		if opened[s.Data] == nil {
			d, err := OpenData(s.Data, cache)
			if err != nil {
				return err
			}
			opened[s.Data] = d
		}
		s.data = opened[s.Data]
		if s.SHA256 != s.data.SHA256 {
			return fmt.Errorf("%s: sha256 %s, expected %s as the manifest has it", s.Data, s.data.SHA256, s.SHA256)
		}
	}
	return nil
}

// Check says in one line what is wrong with a configuration.
func (c *Config) Check() error {
	if len(c.Studies) == 0 {
		return errors.New("studies: none, expected at least one")
	}
	if err := atLeast(1, "resamples", int64(c.Resamples)); err != nil {
		return err
	}
	names := map[string]bool{}
	for i := range c.Studies {
		s := &c.Studies[i]
		if err := s.Check(); err != nil {
			return err
		}
		if names[s.name()] {
			return fmt.Errorf("data: %s by %s twice, expected each once", s.data.Name, s.Optimizer)
		}
		names[s.name()] = true
	}
	return nil
}
