package cone

// The double description method: the rays of the constraints added so far.

import (
	"context"
	"fmt"
	"math/big"
	"slices"
)

// ray is an extreme ray, and which of the constraints that were added hold on it with equality.
type ray struct {
	vector
	on Incidence
}

// method is the double description in the making. Constraints keep their numbers in rows.
type method struct {
	dim    int
	rows   []vector
	rays   []ray
	values []number // of the row at work, at each ray
	on     []Incidence
	most   int
}

// double returns the rays of {x : row·x ≤ 0 for all rows}, a cone in dim dimensions that holds no
// line. Rows are primitive, distinct and not 0.
func double(ctx context.Context, rows [][]*big.Int, dim int, opts Options) ([][]*big.Int, error) {
	if dim == 0 {
		return nil, nil
	}
	m := &method{dim: dim, most: opts.MaxRays}
	if m.most <= 0 {
		m.most = DefaultMaxRays
	}
	rest, err := m.start(ctx, rows)
	for err == nil && len(rest) > 0 && len(m.rays) > 0 {
		at := 0
		if opts.Order == MaxCut {
			at = m.deepest(rest)
		}
		c := rest[at]
		rest = slices.Delete(rest, at, at+1)
		err = m.cut(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	list := make([][]*big.Int, len(m.rays))
	for i := range list {
		list[i] = m.rays[i].integers()
	}
	return list, nil
}

// start sorts the rows and takes the first independent ones, whose cone is one over a simplex. It
// returns the others.
func (m *method) start(ctx context.Context, rows [][]*big.Int) (rest []int, err error) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b []*big.Int) int { return compare(b, a) })
	e := echelon{width: m.dim}
	var first []int
	for c, r := range rows {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		m.rows = append(m.rows, vectorOf(r))
		if len(first) < m.dim && e.push(r) {
			first = append(first, c)
		} else {
			rest = append(rest, c)
		}
	}
	basis := make([][]*big.Int, len(first))
	for k, c := range first {
		basis[k] = rows[c]
	}
	for i, v := range simplicial(basis) {
		on := NewIncidence(len(rows))
		for k, c := range first {
			if k != i {
				on.Add(c)
			}
		}
		m.rays = append(m.rays, ray{vectorOf(v), on})
	}
	return rest, m.fits(len(m.rays))
}

// fits refuses more rays than are to be kept.
func (m *method) fits(rays int) error {
	if rays <= m.most {
		return nil
	}
	return fmt.Errorf("more than %d rays at a time, %w: expected fewer constraints or dimensions, another order, or a higher limit", m.most, ErrTooLarge)
}

// deepest returns where in a list of rows the one is that cuts off the most rays.
func (m *method) deepest(rest []int) (at int) {
	most := -1
	for k, c := range rest {
		above := 0
		for i := range m.rays {
			if m.rows[c].times(&m.rays[i].vector).sign() > 0 {
				above++
			}
		}
		if above > most {
			at, most = k, above
		}
	}
	return at
}

// cut adds a constraint: rays above it give way to those born between them and their neighbours
// below.
func (m *method) cut(ctx context.Context, c int) error {
	m.values, m.on = m.values[:0], m.on[:0]
	var above, below []int
	for i := range m.rays {
		v := m.rows[c].times(&m.rays[i].vector)
		m.values, m.on = append(m.values, v), append(m.on, m.rays[i].on)
		switch s := v.sign(); {
		case s > 0:
			above = append(above, i)
		case s < 0:
			below = append(below, i)
		}
	}
	var born []ray
	err := Adjacent(ctx, m.dim, m.on, above, below, func(i, j int, both Incidence) error {
		v := between(&m.rays[i].vector, m.values[i], &m.rays[j].vector, m.values[j])
		on := slices.Clone(both)
		on.Add(c)
		born = append(born, ray{v, on})
		return m.fits(len(m.rays) + len(born))
	})
	if err != nil {
		return err
	}
	kept := m.rays[:0]
	for i := range m.rays {
		switch s := m.values[i].sign(); {
		case s == 0:
			m.rays[i].on.Add(c)
			kept = append(kept, m.rays[i])
		case s < 0:
			kept = append(kept, m.rays[i])
		}
	}
	clear(m.rays[len(kept):])
	m.rays = append(kept, born...)
	return nil
}
