package cone

// The question and its canonical answer.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/relucell/relucell/internal/dyadic"
)

// Description is a cone lin(Lineality) + cone(Rays) in Dim dimensions, canonical: Lineality is in
// reduced echelon form, each vector primitive with a positive pivot; each ray is primitive and 0 at
// the pivots; rays ascend lexicographically.
type Description struct {
	Dim       int
	Lineality [][]*big.Int
	Rays      [][]*big.Int
}

// Order says which constraint is added next.
type Order int

const (
	// Lex adds constraints in the lexicographic order of −A, cdd's lexmin: good on degenerate
	// cones.
	Lex Order = iota
	// MaxCut adds the constraint that cuts off the most rays.
	MaxCut
)

// Options steer the way to a description, never the description.
type Options struct {
	Order Order
	// MaxRays is the most rays kept at a time, which bounds the memory: 0 means DefaultMaxRays.
	MaxRays int
}

// DefaultMaxRays takes some 400 bytes a ray in twenty dimensions: two gigabytes in the worst case.
const DefaultMaxRays = 1 << 22

// ErrTooLarge is the error of a description that passes Options.MaxRays, or whose lines have more
// than 2²⁴ numbers.
var ErrTooLarge = errors.New("too many rays")

// Describe returns the description of {x : row·x ≤ 0 for all rows} in dim dimensions. Rows may be
// 0, redundant, repeated, each other's negations, or none. A row of another length, ErrTooLarge,
// and a context's cause are errors.
func Describe(ctx context.Context, dim int, rows [][]*big.Int, opts Options) (*Description, error) {
	if dim < 0 {
		return nil, fmt.Errorf("%d dimensions, expected 0 at least", dim)
	}
	for i, r := range rows {
		if len(r) != dim {
			return nil, fmt.Errorf("row %d has %d numbers, expected %d", i, len(r), dim)
		}
	}
	e := echelon{width: dim}
	for _, r := range rows {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		e.push(r)
	}
	if lines := dim - len(e.pivots); lines > 0 && lines > maxNumbers/dim {
		return nil, fmt.Errorf("%d lines of %d numbers each, %w: expected more constraints or fewer dimensions", lines, dim, ErrTooLarge)
	}
	d := &Description{Dim: dim, Lineality: e.kernel()}
	rays, err := pointed(ctx, columns(rows, e.pivots), len(e.pivots), opts)
	if err != nil {
		return nil, err
	}
	for _, r := range rays {
		whole := dyadic.ZeroInts(dim)
		for k, c := range e.sortedPivots() {
			whole[c] = r[k]
		}
		d.Rays = append(d.Rays, Primitive(whole))
	}
	slices.SortFunc(d.Rays, compare)
	return d, nil
}

// pointed returns the rays of a cone that holds no line, in so many dimensions. Modulo the linear
// space of a cone, coordinates at its pivots are 0, and A's other columns say the rest.
//
// Pairs of opposite rows are equations. They are solved first: else no ray would be simple.
func pointed(ctx context.Context, rows [][]*big.Int, dim int, opts Options) ([][]*big.Int, error) {
	rows = distinct(rows)
	equations, rest := opposites(rows)
	if len(equations) == 0 {
		return double(ctx, rows, dim, opts)
	}
	e := echelon{width: dim}
	for _, r := range equations {
		e.push(r)
	}
	basis := e.kernel() // x = Σ z_k basis_k, and no line in x is one in z
	inside := make([][]*big.Int, len(rest))
	for i, r := range rest {
		for _, b := range basis {
			inside[i] = append(inside[i], dot(r, b))
		}
	}
	short, err := double(ctx, distinct(inside), len(basis), opts)
	if err != nil {
		return nil, err
	}
	rays := make([][]*big.Int, len(short))
	for i, z := range short {
		rays[i] = dyadic.ZeroInts(dim)
		for k, b := range basis {
			addTo(rays[i], z[k], b)
		}
	}
	return rays, nil
}

// distinct returns the rows as primitive integers, each once, without those that are 0, sorted.
func distinct(rows [][]*big.Int) (list [][]*big.Int) {
	for _, r := range rows {
		if !isZero(r) {
			list = append(list, Primitive(r))
		}
	}
	slices.SortFunc(list, compare)
	return slices.CompactFunc(list, func(a, b []*big.Int) bool { return compare(a, b) == 0 })
}

// opposites parts sorted primitive rows: those whose negation is there too, one of each two, and
// the others.
func opposites(rows [][]*big.Int) (equations, rest [][]*big.Int) {
	for _, r := range rows {
		n := negated(r)
		if _, ok := slices.BinarySearchFunc(rows, n, compare); !ok {
			rest = append(rest, r)
		} else if compare(r, n) < 0 {
			equations = append(equations, r)
		}
	}
	return equations, rest
}

// Contains says whether a point is in the cone {x : row·x ≤ 0}, and if not, the first row that it
// violates.
func Contains(rows [][]*big.Int, x []*big.Int) (ok bool, row int) {
	for i, r := range rows {
		if dot(r, x).Sign() > 0 {
			return false, i
		}
	}
	return true, -1
}

// RowOf returns the integers that are a power of two times finite floats, which it takes as the
// dyadic numbers they are: 0.1 is the float next to a tenth. It panics on a number that is not
// finite.
func RowOf(v []float64) []*big.Int {
	for k, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			panic(fmt.Sprintf("cone: number %d is %g, expected a finite one", k, x))
		}
	}
	return dyadic.Floats(v).Ints()
}

// Bits returns the length of the description's largest number.
func (d *Description) Bits() (n int) {
	for _, list := range [][][]*big.Int{d.Lineality, d.Rays} {
		for _, v := range list {
			for _, x := range v {
				n = max(n, x.BitLen())
			}
		}
	}
	return n
}
