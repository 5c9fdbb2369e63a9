// Package chart is what the pictures of measurements share: inks, a grid, axes of logarithms and of
// whole numbers, and panels in a file.
package chart

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Formats are the formats that Write knows.
var Formats = []string{"png", "svg", "pdf"}

// Inks are Okabe and Ito's colours (2008), told apart by colour-blind readers too, with a grey for
// their yellow, which is too faint on white.
var Inks = []color.NRGBA{
	{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {204, 121, 167, 255}, {90, 90, 90, 255}, {230, 159, 0, 255}, {86, 180, 233, 255},
}

// BrowserFont names, in an svg, the face that texts have in all formats, and others for browsers
// that do not have it; it takes the place of GonumFont, which is what gonum writes.
const (
	GonumFont   = `font-family:Liberation Sans;font-variant:normal;font-weight:normal;font-style:normal`
	BrowserFont = `font-family:'Liberation Sans',Arial,Helvetica,sans-serif`
)

// New returns an empty panel whose texts have no serifs.
func New() *plot.Plot {
	p := plot.New()
	for _, f := range []*font.Font{&p.Title.TextStyle.Font, &p.Legend.TextStyle.Font,
		&p.X.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Label.TextStyle.Font, &p.Y.Tick.Label.Font} {
		f.Variant = sans
	}
	return p
}

const sans = "Sans"

// NewLegend returns an empty legend, to be drawn beside panels, in their face.
func NewLegend() plot.Legend {
	l := plot.NewLegend()
	l.TextStyle.Font.Variant = sans
	return l
}

// AddGrid puts a faint grid under what a panel shows.
func AddGrid(p *plot.Plot) {
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{240}
	p.Add(grid)
}

// pixelsPerInch are those of a png.
const pixelsPerInch = 120

// Write writes a picture in one of the Formats: what drawing draws, on white.
func Write(w io.Writer, format string, width, height vg.Length, drawing func(draw.Canvas) error) error {
	var c interface {
		vg.CanvasSizer
		io.WriterTo
	}
	switch format {
	case "svg":
		c = vgsvg.New(width, height)
	case "pdf":
		c = NewPDF(width, height)
	case "png":
		c = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(pixelsPerInch))}
	default:
		return fmt.Errorf("picture: %q, expected one of %v", format, Formats)
	}
	canvas := draw.New(c)
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Rectangle.Path())
	if err := Drawn(format, func() error { return drawing(canvas) }); err != nil {
		return err
	}
	if format != "svg" {
		_, err := c.WriteTo(w)
		return err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	text := bytes.ReplaceAll(b.Bytes(), []byte(GonumFont), []byte(BrowserFont))
	// A browser would keep the shape of an image, and leave part of its place empty; and others
	// than browsers believe gonum, which calls its png a jpg.
	text = bytes.ReplaceAll(text, []byte("<image "), []byte(`<image preserveAspectRatio="none" `))
	_, err := w.Write(bytes.ReplaceAll(text, []byte("data:image/jpg;"), []byte("data:image/png;")))
	return err
}

// Drawn calls drawing, which draws a picture of a format. The library of pdf files reads its fonts
// by way of temporary files, and panics where there is no room for them: then the error says so.
func Drawn(format string, drawing func() error) (err error) {
	if format != "pdf" {
		return drawing()
	}
	folder, err := os.MkdirTemp("", "relucell-fonts-")
	if err != nil {
		return fmt.Errorf("the fonts of a pdf need a folder for temporary files: %w", err)
	}
	defer os.Remove(folder)
	defer func() {
		r := recover()
		if said, ok := r.(string); ok && strings.HasPrefix(said, "vgpdf: ") {
			err = errors.New(said)
		} else if r != nil {
			panic(r)
		}
	}()
	return drawing()
}

// Panels draws rows of panels of equal size: a gap around them, and twice that between two. Titles
// that are wider than their panel are shortened. An error says that floats do not hold an axis.
func Panels(gap vg.Length, rows ...[]*plot.Plot) func(draw.Canvas) error {
	tiles := draw.Tiles{Rows: len(rows), Cols: len(rows[0]), PadX: 2 * gap, PadY: 2 * gap,
		PadTop: gap, PadBottom: gap, PadLeft: gap, PadRight: gap}
	return func(c draw.Canvas) error {
		for _, row := range rows {
			for _, p := range row {
				if !ranged(&p.X) || !ranged(&p.Y) {
					return errors.New("a picture of what floats do not hold: an axis longer than the largest of them")
				}
			}
		}
		for i, row := range plot.Align(rows, tiles, c) {
			for j, at := range row {
				p := rows[i][j]
				whole := p.Title.Text
				p.Title.Text = Fit(whole, p.Title.TextStyle, at.Size().X)
				p.Draw(at)
				p.Title.Text = whole
			}
		}
		return nil
	}
}

// leastLength is that of an axis beside its largest value: on a shorter one ticks would be the same
// floats.
const leastLength = 0x1p-32

// ranged gives an axis ends that ticks can be put between, and reports whether floats hold them:
// gonum panics where a value beyond 2⁵³ is all there is, and looks for ticks for ever where the
// length overflows.
func ranged(a *plot.Axis) bool {
	low, high := a.Min, a.Max
	if low > high { // nothing was added
		return true
	}
	length := leastLength * max(math.Abs(low), math.Abs(high))
	if low == high {
		length = max(length, 2)
	}
	if short := length - (high - low); short > 0 {
		low, high = low-short/2, high+short/2
	}
	a.Min, a.Max = low, high
	return !math.IsInf(high-low, 0)
}

// Linear has gonum's ticks, labelled by what they mark: gonum calls 1.05, 1.2, 1.35 by 1, 1.2, 1.3.
type Linear struct{}

// Ticks makes it a plot.Ticker.
func (Linear) Ticks(low, high float64) []plot.Tick {
	all := plot.DefaultTicks{}.Ticks(low, high)
	// Steps of a thousandth of the axis are told apart, and the rounding of their sums is not seen.
	digits := 3 + int(math.Ceil(math.Log10(max(1, math.Max(math.Abs(low), math.Abs(high))/(high-low)))))
	for k := range all {
		if all[k].Label != "" {
			all[k].Label = strconv.FormatFloat(all[k].Value, 'g', min(digits+1, 17), 64)
			if v, err := strconv.ParseFloat(all[k].Label, 64); err == nil {
				all[k].Label = strconv.FormatFloat(v, 'g', -1, 64)
			}
		}
	}
	return all
}

// Decimals labels an axis of logarithms to a base by round decimals: 1, 2 and 5 times powers of
// ten, powers of ten alone where the axis is long, and more where it is too short for two of them.
type Decimals struct{ Base float64 }

// Ticks makes it a plot.Ticker.
func (d Decimals) Ticks(low, high float64) []plot.Tick {
	if decades := (high - low) * math.Log10(d.Base); decades > 3 {
		return d.marks(low, high, max(1, int(math.Ceil(decades/7))), 1)
	}
	ticks := d.marks(low, high, 1, 1, 2, 5)
	if len(ticks) < 2 {
		ticks = d.marks(low, high, 1, 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)
	}
	return ticks
}

// marks are the digits times every stride-th power of ten.
func (d Decimals) marks(low, high float64, stride int, digits ...float64) (ticks []plot.Tick) {
	decade := math.Log(10) / math.Log(d.Base)
	first := int(math.Floor(low / decade))
	for e := first - first%stride - stride; float64(e) <= high/decade; e += stride {
		for _, m := range digits {
			v := (math.Log10(m) + float64(e)) * decade
			if v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: label(m, e)})
			}
		}
	}
	return ticks
}

// label writes m·10^e.
func label(m float64, e int) string {
	text := fmt.Sprintf("%ge%d", m, e)
	if e >= 4 || e < -4 {
		return text
	}
	v, _ := strconv.ParseFloat(text, 64) // the decimal's float, which no product need be
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Powers labels an axis of logarithms to base 2 as powers.
type Powers struct{}

// Ticks makes it a plot.Ticker.
func (Powers) Ticks(low, high float64) []plot.Tick {
	return wholes(low, high, func(e int) string { return fmt.Sprintf("2^%d", e) })
}

// Doublings labels an axis of logarithms to base 2 by the numbers.
type Doublings struct{}

// Ticks makes it a plot.Ticker.
func (Doublings) Ticks(low, high float64) []plot.Tick {
	return wholes(low, high, func(e int) string { return fmt.Sprint(math.Exp2(float64(e))) })
}

// Wholes labels whole numbers alone.
type Wholes struct{}

// Ticks makes it a plot.Ticker.
func (Wholes) Ticks(low, high float64) []plot.Tick {
	return wholes(low, high, func(e int) string { return fmt.Sprint(e) })
}

// wholes are the whole numbers of an axis, or every so many of them where they are more than eight.
func wholes(low, high float64, label func(int) string) []plot.Tick {
	var ticks []plot.Tick
	step := max(1, int(math.Ceil((high-low)/8)))
	for e := int(math.Ceil(low)); e <= int(math.Floor(high)); e++ {
		if e%step == 0 {
			ticks = append(ticks, plot.Tick{Value: float64(e), Label: label(e)})
		}
	}
	return ticks
}
