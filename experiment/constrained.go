package experiment

// The experiment of Frerix, Nießner and Cremers (2020, section 4): digits under the constraints of
// a checkerboard. What is asked is what they ask: how near the outputs come to the pictures,
// whether the constraints hold, and what that costs at test time, by a cone layer and by
// projections.

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"time"

	"gonum.org/v1/gonum/floats"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/constrained"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// The models: an affine layer that is to learn the projection on the cone, the authors' first task,
// and a variational autoencoder.
const (
	Projection  = "projection"
	Autoencoder = "autoencoder"
)

// Models are the names that Constrained.Model takes.
var Models = []string{Projection, Autoencoder}

// Constrained is the configuration of an experiment under constraints.
type Constrained struct {
	Data   string  `json:"data"`
	SHA256 string  `json:"data_sha256"`
	Model  string  `json:"model"`
	Blocks int     `json:"blocks"` // of the checkerboard, in a row
	Epochs int     `json:"epochs"`
	Batch  int     `json:"batch"`
	Rate   float64 `json:"rate"`             // of the first step; it falls to 0 in a line
	Hidden int     `json:"hidden,omitempty"` // of the autoencoder
	Latent int     `json:"latent,omitempty"`
	// BatchNorm normalises what the coefficients of a cone layer are computed of, while training.
	BatchNorm bool `json:"batch_norm,omitempty"`
	// DivideAfter has the outputs of a cone layer divided by their largest size where that is above
	// 1, which keeps them in the cone and among the pixels: at test time, and in training after so
	// many epochs. Nil: nowhere.
	DivideAfter *int   `json:"divide_after,omitempty"`
	Seed        uint64 `json:"seed"`

	data  *Data
	side  int
	timed time.Duration // how long a method is timed
}

// ConstrainedDefaults returns the experiment on digits or mnist that takes some tens of seconds, or
// minutes.
func ConstrainedDefaults(d *Data, model string) (*Constrained, error) {
	c := &Constrained{Data: d.Source, SHA256: d.SHA256, Model: model, Blocks: 4, Epochs: 150, Batch: 32, Rate: 0.002, Seed: 1, data: d, timed: clockFor}
	c.side = int(math.Sqrt(float64(d.Inputs)))
	if d.Source != "digits" && d.Source != "mnist" {
		return nil, fmt.Errorf("data: %q, expected digits or mnist", d.Source)
	}
	if model == Autoencoder {
		c.Hidden, c.Latent = 64, 8
	}
	if d.Source == "mnist" {
		c.Epochs, c.Batch, c.Rate = 4, 64, 0.001
		if model == Autoencoder {
			c.Hidden, c.Latent = 256, 16
		}
	}
	return c, nil
}

// Check says in one line what is wrong with a configuration.
func (c *Constrained) Check() error {
	if c.Model != Projection && c.Model != Autoencoder {
		return fmt.Errorf("model: %q, expected projection or autoencoder", c.Model)
	}
	if c.Blocks < 1 || c.side%c.Blocks != 0 {
		return fmt.Errorf("blocks: %d, expected a divisor of %d, the pixels in a row", c.Blocks, c.side)
	}
	if err := positive("rate", c.Rate, math.MaxFloat32); err != nil {
		return err
	}
	if d := c.DivideAfter; d != nil && *d < 0 {
		return fmt.Errorf("divide-after: %d, expected a number of epochs", *d)
	}
	for name, v := range map[string]int{"epochs": c.Epochs, "batch": c.Batch, "hidden": c.Hidden, "latent": c.Latent} {
		least := 1
		if name == "epochs" || c.Model == Projection && (name == "hidden" || name == "latent") {
			least = 0
		}
		if v < least || v > maxWidth && name != "epochs" {
			return fmt.Errorf("%s: %d, expected a whole number from %d to %d", name, v, least, maxWidth)
		}
	}
	return nil
}

// ConstrainedRow is what was found of one way to satisfy the constraints. All but the time is
// reproduced by the same configuration.
type ConstrainedRow struct {
	Method string  `json:"method"`
	Square float64 `json:"mean_square"` // of a pixel's error at test points, pixels from −1 to 1
	// Proved says that the network's structure shows the constraints for all inputs, over the
	// reals.
	Proved bool `json:"proved"`
	// Outside is how many of the outputs, as floats computed them, violate a constraint, exactly,
	// and Worst by how much: the largest value of a constraint, rounded up.
	Outside int     `json:"outside"`
	Worst   float64 `json:"worst"`
	// Micros is the time for one picture, and Steps the mean number of iterations of a projection
	// that iterates.
	Micros float64 `json:"microseconds"`
	Steps  float64 `json:"iterations,omitempty"`
}

// ConstrainedResult is a finished experiment.
type ConstrainedResult struct {
	Config *Constrained     `json:"config"`
	Tests  int              `json:"test_pictures"`
	Rays   int              `json:"rays"`
	Lines  int              `json:"lines"`
	Cone   float64          `json:"cone_seconds"` // to describe the cone
	Rows   []ConstrainedRow `json:"rows"`
	Files  []File           `json:"files"`

	rows   [][]*big.Int
	test   [][]float64
	folder folder
}

// RunConstrained runs the experiment and writes the folder, which must be new: the constraints, the
// cone, the trained networks, and a table that holds no time.
func RunConstrained(ctx context.Context, c *Constrained, dir string) (*ConstrainedResult, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if names, err := os.ReadDir(dir); err == nil && len(names) > 0 {
		return nil, fmt.Errorf("%s: not empty, expected a new folder (%w)", dir, ErrFolder)
	}
	r := &ConstrainedResult{Config: c, rows: cone.Checkerboard(c.side, c.Blocks), folder: folder(dir)}
	begun := time.Now()
	d, err := cone.Describe(ctx, c.data.Inputs, r.rows, cone.Options{})
	if err != nil {
		return nil, err
	}
	r.Cone, r.Rays, r.Lines = time.Since(begun).Seconds(), len(d.Rays), len(d.Lineality)
	training, test := c.data.split(rand.New(rand.NewPCG(c.Seed, streamData)))
	signed(training.x)
	signed(test.x)
	r.test, r.Tests = test.x, len(test.x)
	vectors, err := constrained.Matrix(d, true)
	if err != nil {
		return nil, err
	}
	nets := map[string]*network.Network{}
	for _, last := range []string{ConicReLU, ConicAbs, Plain} {
		t := &conic{Constrained: c, last: last, cone: d, vectors: vectors}
		if nets[last], err = t.train(ctx, training.x); err != nil {
			return nil, fmt.Errorf("%s: %w", last, err)
		}
	}
	if err := r.measure(ctx, nets); err != nil {
		return nil, err
	}
	return r, r.write(d, nets)
}

// signed maps grey values from [0, 1] to [−1, 1], as the authors do. Rows are replaced, for the
// data set keeps its own.
func signed(x [][]float64) {
	for i, row := range x {
		y := make([]float64, len(row))
		for k, v := range row {
			y[k] = float64(float32(2*v - 1))
		}
		x[i] = y
	}
}

// measure fills the table.
func (r *ConstrainedResult) measure(ctx context.Context, nets map[string]*network.Network) error {
	near, iterated := newActiveSet(r.rows, r.Config.data.Inputs), newAlternating(r.rows, r.Config.data.Inputs)
	steps := 0
	plain, abs, relu := nets[Plain].NewPass(), nets[ConicAbs].NewPass(), nets[ConicReLU].NewPass()
	for _, m := range []struct {
		name string
		net  *network.Network
		at   func(x []float64) []float64
	}{
		{"the pictures, projected", nil, near.project},
		{"cone layer, max(β, 0)" + r.Config.divides(), nets[ConicReLU], r.Config.divided(relu.Forward)},
		{"cone layer, |β|" + r.Config.divides(), nets[ConicAbs], r.Config.divided(abs.Forward)},
		{"no constraint", nets[Plain], plain.Forward},
		{"projected, active set", nil, func(x []float64) []float64 { return near.project(plain.Forward(x)) }},
		{"projected, ADMM", nil, func(x []float64) []float64 {
			y := iterated.project(plain.Forward(x))
			steps += iterated.iterations
			return y
		}},
	} {
		row := ConstrainedRow{Method: m.name}
		steps = 0
		for _, x := range r.test {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			y := m.at(x)
			for k, v := range y {
				row.Square += (v - x[k]) * (v - x[k]) / float64(len(x)*len(r.test))
			}
			if v := worst(r.rows, y); v > 0 {
				row.Outside++
				row.Worst = max(row.Worst, v)
			}
		}
		row.Steps = float64(steps) / float64(len(r.test))
		row.Micros = r.clock(m.at)
		if m.net != nil {
			gap, err := constrained.Check(m.net, r.rows)
			if err != nil {
				return err
			}
			row.Proved = gap == nil
		}
		r.Rows = append(r.Rows, row)
	}
	return nil
}

// divides says in a word what divided does.
func (c *Constrained) divides() string {
	if c.DivideAfter == nil {
		return ""
	}
	return ", divided"
}

// divided divides what a cone layer returns, in place: a positive multiple of a point of the cone
// is one too.
func (c *Constrained) divided(at func(x []float64) []float64) func(x []float64) []float64 {
	if c.DivideAfter == nil {
		return at
	}
	return func(x []float64) []float64 {
		y := at(x)
		if size := floats.Norm(y, math.Inf(1)); size > 1 {
			for k := range y {
				y[k] /= size
			}
		}
		return y
	}
}

// worst returns the largest value of a constraint at a point of floats, exactly but for the last
// rounding, upwards.
func worst(rows [][]*big.Int, y []float64) (most float64) {
	d := dyadic.Floats(y)
	most = math.Inf(-1)
	var s, t big.Int
	for _, row := range rows {
		s.SetInt64(0)
		for k, x := range row {
			if x.Sign() != 0 {
				s.Add(&s, t.Mul(x, &d.N[k]))
			}
		}
		most = max(most, dyadic.UpInt(&s, d.Exp))
	}
	return most
}

// clockFor is how long a method is timed: long against the resolution of clocks and the slices of a
// busy machine.
const clockFor = 300 * time.Millisecond

// clock returns the microseconds for a picture.
func (r *ConstrainedResult) clock(f func(x []float64) []float64) float64 {
	begun, count := time.Now(), 0
	for time.Since(begun) < r.Config.timed {
		for range 8 {
			f(r.test[count%len(r.test)])
			count++
		}
	}
	return float64(time.Since(begun).Microseconds()) / float64(count)
}
