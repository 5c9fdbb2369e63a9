// Reading answers: in the order of the bucket, each held against what is expected. One that is not
// is removed, counted, and asked for again.

package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/relucell/relucell/proof"
)

// read takes in the answers that are there, and reports how many counted. After an error they are
// asked for again, from the first that was not taken in. A FailedError ends the job.
func (f *follower) read(ctx context.Context) (n int, err error) {
	if f.reader == nil {
		f.reader, err = f.js.CreateConsumer(ctx, "KV_"+f.Job.answers(), jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy,
			DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: f.last + 1, InactiveThreshold: time.Minute, MemoryStorage: true})
		if err != nil {
			f.reader = nil
			return 0, err
		}
		f.next = 1
	}
	defer func() {
		if err != nil {
			f.reader = nil // the server forgets it in a minute
		}
	}()
	batch, err := f.reader.Fetch(reading, jetstream.FetchMaxWait(readingFor))
	if err != nil {
		return 0, err
	}
	for msg := range batch.Messages() {
		meta, err := msg.Metadata()
		if err != nil || meta.Sequence.Consumer != f.next {
			return n, errors.New("an answer was lost on its way")
		}
		f.next++
		counted, err := f.take(ctx, msg, meta.Sequence.Stream)
		if err != nil {
			return n, err
		}
		f.last = meta.Sequence.Stream
		if counted {
			n++
		}
		if f.tell(false); f.done() {
			return n, nil
		}
	}
	return n, batch.Error()
}

// take takes in what stands in the bucket, and reports whether it counted.
func (f *follower) take(ctx context.Context, msg jetstream.Msg, revision uint64) (bool, error) {
	if msg.Headers().Get("KV-Operation") != "" {
		return false, nil // removed
	}
	name := msg.Subject()[len("$KV.")+len(f.Job.answers())+1:]
	var k key
	a := new(answer)
	err := a.decode(msg.Data())
	if err == nil {
		k = keyOf(a.Path)
		if k.String() != name {
			err = errors.New("it stands under the name of another path")
		}
	}
	var w *wanted
	if err == nil {
		w, err = f.judge(k, a)
	} else {
		w = f.named(name)
	}
	var at []proof.Context
	if err == nil && a.fault == "" && f.Proved {
		at, err = f.inspect(ctx, w, a)
	}
	var lost *lostError
	switch {
	case errors.As(err, &lost):
		return false, err
	case err != nil:
		return false, f.refuse(ctx, name, revision, w, err)
	}
	if a.fault != "" {
		return false, f.fail(ctx, spell(a.Path)+": "+a.fault)
	}
	f.add(w, a, at)
	f.seen[a.worker] = time.Now()
	return true, nil
}

// named returns the expected cell of a name.
func (f *follower) named(name string) *wanted {
	for k, w := range f.expected {
		if k.String() == name {
			return w
		}
	}
	return nil
}

// inspect holds an answer against its text.
func (f *follower) inspect(ctx context.Context, w *wanted, a *answer) ([]proof.Context, error) {
	script, err := f.text(ctx, a.Path, a.text)
	if err != nil {
		return nil, err
	}
	if err := a.agrees(script); err != nil {
		return nil, err
	}
	if f.verify == nil {
		return nil, nil
	}
	at, err := f.verify.check(ctx, w.context, script)
	if err != nil {
		return nil, err
	}
	return at, f.verify.bound(a)
}

// agrees says in what an answer differs from its text, nil in nothing: the regions, and the paths
// of the cells that are left open, since the context of each is found by its place.
func (a *answer) agrees(script []byte) error {
	rest := a.Open
	regions, err := proof.Leaves(script, func(path []int8) error {
		if len(rest) == 0 {
			return errors.New("its text leaves more open than it says")
		}
		if said := rest[0].Path; !slices.Equal(said[min(len(a.Path), len(said)):], path) {
			return fmt.Errorf("it leaves open %s, and its text another cell there", spell(said))
		}
		rest = rest[1:]
		return nil
	})
	switch {
	case err != nil:
		return err
	case regions != a.Regions:
		return fmt.Errorf("its text has %d regions, it says %d", regions, a.Regions)
	case len(rest) > 0:
		return fmt.Errorf("it leaves open %s, and its text nothing more", spell(rest[0].Path))
	}
	return nil
}

// mostRefused is how many answers to one item may be refused before the job ends.
const mostRefused = 3

// refuse removes an answer that is none, and sends its item anew if one was expected.
func (f *follower) refuse(ctx context.Context, name string, revision uint64, w *wanted, why error) error {
	f.refused++
	f.log.Warn("refused an answer", "job", f.Name, "under", name, "why", why)
	if w != nil {
		if w.refused++; w.refused >= mostRefused {
			return f.fail(ctx, fmt.Sprintf("%s: %d answers refused, the last one since %v", spell(w.Path), w.refused, why))
		}
	}
	if err := f.answers.Purge(ctx, name, jetstream.LastRevision(revision)); err != nil {
		f.log.Warn("an answer that was refused cannot be removed", "why", err) // or another coordinator has
	}
	if w == nil {
		return nil
	}
	return f.send(ctx, &f.Job, [][]int8{w.Path}, anew)
}
