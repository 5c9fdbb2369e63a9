//go:build !clp || !cgo

// This file stands in where CLP is not built in.

package clp

import (
	"errors"

	"github.com/relucell/relucell/lp"
)

// ErrMissing is returned by New in a build without CLP.
var ErrMissing = errors.New("built without CLP: rebuild with -tags clp (needs cgo and coinor-libclp-dev)")

// New returns ErrMissing: this build has no CLP.
func New() (lp.Solver, error) { return nil, ErrMissing }
