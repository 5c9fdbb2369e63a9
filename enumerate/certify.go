// The tiers that certify an empty side. A solver's multipliers are a
// proposal; what counts is that f = s·z + Σ λ_i s_i z_i ≤ 0 holds on the ball, and
// that is checked here: in floats with an error bound, then in integers.

package enumerate

import (
	"math"
	"math/big"
	"slices"

	"relucell/ball"
	"relucell/lp"
	"relucell/lp/exact"
)

// form is the affine form of one neuron on the current cell, in y.
type form struct {
	g []float64
	h float64
	// err bounds sup over the unit ball of |computed − true|; 0 means exact.
	err float64
	// mag is an upper bound of |h| + Σ|g|.
	mag float64
	// quantum divides every coefficient when err is 0; 0 when unknown.
	quantum float64
	// layer and unit locate the neuron, shift is the power of two its row was multiplied by.
	layer, unit, shift int
}

// ancestor is a constraint of the current cell: s·z > 0.
type ancestor struct {
	*form
	id int32
	s  float64
}

// multipliers is a certified proof that a side is empty, in integers for the true forms.
type multipliers struct {
	self    int64
	ids     []int32
	lambda  []int64
	bigSelf *big.Int // set, with bigLambda, when int64 does not do
	bigLam  []*big.Int
}

// tier names what decided.
type tier int

const (
	tierNone tier = iota
	tierFloat
	tierInteger
	tierSolve
)

// certifier checks proposals against the current ancestors. One per worker.
type certifier struct {
	m      *model
	anc    []ancestor
	path   exactPath
	labels []int8
	f      []float64
	proof  bool // integer multipliers are wanted
	policy *policy
	out    multipliers
	round  []float64 // rounded multipliers, self first
	// Scratch of onSupport.
	rows   []exact.Row
	coords []int
	square []float64
}

// policy lets tests force tiers and put a solver of their own in: each of the
// first two, when set, says whether the tier may decide this time.
type policy struct {
	float, integer func() bool
	solver         func(norm ball.Norm, n int) lp.Incremental
	grain          grain // of a checkpoint; the zero value is the usual one
}

func (p *policy) newSolver(m *model) lp.Incremental {
	switch {
	case p != nil && p.solver != nil:
		return p.solver(m.norm, m.n)
	case m.norm == ball.L2 && m.central():
		return lp.NewCone(m.n)
	}
	return lp.NewIncremental(m.norm, m.n)
}

func (p *policy) allowFloat() bool   { return p == nil || p.float == nil || p.float() }
func (p *policy) allowInteger() bool { return p == nil || p.integer == nil || p.integer() }

// sup returns sup of g·y over the unit ball, to a relative error below γ_{n+2}.
func supUnit(norm ball.Norm, g []float64) float64 {
	t := 0.0
	switch norm {
	case ball.L1:
		for _, v := range g {
			t = max(t, math.Abs(v))
		}
	case ball.L2:
		for _, v := range g {
			t += v * v
		}
		if t < tinySquares {
			return supTiny(g)
		}
		t = math.Sqrt(t)
	default:
		for _, v := range g {
			t += math.Abs(v)
		}
	}
	return t
}

// tinySquares is the sum of squares below which squares that underflowed may matter: above it, up
// to 2²⁶ of them, each off by at most 2⁻¹⁰⁷⁵, change the sum by less than 2⁻¹⁴⁹ of itself.
const tinySquares = 0x1p-900

// supTiny is supUnit for l2 where squares underflow: it multiplies by 2⁶⁰⁰ first, which is
// exact, as all |g| are below 2⁻⁴⁴⁹. The product that undoes it is off by at most 2⁻¹⁰⁷⁵, which
// underflow covers.
func supTiny(g []float64) float64 {
	t := 0.0
	for _, v := range g {
		v *= 0x1p600
		t += v * v
	}
	return math.Sqrt(t) * 0x1p-600
}

// combine writes f = scale0·s·z + Σ lam_i s_i z_i and returns its offset, the
// bound of what the forms' own errors contribute, and Σ lam·mag.
func (c *certifier) combine(z *form, s, self float64, ids []int32, lam []float64) (h, err, mag float64) {
	f := c.f[:len(z.g)]
	for k, g := range z.g {
		f[k] = s * self * g
	}
	h, err, mag = s*self*z.h, self*z.err, self*z.mag
	for i, id := range ids {
		a := &c.anc[id]
		t := lam[i] * a.s
		for k, g := range a.g[:len(f)] {
			f[k] += t * g
		}
		h += t * a.h
		err += lam[i] * a.err
		mag += lam[i] * a.mag
	}
	return h, err, mag
}

// float is the float filter. The computed f differs from the true one, anywhere
// on the unit ball, by at most Σ λ_i err_i (the forms) plus γ_{k+2}·Σ λ_i mag_i (k products and
// additions for each coefficient), and the sum h + sup g·y by γ_{n+3} of the same: so
// h + sup + slack·(err + (k+n+8)·u·mag) < 0 proves f < 0.
func (c *certifier) float(z *form, s, self float64, ids []int32, lam []float64) bool {
	if len(z.g) <= 2 && c.m.norm != ball.L2 {
		return c.floatPlane(z, s, self, ids, lam)
	}
	h, err, mag := c.combine(z, s, self, ids, lam)
	bound := slack * (err + float64(len(ids)+len(z.g)+8)*unit*mag)
	return h+supUnit(c.m.norm, c.f[:len(z.g)])+bound+underflow < 0
}

// prune decides from a proposal whether the side s of z is empty, by the float
// filter or in integers. ids index the ancestors.
func (c *certifier) prune(z *form, s float64, ids []int32, lam []float64) tier {
	for _, v := range lam {
		if !(v >= 0) || math.IsInf(v, 0) {
			return tierNone
		}
	}
	if !c.known(ids) {
		return tierNone
	}
	if c.policy.allowFloat() {
		if !c.proof {
			if c.float(z, s, 1, ids, lam) {
				return tierFloat
			}
		} else {
			for _, top := range proofTops {
				if c.rounded(lam, top) && c.float(z, s, c.round[0], ids, c.round[1:]) {
					c.thin(z, s, ids)
					c.take(z, ids)
					return tierFloat
				}
			}
		}
	}
	if c.policy.allowInteger() && c.integer(z, s, ids, lam) {
		return tierInteger
	}
	if c.policy.allowInteger() && c.onSupport(z, s, ids, lam) {
		return tierSolve
	}
	return tierNone
}

// known says that the ids name ancestors, and in a proof none of them twice.
func (c *certifier) known(ids []int32) bool {
	for i, id := range ids {
		if id < 0 || int(id) >= len(c.anc) || c.proof && slices.Contains(ids[:i], id) {
			return false
		}
	}
	return true
}

// thin drops the smallest multiplier as long as the proof stands without it.
func (c *certifier) thin(z *form, s float64, ids []int32) {
	for {
		at := 0
		for i, r := range c.round {
			if i > 0 && r > 0 && (at == 0 || r < c.round[at]) {
				at = i
			}
		}
		if at == 0 {
			return
		}
		r := c.round[at]
		c.round[at] = 0
		if !c.float(z, s, c.round[0], ids, c.round[1:]) {
			c.round[at] = r
			return
		}
	}
}

// What the largest multiplier is rounded to, in turn. Small ones make short
// proofs: a single digit where that does.
var proofTops = [...]float64{3, 9, 32, 1 << 8, 1 << 16}

// rounded scales (1, lam) so that the largest is limit and rounds to integers;
// false when self would vanish.
func (c *certifier) rounded(lam []float64, limit float64) bool {
	top := 1.0
	for _, v := range lam {
		top = max(top, v)
	}
	return c.scaled(lam, limit/top)
}

// scaled rounds f·(1, lam) to integers; false when self would vanish.
func (c *certifier) scaled(lam []float64, f float64) bool {
	c.round = append(c.round[:0], math.Round(f))
	for _, v := range lam {
		c.round = append(c.round, math.Round(f*v))
	}
	return c.round[0] >= 1
}

const (
	// maxDenominator is the largest common denominator that simple looks for. Degenerate
	// networks with small integer weights want small rationals; larger ones are left to the exact solve.
	maxDenominator = 24
	// simpleSlack is how near to an integer a scaled multiplier must be: solvers return
	// multipliers to about 2⁻⁴⁰ of their size. Only a proposal depends on it.
	simpleSlack = 1.0 / (1 << 24)
)

// simple looks for the small integers that the multipliers are proportional to.
func (c *certifier) simple(lam []float64) bool {
	top := 1.0
	for _, v := range lam {
		top = max(top, v)
	}
	for d := 1.0; d <= maxDenominator; d++ {
		f := d / top
		ok := true
		near := func(v float64) float64 {
			r := math.Round(v)
			ok = ok && math.Abs(v-r) <= simpleSlack
			return r
		}
		c.round = append(c.round[:0], near(f))
		for _, v := range lam {
			c.round = append(c.round, near(f*v))
		}
		if ok && c.round[0] >= 1 {
			return true
		}
	}
	return false
}

// integer is the second tier: multipliers rounded to integers, first the small
// ones they seem to be, then by 4 to 32 bits, checked exactly.
func (c *certifier) integer(z *form, s float64, ids []int32, lam []float64) bool {
	if c.simple(lam) && c.checked(z, s, ids) {
		return true
	}
	h, _, mag := c.combine(z, s, 1, ids, lam)
	margin := -(h + supUnit(c.m.norm, c.f[:len(z.g)])) / mag
	top := 1.0
	for _, v := range lam {
		top = max(top, v)
	}
	_, e := math.Frexp(top)
	for _, bits := range [...]int{4, 8, 16, 24, 32} {
		// A factor that is a power of two keeps multipliers that are dyadic, such as a weight.
		f := math.Ldexp(1, bits-e)
		if margin < math.Ldexp(hopeful, -bits) && !dyadicLike(lam, f) {
			continue
		}
		if c.scaled(lam, f) && c.checked(z, s, ids) {
			return true
		}
	}
	return false
}

// hopeful is the share of a rounding step that the margin of a proposal must have for
// rounding to be worth a try: roundings partly cancel.
const hopeful = 1.0 / (1 << 4)

// dyadicLike says that f·(1, lam) look like integers.
func dyadicLike(lam []float64, f float64) bool {
	if math.Abs(f-math.Round(f)) > simpleSlack {
		return false
	}
	for _, v := range lam {
		if math.Abs(f*v-math.Round(f*v)) > simpleSlack {
			return false
		}
	}
	return true
}

// checked tests the rounded multipliers exactly: in float64 where every number is
// an integer multiple of one power of two and small enough to be exact, else in big integers.
func (c *certifier) checked(z *form, s float64, ids []int32) bool {
	ok, sure := c.smallCheck(z, s, ids)
	if !sure {
		ok = c.bigCheck(z, s, ids)
	}
	if ok && c.proof {
		c.take(z, ids)
	}
	return ok
}

// smallCheck is exact or says that it cannot be. All coefficients are multiples of
// q; with Σ λ·mag ≤ 2⁵²·q every partial sum is such a multiple below 2⁵³·q, so no
// operation rounds. For l2 the squares need twice the bits.
func (c *certifier) smallCheck(z *form, s float64, ids []int32) (ok, sure bool) {
	q, exactAll := z.quantum, z.err == 0
	for _, id := range ids {
		a := &c.anc[id]
		q = min(q, a.quantum)
		exactAll = exactAll && a.err == 0
	}
	if !exactAll || q == 0 {
		return false, false
	}
	h, _, mag := c.combine(z, s, c.round[0], ids, c.round[1:])
	f := c.f[:len(z.g)]
	if c.m.norm != ball.L2 {
		if !(mag <= q*(1<<52)) {
			return false, false
		}
		return h+supUnit(c.m.norm, f) <= 0, true
	}
	if !(mag <= q*(1<<25)) {
		return false, false
	}
	h /= q
	t := 0.0
	for _, g := range f {
		g /= q
		t += g * g
	}
	return h <= 0 && t <= h*h, true
}

// bigCheck computes the true f in big integers.
func (c *certifier) bigCheck(z *form, s float64, ids []int32) bool {
	x := c.m.exactNet()
	rows := []exact.Row{c.signed(z.layer, z.unit, s)}
	lay := []int{z.layer}
	for _, id := range ids {
		a := &c.anc[id]
		rows = append(rows, c.signed(a.layer, a.unit, a.s))
		lay = append(lay, a.layer)
	}
	top := 0
	for _, l := range lay {
		top = max(top, x.zScale[l])
	}
	lam := c.trueMultipliers(z, ids)
	for i := range lam { // bring all forms to one scale
		lam[i].Lsh(lam[i], uint(top-x.zScale[lay[i]]))
	}
	return exact.NonPositive(c.m.norm, exact.Combine(lam[0], rows[0], lam[1:], rows[1:]))
}

// signed returns s times the exact form.
func (c *certifier) signed(l, j int, s float64) exact.Row {
	r := c.path.at(l, j, c.labels)
	if s < 0 {
		return r.Neg()
	}
	return r
}

// trueMultipliers turns the rounded multipliers of the scaled forms into
// integers for the true ones: float row = 2^shift · true row.
func (c *certifier) trueMultipliers(z *form, ids []int32) []*big.Int {
	low := z.shift
	for _, id := range ids {
		low = min(low, c.anc[id].shift)
	}
	one := func(r float64, shift int) *big.Int {
		v, _ := new(big.Float).SetFloat64(r).Int(nil)
		return v.Lsh(v, uint(shift-low))
	}
	lam := []*big.Int{one(c.round[0], z.shift)}
	for i, id := range ids {
		lam = append(lam, one(c.round[i+1], c.anc[id].shift))
	}
	return lam
}

// take stores the rounded multipliers as a proof, without those that are 0.
func (c *certifier) take(z *form, ids []int32) {
	o := &c.out
	o.ids, o.lambda, o.bigSelf, o.bigLam = o.ids[:0], o.lambda[:0], nil, nil
	low, top := z.shift, z.shift
	for _, id := range ids {
		low, top = min(low, c.anc[id].shift), max(top, c.anc[id].shift)
	}
	if top-low <= 24 { // rounded multipliers have at most 33 bits
		o.self = int64(c.round[0]) << (z.shift - low)
		for i, id := range ids {
			if r := c.round[i+1]; r > 0 {
				o.ids = append(o.ids, c.anc[id].id)
				o.lambda = append(o.lambda, int64(r)<<(c.anc[id].shift-low))
			}
		}
		o.sort()
		return
	}
	lam := c.trueMultipliers(z, ids)
	o.bigSelf = lam[0]
	for i, id := range ids {
		if lam[i+1].Sign() > 0 {
			o.ids = append(o.ids, c.anc[id].id)
			o.bigLam = append(o.bigLam, lam[i+1])
		}
	}
	o.sort()
}

// sort orders the multipliers by neuron, and divides out a common power of two.
func (o *multipliers) sort() {
	for i := 1; i < len(o.ids); i++ {
		for j := i; j > 0 && o.ids[j] < o.ids[j-1]; j-- {
			o.ids[j], o.ids[j-1] = o.ids[j-1], o.ids[j]
			if o.bigSelf != nil {
				o.bigLam[j], o.bigLam[j-1] = o.bigLam[j-1], o.bigLam[j]
			} else {
				o.lambda[j], o.lambda[j-1] = o.lambda[j-1], o.lambda[j]
			}
		}
	}
	if o.bigSelf != nil {
		return
	}
	bits := o.self
	for _, l := range o.lambda {
		bits |= l
	}
	for ; bits&1 == 0; bits >>= 1 {
		o.self >>= 1
		for i := range o.lambda {
			o.lambda[i] >>= 1
		}
	}
}

// takeBig stores the multipliers of an exact solve over the ancestors' exact rows.
func (c *certifier) takeBig(z *form, self *big.Int, lam []*big.Int) {
	x := c.m.exactNet()
	o := &c.out
	o.ids, o.lambda, o.bigLam = o.ids[:0], o.lambda[:0], nil
	// λ'·2^scale·z = λ·z: bring all to the lowest scale in use.
	low := x.zScale[z.layer]
	for i, l := range lam {
		if l.Sign() > 0 {
			low = min(low, x.zScale[c.anc[i].layer])
		}
	}
	o.bigSelf = new(big.Int).Lsh(self, uint(x.zScale[z.layer]-low))
	for i, l := range lam {
		if l.Sign() > 0 {
			o.ids = append(o.ids, c.anc[i].id)
			o.bigLam = append(o.bigLam, new(big.Int).Lsh(l, uint(x.zScale[c.anc[i].layer]-low)))
		}
	}
	o.sort()
}
