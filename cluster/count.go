// Counting on a cluster: what a caller says and is told, and how a job is submitted or found.

package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// Options say how to count on a cluster.
type Options struct {
	Access
	// Job names the job; "" names it by what it is about. A job that is there is gone on with.
	Job string
	// Budget is the work of an item of a new job, in values at vertices; 0 means UsualBudget.
	Budget int64
	// Workers is the number of workers of a new job, where it is known.
	Workers int
	// Proof is told the whole proof once all is answered; nil is none.
	Proof *proof.Writer
	// VerifyRecords has the checker verify each answer before it counts.
	VerifyRecords bool
	// Progress, if set, is told how it goes, several times a second.
	Progress func(Progress)
	// Patience is as in Worker.
	Patience time.Duration
	// trouble and look take the places of mostTrouble and lookAfter in tests.
	trouble, look time.Duration
	// passing says that the server and its files go with the count.
	passing bool
}

// Progress is a snapshot of a job.
type Progress struct {
	enumerate.Progress
	// Workers answered within the last ten seconds. Items were answered, and Open cells wait or are
	// being walked. Refused are answers that were none.
	Workers, Items, Open, Refused int64
}

// Result is what a job has come to.
type Result struct {
	enumerate.Result
	Job            string
	Items, Refused int64
}

// FailedError says why a job has failed. It is the network's or a worker's fault, not the servers'.
type FailedError struct{ Job, Why string }

func (e *FailedError) Error() string { return "job " + e.Job + ": " + e.Why }

// ErrCancelled says that a job was cancelled.
var ErrCancelled = errors.New("the job was cancelled")

// Count counts n in b: it submits the job if there is none, and follows it to its end. Where ctx
// ends earlier the result is the bracket reached, and the job goes on without its coordinator.
func Count(ctx context.Context, n *network.Network, b ball.Ball, o Options) (Result, error) {
	j, err := NewJob(o.Job, n, b, o.Proof != nil || o.VerifyRecords)
	if err != nil {
		return Result{}, err
	}
	if o.Budget > 0 {
		j.Budget = o.Budget
	}
	switch {
	case o.Workers == 1: // nobody waits for it
		j.Queue = 0
	case o.Workers > 1:
		j.Queue = min(longQueue, queueEach*o.Workers)
	}
	s, err := open(ctx, o.Access, "relucell count")
	if err != nil {
		return Result{}, err
	}
	defer s.close()
	f := newFollower(s, o, j)
	if err := f.repeat(ctx, "submitting the job", func() error { return f.submit(ctx, n) }); err != nil {
		return Result{}, err
	}
	return f.run(ctx, n, b)
}

// Follow follows a job that is there to its end, whoever submitted it, and writes no proof.
func Follow(ctx context.Context, o Options) (Result, error) {
	s, err := open(ctx, o.Access, "relucell jobs")
	if err != nil {
		return Result{}, err
	}
	defer s.close()
	j, _, err := s.job(ctx, o.Job)
	if err != nil {
		return Result{}, err
	}
	f := newFollower(s, o, j)
	if j.State == Cancelled || j.State == Failed {
		return Result{}, f.ended(&j)
	}
	if j.Program != enumerate.ProgramVersion() {
		return Result{}, fmt.Errorf("job %s: of relucell %q, this is %q", j.Name, j.Program, enumerate.ProgramVersion())
	}
	if f.answers, f.texts, err = s.buckets(ctx, &j, false); err != nil {
		return Result{}, err
	}
	text, err := get(ctx, f.texts, netName(&j))
	if err != nil {
		return Result{}, err
	}
	n, err := readNet(text, &j)
	if err != nil {
		return Result{}, err
	}
	b, err := j.ball()
	if err != nil {
		return Result{}, err
	}
	return f.run(ctx, n, b)
}

func newFollower(s *store, o Options, j Job) *follower {
	if o.Patience <= 0 {
		o.Patience = patience
	}
	if o.trouble <= 0 {
		o.trouble = mostTrouble
	}
	if o.look <= 0 {
		o.look = lookAfter
	}
	return &follower{store: s, Options: o, Job: j, start: time.Now(), seen: map[[workerSize]byte]time.Time{}}
}

// run reads answers to the end, and ends the job.
func (f *follower) run(ctx context.Context, n *network.Network, b ball.Ball) (Result, error) {
	items, err := enumerate.NewItems(ctx, n, b, f.Proved)
	if err != nil {
		return Result{}, err
	}
	defer items.Release()
	f.sums = newSums(f.id(), items.RootUpper())
	if f.VerifyRecords {
		if f.verify, err = newVerifier(n, b, items); err != nil {
			return Result{}, err
		}
		defer f.verify.close()
	}
	err = f.follow(ctx)
	if err == nil && f.done() {
		err = f.finish(ctx)
	}
	return f.result(), err
}

// submit makes the job, or finds it there.
func (f *follower) submit(ctx context.Context, n *network.Network) error {
	there, _, err := f.job(ctx, f.Name)
	if errors.Is(err, ErrNoJob) {
		if err = f.create(ctx, n); !errors.Is(err, jetstream.ErrKeyExists) {
			return err
		}
		there, _, err = f.job(ctx, f.Name) // another coordinator was first
	}
	if err != nil {
		return err
	}
	if err := f.same(&there); err != nil {
		return err
	}
	f.Job = there
	if f.answers, f.texts, err = f.buckets(ctx, &f.Job, true); err != nil {
		return err
	}
	if there.State == Cancelled || there.State == Failed {
		return f.ended(&there)
	}
	_, err = f.consumer(ctx, f.Program, f.Patience)
	return err
}

func (f *follower) create(ctx context.Context, n *network.Network) (err error) {
	if f.answers, f.texts, err = f.buckets(ctx, &f.Job, true); err != nil {
		return err
	}
	if err := put(ctx, f.texts, netName(&f.Job), n.Canonical()); err != nil {
		return err
	}
	if _, err := f.consumer(ctx, f.Program, f.Patience); err != nil {
		return err
	}
	if _, err := f.jobs.Create(ctx, f.Name, f.line()); err != nil {
		return err
	}
	return f.send(ctx, &f.Job, [][]int8{nil}, anew)
}

// ended is the error of a job that has ended without a count.
func (f *follower) ended(j *Job) error {
	if j.State == Failed {
		return &FailedError{j.Name, j.Why}
	}
	return fmt.Errorf("job %s: %w", j.Name, ErrCancelled)
}
