package explore

// The plane that is looked at: the network itself where it has two inputs, two inputs of it with
// the others fixed, or the plane through three points.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/plot"
)

// plane names a plane. The zero value is the plane of a network with two inputs.
type plane struct {
	// Inputs are two, counted from 0; the others stay at Origin, 0 where that is not given.
	Inputs []int `json:"inputs,omitempty"`
	Origin *spot `json:"origin,omitempty"`
	// Through has three points: p₀ at (0, 0), p₁ at (1, 0), p₂ at (0, 1).
	Through []spot `json:"through,omitempty"`
}

// whole says that the plane is all there is.
func (p plane) whole() bool { return len(p.Inputs) == 0 && len(p.Through) == 0 }

// spot is a point of the inputs: in JSON its coordinates, one number of which stands for all, or
// the number of one of the explorer's points, from 0.
type spot struct {
	x   []float64
	row int
}

func (s *spot) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &s.row) == nil {
		return nil
	}
	if err := json.Unmarshal(text, &s.x); err != nil || len(s.x) == 0 {
		return errors.New("a point is a list of numbers, or the number of a point of --points from 0")
	}
	return nil
}

// String spells a spot, for keys.
func (s *spot) String() string {
	if s == nil {
		return "0"
	}
	return fmt.Sprint(s.x, s.row)
}

// point returns the coordinates of a spot, 0 where it is nil.
func (e *Explorer) point(s *spot) ([]float64, error) {
	x := make([]float64, e.inputs)
	switch {
	case s == nil:
	case len(s.x) == e.inputs:
		copy(x, s.x)
	case len(s.x) == 1:
		for i := range x {
			x[i] = s.x[0]
		}
	case len(s.x) > 0:
		return nil, badf("a point of %d numbers, expected %d, or one for all", len(s.x), e.inputs)
	case e.cfg.Points == nil || s.row < 0 || s.row >= len(e.cfg.Points.X):
		return nil, badf("point %d, which --points has not", s.row+1)
	default:
		copy(x, e.cfg.Points.X[s.row])
	}
	return x, nil
}

// cut returns the model on the plane.
func (e *Explorer) cut(ctx context.Context, i int, p plane) (*network.Network, error) {
	m, err := e.model(ctx, i)
	if err != nil {
		return nil, err
	}
	if p.whole() {
		if m.net.Inputs() != 2 {
			return nil, badf("plane: missing, expected two inputs, or three points that it goes through, as the network has %d inputs", m.net.Inputs())
		}
		return m.net, nil
	}
	return e.planes.get(fmt.Sprint(i, p.Inputs, p.Origin, p.Through), func() (*network.Network, error) {
		n, err := e.slice(m.net, p)
		if err != nil {
			return nil, badf("plane: %w", err)
		}
		return n, nil
	})
}

func (e *Explorer) slice(n *network.Network, p plane) (*network.Network, error) {
	if len(p.Through) > 0 {
		if len(p.Through) != 3 || len(p.Inputs) > 0 || p.Origin != nil {
			return nil, badf("three points, or two inputs and an origin: expected one or the other")
		}
		var points [][]float64
		for i := range p.Through {
			x, err := e.point(&p.Through[i])
			if err != nil {
				return nil, err
			}
			points = append(points, x)
		}
		return network.Through(n, points...)
	}
	if len(p.Inputs) != 2 {
		return nil, badf("%d inputs, expected two", len(p.Inputs))
	}
	origin, err := e.point(p.Origin)
	if err != nil {
		return nil, err
	}
	return network.Inputs(n, origin, p.Inputs...)
}

// planeJSON says what a plane looks like.
type planeJSON struct {
	Labels [2]string `json:"labels"`
	// Points are the explorer's points on the plane, projected, in its order: s, t of each.
	Points []float64 `json:"points"`
	// Widths and Hidden are of the model, Hidden with each piece of a maximum; Notes are those of
	// its import.
	Widths  string   `json:"widths"`
	Hidden  []int    `json:"hidden"`
	Outputs int      `json:"outputs"`
	Notes   []string `json:"notes"`
}

func (e *Explorer) describePlane(ctx context.Context, r request) (planeJSON, error) {
	m, err := e.model(ctx, r.Model)
	if err != nil {
		return planeJSON{}, err
	}
	n, err := e.cut(ctx, r.Model, r.Plane)
	if err != nil {
		return planeJSON{}, err
	}
	j := planeJSON{Labels: [2]string{"s", "t"}, Points: []float64{}, Widths: m.net.Widths(), Hidden: m.net.Masked().Hidden(), Outputs: m.net.Outputs(), Notes: append([]string{}, m.notes...)}
	pick := []int{0, 1}
	if len(r.Plane.Inputs) == 2 {
		pick = r.Plane.Inputs
	}
	flat := r.Plane.whole() || len(r.Plane.Inputs) == 2
	if flat {
		j.Labels = [2]string{inputLabel(pick[0]), inputLabel(pick[1])}
	}
	if e.cfg.Points == nil {
		return j, nil
	}
	on := e.cfg.Points
	if !flat {
		if on, err = on.OnSlice(n, len(n.Layers())-len(m.net.Layers())); err != nil {
			return j, badf("plane: %w", err)
		}
		pick = []int{0, 1}
	}
	for _, x := range on.X {
		j.Points = append(j.Points, finite(x[pick[0]]), finite(x[pick[1]]))
	}
	return j, nil
}

// finite is a number that JSON can hold: a projection may overflow.
func finite(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return max(-math.MaxFloat64, min(v, math.MaxFloat64))
}

// disc is a ball on the plane.
type disc struct {
	Norm   string    `json:"norm"`
	Center []float64 `json:"center"`
	Radius float64   `json:"radius"`
	// Space says that the ball is one of all inputs, about the same point.
	Space bool `json:"space"`
}

// subject returns the network and the ball that a question is about.
func (e *Explorer) subject(ctx context.Context, r request) (*network.Network, ball.Ball, error) {
	var none ball.Ball
	if r.Ball == nil {
		return nil, none, badf("ball: missing, expected norm, center and radius")
	}
	norm, err := ball.ParseNorm(r.Ball.Norm)
	if err != nil {
		return nil, none, badf("ball: %w", err)
	}
	if len(r.Ball.Center) != 2 {
		return nil, none, badf("ball: center of %d numbers, expected two", len(r.Ball.Center))
	}
	n, err := e.cut(ctx, r.Model, r.Plane)
	if err != nil {
		return nil, none, err
	}
	center := r.Ball.Center
	if r.Ball.Space && !r.Plane.whole() {
		if len(r.Plane.Inputs) != 2 {
			return nil, none, badf("ball: space, expected a plane of two inputs, on which lengths are those of the inputs")
		}
		m, err := e.model(ctx, r.Model)
		if err != nil {
			return nil, none, err
		}
		n = m.net
		if center, err = e.point(r.Plane.Origin); err != nil {
			return nil, none, badf("plane: %w", err)
		}
		for k, i := range r.Plane.Inputs { // cut has looked at them
			center[i] = r.Ball.Center[k]
		}
	}
	b, err := ball.New(norm, center, r.Ball.Radius)
	if err != nil {
		return nil, none, badf("ball: %w", err)
	}
	return n, b, nil
}

// window returns the box that a map shows.
func window(w []float64) (ball.Ball, error) {
	if len(w) != 4 {
		return ball.Ball{}, badf("window: %d numbers, expected four", len(w))
	}
	b, err := ball.NewBox([]float64{w[0], w[2]}, []float64{w[1], w[3]})
	if err != nil {
		return b, badf("window: %w", err)
	}
	return b, nil
}

// onPlane is the map of a network on a window.
func onPlane(ctx context.Context, n *network.Network, w ball.Ball) (*plot.Map, error) {
	return plot.AtMost(ctx, n, w, min(mostRegions, max(1, mostSigns/max(1, n.Signs()))))
}
