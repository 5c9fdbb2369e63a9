package cluster

// Real processes: the test binary again, in the role that its environment names.

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

const roleVariable = "RELUCELL_TEST_ROLE"

// patienceOfTests keeps items of killed workers from waiting long.
const patienceOfTests = 500 * time.Millisecond

func TestMain(m *testing.M) {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	var err error
	switch role := os.Getenv(roleVariable); role {
	case "":
		// The tests wait for other processes and for time to pass, more than they compute.
		flag.Parse()
		if err := flag.Set("test.parallel", "8"); err != nil {
			panic(err) // package testing has no such flag
		}
		os.Exit(m.Run())
	case "worker":
		err = Worker{Access: Access{URL: os.Getenv("URL"), Log: testLog()}, Workers: 1, Patience: patienceOfTests, walk: slowed}.Work(ctx)
	case "child":
		err = Worker{Access: Access{Log: testLog()}, Workers: 1}.WorkFor(ctx, os.Stdin)
	case "server":
		var s *Server
		port, _ := strconv.Atoi(os.Getenv("PORT"))
		if s, err = Serve(os.Getenv("FOLDER"), port, "secret", 0); err == nil {
			<-ctx.Done()
			s.Close()
		}
	case "count":
		err = countRole(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// slowed makes items take some time whatever the machine, so that kills meet some that are walked.
func slowed(p *project, path []int8, budget int64, told enumerate.Observer) (journal.Answer, error) {
	wait, _ := time.ParseDuration(os.Getenv("SLOW"))
	time.Sleep(wait)
	if os.Getenv("POISON") == spell(path) {
		os.Exit(1)
	}
	return p.items.Walk(path, budget, told)
}

func testLog() *slog.Logger {
	if os.Getenv("RELUCELL_TEST_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// countRole is a coordinator: it writes the proof into FOLDER and prints the count.
func countRole(ctx context.Context) error {
	f, err := os.Open(os.Getenv("NET"))
	if err != nil {
		return err
	}
	n, err := network.ReadCanonical(f)
	if err != nil {
		return err
	}
	var numbers []float64
	if err := json.Unmarshal([]byte(os.Getenv("BALL")), &numbers); err != nil {
		return err
	}
	b, err := ball.New(ball.Norm(numbers[0]), numbers[2:], numbers[1])
	if err != nil {
		return err
	}
	w, err := proof.NewWriter(filepath.Join(os.Getenv("FOLDER"), "proof"), proof.HeaderOf(n, b))
	if err != nil {
		return err
	}
	defer w.Abort()
	budget, _ := strconv.ParseInt(os.Getenv("BUDGET"), 10, 64)
	o := Options{Access: Access{URL: os.Getenv("URL"), Log: testLog()}, Budget: budget, Proof: w, Patience: patienceOfTests, VerifyRecords: os.Getenv("VERIFY") != ""}
	r, err := Count(ctx, n, b, o)
	for err != nil && strings.HasPrefix(err.Error(), Redacted(o.URL)+": ") { // the server died before it was reached: its user tries again
		time.Sleep(pause)
		r, err = Count(ctx, n, b, o)
	}
	if err != nil {
		return err
	}
	if !r.Exact {
		return fmt.Errorf("not exact")
	}
	if err := w.Close(r.Lower); err != nil {
		return err
	}
	fmt.Println(r.Lower, r.Items)
	return nil
}

// process starts the test binary in a role.
func process(role string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), roleVariable+"="+role), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

// freePort returns a port of the loopback interface that is free now.
func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", loopback+":0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// cluster is a server process, with what is started beside it.
type testCluster struct {
	tb      testing.TB
	folder  string
	port    int
	server  *exec.Cmd
	workers []*exec.Cmd
	slow    time.Duration // of each item
}

func newCluster(tb testing.TB, workers int, slow time.Duration) *testCluster {
	c := &testCluster{tb: tb, folder: tb.TempDir(), port: freePort(tb), slow: slow}
	c.startServer()
	for range workers {
		c.workers = append(c.workers, c.startWorker())
	}
	tb.Cleanup(func() {
		for _, w := range c.workers {
			kill(w)
		}
		kill(c.server)
	})
	return c
}

func (c *testCluster) url() string {
	return fmt.Sprintf("nats://relucell:secret@%s:%d", loopback, c.port)
}
func (c *testCluster) access() Access { return Access{URL: c.url(), Log: testLog()} }

func (c *testCluster) startServer() {
	c.server = process("server", "FOLDER="+filepath.Join(c.folder, "server"), fmt.Sprintf("PORT=%d", c.port))
	require.NoError(c.tb, c.server.Start())
	require.Eventually(c.tb, func() bool {
		conn, err := net.Dial("tcp", net.JoinHostPort(loopback, strconv.Itoa(c.port)))
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 20*time.Second, 10*time.Millisecond)
}

func (c *testCluster) startWorker() *exec.Cmd {
	w := process("worker", "URL="+c.url(), "SLOW="+c.slow.String())
	require.NoError(c.tb, w.Start())
	return w
}

func kill(c *exec.Cmd) {
	if c != nil && c.Process != nil {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
}

// replaceWorker kills a worker without warning and starts another.
func (c *testCluster) replaceWorker(i int) {
	kill(c.workers[i])
	c.workers[i] = c.startWorker()
}

// coordinator starts one that counts the subject into a folder.
func (c *testCluster) coordinator(s subject, folder string, budget int64, more ...string) (*exec.Cmd, *strings.Builder) {
	file := filepath.Join(c.tb.TempDir(), "net.json")
	f, err := os.Create(file)
	require.NoError(c.tb, err)
	require.NoError(c.tb, s.net.WriteCanonical(f))
	require.NoError(c.tb, f.Close())
	numbers, err := json.Marshal(append([]float64{float64(s.ball.Norm()), s.ball.Radius()}, s.ball.Center()...))
	require.NoError(c.tb, err)
	cmd := process("count", append([]string{"URL=" + c.url(), "NET=" + file, "BALL=" + string(numbers), "FOLDER=" + folder, fmt.Sprintf("BUDGET=%d", budget)}, more...)...)
	var out strings.Builder
	cmd.Stdout = &out
	require.NoError(c.tb, cmd.Start())
	return cmd, &out
}
