package proof

// From a network and a ball to a proof: opening one, and counting and writing in one call.

import (
	"context"
	"errors"
	"fmt"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

// HeaderOf says what a proof about n and b is about.
func HeaderOf(n *network.Network, b ball.Ball) Header {
	return Header{Net: n.Fingerprint(), Ball: b}
}

// Open opens the proof of a count of n in b, at a path that may be new, or be that of a regular
// file or a link to one, beside which the parts then lie: [NewWriter] itself refuses links. Errors
// name the path.
func Open(path string, n *network.Network, b ball.Ball, resumable bool) (*Writer, error) {
	if err := files.Check(path); err != nil {
		return nil, err
	}
	target, err := files.Resolve(path)
	if err != nil {
		return nil, err
	}
	h := HeaderOf(n, b)
	h.Resumable = resumable
	w, err := NewWriter(target, h)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be written: %w", path, files.Cause(err))
	}
	return w, nil
}

// Prove counts the regions of n in b and writes the proof to a file (gzipped by the ending .gz). A
// count that stops early is proved as "at least". On an error there is no file; a [WriteError]
// comes with the count, which it does not speak against. With opt.Checkpoint the same call goes on
// where a killed or stopped one ended; the checkpoint stays, and is the caller's to remove once
// there is the proof of an exact count.
func Prove(ctx context.Context, n *network.Network, b ball.Ball, path string, opt enumerate.Options) (enumerate.Result, error) {
	w, err := Open(path, n, b, opt.Checkpoint != "")
	if err != nil {
		return enumerate.Result{}, err
	}
	opt.Observer = w
	r, err := enumerate.Count(ctx, n, b, opt)
	var lost *enumerate.CheckpointWriteError // on which the count and its proof do not depend
	if err != nil && !errors.As(err, &lost) {
		w.Abort()
		return r, err
	}
	closed := w.Close(r.Lower)
	var full *WriteError
	if errors.As(closed, &full) { // with the name that the caller knows
		closed = &WriteError{fmt.Errorf("%s: cannot be written: %w", path, files.Cause(full.Err))}
	}
	return r, errors.Join(err, closed)
}
