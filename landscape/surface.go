package landscape

// The loss surface over two weights: one neuron a·σ(w·x̃) with a = ±1, at points x̃ of two
// numbers. The plane of w is cut into sectors; in each the risk is a convex quadratic, and on the
// walls between them it has kinks. Here all local minima are found, in fractions: inside sectors,
// on walls, at 0. The lowest of them is the global one, since a convex quadratic that is bounded
// from below attains its least on a closed sector.

import (
	"context"
	"errors"
	"math/big"
	"slices"
)

// Place says where a minimum lies.
type Place uint8

const (
	// Inside a cell: differentiable, and the only one there.
	Inside Place = iota
	// Flat: inside a cell with others, all of the same risk, on a line.
	Flat
	// Wall: between two cells, where the risk has a kink or the two meet smoothly.
	Wall
	// Origin: w = 0.
	Origin
)

// String is a word for it.
func (p Place) String() string { return [...]string{"inside", "flat", "wall", "origin"}[p] }

// Minimum is a local minimum of the surface.
type Minimum struct {
	W     [2]*big.Rat
	Risk  *big.Rat
	Place Place
	// Along is the direction of the line of a Flat one, whose W is a point of the open cell too.
	Along [2]*big.Rat
	// Lowest says that no point of the surface is lower.
	Lowest bool
	cell   *Cell // of a Flat one
}

// Surface is the risk over the plane of w.
type Surface struct {
	*Data
	Sign  float64
	Cells []Cell
	// Minima are the local minima, the lowest first. The sector where the neuron is off at all
	// points is flat, and not among them; Plateau is the risk there.
	Minima  []Minimum
	Plateau *big.Rat
}

// SurfaceOf returns the surface for neurons with a = sign, ±1, and its minima. When ctx ends first
// its cause is the error.
func SurfaceOf(ctx context.Context, d *Data, sign int) (*Surface, error) {
	if d.P != 2 {
		return nil, errors.New("a surface over other than two weights, expected points of one coordinate, or of two without bias")
	}
	cells, err := Patterns(ctx, d)
	if err != nil {
		return nil, err
	}
	s := &Surface{Data: d, Sign: float64(sign), Cells: cells, Plateau: d.Risk(&Model{})}
	w := newWhole(d)
	for i := range cells {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		s.inside(w, &cells[i])
	}
	s.walls()
	s.origin()
	lowest := s.Plateau
	for _, m := range s.Minima {
		if m.Risk.Cmp(lowest) < 0 {
			lowest = m.Risk
		}
	}
	for k := range s.Minima {
		s.Minima[k].Lowest = s.Minima[k].Risk.Cmp(lowest) == 0
	}
	slices.SortStableFunc(s.Minima, func(a, b Minimum) int { return a.Risk.Cmp(b.Risk) })
	return s, nil
}

// inside adds the minima inside a cell.
func (s *Surface) inside(w *whole, c *Cell) {
	on := make([]bool, s.N())
	for i := range on {
		on[i] = c.On(i)
	}
	if !slices.Contains(on, true) {
		return
	}
	f := w.fit([][]bool{on})
	if !w.meets(f, []*Cell{c}, []int{int(s.Sign)}) {
		return
	}
	factor := w.scaled()
	at := func(v []*big.Int, den *big.Int) (p [2]*big.Rat) {
		for k := range p {
			p[k] = new(big.Rat).SetFrac(v[1+k], den)
			p[k].Mul(p[k], factor).Mul(p[k], new(big.Rat).SetFloat64(s.Sign))
		}
		return p
	}
	m := Minimum{W: at(f.basis[0], f.basis[0][0]), Risk: f.risk}
	if len(f.basis) > 1 {
		m.Place, m.Along, m.cell = Flat, at(f.basis[1], big.NewInt(1)), c
		s.center(&m)
	}
	s.Minima = append(s.Minima, m)
}

// center moves a point of a Flat minimum's line into the open cell: between the two walls, or a
// step from the one that there is.
func (s *Surface) center(m *Minimum) {
	var low, high *big.Rat
	for i := range s.Rows {
		z, slope := times(s.row(i), m.W), times(s.row(i), m.Along)
		if m.cell.Signs[i] == 0 || slope.Sign() == 0 {
			continue
		}
		up := slope.Sign() == int(m.cell.Signs[i])
		t := z.Neg(z.Quo(z, slope))
		switch {
		case up && (low == nil || low.Cmp(t) < 0):
			low = t
		case !up && (high == nil || high.Cmp(t) > 0):
			high = t
		}
	}
	one := big.NewRat(1, 1)
	var t *big.Rat
	switch {
	case low != nil && high != nil:
		t = low.Add(low, high)
		t.Mul(t, big.NewRat(1, 2))
	case low != nil:
		t = low.Add(low, one)
	case high != nil:
		t = high.Sub(high, one)
	default:
		return
	}
	for k := range m.W {
		m.W[k] = new(big.Rat).Add(m.W[k], new(big.Rat).Mul(t, m.Along[k]))
	}
}

// across returns the directions in which the rows' walls leave 0, each once, as fractions.
func (s *Surface) across() (rays [][2]*big.Rat) {
	for _, row := range s.Rows {
		if row[0] == 0 && row[1] == 0 {
			continue
		}
		x, y := new(big.Rat).SetFloat64(row[0]), new(big.Rat).SetFloat64(row[1])
		for _, r := range [][2]*big.Rat{{new(big.Rat).Neg(y), x}, {y, new(big.Rat).Neg(x)}} {
			if !slices.ContainsFunc(rays, func(o [2]*big.Rat) bool { return sameWay(r, o) }) {
				rays = append(rays, r)
			}
		}
	}
	return rays
}

// sameWay says that a is a positive multiple of b.
func sameWay(a, b [2]*big.Rat) bool {
	t := new(big.Rat).Mul(a[0], b[1])
	if t.Cmp(new(big.Rat).Mul(a[1], b[0])) != 0 {
		return false
	}
	return times(a, b).Sign() > 0
}

func times(a, b [2]*big.Rat) *big.Rat {
	t := new(big.Rat).Mul(a[0], b[0])
	return t.Add(t, new(big.Rat).Mul(a[1], b[1]))
}

// walls adds the minima on walls. On a ray λ·r, λ > 0, the risk is a quadratic of λ. Its least is
// a local minimum if the risk falls into neither side: there the derivative is linear in the
// direction, and 0 along the ray, so one direction tells of a side.
func (s *Surface) walls() {
	for _, r := range s.across() {
		zz, zy := new(big.Rat), new(big.Rat)
		for i := range s.Rows {
			z := times(s.row(i), r)
			if z.Sign() > 0 {
				zy.Add(zy, new(big.Rat).Mul(z, new(big.Rat).SetFloat64(s.Sign*s.Y[i])))
				zz.Add(zz, z.Mul(z, z))
			}
		}
		if zy.Sign() <= 0 { // so that λ > 0
			continue
		}
		step := zy.Quo(zy, zz)
		at := [2]*big.Rat{new(big.Rat).Mul(r[0], step), new(big.Rat).Mul(r[1], step)}
		left := [2]*big.Rat{new(big.Rat).Neg(r[1]), r[0]}
		right := [2]*big.Rat{r[1], new(big.Rat).Neg(r[0])}
		if a, b := s.fall(at, left), s.fall(at, right); a.Sign() >= 0 && b.Sign() >= 0 {
			s.Minima = append(s.Minima, Minimum{W: at, Risk: s.at(at), Place: Wall})
		}
	}
}

// origin adds w = 0 if the risk falls in no direction from there. The derivative is linear on each
// cell, so its walls and, where it is a half-plane, its gate tell.
func (s *Surface) origin() {
	zero := [2]*big.Rat{new(big.Rat), new(big.Rat)}
	rays := s.across()
	for _, c := range s.Cells {
		if c.Gate != nil {
			rays = append(rays, [2]*big.Rat{new(big.Rat).SetFloat64(c.Gate[0]), new(big.Rat).SetFloat64(c.Gate[1])})
		}
	}
	for _, r := range rays {
		if s.fall(zero, r).Sign() < 0 {
			return
		}
	}
	s.Minima = append(s.Minima, Minimum{W: zero, Risk: s.Plateau, Place: Origin})
}

// row returns x̃_i as fractions.
func (s *Surface) row(i int) [2]*big.Rat {
	return [2]*big.Rat{new(big.Rat).SetFloat64(s.Rows[i][0]), new(big.Rat).SetFloat64(s.Rows[i][1])}
}

// fall returns half the one-sided derivative of the risk at w in the direction r.
func (s *Surface) fall(w, r [2]*big.Rat) *big.Rat {
	sum, sign := new(big.Rat), new(big.Rat).SetFloat64(s.Sign)
	for i := range s.Rows {
		x := s.row(i)
		z, dz := times(x, w), times(x, r)
		if z.Sign() < 0 || z.Sign() == 0 && dz.Sign() <= 0 {
			continue
		}
		z.Mul(z, sign)
		z.Sub(z, new(big.Rat).SetFloat64(s.Y[i]))
		sum.Add(sum, z.Mul(z, dz.Mul(dz, sign)))
	}
	return sum
}

// at returns the risk at w.
func (s *Surface) at(w [2]*big.Rat) *big.Rat {
	f := make([]*big.Rat, s.N())
	for i := range f {
		f[i] = times(s.row(i), w)
		if f[i].Sign() < 0 {
			f[i].SetInt64(0)
		}
		f[i].Mul(f[i], new(big.Rat).SetFloat64(s.Sign))
	}
	return s.squares(f)
}

// Float returns the risk at w, in floats.
func (s *Surface) Float(w [2]float64) float64 {
	sum := 0.0
	for i, row := range s.Rows {
		r := s.Sign*max(row[0]*w[0]+row[1]*w[1], 0) - s.Y[i]
		sum += r * r
	}
	return sum
}
