package main

// reach, on the pyramid 1 − |x| − |y| and on a network of two outputs.

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
)

// diamond is (|x| + |y|, x − y).
func diamond(t *testing.T) string {
	return writeNet(t, gen.Build(gen.ReLU([]float64{1, 0, -1, 0, 0, 1, 0, -1}, []float64{0, 0, 0, 0}), gen.Affine([]float64{1, 1, 1, 1, 1, -1, -1, 1}, []float64{0, 0})))
}

func TestReachWritesLines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.jsonl")
	require.Contains(t, succeed(t, "reach", diamond(t), "--box=-1:1", "-o", file), "4 activation regions, exact")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 4, strings.Count(string(text), "\n"))
	corners := 0
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var j struct {
			Region          int
			Pattern         string
			Vertices, Image [][]string
			Rows            []struct{ Neuron int }
		}
		require.NoError(t, json.Unmarshal([]byte(line), &j))
		require.Equal(t, i, j.Region)
		require.Len(t, j.Vertices, 4)
		require.Len(t, j.Rows, 2)
		require.Contains(t, j.Image, []string{"0", "0"})
		corners += strings.Count(fmt.Sprint(j.Image), "[2 0]")
	}
	require.Equal(t, 2, corners) // of (1, 1) and (−1, −1)
}

func TestReachWritesPolyhedra(t *testing.T) {
	net, dir := diamond(t), t.TempDir()
	read := func(name string, args ...string) string {
		file := filepath.Join(dir, name)
		succeed(t, append([]string{"reach", net, "--box=-1:1", "-o", file}, args...)...)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return string(text)
	}
	require.Equal(t, 4, strings.Count(read("a.ine"), "H-representation\nbegin\n 6 3 rational\n"))
	require.Equal(t, 1, strings.Count(read("b.ine", "--region", "2"), "begin"))
	require.Equal(t, 4, strings.Count(read("c.ext"), "V-representation\nbegin\n 4 3 rational\n"))
	require.Contains(t, read("d.ext", "--domain"), "the domain of region 0")
	require.Equal(t, 4, strings.Count(read("c.poly"), `"_type":"polytope::Polytope<Rational>"`))
	require.Equal(t, 1, strings.Count(read("d.poly", "--domain", "--region", "1"), `"INEQUALITIES":`))
	require.Contains(t, read("e.svg"), ">the images of 4 regions<")
	require.Contains(t, read("f.html", "--outputs", "1,0"), "<!DOCTYPE html>")
	require.Contains(t, read("g.svg", "--domain"), ">4 regions<")
	require.Contains(t, read("h.svg", "--region", "1"), ">the image of region 1<")
}

func TestReachInverse(t *testing.T) {
	spec := writeBytes(t, "q.vnnlib", []byte(`(declare-const X_0 Real)
(declare-const X_1 Real)
(declare-const Y_0 Real)
(declare-const Y_1 Real)
(assert (and (>= X_0 -1) (<= X_0 1) (>= X_1 -1) (<= X_1 1)))
(assert (<= Y_0 0.5))
`))
	net, dir := diamond(t), t.TempDir()
	for _, name := range []string{"u.jsonl", "u.ext", "u.poly", "u.svg"} {
		out := succeed(t, "reach", net, "--box=-1:1", "-o", filepath.Join(dir, name), "--inverse", spec)
		require.Contains(t, out, "4 pieces of them, cut out exactly\n          1/8 = 0.125 of the volume of the ball\n")
	}
	text, err := os.ReadFile(filepath.Join(dir, "u.jsonl"))
	require.NoError(t, err)
	require.Equal(t, 4, strings.Count(string(text), `"volume":"1/8"`))
	text, err = os.ReadFile(filepath.Join(dir, "u.svg"))
	require.NoError(t, err)
	require.Contains(t, string(text), ">4 regions, and in dark orange what satisfies q.vnnlib<")
}

// The picture spoke of a dark orange that it did not have.
func TestAPictureSaysThatNothingSatisfiesTheQuery(t *testing.T) {
	dir := t.TempDir()
	spec, picture := filepath.Join(dir, "much.vnnlib"), filepath.Join(dir, "much.svg")
	for least, says := range map[string]string{"100000": ", of which nothing satisfies much.vnnlib<", "-100000": ", and in dark orange what satisfies much.vnnlib<"} {
		require.NoError(t, os.WriteFile(spec, []byte("(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)"+
			"(assert (and (>= X_0 -1) (<= X_0 1) (>= X_1 -1) (<= X_1 1)))(assert (>= Y_0 "+least+"))"), 0o644))
		succeed(t, "reach", moonsText, "--box=-1:1", "-o", picture, "--inverse", spec)
		data, err := os.ReadFile(picture)
		require.NoError(t, err)
		require.Contains(t, string(data), says)
	}
}

func TestReachRefuses(t *testing.T) {
	net, dir := diamond(t), t.TempDir()
	one, query := pyramid(t), filepath.Join(t.TempDir(), "q.jsonl")
	text, err := os.ReadFile(data + "two_moons.vnnlib")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(query, text, 0o600))
	for want, args := range map[string][]string{
		"expected a file name that ends":           {net, "--box=-1:1", "-o", filepath.Join(dir, "a.txt")},
		"is another file of this command":          {net, "--box=-1:1", "-o", net},
		query + " is another file of this command": {net, "--box=-1:1", "-o", query, "--inverse", query},
		"the domains, by --domain":                 {one, "--box=-1:1", "-o", filepath.Join(dir, "a.svg")},
		"a network with 1 input, ":                 {net, "--box=-1:1,0:0", "-o", filepath.Join(dir, "a.svg"), "--domain"},
		"expected two of the 2 outputs":            {net, "--box=-1:1", "-o", filepath.Join(dir, "a.svg"), "--outputs", "0,2"},
		"expected two different numbers":           {net, "--box=-1:1", "-o", filepath.Join(dir, "a.svg"), "--outputs", "1,1"},
		"--region: 4, expected one of 4":           {net, "--box=-1:1", "-o", filepath.Join(dir, "a.ine"), "--region", "4"},
		"an l2 ball is no polyhedron":              {net, "--center", "0", "--radius", "1", "-o", filepath.Join(dir, "a.ine")},
		"regions without vertices":                 {net, "--center", "0", "--radius", "1", "-o", filepath.Join(dir, "a.png")},
		"an .ine file beside --inverse":            {net, "--box=-1:1", "-o", filepath.Join(dir, "a.ine"), "--inverse", data + "two_moons.vnnlib"},
		"outputs":                                  {net, "--box=-1:1", "-o", filepath.Join(dir, "a.ext"), "--inverse", data + "two_moons.vnnlib"},
	} {
		_, errs, code := relucell(t, append([]string{"reach"}, args...)...)
		require.Equal(t, exitInput, code, "%s: %s", want, errs)
		if want != "is another file of this command" {
			require.Contains(t, errs, want)
		}
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestReachIsChecked(t *testing.T) {
	net, dir := diamond(t), t.TempDir()
	proof, set := filepath.Join(dir, "p"), filepath.Join(dir, "r.jsonl")
	succeed(t, "count", net, "--box=-1:1", "--proof", proof)
	succeed(t, "reach", net, "--box=-1:1", "-o", set)
	require.Contains(t, succeed(t, "check", net, proof, "--reach", set), "r.jsonl holds these regions, each with its map, its domain and all its vertices, 16 in all")
	require.Contains(t, succeed(t, "check", net, proof, "--reach", set, "--format", "json"), `"reach_regions":4`)
	text, err := os.ReadFile(set)
	require.NoError(t, err)
	lines := strings.SplitAfter(string(text), "\n")
	bad := writeBytes(t, "bad.jsonl", []byte(strings.Join(lines[:3], "")))
	_, errs, code := relucell(t, "check", net, proof, "--reach", bad)
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, "NOT VERIFIED: bad.jsonl: line 4: the file ends, and 3 regions of the proof are in it: another one follows")
	for _, name := range []string{bad + "x", dir} { // a folder is no reach set that was refused
		_, errs, code = relucell(t, "check", net, proof, "--reach", name)
		require.Equal(t, exitInput, code, errs)
	}
}
