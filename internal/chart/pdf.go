// Pictures as pdf, by gonum's canvas, whose faults are mended here: it draws each arc of a path as
// a path of its own, in other coordinates, so that cells with arcs were filled elsewhere; it turns
// images upside down; it darkens what is transparent; it takes the bytes of UTF-8 for letters; it
// writes the second of the day into the file, and its fonts in the order of a map.

package chart

import (
	"bytes"
	"image"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/encoding/charmap"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgpdf"
)

// The library takes this for all files of a process alone; it changes nothing that a reader sees.
func init() { fpdf.SetDefaultCatalogSort(true) }

// PDF is gonum's canvas of a pdf file, which draws as its other canvases do into a file that is a
// function of what was drawn.
type PDF struct{ *vgpdf.Canvas }

// NewPDF returns an empty page.
func NewPDF(width, height vg.Length) PDF { return PDF{vgpdf.New(width, height)} }

// Fill fills a path.
func (p PDF) Fill(path vg.Path) { p.Canvas.Fill(curves(path)) }

// Stroke draws along a path.
func (p PDF) Stroke(path vg.Path) { p.Canvas.Stroke(curves(path)) }

// DrawImage draws an image.
func (p PDF) DrawImage(at vg.Rectangle, img image.Image) { p.Canvas.DrawImage(at, turned(img)) }

// turned is an image with its last row first.
func turned(img image.Image) image.Image {
	b := img.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Set(x, b.Dy()-1-y, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// SetColor sets the colour of what is drawn.
func (p PDF) SetColor(c color.Color) {
	if c == nil {
		c = color.Black
	}
	p.Canvas.SetColor(opaque(color.NRGBAModel.Convert(c).(color.NRGBA)))
}

// opaque is a colour that says its shares as they are without transparency.
type opaque color.NRGBA

// RGBA makes it a color.Color, against whose rules it is.
func (c opaque) RGBA() (r, g, b, a uint32) {
	const full = 0x101 // from a byte to two
	return full * uint32(c.R), full * uint32(c.G), full * uint32(c.B), full * uint32(c.A)
}

// FillString writes a text. The fonts of the file have the letters of Windows' code page 1252: a
// minus, which it has not, is as long as its dash, and others are question marks.
func (p PDF) FillString(face font.Face, at vg.Point, text string) {
	var letters []byte
	for _, r := range strings.ReplaceAll(text, "−", "–") {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			b = '?'
		}
		letters = append(letters, b)
	}
	p.Canvas.FillString(face, at, string(letters))
}

// widest is the angle of the longest part of a circle that is drawn as one cubic curve, which
// leaves the circle by less than 5 millionths of the radius (Goldapp 1991).
const widest = math.Pi / 4

// curves is a path with cubic curves in the place of arcs. As in gonum's other canvases a line
// leads to where an arc begins.
func curves(path vg.Path) vg.Path {
	if !slices.ContainsFunc(path, func(c vg.PathComp) bool { return c.Type == vg.ArcComp }) {
		return path
	}
	var out vg.Path
	for _, c := range path {
		if c.Type != vg.ArcComp {
			out = append(out, c)
			continue
		}
		on := func(angle float64) (at, along vg.Point) {
			sin, cos := math.Sincos(angle)
			x, y := c.Radius*vg.Length(cos), c.Radius*vg.Length(sin)
			return vg.Point{X: c.Pos.X + x, Y: c.Pos.Y + y}, vg.Point{X: -y, Y: x}
		}
		parts := max(1, math.Ceil(math.Abs(c.Angle)/widest))
		step := c.Angle / parts
		arm := vg.Length(4.0 / 3 * math.Tan(step/4)) // so that the middle lies on the circle
		from, along := on(c.Start)
		if len(out) == 0 {
			out.Move(from)
		} else {
			out.Line(from)
		}
		for k := range int(parts) {
			to, next := on(c.Start + float64(k+1)*step)
			out.CubeTo(from.Add(along.Scale(arm)), to.Sub(next.Scale(arm)), to)
			from, along = to, next
		}
	}
	return out
}

// WriteTo writes the file, with blanks in the place of its dates: the table of a pdf says at what
// bytes its objects begin.
func (p PDF) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	if _, err := p.Canvas.WriteTo(&b); err != nil {
		return 0, err
	}
	// The last object but one has them, after all streams.
	for _, key := range []string{"/CreationDate (", "/ModDate ("} {
		if at := bytes.LastIndex(b.Bytes(), []byte(key)); at >= 0 {
			line, _, _ := bytes.Cut(b.Bytes()[at:], []byte("\n"))
			for k := range line {
				line[k] = ' '
			}
		}
	}
	return b.WriteTo(w)
}
