// A bound of one's own, tested in one line, in the manner of testing/fstest.

package crosscheck

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// TB is the part of testing.TB that Verify needs.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// VerifyOptions says how much to try. The zero value tries 300 cases of seed 1.
type VerifyOptions struct {
	Cases int
	Seed  uint64
	gen.CaseOptions
}

const (
	verifyCases = 300
	// verifyShrink is the time that Verify gives to making a failure small.
	verifyShrink = 20 * time.Second
)

// Verify tests a bound against certified counts on generated cases. It fails the test, with the
// case shrunk and printed as text that network.ReadCanonical reads, if the bound is on the wrong
// side of a count, below 1, neither a value nor an error, not the same when asked again, or if the
// caller cannot keep the value; if it does not refuse a ball of the wrong dimension; and if its
// name, kind or scope is missing.
//
//	func TestMine(t *testing.T) { crosscheck.Verify(t, mine{}) }
func Verify(t TB, b bound.Bound, options ...VerifyOptions) {
	t.Helper()
	opt := VerifyOptions{Cases: verifyCases, Seed: 1}
	if len(options) > 0 {
		opt = options[0]
	}
	if b.Name() == "" {
		t.Errorf("the bound has no name")
	}
	if k := b.Kind(); k != bound.Upper && k != bound.Lower {
		t.Errorf("bound %s: kind %q, expected upper or lower", b.Name(), k)
	}
	if s := b.Scope(); s != bound.Global && s != bound.Local {
		t.Errorf("bound %s: scope %q, expected global or local", b.Name(), s)
	}
	ctx := context.Background()
	verifyManners(ctx, t, b)
	rep, err := Run(ctx, gen.Cases(opt.Seed, opt.Cases, opt.CaseOptions), []bound.Bound{b}, RunOptions{})
	if err != nil {
		t.Fatalf("crosscheck: %v", err)
		return
	}
	s := rep.Bounds[0]
	if s.Errors > 0 {
		t.Errorf("bound %s: %d errors in %d cases, the first: %v", b.Name(), s.Errors, s.Cases, s.FirstError)
	}
	if len(rep.Violations) > 0 {
		small := rep.ShrinkFailure(ctx, rep.Violations[0], []bound.Bound{b}, verifyShrink)
		t.Errorf("bound %s is on the wrong side of the count in %d of %d cases; the first, made small:\n%s", b.Name(), s.Violations, s.Cases, Describe(small))
	}
	t.Logf("bound %s: %d cases, %d times the count itself", b.Name(), s.Cases, s.Equal)
}

// ShrinkFailure returns the failure on a case made as small as that goes in the given time.
func (r *Report) ShrinkFailure(ctx context.Context, f Failure, bounds []bound.Bound, within time.Duration) Failure {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	small := Shrink(ctx, f.Case, f.Fails(ctx, bounds))
	if again, bad := f.Again(context.WithoutCancel(ctx), small, bounds); bad {
		return again
	}
	return f
}

// Describe spells a failure out: what fails, the ball, and the network as canonical text.
func Describe(f Failure) string {
	return fmt.Sprintf("%v\nball %s\n%s", f, proof.SpellBall(f.Case.Ball), f.Case.Net.Canonical())
}

// verifyManners tests what is asked of a bound beside its value.
func verifyManners(ctx context.Context, t TB, b bound.Bound) {
	t.Helper()
	wrong := gen.Build(gen.Affine([]float64{1, 1}, []float64{0}))
	if _, err := b.Value(ctx, wrong, gen.AtOrigin(ball.L2, 3)); err == nil {
		t.Errorf("bound %s: no error for a ball of 3 coordinates and a network of 2 inputs", b.Name())
	}
	for i, c := range gen.KnownCases() {
		if i >= 20 || c.Want.Cmp(big.NewInt(1000)) > 0 {
			continue
		}
		verifyValue(ctx, t, b, c.Net, c.Ball, c.Name)
	}
}

// verifyValue tests that a value is one, at least 1, the same twice, and the caller's to keep.
func verifyValue(ctx context.Context, t TB, b bound.Bound, n *network.Network, bl ball.Ball, name string) {
	t.Helper()
	v, err := b.Value(ctx, n, bl)
	switch {
	case err != nil:
		t.Errorf("bound %s: %s: %v", b.Name(), name, err)
		return
	case v == nil:
		t.Errorf("bound %s: %s: neither a value nor an error", b.Name(), name)
		return
	case v.Sign() <= 0:
		t.Errorf("bound %s: %s: %s, expected at least 1", b.Name(), name, v)
	}
	kept := new(big.Int).Set(v)
	v.Add(v, big.NewInt(7)) // what the caller does to his value must not matter
	again, err := b.Value(ctx, n, bl)
	if err != nil || again == nil || again.Cmp(kept) != 0 {
		t.Errorf("bound %s: %s: %v (error %v) when asked again, %s before: the value must be the same, and the caller's to change", b.Name(), name, again, err, kept)
	}
}
