package crosscheck

// Counting and writing the proof of the count in one call.

import (
	"context"

	"relucell/ball"
	"relucell/certificate"
	"relucell/enumerate"
	"relucell/network"
)

// Prove counts the regions of n in b and writes the proof to a file (gzipped by
// the ending .gz). A count that stops early is proved as "at least". On an error there
// is no file.
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
