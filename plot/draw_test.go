package plot

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg/draw"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
)

var update = flag.Bool("update", false, "write the golden images again")

func moonPoints(t require.TestingT) *Points {
	f, err := os.Open("../testdata/two_moons_points.csv")
	require.NoError(t, err)
	defer f.Close()
	p, err := ReadPoints(f, 2)
	require.NoError(t, err)
	return p
}

// goldenDifference is how far a picture's channels may be, on average over its
// pixels and out of 255, from the golden image's: half a step, as when other
// rounding shades the rims of lines anew. A line elsewhere or a fill of another colour
// makes several steps.
const goldenDifference = 0.5

func TestGoldenImages(t *testing.T) {
	for _, c := range []struct {
		norm ball.Norm
		fill Fill
	}{{ball.L2, ByPattern}, {ball.L1, ByLayer}, {ball.LInf, ByGradient}, {ball.Box, ByClass}} {
		name := c.norm.String() + "_" + string(c.fill)
		t.Run(name, func(t *testing.T) {
			m := newMap(t, twoMoons(t), newBall(t, c.norm, []float64{0.5, 0.25}, 1.5))
			p, err := m.Draw(Options{Name: "two moons", Fill: c.fill, Points: moonPoints(t), Width: 400})
			require.NoError(t, err)
			var b bytes.Buffer
			require.NoError(t, p.Write(&b, "png"))
			golden := filepath.Join("testdata", name+".png")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(golden, b.Bytes(), 0o644))
			}
			data, err := os.ReadFile(golden)
			require.NoError(t, err)
			want, err := png.Decode(bytes.NewReader(data))
			require.NoError(t, err)
			got, err := png.Decode(&b)
			require.NoError(t, err)
			require.Equal(t, want.Bounds(), got.Bounds())
			require.Less(t, difference(want, got), goldenDifference)
		})
	}
}

// difference is the mean difference of channels, out of 255.
func difference(a, b image.Image) float64 {
	sum, r := 0.0, a.Bounds()
	for x := r.Min.X; x < r.Max.X; x++ {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			p, q := [3]uint32{}, [3]uint32{}
			p[0], p[1], p[2], _ = a.At(x, y).RGBA()
			q[0], q[1], q[2], _ = b.At(x, y).RGBA()
			for k := range p {
				sum += float64(max(p[k], q[k])-min(p[k], q[k])) / 0x101
			}
		}
	}
	return sum / float64(3*r.Dx()*r.Dy())
}

func TestUnitsAreAsLongOnBothAxes(t *testing.T) {
	const lengthError = 1e-6 // of a unit's length on paper
	for _, norm := range []ball.Norm{ball.L2, ball.LInf, ball.L1, ball.Box} {
		m := newMap(t, twoMoons(t), newBall(t, norm, []float64{0.5, 0.25}, 1))
		for _, width := range []int{300, 800, 2000} {
			p, err := m.Draw(Options{Name: strings.Repeat("name ", 5), Width: width})
			require.NoError(t, err)
			data := p.plot.DataCanvas(p.main(draw.Canvas{}))
			x, y := p.plot.Transforms(&data)
			require.InEpsilon(t, float64(x(1)-x(0)), float64(y(1)-y(0)), lengthError, "%v, %d pixels", norm, width)
			require.Positive(t, float64(x(1)-x(0)))
		}
	}
}

func TestFlatBoxesAreStretched(t *testing.T) {
	b, err := ball.NewBox([]float64{0, 0}, []float64{1000, 1})
	require.NoError(t, err)
	m := newMap(t, twoMoons(t), b)
	require.Equal(t, 1.0, m.axes([2]string{})[1].stretch)
	p, err := m.Draw(Options{})
	require.NoError(t, err)
	require.Less(t, float64(p.h), tallest*float64(p.w)+1)
}

func TestTicksOfAFarBallAreOffsets(t *testing.T) {
	m := newMap(t, twoMoons(t), newBall(t, ball.LInf, []float64{1e6, 0}, 0.125))
	a := m.axes([2]string{"x0", "x1"})
	require.Equal(t, "x0 − 1e+06", a[0].label)
	require.Equal(t, "x1", a[1].label)
	for _, tick := range a[0].Ticks(-1, 1) {
		require.LessOrEqual(t, len(tick.Label), 6)
	}
	require.NotEmpty(t, a[0].Ticks(-1, 1))
}

func TestTicksOfATinyBallShareAPowerOfTen(t *testing.T) {
	m := newMap(t, twoMoons(t), newBall(t, ball.LInf, []float64{0.5, 0}, 1e-60))
	a := m.axes([2]string{"x0", "x1"})
	require.Equal(t, "(x0 − 0.5) ÷ 1e-60", a[0].label)
	require.Equal(t, "x1 ÷ 1e-60", a[1].label)
	require.Equal(t, "-1", a[1].Ticks(-1.04, 1.04)[0].Label)
}

func TestPicturesAreTheSameEveryTime(t *testing.T) {
	m := newMap(t, twoMoons(t), newBall(t, ball.L2, []float64{0.5, 0.25}, 0.5))
	for _, format := range []string{"svg", "png"} {
		var first []byte
		for range 2 {
			p, err := m.Draw(Options{Points: moonPoints(t)})
			require.NoError(t, err)
			var b bytes.Buffer
			require.NoError(t, p.Write(&b, format))
			if first == nil {
				first = b.Bytes()
			}
			require.True(t, bytes.Equal(first, b.Bytes()))
		}
	}
}

func TestPDFAndSVGAreWhatTheySay(t *testing.T) {
	m := newMap(t, twoMoons(t), newBall(t, ball.L1, []float64{0.5, 0.25}, 0.5))
	p, err := m.Draw(Options{Name: "a <b> & c"})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, p.Write(&b, "pdf"))
	require.True(t, bytes.HasPrefix(b.Bytes(), []byte("%PDF-")))
	b.Reset()
	require.NoError(t, p.Write(&b, "svg"))
	require.Contains(t, b.String(), "a &lt;b&gt; &amp; c (2-16-16-1)")
	require.Contains(t, b.String(), "l1 ball, centre (0.5, 0.25), radius 0.5: 94 activation regions")
	require.Contains(t, b.String(), "font-family:'Liberation Sans',Arial")
	require.NotRegexp(t, regexp.MustCompile(`NaN|Inf`), b.String())
	require.ErrorContains(t, p.Write(&b, "gif"), "expected one of [svg png pdf]")
}

func TestDrawRefuses(t *testing.T) {
	m := newMap(t, twoMoons(t), newBall(t, ball.L1, []float64{0.5, 0.25}, 0.5))
	_, err := m.Draw(Options{Fill: "colourful"})
	require.ErrorContains(t, err, `fill "colourful", expected one of [pattern layer gradient class]`)
	_, err = m.Draw(Options{Points: &Points{X: [][]float64{{1, 2, 3}}}})
	require.ErrorContains(t, err, "3 coordinates, expected 2")
	require.ErrorContains(t, m.WriteHTML(&bytes.Buffer{}, Options{Points: &Points{X: [][]float64{{1}}}}), "1 coordinates, expected 2")
}

func TestSliversAreInTheLegend(t *testing.T) {
	n, b := gen.ParallelSlivers(20)
	p, err := newMap(t, n, b).Draw(Options{})
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, p.Write(&out, "svg"))
	require.Contains(t, out.String(), "19 regions too thin to fill")
}

func TestTheLegendHasOnlyWhatThePictureHas(t *testing.T) {
	m := newMap(t, twoMoons(t), newBall(t, ball.L2, []float64{-0.9, 1.4}, 0.001))
	require.Len(t, m.Regions, 1)
	p, err := m.Draw(Options{Fill: ByClass, Points: moonPoints(t)})
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, p.Write(&out, "svg"))
	for _, absent := range []string{"boundary", "class 0", "class 1", "output &gt; 0"} {
		require.NotContains(t, out.String(), absent)
	}
	for _, present := range []string{"output &lt; 0", "300 points outside the picture", "1 activation region"} {
		require.Contains(t, out.String(), present)
	}
}

// The map of points with a class of a long name had no room at all, and the beginning of a network's
// long name was outside the picture.
func TestLongNamesLeaveTheMapItsRoom(t *testing.T) {
	long := strings.Repeat("long ", 60)
	m := newMap(t, twoMoons(t), newBall(t, ball.L2, []float64{0.5, 0.25}, 1))
	p, err := m.Draw(Options{Name: "first " + long + "last", Points: &Points{X: [][]float64{{0.5, 0.25}}, Class: []int{0}, Classes: []string{"of " + long + "\nkittens"}}})
	require.NoError(t, err)
	size := p.plot.DataCanvas(p.main(draw.Canvas{})).Size()
	require.Greater(t, size.X, p.w/2)
	var b bytes.Buffer
	require.NoError(t, p.Write(&b, "svg"))
	title := regexp.MustCompile(`(?s)<text x="([0-9.]+)"[^>]*>(first long.*?)</text>`).FindStringSubmatch(b.String())
	require.Len(t, title, 3, "a title within the picture")
	require.Regexp(t, `….*last \(2-16-16-1\)$`, title[2])
	require.Regexp(t, `>1 point of class of long.*….*long +kittens</text>`, b.String())
}
