package explore

// What the explorer answers, held to enumerate, plot and bound.

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/plot"
)

func TestInfo(t *testing.T) {
	j := answer[infoJSON](t, moons(t), "info", `{}`)
	require.Equal(t, []string{"two_moons_2-16-16-1.json"}, j.Models)
	require.Equal(t, []int{2, 1, 300, mostRegions}, []int{j.Inputs, j.Outputs, j.Points, j.Most})
	require.Equal(t, []string{"0", "1"}, j.Classes)
	require.Len(t, j.Class, 300)
}

// The map of a window has as many regions as count counts in it, each with its pattern at its
// point.
func TestMapIsThatOfTheWindow(t *testing.T) {
	e := moons(t)
	n, _, err := e.Network(t.Context(), 0)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Float64Range(-2, 2).Draw(t, "x"), rapid.Float64Range(-2, 2).Draw(t, "y")
		r := rapid.Float64Range(0.01, 1).Draw(t, "r")
		w := []float64{x - r, x + r, y - r/2, y + r/2}
		m, err := e.atlas(context.Background(), request{Window: w})
		require.NoError(t, err)
		b, err := ball.NewBox([]float64{w[0], w[2]}, []float64{w[1], w[3]})
		require.NoError(t, err)
		res, err := enumerate.Count(context.Background(), n, b, enumerate.Options{})
		require.NoError(t, err)
		require.Equal(t, res.Lower.String(), m.Count)
		require.Equal(t, m.Count, strconv.Itoa(len(m.Regions)))
		signs := make(network.Pattern, n.Neurons())
		area := 0.0
		for i, q := range m.Regions {
			for _, s := range q.Signs {
				signs[s/3] = int8(s%3) - 1
			}
			if m.Area[i] > 1e-6*r*r { // its point, rounded to a part of the window, is inside
				at := []float64{m.Mid[0] + m.Scale[0]*q.Point[0], m.Mid[1] + m.Scale[1]*q.Point[1]}
				require.Equal(t, n.Pattern(at).String(), signs.String())
			}
			area += m.Area[i]
			require.Less(t, m.Depth[i], n.Neurons()+1)
		}
		require.InEpsilon(t, 2*r*r, area, 1e-6)
	})
}

// The depth of a region is the number of splits above it: 2^−depth adds up to 1, as in every binary
// tree.
func TestDepthsAreThoseOfATree(t *testing.T) {
	m, err := moons(t).atlas(t.Context(), request{Window: []float64{-1, 2, -1, 2}})
	require.NoError(t, err)
	sum := 0.0
	for _, d := range m.Depth {
		sum += 1 / float64(int64(1)<<d)
	}
	require.Equal(t, 1.0, sum)
	require.Equal(t, []int{0}, depths([]network.Pattern{{1, -1}}))
	require.Empty(t, depths(nil))
}

func TestMapOfTooManyRegions(t *testing.T) {
	e := explorer(t, Config{Models: []Model{wide(t)}})
	m := answer[mapJSON](t, e, "map", `{"window":[-9,9,-9,9]}`)
	require.Empty(t, m.Count)
	require.Contains(t, []string{"many", "late"}, m.Why)
	m = answer[mapJSON](t, e, "map", `{"window":[-9,9,-9,9],"milliseconds":1}`)
	require.Equal(t, "late", m.Why)
	require.Empty(t, m.Regions)
}

func TestCountBoundsAndDistance(t *testing.T) {
	e := moons(t)
	n, _, err := e.Network(t.Context(), 0)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		c, r, norm := []float64{rng.Float64(), rng.Float64()}, 0.05+rng.Float64(), []string{"l2", "linf", "l1"}[rng.IntN(3)]
		q := request{Ball: &disc{Norm: norm, Center: c, Radius: r}}
		_, b, err := e.subject(t.Context(), q)
		require.NoError(t, err)
		require.Equal(t, ball.JSON{Norm: norm, Center: c, Radius: r}, b.JSON())
		want, err := enumerate.Count(t.Context(), n, b, enumerate.Options{})
		require.NoError(t, err)
		got, err := e.count(t.Context(), q)
		require.NoError(t, err)
		require.Equal(t, regionsJSON{want.Lower.String(), want.Upper.String()}, got.Regions)
		require.True(t, got.Exact)
		bs, err := e.bounds(t.Context(), q)
		require.NoError(t, err)
		require.Len(t, bs.Bounds, len(bound.All())-bs.Left)
		d, err := e.distance(t.Context(), q)
		require.NoError(t, err)
		near, err := bound.NearestBoundaryOf(t.Context(), n, b)
		require.NoError(t, err)
		require.Equal(t, []float64{near.Lower, near.Upper}, []float64{d.Lower, d.Upper})
		require.Equal(t, near.Neuron, d.Neuron)
		require.Equal(t, d.Neuron/16, d.Layer)
	}
}

func TestAStoppedCountIsABracket(t *testing.T) {
	e := explorer(t, Config{Models: []Model{wide(t)}})
	c := answer[countJSON](t, e, "count", `{"ball":{"norm":"l2","center":[0,0],"radius":1e6},"milliseconds":50}`)
	require.False(t, c.Exact)
	require.NotEqual(t, c.Regions.Lower, c.Regions.Upper)
	e.cfg.MostCounted = 10
	c = answer[countJSON](t, e, "count", `{"ball":{"norm":"l2","center":[0,0],"radius":1e6}}`)
	require.False(t, c.Exact)
}

// Networks with maxima have all that others have.
func TestNetworksWithMaxima(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		e := explorer(t, Config{Models: []Model{is("maxima", gen.Maxima(rng, 2, 8))}})
		n, _, err := e.Network(t.Context(), 0)
		require.NoError(t, err)
		m := answer[mapJSON](t, e, "map", `{"window":[-1,1,-1,1]}`)
		b, err := ball.NewBox([]float64{-1, -1}, []float64{1, 1})
		require.NoError(t, err)
		want, err := enumerate.Count(t.Context(), n, b, enumerate.Options{})
		require.NoError(t, err)
		require.Equal(t, want.Lower.String(), m.Count)
		require.Len(t, m.Layer, n.Signs())
		sum := 0
		for _, k := range answer[planeJSON](t, e, "plane", `{}`).Hidden {
			sum += k
		}
		require.Equal(t, n.Signs(), sum)
		const ball = `"ball":{"norm":"linf","center":[0,0],"radius":1}`
		require.Equal(t, m.Count, answer[countJSON](t, e, "count", `{`+ball+`}`).Regions.Lower)
		for _, r := range answer[boundsJSON](t, e, "bounds", `{`+ball+`}`).Bounds {
			v, ok := new(big.Int).SetString(r.Value, 10)
			require.True(t, ok)
			if r.Kind == bound.Upper {
				require.GreaterOrEqual(t, v.Cmp(want.Lower), 0, r.Name)
			} else {
				require.LessOrEqual(t, v.Cmp(want.Lower), 0, r.Name)
			}
		}
		if d := answer[distanceJSON](t, e, "distance", `{`+ball+`}`); d.Neuron >= 0 {
			require.Positive(t, n.Hidden()[d.Layer])
		}
		x := []float64{0.3, -0.2}
		a := answer[affineJSON](t, e, "region", `{"pattern":"`+n.Pattern(x).String()+`"}`)
		for k, y := range n.Forward(x) {
			require.InDelta(t, y, a.Plane.W[k][0]*x[0]+a.Plane.W[k][1]*x[1]+a.Plane.B[k], 1e-6)
		}
		for _, s := range []string{"+", "-", "0"} { // of no region, and no harm
			answer[affineJSON](t, e, "region", `{"pattern":"`+strings.Repeat(s, n.Signs())+`"}`)
		}
	}
}

// A network with many inputs is looked at on planes, and its ball counted in all of them too.
func TestPlanes(t *testing.T) {
	e := explorer(t, Config{Models: []Model{readNet(t, "iris_sized_4-16-16-3.json")}, Points: readPoints(t, "iris_sized_points.csv", 4)})
	n, _, err := e.Network(t.Context(), 0)
	require.NoError(t, err)
	p := answer[planeJSON](t, e, "plane", `{"plane":{"inputs":[3,1],"origin":4}}`)
	require.Equal(t, [2]string{"x3", "x1"}, p.Labels)
	first := e.cfg.Points.X[0]
	require.Equal(t, []float64{first[3], first[1]}, p.Points[:2])
	p = answer[planeJSON](t, e, "plane", `{"plane":{"through":[0,75,[1,2,3,4]]}}`)
	require.Equal(t, [2]string{"s", "t"}, p.Labels)
	require.InDeltaSlice(t, []float64{0, 0}, p.Points[:2], 1e-9)
	require.InDeltaSlice(t, []float64{1, 0}, p.Points[150:152], 1e-9)

	origin := e.cfg.Points.X[4]
	cut, err := network.Inputs(n, origin, 3, 1)
	require.NoError(t, err)
	for space, on := range map[bool]*network.Network{false: cut, true: n} {
		center := []float64{0.5, 0.25}
		if space {
			center = append([]float64(nil), origin...)
			center[3], center[1] = 0.5, 0.25
		}
		b, err := ball.New(ball.LInf, center, 0.125)
		require.NoError(t, err)
		want, err := enumerate.Count(t.Context(), on, b, enumerate.Options{})
		require.NoError(t, err)
		c := answer[countJSON](t, e, "count", fmt.Sprintf(`{"plane":{"inputs":[3,1],"origin":4},"ball":{"norm":"linf","center":[0.5,0.25],"radius":0.125,"space":%v}}`, space))
		require.Equal(t, want.Lower.String(), c.Regions.Lower)
	}
}

func TestAffineMapOfARegion(t *testing.T) {
	e := explorer(t, Config{Models: []Model{readNet(t, "iris_sized_4-16-16-3.json")}})
	n, _, err := e.Network(t.Context(), 0)
	require.NoError(t, err)
	x := []float64{1.5, 0.5, -0.25, 2}
	origin := spot{x: []float64{1.5, 0, 0, 2}}
	a, err := e.region(t.Context(), request{Plane: plane{Inputs: []int{1, 2}, Origin: &origin}, Pattern: n.Pattern(x).String()})
	require.NoError(t, err)
	require.Equal(t, []string{"x1", "x2"}, a.Plane.Names)
	for k, y := range n.Forward(x) {
		require.InDelta(t, y, a.Plane.W[k][0]*x[1]+a.Plane.W[k][1]*x[2]+a.Plane.B[k], 1e-9)
		sum := a.Inputs.B[k]
		for i, v := range x {
			sum += a.Inputs.W[k][i] * v
		}
		require.InDelta(t, y, sum, 1e-9)
	}
}

func TestBadQuestions(t *testing.T) {
	e := explorer(t, Config{Models: []Model{readNet(t, "iris_sized_4-16-16-3.json")}})
	flat := moons(t)
	for _, c := range []struct {
		e                    *Explorer
		question, body, want string
	}{
		{flat, "none", `{}`, `question: "none", expected one of [info plane map count bounds distance region]`},
		{flat, "count", ``, "not the JSON of a question"},
		{flat, "count", `{"colour":1}`, "unknown field"},
		{flat, "count", `{} {}`, "something after it"},
		{flat, "count", `{}`, "ball: missing"},
		{flat, "count", `{"ball":{"norm":"l3","center":[0,0],"radius":1}}`, "ball: norm"},
		{flat, "count", `{"ball":{"norm":"l2","center":[0],"radius":1}}`, "center of 1 numbers, expected two"},
		{flat, "count", `{"ball":{"norm":"l2","center":[0,0],"radius":-1}}`, "radius"},
		{flat, "count", `{"ball":{"norm":"l2","center":[0,0],"radius":1},"model":1}`, "model: 1, expected 0 to 0"},
		{flat, "map", `{"window":[0,1,0]}`, "window: 3 numbers, expected four"},
		{flat, "map", `{"window":[0,1,1,0]}`, "window: "},
		{flat, "region", `{"pattern":"+"}`, "pattern: 1 signs, expected 32"},
		{flat, "region", `{"pattern":"` + strings.Repeat("x", 32) + `"}`, "expected signs"},
		{e, "map", `{"window":[0,1,0,1]}`, "plane: missing"},
		{e, "map", `{"window":[0,1,0,1],"plane":{"inputs":[0,0]}}`, "plane: "},
		{e, "map", `{"window":[0,1,0,1],"plane":{"inputs":[0,4]}}`, "plane: "},
		{e, "map", `{"window":[0,1,0,1],"plane":{"inputs":[0,1],"origin":[1,2]}}`, "a point of 2 numbers, expected 4"},
		{e, "map", `{"window":[0,1,0,1],"plane":{"inputs":[0,1],"origin":7}}`, "point 8, which --points has not"},
		{e, "map", `{"window":[0,1,0,1],"plane":{"inputs":[0,1],"origin":"a"}}`, "a point is a list of numbers"},
		{e, "map", `{"window":[0,1,0,1],"plane":{"through":[[0],[1],[2]]}}`, "plane: "},
		{e, "map", `{"window":[0,1,0,1],"plane":{"through":[[0],[1]]}}`, "expected one or the other"},
		{e, "count", `{"ball":{"norm":"l2","center":[0,0],"radius":1,"space":true},"plane":{"through":[[0],[1],[1,2,3,4]]}}`, "expected a plane of two inputs"},
	} {
		_, err := c.e.Answer(t.Context(), c.question, []byte(c.body))
		var bad *BadRequest
		require.ErrorAs(t, err, &bad, c.body)
		require.ErrorContains(t, err, c.want, c.body)
	}
}

func TestExplorersThatCannotBe(t *testing.T) {
	failing := Model{Name: "gone", Open: func(context.Context) (*network.Network, []string, error) { return nil, nil, os.ErrNotExist }}
	_, err := New(t.Context(), Config{})
	require.ErrorContains(t, err, "no network")
	_, err = New(t.Context(), Config{Models: []Model{failing}})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = New(t.Context(), Config{Models: []Model{drawn(t, "line", 1, 1, 3, 1)}})
	require.ErrorContains(t, err, "line: one input, expected two at least")
	_, err = New(t.Context(), Config{Models: []Model{readNet(t, "iris_sized_4-16-16-3.json")}, Points: readPoints(t, "two_moons_points.csv", 2)})
	require.ErrorContains(t, err, "points of 2 coordinates, expected 4")
	e := explorer(t, Config{Models: []Model{drawn(t, "two", 1, 2, 3, 1), drawn(t, "three", 1, 3, 3, 1), failing}})
	_, err = e.Answer(t.Context(), "plane", []byte(`{"model":1,"plane":{"inputs":[0,1]}}`))
	var bad *BadRequest
	require.ErrorAs(t, err, &bad)
	require.ErrorContains(t, err, "three: 3 inputs, expected 2 as two has")
	_, err = e.Answer(t.Context(), "plane", []byte(`{"model":2}`))
	require.ErrorAs(t, err, &bad)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// What is kept is bounded, what was used last is kept, and an error is not.
func TestShelf(t *testing.T) {
	s := shelf[int, int]{most: 2}
	made := 0
	get := func(k int) int {
		v, err := s.get(k, func() (int, error) { made++; return 10 * k, nil })
		require.NoError(t, err)
		return v
	}
	require.Equal(t, []int{10, 20, 10, 30, 10}, []int{get(1), get(2), get(1), get(3), get(1)})
	require.Equal(t, 3, made)
	require.Equal(t, 20, get(2))
	require.Equal(t, 4, made)
	_, err := s.get(9, func() (int, error) { return 0, errors.New("no") })
	require.Error(t, err)
	require.Len(t, s.at, 2)
}

// A file holds what is explored; the engine of a page reads it.
func TestFile(t *testing.T) {
	n, _, err := moons(t).Network(t.Context(), 0)
	require.NoError(t, err)
	m := NewFileModel("moons", n, []string{"a note"})
	csv, err := os.ReadFile(filepath.Join(data, "two_moons_points.csv"))
	require.NoError(t, err)
	e, err := Open(t.Context(), mustJSON(t, File{Version: "1", Models: []FileModel{m}, Points: string(csv)}))
	require.NoError(t, err)
	require.Equal(t, "327", answer[countJSON](t, e, "count", unitBall).Regions.Lower)
	require.Equal(t, []string{"a note"}, answer[planeJSON](t, e, "plane", `{}`).Notes)
	for _, bad := range []string{``, `{}`, `{"models":[{"name":"x","text":"{}"}]}`, string(mustJSON(t, File{Models: []FileModel{m}, Points: "a,b,c,d,e"}))} {
		_, err := Open(t.Context(), []byte(bad))
		require.Error(t, err, bad)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, q := range questions {
		f.Add(q, unitBall)
		f.Add(q, `{"window":[-1,1,-1,1],"milliseconds":1}`)
		f.Add(q, `{"plane":{"through":[[0],[1],[1,2]]},"pattern":"+-0"}`)
	}
	f.Add("count", `{"plane":{"inputs":[1,0],"origin":3},"ball":{"norm":"l1","center":[1e308,-1e-320],"radius":5e-324,"space":true}}`)
	p, err := os.Open(data + "two_moons_points.csv")
	require.NoError(f, err)
	points, err := plot.ReadPoints(p, 2)
	require.NoError(f, err)
	e, err := New(context.Background(), Config{Models: training(f, 2), Points: points})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, question, body string) {
		a, err := e.Answer(t.Context(), question, []byte(body))
		var bad *BadRequest
		if err != nil && !errors.As(err, &bad) {
			t.Fatalf("%s %s: %v", question, body, err)
		}
		if err == nil && len(a) == 0 {
			t.Fatal("no answer and no error")
		}
	})
}
