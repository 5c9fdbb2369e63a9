// The kinds of errors, for errors.Is; doc.go lists them.

package enumerate

import "errors"

var (
	// ErrInput: the network, the ball and the options do not go together, or are outside the
	// limits.
	ErrInput = errors.New("bad input")
	// ErrUndecided: no tier could decide, the exact one included. There is no answer.
	ErrUndecided = errors.New("undecided")
	// ErrNoVertices: a region is round, or has too many inputs to be described; the error says
	// which.
	ErrNoVertices = errors.New("no vertices")
)

// marked is an error of a kind, in its own words.
type marked struct {
	error
	kind error
}

func (m marked) Is(kind error) bool { return kind == m.kind }
func (m marked) Unwrap() error      { return m.error }
