// Package clp answers the questions of package lp with COIN-OR CLP, an
// independent solver in C++, through github.com/lanl/clp: the oracle that the
// incremental solver is held against.
//
// It needs cgo, the library (Debian: coinor-libclp-dev) and the build tag clp;
// without them New returns an error and nothing else changes:
//
//	s, err := clp.New()
//	if err != nil {
//		return err // built without CLP: rebuild with -tags clp
//	}
//	err = s.Reset(ball.LInf, 2)
//	s.Push(lp.Constraint{Form: lp.Form{G: []float64{1, 0}}, Sign: 1}) // y₀ > 0
//	a, err := s.Ask(lp.Constraint{Form: lp.Form{G: []float64{1, 1}, H: -1}, Sign: 1})
//
// What it answers is a proposal, like that of every solver, and the
// programme is the one that the plain reference solves too: lp.NewScratch.
package clp
