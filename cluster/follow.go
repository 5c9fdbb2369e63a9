// A job from its beginning to its result. A coordinator keeps nothing of its own: what stands in
// the bucket of answers, in its order, is all it knows, so one that begins anew, or a second one,
// comes to the same.

package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/relucell/relucell/enumerate"
)

const (
	// reading is how many answers are asked for at a time, and readingFor how long the servers wait
	// for one.
	reading    = 256
	readingFor = 500 * time.Millisecond
	// lookAfter is how long nothing is answered before the coordinator looks whether items were
	// lost.
	lookAfter = 2 * time.Second
	// mostTrouble is how long workers may say that they cannot answer, and none does, before the
	// coordinator gives up. The job stays.
	mostTrouble = 30 * time.Second
	// recent is how long ago a worker that counts has answered.
	recent = 10 * time.Second
)

// follower is a coordinator.
type follower struct {
	*store
	Options
	Job
	*sums
	answers jetstream.KeyValue
	texts   jetstream.KeyValue
	verify  *verifier
	start   time.Time
	reader  jetstream.Consumer // of the answers, nil where there is to be a new one
	next    uint64             // the number that its next message is to have
	last    uint64             // the sequence of the last answer that was read
	refused int64
	seen    map[[workerSize]byte]time.Time
	told    time.Time
	says    string // the last trouble of a worker
}

// follow reads answers until all are there or ctx ends.
func (f *follower) follow(ctx context.Context) error {
	said := make(chan *nats.Msg, 64)
	if sub, err := f.nc.ChanSubscribe(troubleSubject+f.Name, said); err == nil {
		defer func() { _ = sub.Unsubscribe() }()
	}
	heard, looked := time.Now(), time.Now() // an answer, and what there is besides
	before := int64(-1)
	for !f.done() && ctx.Err() == nil {
		n, err := f.read(ctx)
		var failure *FailedError
		if errors.As(err, &failure) {
			return err
		}
		if err != nil && ctx.Err() == nil {
			f.log.Warn("answers cannot be read, trying again", "why", err)
			rest(ctx, pause)
		}
		if n > 0 {
			heard, f.says = time.Now(), ""
		}
		f.tell(false)
		f.hear(said)
		if time.Since(looked) < f.look || ctx.Err() != nil {
			continue
		}
		looked = time.Now()
		if j, _, err := f.job(ctx, f.Name); errors.Is(err, ErrNoJob) {
			return fmt.Errorf("job %s: it was removed", f.Name)
		} else if err == nil && (j.State == Cancelled || j.State == Failed) {
			return f.ended(&j)
		}
		if f.says != "" && time.Since(heard) > f.trouble {
			return f.stuck()
		}
		if f.answered == before {
			f.resend(ctx)
		}
		before = f.answered
	}
	return nil
}

// stuck is the error where no worker can answer.
func (f *follower) stuck() error {
	stays := "; the job stays, and the same command goes on with it"
	if f.passing {
		stays = ""
	}
	return fmt.Errorf("job %s: no worker can answer: %s (is there room where the server keeps its files?)%s", f.Name, f.says, stays)
}

// hear takes in what workers say of what keeps them.
func (f *follower) hear(said chan *nats.Msg) {
	for {
		select {
		case m := <-said:
			f.says = fmt.Sprintf("%.200q", m.Data)
			f.log.Debug("a worker is in trouble", "job", f.Name, "says", f.says)
		default:
			return
		}
	}
}

// resend sends the expected items anew where the queue has none of the job: what was lost, by a
// server that lost its last seconds for one, is known from the answers.
func (f *follower) resend(ctx context.Context) {
	st, err := f.js.Stream(ctx, itemStream)
	if err != nil {
		return
	}
	info, err := st.Info(ctx, jetstream.WithSubjectFilter(f.subject()))
	if err != nil || info.State.Subjects[f.subject()] > 0 {
		return
	}
	var paths [][]int8
	for _, w := range f.expected {
		paths = append(paths, w.Path)
	}
	f.log.Info("sending items that were lost", "job", f.Name, "items", len(paths))
	if err := f.send(ctx, &f.Job, paths, anew); err != nil {
		f.log.Warn("items cannot be sent", "why", err)
	}
}

// fail ends the job with an error.
func (f *follower) fail(ctx context.Context, why string) error {
	f.mark(ctx, func(j *Job) { j.State, j.Why = Failed, why })
	f.clear(ctx)
	return &FailedError{f.Name, why}
}

// mark writes down how the job has ended.
func (f *follower) mark(ctx context.Context, end func(*Job)) {
	if err := f.repeat(ctx, "ending the job", func() error { return f.settle(ctx, f.Name, end) }); err != nil {
		f.log.Warn("the job's end cannot be written down", "why", err)
	}
}

// purge takes the job's items out of the queue.
func (s *store) purge(ctx context.Context, j *Job) error {
	st, err := s.js.Stream(ctx, itemStream)
	if err != nil {
		return err
	}
	return st.Purge(ctx, jetstream.WithPurgeSubject(j.subject()))
}

func (f *follower) clear(ctx context.Context) {
	if err := f.repeat(ctx, "clearing the queue", func() error { return f.purge(ctx, &f.Job) }); err != nil {
		f.log.Warn("items cannot be removed", "why", err)
	}
}

// finish writes the proof and marks the job as done.
func (f *follower) finish(ctx context.Context) error {
	if f.Proof != nil {
		if err := f.join(ctx); err != nil {
			return err
		}
	}
	f.clear(ctx)
	count := fmt.Sprint(f.Regions)
	f.mark(ctx, func(j *Job) { j.State, j.Count = Done, count })
	return nil
}

// tellEvery is the time between two reports of progress.
const tellEvery = 200 * time.Millisecond

func (f *follower) tell(last bool) {
	now := time.Now()
	if f.Progress == nil || !last && now.Sub(f.told) < tellEvery {
		return
	}
	f.told = now
	p := Progress{Items: f.answered, Open: int64(len(f.expected)), Refused: f.refused}
	for id, at := range f.seen {
		if now.Sub(at) < recent {
			p.Workers++
		} else {
			delete(f.seen, id)
		}
	}
	p.Lower, p.Upper, p.Elapsed = big.NewInt(f.bestLower), new(big.Int).Set(f.bestUpper), now.Sub(f.start)
	f.Progress(p)
}

// result is the bracket of the answers so far.
func (f *follower) result() Result {
	f.tell(true)
	r := Result{Job: f.Name, Items: f.answered, Refused: f.refused}
	r.Lower, r.Upper, r.Exact = big.NewInt(f.bestLower), new(big.Int).Set(f.bestUpper), f.done()
	if r.Exact {
		r.Lower.SetInt64(f.Regions)
		r.Upper.SetInt64(f.Regions)
	}
	t := &f.Tally
	r.Decisions, r.Questions, r.Pivots = enumerate.Decisions{Float: t.Float, Integer: t.Integer, Solve: t.Solve}, t.Questions, t.Pivots
	r.Elapsed = time.Since(f.start)
	return r
}
