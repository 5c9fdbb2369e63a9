package files

// What may be written and what not, and what is left behind.

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// place makes a folder for a test, with files of those texts in it.
func place(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, text := range texts {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

// link makes a symbolic link, or skips.
func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestNewAndOldFilesAreWritten(t *testing.T) {
	dir := place(t, map[string]string{"old": "before"})
	require.NoError(t, os.Chmod(filepath.Join(dir, "old"), 0o640))
	for _, name := range []string{"new", "old"} {
		path := filepath.Join(dir, name)
		require.NoError(t, Check(path))
		require.NoError(t, WriteBytes(path, []byte("after")))
		require.Equal(t, "after", text(t, path))
	}
	require.Equal(t, []string{"new", "old"}, names(t, dir), "nothing else is left")
	if runtime.GOOS != "windows" {
		st, err := os.Stat(filepath.Join(dir, "old"))
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o640), st.Mode(), "a file keeps its permissions")
	}
	t.Chdir(dir)
	require.NoError(t, WriteBytes("relative", []byte("x")))
	require.Equal(t, "x", text(t, filepath.Join(dir, "relative")))
}

func TestWhatIsNoFileIsRefusedAndStays(t *testing.T) {
	dir := place(t, map[string]string{"file": "text", "folder/file": ""})
	at := func(name string) string { return filepath.Join(dir, name) }
	cases := map[string]string{
		"":                 "empty, expected the name of a file",
		dir:                dir + " is a folder, expected a file",
		at("folder") + "/": "is a folder, expected a file",
		at("new") + "/":    at("new") + "/ is the name of a folder, expected a file",
		at("absent/x"):     "there is no folder " + at("absent") + " (no such file or directory), expected " + at("absent/x"),
		at("absent/x/y"):   "there is no folder " + at("absent/x"),
		at("file/x"):       at("file/x") + ": not a directory",
	}
	if runtime.GOOS == "windows" {
		t.Skip("the words are those of other systems")
	}
	cases[os.DevNull] = os.DevNull + " is a device, expected a regular file or a new name"
	socket, err := net.Listen("unix", at("socket"))
	require.NoError(t, err)
	defer socket.Close()
	cases[at("socket")] = at("socket") + " is a socket, expected a regular file or a new name"
	if mkfifo, err := exec.LookPath("mkfifo"); err == nil {
		require.NoError(t, exec.Command(mkfifo, at("pipe")).Run())
		cases[at("pipe")] = at("pipe") + " is a pipe, expected a regular file or a new name"
		link(t, "pipe", at("to a pipe"))
		cases[at("to a pipe")] = at("to a pipe") + " is a pipe, expected a regular file or a new name"
	}
	link(t, "loop", at("loop"))
	cases[at("loop")] = at("loop") + ": too many levels of symbolic links"
	link(t, "gone/x", at("beyond"))
	cases[at("beyond")] = "there is no folder " + at("gone") + " (no such file or directory), expected " + at("beyond")
	before := names(t, dir)
	for name, want := range cases {
		_, resolved := Resolve(name)
		for _, err := range []error{resolved, Check(name), WriteBytes(name, nil), Remove(name)} {
			require.ErrorContains(t, err, want)
			require.LessOrEqual(t, strings.Count(err.Error(), "no such file"), 1, "said twice: %v", err)
		}
	}
	require.Equal(t, before, names(t, dir))
}

func TestLinksAreWrittenThroughAndStay(t *testing.T) {
	dir := place(t, map[string]string{"data/old": "before", "deep/er/file": ""})
	at := func(name string) string { return filepath.Join(dir, name) }
	link(t, "data/old", at("one"))
	link(t, "one", at("two"))
	link(t, at("data/old"), at("absolute"))
	link(t, "data/new", at("dangling"))
	link(t, "dangling", at("to dangling"))
	link(t, "deep/er", at("folder"))
	link(t, "../data/up", at("deep/up")) // through folder/../up, which is deep/up and not up
	links := map[string]string{"one": "data/old", "two": "one", "absolute": at("data/old"), "dangling": "data/new", "to dangling": "dangling", "deep/up": "../data/up"}
	for name, file := range map[string]string{
		"one": "data/old", "two": "data/old", "absolute": "data/old", "dangling": "data/new", "to dangling": "data/new",
		"folder/fresh": "deep/er/fresh", "folder/file": "deep/er/file",
	} {
		path, err := Resolve(at(name))
		require.NoError(t, err)
		require.Equal(t, at(file), path, name)
		require.NoError(t, Check(at(name)))
		require.NoError(t, WriteBytes(at(name), []byte(name)))
		require.Equal(t, name, text(t, at(file)))
		require.True(t, Same(at(name), at(file)))
	}
	path, err := Resolve(dir + "/folder/../up")
	require.NoError(t, err)
	require.Equal(t, at("data/up"), path)
	for name, want := range links {
		to, err := os.Readlink(at(name))
		require.NoError(t, err)
		require.Equal(t, want, to)
	}
	require.NoError(t, Remove(at("two")))
	require.NoFileExists(t, at("data/old"))
	_, err = os.Lstat(at("two"))
	require.NoError(t, err, "the link stays")
}

var errMine = errors.New("mine")

func TestAFailedWriteLeavesTheFileAsItWas(t *testing.T) {
	dir := place(t, map[string]string{"old": "before"})
	path := filepath.Join(dir, "old")
	err := Write(path, func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Repeat("x", 1<<16))
		require.NoError(t, err)
		return errMine
	})
	require.Equal(t, errMine, err)
	require.Equal(t, "before", text(t, path))
	require.Equal(t, []string{"old"}, names(t, dir))
}

// Whatever a writer makes of an error of the disk, it is told once, with the name that the user
// gave.
func TestErrorsNameTheFileOnce(t *testing.T) {
	disk := &fs.PathError{Op: "write", Path: "/x/.relucell-1.tmp", Err: errMine}
	k := &keeping{w: failing{disk}}
	_, err := k.Write([]byte("x"))
	require.Error(t, err)
	_, err = k.Write([]byte("x"))
	require.Error(t, err)
	require.EqualError(t, unwritable("map.svg", k.err), "map.svg: cannot be written: mine")
	require.EqualError(t, plain("a", &os.LinkError{Op: "rename", Old: "b", New: "c", Err: errMine}), "a: mine")
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// Renaming over the file of one's own output would leave that without a name.
func TestOwnOutputIsRefused(t *testing.T) {
	dir := place(t, nil)
	out, err := os.Create(filepath.Join(dir, "out"))
	require.NoError(t, err)
	defer out.Close()
	was := os.Stdout
	os.Stdout = out
	defer func() { os.Stdout = was }()
	require.ErrorContains(t, Check(out.Name()), "out is where the command's own output goes, expected another file")
}

func TestProtectedFilesAreNotReplaced(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("root may write everywhere")
	}
	dir := place(t, map[string]string{"old": "before", "closed/x": ""})
	require.NoError(t, os.Chmod(filepath.Join(dir, "old"), 0o444))
	require.EqualError(t, Check(filepath.Join(dir, "old")), filepath.Join(dir, "old")+": cannot be written: permission denied")
	require.NoError(t, os.Chmod(filepath.Join(dir, "closed"), 0o555))
	defer os.Chmod(filepath.Join(dir, "closed"), 0o755)
	require.EqualError(t, Check(filepath.Join(dir, "closed/y")), filepath.Join(dir, "closed/y")+": cannot be written: permission denied")
}

func TestKilledChecksLeaveNothing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the system cannot be asked here: a file is made for trial")
	}
	dir := place(t, map[string]string{"old": ""})
	long := time.Unix(1_000_000_000, 0)
	require.NoError(t, os.Chtimes(dir, long, long))
	for _, name := range []string{"old", "new"} {
		require.NoError(t, Check(filepath.Join(dir, name)))
	}
	st, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, long, st.ModTime().Local(), "a file was made in the folder, which a kill would leave there")
}

func TestFoldersOfFiles(t *testing.T) {
	dir := place(t, map[string]string{"a.csv": "", "sub/b.json": ""})
	require.NoError(t, CheckFolder(dir, "*.csv", "sub/*"))
	require.NoError(t, CheckFolder(filepath.Join(dir, "new"), "*"))
	require.ErrorContains(t, CheckFolder(filepath.Join(dir, "a.csv")), "a.csv is no folder, expected one or a new name")
	link(t, os.DevNull, filepath.Join(dir, "c.csv"))
	require.NoError(t, CheckFolder(dir, "*.json"))
	require.ErrorContains(t, CheckFolder(dir, "*.csv"), "c.csv is a device")
}
