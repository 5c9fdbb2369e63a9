// Bounds from outside: a program in any language, started once, that is asked
// one line of JSON a case and answers one line with an integer.
// docs/bound-protocol.md is the protocol.

package crosscheck

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

// ProgramOptions says how to talk to a program.
type ProgramOptions struct {
	// Timeout is the time that the program has for one case; 0 means 10 s.
	Timeout time.Duration
	// Name names the bound; empty means the base name of the program or of its script.
	Name string
	// Kind is what the program bounds from; empty means upper.
	Kind bound.Kind
}

// Program is a bound that a running program computes. It is for one goroutine
// at a time, and must be ended by Close. After a time-out, a crash or an answer that makes no sense
// it has failed: the program is ended, and each later Value repeats the reason.
type Program struct {
	opt    ProgramOptions
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan answer
	stderr *tail
	sent   int
	err    error
	ended  sync.Once
	waited chan error
}

// answer is a line of the program's output, or the end of it.
type answer struct {
	text []byte
	err  error
}

const (
	defaultProgramTimeout = 10 * time.Second
	// answerBytes bounds a line of output: a million decimal digits.
	answerBytes = 1 << 20
	// stderrBytes of the end of the program's standard error are kept for error messages.
	stderrBytes = 2048
	// closeGrace is how long a program may run on after its input has ended.
	closeGrace = time.Second
)

// ErrProgram is wrapped by every error that is the program's fault.
var ErrProgram = errors.New("bound command")

// StartProgram starts the command, a program and its arguments separated by
// spaces (there is no shell; name a script if one is needed). ctx ends it.
func StartProgram(ctx context.Context, command string, opt ProgramOptions) (*Program, error) {
	words := strings.Fields(command)
	if len(words) == 0 {
		return nil, fmt.Errorf("%w: it is empty, expected a program and its arguments", ErrProgram)
	}
	if opt.Timeout <= 0 {
		opt.Timeout = defaultProgramTimeout
	}
	if opt.Name == "" {
		opt.Name = programName(words)
	}
	if opt.Kind == "" {
		opt.Kind = bound.Upper
	}
	p := &Program{opt: opt, cmd: exec.CommandContext(ctx, words[0], words[1:]...), lines: make(chan answer), stderr: &tail{}, waited: make(chan error, 1)}
	p.cmd.Stderr = p.stderr
	p.cmd.WaitDelay = closeGrace
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = fmt.Errorf("%s: %w", words[0], path.Err) // the system call that failed says nothing to a user
		}
		return nil, fmt.Errorf("%w: %w", ErrProgram, err)
	}
	go p.read(out)
	return p, nil
}

// programName is the base name of the program, or of the script when an
// interpreter is given one; a name that a bound already has gets "command-" before it.
func programName(words []string) string {
	name := filepath.Base(words[0])
	if len(words) > 1 {
		if st, err := os.Stat(words[1]); err == nil && st.Mode().IsRegular() {
			name = filepath.Base(words[1])
		}
	}
	if _, taken := bound.ByName(name); taken || strings.HasPrefix(name, "dial-") || name == "count" {
		name = "command-" + name
	}
	return name
}

// read hands the output over line by line, then waits for the end of the program.
func (p *Program) read(out io.Reader) {
	s := bufio.NewScanner(out)
	s.Buffer(make([]byte, 0, 4096), answerBytes)
	for s.Scan() {
		p.lines <- answer{text: append([]byte(nil), s.Bytes()...)}
	}
	err := s.Err()
	if err != nil { // a line that is too long: nothing more can be understood
		_ = p.cmd.Process.Kill()
	}
	waited := p.cmd.Wait()
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		err = fmt.Errorf("answered a line of more than %d bytes", answerBytes)
	case waited != nil:
		err = fmt.Errorf("ended: %w%s", waited, p.stderr)
	default:
		err = fmt.Errorf("ended before it answered%s", p.stderr)
	}
	p.waited <- waited
	p.lines <- answer{err: err}
	close(p.lines)
}

// Name, Kind and Scope make a Program a bound.Bound.
func (p *Program) Name() string       { return p.opt.Name }
func (p *Program) Kind() bound.Kind   { return p.opt.Kind }
func (p *Program) Scope() bound.Scope { return bound.Local }

// request is a line to the program.
type request struct {
	ID   int             `json:"id"`
	Net  json.RawMessage `json:"net"`
	Ball ball.JSON       `json:"ball"`
}

// Value asks the program.
func (p *Program) Value(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	if err := bound.CheckDims(n, b); err != nil {
		return nil, err
	}
	if p.err != nil {
		return nil, p.err
	}
	v, err := p.ask(ctx, n, b)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	} else if err != nil {
		err = fmt.Errorf("%w %s: %w", ErrProgram, p.opt.Name, err)
	}
	if err != nil && !errors.Is(err, errDeclined) {
		p.err = err
		p.end()
	}
	return v, err
}

// errDeclined is the program's own word that it has no bound for a case: it stays in service.
var errDeclined = errors.New("it declined")

func (p *Program) ask(ctx context.Context, n *network.Network, b ball.Ball) (*big.Int, error) {
	p.sent++
	line, err := json.Marshal(request{p.sent, n.Canonical(), b.JSON()}) // Marshal compacts the text to one line
	if err != nil {
		return nil, err
	}
	written := make(chan struct{})
	go func() {
		_, _ = p.in.Write(append(line, '\n')) // a program that has gone is told by the end of its output
		close(written)
	}()
	timer := time.NewTimer(p.opt.Timeout)
	defer timer.Stop()
	select {
	case a, ok := <-p.lines:
		if !ok {
			return nil, errors.New("ended")
		}
		if a.err != nil {
			return nil, a.err
		}
		<-written
		return parseAnswer(a.text, p.sent)
	case <-timer.C:
		return nil, fmt.Errorf("no answer to case %d within %v%s", p.sent, p.opt.Timeout, p.stderr)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// parseAnswer reads a plain integer, or {"id":…,"bound":"…"} with the bound in quotes or not.
func parseAnswer(text []byte, id int) (*big.Int, error) {
	text = bytes.TrimSpace(text)
	digits := string(text)
	if bytes.HasPrefix(text, []byte("{")) {
		var j struct {
			ID    *int            `json:"id"`
			Bound json.RawMessage `json:"bound"`
			Error string          `json:"error"`
		}
		if err := json.Unmarshal(text, &j); err != nil {
			return nil, fmt.Errorf("answered %s: %w", excerpt(text), err)
		}
		if j.Error != "" {
			return nil, fmt.Errorf("%w case %d: %s", errDeclined, id, j.Error)
		}
		if j.ID != nil && *j.ID != id {
			return nil, fmt.Errorf("answered for id %d, expected %d: one line for each case, in order", *j.ID, id)
		}
		digits = strings.Trim(string(j.Bound), `"`)
	}
	v, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return nil, fmt.Errorf("answered %s, expected an integer or {\"id\":%d,\"bound\":\"…\"}", excerpt(text), id)
	}
	return v, nil
}

// excerpt quotes the start of a line.
func excerpt(text []byte) string {
	const most = 80
	if len(text) > most {
		return fmt.Sprintf("%q…", text[:most])
	}
	return fmt.Sprintf("%q", text)
}

// Close ends the program: its input ends, and if it has not ended a second
// later it is killed. The error says how it ended if that was not well.
func (p *Program) Close() error {
	failed := p.err != nil
	p.end()
	var err error
	select {
	case err = <-p.waited:
		p.waited <- err
	case <-time.After(3 * closeGrace): // a child of the program keeps its output open
	}
	if failed || err == nil {
		return nil // what failed has been said
	}
	return fmt.Errorf("%w %s: %w%s", ErrProgram, p.opt.Name, err, p.stderr)
}

// end ends the input, drains the output, and kills a program that stays.
func (p *Program) end() {
	p.ended.Do(func() {
		_ = p.in.Close()
		if p.err != nil {
			_ = p.cmd.Process.Kill()
		}
		timer := time.AfterFunc(closeGrace, func() { _ = p.cmd.Process.Kill() })
		go func() {
			for range p.lines { // nobody asks any more
			}
			timer.Stop()
		}()
		if p.err == nil {
			p.err = fmt.Errorf("%w %s: closed", ErrProgram, p.opt.Name)
		}
	})
}

// tail keeps the end of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if len(t.buf) > stderrBytes {
		t.buf = append([]byte(nil), t.buf[len(t.buf)-stderrBytes:]...)
	}
	return len(b), nil
}

// String returns what was kept, as the end of an error message.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := strings.TrimSpace(string(t.buf)); s != "" {
		return "; it wrote: " + s
	}
	return ""
}
