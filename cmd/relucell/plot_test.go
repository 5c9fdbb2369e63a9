package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const moons = data + "two_moons_2-16-16-1.onnx"

func TestPlotWritesWhatItCounts(t *testing.T) {
	starts := map[string]string{"svg": "<?xml", "png": "\x89PNG", "pdf": "%PDF-", "html": "<!DOCTYPE html>"}
	for format, start := range starts {
		out := filepath.Join(t.TempDir(), "map."+format)
		said := succeed(t, "plot", moons, "--center", "0.5,0.25", "--radius", "1", "--points", data+"two_moons_points.csv", "-o", out)
		require.Contains(t, said, "327 activation regions, exact")
		picture, err := os.ReadFile(out)
		require.NoError(t, err)
		require.True(t, bytes.HasPrefix(picture, []byte(start)), format)
		if format == "svg" || format == "html" {
			require.Contains(t, string(picture), "l2 ball, centre (0.5, 0.25), radius 1: 327 activation regions")
		}
		left, err := os.ReadDir(filepath.Dir(out))
		require.NoError(t, err)
		require.Len(t, left, 1, "no temporary file is left")
	}
}

func TestPlotHTMLWhateverTheEnding(t *testing.T) {
	out := filepath.Join(t.TempDir(), "map.txt")
	succeed(t, "plot", moons, "--box=-1:1", "--html", "--fill", "gradient", "-o", out)
	page, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Contains(t, string(page), "<!DOCTYPE html>")
}

// An image within a picture is another text by another version of the encoder.
var imageWithin = regexp.MustCompile(`data:image/png;base64,[^"]*`)

func TestPicturesOfDocsAreWhatIsDrawn(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the last digits of another processor")
	}
	dir, docs := t.TempDir(), filepath.Join("..", "..", "docs")
	text, err := os.ReadFile(filepath.Join(docs, "reach.md"))
	require.NoError(t, err)
	_, query, found := strings.Cut(string(text), "$ cat border.vnnlib\n")
	require.True(t, found)
	query, _, _ = strings.Cut(query, "$ relucell")
	border := filepath.Join(dir, "border.vnnlib")
	require.NoError(t, os.WriteFile(border, []byte(query), 0o644))
	for name, args := range map[string][]string{
		"two_moons_map.svg":    {"plot", moons, "--center", "0.5,0.25", "--radius", "1.5", "--points", data + "two_moons_points.csv"},
		"landscape_zigzag.svg": {"landscape", "plot", data + "landscape/zigzag.csv"},
		"reach_moons.svg":      {"reach", moons, "--box=-1.5:2.5,-1:1.5", "--inverse", border},
	} {
		out := filepath.Join(dir, name)
		succeed(t, append(args, "-o", out)...)
		want, err := os.ReadFile(filepath.Join(docs, name))
		require.NoError(t, err)
		got, err := os.ReadFile(out)
		require.NoError(t, err)
		require.True(t, bytes.Equal(imageWithin.ReplaceAll(want, nil), imageWithin.ReplaceAll(got, nil)), "docs/%s is another picture", name)
	}
}

func TestASliceIsANetworkLikeAnyOther(t *testing.T) {
	iris, dir := data+"iris_sized_4-16-16-3.onnx", t.TempDir()
	plane, proof, picture := filepath.Join(dir, "plane.json"), filepath.Join(dir, "plane.proof"), filepath.Join(dir, "plane.svg")
	args := []string{"--origin", "5.8,3,3.8,1.2", "--inputs", "2,3"}
	succeed(t, append([]string{"slice", iris, "-o", plane}, args...)...)
	require.Contains(t, succeed(t, "count", plane, "--box=1:7,0:3", "--proof", proof), "44 activation regions")
	require.Contains(t, succeed(t, "check", plane, proof), "exactly 44")
	said := succeed(t, append([]string{"plot", iris, "--box=1:7,0:3", "--points", data + "iris_sized_points.csv", "-o", picture}, args...)...)
	require.Contains(t, said, "44 activation regions, exact")
	svg, err := os.ReadFile(picture)
	require.NoError(t, err)
	require.Contains(t, string(svg), ">x3<", "axes name the inputs")
	require.Contains(t, string(svg), "50 points of class 2", "points of the network are projected")

	line := filepath.Join(dir, "line.json")
	succeed(t, "slice", iris, "--through", "5,3,1,0", "--through", "6,3,5,2", "-o", line)
	require.Contains(t, succeed(t, "count", line, "--box=0:1", "--proof", proof), "8 activation regions")
	require.Contains(t, succeed(t, "check", line, proof), "exactly 8")
	text := succeed(t, "slice", iris, "--origin", "0", "--direction", "1,0,0,0", "-o", "-")
	require.True(t, strings.HasPrefix(text, `{"relucell-network":1,"inputs":1,`))
}

func TestPlotAndSliceRefuseInOneLine(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	out, iris := filepath.Join(dir, "map.svg"), data+"iris_sized_4-16-16-3.onnx"
	plot := func(args ...string) []string {
		return append([]string{"plot", moons, "--box=-1:1", "-o", out}, args...)
	}
	slice := func(args ...string) []string {
		return append([]string{"slice", iris, "-o", filepath.Join(dir, "s.json")}, args...)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"ragged.csv: line 2: 1 columns, expected 2", plot("--points", file("ragged.csv", "1,2\n3\n"))},
		{`text.csv: line 2: column 2: "two", expected a finite number`, plot("--points", file("text.csv", "x,y\n1,two\n"))},
		{`nan.csv: line 1: column 1: "NaN", expected a finite number`, plot("--points", file("nan.csv", "NaN,2\n"))},
		{"absent.csv: no such file", plot("--points", filepath.Join(dir, "absent.csv"))},
		{"empty.csv: no points", plot("--points", file("empty.csv", ""))},
		{"expected a file name that ends in .svg, .png, .pdf or .html", []string{"plot", moons, "--box=-1:1", "-o", "map.gif"}},
		{"expected a file name that ends in .svg", []string{"plot", moons, "--box=-1:1"}},
		{"1 input, expected 2 or more", []string{"plot", data + "degenerate/slivers.json", "--box=-1:1", "-o", out}},
		{"--output: there is no folder", []string{"plot", moons, "--box=-1:1", "-o", filepath.Join(dir, "absent", "map.svg")}},
		{"expected one of its own", []string{"plot", moons, "--box=-1:1", "--html", "-o", moons}},
		{"is a folder, expected a file", []string{"plot", moons, "--box=-1:1", "--html", "-o", dir}},
		{"expected pattern, layer, gradient or class", plot("--fill", "blue")},
		{"expected a whole number of pixels from 200 to 10000", plot("--width", "1")},
		{"4 inputs, expected 2, or a plane", []string{"plot", iris, "--box=-1:1", "-o", out}},
		{"1 input, expected 2, or a plane", []string{"plot", iris, "--box=-1:1", "-o", out, "--origin", "0", "--inputs", "1"}},
		{"expected exactly one kind of them", slice()},
		{"expected exactly one kind of them", slice("--through", "0", "--inputs", "1")},
		{"--origin: missing, expected 4 numbers", slice("--inputs", "1")},
		{`--inputs: "one", expected whole numbers from 0 to 3`, slice("--origin", "0", "--inputs", "one")},
		{"--inputs: input 4, expected one from 0 to 3", slice("--origin", "0", "--inputs", "4")},
		{"--through: 1 points, expected 2", slice("--through", "0")},
		{"--through: the points coincide", slice("--through", "1", "--through", "1")},
		{"--through: ", slice("--through", "1,2", "--through", "1")},
		{"--direction: the directions are 0 or parallel", slice("--origin", "0", "--direction", "1", "--direction", "2")},
		{"--origin: given beside --through", slice("--origin", "0", "--through", "1", "--through", "2")},
		{"expected a file name that ends in .json", []string{"slice", iris, "-o", "s.onnx", "--origin", "0", "--inputs", "1"}},
	} {
		stdout, stderr, code := relucell(t, c.args...)
		require.Equal(t, exitInput, code, "%v: %s", c.args, stderr)
		require.Empty(t, stdout)
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
		require.Contains(t, stderr, c.want)
	}
}

func TestHalfAMapIsNone(t *testing.T) {
	dir := t.TempDir()
	_, stderr, code := relucell(t, "plot", moons, "--box=-1:1", "--timeout", "1ns", "-o", filepath.Join(dir, "map.svg"))
	require.Equal(t, exitStopped, code)
	require.Contains(t, stderr, "nothing is drawn")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
