package learn

// The whole, from samples to a model.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// The methods.
const (
	MethodTensor = "tensor"
	MethodSGD    = "sgd"
)

// Methods are the methods, the first the default.
var Methods = []string{MethodTensor, MethodSGD}

// Options say what to learn and how.
type Options struct {
	// Neurons is their number.
	Neurons int
	// Method is one of Methods; empty is the first.
	Method string
	// Seed names the random combinations of tensors, or the random start.
	Seed uint64
	// NoRefine leaves out the fit of the samples.
	NoRefine bool
	// Truth, if not nil, is what the samples come from: each stage is compared with it.
	Truth *Model
	// Progress, if not nil, is told of each stage that begins.
	Progress func(stage string)
}

// The stages, in order.
const (
	StageMeans      = "means"
	StageRegression = "regression"
	StageDecompose  = "decomposition"
	StageMoments    = "moment fit"
	StageSGD        = "sgd"
	StageRefine     = "refinement"
)

// Stage is what a step of learning gave.
type Stage struct {
	Name string `json:"stage"`
	// Tensors are the errors of T_1 … T_4 in the Frobenius norm, of the stages that estimate them,
	// where the truth is known.
	Tensors []float64 `json:"tensors,omitempty"`
	// RMSE is the root mean square error on the samples, beside the standard deviation of the
	// values: of the stages that have a model.
	RMSE *float64 `json:"rmse,omitempty"`
	// Errors are those of the parameters, where the truth is known.
	Errors *Errors `json:"errors,omitempty"`
	// Mixed is the number of pairs of directions that noise had mixed beyond telling apart: the
	// decomposition then has a complex spectrum, and its model is a start for the moment fit, no
	// more.
	Mixed   int     `json:"mixed,omitempty"`
	Seconds float64 `json:"seconds"`
	// Model is that of the stage, nil where there is none.
	Model *Model `json:"-"`
}

// Result is what was learnt.
type Result struct {
	Model  *Model
	Stages []Stage
	// Deviation is the standard deviation of the values, in whose units an RMSE is told.
	Deviation float64
}

// refined is the number of samples that a refinement begins with, and fitSteps bounds its steps and
// those of a moment fit: where a fit has not ended by then, it is not near anything.
const (
	refined  = 20000
	fitSteps = 300
	// exactly is the relative error below which a fit is one without noise: more samples add
	// nothing.
	exactly = 1e-9
	// near is the relative error above which another start is tried as well.
	near = 1e-3
)

// ErrDiverged says that a model is not finite.
var ErrDiverged = errors.New("the fit is not finite: expected values of moderate size, such as 1")

// learner is one run.
type learner struct {
	ctx   context.Context
	s     *Samples
	opt   Options
	res   *Result
	basis *basis // nil for sgd
	truth []float64
	begun time.Time
}

// Learn learns a model from samples. When ctx ends first its cause is the error.
func Learn(ctx context.Context, s *Samples, opt Options) (*Result, error) {
	if opt.Method == "" {
		opt.Method = MethodTensor
	}
	if err := check(s, opt); err != nil {
		return nil, err
	}
	l := &learner{ctx: ctx, s: s, opt: opt, res: &Result{}}
	if _, l.res.Deviation = s.deviation(); !moderate(l.res.Deviation) {
		return nil, fmt.Errorf("samples: values of deviation %.3g, expected a moderate one, such as 1", l.res.Deviation)
	}
	var list []*Model
	var err error
	if opt.Method == MethodSGD {
		list, err = l.sgd()
	} else {
		list, err = l.tensors()
	}
	if err == nil && !opt.NoRefine {
		list, err = l.refine(list)
	}
	if err != nil {
		return l.res, err
	}
	l.res.Model = list[0]
	return l.res, nil
}

func check(s *Samples, opt Options) error {
	switch {
	case !slices.Contains(Methods, opt.Method):
		return fmt.Errorf("method: %q, expected %s", opt.Method, strings.Join(Methods, ", "))
	case opt.Neurons < 1:
		return fmt.Errorf("neurons: %d, expected at least one", opt.Neurons)
	case opt.Method == MethodTensor && opt.Neurons > MostNeurons(s.Inputs):
		return fmt.Errorf("neurons: %d in %d inputs, expected at most %d, which the tensors separate; --method sgd has no such limit", opt.Neurons, s.Inputs, MostNeurons(s.Inputs))
	case s.Len() <= opt.Neurons*(s.Inputs+2):
		return fmt.Errorf("samples: %d, expected more than the %d parameters", s.Len(), opt.Neurons*(s.Inputs+2)+1)
	}
	different := false
	for i, y := range s.Y {
		if math.IsNaN(y) || math.IsInf(y, 0) {
			return fmt.Errorf("samples: value %d is %g, expected a finite number", i, y)
		}
		different = different || y != s.Y[0]
	}
	if !different { // which a deviation in floats does not tell
		return fmt.Errorf("samples: all values are %g, expected different ones", s.Y[0])
	}
	return nil
}

// moderate says that a deviation is one whose square, the unit of sums of squares, is a normal
// float.
func moderate(v float64) bool { return v*v >= 0x1p-1022 && v*v <= math.MaxFloat64 }

// begin starts a stage's clock.
func (l *learner) begin(stage string) {
	l.begun = time.Now()
	if l.opt.Progress != nil {
		l.opt.Progress(stage)
	}
}

// estimated notes a stage that estimates coefficients.
func (l *learner) estimated(stage string, beta []float64) {
	st := Stage{Name: stage, Seconds: time.Since(l.begun).Seconds()}
	if l.opt.Truth != nil {
		if l.truth == nil {
			l.truth = l.basis.coefficients(l.opt.Truth)
		}
		d := l.basis.distances(beta, l.truth)
		st.Tensors = d[:]
	}
	l.res.Stages = append(l.res.Stages, st)
}

// modelled notes a stage that has a model.
func (l *learner) modelled(stage string, m *Model) error {
	st := Stage{Name: stage, Seconds: time.Since(l.begun).Seconds(), Model: m}
	v, err := l.s.first(refined).rmse(l.ctx, m)
	if err != nil {
		return err
	}
	if v /= l.res.Deviation; math.IsNaN(v) || math.IsInf(v, 0) {
		return ErrDiverged
	}
	st.RMSE = &v
	if t := l.opt.Truth; t != nil && t.Neurons() == m.Neurons() {
		e := Compare(m, t)
		st.Errors = &e
	}
	l.res.Stages = append(l.res.Stages, st)
	return nil
}

// tensors returns models by the tensors, the best first.
func (l *learner) tensors() ([]*Model, error) {
	var err error
	if l.basis, err = newBasis(l.s.Inputs); err != nil {
		return nil, err
	}
	l.begin(StageMeans)
	beta, err := l.basis.means(l.ctx, l.s)
	if err != nil {
		return nil, err
	}
	l.estimated(StageMeans, beta)
	l.begin(StageRegression)
	if beta, err = l.basis.regress(l.ctx, l.s, beta); err != nil {
		return nil, err
	}
	l.estimated(StageRegression, beta)
	return l.neurons(beta)
}

// neurons returns models of given coefficients.
func (l *learner) neurons(beta []float64) ([]*Model, error) {
	l.begin(StageDecompose)
	decompose := l.basis.decompose
	if l.opt.Neurons > l.s.Inputs {
		decompose = l.basis.decomposeMany
	}
	found, err := decompose(l.ctx, beta, l.opt.Neurons, rand.New(rand.NewPCG(l.opt.Seed, streamTries)))
	if err != nil {
		return nil, err
	}
	if err := l.modelled(StageDecompose, found[0].Model); err != nil {
		return nil, err
	}
	l.res.Stages[len(l.res.Stages)-1].Mixed = found[0].pairs
	l.begin(StageMoments)
	p := moments{l.basis, beta}
	scale := 0.0
	for _, v := range beta {
		scale += v * v
	}
	for i := range found {
		if found[i].Model, found[i].distance, err = fit(l.ctx, p, found[i].Model, fitSteps, scale); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(found, func(x, y candidate) int { return cmp.Compare(x.distance, y.distance) })
	var list []*Model
	for _, c := range found {
		list = append(list, c.Model)
	}
	return list, l.modelled(StageMoments, list[0])
}

// sgd returns the model of the baseline.
func (l *learner) sgd() ([]*Model, error) {
	l.begin(StageSGD)
	m, err := descend(l.ctx, l.s, l.opt.Neurons, rand.New(rand.NewPCG(l.opt.Seed, streamStart)))
	if err != nil {
		return nil, err
	}
	return []*Model{m}, l.modelled(StageSGD, m)
}

// refine fits the samples: some of them, from one start or, where that leads nowhere near, from the
// others too; and then all, where there is noise to be averaged.
func (l *learner) refine(list []*Model) ([]*Model, error) {
	l.begin(StageRefine)
	unit := l.res.Deviation * l.res.Deviation
	some := values{l.s.first(refined)}
	var best *Model
	least := math.Inf(1)
	for _, m := range list {
		m, sum, err := fit(l.ctx, some, m, fitSteps, unit)
		if err != nil {
			return nil, err
		}
		if sum < least {
			best, least = m, sum
		}
		if least <= near*near*unit {
			break
		}
	}
	if best == nil { // no sum of squares is finite
		return nil, ErrDiverged
	}
	if least > exactly*exactly*unit && some.Len() < l.s.Len() {
		var err error
		if best, _, err = fit(l.ctx, values{l.s}, best, fitSteps, unit); err != nil {
			return nil, err
		}
	}
	if level := best.level(); level != nil { // turned such that no V is left: one network less to look for
		again, sum, err := fit(l.ctx, values{l.s}, level, fitSteps, unit)
		if err != nil {
			return nil, err
		}
		if sum <= max(4*least, exactly*exactly*unit) {
			best = again
		}
	}
	return []*Model{best}, l.modelled(StageRefine, best)
}
