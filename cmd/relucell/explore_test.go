package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// explore prints an address, serves the page there, and ends well by an interrupt.
func TestExploreServesUntilAnInterrupt(t *testing.T) {
	cmd := exec.Command(binary, "explore", data+"two_moons_2-16-16-1.onnx", "--points", data+"two_moons_points.csv")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	late := time.AfterFunc(loose, func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	url, found := strings.CutPrefix(lines.Text(), "Explorer  http://127.0.0.1:")
	require.True(t, found, lines.Text())
	a, err := http.Get("http://127.0.0.1:" + url)
	require.NoError(t, err)
	page, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	require.NoError(t, a.Body.Close())
	require.Contains(t, string(page), "<title>relucell explorer</title>")
	a, err = http.Post("http://127.0.0.1:"+url+"ask/count", "application/json", strings.NewReader(`{"ball":{"norm":"l2","center":[0.5,0.25],"radius":1}}`))
	require.NoError(t, err)
	count, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	require.NoError(t, a.Body.Close())
	require.Contains(t, string(count), `"regions":{"lower":"327","upper":"327"},"exact":true`)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	for lines.Scan() {
	}
	err = cmd.Wait()
	require.True(t, late.Stop(), "it did not end")
	require.NoError(t, err)

	// A network that comes by standard input is read twice, for the points and for the page: the
	// second time nothing came.
	cmd = exec.Command(binary, "explore", "-", "--points", data+"two_moons_points.csv")
	cmd.Stdin, err = os.Open(data + "two_moons_2-16-16-1.json")
	require.NoError(t, err)
	out, err = cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	require.True(t, bufio.NewScanner(out).Scan())
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, cmd.Wait())
}

func TestExploreRefuses(t *testing.T) {
	moons, empty := data+"two_moons_2-16-16-1.onnx", t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "NET missing, expected a network, several, or a folder of them"},
		{[]string{"none.onnx"}, "none.onnx: no such file"},
		{[]string{empty}, "a folder without networks, expected files that end in .onnx"},
		{[]string{moons, "--listen", "here"}, `--listen: "here", expected an address and a port, such as 127.0.0.1:0`},
		{[]string{moons, "--points", data + "iris_sized_points.csv"}, "iris_sized_points.csv: line 1"},
		{[]string{moons, "--html", "x.html", "--listen", "127.0.0.1:0"}, "--listen: given beside --html"},
		{[]string{moons, "--html", "x.txt"}, `--html: "x.txt", expected a file name that ends in .html`},
		{[]string{moons, "--html", filepath.Join(empty, "x.html")}, "--html: built without the engine of a page in a file: make explorer builds bin/relucell with it"},
	} {
		out, errs, code := relucell(t, append([]string{"explore"}, c.args...)...)
		require.Equal(t, exitInput, code, errs)
		require.Contains(t, errs, c.want)
		require.Empty(t, out)
	}
}

// A folder's networks come in the order in which people count.
func TestNetworksOfAFolder(t *testing.T) {
	dir := t.TempDir()
	want := []string{"epoch-1.json", "epoch-02.json", "epoch-9.onnx", "epoch-10.json.gz", "epoch-100.nnet", "last.json"}
	for _, name := range append([]string{"notes.txt", "points.csv"}, want...) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o644))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "more.json"), 0o755))
	got, err := netPaths([]string{"a.onnx", dir, "b.onnx"})
	require.NoError(t, err)
	for i := range want {
		want[i] = filepath.Join(dir, want[i])
	}
	require.Equal(t, append(append([]string{"a.onnx"}, want...), "b.onnx"), got)
	names := []string{"a", "a1", "a01", "a2", "a10", "a10b", "b", "1", "01", "1a", "", "99999999999999999999", "100000000000000000000"}
	slices.SortFunc(names, naturally)
	require.Equal(t, []string{"", "01", "1", "1a", "99999999999999999999", "100000000000000000000", "a", "a01", "a1", "a2", "a10", "a10b", "b"}, names)
}
