package main

// A Lipschitz constant beside the proof of a count: what is claimed of it, and how that is spelled.

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
)

// slopeClaim is a claim about a Lipschitz constant, as it is spelled.
type slopeClaim struct {
	norm, lower, upper string
	claim              *certificate.Lipschitz
}

// newSlopeClaim reads NORM=CONSTANT and NORM=LOWER:UPPER.
func newSlopeClaim(s string) (*slopeClaim, error) {
	c := &slopeClaim{}
	var ok, bracket bool
	if c.norm, c.lower, ok = strings.Cut(s, "="); !ok {
		return nil, errors.New("expected a norm, = and a constant, or two bounds of it with : between")
	}
	if c.lower, c.upper, bracket = strings.Cut(c.lower, ":"); !bracket {
		c.upper = c.lower
	}
	lower, err := fraction(c.lower)
	if err != nil {
		return nil, err
	}
	upper, err := fraction(c.upper)
	if err != nil {
		return nil, err
	}
	c.claim, err = certificate.NewLipschitz(c.norm, lower, upper)
	return c, err
}

// slopeClaimOf spells what is known of a constant in few digits: a short fraction as it is, others
// by decimals around it.
func slopeClaimOf(norm string, lower, upper *big.Rat) (*slopeClaim, error) {
	if s := lower.RatString(); len(s) <= 40 && lower.Cmp(upper) == 0 {
		return newSlopeClaim(norm + "=" + s)
	}
	return newSlopeClaim(norm + "=" + decimal(lower, -1) + ":" + decimal(upper, +1))
}

// decimal returns one that is at least v ≥ 0, or for the sign −1 at most v: that of a float, with
// as many digits as keep it on this side.
func decimal(v *big.Rat, sign int) string {
	f := dyadic.UpRat(v)
	if sign < 0 {
		f = dyadic.DownRat(v)
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	for digits := 17; ; digits++ {
		if d, ok := new(big.Rat).SetString(s); !ok || d.Cmp(v)*sign >= 0 { // not ok: infinite, which no one reads
			return s
		}
		s = strconv.FormatFloat(f, 'g', digits, 64)
	}
}

// slopeJSON is what was verified of a Lipschitz constant.
type slopeJSON struct {
	Norm  string `json:"norm"`
	Lower string `json:"lower"`
	Upper string `json:"upper"`
	// Exact is the constant, for linf and l1.
	Exact   string `json:"exact,omitempty"`
	Region  int64  `json:"region"`
	Pattern string `json:"pattern"`
}

// verified says what a report says of the claim; nil of none.
func (c *slopeClaim) verified(r *certificate.Report) *slopeJSON {
	if c == nil {
		return nil
	}
	j := &slopeJSON{Norm: c.norm, Lower: c.lower, Upper: c.upper, Region: r.Steepest.Region, Pattern: r.Steepest.Pattern}
	if v := r.Steepest.Norm; v != nil {
		j.Exact = v.RatString()
	}
	return j
}

// text says it for people.
func (c *slopeClaim) text(f *fields, r *certificate.Report) {
	s := r.Steepest
	switch {
	case s.Norm != nil:
		f.line("VERIFIED", "the Lipschitz constant in %s is %s", c.norm, short(s.Norm))
	case c.lower == c.upper:
		f.line("VERIFIED", "the Lipschitz constant in %s is %s", c.norm, c.upper)
	default:
		f.line("VERIFIED", "the Lipschitz constant in %s is between %s and %s", c.norm, c.lower, c.upper)
	}
	f.line("", "by region %d of the proof, %s", s.Region, files.Shorten(s.Pattern))
}

// flag is the option of check that asks for it.
func (c *slopeClaim) flag() string {
	if c.lower == c.upper {
		return fmt.Sprintf("--lipschitz %s=%s", c.norm, c.lower)
	}
	return fmt.Sprintf("--lipschitz %s=%s:%s", c.norm, c.lower, c.upper)
}
