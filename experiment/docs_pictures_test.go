package experiment

// The pictures of docs that recorded tables are shown by: those of digits were drawn by a program of long ago.

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "draw the pictures of docs again")

func TestPicturesOfDocsAreWhatIsDrawn(t *testing.T) {
	docs := filepath.Join("..", "docs")
	digits := filepath.Join(docs, "observations", "digits")
	m, err := ReadManifest(filepath.Join(digits, manifestName), KindTraining)
	require.NoError(t, err)
	rows, err := readRows(recorded(t, digits, m))
	require.NoError(t, err)
	m.Config.Studies[0].data = &Data{Name: "digits", Inputs: 64, Classes: 10}
	drawnIn(t, digits, "png", func(w work) error { return (&runner{work: w}).figures(m.Config, rows) })
	folders, err := filepath.Glob(filepath.Join(docs, "recurrent", "*", manifestName))
	require.NoError(t, err)
	for _, path := range folders {
		m, err := ReadManifest(path, KindRecurrent)
		require.NoError(t, err)
		rows, err := readRows(recorded(t, filepath.Dir(path), m))
		require.NoError(t, err)
		drawnIn(t, filepath.Dir(path), "svg", func(w work) error { return (&recurrentRunner{m.Recurrent, w}).figures(rows) })
	}
	for _, name := range []string{"small", "ten"} {
		dir := filepath.Join(docs, "learning", name)
		m, err := ReadManifest(filepath.Join(dir, manifestName), KindRecover)
		require.NoError(t, err)
		rows := readRecovered(t, recorded(t, dir, m))
		drawnIn(t, filepath.Dir(dir), "png", func(w work) error { return (&recoverRunner{m.Recover, w}).figures(rows) })
	}
}

// readRecovered reads what a study of recovery has measured.
func readRecovered(t *testing.T, text []byte) (rows []RecoverRow) {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, recoverHeader, lines[0])
	for _, f := range lines[1:] {
		r := RecoverRow{Method: f[4], Stage: f[5], Quantity: f[6]}
		var faults [6]error
		r.Inputs, faults[0] = strconv.Atoi(f[0])
		r.Neurons, faults[1] = strconv.Atoi(f[1])
		r.Seed, faults[2] = strconv.ParseUint(f[2], 10, 64)
		r.Samples, faults[3] = strconv.Atoi(f[3])
		r.Lower, faults[4] = strconv.ParseFloat(f[7], 64)
		r.Upper, faults[5] = strconv.ParseFloat(f[8], 64)
		require.NoError(t, errors.Join(faults[:]...))
		rows = append(rows, r)
	}
	return rows
}

// drawnIn compares those pictures that are in a folder of docs with what is drawn.
func drawnIn(t *testing.T, dir, format string, drawing func(work) error) {
	t.Helper()
	w := work{folder: folder(t.TempDir()), opt: Options{Figures: format}}
	require.NoError(t, drawing(w))
	all, err := filepath.Glob(filepath.Join(w.folder.path(figuresFolder), "*"))
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for _, file := range all {
		shown := filepath.Join(dir, filepath.Base(file))
		want, err := os.ReadFile(shown)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		require.NoError(t, err)
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(shown, got, 0o644))
			continue
		}
		same := bytes.Equal(want, got)
		if !same && format == "png" {
			same = alike(t, want, got)
		}
		require.True(t, same || !follow, "%s is another picture; -update draws it again", shown)
	}
}

// alike says whether two pictures differ by less than half a step of 255 a pixel, as by other
// rounding.
func alike(t *testing.T, a, b []byte) bool {
	t.Helper()
	var pictures [2]image.Image
	for k, data := range [][]byte{a, b} {
		var err error
		pictures[k], err = png.Decode(bytes.NewReader(data))
		require.NoError(t, err)
	}
	box := pictures[0].Bounds()
	if box != pictures[1].Bounds() {
		return false
	}
	sum := 0.0
	for y := range box.Dy() {
		for x := range box.Dx() {
			r, _, _, _ := pictures[0].At(x, y).RGBA()
			s, _, _, _ := pictures[1].At(x, y).RGBA()
			sum += float64(max(r, s)-min(r, s)) / 0x101
		}
	}
	return sum/float64(box.Dx()*box.Dy()) < 0.5
}
