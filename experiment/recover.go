// The study of what samples give away of a network with one layer of neurons: how far the tensors,
// the directions, the biases and the weights are off after so many samples, at each stage of
// package learn, and how far apart teacher and pupil are, exactly. Awasthi, Tang and Vijayaraghavan
// (2021) prove that the error falls as a power of the number of samples; they give no figures.

package experiment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/extremum"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/learn"
	"github.com/relucell/relucell/network"
)

// Shape is the size of a teacher.
type Shape struct {
	Inputs  int `json:"inputs"`
	Neurons int `json:"neurons"`
}

func (s Shape) String() string { return fmt.Sprintf("%dx%d", s.Inputs, s.Neurons) }

// RecoverStudy says which teachers are learnt from how many samples.
type RecoverStudy struct {
	Shapes  []Shape `json:"shapes"`
	Samples []int   `json:"samples"` // ascending
	// A seed is a teacher and its samples.
	FirstSeed uint64 `json:"first_seed"`
	Seeds     int    `json:"seeds"`
	// Radius is that of the l2 ball at 0 on which teacher and pupil are compared exactly, where
	// they have at most MostNeurons together.
	Radius      float64 `json:"radius"`
	MostNeurons int     `json:"most_neurons"`
	// Baseline adds stochastic gradient descent, at the largest number of samples.
	Baseline bool `json:"baseline"`
}

// RecoverDefaults returns a study that takes some minutes.
func RecoverDefaults() RecoverStudy {
	return RecoverStudy{Shapes: []Shape{{5, 3}, {5, 5}, {10, 5}}, Samples: []int{10000, 31623, 100000}, FirstSeed: 1, Seeds: 5, Radius: 1, MostNeurons: 10, Baseline: true}
}

// Check says in one line what is wrong with a study.
func (s *RecoverStudy) Check() error {
	if len(s.Shapes) == 0 {
		return errors.New("shapes: none, expected at least one such as 5x3")
	}
	for _, shape := range s.Shapes {
		if shape.Neurons < 1 || shape.Neurons > learn.MostNeurons(shape.Inputs) {
			return fmt.Errorf("shapes: %v, expected at least one neuron, and at most %d, which the tensors separate", shape, learn.MostNeurons(shape.Inputs))
		}
	}
	if err := once("shapes", s.Shapes); err != nil {
		return err
	}
	for i, n := range s.Samples {
		if n < 1 || n > learn.MaxSamples || i > 0 && n <= s.Samples[i-1] {
			return fmt.Errorf("samples: %v, expected an ascending list of numbers from 1 to %d", s.Samples, learn.MaxSamples)
		}
	}
	if len(s.Samples) == 0 {
		return errors.New("samples: none, expected at least one number")
	}
	return cmp.Or(atLeast(1, "seeds", int64(s.Seeds)), positive("radius", s.Radius, math.MaxFloat64), atLeast(0, "most-neurons", int64(s.MostNeurons)))
}

// RecoverRow is one measured quantity.
type RecoverRow struct {
	Shape
	Seed    uint64 `json:"seed"`
	Samples int    `json:"samples"`
	Method  string `json:"method"`
	Stage   string `json:"stage"`
	// Quantity is T1 … T4, the error of a tensor; w, b, a or most, of the parameters; rmse, in
	// units of the values' deviation; or distance, the largest |f − f̂| on the ball.
	Quantity string `json:"quantity"`
	// Lower and Upper are equal but for a distance.
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
}

var recoverHeader = []string{"inputs", "neurons", "seed", "samples", "method", "stage", "quantity", "lower", "upper"}

func (r RecoverRow) record() []string {
	return []string{strconv.Itoa(r.Inputs), strconv.Itoa(r.Neurons), strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Samples), r.Method, r.Stage, r.Quantity, decimal(r.Lower), decimal(r.Upper)}
}

// RecoverResult is a finished study.
type RecoverResult struct {
	Outcome
	Rows       []RecoverRow
	Statistics []RecoverStatistic
}

// recoverPart is one run of learning.
type recoverPart struct {
	Networks []File       `json:"networks"`
	Rows     []RecoverRow `json:"rows"`
}

type recoverRunner struct {
	*RecoverStudy
	work
}

// Recover runs a study and writes the folder. An error leaves in it what is done; calling again
// goes on from there. Options.Workers has no part in it.
func Recover(ctx context.Context, s RecoverStudy, opt Options) (*RecoverResult, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	m := newManifest(KindRecover, opt.Version)
	m.Recover = &s
	w, _, err := begin(m, opt)
	if err != nil {
		return nil, err
	}
	r := &recoverRunner{RecoverStudy: &s, work: w}
	res := &RecoverResult{Outcome: Outcome{Manifest: m}}
	last := s.Samples[len(s.Samples)-1]
	each := len(s.Samples)
	if s.Baseline {
		each++
	}
	r.state.Total = len(s.Shapes) * s.Seeds * each
	for _, shape := range s.Shapes {
		for k := range s.Seeds {
			seed := s.FirstSeed + uint64(k)
			for _, n := range s.Samples {
				if err := r.part(ctx, res, shape, seed, n, learn.MethodTensor); err != nil {
					return nil, err
				}
			}
			if s.Baseline {
				if err := r.part(ctx, res, shape, seed, last, learn.MethodSGD); err != nil {
					return nil, err
				}
			}
		}
	}
	res.Statistics = s.statistics(res.Rows)
	return res, r.finish(m, func() error { return r.figures(res.Rows) }, table{tableName, recoverHeader, records(res.Rows)},
		table{statisticsName, recoverStatisticsHeader, records(res.Statistics)})
}

// part learns once, or reads what is done.
func (r *recoverRunner) part(ctx context.Context, res *RecoverResult, shape Shape, seed uint64, samples int, method string) error {
	name := fmt.Sprintf("%v-seed%d-%d-%s", shape, seed, samples, method)
	var p recoverPart
	if loadPart(r.folder, name, &p, func(p *recoverPart) bool { return len(p.Rows) > 0 && r.folder.holdsAll(p.Networks) }) {
		res.Skipped++
	} else {
		var err error
		if p, err = r.learn(ctx, shape, seed, samples, method, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	res.Rows = append(res.Rows, p.Rows...)
	res.Manifest.Networks = append(res.Manifest.Networks, p.Networks...)
	r.advance(name, 1)
	return nil
}

// learn draws teacher and samples, learns, and measures each stage.
func (r *recoverRunner) learn(ctx context.Context, shape Shape, seed uint64, samples int, method, name string) (p recoverPart, err error) {
	truth := learn.Random(newStream(seed, streamTraining), shape.Inputs, shape.Neurons)
	s, err := learn.Draw(ctx, truth.At, shape.Inputs, samples, seed)
	if err != nil {
		return p, err
	}
	got, err := learn.Learn(ctx, s, learn.Options{Neurons: shape.Neurons, Method: method, Seed: seed, Truth: truth})
	if err != nil {
		return p, err
	}
	teacher, err := r.store(&p, name+"-teacher", truth)
	if err != nil {
		return p, err
	}
	for _, st := range got.Stages {
		head := RecoverRow{Shape: shape, Seed: seed, Samples: samples, Method: method, Stage: st.Name}
		if err := r.measure(ctx, &p, head, st, teacher, name); err != nil {
			return p, err
		}
	}
	return p, r.folder.savePart(name, p)
}

// store writes a model as a network.
func (r *recoverRunner) store(p *recoverPart, name string, m *learn.Model) (*network.Network, error) {
	n, err := m.Network()
	if err != nil {
		return nil, err
	}
	f, err := r.folder.writeNetwork("networks/"+name+".json", n)
	p.Networks = append(p.Networks, f)
	return n, err
}

// measure appends the rows of a stage, and stores its network.
func (r *recoverRunner) measure(ctx context.Context, p *recoverPart, head RecoverRow, st learn.Stage, teacher *network.Network, name string) error {
	add := func(quantity string, lower, upper float64) {
		head.Quantity, head.Lower, head.Upper = quantity, lower, upper
		p.Rows = append(p.Rows, head)
	}
	for k, v := range st.Tensors {
		add(fmt.Sprintf("T%d", k+1), v, v)
	}
	if st.Model == nil {
		return nil
	}
	e := st.Errors
	for _, q := range []struct {
		name string
		v    float64
	}{{"w", e.W}, {"b", e.B}, {"a", e.A}, {"most", e.Most()}, {"rmse", *st.RMSE}} {
		add(q.name, q.v, q.v)
	}
	n, err := r.store(p, name+"-"+strings.ReplaceAll(st.Name, " ", "-"), st.Model)
	if err != nil || 2*head.Neurons > r.MostNeurons {
		return err
	}
	lower, upper, err := r.distance(ctx, teacher, n)
	add("distance", lower, upper)
	return err
}

// distance encloses the largest |f − g| on the ball.
func (r *recoverRunner) distance(ctx context.Context, f, g *network.Network) (lower, upper float64, err error) {
	d, err := network.Difference(f, g)
	if err != nil {
		return 0, 0, err
	}
	b, err := ball.New(ball.L2, make([]float64, f.Inputs()), r.Radius)
	if err != nil {
		return 0, 0, err
	}
	form, err := extremum.ParseForm("y0", 1)
	if err != nil {
		return 0, 0, err
	}
	both, err := extremum.Maxima(ctx, d, b, []extremum.Form{form, form.Neg()}, extremum.Options{})
	if err != nil {
		return 0, 0, err
	}
	for _, e := range both {
		lower, upper = max(lower, dyadic.DownRat(e.Lower)), max(upper, dyadic.UpRat(e.Upper))
	}
	return lower, upper, nil
}
