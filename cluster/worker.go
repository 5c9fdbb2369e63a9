// A worker: takes an item, walks it, answers, and sends on what is left open.

package cluster

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/proof"
)

// Worker takes items of all jobs of its version.
type Worker struct {
	Access
	// Workers is how many items are walked at a time; 0 means GOMAXPROCS.
	Workers int
	// Patience is how long the server waits for a sign of life before it delivers an item to
	// another worker; 0 means 15 seconds.
	Patience time.Duration
	// In tests program takes the place of the version, and walk that of the walk of an item.
	program string
	walk    func(*project, []int8, int64, enumerate.Observer) (journal.Answer, error)
}

// Work serves until ctx ends: an item that was begun is then handed on to others.
func (o Worker) Work(ctx context.Context) error {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Patience <= 0 {
		o.Patience = patience
	}
	if o.program == "" {
		o.program = enumerate.ProgramVersion()
	}
	if o.walk == nil {
		o.walk = func(p *project, path []int8, budget int64, told enumerate.Observer) (journal.Answer, error) {
			return p.items.Walk(path, budget, told)
		}
	}
	s, err := open(ctx, o.Access, "relucell worker")
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	defer s.close()
	w := &worker{Worker: o, store: s, projects: map[string]*project{}}
	w.id = newWorkerID()
	defer w.release()
	err = s.repeat(ctx, "asking for items", func() error { _, err := s.consumer(ctx, o.program, o.Patience); return err })
	if err != nil && ctx.Err() == nil {
		return err
	}
	s.log.Info("waiting for items", "server", s.nc.ConnectedUrlRedacted(), "program", o.program, "at a time", o.Workers)
	var group sync.WaitGroup
	for range o.Workers {
		group.Go(func() { w.serve(ctx) })
	}
	group.Wait()
	return nil
}

func newWorkerID() (id [workerSize]byte) {
	_, _ = rand.Read(id[:]) // it never fails
	return id
}

type worker struct {
	Worker
	*store
	id [workerSize]byte

	mu       sync.Mutex
	projects map[string]*project
}

// taking is how long a request for an item waits, and pause how long after a failure the next one
// comes.
const (
	taking = 5 * time.Second
	pause  = 200 * time.Millisecond
)

// serve takes one item after the other. While an answer is kept, the next item is taken and walked
// already, so that walking does not wait for the servers.
func (w *worker) serve(ctx context.Context) {
	var answering sync.WaitGroup
	defer answering.Wait()
	for ctx.Err() == nil {
		cons, err := w.consumer(ctx, w.program, w.Patience)
		for err == nil && ctx.Err() == nil {
			var msg jetstream.Msg
			if msg, err = take(ctx, cons); msg == nil {
				continue
			}
			if answer := w.handle(ctx, msg); answer != nil {
				answering.Wait()
				answering.Go(answer)
			}
		}
		if ctx.Err() == nil {
			w.log.Warn("no items to be had, trying again", "why", err)
			rest(ctx, pause)
		}
	}
}

// take asks for an item, no longer than ctx lasts; nil if there is none for a while.
func take(ctx context.Context, cons jetstream.Consumer) (msg jetstream.Msg, err error) {
	ctx, cancel := context.WithTimeout(ctx, taking)
	defer cancel()
	batch, err := cons.Fetch(1, jetstream.FetchContext(ctx))
	if err != nil {
		return nil, err
	}
	for msg = range batch.Messages() {
		return msg, nil
	}
	if err = batch.Error(); errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return nil, err
}

// rest waits, unless ctx ends.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// handle walks an item, and returns what answers it, nil where nothing is left to be done. An item
// that was delivered before is answered at once: it may have been in the hands of a worker that
// died of another item, and is not to be held to be the cause. What cannot be an item is taken out
// of the queue: nobody asked for it, or it will be sent anew.
func (w *worker) handle(ctx context.Context, msg jetstream.Msg) (answer func()) {
	meta, err := msg.Metadata()
	if err != nil {
		return nil
	}
	name := msg.Subject()[min(len(itemSubject)+len(token(w.program))+1, len(msg.Subject())):]
	path, err := journal.DecodePath(msg.Data())
	if err != nil || !nameOf.MatchString(name) {
		w.log.Warn("refused a message that is no item", "subject", msg.Subject())
		_ = msg.Term()
		return nil
	}
	alive, end := context.WithCancel(ctx)
	defer func() {
		if answer == nil {
			end()
		}
	}()
	go w.signs(alive, msg)
	var p *project
	keep := w.insist(ctx, name, "reading the job", func() (err error) { p, err = w.project(ctx, name); return err })
	if !keep || p == nil {
		if ctx.Err() == nil {
			_ = msg.Ack() // of a job that has ended
		}
		return nil
	}
	switch {
	case p.Program != w.program: // its workers are others
		w.log.Warn("refused an item", "job", name, "why", p.problem)
		_ = msg.Term()
	case p.problem != nil && meta.NumDelivered < mostDeliveries: // another worker may be able to
		w.log.Warn("handed an item back", "job", name, "why", p.problem)
		_ = msg.NakWithDelay(pause)
	default:
		a := w.find(ctx, p, path, meta)
		answer = func() {
			defer p.users.Done()
			defer end()
			if a != nil && w.deliver(ctx, p, a) {
				_ = msg.Ack()
			} else if ctx.Err() != nil {
				w.handOn(p, path, msg)
			}
		}
		if meta.NumDelivered == 1 {
			return answer
		}
		answer()
		return nil
	}
	p.users.Done()
	return nil
}

// handOn gives an item that was not finished to others, anew, so that a worker that leaves is not
// taken for one that died of it.
func (w *worker) handOn(p *project, path []int8, msg jetstream.Msg) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if w.send(ctx, &p.Job, [][]int8{path}, anew) == nil {
		_ = msg.DoubleAck(ctx)
	}
}

// signs tells the server that the item is still being walked.
func (w *worker) signs(ctx context.Context, msg jetstream.Msg) {
	t := time.NewTicker(w.Patience / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			_ = msg.InProgress()
		}
	}
}

// insist repeats what asks something of the servers until it succeeds, and reports whether it did:
// not where ctx or the job ends. What fails is told to the job's followers.
func (w *worker) insist(ctx context.Context, job, what string, f func() error) bool {
	for wait := pause; ; wait = min(2*wait, taking) {
		err := f()
		if err == nil || ctx.Err() != nil {
			return err == nil
		}
		if errors.Is(err, ErrNoJob) {
			return false
		}
		w.log.Warn(what+" failed, trying again", "job", job, "why", err)
		_ = w.nc.Publish(troubleSubject+job, fmt.Appendf(nil, "%s: %v", what, err))
		rest(ctx, wait)
		if j, _, e := w.job(ctx, job); errors.Is(e, ErrNoJob) || e == nil && j.State != Running {
			return false
		}
	}
}

// find returns the answer of an item: that which is kept, or else that of a walk. It is nil where
// neither came about.
func (w *worker) find(ctx context.Context, p *project, path []int8, meta *jetstream.MsgMetadata) *pending {
	if meta.NumDelivered > 1 { // by somebody who died, perhaps after the answer
		var a *answer
		if !w.insist(ctx, p.Name, "reading an answer", func() (err error) { a, err = w.kept(ctx, p, path); return err }) {
			return nil
		}
		if a != nil {
			return &pending{answer: *a}
		}
	}
	return w.work(ctx, p, path, meta)
}

// deliver sees to it that an answer is kept, and that the items of what it leaves open are sent. It
// reports false where that did not come about.
func (w *worker) deliver(ctx context.Context, p *project, mine *pending) bool {
	a := &mine.answer
	if a.revision == 0 && !w.insist(ctx, p.Name, "keeping an answer", func() (err error) { a, err = w.keep(ctx, p, mine); return err }) {
		return false
	}
	if len(a.Open) == 0 {
		return true
	}
	paths := make([][]int8, len(a.Open))
	for i, c := range a.Open {
		paths[i] = c.Path
	}
	return w.insist(ctx, p.Name, "sending items", func() error { return w.send(ctx, &p.Job, paths, a.revision) })
}

// kept returns the answer that is there, nil if there is none, or none that can be read.
func (w *worker) kept(ctx context.Context, p *project, path []int8) (*answer, error) {
	e, err := lookUp(ctx, p.answers, keyOf(path).String())
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a := new(answer)
	if a.decode(e.Value()) != nil {
		return nil, nil
	}
	a.revision = e.Revision()
	return a, nil
}

// work walks the item. It is nil where ctx has ended.
func (w *worker) work(ctx context.Context, p *project, path []int8, meta *jetstream.MsgMetadata) *pending {
	a := &pending{answer: answer{job: p.id(), worker: w.id, Answer: journal.Answer{Record: journal.Record{Path: path}}}}
	switch {
	case p.problem != nil:
		a.fault = fmt.Sprintf("%d workers took it and none could read the job, the last one since %v", mostDeliveries, p.problem)
		return a
	case meta.NumDelivered > mostDeliveries:
		a.fault = fmt.Sprintf("%d workers took it and none answered", mostDeliveries)
		return a
	}
	var script *proof.Writer
	var told enumerate.Observer
	if p.Proved {
		script = proof.NewScript()
		told = script
	}
	got, err := w.walk(p, path, p.budget(meta.NumPending), told)
	if err == nil && script != nil {
		a.script, err = script.Script()
	}
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		a.fault = err.Error()
	default:
		a.Answer = got
		if script != nil {
			a.text = sha256.Sum256(a.script)
		}
	}
	return a
}

// pending is an answer with its text. It is not kept yet where it has no revision.
type pending struct {
	answer
	script []byte
}

// keep keeps the answer if it is the first, its text before it, and returns the first.
func (w *worker) keep(ctx context.Context, p *project, a *pending) (*answer, error) {
	if a.text != (answer{}).text {
		name := textName(a.Path, a.text)
		if err := put(ctx, p.texts, name, a.script); err != nil {
			return nil, err
		}
	}
	b := a.encode()
	if len(b) > mostAnswer {
		a.answer = answer{job: a.job, worker: a.worker, fault: fmt.Sprintf("its answer has %d bytes, %d at most can be sent: count with a smaller --budget", len(b), mostAnswer),
			Answer: journal.Answer{Record: journal.Record{Path: a.Path}}}
		b = a.encode()
	}
	revision, err := p.answers.Create(ctx, keyOf(a.Path).String(), b)
	if errors.Is(err, jetstream.ErrKeyExists) {
		first, err := w.kept(ctx, p, a.Path)
		if err == nil && first == nil {
			err = errors.New("what stands in the place of the answer cannot be read")
		}
		return first, err
	}
	a.revision = revision
	return &a.answer, err
}

// netName is the name of the network's canonical text.
func netName(j *Job) string { return strings.Replace(j.Net, ":", ".", 1) }

// textName names the text of an item by what it says, so that a text is never replaced by another.
func textName(path []int8, sum [sha256.Size]byte) string {
	return fmt.Sprintf("%s.%x", keyOf(path), sum[:16])
}
