// The proof, from the texts of the answers: they are joined in preorder by the writer that writes
// it on one machine, so the bytes are the same. And the check of a single text.

package cluster

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// lostError is one that speaks against a connection or a disk, not against an answer.
type lostError struct{ error }

func (e *lostError) Unwrap() error { return e.error }

// text reads the text of an answer.
func (f *follower) text(ctx context.Context, path []int8, sum [sha256.Size]byte) ([]byte, error) {
	b, err := get(ctx, f.texts, textName(path, sum))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, errors.New("its text is not there")
	}
	if err != nil {
		return nil, &lostError{fmt.Errorf("its text: %w", err)}
	}
	if sha256.Sum256(b) != sum {
		return nil, errors.New("its text is not what it was")
	}
	return b, nil
}

// join tells the writer of the proof all texts, from the root on.
func (f *follower) join(ctx context.Context) error {
	var take func(path []int8) error
	take = func(path []int8) error {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		a, script := new(answer), []byte(nil)
		err := f.repeat(ctx, "reading the answer of "+spell(path), func() error {
			e, err := lookUp(ctx, f.answers, keyOf(path).String())
			if err != nil {
				return err
			}
			if err = a.decode(e.Value()); err == nil {
				script, err = f.text(ctx, path, a.text)
			}
			return err
		})
		if err != nil {
			return err
		}
		open := a.Open
		return f.Proof.Transcribe(script, func() error {
			if len(open) == 0 {
				return fmt.Errorf("%s: its text leaves more open than its answer", spell(path))
			}
			c := open[0]
			open = open[1:]
			return take(c.Path)
		})
	}
	return take(nil)
}

// verifier checks texts by the checker of proofs, and bounds by itself what they leave open.
type verifier struct {
	net    []byte
	header proof.Header
	folder string
	items  *enumerate.Items
}

func newVerifier(n *network.Network, b ball.Ball, items *enumerate.Items) (*verifier, error) {
	folder, err := files.TemporaryFolder("relucell-verify-")
	return &verifier{n.Canonical(), proof.HeaderOf(n, b), folder, items}, err
}

func (v *verifier) close() { _ = files.Discard(v.folder) }

// check checks a text in its context, and returns the contexts of the cells that it leaves open. A
// stop speaks against no text.
func (v *verifier) check(ctx context.Context, at proof.Context, script []byte) ([]proof.Context, error) {
	open, err := at.Opens(script)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(v.folder, "record")
	if err := os.WriteFile(file, at.Around(v.header, script), 0o600); err != nil {
		return nil, &lostError{err}
	}
	_, err = certificate.CheckContext(ctx, v.net, file, certificate.Options{Workers: 1})
	if err != nil && ctx.Err() != nil {
		return nil, &lostError{err}
	}
	if err != nil {
		return nil, fmt.Errorf("its text is refused by the checker: %w", err)
	}
	return open, nil
}

// bound puts bounds of its own in the place of those that an answer claims for the cells that it
// leaves open, which no text shows.
func (v *verifier) bound(a *answer) error {
	for i := range a.Open {
		c := &a.Open[i]
		upper, err := v.items.Bound(c.Path)
		switch {
		case errors.Is(err, enumerate.ErrNowhere) || errors.Is(err, enumerate.ErrUndecided):
			return fmt.Errorf("it leaves open %s: %w", spell(c.Path), err)
		case err != nil:
			return &lostError{err}
		}
		c.Upper = upper
	}
	return nil
}
