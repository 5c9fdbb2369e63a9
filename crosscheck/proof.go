package crosscheck

// The bridge between the walk and the writer of proofs. The walk knows nothing of certificates and
// certificates import nothing of the project, so whoever wants a proof needs this adapter.

import (
	"fmt"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

// ProofHeader says what a proof about n and b is about.
func ProofHeader(n *network.Network, b ball.Ball) certificate.Header {
	return certificate.Header{
		Net:  n.Fingerprint(),
		Ball: certificate.Ball{Norm: b.Norm().String(), Center: b.Center(), Radius: b.Radius(), Lo: b.Lo(), Hi: b.Hi()},
	}
}

// NewProof opens the proof of a count of n in b, at a path that may be new, or be that of a regular file or a link
// to one, beside which the parts then lie: the writer itself refuses links. Errors name the path.
func NewProof(path string, n *network.Network, b ball.Ball, resumable bool) (*certificate.Writer, error) {
	if err := files.Check(path); err != nil {
		return nil, err
	}
	target, err := files.Resolve(path)
	if err != nil {
		return nil, err
	}
	h := ProofHeader(n, b)
	h.Resumable = resumable
	w, err := certificate.NewWriter(target, h)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be written: %w", path, files.Cause(err))
	}
	return w, nil
}

// ProofObserver makes an observer of the walk of a writer, which stays the caller's to end by Close
// or Abort. If that was made resumable, the observer serves a walk with a checkpoint.
func ProofObserver(w *certificate.Writer) enumerate.Observer { return proofObserver{w} }

var _ enumerate.Snapshotter = proofObserver{}

// proofObserver differs from the writer in the types of Fork and Join alone.
type proofObserver struct{ *certificate.Writer }

func (p proofObserver) Fork() enumerate.Observer { return proofObserver{p.Writer.Fork()} }

// Join takes only what Fork made: anything else is a caller's mistake and panics.
func (p proofObserver) Join(o enumerate.Observer) { p.Writer.Join(o.(proofObserver).Writer) }
