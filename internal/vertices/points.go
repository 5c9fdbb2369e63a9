// What is known of vertices: where they are, the signs of forms there, and which of them are the
// ends of an edge.

package vertices

import (
	"math"
	"math/bits"

	"github.com/relucell/relucell/internal/forms"
)

// Point is a point; coordinates beyond the inputs are 0.
type Point [MaxInputs]float64

// Vertex is a vertex: where it is, what each coordinate is off by at most, and the constraints that
// hold with equality, a bit each.
type Vertex struct {
	X   Point
	Err float64
	On  uint64
}

// points holds vertices, and what is known of each.
type points struct {
	N        int
	Vertices []Vertex
	signs    []Signs // of all forms, so many words a vertex
	words    int
	// integers are the coordinates in integers, where integral says so.
	integral bool
	integers []integerVertex
	Round    bool   // the ball is that of l2, in the cube
	Inside   []bool // then: which vertices certainly are in the ball
}

// Sign returns the signs of a word at a vertex.
func (p *points) Sign(word int, v int32) *Signs { return &p.signs[int(v)*p.words+word] }

// add makes room for a vertex.
func (p *points) add(on uint64) int32 {
	i := len(p.Vertices)
	p.Vertices = append(p.Vertices, Vertex{On: on})
	if n := (i + 1) * p.words; n <= cap(p.signs) {
		p.signs = p.signs[:n]
		clear(p.signs[i*p.words:])
	} else {
		p.signs = append(p.signs, make([]Signs, p.words)...)
	}
	if p.integral {
		p.integers = append(p.integers, integerVertex{})
	}
	if p.Round {
		p.Inside = append(p.Inside, false)
	}
	return int32(i)
}

// copy adds a copy of a vertex of o.
func (p *points) copy(o *points, v int32) int32 {
	w := p.add(0)
	p.Vertices[w] = o.Vertices[v]
	if p.integral {
		p.integers[w] = o.integers[v]
	}
	if p.Round {
		p.Inside[w] = o.Inside[v]
	}
	copy(p.signs[int(w)*p.words:], o.signs[int(v)*p.words:(int(v)+1)*p.words])
	return w
}

// truncate forgets all vertices but the first n.
func (p *points) truncate(n int) {
	p.Vertices, p.signs = p.Vertices[:n], p.signs[:n*p.words]
	if p.integral {
		p.integers = p.integers[:n]
	}
	if p.Round {
		p.Inside = p.Inside[:n]
	}
}

// Adjacent says whether two vertices of the list are the ends of an edge.
func (p *points) Adjacent(list []int32, u, v int32) bool {
	a, b := p.Vertices[u].On, p.Vertices[v].On
	common := a & b
	if bits.OnesCount64(common) < p.N-1 {
		return false
	}
	if bits.OnesCount64(a) == p.N || bits.OnesCount64(b) == p.N {
		return true
	}
	for _, w := range list {
		if w != u && w != v && p.Vertices[w].On&common == common {
			return false
		}
	}
	return true
}

// used returns the constraints on which some vertex of the list lies.
func (p *points) used(list []int32) (on uint64) {
	for _, v := range list {
		on |= p.Vertices[v].On
	}
	return on
}

// Seen returns the signs that a word's neurons have at some vertex of the list.
func (p *points) Seen(word int, list []int32) (s Signs) {
	for _, v := range list {
		o := p.Sign(word, v)
		s.Plus |= o.Plus
		s.Minus |= o.Minus
	}
	return s
}

// plain says that no neuron of a set vanishes at a vertex of the list.
func (p *points) plain(word int, list []int32, neurons uint64) bool {
	for _, v := range list {
		if p.Sign(word, v).Zero&neurons != 0 {
			return false
		}
	}
	return true
}

// setInside notes whether a vertex is certainly inside the ball: its distance from the centre is
// off by √n·err, and by fewer than n+3 roundings relative to itself.
func (p *points) setInside(v int32) {
	at := &p.Vertices[v]
	t := 0.0
	for _, y := range at.X {
		t += y * y
	}
	p.Inside[v] = math.Sqrt(t)*(1+forms.Slack*float64(p.N+4)*forms.Unit)+forms.Slack*math.Sqrt(float64(p.N))*at.Err < 1
}

// Within says that all vertices of a list are certainly in the ball, and so the whole cell.
func (p *points) Within(list []int32) bool {
	if !p.Round {
		return true
	}
	for _, v := range list {
		if !p.Inside[v] {
			return false
		}
	}
	return true
}

// setInteger notes that the coordinates of a vertex are integers.
func (p *points) setInteger(v int32) {
	if !p.integral {
		return
	}
	at := &p.integers[v]
	at.d = 1
	for k, x := range p.Vertices[v].X {
		at.x[k] = int64(x)
	}
}

// atCenter says that a vertex is on hyperplanes through the centre alone, and so is the centre.
func (p *points) atCenter(v int32) {
	for word := range p.words {
		p.Sign(word, v).Zero = ^uint64(0)
	}
	p.setInteger(v)
}
