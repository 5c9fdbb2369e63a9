package explore

// Who is asked: models that are read when they are first looked at, and one door for all questions.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/plot"
)

// Model is a network that can be read, perhaps one of several checkpoints of a training.
type Model struct {
	// Name is what the page calls it.
	Name string
	// Open reads it. The notes are what a user must know to read a number about it.
	Open func(ctx context.Context) (n *network.Network, notes []string, err error)
}

// Config says what is explored.
type Config struct {
	// Models has one entry at least, and all of them as many inputs.
	Models []Model
	// Points, if there are any, have as many coordinates as the models have inputs.
	Points *plot.Points
	// Version is what the page calls the program.
	Version string
	// MostCounted ends a count once at least so many regions are certified; 0 means never. It is
	// for an engine whose clock stands still while it walks.
	MostCounted int64
}

// Explorer answers the page's questions. It may be used by several goroutines.
type Explorer struct {
	cfg    Config
	inputs int
	models shelf[int, model]
	planes shelf[string, *network.Network]
	// busy has a place for each kind of question: who asks two counts at a time waits.
	busy map[string]chan struct{}
}

type model struct {
	net   *network.Network
	notes []string
}

// BadRequest is an error of the question, and not of the answer; so is a checkpoint that cannot be
// read.
type BadRequest struct{ Err error }

func (e *BadRequest) Error() string { return e.Err.Error() }
func (e *BadRequest) Unwrap() error { return e.Err }

func badf(format string, args ...any) error { return &BadRequest{fmt.Errorf(format, args...)} }

// New reads the first model and returns the explorer. Errors name the model.
func New(ctx context.Context, cfg Config) (*Explorer, error) {
	if len(cfg.Models) == 0 {
		return nil, errors.New("no network, expected one at least")
	}
	e := &Explorer{cfg: cfg, busy: map[string]chan struct{}{}}
	e.models.most, e.planes.most = keptModels, keptPlanes
	for _, q := range questions {
		e.busy[q] = make(chan struct{}, 1)
	}
	m, err := e.model(ctx, 0)
	if err != nil {
		return nil, err
	}
	e.inputs = m.net.Inputs()
	if p := cfg.Points; p != nil && len(p.X) > 0 && len(p.X[0]) != e.inputs {
		return nil, fmt.Errorf("points of %d coordinates, expected %d", len(p.X[0]), e.inputs)
	}
	return e, nil
}

// Network returns model i and the notes of its import.
func (e *Explorer) Network(ctx context.Context, i int) (*network.Network, []string, error) {
	m, err := e.model(ctx, i)
	return m.net, m.notes, err
}

// keptModels and keptPlanes bound what is kept in memory of a long training.
const keptModels, keptPlanes = 16, 32

func (e *Explorer) model(ctx context.Context, i int) (model, error) {
	if i < 0 || i >= len(e.cfg.Models) {
		return model{}, badf("model: %d, expected 0 to %d", i, len(e.cfg.Models)-1)
	}
	return e.models.get(i, func() (model, error) {
		name := e.cfg.Models[i].Name
		n, notes, err := e.cfg.Models[i].Open(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return model{}, err
		case err != nil: // whoever asks for it is told what is wrong with it
			return model{}, &BadRequest{err}
		case n.Inputs() < 2:
			return model{}, badf("%s: one input, expected two at least: list shows the regions of a network on a line", name)
		case e.inputs != 0 && n.Inputs() != e.inputs:
			return model{}, badf("%s: %d inputs, expected %d as %s has", name, n.Inputs(), e.inputs, e.cfg.Models[0].Name)
		}
		return model{n, notes}, nil
	})
}

// questions are the kinds of question that there are.
var questions = []string{"info", "plane", "map", "count", "bounds", "distance", "region"}

// request is what the page sends: which fields count depends on the question.
type request struct {
	Model int   `json:"model"`
	Plane plane `json:"plane"`
	// Window is lo, hi of the plane's first coordinate and then of its second.
	Window []float64 `json:"window"`
	Ball   *disc     `json:"ball"`
	// Pattern has a sign for each neuron, as in +-0.
	Pattern string `json:"pattern"`
	// Milliseconds bound the walk; 0 means as long as the question may take.
	Milliseconds float64 `json:"milliseconds"`
}

// longest is how long a question may take, defaultTime what it is given where it does not say.
const longest, defaultTime = 30 * time.Second, 10 * time.Second

func (r request) time() time.Duration {
	ms := r.Milliseconds
	if !(ms > 0) {
		return defaultTime
	}
	return time.Duration(math.Min(ms*float64(time.Millisecond), float64(longest)))
}

// Answer answers a question, both in JSON. The error is a *BadRequest where the question is at
// fault, or that of ctx.
func (e *Explorer) Answer(ctx context.Context, question string, body []byte) ([]byte, error) {
	place, ok := e.busy[question]
	if !ok {
		return nil, badf("question: %q, expected one of %v", question, questions)
	}
	var r request
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return nil, badf("not the JSON of a question: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, badf("the JSON of a question has something after it")
	}
	select {
	case place <- struct{}{}:
		defer func() { <-place }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	a, err := e.answer(ctx, question, r)
	if err != nil {
		return nil, err
	}
	return json.Marshal(a)
}

func (e *Explorer) answer(ctx context.Context, question string, r request) (any, error) {
	switch question {
	case "info":
		return e.info(ctx)
	case "plane":
		return e.describePlane(ctx, r)
	case "map":
		return e.atlas(ctx, r)
	case "count":
		return e.count(ctx, r)
	case "bounds":
		return e.bounds(ctx, r)
	case "distance":
		return e.distance(ctx, r)
	default:
		return e.region(ctx, r)
	}
}

// infoJSON is what does not change while the page is open.
type infoJSON struct {
	Version string   `json:"version"`
	Models  []string `json:"models"`
	Inputs  int      `json:"inputs"`
	Outputs int      `json:"outputs"`
	// Most is the number of regions that a map may have.
	Most int `json:"most"`
	// Points is the number of points, Classes the names of their classes, Class that of each.
	Points  int      `json:"points"`
	Classes []string `json:"classes"`
	Class   []int    `json:"class"`
}

func (e *Explorer) info(ctx context.Context) (infoJSON, error) {
	m, err := e.model(ctx, 0)
	if err != nil {
		return infoJSON{}, err
	}
	j := infoJSON{Version: e.cfg.Version, Inputs: e.inputs, Outputs: m.net.Outputs(), Most: mostRegions, Classes: []string{}, Class: []int{}}
	for _, m := range e.cfg.Models {
		j.Models = append(j.Models, m.Name)
	}
	if p := e.cfg.Points; p != nil && len(p.X) > 0 {
		j.Points = len(p.X)
		j.Classes, j.Class = append(j.Classes, p.Classes...), append(j.Class, p.Class...)
	}
	return j, nil
}

// shelf keeps the values that were asked for last.
type shelf[K comparable, V any] struct {
	mu    sync.Mutex
	most  int
	at    map[K]V
	order []K // the one used last comes last
}

// get returns the value of k, made where it is not there. An error is not kept.
func (s *shelf[K, V]) get(k K, made func() (V, error)) (V, error) {
	s.mu.Lock()
	v, ok := s.at[k]
	s.mu.Unlock()
	if !ok {
		var err error
		if v, err = made(); err != nil {
			return v, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		s.at = map[K]V{}
	}
	for i, o := range s.order {
		if o == k {
			s.order = append(s.order[:i], s.order[i+1:]...)
			break
		}
	}
	s.at[k], s.order = v, append(s.order, k)
	for len(s.order) > s.most {
		delete(s.at, s.order[0])
		s.order = s.order[1:]
	}
	return v, nil
}
