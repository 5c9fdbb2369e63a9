package crosscheck

// Counting and writing the proof of the count in one call.

import (
	"context"
	"errors"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// Prove counts the regions of n in b and writes the proof to a file (gzipped by
// the ending .gz). A count that stops early is proved as "at least". On an error there
// is no file; a [certificate.WriteError] comes with the count, which it does not speak against. With opt.Checkpoint the same call goes on where a killed or stopped one
// ended; the checkpoint stays, and is the caller's to remove once there is the proof of an exact count.
func Prove(ctx context.Context, n *network.Network, b ball.Ball, path string, opt enumerate.Options) (enumerate.Result, error) {
	w, err := NewProof(path, n, b, opt.Checkpoint != "")
	if err != nil {
		return enumerate.Result{}, err
	}
	opt.Observer = ProofObserver(w)
	r, err := enumerate.Count(ctx, n, b, opt)
	var lost *enumerate.CheckpointWriteError // on which the count and its proof do not depend
	if err != nil && !errors.As(err, &lost) {
		w.Abort()
		return r, err
	}
	return r, errors.Join(err, w.Close(r.Lower))
}
