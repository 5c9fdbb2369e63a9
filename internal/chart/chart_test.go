package chart

// Axes say round numbers, as many as there is room for, and pictures are written in each format.

import (
	"bytes"
	"encoding/base64"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func labels(ticks []plot.Tick) (words []string) {
	for _, t := range ticks {
		words = append(words, t.Label)
	}
	return words
}

func TestAxesAreLabelledByRoundNumbers(t *testing.T) {
	require.Equal(t, []string{"0.5", "1", "2", "5", "10"}, labels(Decimals{Base: 10}.Ticks(-0.5, 1)))
	require.Equal(t, []string{"0.001", "0.01", "0.1", "1"}, labels(Decimals{Base: 10}.Ticks(-3.5, 0.5)))
	require.Equal(t, []string{"100", "1000", "1e4", "1e5", "1e6"}, labels(Decimals{Base: 2}.Ticks(4, 20)))
	require.Len(t, Decimals{Base: 10}.Ticks(0, 70), 8)
	require.Equal(t, []string{"1.2", "1.5", "2", "2.5", "3", "4"}, labels(Decimals{Base: 2}.Ticks(0.1, 2.2)), "too short for two of 1, 2 and 5")
	require.Equal(t, []string{"0.012", "0.015"}, labels(Decimals{Base: 10}.Ticks(-1.99, -1.8)))
	require.Equal(t, []string{"2^-1", "2^0", "2^1"}, labels(Powers{}.Ticks(-1.5, 1.5)))
	require.Equal(t, []string{"0.5", "1", "2"}, labels(Doublings{}.Ticks(-1.5, 1.5)))
	require.Equal(t, []string{"0", "2", "4", "6", "8"}, labels(Wholes{}.Ticks(0, 9)))
	for _, tick := range (Decimals{Base: 2}).Ticks(0, 3) {
		require.InDelta(t, tick.Value, map[string]float64{"1": 0, "2": 1, "5": math.Log2(5)}[tick.Label], 1e-12)
	}
}

// Gonum calls its png a jpg, and readers that believe it show no image: that was the surface of
// docs/landscape.md.
func TestImagesAreCalledWhatTheyAre(t *testing.T) {
	p := New()
	p.Add(plotter.NewImage(image.NewNRGBA(image.Rect(0, 0, 1, 1)), 0, 0, 1, 1))
	var b bytes.Buffer
	require.NoError(t, Write(&b, "svg", vg.Inch, vg.Inch, Panels(vg.Points(1), []*plot.Plot{p})))
	require.Contains(t, b.String(), `xlink:href="data:image/png;base64,`+base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n"))[:8])
	require.Contains(t, b.String(), `<image preserveAspectRatio="none" `)
}

// Gonum labels 1.05, 1.2, 1.35 as 1, 1.2, 1.3.
func TestTicksAreLabelledByWhatTheyMark(t *testing.T) {
	for _, axis := range [][2]float64{{0.989, 1.325}, {-1, 1}, {0, 3.5}, {1e6, 1e6 + 0.3}, {-1e-9, 2e-9}, {-1e300, 1e300}, {0.425, 0.582}} {
		labelled := 0
		for _, tick := range (Linear{}).Ticks(axis[0], axis[1]) {
			if tick.Label == "" {
				continue
			}
			labelled++
			v, err := strconv.ParseFloat(tick.Label, 64)
			require.NoError(t, err)
			require.InDelta(t, 0, (v-tick.Value)/(axis[1]-axis[0]), 1e-3, "%v: %s", tick.Value, tick.Label)
		}
		require.Greater(t, labelled, 1)
	}
}

func TestPicturesAreWrittenInEachFormat(t *testing.T) {
	p := plot.New()
	AddGrid(p)
	for format, begin := range map[string]string{"svg": "<?xml", "png": "\x89PNG", "pdf": "%PDF"} {
		require.Contains(t, Formats, format)
		var b bytes.Buffer
		require.NoError(t, Write(&b, format, vg.Inch, vg.Inch, Panels(vg.Points(1), []*plot.Plot{p, p})))
		require.Equal(t, begin, b.String()[:len(begin)])
	}
	require.ErrorContains(t, Write(new(bytes.Buffer), "bmp", vg.Inch, vg.Inch, Panels(0, []*plot.Plot{p})), `"bmp", expected one of [png svg pdf]`)
}

// A pdf without a folder for temporary files ended in a panic of the library.
func TestAPDFWithoutTemporaryFilesIsAnError(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	err := Write(io.Discard, "pdf", 100, 100, func(draw.Canvas) error { return nil })
	require.ErrorContains(t, err, "the fonts of a pdf need a folder for temporary files")
	t.Setenv("TMPDIR", t.TempDir())
	require.EqualError(t, Drawn("pdf", func() error { panic("vgpdf: no room") }), "vgpdf: no room")
	require.PanicsWithValue(t, "a fault", func() { _ = Drawn("pdf", func() error { panic("a fault") }) })
	entries, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	require.Empty(t, entries)
}

// Two pdfs of a picture differed where a second passed between them, or where their texts were of
// several faces.
func TestAPDFIsAFunctionOfThePicture(t *testing.T) {
	p := New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = "title", "x", "y"
	p.X.Label.TextStyle.Font.Variant, p.Y.Label.TextStyle.Font.Variant = "Mono", "Serif"
	var first []byte
	for range 20 {
		var b bytes.Buffer
		require.NoError(t, Write(&b, "pdf", 2*vg.Inch, 2*vg.Inch, Panels(0, []*plot.Plot{p})))
		if first == nil {
			first = b.Bytes()
		}
		require.True(t, bytes.Equal(first, b.Bytes()))
	}
	require.Contains(t, string(first), "LiberationMono")
	require.NotRegexp(t, `Date|D:\d`, string(first))
	// The table of objects stands where the last line but one says.
	tail := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(first)
	require.Len(t, tail, 2)
	at, err := strconv.Atoi(string(tail[1]))
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(first[at:], []byte("xref\n")))
}
