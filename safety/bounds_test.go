package safety

// What the search rests on, at exact points.

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
)

// TestBoundsHoldExactly evaluates points of nodes in fractions: no unit is outside of its bounds,
// and no condition below its own. Boxes of the width 0 or an ulp leave no room but for rounding. The
// same where the bounds are made from those of the node above.
func TestBoundsHoldExactly(t *testing.T) {
	children := 0
	for i := range 300 {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		n := floatNet(t, rng)
		q := ask(t, n, boxOf(n.Inputs()), "(<= (+ Y_0 (* 0.3 X_0)) 0.1)", fmt.Sprintf("(<= (* -0.7 Y_%d) 0.7)", n.Outputs()-1))
		s := newSubject(context.Background(), n, q)
		z := newZone(s)
		x := make([]float64, n.Inputs())
		node := &node{disjunct: []int32{0}}
		for k := range x {
			x[k] = math.Ldexp(rng.NormFloat64(), rng.IntN(20)-10)
			width := []float64{0, 0, math.Abs(x[k]) * 0x1p-52, math.Abs(x[k]) * 0.5}[rng.IntN(4)]
			node.lo, node.hi = append(node.lo, x[k]-width*rng.Float64()), append(node.hi, x[k]+width*rng.Float64())
		}
		pre := exactPre(s, x)
		for q, v := range pre {
			if v.Sign() != 0 && rng.IntN(6) == 0 { // signs that the point has
				node.signs = append(node.signs, sign{int32(q), int8(v.Sign())})
			}
		}
		requireBounds(t, z, node, x, pre)
		for q, v := range pre {
			if v.Sign() == 0 || z.fixed[q] != 0 || rng.IntN(3) > 0 {
				continue
			}
			child := *node
			child.signs = append(slices.Clone(node.signs), sign{int32(q), int8(v.Sign())})
			child.l, child.u = slices.Clone(z.l), slices.Clone(z.u)
			requireBounds(t, z, &child, x, pre)
			for q := range pre {
				require.GreaterOrEqual(t, z.l[q], child.l[q])
				require.LessOrEqual(t, z.u[q], child.u[q])
			}
			children, node = children+1, &child
		}
	}
	require.Greater(t, children, 300)
}

// requireBounds bounds a node of which a point has the signs.
func requireBounds(t *testing.T, z *zone, node *node, x []float64, pre []*big.Rat) {
	require.Equal(t, bounded, z.bound(node))
	for q, v := range pre {
		require.LessOrEqual(t, new(big.Rat).SetFloat64(z.l[q]).Cmp(v), 0, "unit %d", q)
		require.GreaterOrEqual(t, new(big.Rat).SetFloat64(z.u[q]).Cmp(v), 0, "unit %d", q)
	}
	requireSizes(t, z, x)
	z.back.conditions(node.disjunct)
	y := z.output(rational64(x))
	for r := range z.subject.conditions[0] {
		c := &z.subject.conditions[0][r]
		for _, b := range []float64{z.back.least(r), z.back.zoneLeast(c)} {
			if !math.IsInf(b, -1) {
				require.LessOrEqual(t, new(big.Rat).SetFloat64(b).Cmp(c.exact.Value(rational64(x), y)), 0)
			}
		}
	}
}

// TestLinesLieAroundTheUnit, at exact points between the ends.
func TestLinesLieAroundTheUnit(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 3000 {
		l, u := -math.Ldexp(rng.Float64(), rng.IntN(80)-40), math.Ldexp(rng.Float64(), rng.IntN(80)-40)
		m := []float64{0, 0.01, -1, 1.7, 0.999, -3.3, 1 + 0x1p-52, 7e5}[rng.IntN(8)]
		ln := between(l, u, m)
		for _, p := range []float64{0, 1, rng.Float64(), -l / (u - l)} {
			z := new(big.Rat).SetFloat64(min(max(l+p*(u-l), l), u))
			f := new(big.Rat).Set(z)
			if z.Sign() < 0 {
				f.Mul(f, new(big.Rat).SetFloat64(m))
			}
			line := func(slope, at float64) *big.Rat {
				v := new(big.Rat).SetFloat64(slope)
				return v.Add(v.Mul(v, z), new(big.Rat).SetFloat64(at))
			}
			require.LessOrEqual(t, line(ln[lower].slope, ln[lower].at).Cmp(f), 0, "%g %g %g", l, u, m)
			require.GreaterOrEqual(t, line(ln[upper].slope, ln[upper].at).Cmp(f), 0, "%g %g %g", l, u, m)
		}
	}
}

// TestMixturesHoldExactly draws weights of conditions and signs, and slopes, and evaluates points
// that have the signs.
func TestMixturesHoldExactly(t *testing.T) {
	tried := 0
	for i := range 300 {
		rng := rand.New(rand.NewPCG(9, uint64(i)))
		n := floatNet(t, rng)
		q := ask(t, n, boxOf(n.Inputs()), "(<= (+ Y_0 (* 0.3 X_0)) 0.1)", fmt.Sprintf("(<= (* -0.7 Y_%d) 0.7)", n.Outputs()-1))
		s := newSubject(context.Background(), n, q)
		z := newZone(s)
		node := &node{disjunct: []int32{0}}
		center := make([]float64, n.Inputs())
		for k := range center {
			center[k] = rng.NormFloat64()
			width := []float64{0, 0x1p-40, 1, 3}[rng.IntN(4)]
			node.lo, node.hi = append(node.lo, center[k]-width), append(node.hi, center[k]+width)
		}
		for q, v := range exactPre(s, center) {
			if v.Sign() != 0 && rng.IntN(3) == 0 {
				node.signs = append(node.signs, sign{int32(q), int8(v.Sign())})
			}
		}
		require.Equal(t, bounded, z.bound(node))
		m := &mixture{mu: []float64{rng.Float64(), rng.Float64()}, beta: make([]float64, s.units), alpha: make([]float64, s.units)}
		for _, g := range node.signs {
			m.beta[g.unit] = -rng.Float64() * float64(g.s)
		}
		for _, q := range z.open {
			l, j := s.unitLayer(q)
			m.alpha[q] = min(max(1+(s.layers[l].below[j]-1)*rng.Float64(), min(1, s.layers[l].below[j])), max(1, s.layers[l].below[j]))
		}
		require.True(t, z.back.legal(m))
		bound := z.back.mixed(0, m)
		for p := range 20 {
			x := center
			if p > 0 {
				x = make([]float64, n.Inputs())
				random(rng, x, node.lo, node.hi)
			}
			pre := exactPre(s, x)
			has := true
			for _, g := range node.signs {
				has = has && pre[g.unit].Sign()*int(g.s) >= 0
			}
			if !has {
				continue
			}
			tried++
			f, y := new(big.Rat), s.output(rational64(x))
			for r := range s.conditions[0] {
				v := s.conditions[0][r].exact.Value(rational64(x), y)
				f.Add(f, v.Mul(v, new(big.Rat).SetFloat64(m.mu[r])))
			}
			for q, b := range m.beta {
				f.Add(f, new(big.Rat).Mul(new(big.Rat).SetFloat64(b), pre[q]))
			}
			require.LessOrEqual(t, new(big.Rat).SetFloat64(bound).Cmp(f), 0, "case %d", i)
		}
	}
	require.Greater(t, tried, 1000)
}

// TestMixturesThatProveNothingAreRefused: a wrong sign, a weight of a unit that is free, a slope
// that is no line.
func TestMixturesThatProveNothingAreRefused(t *testing.T) {
	abs := absolute(t)
	s := newSubject(context.Background(), abs, ask(t, abs, "(and (>= X_0 -1) (<= X_0 1))", "(<= Y_0 -1)"))
	z := newZone(s)
	require.Equal(t, bounded, z.bound(&node{lo: []float64{-1}, hi: []float64{1}, signs: []sign{{0, 1}}}))
	good := func() *mixture { return &mixture{[]float64{1}, []float64{-1, 0, 0}, []float64{0, 0.5, 0}} }
	require.True(t, z.back.legal(good()))
	for _, spoil := range []func(*mixture){
		func(m *mixture) { m.mu[0] = -1 }, func(m *mixture) { m.mu[0] = math.NaN() }, func(m *mixture) { m.beta[0] = 1 },
		func(m *mixture) { m.beta[1] = -1 }, func(m *mixture) { m.beta[0] = math.NaN() }, func(m *mixture) { m.alpha[1] = 1.5 },
		func(m *mixture) { m.alpha[1] = -0.5 }, func(m *mixture) { m.alpha[1] = math.NaN() },
	} {
		m := good()
		spoil(m)
		require.False(t, z.back.legal(m))
	}
}

// TestManyConditionsInOneMixture: each of these conditions holds with equality at (1, 1, 1, 1), the
// only point of the box. A sum of thousands of them loses more digits than the sums of a small
// network.
func TestManyConditionsInOneMixture(t *testing.T) {
	n := build(t, []network.Activation{network.None}, [][]float64{{1, 0, 0, 0, 0}})
	var s strings.Builder
	s.WriteString("(and (= X_0 1) (= X_1 1) (= X_2 1) (= X_3 1)")
	const half = "0.00000000000000005551115123125782702118158340454101562500" // 2⁻⁵⁴
	// x0 − 2⁻⁵⁴ x1 − 2⁻⁵⁴ x2 ≤ 1 − 2⁻⁵³, of which floats see x0 − 1 + 2⁻⁵³.
	fmt.Fprintf(&s, " (<= (+ X_0 (* -%s X_1) (* -%[1]s X_2)) (- 1 (* 2 %[1]s)))", half)
	for range 4000 {
		fmt.Fprintf(&s, " (<= (* %s X_3) (* %[1]s X_0))", half)
	}
	require.Equal(t, Violated, verdict(t, n, ask(t, n, s.String()+")")))
}

// TestSizesThatUnderflowAreSizes: values of 2⁻¹¹⁰⁰ that weights of 2⁶⁰⁰ bring back, with sums that
// cancel to less than their rounding. The output is 0 where the exact sum is negative; a point that
// is no float keeps all but fractions from finding it.
func TestSizesThatUnderflowAreSizes(t *testing.T) {
	tried := 0
	for i := range 400 {
		rng := rand.New(rand.NewPCG(23, uint64(i)))
		const terms = 6
		var first [][]float64
		var second []float64
		sum, exact := 0.0, new(big.Rat)
		for k := range terms {
			w, a := 1+rng.Float64(), 1+rng.Float64()
			if k == terms-1 {
				w, a = 1, -math.Nextafter(sum, 0) // so that floats see a little more than 0
			}
			sum += a * w
			exact.Add(exact, new(big.Rat).Mul(new(big.Rat).SetFloat64(a), new(big.Rat).SetFloat64(w)))
			first, second = append(first, []float64{w * 0x1p-600, 0, 0, 0}), append(second, a*0x1p600)
		}
		if exact.Sign() > 0 {
			continue
		}
		tried++
		n := build(t, []network.Activation{network.None, network.ReLU}, first, [][]float64{append(second, 0)})
		require.Equal(t, Violated, verdict(t, n, ask(t, n, "(and (>= X_0 1e-150) (<= X_0 2e-150) (>= X_1 0) (<= X_1 1) (>= X_2 0) (<= X_2 1))",
			"(= (+ (* 3 X_1) (* 7 X_2)) 1.1)", "(>= Y_0 0)")), i)
	}
	require.Positive(t, tried)
}

// TestNoConditionsOnABoxBeyondTheFloats: a programme of no rows.
func TestNoConditionsOnABoxBeyondTheFloats(t *testing.T) {
	n := build(t, []network.Activation{network.ReLU, network.None}, [][]float64{{0, 1}}, [][]float64{{1, 0}})
	box := "(and (>= X_0 (- 1e400)) (<= X_0 1e400))"
	require.Equal(t, Violated, verdict(t, n, ask(t, n, box)))
	require.Equal(t, Holds, verdict(t, n, ask(t, n, box, "(> Y_0 1)")))
}

// requireSizes holds most and size to the sizes of values at a point.
func requireSizes(t *testing.T, z *zone, x []float64) {
	a, den := common(rational64(x))
	e := 0
	for i := range z.layers {
		y := &z.layers[i]
		in := rats(a, e, den)
		a, e = y.exactly(z.ctx, a, e, den)
		a, e = y.activate(a, e)
		for j, v := range rats(a, e, den) {
			require.LessOrEqual(t, v.Abs(v).Cmp(new(big.Rat).SetFloat64(z.most[y.first+j])), 0)
			size := new(big.Rat).SetFloat64(math.Abs(y.b[j]))
			for i, w := range y.w[j].v {
				k := y.w[j].column(i)
				p := new(big.Rat).SetFloat64(w)
				size.Add(size, p.Abs(p.Mul(p, in[k])))
			}
			require.LessOrEqual(t, size.Cmp(new(big.Rat).SetFloat64(z.size[y.first+j])), 0)
		}
	}
}

// TestPathsEndWhereProofsDo: a node that no proof reaches below is given up, and not without one.
func TestPathsEndWhereProofsDo(t *testing.T) {
	n := floatNet(t, rand.New(rand.NewPCG(13, 0)))
	s := newSubject(context.Background(), n, ask(t, n, boxOf(n.Inputs()), "(= (+ Y_0 (* 0.3 X_0)) 0.1)"))
	r, err := newSearch(context.Background(), s, Options{Workers: 1, Prove: true}, time.Now())
	require.NoError(t, err)
	w := newWorker(r)
	for _, splits := range []int{maxSplits - 1, maxSplits} {
		box := &node{lo: []float64{0}, hi: []float64{1}, signs: make([]sign, 1), halvings: splits - 1, place: &place{}}
		require.Equal(t, splits == maxSplits, w.halveInput(box, 0) == nil)
		require.Equal(t, splits == maxSplits, w.givenUp.Load() > 0)
		box.place = nil
		require.Len(t, w.halveInput(box, 0), 2)
	}
}

// TestChildrenCoverTheirNode: halves that share a border, or both signs of a unit, and all else as
// it was.
func TestChildrenCoverTheirNode(t *testing.T) {
	halved, signed := 0, 0
	for i := range 200 {
		rng := rand.New(rand.NewPCG(13, uint64(i)))
		n := floatNet(t, rng)
		s := newSubject(context.Background(), n, ask(t, n, boxOf(n.Inputs()), "(= (+ Y_0 (* 0.3 X_0)) 0.1)"))
		s.few, s.many = rng.IntN(4), 200*rng.IntN(2)
		r, err := newSearch(context.Background(), s, Options{Workers: 1}, time.Now())
		require.NoError(t, err)
		w := newWorker(r)
		box := &node{disjunct: []int32{0}, signs: make([]sign, 0, 20), halvings: 100 * rng.IntN(2)}
		for range n.Inputs() {
			a, b := rng.NormFloat64(), rng.NormFloat64()
			box.lo, box.hi = append(box.lo, min(a, b)), append(box.hi, max(a, b))
		}
		for range 6 { // down a path
			children, found, err := w.visit(box)
			require.NoError(t, err)
			if found != nil || len(children) == 0 {
				break
			}
			require.Len(t, children, 2)
			a, b := children[0], children[1]
			require.Equal(t, []int32{0}, a.disjunct)
			require.Equal(t, a.disjunct, b.disjunct)
			if len(a.signs) > len(box.signs) {
				signed++
				last := len(box.signs)
				require.Equal(t, box.signs, a.signs[:last])
				require.Equal(t, box.signs, b.signs[:last])
				require.Equal(t, []sign{{a.signs[last].unit, -1}, {a.signs[last].unit, 1}}, []sign{a.signs[last], b.signs[last]})
				require.Equal(t, [][]float64{box.lo, box.hi, box.lo, box.hi}, [][]float64{a.lo, a.hi, b.lo, b.hi})
			} else {
				halved++
				require.Equal(t, [][]sign{box.signs, box.signs}, [][]sign{a.signs, b.signs})
				require.Equal(t, [][]float64{box.lo, box.hi}, [][]float64{a.lo, b.hi})
				cut := 0
				for k := range box.lo {
					if a.hi[k] != box.hi[k] {
						cut++
						require.Equal(t, a.hi[k], b.lo[k])
						require.True(t, box.lo[k] < a.hi[k] && a.hi[k] < box.hi[k])
					} else {
						require.Equal(t, box.lo[k], b.lo[k])
					}
				}
				require.Equal(t, 1, cut)
			}
			box = children[rng.IntN(2)]
		}
	}
	require.Greater(t, halved, 50)
	require.Greater(t, signed, 50)
}

// exactPre returns the exact pre-activations of all units.
func exactPre(s *subject, x []float64) []*big.Rat {
	a, den := common(rational64(x))
	e := 0
	var out []*big.Rat
	for i := range s.layers {
		a, e = s.layers[i].exactly(s.ctx, a, e, den)
		out = append(out, rats(a, e, den)...)
		a, e = s.layers[i].activate(a, e)
	}
	return out
}
