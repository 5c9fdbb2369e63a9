// A server and worker processes on this machine. The server listens on the loopback interface
// alone, asks for a password that is drawn for it, and ends with the count; what workers need to
// know is written to their standard input, which no other user can read. When that ends, they end.

package cluster

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

// Server is an embedded server.
type Server struct {
	server *server.Server
	// URL has the password in it.
	URL string
	// Folder is where it keeps what it is told.
	Folder string
}

const (
	// loopback is all that an embedded server listens on.
	loopback = "127.0.0.1"
	// ready is how long it may take to start.
	ready = 20 * time.Second
	// syncEvery is the time after which what was written is beyond the reach of a power cut; a
	// killed process loses nothing.
	syncEvery = 5 * time.Second
)

// Serve starts a server that keeps its files in a folder, on a port of its choice where that is 0.
// most limits what it keeps, in bytes, 0 by the disk alone.
func Serve(folder string, port int, password string, most int64) (*Server, error) {
	if password == "" {
		password = rand.Text()
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	o := &server.Options{ServerName: "relucell", Host: loopback, Port: port, Username: "relucell", Password: password, JetStream: true,
		StoreDir: folder, SyncInterval: syncEvery, NoSigs: true, NoLog: true, JetStreamMaxStore: most}
	s, err := server.NewServer(o)
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(ready) {
		s.Shutdown()
		return nil, fmt.Errorf("the server does not start in %s", folder)
	}
	u := url.URL{Scheme: "nats", Host: s.Addr().String(), User: url.UserPassword("relucell", password)}
	return &Server{server: s, URL: u.String(), Folder: folder}, nil
}

// Close ends it; the files stay.
func (s *Server) Close() {
	_ = s.server.ShutdownJetStream() // first, for else it waits a while for clients that are told of its end
	s.server.Shutdown()
	s.server.WaitForShutdown()
}

// Local says how to count by processes of this machine.
type Local struct {
	Processes int
	// Folder is where the server keeps its files, so that the same count goes on from there; "" is
	// a folder that goes with the count.
	Folder string
	// Command makes a process that is to call WorkFor with its standard input.
	Command func() *exec.Cmd
}

// CountLocal counts n in b by worker processes over a server of its own. Access is not looked at,
// but for its Log.
func CountLocal(ctx context.Context, n *network.Network, b ball.Ball, o Options, l Local) (Result, error) {
	folder := l.Folder
	if folder == "" {
		var err error
		if folder, err = files.TemporaryFolder("relucell-"); err != nil {
			return Result{}, err
		}
		defer files.Discard(folder)
		o.passing = true
	}
	s, err := Serve(folder, 0, "", 0)
	if err != nil {
		return Result{}, err
	}
	defer s.Close()
	o.Access, o.Patience, o.Workers = Access{URL: s.URL, Log: o.Log}, localPatience, l.Processes
	var items atomic.Int64
	progress := o.Progress
	o.Progress = func(p Progress) {
		items.Store(p.Items)
		if progress != nil {
			progress(p)
		}
	}
	c := &crew{command: l.Command, url: s.URL, log: o.log(), answered: items.Load}
	ctx, cancel := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() {
		err := c.run(ctx, l.Processes)
		cancel(err)
		ended <- err
	}()
	r, err := Count(ctx, n, b, o)
	cancel(nil)
	return r, errors.Join(<-ended, err)
}

// crew is a number of worker processes.
type crew struct {
	command  func() *exec.Cmd
	url      string // it goes to their standard input
	log      *slog.Logger
	answered func() int64
	deaths   atomic.Int64 // without an answer between them
}

// localPatience is that of an embedded server, whose workers are near.
const localPatience = 3 * time.Second

// mostDeaths of workers without an answer between them end the count.
const mostDeaths = 20

// deadError says that workers end all the time.
type deadError struct{ last error }

func (e *deadError) Error() string {
	return fmt.Sprintf("%d worker processes ended and none answered, the last one with: %v", mostDeaths, e.last)
}
func (e *deadError) Unwrap() error { return e.last }

// run keeps so many processes running until ctx ends.
func (c *crew) run(ctx context.Context, n int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			for ctx.Err() == nil {
				before := c.answered()
				err := c.one(ctx)
				if ctx.Err() != nil {
					return
				}
				if c.answered() > before {
					c.deaths.Store(0)
				}
				c.log.Warn("a worker process ended, starting another", "why", err)
				if c.deaths.Add(1) > mostDeaths {
					cancel(&deadError{err})
				}
				rest(ctx, pause)
			}
		})
	}
	group.Wait()
	var dead *deadError
	if err := context.Cause(ctx); errors.As(err, &dead) {
		return err
	}
	return nil
}

// one runs a process to its end.
func (c *crew) one(ctx context.Context) error {
	cmd := c.command()
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	_, _ = io.WriteString(in, c.url+"\n")
	ended := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			in.Close() // which asks it to end
			select {
			case <-ended:
			case <-time.After(2 * time.Second):
				_ = cmd.Process.Kill()
			}
		case <-ended:
		}
	}()
	err = cmd.Wait()
	close(ended)
	if err == nil {
		err = errors.New("it ended of itself")
	}
	return err
}

// WorkFor works for the process at the other end of in, which tells the address, until that ends.
func (o Worker) WorkFor(ctx context.Context, in io.Reader) error {
	r := bufio.NewReader(in)
	line, err := r.ReadString('\n')
	if err != nil {
		return errors.New("standard input: expected the address of the server")
	}
	o.URL, o.Patience = strings.TrimSpace(line), localPatience
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, r)
		cancel()
	}()
	return o.Work(ctx)
}
