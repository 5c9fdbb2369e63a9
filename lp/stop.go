// How a solver notices that nobody waits for its answer any more: a question over thousands of
// inputs or constraints can take longer than the one who asks is willing to wait.

package lp

import "errors"

// ErrStopped is the error of a question that was given up because the function handed to StopWhen
// said so. Like any error it is no answer.
var ErrStopped = errors.New("stopped")

// stopEvery is the number of pivots, of the solvers whose pivots take a microsecond, between two
// looks: most questions take fewer, and are answered.
const stopEvery = 16

// Stoppable is a solver that can be told to give up.
type Stoppable interface {
	// StopWhen makes the solver call stop every few pivots or steps, and end with ErrStopped once
	// it reports true. nil takes that back. Where a question in progress was given up, the solver's
	// cell is as it was.
	StopWhen(stop func() bool)
}

// stopper is what the solvers embed.
type stopper struct{ stop func() bool }

// StopWhen implements Stoppable.
func (s *stopper) StopWhen(stop func() bool) { s.stop = stop }

// stopped says that the question is to be given up.
func (s *stopper) stopped() bool { return s.stop != nil && s.stop() }

// StopWhen implements Stoppable, where the backend does.
func (s *scratch) StopWhen(stop func() bool) {
	if b, ok := s.backend.(Stoppable); ok {
		b.StopWhen(stop)
	}
}
