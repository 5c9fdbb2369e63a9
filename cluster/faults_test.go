package cluster

// What goes wrong, one thing at a time, over a server in this process.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/journal"
)

// small is a subject of some hundred items.
func small(t testing.TB) (subject, enumerate.Result) {
	n := gen.Random(gen.NewRand(7), gen.RandomOptions{Inputs: 3, Widths: []int{9, 9}, OnlyReLU: true, NoAffine: true})
	b, err := ball.New(ball.LInf, make([]float64, 3), 1)
	require.NoError(t, err)
	s := subject{n, b, 1000}
	r, err := enumerate.Count(t.Context(), n, b, enumerate.Options{})
	require.NoError(t, err)
	return s, r
}

// site is a server in this process.
func site(t testing.TB, most int64) Access {
	s, err := Serve(t.TempDir(), 0, "secret", most)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return Access{URL: s.URL, Log: testLog()}
}

// employ starts a worker in this process, which ends with the test or by the function.
func employ(t testing.TB, w Worker) func() {
	if w.Patience == 0 {
		w.Patience = patienceOfTests
	}
	w.Workers = 1
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { _ = w.Work(ctx) })
	end := func() { cancel(); group.Wait() }
	t.Cleanup(end)
	return end
}

func (s subject) options(a Access) Options {
	return Options{Access: a, Budget: s.budget, Patience: patienceOfTests, look: patienceOfTests}
}

func TestStrangersAnswersAreRefused(t *testing.T) {
	t.Parallel()
	s, want := small(t)
	a := site(t, 0)
	j, err := NewJob("", s.net, s.ball, false)
	require.NoError(t, err)
	j.Budget = s.budget
	st, err := open(t.Context(), a, "stranger")
	require.NoError(t, err)
	defer st.close()
	f := newFollower(st, s.options(a), j)
	require.NoError(t, f.submit(t.Context(), s.net))
	put := func(path []int8, v []byte) {
		_, err := f.answers.Create(t.Context(), keyOf(path).String(), v)
		require.NoError(t, err)
	}
	other := f.Job
	other.About = "program another version"
	put(nil, (&answer{job: other.id(), Answer: journal.Answer{Record: journal.Record{Tally: journal.Tally{Regions: 1}}}}).encode())
	put([]int8{1, 1}, (&answer{job: f.id(), Answer: journal.Answer{Record: journal.Record{Path: []int8{1, 1}, Tally: journal.Tally{Regions: 1 << 40}}}}).encode())
	put([]int8{-1}, []byte("hello"))
	_, err = st.js.Publish(t.Context(), j.subject(), []byte("hello"))
	require.NoError(t, err)
	_, err = st.js.Publish(t.Context(), j.subject(), itemBody(make([]int8, 3)))
	require.NoError(t, err)
	employ(t, Worker{Access: a})
	got, err := Count(t.Context(), s.net, s.ball, s.options(a))
	require.NoError(t, err)
	require.True(t, got.Exact)
	require.Equal(t, want.Lower, got.Lower)
	require.GreaterOrEqual(t, got.Refused, int64(3))
}

func TestAWorkerOfAnotherVersionTakesNothing(t *testing.T) {
	t.Parallel()
	s, want := small(t)
	a := site(t, 0)
	employ(t, Worker{Access: a, program: "another version"})
	ctx, cancel := context.WithCancel(t.Context())
	o, waited := s.options(a), sync.Once{}
	o.Progress = func(Progress) { waited.Do(func() { time.AfterFunc(patienceOfTests, cancel) }) }
	got, err := Count(ctx, s.net, s.ball, o)
	require.NoError(t, err)
	require.False(t, got.Exact)
	require.Zero(t, got.Items)
	require.Equal(t, int64(1), got.Lower.Int64())
	require.GreaterOrEqual(t, got.Upper.Cmp(want.Lower), 0)
	employ(t, Worker{Access: a})
	got, err = Count(t.Context(), s.net, s.ball, s.options(a))
	require.NoError(t, err)
	require.Equal(t, want.Lower, got.Lower)
}

// A second coordinator, a third one that comes when all is done, and what can be done to jobs.
func TestCoordinatorsAgree(t *testing.T) {
	t.Parallel()
	s, want := small(t)
	a := site(t, 0)
	employ(t, Worker{Access: a})
	employ(t, Worker{Access: a})
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			got, err := Count(t.Context(), s.net, s.ball, s.options(a))
			require.NoError(t, err)
			require.Equal(t, want.Lower, got.Lower)
			require.True(t, got.Exact)
		})
	}
	group.Wait()
	jobs, err := Jobs(t.Context(), a)
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	require.Equal(t, Done, jobs[0].State)
	require.Equal(t, want.Lower.String(), jobs[0].Count)
	got, err := Follow(t.Context(), Options{Access: a, Job: jobs[0].Name})
	require.NoError(t, err)
	require.Equal(t, want.Lower, got.Lower)
	require.ErrorContains(t, Cancel(t.Context(), a, jobs[0].Name), "done already")
	require.NoError(t, Remove(t.Context(), a, jobs[0].Name))
	require.ErrorIs(t, Remove(t.Context(), a, jobs[0].Name), ErrNoJob)
	_, err = Count(t.Context(), s.net, s.ball, Options{Access: a, Job: "a b"})
	require.ErrorContains(t, err, "letters")
}

func TestACancelledJobEnds(t *testing.T) {
	t.Parallel()
	s, _ := small(t)
	a := site(t, 0)
	o := s.options(a)
	o.Job = "mine"
	go func() {
		for Cancel(t.Context(), a, "mine") != nil && t.Context().Err() == nil {
			time.Sleep(50 * time.Millisecond)
		}
	}()
	_, err := Count(t.Context(), s.net, s.ball, o)
	require.ErrorIs(t, err, ErrCancelled)
	other, err := ball.New(ball.LInf, make([]float64, 3), 2)
	require.NoError(t, err)
	_, err = Count(t.Context(), s.net, other, o)
	require.ErrorContains(t, err, "another network or ball")
}

// An item that kills whoever takes it ends the job, with its path.
func TestAPoisonItemEndsTheJob(t *testing.T) {
	t.Parallel()
	s, _ := small(t)
	c := newCluster(t, 0, 0)
	ended := make(chan struct{})
	stop := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			w := process("worker", "URL="+c.url(), "POISON=path +")
			if w.Start() == nil {
				go func() { <-stop; _ = w.Process.Kill() }()
				_ = w.Wait()
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	}()
	o := s.options(c.access())
	o.Budget = 1
	_, err := Count(t.Context(), s.net, s.ball, o)
	close(stop)
	<-ended
	var failed *FailedError
	require.ErrorAs(t, err, &failed)
	require.Contains(t, err.Error(), "path +: 3 workers took it and none answered")
}

// Workers that cannot read a job took its items out of the queue, which the coordinator filled
// anew, for ever.
func TestAJobThatNoWorkerCanReadEnds(t *testing.T) {
	t.Parallel()
	s, _ := small(t)
	a := site(t, 0)
	j, err := NewJob("", s.net, s.ball, false)
	require.NoError(t, err)
	st, err := open(t.Context(), a, "coordinator")
	require.NoError(t, err)
	defer st.close()
	f := newFollower(st, s.options(a), j)
	require.NoError(t, f.submit(t.Context(), s.net))
	require.NoError(t, put(t.Context(), f.texts, netName(&f.Job), []byte("no network")))
	employ(t, Worker{Access: a})
	_, err = Count(t.Context(), s.net, s.ball, s.options(a))
	var failed *FailedError
	require.ErrorAs(t, err, &failed)
	require.Contains(t, err.Error(), "the root: 3 workers took it and none could read the job")
}

// What is wrong with an access in itself was found by the connection, or never, and named no flag.
func TestAnAccessNamesWhatIsWrongWithIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "junk")
	require.NoError(t, os.WriteFile(file, []byte("junk"), 0o600))
	context := filepath.Join(t.TempDir(), "c.json")
	require.NoError(t, os.WriteFile(context, []byte(`{"url":"nats://me:secret@host","creds":"/no/such"}`), 0o600))
	for _, c := range []struct {
		a    Access
		want string
	}{
		{Access{}, `cluster: "": expected an address`},
		{Access{URL: "http://host:80"}, `cluster: "http://host:80": expected an address`},
		{Access{URL: "nats://host:4222,ftp://me:secret@host"}, `cluster: "nats://host:4222,ftp://xxxxx@host": expected an address`},
		{Access{URL: "nats://"}, "expected an address"},
		{Access{URL: "host:0"}, "port 0, expected one from 1 to 65535"},
		{Access{URL: "host", Creds: "/no/such"}, "creds: /no/such: no such file"},
		{Access{URL: "host", Creds: file}, "creds: " + file + ": expected credentials"},
		{Access{URL: "host", Creds: t.TempDir()}, "not a regular file"},
		{Access{URL: "host", CA: file}, "tls-ca: " + file + ": expected certificates"},
		{Access{URL: "host", Cert: file}, "tls-cert: " + file + ": expected a certificate in PEM, beside its key"},
		{Access{URL: "host", Key: "/no/such"}, "tls-key: /no/such: no such file"},
		{Access{Context: "/no/such.json"}, "nats-context: /no/such.json: no such file"},
		{Access{Context: file}, "nats-context: " + file + ": not a context"},
		{Access{Context: context}, "nats-context: " + context + ": creds: /no/such: no such file"},
	} {
		err := c.a.Check()
		require.ErrorContains(t, err, c.want)
		require.NotContains(t, err.Error(), "secret")
		_, dialled := c.a.dial("x")
		require.Equal(t, err, dialled)
	}
	require.NoError(t, Access{URL: "host:4222,tls://me:secret@[::1]:4222"}.Check())
}

// A server that has no room makes nobody wait for ever, and nothing wrong.
func TestAFullStoreIsAnError(t *testing.T) {
	t.Parallel()
	s, _ := small(t)
	a := site(t, 64<<10)
	employ(t, Worker{Access: a})
	o := s.options(a)
	o.Budget, o.trouble, o.VerifyRecords = 10, time.Second, true
	got, err := Count(t.Context(), s.net, s.ball, o)
	require.ErrorContains(t, err, "insufficient")
	require.False(t, got.Exact)
}

// proxy cuts what goes through it every so often.
func proxy(t testing.TB, to string, every time.Duration) string {
	l, err := net.Listen("tcp", loopback+":0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			d, err := net.Dial("tcp", to)
			if err != nil {
				c.Close()
				continue
			}
			time.AfterFunc(every, func() { c.Close(); d.Close() })
			go func() { _, _ = io.Copy(c, d); c.Close() }()
			go func() { _, _ = io.Copy(d, c); d.Close() }()
		}
	}()
	return l.Addr().String()
}

func TestACutConnectionLosesNothing(t *testing.T) {
	t.Parallel()
	s, want := small(t)
	a := site(t, 0)
	_, host, _ := strings.Cut(a.URL, "@")
	slow := func(p *project, path []int8, budget int64, told enumerate.Observer) (journal.Answer, error) {
		time.Sleep(5 * time.Millisecond)
		return p.items.Walk(path, budget, told)
	}
	cut := a
	cut.URL = "nats://relucell:secret@" + proxy(t, host, 400*time.Millisecond)
	employ(t, Worker{Access: cut, walk: slow})
	employ(t, Worker{Access: cut, walk: slow})
	o := s.options(cut)
	o.Budget = 300
	got, err := Count(t.Context(), s.net, s.ball, o)
	require.NoError(t, err)
	require.Equal(t, want.Lower, got.Lower)
	require.True(t, got.Exact)
}

func TestNoCredentialIsLogged(t *testing.T) {
	t.Parallel()
	s, _ := small(t)
	a := site(t, 0)
	require.Contains(t, a.URL, "@127.0.0.1:", "an embedded server listens on the loopback interface")
	var text bytes.Buffer
	a.Log = slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	end := employ(t, Worker{Access: a})
	_, err := Count(t.Context(), s.net, s.ball, s.options(a))
	require.NoError(t, err)
	end()
	require.Contains(t, text.String(), "waiting for items")
	require.NotContains(t, text.String(), "secret")
	for _, u := range []string{"nats://me:secret@127.0.0.1:1", "nats://secret@127.0.0.1:1", "me:secret@127.0.0.1:1", "nats://me:sec ret@127.0.0.1:1", "nats://me:secret/@127.0.0.1:1", "nats://127.0.0.1:2,nats://a:secret@127.0.0.1:1"} {
		_, err := Access{URL: u}.dial("x")
		require.Error(t, err)
		require.NotContains(t, err.Error(), "sec")
	}
	file := t.TempDir() + "/c.json"
	require.NoError(t, os.WriteFile(file, []byte(`{"url":"nats://127.0.0.1:1","password":"secret`), 0o600))
	_, err = Access{Context: file}.dial("x")
	require.ErrorContains(t, err, "not a context")
	require.NotContains(t, err.Error(), "secret")
}

// A context file says all there is to say.
func TestAContextConnects(t *testing.T) {
	t.Parallel()
	a := site(t, 0)
	file := t.TempDir() + "/c.json"
	url := strings.Replace(a.URL, "relucell:secret@", "", 1)
	require.NoError(t, os.WriteFile(file, []byte(`{"url":"`+url+`","user":"relucell","password":"secret"}`), 0o600))
	nc, err := Access{Context: file}.dial("x")
	require.NoError(t, err)
	nc.Close()
	_, err = Access{URL: url}.dial("x")
	require.ErrorContains(t, err, "uthorization", "nobody connects without a password")
}

// A server that takes a connection and says nothing kept everybody for five seconds after a stop.
func TestAStopEndsDialling(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", loopback+":0")
	require.NoError(t, err)
	defer l.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	_, err = Jobs(ctx, Access{URL: "nats://" + l.Addr().String()})
	require.ErrorIs(t, err, why)
}

func TestTextsInPieces(t *testing.T) {
	t.Parallel()
	a := site(t, 0)
	st, err := open(t.Context(), a, "x")
	require.NoError(t, err)
	defer st.close()
	_, texts, err := st.buckets(t.Context(), &Job{Name: "x"}, true)
	require.NoError(t, err)
	for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk} {
		want := bytes.Repeat([]byte{7}, n)
		name := textName(nil, sha256.Sum256(want))
		require.NoError(t, put(t.Context(), texts, name, want))
		got, err := get(t.Context(), texts, name)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got))
	}
}
