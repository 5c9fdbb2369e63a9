package main

// The tests run the real binary, built without cgo as a user without a C compiler would.

import (
	"bytes"
	"debug/elf"
	"errors"
	goflag "flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

var update = goflag.Bool("update", false, "rewrite the golden files")

// binary is the command under test.
var binary string

const data = "../../testdata/"

func TestMain(m *testing.M) {
	goflag.Parse()
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "relucell")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "relucell")
		build := exec.Command("go", "build", "-o", binary, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// relucell runs the command.
func relucell(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var e *exec.ExitError
	if err != nil && !errors.As(err, &e) {
		require.NoError(t, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// succeed runs the command and requires the exit code 0 and silence on standard error.
func succeed(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, code := relucell(t, args...)
	require.Zero(t, code, "%v: %s", args, errs)
	require.Empty(t, errs)
	return out
}

// writeNet writes the canonical text of n to a file of its own.
func writeNet(t *testing.T, n *network.Network) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "net.json")
	require.NoError(t, files.Write(path, n.WriteCanonical))
	return path
}

func TestBinaryIsStatic(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads the binary as ELF")
	}
	f, err := elf.Open(binary)
	require.NoError(t, err)
	defer f.Close()
	for _, p := range f.Progs {
		require.NotEqual(t, elf.PT_INTERP, p.Type, "the binary asks for a dynamic linker")
	}
}

var masks = []struct {
	what *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`(?m)^(Time +).*$`), "${1}(masked)"},
	{regexp.MustCompile(`(?m)^(Decided|Asked)( +).*$`), "$1$2(masked)"},
	{regexp.MustCompile(`"seconds":[0-9.e+-]+`), `"seconds":0`},
	{regexp.MustCompile(`"(float|integer|solve|questions)":[0-9]+`), `"$1":0`},
}

// masked hides what differs from run to run, or with how the walk is tuned.
func masked(s string) string {
	for _, m := range masks {
		s = m.what.ReplaceAllString(s, m.by)
	}
	return s
}

func TestGoldenOutput(t *testing.T) {
	moons := data + "two_moons_2-16-16-1.onnx"
	for name, args := range map[string][]string{
		"count.txt":          {"count", moons, "--center", "0.5,0.25", "--radius", "0.5"},
		"count.json":         {"count", moons, "--center", "0.5,0.25", "--radius", "0.5", "--format", "json"},
		"count_box.txt":      {"count", moons, "--box=-1.5:2.5,-1:1.5"},
		"count_box.json":     {"count", moons, "--box=-1.5:2.5,-1:1.5", "--format=json"},
		"count_linf.json":    {"count", data + "iris_sized_4-16-16-3.onnx", "--center", "0", "--radius", "0.25", "--norm", "linf", "--format=json"},
		"info.txt":           {"info", moons},
		"info.json":          {"info", moons, "--format", "json"},
		"version.txt":        {"--version"},
		"help_count.txt":     {"count", "--help"},
		"help_check.txt":     {"check", "--help"},
		"check.txt":          {"check", data + "reject/x.json", "testdata/x.proof"},
		"check.json":         {"check", data + "reject/x.json", "testdata/x.proof", "--format", "json"},
		"help_list.txt":      {"list", "--help"},
		"help_verify.txt":    {"verify", "--help"},
		"help_range.txt":     {"range", "--help"},
		"help_landscape.txt": {"landscape", "--help"},
		"help_patterns.txt":  {"landscape", "patterns", "--help"},
		"help_optimum.txt":   {"landscape", "optimum", "--help"},
		"help_bound.txt":     {"landscape", "check", "--help"},
		"help_census.txt":    {"landscape", "census", "--help"},
		"help_spurious.txt":  {"landscape", "spurious", "--help"},
		"help_surface.txt":   {"landscape", "plot", "--help"},
		"census.txt":         {"landscape", "census", data + "landscape/zigzag.csv", "--neurons", "1"},
		"census.json":        {"landscape", "census", data + "landscape/zigzag.csv", "--neurons", "1", "--format", "json"},
		"help_reach.txt":     {"reach", "--help"},
		"help_cone.txt":      {"cone", "--help"},
		"help_rays.txt":      {"cone", "rays", "--help"},
		"help_layer.txt":     {"cone", "layer", "--help"},
		"help_shown.txt":     {"cone", "check", "--help"},
		"cone.txt":           {"cone", "rays", "testdata/cone.csv"},
		"cone.json":          {"cone", "rays", "testdata/cone.csv", "--format", "json"},
		"cone.ext":           {"cone", "rays", "testdata/cone.csv", "--ext"},
		"radius.txt":         {"radius", moons, "--center", "0,1", "--norm", "l2"},
		"range.txt":          {"range", moons, "--box=-1.5:2.5,-1:1.5"},
		"range_l2.txt":       {"range", moons, "--center", "0", "--radius", "1", "--of", "2*y0 - 1/3", "--max"},
		"range.json":         {"range", moons, "--box=-1:1", "--of", "y0", "--format", "json"},
		"lipschitz.txt":      {"lipschitz", moons, "--box=-1:1", "--norm", "linf"},
		"lipschitz.json":     {"lipschitz", moons, "--center", "0", "--radius", "1", "--norm", "linf", "--of", "l2", "--format", "json"},
		"verify.txt":         {"verify", moons, data + "two_moons.vnnlib"},
		"verify.json":        {"verify", moons, data + "two_moons.vnnlib", "--format", "json"},
		"help.txt":           {"--help"},
	} {
		t.Run(name, func(t *testing.T) {
			got := masked(succeed(t, args...))
			if name == "version.txt" {
				got = strings.Split(got, " ")[0] + "\n"
			}
			path := filepath.Join("testdata", name)
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), got, "go test ./cmd/relucell -update accepts a wanted change")
		})
	}
}

func TestShellCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		require.Contains(t, succeed(t, "completion", shell), "relucell")
	}
	out, _, code := relucell(t, "__complete", "count", "net.onnx", "--norm", "")
	require.Zero(t, code)
	require.Contains(t, out, "linf")
	// What is compressed is a network too, perhaps.
	for _, args := range [][]string{{"count", "n"}, {"explore", "n"}, {"crosscheck", "n"}} {
		out, _, code = relucell(t, append([]string{"__complete"}, args...)...)
		require.Zero(t, code)
		require.Contains(t, out, "onnx\n")
		require.Contains(t, out, "gz\n")
	}
	refused(t, []string{"completion", "tcsh"}, `"tcsh": unknown shell, expected bash, zsh, fish or powershell`)
	refused(t, []string{"completion"}, "shell: missing, expected bash, zsh, fish or powershell")
}

func TestUnwritableOutputFails(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	for _, args := range [][]string{
		{"info", data + "two_moons_2-16-16-1.json"},
		{"count", data + "two_moons_2-16-16-1.json", "--box=-1:1"},
		{"list", data + "two_moons_2-16-16-1.json", "--box=-1:1"},
		{"convert", data + "two_moons_2-16-16-1.json", "-o", "-"},
		{}, {"help"}, {"help", "cone"}, {"--help"}, {"--version"}, {"count", "--help"}, {"cone", "rays", "-h"},
		{"completion", "bash"}, {"completion", "zsh"}, {"completion", "fish"}, {"completion", "powershell"}, {"__complete", "count", "--n"},
	} {
		cmd := exec.Command(binary, args...)
		cmd.Stdout = full
		require.Error(t, cmd.Run())
		require.Equal(t, exitFailed, cmd.ProcessState.ExitCode(), args)
	}
}

// It said so on standard output, and ended with 0.
func TestHelpAboutNothing(t *testing.T) {
	_, stderr, code := relucell(t, "help", "nosuch")
	require.Equal(t, exitInput, code)
	require.Contains(t, stderr, `unknown command "nosuch"`)
}

// Lists of nothing, of variables that were not set perhaps, were taken for no bounds and no samples;
// a decay beyond floats was a failure that named no flag.
func TestFlagsOfNothingAreRefused(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	for want, args := range map[string][]string{
		"--bounds: empty":  {"crosscheck", "--cases", "1", "--bounds="},
		"--samples: empty": {"experiment", "recover", "-o", out, "--samples="},
		"--shapes: empty":  {"experiment", "recover", "-o", out, "--shapes="},
		"--decay: a decay of +Inf: expected one above 0 and at most 1e+100": {"landscape", "optimum", data + "landscape/sines_10x2.csv", "--decay", "1e400"},
		"--decay: a decay of 0: expected one above 0 and at most 1e+100":    {"landscape", "optimum", data + "landscape/sines_10x2.csv", "--decay", "1e-400"},
	} {
		_, stderr, code := relucell(t, args...)
		require.Equal(t, exitInput, code, args)
		require.Contains(t, stderr, "relucell: "+want)
	}
}
