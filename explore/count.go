package explore

// What is said of the ball: the count, the bounds, and the distance to the nearest boundary.

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/enumerate"
)

// countJSON has the fields that the command's JSON has of a count.
type countJSON struct {
	Regions    regionsJSON `json:"regions"`
	Exact      bool        `json:"exact"`
	Definition string      `json:"definition"`
	Seconds    float64     `json:"seconds"`
}

type regionsJSON struct {
	Lower string `json:"lower"`
	Upper string `json:"upper"`
}

// count walks the ball. A walk that its time ends answers with a bracket.
func (e *Explorer) count(ctx context.Context, r request) (*countJSON, error) {
	n, b, err := e.subject(ctx, r)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, r.time())
	defer cancel()
	res, err := enumerate.Count(limited, n, b, enumerate.Options{Limit: e.cfg.MostCounted})
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil { // nobody waits for the bracket
		return nil, err
	}
	return &countJSON{regionsJSON{res.Lower.String(), res.Upper.String()}, res.Exact, "activation", res.Elapsed.Seconds()}, nil
}

type boundsJSON struct {
	Bounds []boundJSON `json:"bounds"`
	// Left is the number of bounds that the time did not suffice for.
	Left int `json:"left"`
}

type boundJSON struct {
	Name  string      `json:"name"`
	Kind  bound.Kind  `json:"kind"`
	Scope bound.Scope `json:"scope"`
	Value string      `json:"value"`
}

// bounds evaluates the bounds, the best of each kind first.
func (e *Explorer) bounds(ctx context.Context, r request) (*boundsJSON, error) {
	n, b, err := e.subject(ctx, r)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, r.time())
	defer cancel()
	list := bound.All()
	if r.Milliseconds > 0 && r.Milliseconds < patience {
		list = bound.Cheap()
	}
	all := bound.Evaluate(limited, list, n, b)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(p, q bound.Result) int {
		if p.Kind != q.Kind || p.Err != nil || q.Err != nil {
			return cmp.Or(cmp.Compare(q.Kind, p.Kind), cmp.Compare(p.Name, q.Name)) // upper bounds first
		}
		if p.Kind == bound.Lower {
			return q.Value.Cmp(p.Value)
		}
		return p.Value.Cmp(q.Value)
	})
	j := &boundsJSON{Bounds: []boundJSON{}}
	for _, p := range all {
		if p.Err != nil {
			j.Left++
			continue
		}
		j.Bounds = append(j.Bounds, boundJSON{p.Name, p.Kind, p.Scope, p.Value.String()})
	}
	return j, nil
}

// patience is the time in milliseconds below which the costly bounds are left out.
const patience = 1000

// distanceJSON brackets a distance by neighbouring floats, equal where it is a float64.
type distanceJSON struct {
	// Found is false where the time did not suffice. Neuron is then −1, as it is where no boundary
	// is in sight.
	Found  bool `json:"found"`
	Neuron int  `json:"neuron"`
	// Layer is the neuron's hidden layer, from 0.
	Layer int     `json:"layer"`
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
	// Exact is the distance as a fraction, for linf and l1; Squared its square, for l2.
	Exact   string `json:"exact,omitempty"`
	Squared string `json:"squared,omitempty"`
}

// mostDigits is how long a fraction may be that is shown.
const mostDigits = 200

func (e *Explorer) distance(ctx context.Context, r request) (*distanceJSON, error) {
	n, b, err := e.subject(ctx, r)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, r.time())
	defer cancel()
	d, err := bound.NearestBoundaryOf(limited, n, b)
	if err != nil {
		if ctx.Err() == nil && limited.Err() != nil {
			return &distanceJSON{Neuron: -1}, nil
		}
		return nil, err
	}
	j := &distanceJSON{Found: true, Neuron: d.Neuron}
	if d.Neuron < 0 || math.IsInf(d.Lower, 0) || math.IsInf(d.Upper, 0) {
		j.Neuron = -1
		return j, nil
	}
	j.Lower, j.Upper = d.Lower, d.Upper
	j.Layer = layerOf(n.Hidden(), d.Neuron)
	if d.Exact != nil {
		j.Exact = brief(d.Exact.RatString())
	}
	if d.Squared != nil {
		j.Squared = brief(d.Squared.RatString())
	}
	return j, nil
}

func brief(s string) string {
	if len(s) > mostDigits {
		return ""
	}
	return s
}

// layerOf returns the hidden layer of a neuron, from 0.
func layerOf(hidden []int, neuron int) int {
	for l, k := range hidden {
		if neuron < k {
			return l
		}
		neuron -= k
	}
	return len(hidden)
}
