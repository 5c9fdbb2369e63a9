package main

// serve: a process that lives long and answers the commands' questions, for programs in any
// language. docs/serve.md is the protocol.

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

// protocol is the version of what docs/serve.md says. It rises when a client of today would no
// longer be understood, or would no longer understand; what is only added leaves it.
const protocol = 1

// mostRequests bounds the requests that are not answered yet.
const mostRequests = 1024

// farewell is how long requests that were stopped by the end of input may take to say so.
const farewell = time.Second

// errEnded is the cause of the stop of what runs when the client's input ends.
var errEnded = errors.New("the client's input ended")

type serveCmd struct{ stdio bool }

func newServeCmd() *cobra.Command {
	c := &serveCmd{}
	cmd := &cobra.Command{
		Use:   "serve --stdio",
		Short: "Answer questions of another program, a line each",
		Long: `serve answers on standard output what another program asks on standard input, in lines of JSON, until
the input ends. A request names a command and its options:

  {"id":1,"method":"hello","params":{"protocol":1}}
  {"id":2,"method":"load","params":{"path":"net.onnx"}}
  {"id":3,"method":"count","params":{"net":"net:1","center":[0.5,0.25],"radius":0.5,"bounds":true}}

The answers are those of the commands' --format json. Networks are read once; requests run side by
side, tell their progress, and can be cancelled. docs/serve.md has it all.`,
		Example: `  relucell serve --stdio < requests.jsonl`,
		Args:    exactly(),
		RunE:    action(c.run),
	}
	cmd.Flags().BoolVar(&c.stdio, "stdio", false, "speak on standard input and output, the one way there is")
	return cmd
}

func (c *serveCmd) run(cmd *cobra.Command, _ []string) error {
	if !c.stdio {
		return badInputf("--stdio: missing, expected it: the one way to speak with the server")
	}
	ctx, release := interruptible(cmd)
	defer release()
	return newServer(cmd.OutOrStdout()).serve(ctx, cmd.InOrStdin())
}

// server answers one client.
type server struct {
	out  *messages
	nets *shelf

	mu      sync.Mutex
	running map[string]*task // by the text of their ids
	all     sync.WaitGroup
	greeted bool
	staying bool // finish was asked for: the end of input stops nothing
	closed  bool // nothing is started any more
}

// task is a request that is being answered.
type task struct {
	request
	cancel context.CancelCauseFunc
	credit *credit // nil: none is asked for
}

func newServer(w io.Writer) *server {
	return &server{out: &messages{w: bufio.NewWriter(w)}, nets: newShelf(), running: map[string]*task{}}
}

// serve answers until the input ends, the client listens no more, or ctx ends.
func (s *server) serve(ctx context.Context, in io.Reader) error {
	work, stop := context.WithCancelCause(ctx)
	defer stop(context.Canceled)
	s.out.lost = stop
	ended := make(chan error, 1)
	go func() { ended <- s.read(work, in) }()
	var err error
	select {
	case err = <-ended:
	case <-work.Done():
	}
	done := make(chan struct{})
	stays := s.close()
	go func() { s.all.Wait(); close(done) }()
	if stays && err == nil {
		select {
		case <-done:
		case <-work.Done():
		}
	}
	stop(errEnded)
	select {
	case <-done:
	case <-time.After(farewell): // the process ends, whatever they do
	}
	if err == nil && ctx.Err() != nil {
		return errStopped
	}
	return errors.Join(err, s.out.failure())
}

// close lets nothing more be started, and says whether what runs is to be answered.
func (s *server) close() (stays bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return s.staying
}

// spawn runs f beside the reader. The caller holds the lock.
func (s *server) spawn(f func()) {
	if !s.closed {
		s.all.Go(f)
	}
}

// read starts what the client asks for. It writes nothing itself, so that no client that does not
// listen can keep it from seeing the end.
func (s *server) read(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReader(in)
	for ctx.Err() == nil {
		line, err := readLine(lines, maxLine)
		if err == io.EOF {
			return nil
		}
		if err != nil && err != errLongLine {
			return failed(fmt.Errorf("standard input: %w", err))
		}
		if err == nil && len(line) == 0 {
			continue
		}
		var r request
		if err == nil {
			r, err = readRequest(line)
		}
		s.mu.Lock()
		if err == nil {
			err = s.start(ctx, r)
		}
		if err != nil {
			s.spawn(func() { s.out.end(r.ID, outcome{Error: &callError{exitInput, oneLine(err)}}) })
		}
		s.mu.Unlock()
	}
	return nil
}

// start starts the answer of a request, or says why it does not. The caller holds the lock.
func (s *server) start(ctx context.Context, r request) error {
	id := string(r.ID)
	if !s.greeted && r.Method != "hello" {
		return fmt.Errorf(`hello: missing, expected {"id":1,"method":"hello","params":{"protocol":%d}} first`, protocol)
	}
	if s.running[id] != nil {
		return fmt.Errorf("id: %s is that of a request that runs, expected another", id)
	}
	if len(s.running) >= mostRequests {
		return fmt.Errorf("%d requests run, expected that some are answered first", mostRequests)
	}
	answer, err := s.method(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	t := &task{request: r, cancel: cancel}
	if r.Credit != nil {
		t.credit = newCredit(*r.Credit)
	}
	s.running[id] = t
	s.spawn(func() {
		o := answer(ctx, t)
		cancel(context.Canceled)
		s.mu.Lock()
		delete(s.running, id) // before the answer is seen, so that the id is free by then
		s.mu.Unlock()
		s.out.end(t.ID, o)
	})
	return nil
}

// method is what answers a request. What is about other requests is done at once, in the order of
// the lines, and its answer says so.
func (s *server) method(r request) (func(context.Context, *task) outcome, error) {
	at := func(v any, err error) (func(context.Context, *task) outcome, error) {
		return func(context.Context, *task) outcome { return value(v) }, err
	}
	switch r.Method {
	case "hello":
		return at(s.hello(r.Params))
	case "load":
		return s.load, nil
	case "unload":
		var p struct{ Net string }
		err := fill(r.Params, &p)
		return at(map[string]bool{"unloaded": err == nil && s.nets.drop(p.Net)}, err)
	case "cancel":
		return at(s.cancel(r.Params))
	case "credit":
		return at(s.more(r.Params))
	case "finish":
		s.staying = true
		return at(struct{}{}, nil)
	}
	nets := s.nets.view() // in the order of the lines: a later unload takes nothing from it
	return func(ctx context.Context, t *task) outcome { return s.command(ctx, t, nets) }, nil
}

// hello compares versions.
func (s *server) hello(params json.RawMessage) (any, error) {
	var p struct {
		Protocol int
		Client   string
	}
	if err := fill(params, &p); err != nil {
		return nil, err
	}
	if p.Protocol != protocol {
		return nil, fmt.Errorf("protocol: %d, expected %d, that of relucell %s", p.Protocol, protocol, version())
	}
	s.greeted = true
	return struct {
		Protocol int      `json:"protocol"`
		Version  string   `json:"version"`
		Methods  []string `json:"methods"`
	}{protocol, version(), slices.Sorted(maps.Keys(callable))}, nil
}

// command answers by a command.
func (s *server) command(ctx context.Context, t *task, nets *shelf) outcome {
	c := &call{method: t.Method, params: t.Params, nets: nets, item: func(line []byte) error {
		if err := t.credit.spend(ctx); err != nil {
			return err
		}
		return s.out.item(t.ID, line)
	}}
	if t.Progress {
		c.progress = func(v any) { s.out.progress(t.ID, v) }
	}
	return c.run(ctx)
}

// cancel stops a request, which answers that itself.
func (s *server) cancel(params json.RawMessage) (any, error) {
	var p struct{ ID json.RawMessage }
	if err := fill(params, &p); err != nil {
		return nil, err
	}
	t := s.running[string(p.ID)]
	if t != nil {
		t.cancel(errCancelled)
	}
	return map[string]bool{"cancelled": t != nil}, nil
}

// more lets a request send more items.
func (s *server) more(params json.RawMessage) (any, error) {
	var p struct {
		ID    json.RawMessage
		Items int64
	}
	if err := fill(params, &p); err != nil {
		return nil, err
	}
	if p.Items < 1 {
		return nil, fmt.Errorf("items: %d, expected a whole number of at least 1", p.Items)
	}
	t := s.running[string(p.ID)]
	if t != nil {
		t.credit.add(p.Items)
	}
	return map[string]bool{"running": t != nil}, nil
}
