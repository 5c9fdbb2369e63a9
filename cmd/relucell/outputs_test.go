package main

// Files that a command writes: what they may not replace, what they do through links, and what
// becomes of a count whose proof cannot be written.

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
)

// pipe makes a named pipe, or skips.
func pipe(t *testing.T, path string) string {
	t.Helper()
	mkfifo, err := exec.LookPath("mkfifo")
	if err != nil {
		t.Skip("no mkfifo here")
	}
	require.NoError(t, exec.Command(mkfifo, path).Run())
	return path
}

// outputs are the command lines that write a file, with the endings that it must have.
func outputs(folder string) map[string]struct {
	ending string
	args   []string
} {
	return map[string]struct {
		ending string
		args   []string
	}{
		"--proof":                {"", []string{"count", moons, "--box=-1:1", "--proof"}},
		"--checkpoint":           {"", []string{"count", moons, "--box=-1:1", "--checkpoint"}},
		"--output":               {".svg", []string{"plot", moons, "--box=-1:1", "-o"}},
		"--output of convert":    {".json", []string{"convert", moons, "-o"}},
		"--output of slice":      {".json", []string{"slice", moons, "--origin", "0", "--inputs", "0", "-o"}},
		"--output of landscape":  {".csv", []string{"landscape", "patterns", data + "landscape/zigzag.csv", "-o"}},
		"--gates":                {".csv", []string{"landscape", "patterns", data + "landscape/zigzag.csv", "--gates"}},
		"--lower":                {".json", []string{"landscape", "spurious", data + "landscape/zigzag.csv", "--neurons", "2", "--lower"}},
		"--output of a surface":  {".svg", []string{"landscape", "plot", data + "landscape/zigzag.csv", "-o"}},
		"--output of crosscheck": {".svg", []string{"crosscheck", moons, "--cases", "1", "--failures", filepath.Join(folder, "failures"), "-o"}},
	}
}

func TestOutputsReplaceNothingButFiles(t *testing.T) {
	dir := t.TempDir()
	for name, c := range outputs(dir) {
		flag, _, _ := strings.Cut(name, " of ")
		fifo := pipe(t, filepath.Join(dir, strings.ReplaceAll(name, " ", "")+c.ending))
		refused(t, append(c.args, fifo), flag, fifo+" is a pipe, expected a regular file or a new name")
		st, err := os.Lstat(fifo)
		require.NoError(t, err)
		require.Equal(t, os.ModeNamedPipe, st.Mode().Type(), "the pipe is still there")
		folder := filepath.Join(dir, "folder"+c.ending)
		require.NoError(t, os.MkdirAll(folder, 0o755))
		refused(t, append(c.args, folder), flag, folder+" is a folder, expected a file")
		absent := filepath.Join(dir, "absent", "x"+c.ending)
		refused(t, append(c.args, absent), flag, "there is no folder "+filepath.Dir(absent), "expected "+absent+" in one that exists")
		link := filepath.Join(dir, "null"+strings.ReplaceAll(name, " ", "")+c.ending)
		require.NoError(t, os.Symlink(os.DevNull, link))
		refused(t, append(c.args, link), flag, link+" is a device, expected a regular file or a new name")
	}
	refused(t, []string{"convert", moons, "-o", filepath.Join(dir, "absent", "x.json")}, "or - for standard output")
	refused(t, []string{"crosscheck", "--cases", "1", "--corpus", os.DevNull}, "--corpus: "+os.DevNull+" is no folder")
	refused(t, []string{"crosscheck", "--cases", "1", "--corpus", dir}, "--corpus: "+dir+" is not empty")
	refused(t, []string{"crosscheck", "--cases", "1", "--failures", os.DevNull}, "--failures: "+os.DevNull+" is no folder")
	failures := t.TempDir()
	pipe(t, filepath.Join(failures, "mine-1.proof"))
	refused(t, []string{"crosscheck", "--cases", "1", "--failures", failures}, "--failures: ", "mine-1.proof is a pipe")
	refused(t, []string{"experiment", "training", "-o", os.DevNull}, "--output: "+os.DevNull)
	study := t.TempDir()
	pipe(t, filepath.Join(study, "manifest.json"))
	refused(t, []string{"experiment", "training", "-o", study}, "--output: ", "manifest.json is a pipe")
}

func TestAProofDoesNotReplaceStandardOutput(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer out.Close()
	var errs bytes.Buffer
	run := exec.Command(binary, "count", moons, "--box=-1:1", "--proof", out.Name())
	run.Stdout, run.Stderr = out, &errs
	require.Error(t, run.Run())
	require.Equal(t, exitInput, run.ProcessState.ExitCode())
	require.Contains(t, errs.String(), "is where the command's own output goes")
}

// A link stays a link, and what it leads to is written: it used to be replaced, and its target
// stayed as it was.
func TestOutputsGoThroughLinks(t *testing.T) {
	for name, c := range outputs(t.TempDir()) {
		for _, there := range []bool{true, false} {
			dir := t.TempDir()
			target, link := filepath.Join(dir, "disk", "target"), filepath.Join(dir, "link"+c.ending)
			require.NoError(t, os.Mkdir(filepath.Dir(target), 0o755))
			require.NoError(t, os.Symlink(filepath.Join("disk", "target"), link))
			if there && name != "--checkpoint" {
				require.NoError(t, os.WriteFile(target, []byte("before"), 0o644))
			}
			succeed(t, append(c.args, link)...)
			st, err := os.Lstat(link)
			require.NoError(t, err)
			require.Equal(t, os.ModeSymlink, st.Mode().Type(), name)
			if name == "--checkpoint" {
				require.NoFileExists(t, target, "an exact count needs it no more")
				continue
			}
			raw, err := os.ReadFile(target)
			require.NoError(t, err)
			require.Greater(t, len(raw), len("before"), name)
			if name == "--proof" {
				require.Contains(t, succeed(t, "check", moons, link), "VERIFIED")
			}
		}
	}
}

func TestAStoppedCountGoesOnThroughALink(t *testing.T) {
	dir, net := t.TempDir(), writeNet(t, gen.Threshold(5))
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("target", link))
	args := []string{"count", net, "--center", "0", "--radius", "1", "--norm", "linf", "--checkpoint", link, "--format", "json"}
	_, errs, code := relucell(t, append(args, "--limit", "60000")...)
	require.Equal(t, exitStopped, code, errs)
	require.FileExists(t, target)
	j := parseCount(t, succeed(t, args...))
	require.Equal(t, "94572", j.Regions.Lower)
	require.NotEmpty(t, j.Resumed)
	require.NoFileExists(t, target)
	_, err := os.Lstat(link)
	require.NoError(t, err)
}

// capped runs the command where no file may grow beyond so many blocks, the stand-in for a full
// disk that needs no rights.
func capped(t *testing.T, blocks string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil || exec.Command(sh, "-c", "ulimit -f "+blocks).Run() != nil {
		t.Skip("no shell here that can cap the size of files")
	}
	var out, errs bytes.Buffer
	run := exec.Command(sh, append([]string{"-c", "ulimit -f " + blocks + ` && exec "$0" "$@"`, binary}, args...)...)
	run.Stdout, run.Stderr = &out, &errs
	var e *exec.ExitError
	if err := run.Run(); err != nil && !errors.As(err, &e) {
		require.NoError(t, err)
	}
	return out.String(), errs.String(), run.ProcessState.ExitCode()
}

// The count was lost with its proof.
func TestAProofThatCannotBeWrittenDoesNotCostTheCount(t *testing.T) {
	dir := t.TempDir()
	proof, checkpoint := filepath.Join(dir, "proof"), filepath.Join(dir, "checkpoint")
	args := []string{"count", moons, "--box=-1:1", "--proof", proof}
	want := "relucell: " + proof + ": the proof could not be written: file too large\n"

	out, errs, code := capped(t, "8", args...)
	require.Equal(t, exitFailed, code)
	require.Equal(t, want, errs)
	require.Contains(t, out, "Regions   259 activation regions, exact")
	require.Contains(t, out, "Proof     "+proof+": none, it could not be written")

	// The checkpoint takes in the proof's text, and fails with it here.
	out, errs, code = capped(t, "8", append(args, "--format", "json", "--checkpoint", checkpoint)...)
	require.Equal(t, exitFailed, code)
	require.Equal(t, strings.TrimSuffix(want, "\n")+"; checkpoint "+checkpoint+": cannot be written: file too large\n", errs)
	require.Equal(t, &regionsJSON{"259", "259"}, parseCount(t, out).Regions)
	require.NoFileExists(t, proof)
	require.FileExists(t, checkpoint, "what was done is kept until the proof is there")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "no temporary file is left")

	require.Equal(t, "259", parseCount(t, succeed(t, append(args, "--format", "json", "--checkpoint", checkpoint)...)).Regions.Lower)
	require.Contains(t, succeed(t, "check", moons, proof), "exactly 259")
	require.NoFileExists(t, checkpoint)
}

// A checkpoint that cannot be written any more stops the walk, since it is what one goes on from;
// what was found is printed.
func TestACheckpointThatCannotBeWrittenLeavesABracket(t *testing.T) {
	checkpoint := filepath.Join(t.TempDir(), "checkpoint")
	args := []string{"count", writeNet(t, gen.Threshold(5)), "--center", "0", "--radius", "1", "--norm", "linf", "--checkpoint", checkpoint}
	out, errs, code := capped(t, "1", args...)
	if code == exitDone {
		t.Skip("the records of this walk were fewer than the cap")
	}
	require.Equal(t, exitFailed, code)
	require.Equal(t, "relucell: checkpoint "+checkpoint+": cannot be written: file too large\n", errs)
	require.Contains(t, out, "activation regions: stopped early, the checkpoint cannot be written")
	require.Contains(t, succeed(t, args...), "94,572 activation regions, exact")
}

func TestAPictureThatCannotBeWrittenIsSaidOnce(t *testing.T) {
	for _, ending := range []string{"svg", "png", "html"} { // pdf needs room for fonts elsewhere
		dir := t.TempDir()
		out := filepath.Join(dir, "map."+ending)
		_, errs, code := capped(t, "1", "plot", moons, "--box=-1:1", "-o", out)
		require.Equal(t, exitFailed, code)
		require.Equal(t, "relucell: "+out+": cannot be written: file too large\n", errs)
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

// A proof of bounds that could not be written was told by the name of its temporary file.
func TestAProofOfBoundsThatCannotBeWrittenIsNamed(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "range.proof")
	_, errs, code := capped(t, "1", "range", moons, "--box=-1:1", "--proof", out)
	require.Equal(t, exitFailed, code)
	require.Equal(t, "relucell: "+moons+": "+out+": cannot be written: file too large\n", errs)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// A file of an earlier run was left where a run had an answer and nothing to write: an old proof
// stood under the name of that of a property that is violated. An error leaves it.
func TestNoFileOfAnEarlierRunIsTakenForThisOne(t *testing.T) {
	old := filepath.Join(t.TempDir(), "old")
	write := func(ending string) string {
		require.NoError(t, os.WriteFile(old+ending, []byte("old"), 0o644))
		return old + ending
	}
	spec := func(least string) string {
		return writeSpec(t, "(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)"+
			"(assert (and (>= X_0 0) (<= X_0 1) (>= X_1 0) (<= X_1 1) (>= Y_0 "+least+")))")
	}
	holds, violated := spec("1000000"), spec("-1000000")
	slow := wideNet(t, 2, 300, 300, 1)
	for _, c := range []struct {
		code   int
		ending string
		words  []string
	}{
		{exitDone, "", []string{"verify", moons, violated, "--proof"}},
		{exitDone, "", []string{"verify", moons, holds, "--witness"}},
		{exitStopped, "", []string{"verify", slow, violated, "--timeout", "1ns", "--proof"}},
		{exitStopped, "", []string{"count", slow, "--box=-1:1", "--timeout", "1ns", "--proof"}},
		{exitStopped, "", []string{"range", slow, "--box=-1:1", "--timeout", "1ns", "--proof"}},
		{exitStopped, ".jsonl", []string{"reach", slow, "--box=-1:1", "--timeout", "1ns", "-o"}},
		{exitStopped, ".svg", []string{"plot", slow, "--box=-1:1", "--timeout", "1ns", "-o"}},
		{exitInput, "", []string{"verify", moons, write(".vnnlib"), "--proof"}},
		{exitInput, "", []string{"count", moons, "--box=x", "--proof"}},
	} {
		path := write(c.ending)
		out, errs, code := relucell(t, append(c.words, path)...)
		require.Equal(t, c.code, code, "%v %s %s", c.words, out, errs)
		if c.code == exitInput {
			require.FileExists(t, path)
			continue
		}
		if text, err := os.ReadFile(path); err == nil && c.words[0] == "count" { // a bracket has a proof
			require.Contains(t, string(text), "count >=")
			continue
		}
		require.NoFileExists(t, path, "%v", c.words)
		require.Contains(t, errs, path+": removed, as it was of an earlier run")
	}
}
