package certificate

// A reach set beside a proof: a line of JSON for each region, with what the network is there. The
// proof says which regions there are, and the network and the signs of a region say what its map
// and its rows are; so nothing more needs to be proved, and all of it is recomputed here. A line is
// accepted in one spelling alone, so that every reader of JSON sees in it what was checked.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/relucell/relucell/certificate/internal/affine"
	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/fractions"
)

// Reach is a reach set, whose lines are checked in the order of the regions.
type Reach struct {
	in *canonical.Lines
	// vertices counts the vertices that were checked.
	vertices int64
	looks    int // maxLooks, and less in tests
}

// NewReach returns a reach set to be read from r, for Options. The name is for errors.
func NewReach(name string, r io.Reader) *Reach {
	return &Reach{in: canonical.LongLines(name, r, maxReach, "the line is longer than 64 MiB"), looks: maxLooks}
}

// maxReach bounds a line of a reach set, in bytes.
const maxReach = 1 << 26

// reached is a line of a reach set.
type reached struct {
	Region  int64    `json:"region"`
	Pattern string   `json:"pattern"`
	Witness []string `json:"witness"`
	Affine  struct {
		W [][]string `json:"W"`
		B []string   `json:"b"`
	} `json:"affine"`
	Rows []struct {
		Neuron int      `json:"neuron"`
		G      []string `json:"g"`
		H      string   `json:"h"`
	} `json:"rows"`
	Vertices [][]string `json:"vertices,omitempty"`
	Image    [][]string `json:"image,omitempty"`
}

func (s *Reach) require(ok bool, format string, a ...any) {
	if !ok {
		panic(&canonical.Error{File: s.in.File, Line: s.in.Line, Reason: fmt.Sprintf(format, a...)})
	}
}

// companion is what is claimed beside the count. It refuses by panics.
type companion interface {
	// region looks at the final region at which the walker stands.
	region(w *walker)
	// end sees that nothing is missing, and completes the report.
	end(c *checker, r *Report)
}

// companions returns what is claimed beside the count.
func (o *Options) companions() (list []companion) {
	if o.Reach != nil {
		list = append(list, o.Reach)
	}
	if o.Lipschitz != nil {
		list = append(list, &steepness{Lipschitz: o.Lipschitz})
	}
	return list
}

// end requires that nothing follows.
func (s *Reach) end(_ *checker, r *Report) {
	s.follows(false, "a line more than the proof has regions")
	r.Reached, r.Vertices = s.in.Line, s.vertices
}

// follows requires that another line follows, or that none does.
func (s *Reach) follows(another bool, format string, a ...any) {
	s.in.Line++
	s.require(s.in.More() == another, format, a...)
	s.in.Line--
}

// region checks the next line against the region at which the walker stands.
func (s *Reach) region(w *walker) {
	d := reached{}
	number := s.in.Line
	s.follows(true, "the file ends, and %d regions of the proof are in it: another one follows", number)
	text := s.in.Next()
	s.require(json.Unmarshal(text, &d) == nil, "expected a region as a line of JSON")
	again, err := json.Marshal(d)
	s.require(err == nil && bytes.Equal(text, again), "expected the fields of a region in their one spelling, and nothing else")
	s.require(d.Rows != nil, "rows: null, expected a list, [] where there are none")
	s.require(d.Region == number, "region %d, expected %d", d.Region, number)
	z := w.regionForms()
	s.require(d.Pattern == z.pattern, "pattern %.80s, expected that of the proof's next region, %.80s", d.Pattern, z.pattern)
	n := w.net.inputs
	s.require(len(d.Affine.W) == len(z.out) && len(d.Affine.B) == len(z.out), "expected a map of %d outputs", len(z.out))
	for i, f := range z.out {
		w.Stop()
		s.require(len(d.Affine.W[i]) == n, "expected %d coefficients", n)
		s.same(append(d.Affine.W[i][:n:n], d.Affine.B[i]), f, fmt.Sprintf("output %d of the map", i))
	}
	last := -1
	for _, row := range d.Rows {
		w.Stop()
		s.require(row.Neuron > last && row.Neuron < len(z.neurons) && z.neurons[row.Neuron] != nil && len(row.G) == n,
			"expected rows of neurons of another sign than 0, ascending, and %d coefficients", n)
		last = row.Neuron
		s.same(append(row.G[:n:n], row.H), z.neurons[last], fmt.Sprintf("the row of neuron %d", last))
	}
	s.require(len(d.Witness) == n, "expected a witness of %d coordinates", n)
	x := make([]*big.Rat, n)
	for k, t := range d.Witness {
		x[k] = s.real(t)
	}
	s.require(w.strictly(&z, commonOf(x)), "the witness is not strictly inside the region")
	s.domain(w, &z, &d)
}

// strictly reports whether a point with dyadic coordinates is strictly inside the ball and the
// region.
func (w *walker) strictly(z *regionForms, x common) bool {
	n := len(x) - 1
	for k := range n {
		w.x[k].Set(x[k])
	}
	if !w.Inside(w.x, uint(x[n].BitLen()-1)) {
		return false
	}
	for _, f := range z.neurons {
		if f != nil && f.at(x).Sign() <= 0 {
			return false
		}
	}
	return true
}

// real reads a hexadecimal float in its one spelling.
func (s *Reach) real(text string) *big.Rat {
	var m big.Int
	e, ok := canonical.Real(text, &m)
	s.require(ok, "%.40q, expected a hexadecimal float in its one spelling", text)
	f := scaled{[]big.Int{m}, -e}
	return f.rat(0)
}

// same requires that numbers are those of a form.
func (s *Reach) same(words []string, f *scaled, what string) {
	for k, t := range words {
		s.require(s.real(t).Cmp(f.rat(k)) == 0, "%s is not the network's: coefficient %d is %.60s", what, k, t)
	}
}

// scaled is an affine form: integers times 2^−scale, the offset last.
type scaled struct {
	v     []big.Int
	scale int
}

// rat returns a coefficient.
func (f *scaled) rat(k int) *big.Rat {
	v, one := new(big.Int).Set(&f.v[k]), big.NewInt(1)
	if f.scale < 0 {
		return new(big.Rat).SetInt(v.Lsh(v, uint(-f.scale)))
	}
	return new(big.Rat).SetFrac(v, one.Lsh(one, uint(f.scale)))
}

// common is a point num/den with one denominator > 0, which comes after the numerators.
type common []*big.Int

// commonOf returns a point whose coordinates are dyadic.
func commonOf(x []*big.Rat) (c common) {
	z, den, _ := fractions.Common(x)
	for k := range z {
		c = append(c, &z[k])
	}
	return append(c, den)
}

// at returns the value at a point, times 2^scale and the denominator.
func (f *scaled) at(x common) *big.Int {
	v, t := new(big.Int), new(big.Int)
	for k := range x {
		v.Add(v, t.Mul(&f.v[k], x[k]))
	}
	return v
}

// regionForms are the forms of a region: of each neuron, times its sign, nil for the sign 0; of
// each piece of a maximum, what the one that wins is above it, nil for that and for what is
// identical; and of the outputs.
type regionForms struct {
	pattern string
	neurons []*scaled
	out     []*scaled
}

// regionForms returns the forms of the final region at which the walker stands. Each level still
// has those that its neurons were decided with.
func (w *walker) regionForms() (z regionForms) {
	n := w.net.inputs
	var text strings.Builder
	last, forms, signs := w.net.layers[0], make([]*scaled, n), make([]int8, n)
	for k := range forms {
		forms[k] = &scaled{v: make([]big.Int, n+1)}
		forms[k].v[k].SetInt64(1)
	}
	for i := 1; i < len(w.levels); i++ {
		y := &w.levels[i]
		last, forms, signs = &y.layer, nil, make([]int8, len(y.bias))
		for _, words := range y.z {
			forms = append(forms, y.scaled(words, false))
		}
		for j, piece := range y.pieces {
			if piece.unit < 0 {
				continue
			}
			win, row, sign := piece.from+slices.Index(y.sign[piece.from:piece.to], wins), j, byte('-')
			if win == j {
				signs[piece.unit], sign, row = wins, '+', piece.from
			}
			d, negative := w.above(y, win, row)
			f := y.scaled(d, negative)
			if affine.IsZero(d) && win != j {
				sign = '0'
			}
			if affine.IsZero(d) || y.maxima && win == j {
				f = nil
			}
			text.WriteByte(sign)
			z.neurons = append(z.neurons, f)
		}
	}
	forms = last.passed(forms, signs)
	for _, y := range w.net.rest { // none of whose units is a neuron
		last, forms, signs = y, y.through(forms, w.Stop), make([]int8, len(y.bias))
	}
	for c, u := range last.first[:len(last.first)-1] {
		for v := u; v < last.first[c+1]; v++ {
			if signs[v] > 0 { // the piece of a maximum that wins
				u = v
			}
		}
		z.out = append(z.out, forms[u])
	}
	z.pattern = text.String()
	return z
}

// scaled returns a form of the level, or minus that.
func (y *level) scaled(words []uint, negative bool) *scaled {
	f := &scaled{v: make([]big.Int, len(words)/y.k), scale: int(y.scale)}
	affine.LoadForm(f.v, words, y.k, negative)
	return f
}

// passed returns what leaves the units, with these forms and signs.
func (y *layer) passed(forms []*scaled, signs []int8) (out []*scaled) {
	for u, f := range forms {
		slope := &y.slopes[u]
		if signs[u] > 0 {
			slope = new(big.Int).Lsh(big.NewInt(1), y.fine)
		}
		out = append(out, f.times(slope, int(y.fine)))
	}
	return out
}

// through returns the forms of a layer behind these, unless stop ends it.
func (y *layer) through(before []*scaled, stop func()) (forms []*scaled) {
	for v := range y.bias {
		f := &scaled{v: make([]big.Int, len(before[0].v)), scale: int(y.scale)}
		f.v[len(f.v)-1].Set(&y.bias[v])
		forms = append(forms, f)
	}
	var t big.Int
	for u, g := range before {
		stop()
		for _, e := range y.edges[u] {
			f := forms[e.to]
			for k := range f.v {
				f.v[k].Add(&f.v[k], t.Mul(&e.weight, &g.v[k]))
			}
		}
	}
	return forms
}

// times returns the form times a·2^−scale.
func (f *scaled) times(a *big.Int, scale int) *scaled {
	g := &scaled{v: make([]big.Int, len(f.v)), scale: f.scale + scale}
	for k := range f.v {
		g.v[k].Mul(&f.v[k], a)
	}
	return g
}
