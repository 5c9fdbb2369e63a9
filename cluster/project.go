// A job as a worker has it: compiled, and looked at again now and then.

package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

const (
	// mostProjects are kept compiled at a time.
	mostProjects = 4
	// lookEvery is how often a worker looks whether a job goes on.
	lookEvery = time.Second
)

// project is a job that is being worked on.
type project struct {
	Job
	items   *enumerate.Items
	answers jetstream.KeyValue
	texts   jetstream.KeyValue
	looked  time.Time
	users   sync.WaitGroup // items that are being walked
	// problem is why this worker cannot work on it.
	problem error
}

// project returns a job for use, nil if it does not go on. An error may pass.
func (w *worker) project(ctx context.Context, name string) (*project, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := w.lookUp(ctx, name)
	if p != nil {
		p.users.Add(1)
	}
	return p, err
}

func (w *worker) lookUp(ctx context.Context, name string) (*project, error) {
	p := w.projects[name]
	if p != nil && time.Since(p.looked) < lookEvery {
		return p, nil
	}
	j, _, err := w.job(ctx, name)
	if errors.Is(err, ErrNoJob) || err == nil && j.State != Running {
		w.forget(name)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if p != nil && p.id() == j.id() {
		p.looked = time.Now()
		return p, nil
	}
	w.forget(name)
	if p, err = w.compile(ctx, j); err != nil {
		return nil, err
	}
	if len(w.projects) >= mostProjects {
		oldest := ""
		for n, q := range w.projects {
			if oldest == "" || q.looked.Before(w.projects[oldest].looked) {
				oldest = n
			}
		}
		w.forget(oldest)
	}
	w.projects[name] = p
	return p, nil
}

// compile reads the network and makes the walk of it.
func (w *worker) compile(ctx context.Context, j Job) (*project, error) {
	p := &project{Job: j, looked: time.Now()}
	if j.Program != w.program {
		p.problem = fmt.Errorf("the job is of relucell %q, this is %q", j.Program, w.program)
		return p, nil
	}
	var err error
	if p.answers, p.texts, err = w.buckets(ctx, &j, false); err != nil {
		return nil, err
	}
	text, err := get(ctx, p.texts, netName(&j))
	if err != nil {
		return nil, err
	}
	n, err := readNet(text, &j)
	if err != nil {
		p.problem = err
		return p, nil
	}
	b, err := j.ball()
	if err == nil && enumerate.About(n, b) != j.About {
		err = errors.New("the ball is not what the job is about")
	}
	if err == nil {
		p.items, err = enumerate.NewItems(ctx, n, b, j.Proved)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err() // no fault of the job's
	}
	p.problem = err
	return p, nil
}

// readNet reads a network and holds it against the fingerprint of the job.
func readNet(text []byte, j *Job) (*network.Network, error) {
	n, err := network.ReadCanonical(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if got := n.Fingerprint(); got != j.Net {
		return nil, fmt.Errorf("the network is %s, the job is about %s", got, j.Net)
	}
	return n, nil
}

// forget drops a job, which ends when the last of its items has. The lock is held.
func (w *worker) forget(name string) {
	p := w.projects[name]
	if p == nil {
		return
	}
	delete(w.projects, name)
	go func() {
		p.users.Wait()
		if p.items != nil {
			p.items.Release()
		}
	}()
}

func (w *worker) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name := range w.projects {
		w.forget(name)
	}
}

const (
	// longQueue is the usual Queue of a job, and queueEach what it is for each worker, where their
	// number is known. The fewer items wait, the less each gets, down to one part in mostParts, so
	// that at the beginning there soon is something to do for everybody, and the end does not wait
	// for one worker. Small items cost more: what is known of vertices is learnt anew in each.
	longQueue = 32
	queueEach = 4
	mostParts = 8
)

// budget is what an item gets while so many others wait. Who walks it does not matter, nor what it
// gets: of the answers to an item the first is kept, with what that leaves open.
func (j *Job) budget(waiting uint64) int64 {
	long, parts := uint64(j.Queue), uint64(1)
	if waiting < long {
		parts = max(1, mostParts*(long-waiting)/long)
	}
	return max(1, j.Budget/int64(parts))
}
