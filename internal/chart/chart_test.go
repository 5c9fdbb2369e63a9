package chart

// Axes say round numbers, as many as there is room for, and pictures are written in each format.

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"image"
	"image/color"
	"io"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
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

// Where a large value is all there is, gonum's ends of an axis were the same float, which was a
// panic; where its length overflows, it looked for ticks for ever.
func TestAxesOfLargeNumbers(t *testing.T) {
	draws := func(values ...float64) error {
		p := New()
		p.X.Tick.Marker, p.Y.Tick.Marker = Linear{}, Linear{}
		line, err := plotter.NewLine(plotter.XYs{{X: values[0], Y: 0}, {X: values[len(values)-1], Y: 1}})
		require.NoError(t, err)
		p.Add(line)
		return Write(io.Discard, "svg", vg.Inch, vg.Inch, Panels(vg.Points(1), []*plot.Plot{p}))
	}
	for _, v := range []float64{0, 1, 1e-310, 0x1p53, 0x1p502, -0x1p1000} {
		require.NoError(t, draws(v), v)
		require.NoError(t, draws(v, math.Nextafter(v, math.Inf(1))), v)
	}
	require.NoError(t, draws(0, math.MaxFloat64))
	for _, ends := range [][]float64{{-math.MaxFloat64, math.MaxFloat64}, {-1e308, 1.7e308}, {math.MaxFloat64}} {
		require.EqualError(t, draws(ends...), "a picture of what floats do not hold: an axis longer than the largest of them")
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

// content is the drawing of a pdf of one page, in words of the format.
func content(t *testing.T, file []byte) string {
	t.Helper()
	_, after, found := bytes.Cut(file, []byte("stream\n"))
	require.True(t, found)
	r, err := zlib.NewReader(bytes.NewReader(after))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}

// Cells with arcs were filled elsewhere on the page: each arc was a path of its own, turned.
func TestAPDFFillsAPathWithArcsWhereItIs(t *testing.T) {
	half := func() (p vg.Path) {
		p.Move(vg.Point{X: 60, Y: 50})
		p.Arc(vg.Point{X: 50, Y: 50}, 10, 0, math.Pi)
		p.Close()
		return p
	}
	var b bytes.Buffer
	require.NoError(t, Write(&b, "pdf", 100, 100, func(c draw.Canvas) error {
		c.SetColor(color.Black)
		c.Fill(half())
		return nil
	}))
	words := content(t, b.Bytes())
	_, words, found := strings.Cut(words, "60.00 50.00 m\n")
	require.True(t, found)
	shape, _, found := strings.Cut(words, "f\n")
	require.True(t, found)
	lines := strings.Split(strings.TrimSpace(shape), "\n")
	require.Len(t, lines, 1+4+2, "%q", lines) // to the arc's start, an eighth of a turn each, and closed
	for _, line := range lines[1:5] {
		require.Regexp(t, ` c$`, line)
	}
	require.Regexp(t, `40.00000 50.00000 c$`, lines[4])
	require.Equal(t, []string{"60.00 50.00 l", "h"}, lines[5:])
}

func TestCurvesLieOnTheirArcs(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 300 {
		center, radius := vg.Point{X: vg.Length(r.NormFloat64()), Y: vg.Length(r.NormFloat64())}, vg.Length(r.ExpFloat64())
		start, angle := 7*r.NormFloat64(), 4*math.Pi*(r.Float64()-0.5)
		var p vg.Path
		p.Arc(center, radius, start, angle)
		got := curves(p)
		require.Equal(t, vg.MoveComp, got[0].Type)
		from, turned := got[0].Pos, 0.0
		at := func(v vg.Point) float64 { return math.Atan2(float64(v.Y-center.Y), float64(v.X-center.X)) }
		require.InDelta(t, 0, math.Remainder(at(from)-start, 2*math.Pi), 1e-9)
		for _, c := range got[1:] {
			require.Equal(t, vg.CurveComp, c.Type)
			before := from
			for k := 1; k <= 8; k++ {
				u := vg.Length(k) / 8
				v := before.Scale((1 - u) * (1 - u) * (1 - u)).Add(c.Control[0].Scale(3 * u * (1 - u) * (1 - u))).
					Add(c.Control[1].Scale(3 * u * u * (1 - u))).Add(c.Pos.Scale(u * u * u))
				d := v.Sub(center)
				require.InEpsilon(t, float64(radius), math.Hypot(float64(d.X), float64(d.Y)), 5e-6)
				turned += math.Remainder(at(v)-at(from), 2*math.Pi)
				from = v
			}
		}
		require.InDelta(t, angle, turned, 1e-9)
	}
	straight := vg.Path{{Type: vg.MoveComp}, {Type: vg.LineComp}, {Type: vg.CloseComp}}
	require.Equal(t, straight, curves(straight))
}

// A × was written as two letters of another alphabet.
func TestAPDFWritesItsTextsAsTheyAre(t *testing.T) {
	p := New()
	p.Title.Text = "1 × 2 ÷ 3 − π"
	var b bytes.Buffer
	require.NoError(t, Write(&b, "pdf", 2*vg.Inch, 2*vg.Inch, Panels(0, []*plot.Plot{p})))
	require.Contains(t, content(t, b.Bytes()), "(1 \xd7 2 \xf7 3 \x96 ?)")
}

// An image was drawn upside down, so that minima were shown on the hills of a surface.
func TestAPDFDrawsImagesUpright(t *testing.T) {
	img := image.NewNRGBA(image.Rect(3, 4, 5, 7)) // of two columns and three rows
	for k := range 6 {
		img.Set(3+k%2, 4+k/2, color.NRGBA{uint8(10 * k), 0, 0, 255})
	}
	var b bytes.Buffer
	require.NoError(t, Write(&b, "pdf", 100, 100, func(c draw.Canvas) error {
		c.DrawImage(vg.Rectangle{Min: vg.Point{X: 10, Y: 20}, Max: vg.Point{X: 30, Y: 50}}, img)
		return nil
	}))
	// The page is turned upside down once, and the image is drawn with its first row at the top of
	// a square whose upper side is then the lower one.
	words := content(t, b.Bytes())
	require.Contains(t, words, "1.00000 0.00000 0.00000 -1.00000 0.00000 200.00000 cm")
	require.Contains(t, words, "q 20.00000 0 0 30.00000 10.00000 50.00000 cm /I")
	upside := turned(img)
	require.Equal(t, image.Rect(0, 0, 2, 3), upside.Bounds())
	for k := range 6 {
		require.Equal(t, img.At(3+k%2, 4+k/2), upside.At(k%2, 2-k/2))
	}
}

// White through which a picture shines was grey.
func TestAPDFKeepsTransparentColours(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Write(&b, "pdf", 100, 100, func(c draw.Canvas) error {
		c.SetColor(color.NRGBA{255, 255, 255, 128})
		c.Fill(c.Rectangle.Path())
		c.SetColor(color.NRGBA{255, 0, 51, 64})
		c.Fill(c.Rectangle.Path())
		c.SetColor(nil)
		return nil
	}))
	words := content(t, b.Bytes())
	require.Contains(t, words, "1.000 g\n1.000 G\n/GS2 gs\n0.00 100.00 m")
	require.Contains(t, words, "1.000 0.000 0.200 rg\n1.000 0.000 0.200 RG\n/GS3 gs\n0.00 100.00 m")
	require.Contains(t, words, "0.000 g\n0.000 G\n/GS1 gs\n")
	require.Contains(t, b.String(), "/ca 0.50")
	require.Contains(t, b.String(), "/ca 0.25")
}
