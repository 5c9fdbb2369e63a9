package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const hello = `{"id":0,"method":"hello","params":{"protocol":1}}`

// message is a line of the server.
type message struct {
	ID       json.RawMessage
	Progress json.RawMessage
	Item     json.RawMessage
	Result   json.RawMessage
	Error    *callError
	Log      []string
	line     string
}

func (m message) last() bool { return m.Result != nil || m.Error != nil }

// conversation is a server within the test, which has said hello.
type conversation struct {
	t     *testing.T
	in    *io.PipeWriter
	lines *bufio.Scanner
	ended chan error
}

func converse(t *testing.T) *conversation {
	t.Helper()
	in, input := io.Pipe()
	output, out := io.Pipe()
	c := &conversation{t: t, in: input, lines: bufio.NewScanner(output), ended: make(chan error, 1)}
	c.lines.Buffer(nil, 1<<24)
	go func() {
		c.ended <- newServer(out).serve(context.Background(), in)
		out.Close()
	}()
	t.Cleanup(func() {
		input.Close()
		output.Close()
		select {
		case <-c.ended:
		case <-time.After(loose):
			t.Error("the server goes on")
		}
	})
	c.say(hello)
	require.Nil(t, c.end("0").Error)
	return c
}

func (c *conversation) say(line string) {
	c.t.Helper()
	_, err := io.WriteString(c.in, line+"\n")
	require.NoError(c.t, err)
}

func (c *conversation) next() (m message) {
	c.t.Helper()
	require.True(c.t, c.lines.Scan(), "%v", c.lines.Err())
	require.NoError(c.t, json.Unmarshal(c.lines.Bytes(), &m), c.lines.Text())
	m.line = c.lines.Text()
	return m
}

// end reads up to the last message of a request.
func (c *conversation) end(id string) message {
	c.t.Helper()
	for {
		if m := c.next(); string(m.ID) == id && m.last() {
			return m
		}
	}
}

// ask is say and end.
func (c *conversation) ask(id, method, params string) message {
	c.t.Helper()
	c.say(fmt.Sprintf(`{"id":%s,"method":"%s","params":%s}`, id, method, params))
	return c.end(id)
}

// load returns the handle of a network.
func (c *conversation) load(path string) string {
	c.t.Helper()
	var l loadedJSON
	m := c.ask(`"load"`, "load", string(plain(map[string]string{"path": path})))
	require.Nil(c.t, m.Error)
	require.NoError(c.t, json.Unmarshal(m.Result, &l))
	return l.Net
}

var ofVersion = regexp.MustCompile(`"version":"[^"]*"`)

// The conversation of docs/serve.md is a golden file. Each line of the client waits for the answer
// of the one before.
func TestServeTranscript(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "serve.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, _ := strings.Cut(string(text), "```transcript\n")
	block, after, found := strings.Cut(rest, "```\n")
	require.True(t, found)
	cmd := exec.Command(binary, "serve", "--stdio")
	cmd.Dir = filepath.Join("..", "..")
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	c := &conversation{t: t, lines: bufio.NewScanner(out)}
	var got strings.Builder
	for line := range strings.Lines(block) {
		said, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		got.WriteString(line)
		_, err := io.WriteString(in, said)
		require.NoError(t, err)
		for last := false; !last; {
			m := c.next()
			last = m.last()
			got.WriteString("< " + masked(ofVersion.ReplaceAllString(m.line, `"version":"development"`)) + "\n")
		}
	}
	require.NoError(t, in.Close())
	require.NoError(t, cmd.Wait())
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(before+"```transcript\n"+got.String()+"```\n"+after), 0o644))
		block = got.String()
	}
	require.Equal(t, block, got.String(), "go test ./cmd/relucell -update accepts a wanted change")
}

// A call gives what the command prints.
func TestCallsAreCommands(t *testing.T) {
	moons, proof := data+"two_moons_2-16-16-1.onnx", filepath.Join(t.TempDir(), "a.proof")
	c := converse(t)
	handle := c.load(moons)
	for i, at := range []struct {
		params string
		args   []string
	}{
		{`{"center":[0.5,0.25],"radius":0.5,"bounds":true,"proof":"` + proof + `"}`, []string{"count", "--center=0.5,0.25", "--radius=0.5", "--bounds", "--proof", proof}},
		{`{"box":[[-1.5,2.5],[-1,1.5]]}`, []string{"count", "--box=-1.5:2.5,-1:1.5"}},
		{`{"box":[[-1.5,2.5],[1,1]]}`, []string{"count", "--box=-1.5:2.5,1:1"}},
		{`{"center":0.25,"radius":1e-1}`, []string{"bound", "--center=0.25", "--radius=1e-1"}},
		{`{"proof":"` + proof + `"}`, []string{"check", proof}},
		{`{"proof":"` + moons + `"}`, []string{"check", moons}},
		{`{"box":"-1:1","of":"2*y0","max":true}`, []string{"range", "--box=-1:1", "--of", "2*y0", "--max"}},
		{`{"box":"-1:1","norm":"linf"}`, []string{"lipschitz", "--box=-1:1", "--norm=linf"}},
		{`{"center":[0,1],"norm":"l2"}`, []string{"radius", "--center=0,1", "--norm=l2"}},
		{`{"spec":"` + data + `two_moons.vnnlib"}`, []string{"verify", data + "two_moons.vnnlib"}},
		{`{}`, []string{"info"}},
		{`{"radius":1}`, []string{"count", "--radius=1"}},
		{`{"center":"0,0,0","radius":1}`, []string{"count", "--center=0,0,0", "--radius=1"}},
	} {
		out, errs, code := relucell(t, append([]string{at.args[0], moons, "--format=json"}, at.args[1:]...)...)
		params := strings.Replace(at.params, "{", `{"net":"`+handle+`",`, 1)
		m := c.ask(fmt.Sprint(i), at.args[0], strings.Replace(params, ",}", "}", 1))
		ours := masked(strings.ReplaceAll(out, moons, handle))
		require.Equal(t, strings.TrimSpace(ours), masked(string(m.Result)), at.args)
		if code == exitDone {
			require.Nil(t, m.Error, at.args)
			continue
		}
		require.Equal(t, code, m.Error.Code, at.args)
		require.Contains(t, errs, m.Error.Message, at.args)
	}
	m := c.ask("90", "count", `{"net":"`+moons+`","box":"-1:1"}`)
	require.Nil(t, m.Error, "a file's name does as well")
}

// So does one of a command with other arguments than a network: two networks, one that may be left
// out, and rows in the place of a file.
func TestCallsWithOtherArguments(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	c := converse(t)
	moons, concurrent := data+"two_moons_2-16-16-1.json", data+"degenerate/concurrent.json"
	made := t.TempDir()
	csv, file := filepath.Join(made, "rows.csv"), func(name string) string { return filepath.Join(made, name) }
	require.NoError(t, os.WriteFile(file("two.csv"), []byte("0,1\n1,2\n2,0\n"), 0o644))
	require.NoError(t, os.WriteFile(file("rnn.json"), []byte(rnnText), 0o644))
	require.NoError(t, os.WriteFile(file("one.csv"), []byte("1\n"), 0o644))
	succeed(t, "cone", "rays", file("one.csv"), "-o", file("cone.json"))
	succeed(t, "landscape", "optimum", file("two.csv"), "--decay=0.1", "--proof", file("bound"), "-o", file("best.json"))
	handles := strings.NewReplacer("BEST", c.load(file("best.json")), "MOONS", c.load(moons), "CONCURRENT", c.load(concurrent), "MADE", made)
	for i, at := range []struct{ method, rows, params, args string }{
		{"diff", "", `"a":"MOONS","b":"CONCURRENT","box":"-1:1"`, "MOONS CONCURRENT --box=-1:1"},
		{"diff", "", `"a":"MOONS","b":"MOONS","center":0,"radius":0.5,"at-most":0`, "MOONS MOONS --center=0 --radius=0.5 --at-most=0"},
		{"canonical", "", `"net":"CONCURRENT","other":"CONCURRENT"`, "CONCURRENT CONCURRENT"},
		{"canonical", "", `"net":"CONCURRENT"`, "CONCURRENT"},
		{"cone rays", "1,0\n0,1/2\n", `"a":[[1,0],[0,"1/2"]]`, "ROWS"},
		{"cone check", "1\n", `"net":"CONCURRENT","a":[[1]],"box":[[-1,1],[-1,1]]`, "CONCURRENT ROWS --box=-1:1"},
		{"landscape patterns", "0,1\n1,2\n2,0\n", `"data":[[0,1],[1,2],[2,0]]`, "ROWS"},
		{"landscape optimum", "0,1\n1,2\n2,0\n", `"data":[[0,1],[1,2],[2,0]],"decay":0.1`, "ROWS --decay=0.1"},
		{"landscape check", "0,1\n1,2\n2,0\n", `"data":[[0,1],[1,2],[2,0]],"proof":"MADE/bound","decay":0.1,"net":"BEST"`, "ROWS MADE/bound --decay=0.1 --net MADE/best.json"},
		{"cone layer", "", `"net":"CONCURRENT","cone":"MADE/cone.json","output":"MADE/layer.json"`, "CONCURRENT --cone MADE/cone.json -o MADE/layer.json"},
		{"unroll", "", `"rnn":"MADE/rnn.json","steps":3,"output":"-"`, "MADE/rnn.json --steps=3 -o -"},
		{"landscape census", "0,1\n1,2\n2,0\n", `"data":[[0,1],[1,2],[2,0]],"neurons":1,"no-bias":true`, "ROWS --neurons=1 --no-bias"},
	} {
		require.NoError(t, os.WriteFile(csv, []byte(at.rows), 0o644))
		line := strings.NewReplacer("MOONS", moons, "CONCURRENT", concurrent, "ROWS", csv, "MADE", made).Replace(at.method + " " + at.args)
		text := at.method == "cone layer" || at.method == "unroll"
		if !text {
			line += " --format=json"
		}
		out, errs, code := relucell(t, strings.Fields(line)...)
		m := c.ask(fmt.Sprint(i), at.method, handles.Replace("{"+at.params+"}"))
		ours := func(text string) string {
			for _, name := range []string{`"a"`, `"b"`, `"file"`} {
				text = regexp.MustCompile(name+`:"[^"]*"`).ReplaceAllString(text, name+`:""`)
			}
			return masked(text)
		}
		got := string(m.Result)
		if text {
			var r struct{ Text string }
			require.NoError(t, json.Unmarshal(m.Result, &r), line)
			got = strings.TrimSpace(r.Text)
		}
		require.Equal(t, strings.TrimSpace(ours(out)), ours(got), line)
		require.NotEmpty(t, got, line)
		if code != exitDone {
			require.Equal(t, code, m.Error.Code, line)
			require.NotEmpty(t, errs)
		} else {
			require.Nil(t, m.Error, line)
		}
	}
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestNetworksAreLoadedInThreeWays(t *testing.T) {
	c := converse(t)
	text, err := os.ReadFile(data + "two_moons_2-16-16-1.json")
	require.NoError(t, err)
	model, err := os.ReadFile(data + "two_moons_2-16-16-1.onnx")
	require.NoError(t, err)
	var stamps []string
	for i, params := range []any{
		map[string]any{"path": data + "two_moons_2-16-16-1.onnx"},
		map[string]any{"text": string(text)},
		map[string]any{"data": model, "format": "onnx"},
		map[string]any{"data": text, "format": ".json"},
	} {
		m := c.ask(fmt.Sprint(i+1), "load", string(plain(params)))
		require.Nil(t, m.Error)
		var l loadedJSON
		require.NoError(t, json.Unmarshal(m.Result, &l))
		require.Equal(t, fmt.Sprintf("net:%d", i+1), l.Net)
		stamps = append(stamps, l.Info.Net.SHA256)
	}
	for _, s := range stamps {
		require.Equal(t, stamps[0], s)
	}
	for params, want := range map[string]string{
		`{}`:                                "expected one of path, text and data",
		`{"path":"a.onnx","text":"{}"}`:     "expected one of path, text and data",
		`{"data":"AAAA"}`:                   "format: expected beside data",
		`{"data":"AAAA","format":"doc"}`:    "unknown ending",
		`{"data":"AAAA","format":"onnx"}`:   "data.onnx: not an ONNX model",
		`{"path":"none.onnx"}`:              "no such file",
		`{"path":"none.onnx","shape":true}`: `unknown field "shape"`,
		`{"path":"none.onnx","batch":-1}`:   "batch: -1",
		`{"text":"{","output":"y"}`:         "only .onnx files",
	} {
		m := c.ask("7", "load", params)
		require.Equal(t, exitInput, m.Error.Code)
		require.Contains(t, m.Error.Message, want)
		require.Nil(t, m.Result)
	}
	require.Contains(t, c.ask("8", "count", `{"net":"net:1","box":"-1:1","batch":2}`).Error.Message, "read already")
	require.Contains(t, c.ask("8", "count", `{"net":"net:9","box":"-1:1"}`).Error.Message, "net:9: no network has this handle")
}

func TestAServerWantsAHelloFirst(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, newServer(&out).serve(context.Background(), strings.NewReader(`{"id":1,"method":"info"}`)))
	require.Contains(t, out.String(), `{"id":1,"error":{"code":2,"message":"hello: missing, expected`)
	out.Reset()
	require.NoError(t, newServer(&out).serve(context.Background(), strings.NewReader("")))
	require.Empty(t, out.String())
	_, errs, code := relucell(t, "serve")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "--stdio: missing")
}

// endless is a count that ends in no test.
func endless(t *testing.T, handle string) string {
	return fmt.Sprintf(`{"id":"endless","method":"count","params":{"net":"%s","center":0,"radius":10},"progress":true}`, handle)
}

// What is asked before an unload is answered, however late it starts.
func TestUnloadComesAfterWhatWasAsked(t *testing.T) {
	c := converse(t)
	for i := range 50 {
		h := c.load(data + "degenerate/concurrent.json")
		c.say(fmt.Sprintf(`{"id":1,"method":"count","params":{"net":"%s","box":"-1:1"}}%s{"id":"u%d","method":"unload","params":{"net":"%s"}}`, h, "\n", i, h))
		for ended := 0; ended < 2; ended++ {
			require.Nil(t, c.next().Error)
		}
	}
}

func TestCancelEndsACountWithItsBracket(t *testing.T) {
	c := converse(t)
	wide, moons := c.load(wideNet(t, 8, 40, 40, 40)), c.load(data+"two_moons_2-16-16-1.onnx")
	c.say(endless(t, wide))
	require.Contains(t, string(c.next().Progress), `"lower"`)
	require.Nil(t, c.ask("1", "count", `{"net":"`+moons+`","box":"-1:1"}`).Error, "others run beside it")
	c.say(endless(t, wide))
	for m := c.next(); ; m = c.next() {
		if m.Error != nil {
			require.Contains(t, m.Error.Message, "that of a request that runs")
			break
		}
	}
	c.say(`{"id":2,"method":"cancel","params":{"id":"endless"}}`)
	m := c.end(`"endless"`)
	require.Equal(t, exitStopped, m.Error.Code)
	require.Contains(t, string(m.Result), `"exact":false`)
	require.Contains(t, string(m.Result), `"regions":{"lower":"`)
	require.JSONEq(t, `{"cancelled":false}`, string(c.ask("3", "cancel", `{"id":"endless"}`).Result))
}

func TestAStoppedCountSaysWhy(t *testing.T) {
	c := converse(t)
	wide := c.load(wideNet(t, 8, 40, 40, 40))
	m := c.ask("1", "count", `{"net":"`+wide+`","box":"-9:9","limit":5}`)
	require.Equal(t, &callError{exitStopped, "stopped early: --limit reached"}, m.Error)
	require.Contains(t, string(m.Result), `"exact":false`)
	require.Empty(t, m.Log)
}

func TestTheEndOfInputStopsWhatRuns(t *testing.T) {
	wide := wideNet(t, 8, 40, 40, 40)
	for name, end := range map[string]func(*exec.Cmd, io.Closer) error{
		"input":     func(_ *exec.Cmd, in io.Closer) error { return in.Close() },
		"interrupt": func(c *exec.Cmd, _ io.Closer) error { return c.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(binary, "serve", "--stdio")
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			c := &conversation{t: t, lines: bufio.NewScanner(out)}
			_, err = io.WriteString(in, hello+"\n"+endless(t, wide)+"\n")
			require.NoError(t, err)
			for c.next().Progress == nil {
			}
			require.NoError(t, end(cmd, in))
			m := c.end(`"endless"`)
			require.Equal(t, exitStopped, m.Error.Code)
			err = cmd.Wait()
			if name == "input" {
				require.NoError(t, err)
			} else {
				require.Equal(t, exitStopped, cmd.ProcessState.ExitCode())
			}
		})
	}
}

func TestFinishAnswersAllFirst(t *testing.T) {
	var out bytes.Buffer
	said := hello + "\n" + `{"id":1,"method":"finish"}` + "\n" + `{"id":2,"method":"count","params":{"net":"` + data + `two_moons_2-16-16-1.json","box":"-1:1"}}`
	require.NoError(t, newServer(&out).serve(context.Background(), strings.NewReader(said)))
	require.Contains(t, out.String(), `"exact":true`)
}

func TestCreditHoldsItemsBack(t *testing.T) {
	c := converse(t)
	h := c.load(data + "degenerate/concurrent.json")
	c.say(`{"id":1,"method":"list","credit":2,"params":{"net":"` + h + `","box":"-1:1"}}`)
	for range 2 {
		require.NotNil(t, c.next().Item)
	}
	require.JSONEq(t, `{"cancelled":false}`, string(c.ask("2", "cancel", `{"id":7}`).Result))
	c.say(`{"id":3,"method":"credit","params":{"id":1,"items":1}}`)
	if a, b := c.next(), c.next(); a.Item != nil { // in any order
		require.JSONEq(t, `{"running":true}`, string(b.Result))
	} else {
		require.JSONEq(t, `{"running":true}`, string(a.Result))
		require.NotNil(t, b.Item)
	}
	c.say(`{"id":4,"method":"cancel","params":{"id":1}}`)
	m := c.end("1")
	require.Equal(t, exitStopped, m.Error.Code)
	require.JSONEq(t, `{"items":3}`, string(m.Result))
}

// failing is a client that does not listen.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("nobody listens") }

func TestAClientThatIsGoneEndsTheServer(t *testing.T) {
	in, input := io.Pipe()
	defer input.Close()
	ended := make(chan error, 1)
	go func() { ended <- newServer(failing{}).serve(context.Background(), in) }()
	_, err := io.WriteString(input, hello+"\n")
	require.NoError(t, err)
	select {
	case err := <-ended:
		require.ErrorContains(t, err, "nobody listens")
	case <-time.After(loose):
		t.Fatal("the server goes on")
	}
}

func TestCallsLeaveNothingBehind(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	c := converse(t)
	h := c.load(data + "two_moons_2-16-16-1.json")
	before := 0
	for i := range 100 {
		require.Nil(t, c.ask("1", "count", `{"net":"`+h+`","center":[0.5,0.25],"radius":0.25}`).Error)
		require.Nil(t, c.ask("1", "eval", `{"net":"`+h+`","at":[[0.5,0.25],[0,0]]}`).Error)
		if i == 0 {
			before = runtime.NumGoroutine()
		}
	}
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, loose, 10*time.Millisecond)
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
}
