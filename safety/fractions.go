package safety

// A linear programme in fractions, which always ends: Bland's rule.

import "math/big"

// exactRow is the condition coef·(x, 1) ≤ 0, or < 0 where it is strict.
type exactRow struct {
	coef   rational
	strict bool
}

// dictionary expresses basic variables by nonbasic ones. Variable k < n is x_k − lo_k ≥ 0, n is
// a ≥ 0 by which conditions that are not strict may be missed, n+1 is t, free, by which strict ones
// may; then come slacks ≥ 0.
type dictionary struct {
	n               int
	d               []rational // a constant last
	basic, nonbasic []int
	stop            func() error
}

// feasible returns a point x with lo ≤ x ≤ lo + width that satisfies all rows. Where there is none,
// it returns weights of the rows, none negative, whose sum with them is above 0 on the box, or not
// below 0 if a strict row has one. The error is that of stop.
func feasible(stop func() error, rows []exactRow, lo, width []*big.Rat) (x, weights []*big.Rat, err error) {
	p := newDictionary(stop, rows, lo, width)
	if at := p.at(p.n); at >= 0 {
		if err := p.minimise(p.n); err != nil {
			return nil, nil, err
		}
		if at = p.at(p.n); at >= 0 && p.d[at][len(p.nonbasic)].Sign() > 0 {
			return nil, p.weights(at, len(rows)), nil
		}
		p.drop(p.n)
	} else {
		p.drop(p.n)
	}
	if at := p.at(p.n + 1); at >= 0 {
		if err := p.minimise(p.n + 1); err != nil {
			return nil, nil, err
		}
		if at = p.at(p.n + 1); p.d[at][len(p.nonbasic)].Sign() >= 0 {
			return nil, p.weights(at, len(rows)), nil
		}
	}
	x = make([]*big.Rat, p.n)
	for k := range x {
		x[k] = new(big.Rat).Set(lo[k])
		if at := p.at(k); at >= 0 {
			x[k].Add(x[k], p.d[at][len(p.nonbasic)])
		}
	}
	return x, nil, nil
}

// weights are those of the rows at the end of a programme, whose value the row at has: what is
// minimised is its value + Σ weight·slack + terms that are not negative, as an identity, and
// slack_i is a or t or 0, less row i.
func (p *dictionary) weights(at, rows int) []*big.Rat {
	y := make([]*big.Rat, rows)
	for i := range y {
		y[i] = new(big.Rat)
	}
	for k, v := range p.nonbasic {
		if i := v - p.n - 2; i >= 0 && i < rows {
			y[i].Set(p.d[at][k])
		}
	}
	return y
}

// newDictionary starts at x = lo, with a and t as large as they must be.
func newDictionary(stop func() error, rows []exactRow, lo, width []*big.Rat) *dictionary {
	n := len(lo)
	p := &dictionary{n: n, stop: stop}
	for k := range n + 2 {
		p.nonbasic = append(p.nonbasic, k)
	}
	worst := [2]int{-1, -1} // of rows that are not strict, and of those that are
	for i, r := range rows {
		f, v := make(rational, n+3), new(big.Rat).Set(r.coef[n])
		for k := range n {
			f[k] = new(big.Rat).Neg(r.coef[k])
			v.Add(v, new(big.Rat).Mul(r.coef[k], lo[k]))
		}
		f[n], f[n+1], f[n+2] = big.NewRat(1, 1), new(big.Rat), v.Neg(v)
		side := 0
		if r.strict {
			side = 1
			f[n], f[n+1] = f[n+1], f[n]
		}
		p.d, p.basic = append(p.d, f), append(p.basic, n+2+i)
		if w := worst[side]; w < 0 || v.Cmp(p.d[w][n+2]) < 0 {
			worst[side] = i
		}
	}
	for k, w := range width {
		f := make(rational, n+3)
		for i := range f {
			f[i] = new(big.Rat)
		}
		f[k].SetInt64(-1)
		f[n+2].Set(w)
		p.d, p.basic = append(p.d, f), append(p.basic, n+2+len(rows)+k)
	}
	if w := worst[0]; w >= 0 && p.d[w][n+2].Sign() < 0 {
		p.pivot(w, n)
	}
	if w := worst[1]; w >= 0 {
		p.pivot(w, n+1)
	}
	return p
}

// at is the row of a variable, −1 where it is nonbasic.
func (p *dictionary) at(name int) int {
	for i, b := range p.basic {
		if b == name {
			return i
		}
	}
	return -1
}

// minimise minimises a basic variable, no further than is asked for: a to 0, t below 0.
func (p *dictionary) minimise(name int) error {
	for {
		if err := p.stop(); err != nil {
			return err
		}
		at, last := p.at(name), len(p.nonbasic)
		if at < 0 || name == p.n+1 && p.d[at][last].Sign() < 0 {
			return nil
		}
		enter := -1
		for k, v := range p.nonbasic {
			if p.d[at][k].Sign() < 0 && (enter < 0 || v < p.nonbasic[enter]) {
				enter = k
			}
		}
		if enter < 0 {
			return nil
		}
		p.pivot(p.leaving(enter), enter)
	}
}

// leaving is the row that blocks a variable first. The box blocks every one in the end.
func (p *dictionary) leaving(enter int) int {
	best, last := -1, len(p.nonbasic)
	var ratio *big.Rat
	for i, r := range p.d {
		if p.basic[i] == p.n+1 || r[enter].Sign() >= 0 {
			continue
		}
		q := new(big.Rat).Quo(r[last], r[enter]) // not above 0: minus the ratio
		c := 1
		if ratio != nil {
			c = q.Cmp(ratio)
		}
		if c > 0 || c == 0 && (p.basic[i] == p.n || p.basic[best] != p.n && p.basic[i] < p.basic[best]) {
			best, ratio = i, q
		}
	}
	return best
}

// pivot exchanges the basic variable of a row and a nonbasic one.
func (p *dictionary) pivot(leave, enter int) {
	r := p.d[leave]
	by := new(big.Rat).Inv(r[enter])
	by.Neg(by)
	for k := range r {
		if k != enter {
			r[k] = new(big.Rat).Mul(r[k], by)
		}
	}
	r[enter] = by.Neg(by)
	for i, s := range p.d {
		if i == leave || s[enter].Sign() == 0 {
			continue
		}
		f := s[enter]
		s[enter] = new(big.Rat)
		for k := range s {
			if r[k].Sign() != 0 {
				s[k] = new(big.Rat).Add(s[k], new(big.Rat).Mul(f, r[k]))
			}
		}
	}
	p.basic[leave], p.nonbasic[enter] = p.nonbasic[enter], p.basic[leave]
}

// drop removes a variable of the value 0.
func (p *dictionary) drop(name int) {
	if at := p.at(name); at >= 0 {
		enter := -1
		for k := range p.nonbasic {
			if p.d[at][k].Sign() != 0 {
				enter = k
				break
			}
		}
		if enter < 0 {
			p.d = append(p.d[:at], p.d[at+1:]...)
			p.basic = append(p.basic[:at], p.basic[at+1:]...)
			return
		}
		p.pivot(at, enter) // changes no value
	}
	for k, v := range p.nonbasic {
		if v == name {
			for i, r := range p.d {
				p.d[i] = append(r[:k:k], r[k+1:]...)
			}
			p.nonbasic = append(p.nonbasic[:k:k], p.nonbasic[k+1:]...)
			return
		}
	}
}
