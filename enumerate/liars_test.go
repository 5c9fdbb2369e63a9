package enumerate_test

// Solvers that fail and solvers that lie. Whatever a solver says is a
// proposal: the count stays what it is, or the run fails.

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/lp"
)

// liar answers as the solver within does, until lie says otherwise.
type liar struct {
	lp.Incremental
	rng *rand.Rand
	n   int
	// lie changes an answer; nosplit and norefresh, nomargin make those fail at random.
	lie                          func(l *liar, r *lp.Reply, err error) (*lp.Reply, error)
	nosplit, norefresh, nomargin bool
	// told counts the lies and failures.
	told *atomic.Int64
}

func (l *liar) Ask(g []float64, h, s float64) (*lp.Reply, error) {
	r, err := l.Incremental.Ask(g, h, s)
	if l.lie == nil || l.rng.IntN(3) > 0 {
		return r, err
	}
	l.told.Add(1)
	return l.lie(l, r, err)
}

func (l *liar) Split() bool {
	ok := l.Incremental.Split()
	if l.nosplit && l.rng.IntN(4) == 0 {
		l.told.Add(1)
		return false
	}
	return ok
}

func (l *liar) Refresh() bool {
	return !(l.norefresh && l.rng.IntN(2) == 0) && l.Incremental.Refresh()
}

func (l *liar) Margin(g []float64, h, s float64) ([]float64, bool) {
	if l.nomargin {
		return l.point(), l.rng.IntN(2) == 0
	}
	return l.Incremental.Margin(g, h, s)
}

func (l *liar) CopyFrom(other lp.Incremental, depth int) {
	l.Incremental.CopyFrom(other.(*liar).Incremental, depth)
}

// point is no point to trust.
func (l *liar) point() []float64 {
	p := make([]float64, l.n)
	for i := range p {
		p[i] = [...]float64{2*l.rng.Float64() - 1, 0, 1, -1, 7, math.NaN(), math.Inf(1), math.Inf(-1)}[l.rng.IntN(8)]
	}
	return p
}

// lies are the wrong answers.
var lies = map[string]func(l *liar, r *lp.Reply, err error) (*lp.Reply, error){
	"errors": func(*liar, *lp.Reply, error) (*lp.Reply, error) { return nil, assert.AnError },
	"meets, at a wrong point": func(l *liar, _ *lp.Reply, _ error) (*lp.Reply, error) {
		return &lp.Reply{Meets: true, Point: l.point()}, nil
	},
	"meets, at a wrong interior point": func(l *liar, _ *lp.Reply, _ error) (*lp.Reply, error) {
		return &lp.Reply{Meets: true, Interior: true, Point: l.point()}, nil
	},
	"empty, without multipliers": func(*liar, *lp.Reply, error) (*lp.Reply, error) { return &lp.Reply{}, nil },
	"empty, with random multipliers": func(l *liar, _ *lp.Reply, _ error) (*lp.Reply, error) {
		return l.empty(func() float64 { return l.rng.ExpFloat64() })
	},
	"empty, with negative multipliers": func(l *liar, _ *lp.Reply, _ error) (*lp.Reply, error) {
		return l.empty(func() float64 { return -l.rng.ExpFloat64() })
	},
	"empty, with multipliers that are no numbers": func(l *liar, _ *lp.Reply, _ error) (*lp.Reply, error) {
		return l.empty(func() float64 { return [...]float64{math.NaN(), math.Inf(1), math.Inf(-1)}[l.rng.IntN(3)] })
	},
	"empty, with huge and tiny multipliers": func(l *liar, _ *lp.Reply, _ error) (*lp.Reply, error) {
		return l.empty(func() float64 { return math.Ldexp(l.rng.Float64(), l.rng.IntN(2000)-1000) })
	},
	"multipliers doubled, halved or dropped": func(l *liar, r *lp.Reply, err error) (*lp.Reply, error) {
		if err != nil || r.Meets {
			return r, err
		}
		for i := range r.Lambda {
			r.Lambda[i] *= float64(l.rng.IntN(5)) / 2
		}
		return r, nil
	},
	"a constraint named twice": func(l *liar, r *lp.Reply, err error) (*lp.Reply, error) {
		if err != nil || r.Meets || len(r.ID) == 0 {
			return r, err
		}
		r.Lambda[0] /= 2
		r.ID, r.Lambda = append(r.ID, r.ID[0]), append(r.Lambda, r.Lambda[0])
		return r, nil
	},
	"a constraint that there is not": func(l *liar, _ *lp.Reply, _ error) (*lp.Reply, error) {
		return &lp.Reply{ID: []int32{[...]int32{-1, int32(l.Depth()), math.MaxInt32}[l.rng.IntN(3)]}, Lambda: []float64{1}}, nil
	},
	"the opposite": func(l *liar, r *lp.Reply, err error) (*lp.Reply, error) {
		if err != nil || !r.Meets {
			return &lp.Reply{Meets: true, Interior: true, Point: l.point()}, nil
		}
		return l.empty(func() float64 { return float64(l.rng.IntN(3)) })
	},
}

// empty claims emptiness with a multiplier for every constraint.
func (l *liar) empty(lambda func() float64) (*lp.Reply, error) {
	r := &lp.Reply{}
	for i := range l.Depth() {
		r.ID, r.Lambda = append(r.ID, int32(i)), append(r.Lambda, lambda())
	}
	return r, nil
}

// liarCases are small cases of all kinds.
func liarCases() []gen.Case {
	var cases []gen.Case
	for seed := range uint64(30) {
		rng := gen.NewRand(seed)
		if seed%3 == 0 {
			cases = append(cases, gen.TernaryCase(rng, 1+int(seed)%4, 4, 3, 1))
		} else {
			cases = append(cases, gen.RandomCase(rng, gen.RandomOptions{MaxNeurons: 9}))
		}
	}
	return cases
}

func TestLyingSolversNeverChangeACount(t *testing.T) {
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) { requireUnchanged(t, liar{lie: lie}) })
	}
	t.Run("splits fail", func(t *testing.T) { requireUnchanged(t, liar{nosplit: true}) })
	t.Run("all at once", func(t *testing.T) {
		requireUnchanged(t, liar{lie: lies["the opposite"], nosplit: true, norefresh: true, nomargin: true})
	})
	t.Run("errors, splits fail, points are wrong", func(t *testing.T) {
		requireUnchanged(t, liar{lie: lies["errors"], nosplit: true, norefresh: true, nomargin: true})
	})
}

// forced puts liars like this one in the place of the solver.
func (l liar) forced(seed uint64) enumerate.Forced {
	return enumerate.Forced{Solver: func(norm ball.Norm, n int) lp.Incremental {
		m := l
		m.Incremental, m.n, m.rng = lp.NewIncremental(norm, n), n, gen.NewRand(seed)
		return &m
	}}
}

// requireUnchanged counts with such a liar, alone and with workers, also where only the
// exact solve may certify. Failures of the run are allowed by the contract, but since the exact
// tier stands behind every question there are none.
func requireUnchanged(t *testing.T, like liar) {
	like.told = new(atomic.Int64)
	defer func() { require.Greater(t, like.told.Load(), int64(20), "the lies were told") }()
	for i, c := range liarCases() {
		want := count(t, c.Net, c.Ball, 1)
		for _, workers := range []int{1, 3} {
			r, err := enumerate.CountForced(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: workers}, like.forced(uint64(i)))
			require.NoError(t, err)
			requireExact(t, r)
			require.Equal(t, want.Lower, r.Lower, "%d %s %v", i, c.Name, c.Ball)
		}
	}
}

// What a liar proposed and a tier let pass is still a proof, to the letter of the format.
func TestProofsOnLyingSolversAreVerified(t *testing.T) {
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			for i, c := range liarCases()[:15] {
				want := count(t, c.Net, c.Ball, 1)
				p := proveForced(t, c.Net, c.Ball, 2, 0, liar{lie: lie, told: new(atomic.Int64)}.forced(uint64(i)))
				require.Equal(t, want.Lower, p.result.Lower)
			}
		})
	}
}

// A solver that always fails leaves all to the exact solve, which needs no proposals.
func TestSolverThatAlwaysFailsLeavesAllToTheExactSolve(t *testing.T) {
	for _, c := range liarCases()[:12] {
		want := count(t, c.Net, c.Ball, 1)
		f := enumerate.Forced{Float: never, Integer: never, Solver: func(norm ball.Norm, n int) lp.Incremental {
			return broken{lp.NewIncremental(norm, n)}
		}}
		require.Equal(t, want.Lower, forced(t, c.Net, c.Ball, f).Lower)
	}
}

// broken fails at everything that may fail.
type broken struct{ lp.Incremental }

func (broken) Ask([]float64, float64, float64) (*lp.Reply, error)        { return nil, assert.AnError }
func (broken) Split() bool                                               { return false }
func (broken) Refresh() bool                                             { return false }
func (broken) Margin([]float64, float64, float64) (p []float64, ok bool) { return nil, false }

// plainLiar lies to the plain walk.
type plainLiar struct {
	lp.Solver
	lie func(lp.Answer, error) (lp.Answer, error)
}

func (l plainLiar) Ask(c lp.Constraint) (lp.Answer, error) { return l.lie(l.Solver.Ask(c)) }

var one = big.NewInt(1)

// plainLies are what a plain solver may say; fails names those that must end the run.
func plainLies(rng *rand.Rand) []struct {
	name  string
	fails bool
	lie   func(lp.Answer, error) (lp.Answer, error)
} {
	some := func(lie func(lp.Answer) lp.Answer) func(lp.Answer, error) (lp.Answer, error) {
		return func(a lp.Answer, err error) (lp.Answer, error) {
			if err != nil || rng.IntN(2) == 0 {
				return a, err
			}
			return lie(a), nil
		}
	}
	multipliers := func(value func() float64) func(lp.Answer, error) (lp.Answer, error) {
		return some(func(a lp.Answer) lp.Answer {
			if a.Meets {
				return a
			}
			for i := range a.Lambda {
				a.Lambda[i] = value()
			}
			return a
		})
	}
	return []struct {
		name  string
		fails bool
		lie   func(lp.Answer, error) (lp.Answer, error)
	}{
		{"an error is read as empty", true, func(lp.Answer, error) (lp.Answer, error) { return lp.Answer{Self: 1}, assert.AnError }},
		{"no multipliers", true, func(lp.Answer, error) (lp.Answer, error) { return lp.Answer{}, nil }},
		{"witness of no coordinates", true, func(lp.Answer, error) (lp.Answer, error) { return lp.Answer{Meets: true}, nil }},
		{"random multipliers", false, multipliers(rng.ExpFloat64)},
		{"negative multipliers", false, multipliers(func() float64 { return -rng.ExpFloat64() })},
		{"NaN multipliers", false, multipliers(math.NaN)},
		{"wrong witness", false, some(func(a lp.Answer) lp.Answer {
			for i := range a.Witness {
				a.Witness[i] = 3*rng.Float64() - 1
			}
			return a
		})},
		{"NaN witness", false, some(func(a lp.Answer) lp.Answer {
			for i := range a.Witness {
				a.Witness[i] = math.NaN()
			}
			return a
		})},
		{"tiny self", false, some(func(a lp.Answer) lp.Answer {
			if !a.Meets {
				a.Self = math.SmallestNonzeroFloat64
			}
			return a
		})},
	}
}

func TestLyingSolversNeverChangeAPlainCount(t *testing.T) {
	for _, l := range plainLies(gen.NewRand(5)) {
		t.Run(l.name, func(t *testing.T) {
			for i, c := range liarCases() {
				want := count(t, c.Net, c.Ball, 1)
				r, err := enumerate.CountPlain(context.Background(), c.Net, c.Ball, plainLiar{lp.NewReference(), l.lie}, enumerate.Options{})
				if l.fails && want.Lower.Cmp(one) > 0 { // so there was a question
					require.ErrorContains(t, err, "the solver failed", "%d", i)
					require.Nil(t, r.Lower)
				} else if err == nil {
					require.Equal(t, want.Lower, r.Lower, "%d %s", i, c.Name)
				} else {
					require.True(t, l.fails, "%d: %v", i, err)
				}
			}
		})
	}
}
