// What is counted, under which name.

package cluster

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

// State says where a job stands.
type State string

// The states of a job. Only a running one is worked on.
const (
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Job is a count, as the bucket of jobs keeps it.
type Job struct {
	Name string `json:"name"`
	// Program is the version of relucell that walks it, Net the network's fingerprint.
	Program string `json:"program"`
	Net     string `json:"net"`
	// About spells what the records of the job are about (enumerate.About).
	About string    `json:"about"`
	Norm  string    `json:"norm"`
	At    []float64 `json:"at"` // radius and centre, or lower and upper bounds
	// Proved says that answers have texts of a proof.
	Proved bool `json:"proved"`
	// Budget is the work of an item, in values at vertices.
	Budget int64 `json:"budget"`
	// Queue is the number of waiting items from which on each gets the whole budget, 0 where each
	// does.
	Queue int `json:"queue"`
	// Run tells this job from others that had its name and were removed.
	Run   string `json:"run"`
	State State  `json:"state"`
	Why   string `json:"why,omitempty"`   // it failed
	Count string `json:"count,omitempty"` // it is done
}

// UsualBudget is about two seconds' worth on a core of today.
const UsualBudget = 1 << 27

// nameOf is a subject's token, and a part of the names of streams.
var nameOf = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// CheckName says what keeps a name from being that of a job.
func CheckName(name string) error {
	if !nameOf.MatchString(name) {
		return fmt.Errorf("job %.80q: expected 1 to 64 letters, digits, - and _", name)
	}
	return nil
}

// NewJob describes a count of n in b. Without a name the job is named by what it is about, so that
// the same count finds it again.
func NewJob(name string, n *network.Network, b ball.Ball, proved bool) (Job, error) {
	j := Job{Name: name, Program: enumerate.ProgramVersion(), Net: n.Fingerprint(), About: enumerate.About(n, b), Norm: b.Norm().String(), Proved: proved,
		Budget: UsualBudget, Queue: longQueue, Run: rand.Text(), State: Running}
	j.At = append([]float64{b.Radius()}, b.Center()...)
	if b.Norm() == ball.Box {
		j.At = append(append([]float64(nil), b.Lo()...), b.Hi()...)
	}
	if name == "" {
		id := sha256.Sum256(fmt.Appendf(nil, "%s\nproved %t\n", j.About, proved))
		j.Name = fmt.Sprintf("count-%x", id[:6])
	}
	if err := CheckName(j.Name); err != nil {
		return j, err
	}
	_, err := j.ball() // a job that no worker can read would never end
	return j, err
}

// id is what answers bear so that those of another job are told from its own.
func (j *Job) id() [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\nproved %t\n", j.Name, j.Run, j.About, j.Proved))
}

// ball makes the ball of it.
func (j *Job) ball() (ball.Ball, error) {
	switch {
	case len(j.At) == 0:
		return ball.Ball{}, errors.New("at: empty, expected the numbers of a ball")
	case j.Norm == ball.Box.String(): // no norm that ball.ParseNorm knows
		return ball.NewBox(j.At[:len(j.At)/2], j.At[len(j.At)/2:])
	}
	norm, err := ball.ParseNorm(j.Norm)
	if err != nil {
		return ball.Ball{}, err
	}
	return ball.New(norm, j.At[1:], j.At[0])
}

// line is what stands in the bucket.
func (j *Job) line() []byte {
	b, err := json.Marshal(j)
	if err != nil {
		panic(err) // strings and finite numbers
	}
	return b
}

func readJob(b []byte) (Job, error) {
	var j Job
	if err := json.Unmarshal(b, &j); err != nil {
		return j, fmt.Errorf("not a job: %w", err)
	}
	if !nameOf.MatchString(j.Name) || j.Budget < 1 || j.Queue < 0 {
		return j, fmt.Errorf("job %.80q: not a job of relucell", j.Name)
	}
	return j, nil
}

// same says in what a job that is there differs from the one that is wanted, nil in nothing.
func (j *Job) same(there *Job) error {
	switch {
	case there.Program != j.Program:
		return fmt.Errorf("job %s: of relucell %q, this is %q: remove the job, or run that version", j.Name, there.Program, j.Program)
	case there.About != j.About:
		return fmt.Errorf("job %s: of another network or ball, expected another --job", j.Name)
	case there.Proved != j.Proved:
		return fmt.Errorf("job %s: with another --proof or --verify-records, expected another --job", j.Name)
	}
	return nil
}
