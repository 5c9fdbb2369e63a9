package crosscheck

// A user's program in all its moods. The programs are shell scripts, and the examples of the
// documentation.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
)

// script writes a program and returns the command that runs it.
func script(t *testing.T, body string) string {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell here")
	}
	path := filepath.Join(t.TempDir(), "mine.sh")
	require.NoError(t, os.WriteFile(path, []byte(body), 0o644))
	return sh + " " + path
}

func start(t *testing.T, command string, opt ProgramOptions) *Program {
	t.Helper()
	p, err := StartProgram(context.Background(), command, opt)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestProgramAnswers(t *testing.T) {
	n, b := gen.TentMap(3)
	for name, body := range map[string]string{
		"plain integer":     `while read -r line; do echo 137; done`,
		"object, quoted":    `i=0; while read -r line; do i=$((i+1)); echo "{\"id\":$i,\"bound\":\"137\"}"; done`,
		"object, number":    `while read -r line; do echo '{"bound":137}'; done`,
		"spaces":            `while read -r line; do echo '  137 '; done`,
		"noise on stderr":   `while read -r line; do echo thinking >&2; echo 137; done`,
		"carriage returns":  `while read -r line; do printf '137\r\n'; done`,
		"unknown fields":    `while read -r line; do echo '{"bound":"137","seconds":2}'; done`,
		"reads what it got": `while read -r line; do case $line in *'"net":{"relucell-network":1,"inputs":1,'*'"ball":{"norm":"linf","radius":0.5,"center":[0.5]}}') echo 137;; *) echo "$line";; esac; done`,
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, script(t, body), ProgramOptions{})
			for range 3 {
				v, err := p.Value(context.Background(), n, b)
				require.NoError(t, err)
				require.Equal(t, "137", v.String())
			}
			require.NoError(t, p.Close())
			_, err := p.Value(context.Background(), n, b)
			require.ErrorIs(t, err, ErrProgram)
			require.NoError(t, p.Close())
		})
	}
}

func TestProgramFailures(t *testing.T) {
	n, b := gen.TentMap(2)
	for name, c := range map[string]struct{ body, says string }{
		"crashes at once":     {`exit 3`, "exit status 3"},
		"crashes with a word": {`read -r line; echo no memory >&2; exit 1`, "no memory"},
		"ends well too soon":  {`exit 0`, "ended before it answered"},
		"silent":              {`while read -r line; do :; done`, "no answer to case 1 within"},
		"does not read":       {`exec sleep 60`, "no answer to case 1 within"},
		"a word":              {`while read -r line; do echo many; done`, `answered "many", expected an integer`},
		"a float":             {`while read -r line; do echo 1e3; done`, `answered "1e3"`},
		"an empty line":       {`while read -r line; do echo; done`, `answered ""`},
		"bad json":            {`while read -r line; do echo '{"bound":'; done`, `answered "{`},
		"no bound":            {`while read -r line; do echo '{"id":1}'; done`, "expected an integer"},
		"another id":          {`while read -r line; do echo '{"id":7,"bound":"3"}'; done`, "answered for id 7, expected 1"},
		"an endless line":     {`while :; do printf 1111111111111111111111111111111111111111; done`, "a line of more than"},
	} {
		t.Run(name, func(t *testing.T) {
			patience := time.Minute // a busy machine takes its time to start a shell
			if strings.Contains(c.says, "within") {
				patience = 500 * time.Millisecond
			}
			p := start(t, script(t, c.body), ProgramOptions{Timeout: patience})
			before := time.Now()
			_, err := p.Value(context.Background(), n, b)
			require.ErrorIs(t, err, ErrProgram)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "mine.sh")
			_, again := p.Value(context.Background(), n, b)
			require.Equal(t, err, again, "a program that failed is not asked again")
			require.NoError(t, p.Close(), "what was said is not said twice")
			require.Less(t, time.Since(before), 20*time.Second)
		})
	}
}

func TestProgramThatDeclinesStaysInService(t *testing.T) {
	n, b := gen.TentMap(2)
	p := start(t, script(t, `i=0; while read -r line; do i=$((i+1)); if [ $i = 1 ]; then echo '{"error":"too deep"}'; else echo 9; fi; done`), ProgramOptions{})
	_, err := p.Value(context.Background(), n, b)
	require.ErrorContains(t, err, "too deep")
	v, err := p.Value(context.Background(), n, b)
	require.NoError(t, err)
	require.Equal(t, "9", v.String())
}

func TestProgramThatEndsBadlyIsReportedByClose(t *testing.T) {
	n, b := gen.TentMap(2)
	p := start(t, script(t, `read -r line; echo 9; read -r line; echo out of order >&2; exit 5`), ProgramOptions{})
	_, err := p.Value(context.Background(), n, b)
	require.NoError(t, err)
	err = p.Close()
	require.ErrorContains(t, err, "exit status 5")
	require.ErrorContains(t, err, "out of order")
}

func TestProgramRefusals(t *testing.T) {
	_, err := StartProgram(context.Background(), "  ", ProgramOptions{})
	require.ErrorContains(t, err, "expected a program")
	_, err = StartProgram(context.Background(), "/no/such/program", ProgramOptions{})
	require.ErrorIs(t, err, os.ErrNotExist)
	p := start(t, script(t, `while read -r line; do echo 5; done`), ProgramOptions{})
	n, _ := gen.TentMap(1)
	_, err = p.Value(context.Background(), n, gen.AtOrigin(ball.L2, 3))
	require.ErrorContains(t, err, "3 coordinates, expected 1")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = p.Value(ctx, n, gen.AtOrigin(ball.L2, 1))
	require.ErrorIs(t, err, context.Canceled)
}

func TestProgramNames(t *testing.T) {
	require.Equal(t, "mybound", programName([]string{"./bin/mybound", "--fast"}))
	require.Equal(t, "program_test.go", programName([]string{"python3", "program_test.go"}))
	require.Equal(t, "command-serra", programName([]string{"./serra"}))
	require.Equal(t, "command-dial-1", programName([]string{"dial-1"}))
}

// The examples of the documentation are what they say.
func TestExamplePrograms(t *testing.T) {
	ctx := context.Background()
	for _, e := range []struct{ name, same, command string }{
		{"python", "2^N", "python3 ../examples/bound-python/bound.py"},
		{"go", "zaslavsky", filepath.Join(t.TempDir(), "mybound")},
	} {
		t.Run(e.name, func(t *testing.T) {
			tool := "python3"
			if e.name == "go" {
				tool = "go"
			}
			if _, err := exec.LookPath(tool); err != nil {
				t.Skipf("no %s here", tool)
			}
			if e.name == "go" {
				out, err := exec.Command("go", "build", "-o", e.command, "../examples/bound-go").CombinedOutput()
				require.NoError(t, err, string(out))
			}
			p := start(t, e.command, ProgramOptions{})
			same, ok := bound.ByName(e.same)
			require.True(t, ok)
			rep, err := Run(ctx, gen.Cases(11, 80, gen.CaseOptions{}), []bound.Bound{p, same}, RunOptions{Workers: 1, Each: func(r Record) {
				require.NoError(t, r.Results[0].Err)
				require.Equal(t, r.Results[1].Value.String(), r.Results[0].Value.String())
			}})
			require.NoError(t, err)
			require.True(t, rep.Sound())
			require.NoError(t, p.Close())
		})
	}
}

// A program whose bound is too low is caught like any other, and its case shrinks.
func TestProgramThatIsTooLowIsCaught(t *testing.T) {
	ctx := context.Background()
	p := start(t, script(t, `while read -r line; do echo 2; done`), ProgramOptions{})
	rep, err := Run(ctx, gen.Cases(1, 30, gen.CaseOptions{}), []bound.Bound{p}, RunOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, rep.Violations)
	require.False(t, rep.Sound())
	small := rep.ShrinkFailure(ctx, rep.Violations[0], []bound.Bound{p}, 10*time.Second)
	require.Less(t, small.Case.Net.Neurons(), 3)
	require.Contains(t, small.String(), "is below the count")
	var out strings.Builder
	require.NoError(t, rep.Write(&out, "text"))
	require.Contains(t, out.String(), fmt.Sprintf("%d violations.", len(rep.Violations)))
	require.False(t, errors.Is(rep.Bounds[0].FirstError, ErrProgram))
}
