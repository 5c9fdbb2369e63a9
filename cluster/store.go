// Where everything is: one stream of the items of all jobs, one bucket of jobs, and for each job a
// bucket of answers and one of texts, the network's and those of its proof.

package cluster

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	itemStream  = "relucell-items"
	itemSubject = "relucell.item."
	jobBucket   = "relucell-jobs"
	// troubleSubject is where workers say what keeps them from answering.
	troubleSubject = "relucell.trouble."
	// mostDeliveries of an item are tried before it is held to be what kills its workers.
	mostDeliveries = 3
	// patience is how long the server waits for a sign of life before it delivers an item again. A
	// worker gives three in that time.
	patience = 15 * time.Second
	// remembered is how long the server drops a message that it has seen; later ones do no harm.
	remembered = 2 * time.Minute
	// asking is how long a single request may take, and asked all attempts at something together: a
	// server that is started again is back in seconds.
	asking = 3 * time.Second
	asked  = 5 * time.Minute
	// mostAnswer bounds an answer: the server's own limit is a mebibyte by default.
	mostAnswer = 1 << 20
)

// store is the connection of a process.
type store struct {
	nc   *nats.Conn
	js   jetstream.JetStream
	jobs jetstream.KeyValue
	log  *slog.Logger
}

// open connects, and makes what all jobs share.
func open(ctx context.Context, a Access, name string) (*store, error) {
	nc, err := a.dialUntil(ctx, name)
	if err != nil {
		return nil, err
	}
	s := &store{nc: nc, log: a.log()}
	if err := s.repeat(ctx, nc.ConnectedUrlRedacted(), func() error { return s.prepare(ctx) }); err != nil {
		nc.Close()
		return nil, err
	}
	return s, nil
}

func (s *store) prepare(ctx context.Context) (err error) {
	if s.js, err = jetstream.New(s.nc, jetstream.WithDefaultTimeout(asking)); err != nil {
		return err
	}
	if s.jobs, err = s.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: jobBucket, Description: "counts of relucell"}); err != nil {
		return err
	}
	_, err = s.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: itemStream, Description: "items of relucell: cells to be walked",
		Subjects: []string{itemSubject + ">"}, Retention: jetstream.WorkQueuePolicy, Duplicates: remembered})
	return err
}

func (s *store) close() { s.nc.Close() }

// token names a version of the program in subjects: its workers take the items of its jobs alone.
func token(program string) string {
	sum := sha256.Sum256([]byte(program))
	return fmt.Sprintf("%x", sum[:8])
}

func (j *Job) subject() string { return itemSubject + token(j.Program) + "." + j.Name }
func (j *Job) answers() string { return "relucell-" + j.Name + "-answers" }
func (j *Job) texts() string   { return "relucell-" + j.Name + "-texts" }

// consumer is how the workers of a version take items.
func (s *store) consumer(ctx context.Context, program string, wait time.Duration) (jetstream.Consumer, error) {
	return s.js.CreateOrUpdateConsumer(ctx, itemStream, jetstream.ConsumerConfig{Durable: "workers-" + token(program),
		Description: "workers of relucell " + program, FilterSubject: itemSubject + token(program) + ".>",
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: wait, MaxAckPending: -1, MaxDeliver: -1})
}

// buckets returns those of a job, which are made if there are none and create says so.
func (s *store) buckets(ctx context.Context, j *Job, create bool) (answers, texts jetstream.KeyValue, err error) {
	if create {
		if answers, err = s.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: j.answers(), MaxValueSize: mostAnswer}); err != nil {
			return nil, nil, err
		}
		texts, err = s.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: j.texts(), Compression: true})
		return answers, texts, err
	}
	if answers, err = s.js.KeyValue(ctx, j.answers()); err != nil {
		return nil, nil, err
	}
	texts, err = s.js.KeyValue(ctx, j.texts())
	return answers, texts, err
}

// job reads a job, which must be there, and its revision.
func (s *store) job(ctx context.Context, name string) (Job, uint64, error) {
	if err := CheckName(name); err != nil {
		return Job{}, 0, err
	}
	e, err := lookUp(ctx, s.jobs, name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return Job{}, 0, fmt.Errorf("job %s: %w", name, ErrNoJob)
	}
	if err != nil {
		return Job{}, 0, err
	}
	j, err := readJob(e.Value())
	if err == nil && j.Name != name {
		err = fmt.Errorf("job %s: it calls itself %s", name, j.Name)
	}
	return j, e.Revision(), err
}

// ErrNoJob says that there is no job of a name.
var ErrNoJob = errors.New("there is none of this name")

// settle ends a running job; one that has ended already stays as it is.
func (s *store) settle(ctx context.Context, name string, end func(*Job)) error {
	for {
		j, revision, err := s.job(ctx, name)
		if err != nil || j.State != Running {
			return err
		}
		end(&j)
		_, err = s.jobs.Update(ctx, name, j.line(), revision)
		if !errors.Is(err, jetstream.ErrKeyExists) && !errors.Is(err, jetstream.ErrKeyRevisionMismatch) { // another coordinator was first
			return err
		}
	}
}

var errUnacknowledged = errors.New("items were not acknowledged in time")

// anew is the revision of items that the server is to take even if it remembers them.
const anew = 0

// send publishes items, and returns when all are kept. They are those that the answer of a revision
// leaves open: by that the server tells them when they are sent twice.
func (s *store) send(ctx context.Context, j *Job, paths [][]int8, revision uint64) error {
	var sent []jetstream.PubAckFuture
	for _, path := range paths {
		var how []jetstream.PublishOpt
		if revision != anew {
			how = append(how, jetstream.WithMsgID(fmt.Sprintf("%s.%s.%d", j.Run, keyOf(path), revision)))
		}
		f, err := s.js.PublishAsync(j.subject(), itemBody(path), how...)
		if err != nil {
			return err
		}
		sent = append(sent, f)
	}
	late := time.After(asking)
	for _, f := range sent {
		select {
		case <-f.Ok():
		case err := <-f.Err():
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-late:
			return errUnacknowledged
		}
	}
	return nil
}

// passing says that an error speaks of a server that is away, and may be back.
func passing(err error) bool {
	var api jetstream.JetStreamError
	if errors.As(err, &api) && api.APIError() != nil {
		return api.APIError().Code == 503 // JetStream is not up yet, or has no room
	}
	for _, e := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrDisconnected, nats.ErrConnectionReconnecting,
		jetstream.ErrNoStreamResponse, jetstream.ErrAsyncPublishTimeout, errUnacknowledged} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// repeat does something that asks the servers, again where they were away.
func (s *store) repeat(ctx context.Context, what string, f func() error) error {
	for start := time.Now(); ; rest(ctx, pause) {
		err := f()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !passing(err) || time.Since(start) > asked:
			return fmt.Errorf("%s: %w", what, err)
		}
		s.log.Info("trying again", "what", what, "why", err)
	}
}

// lookUp reads a bucket. A request that a server took with it has no end of its own.
func lookUp(ctx context.Context, bucket jetstream.KeyValue, name string) (jetstream.KeyValueEntry, error) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	return bucket.Get(ctx, name)
}

// chunk is the length of a piece of a text: below what a server takes at a time, by default.
const chunk = 512 << 10

// get reads a text, of pieces of which the last one is short.
func get(ctx context.Context, texts jetstream.KeyValue, name string) ([]byte, error) {
	for text, i := []byte(nil), 0; ; i++ {
		e, err := lookUp(ctx, texts, fmt.Sprintf("%s.%d", name, i))
		if err != nil {
			return nil, err
		}
		if text = append(text, e.Value()...); len(e.Value()) < chunk {
			return text, nil
		}
	}
}

// put keeps a text. Its name says what is in it, so putting it twice does no harm. The object store
// of NATS was tried: what it asks for while a server dies is never answered, and one text takes
// several requests.
func put(ctx context.Context, texts jetstream.KeyValue, name string, text []byte) error {
	for i := 0; ; i++ {
		piece := text[:min(chunk, len(text))]
		text = text[len(piece):]
		if _, err := texts.Put(ctx, fmt.Sprintf("%s.%d", name, i), piece); err != nil {
			return err
		}
		if len(piece) < chunk {
			return nil
		}
	}
}
