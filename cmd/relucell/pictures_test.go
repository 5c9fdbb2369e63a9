package main

// Pictures as programs of others show them: a picture is the same in each format. Those of pdf were
// wrong for months, for tests looked at their first bytes alone.

import (
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// rasters are the programs that draw a format as a png of so many pixels, beside it.
var rasters = map[string]func(file, width string) (program string, args []string, out string){
	"pdf": func(file, width string) (string, []string, string) {
		return "pdftoppm", []string{"-png", "-singlefile", "-scale-to-x", width, "-scale-to-y", "-1", file, file}, file + ".png"
	},
	"svg": func(file, width string) (string, []string, string) {
		return "rsvg-convert", []string{"-w", width, "-b", "white", "-o", file + ".png", file}, file + ".png"
	},
}

func TestPicturesLookAlikeInEveryFormat(t *testing.T) {
	const width = "800"
	dir := t.TempDir()
	between := data + "two_moons_between.vnnlib"
	commands := map[string][]string{
		"disc":     {"plot", moons, "--center", "0.5,0.25", "--radius", "1.5", "--points", data + "two_moons_points.csv"},
		"gradient": {"plot", moons, "--center", "0.5,0.25", "--radius", "1", "--norm", "l1", "--fill", "gradient"},
		"layer":    {"plot", moons, "--center", "0.5,0.25", "--radius", "0.5", "--fill", "layer"},
		"class":    {"plot", moons, "--box=-1.5:2.5,-1:1.5", "--fill", "class"},
		"images":   {"reach", data + "iris_sized_4-16-16-3.onnx", "--center", "0", "--radius", "0.25", "--norm", "linf"},
		"inverse":  {"reach", moons, "--box=-1.5:2.5,-1:1.5", "--inverse", between},
		"surface":  {"landscape", "plot", data + "landscape/zigzag.csv"},
	}
	for format, raster := range rasters {
		program, _, _ := raster("", "")
		t.Run(format, func(t *testing.T) {
			if _, err := exec.LookPath(program); err != nil {
				t.Skipf("pictures as %s are not looked at: install %s", format, program)
			}
			for name, args := range commands {
				plain, file := filepath.Join(dir, name+".png"), filepath.Join(dir, name+"."+format)
				if _, err := os.Stat(plain); err != nil {
					succeed(t, append(args, "-o", plain)...)
				}
				succeed(t, append(args, "-o", file)...)
				_, how, out := raster(file, width)
				said, err := exec.Command(program, how...).CombinedOutput()
				require.NoError(t, err, "%s", said)
				apart := apart(tiles(t, plain), tiles(t, out))
				t.Logf("%s: %.1f", name, apart)
				require.Less(t, apart, 30.0, "%s as %s is another picture than as png", name, format)
			}
		})
	}
}

// tiles are the mean colours of a picture in squares of a fortieth of its width: letters differ by
// how they are smoothed, and cells, surfaces and dots that are elsewhere by more than a square.
func tiles(t *testing.T, file string) [][3]float64 {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	img, _, err := image.Decode(f)
	require.NoError(t, err)
	box := img.Bounds()
	const across = 40
	down := across * box.Dy() / box.Dx()
	sums, counts := make([][3]float64, across*down), make([]float64, across*down)
	for y := range box.Dy() {
		for x := range box.Dx() {
			k := min(y*across/box.Dx(), down-1)*across + x*across/box.Dx()
			r, g, b, _ := img.At(box.Min.X+x, box.Min.Y+y).RGBA()
			for i, v := range []uint32{r, g, b} {
				sums[k][i] += float64(v) / 0x101
			}
			counts[k]++
		}
	}
	for k := range sums {
		for i := range sums[k] {
			sums[k][i] /= counts[k]
		}
	}
	return sums
}

// apart is the largest difference of a colour, of 255; all of it where the shapes differ.
func apart(a, b [][3]float64) float64 {
	if len(a) != len(b) {
		return 255
	}
	most := 0.0
	for k := range a {
		for i := range a[k] {
			most = max(most, a[k][i]-b[k][i], b[k][i]-a[k][i])
		}
	}
	return most
}
