// A server and worker processes on this machine. The server listens on the loopback interface alone,
// asks for a password that is drawn for it, and ends with the count; what workers need to know is
// written to their standard input, which no other user can read. When that ends, they end.

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
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
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
	s.server.Shutdown()
	s.server.WaitForShutdown()
}

// Crew is a number of worker processes.
type Crew struct {
	// Command makes one that is to call WorkFor with its standard input.
	Command func() *exec.Cmd
	// URL is where they work; it goes to their standard input.
	URL string
	Log *slog.Logger
	// Answered tells of progress: workers that die all the time without any are an error.
	Answered func() int64

	mu      sync.Mutex
	running map[int]*os.Process
	deaths  atomic.Int64
}

// localPatience is that of an embedded server, whose workers are near.
const localPatience = 3 * time.Second

// mostDeaths of workers without an answer between them end the count.
const mostDeaths = 20

// Run keeps so many processes running until ctx ends.
func (c *Crew) Run(ctx context.Context, n int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.running = map[int]*os.Process{}
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			for ctx.Err() == nil {
				before := c.Answered()
				err := c.one(ctx)
				if ctx.Err() != nil {
					return
				}
				if c.Answered() > before {
					c.deaths.Store(0)
				}
				c.Log.Warn("a worker process ended, starting another", "why", err)
				if c.deaths.Add(1) > mostDeaths {
					cancel(fmt.Errorf("worker processes end before they answer anything: %w", err))
				}
				rest(ctx, pause)
			}
		})
	}
	group.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// one runs a process to its end.
func (c *Crew) one(ctx context.Context) error {
	cmd := c.Command()
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.mu.Lock()
	c.running[cmd.Process.Pid] = cmd.Process
	c.mu.Unlock()
	_, _ = io.WriteString(in, c.URL+"\n")
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
	c.mu.Lock()
	delete(c.running, cmd.Process.Pid)
	c.mu.Unlock()
	if err == nil {
		err = errors.New("it ended of itself")
	}
	return err
}

// Processes returns those that are running.
func (c *Crew) Processes() []*os.Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []*os.Process
	for _, p := range c.running {
		list = append(list, p)
	}
	return list
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
