// The plain walk, the slow and obvious twin: for each pattern prefix it
// computes every form from nothing and asks a solver, from nothing, about both
// sides. No inheritance, no caching, no early stop, one worker.

package enumerate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/lp"
	"github.com/relucell/relucell/lp/exact"
	"github.com/relucell/relucell/network"
)

// plainWalk borrows the walker's forms, filters and leaves; the order of
// questions and the questions themselves are its own.
type plainWalk struct {
	*walker
	oracle lp.Solver
	acc    accumulator
}

// CountPlain counts with the plain walk over the given solver. The solver's
// proposals pass the same filters as those of Count, and what they do not settle is
// solved exactly. An error of the solver ends the count: a failure is not an answer.
func CountPlain(ctx context.Context, net *network.Network, b ball.Ball, solver lp.Solver, opt Options) (Result, error) {
	if opt.Checkpoint != "" {
		return Result{}, errors.New("enumerate: the plain walk keeps no checkpoint")
	}
	start := time.Now()
	m, release, err := compileFor(ctx, net, b, nil)
	defer release()
	if errors.Is(err, errLate) {
		return unwalked(net, b, opt, start), nil
	}
	if err != nil {
		return Result{}, err
	}
	start = time.Now()
	if s, ok := solver.(lp.Stoppable); ok {
		s.StopWhen(m.late)
		defer s.StopWhen(nil)
	}
	r := newRun(m)
	r.plain, r.observed, r.limit = true, opt.Observer != nil, opt.Limit
	unhook := context.AfterFunc(ctx, func() { r.stop.Store(true) })
	defer unhook()
	p := &plainWalk{walker: newWalker(r), oracle: solver}
	p.obs = opt.Observer
	p.walk(0, 0, p.rootWitness())
	r.retire(p.walker)
	if r.err != nil {
		return Result{}, r.err
	}
	return r.result(start), nil
}

// rootWitness is the centre.
func (p *plainWalk) rootWitness() *level {
	lv := newLevel(p.m)
	p.pass1.signs(lv.y, lv.z)
	return lv
}

// forms recomputes the forms of the layers up to l from the labels.
func (p *plainWalk) forms(l int) {
	p.loadFirst()
	for i := 1; i <= l; i++ {
		p.begin(&p.acc, i)
		for j := 0; j < p.m.layers[i-1].m; j++ {
			p.pass(&p.acc, i-1, j, p.labels[p.m.layers[i-1].first+j])
		}
		p.load(i, &p.acc)
	}
}

// walk decides neuron j of layer l and all after it, on the cell of the labels
// so far, which holds the witness lv.
func (p *plainWalk) walk(l, j int, lv *level) {
	for l < len(p.m.layers) && j == p.m.layers[l].m {
		l, j = l+1, 0
	}
	if p.err != nil {
		return
	}
	if l == len(p.m.layers) {
		p.leaf(lv)
		return
	}
	p.forms(l)
	if p.run.stop.Load() {
		p.halt(l, j, lv)
		return
	}
	p.ancestors(l, j)
	z, id := p.form(l, j), p.m.layers[l].first+j
	if p.vanishes(z) {
		p.labels[id] = 0
		if p.obs != nil {
			p.obs.Zero()
		}
		p.walk(l, j+1, lv)
		return
	}
	p.node(l, j, id, z, lv)
}

// ancestors lists every decided neuron with a sign as a constraint.
func (p *plainWalk) ancestors(l, j int) {
	p.cert.anc = p.cert.anc[:0]
	for i := 0; i <= l; i++ {
		width := p.m.layers[i].m
		if i == l {
			width = j
		}
		for k := 0; k < width; k++ {
			id := p.m.layers[i].first + k
			if s := p.labels[id]; s != 0 {
				p.cert.anc = append(p.cert.anc, ancestor{form: p.walker.form(i, k), id: int32(id), s: float64(s)})
			}
		}
	}
}

// node asks about both sides, then walks those that live.
func (p *plainWalk) node(l, j, id int, z *form, lv *level) {
	minus, plus := newLevel(p.m), newLevel(p.m)
	liveMinus := p.side(id, z, -1, lv, minus)
	if p.err != nil {
		return
	}
	minusProof := p.cert.out
	minusProof.ids = append([]int32(nil), minusProof.ids...)
	minusProof.lambda = append([]int64(nil), minusProof.lambda...)
	livePlus := p.side(id, z, 1, lv, plus)
	if p.err != nil {
		return
	}
	if !liveMinus && !livePlus {
		p.err = fmt.Errorf("enumerate: neuron %d: both sides were found empty", id)
		return
	}
	if p.obs != nil {
		switch {
		case liveMinus && livePlus:
			p.obs.Split()
		case liveMinus:
			p.tell(-1, &p.cert.out)
		default:
			p.tell(1, &minusProof)
		}
	}
	for _, side := range []struct {
		live bool
		s    int8
		lv   *level
	}{{liveMinus, -1, minus}, {livePlus, 1, plus}} {
		if side.live {
			p.labels[id] = side.s
			p.walk(l, j+1, side.lv)
		}
	}
	p.labels[id] = 0
	if liveMinus && livePlus && p.obs != nil && p.err == nil {
		p.obs.SplitEnd()
	}
}

// side asks whether the side s lives; its witness goes to out.
func (p *plainWalk) side(id int, z *form, s float64, lv, out *level) bool {
	if z.lost() || p.thin() {
		return p.exactly(id, z, s, lv, out)
	}
	a, err := p.ask(z, s)
	if err != nil {
		p.err = fmt.Errorf("enumerate: neuron %d: the solver failed: %w", id, err)
		return false
	}
	if a.Meets {
		copy(out.y, a.Witness)
		if p.certain(out, id, int8(s)) {
			return true
		}
	} else {
		ids, lam := make([]int32, len(a.Lambda)), make([]float64, len(a.Lambda))
		for i, v := range a.Lambda {
			ids[i], lam[i] = int32(i), v/a.Self
		}
		if t := p.cert.prune(z, s, ids, lam); t != tierNone {
			p.stats.count(t)
			return false
		}
		if len(a.Witness) == p.m.n { // the solver could not tell
			copy(out.y, a.Witness)
			if p.certain(out, id, int8(s)) {
				return true
			}
		}
	}
	return p.exactly(id, z, s, lv, out)
}

// thin says that rounding has put a constraint of the cell outside the ball, or as good as: no
// solver that is given the computed forms can say anything of that cell.
func (p *plainWalk) thin() bool {
	for i := range p.cert.anc {
		a := &p.cert.anc[i]
		if a.s*a.h+supUnit(p.m.norm, a.g) <= float64(len(a.g)+8)*unit*a.mag {
			return true
		}
	}
	return false
}

// exactly is side by the exact solve.
func (p *plainWalk) exactly(id int, z *form, s float64, lv, out *level) bool {
	point, self, lambda, err := exact.Side(p.m.norm, p.cert.signed(z.layer, z.unit, s), p.ancestorRows(), lv.exactPoint())
	if err != nil {
		p.err = fmt.Errorf("enumerate: neuron %d: the exact solve failed: %w", id, err)
		return false
	}
	p.stats.count(tierSolve)
	if point == nil {
		if p.cert.proof {
			p.cert.takeBig(z, self, lambda)
		}
		return false
	}
	p.setExact(out, point)
	return true
}

// ask builds the question from nothing.
func (p *plainWalk) ask(z *form, s float64) (lp.Answer, error) {
	if err := p.oracle.Reset(p.m.norm, p.m.n); err != nil {
		return lp.Answer{}, err
	}
	for i := range p.cert.anc {
		a := &p.cert.anc[i]
		p.oracle.Push(lp.Constraint{Form: lp.Form{G: a.g, H: a.h}, Sign: a.s})
	}
	p.stats.questions++
	a, err := p.oracle.Ask(lp.Constraint{Form: lp.Form{G: z.g, H: z.h}, Sign: s})
	if err == nil && !a.Meets && (len(a.Lambda) != len(p.cert.anc) || !(a.Self > 0)) {
		err = fmt.Errorf("%d multipliers and %g for the asked side, expected %d and a positive one", len(a.Lambda), a.Self, len(p.cert.anc))
	}
	if err == nil && a.Meets && len(a.Witness) != p.m.n {
		err = fmt.Errorf("a witness of %d coordinates, expected %d", len(a.Witness), p.m.n)
	}
	return a, err
}

// leaf reports a final cell, halt one that a stop left open.
func (p *plainWalk) leaf(lv *level) { p.level(0).setWitness(lv); p.region(0) }

func (p *plainWalk) halt(l, j int, lv *level) {
	for i := range p.states[l].done {
		p.states[l].done[i] = open
	}
	p.level(0).setWitness(lv)
	p.open(l, j, 0)
}
