package main

// Stops of real processes, wherever they find them. Their own limits are loose: what is tested is
// that they end at all, with what is certain.

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
	"github.com/relucell/relucell/network/onnx"
)

// loose is how long a stopped process may take on a busy machine.
const loose = 20 * time.Second

// wideNet writes a random network of the given widths, the inputs first.
func wideNet(t *testing.T, widths ...int) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var ls []network.Layer
	for i, m := range widths[1:] {
		l := network.Layer{W: mat.NewDense(m, widths[i], nil), B: make([]float64, m), Act: network.ReLU}
		l.Dense().Apply(func(_, _ int, _ float64) float64 { return float64(float32(rng.NormFloat64())) }, l.W)
		ls = append(ls, l)
	}
	n, err := network.New(ls)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "wide.onnx")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, onnx.Write(f, n, true))
	require.NoError(t, f.Close())
	return path
}

// process is a started command.
type process struct {
	*exec.Cmd
	out, errs bytes.Buffer
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(binary, args...)}
	p.Stdout, p.Stderr = &p.out, &p.errs
	require.NoError(t, p.Start())
	return p
}

// end waits for the process, which must end by itself within a loose limit, and returns its exit
// code.
func (p *process) end(t *testing.T) int {
	t.Helper()
	late := time.AfterFunc(loose, func() { _ = p.Process.Kill() })
	_ = p.Wait()
	require.True(t, late.Stop(), "it did not end: %s", p.errs.String())
	return p.ProcessState.ExitCode()
}

// The survey of layers of a thousand did not know of the time limit: 1.3 s of processor time for
// 100 ms, and hours for wider ones. On a busy machine the limit may be reached before the walk, or
// the proof, has begun: then it is tried again with twice the time.
func TestTimeoutOfWideLayersLeavesABracket(t *testing.T) {
	for _, widths := range [][]int{{2, 1000, 1000, 1}, {3, 400, 400, 400, 1}, {700, 900, 800, 10}} {
		path := wideNet(t, widths...)
		proof := filepath.Join(t.TempDir(), "proof")
		for _, more := range [][]string{nil, {"--proof", proof}, {"--gap", "0.1"}} {
			begun := false
			for limit := 100 * time.Millisecond; !begun; limit *= 2 {
				require.Less(t, limit, loose, "the walk does not begin: %v", widths)
				p := start(t, append([]string{"count", path, "--center", "0", "--radius", "1", "--timeout", limit.String(), "--format", "json"}, more...)...)
				require.Equal(t, exitStopped, p.end(t), p.errs.String())
				if strings.Contains(p.errs.String(), "stopped before the network was read") {
					continue
				}
				j := parseCount(t, p.out.String())
				require.False(t, *j.Exact)
				require.NotEmpty(t, j.Regions.Upper)
				require.NotEqual(t, "0", j.Regions.Lower)
				begun = more == nil || more[0] != "--proof" || exists(proof)
			}
		}
		require.Contains(t, succeed(t, "check", path, proof), "VERIFIED  at least")
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// The time limit began when the network had been read, and an interrupt killed a command that was
// reading.
func TestStopsAreHeardWhileTheNetworkIsRead(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "net.json")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	ball := []string{"--center", "0", "--radius", "1"}
	for _, command := range []string{"count", "list", "bound", "plot"} {
		args := append([]string{command, pipe}, ball...)
		if command == "plot" {
			args = append(args, "-o", filepath.Join(t.TempDir(), "map.svg"))
		}
		p := start(t, append(args, "--timeout", "50ms")...)
		require.Equal(t, exitStopped, p.end(t), command)
		require.Equal(t, "relucell: "+pipe+": stopped before the network was read: --timeout reached\n", p.errs.String())
		require.Empty(t, p.out.String())

		p = start(t, args...)
		w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the reader
		require.NoError(t, err)
		require.NoError(t, p.Process.Signal(os.Interrupt))
		require.Equal(t, exitStopped, p.end(t), command)
		require.Contains(t, p.errs.String(), "stopped before the network was read: interrupted")
		require.NoError(t, w.Close())
	}
}

// An interrupt before the walk was heard once the survey had ended.
func TestInterruptBeforeTheWalkPrintsABracket(t *testing.T) {
	path := wideNet(t, 700, 900, 800, 10)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd := exec.Command(binary, "count", path, "--center", "0", "--radius", "1", "--verbose")
		var out bytes.Buffer
		cmd.Stdout = &out
		errs, err := cmd.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		late := time.AfterFunc(loose, func() { _ = cmd.Process.Kill() })
		lines := bufio.NewScanner(errs)
		for lines.Scan() && !strings.Contains(lines.Text(), "walking") {
		}
		require.NoError(t, cmd.Process.Signal(sig))
		for lines.Scan() {
		}
		_ = cmd.Wait()
		require.True(t, late.Stop(), "it did not end")
		require.Equal(t, exitStopped, cmd.ProcessState.ExitCode())
		require.Contains(t, out.String(), "stopped early, interrupted")
	}
}

// A point, or points, in a pipe that nobody writes to were waited for beyond any stop.
func TestStopsAreHeardWhilePointsAreRead(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "points.csv")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	folder := t.TempDir()
	for _, args := range [][]string{
		{"count", moons, "--radius", "1", "--center", "@" + pipe},
		{"count", moons, "--radii", "1", "--centers", pipe},
		{"radius", moons, "--center", "@" + pipe},
		{"plot", moons, "--box=-1:1", "--points", pipe, "-o", filepath.Join(folder, "map.svg")},
		{"plot", moons, "--box=-1:1", "--origin", "@" + pipe, "--inputs", "0,1", "-o", filepath.Join(folder, "map.svg")},
	} {
		p := start(t, append(args, "--timeout", "50ms")...)
		require.Equal(t, exitStopped, p.end(t), args)
		require.Contains(t, p.errs.String(), "--timeout reached", args)
		require.Equal(t, 1, strings.Count(p.errs.String(), "\n"))
	}
	p := start(t, "eval", moons, "--at", "@"+pipe)
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the reader
	require.NoError(t, err)
	require.NoError(t, p.Process.Signal(os.Interrupt))
	require.Equal(t, exitStopped, p.end(t))
	require.Contains(t, p.errs.String(), "stopped before it was read: interrupted")
	require.NoError(t, w.Close())
}

// A stop before a cluster or a corpus was there was a failure, of exit code 1.
func TestAStopBeforeAnythingIsAStop(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // a server that says nothing
	require.NoError(t, err)
	defer l.Close()
	_, stderr, code := relucell(t, "count", data+"two_moons_2-16-16-1.json", "--box=-1:1", "--cluster", "nats://"+l.Addr().String(), "--timeout", "100ms")
	require.Equal(t, exitStopped, code, stderr)
	require.Contains(t, stderr, "stopped before anything was counted: --timeout reached")

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errInterrupted)
	for _, args := range [][]string{
		{"crosscheck", "--cases", "2", "--corpus", filepath.Join(t.TempDir(), "corpus")},
		{"jobs", "--cluster", "nats://" + l.Addr().String()},
	} {
		root := newRootCmd(io.Discard)
		root.SetArgs(args)
		_, err := root.ExecuteContextC(ctx)
		require.Equal(t, exitStopped, codeOf(err), "%v: %v", args, err)
		require.ErrorIs(t, err, errInterrupted)
	}
}

// Converted, unrolled and sliced networks were written until a signal ended the process, and what
// was half written stayed beside them under a hidden name.
func TestAStopLeavesNothingHalfWritten(t *testing.T) {
	n, _, err := load.Read(data+"two_moons_2-16-16-1.json", load.Options{})
	require.NoError(t, err)
	ctx, stop := context.WithCancelCause(context.Background())
	stop(errInterrupted)
	dir := t.TempDir()
	for _, write := range []func() error{
		func() error { return writeText(ctx, newRootCmd(io.Discard), filepath.Join(dir, "a.json"), "", n) },
		func() error { return writeNetFile(ctx, filepath.Join(dir, "b.json"), n, false) },
		func() error { return writeNetFile(ctx, filepath.Join(dir, "c.onnx"), n, false) },
	} {
		err := write()
		require.ErrorContains(t, err, ": stopped before it was written: interrupted")
		var exit *exitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, exitStopped, exit.code)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
