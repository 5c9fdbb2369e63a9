// Jobs by name: which there are, and their end.

package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// Jobs lists the jobs of a cluster, by name.
func Jobs(ctx context.Context, a Access) ([]Job, error) {
	s, err := open(ctx, a, "relucell jobs")
	if err != nil {
		return nil, err
	}
	defer s.close()
	names, err := s.jobs.Keys(ctx)
	if errors.Is(err, jetstream.ErrNoKeysFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Job
	for _, name := range names {
		j, _, err := s.job(ctx, name)
		if errors.Is(err, ErrNoJob) {
			continue
		}
		if err != nil { // a stranger's
			a.log().Warn("refused a job", "why", err)
			continue
		}
		list = append(list, j)
	}
	slices.SortFunc(list, func(a, b Job) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

// Cancel ends a running job. What it has found stays until it is removed.
func Cancel(ctx context.Context, a Access, name string) error {
	return withJob(ctx, a, name, func(s *store, j *Job) error {
		if j.State != Running {
			return fmt.Errorf("job %s: it is %s already", name, j.State)
		}
		if err := s.settle(ctx, name, func(j *Job) { j.State = Cancelled }); err != nil {
			return err
		}
		return s.purge(ctx, j)
	})
}

// withJob calls do with a job, which must be there.
func withJob(ctx context.Context, a Access, name string, do func(*store, *Job) error) error {
	s, err := open(ctx, a, "relucell jobs")
	if err != nil {
		return err
	}
	defer s.close()
	j, _, err := s.job(ctx, name)
	if err != nil {
		return err
	}
	return do(s, &j)
}

// Remove removes a job and all that it has found.
func Remove(ctx context.Context, a Access, name string) error {
	return withJob(ctx, a, name, func(s *store, j *Job) error {
		if err := s.jobs.Purge(ctx, name); err != nil {
			return err
		}
		gone := func(err error) error {
			if errors.Is(err, jetstream.ErrBucketNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) {
				return nil
			}
			return err
		}
		return errors.Join(s.purge(ctx, j), gone(s.js.DeleteKeyValue(ctx, j.answers())), gone(s.js.DeleteKeyValue(ctx, j.texts())))
	})
}
