// Proofs of counts: the writer of package certificate behind the observer
// that package enumerate knows, neither of which knows the other.

package crosscheck

import (
	"context"

	"relucell/ball"
	"relucell/certificate"
	"relucell/enumerate"
	"relucell/network"
)

// proofObserver gives certificate.Writer the types of enumerate.Observer.
type proofObserver struct{ *certificate.Writer }

func (p proofObserver) Fork() enumerate.Observer { return proofObserver{p.Writer.Fork()} }

func (p proofObserver) Join(o enumerate.Observer) { p.Writer.Join(o.(proofObserver).Writer) }

// ProofObserver returns the writer as an observer of a walk.
func ProofObserver(w *certificate.Writer) enumerate.Observer { return proofObserver{w} }

// ProofHeader returns the header of a proof about the network and the ball.
func ProofHeader(n *network.Network, b ball.Ball) certificate.Header {
	return certificate.Header{Net: n.Fingerprint(), Ball: certificate.Ball{
		Norm: b.Norm().String(), Radius: b.Radius(), Center: b.Center(), Lo: b.Lo(), Hi: b.Hi()}}
}

// Prove counts and writes the proof to a file (gzipped by the ending .gz). A
// count that stops early is proved as "at least". On an error there is no file.
func Prove(ctx context.Context, n *network.Network, b ball.Ball, path string, opt enumerate.Options) (enumerate.Result, error) {
	w, err := certificate.NewWriter(path, ProofHeader(n, b))
	if err != nil {
		return enumerate.Result{}, err
	}
	opt.Observer = ProofObserver(w)
	r, err := enumerate.Count(ctx, n, b, opt)
	if err != nil {
		w.Abort()
		return r, err
	}
	return r, w.Close(r.Lower)
}
