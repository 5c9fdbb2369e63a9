// Pictures as files: svg, png and pdf by gonum's canvases, the svg then made
// shorter (path.go).

//go:build !js

package plot

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/relucell/relucell/internal/chart"
)

// Formats are the formats that Write knows.
var Formats = []string{"svg", "png", "pdf"}

// pixelsPerInch makes a picture as many pixels wide as Options.Width says.
const pixelsPerInch = 96

// Write writes the picture as svg, png or pdf. The same picture gives the same bytes.
func (p *Picture) Write(w io.Writer, format string) error {
	var c interface {
		vg.CanvasSizer
		io.WriterTo
	}
	switch format {
	case "svg":
		return p.writeSVG(w)
	case "png":
		c = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(p.w, p.h), vgimg.UseDPI(pixelsPerInch))}
	case "pdf":
		c = chart.NewPDF(p.w, p.h)
	default:
		return fmt.Errorf("format %q, expected one of %v", format, Formats)
	}
	err := chart.Drawn(format, func() error { p.draw(draw.New(c)); return nil })
	if err == nil {
		_, err = c.WriteTo(w)
	}
	return err
}

// svgCanvas is gonum's svg canvas but for the paths, which it keeps in brief.
type svgCanvas struct {
	*vgsvg.Canvas
	paths [][]byte
}

// Fill writes the number of a path that is kept in its place.
func (c *svgCanvas) Fill(path vg.Path) { c.Canvas.Fill(c.keep(path)) }

// Stroke does so too.
func (c *svgCanvas) Stroke(path vg.Path) { c.Canvas.Stroke(c.keep(path)) }

func (c *svgCanvas) keep(path vg.Path) (number vg.Path) {
	number.Move(vg.Point{X: vg.Length(len(c.paths))})
	c.paths = append(c.paths, brief(nil, path))
	return number
}

// kept is how gonum's svg writes the number of a path, after which there is a 0. It writes five
// digits: more than 99,999 paths are an error, and a map joins its regions into a path for each
// colour.
const kept = ` d="M`

func (p *Picture) writeSVG(w io.Writer) error {
	c := &svgCanvas{Canvas: vgsvg.New(p.w, p.h)}
	p.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	svg := bytes.ReplaceAll(b.Bytes(), []byte(chart.GonumFont), []byte(chart.BrowserFont))
	for {
		before, after, found := bytes.Cut(svg, []byte(kept))
		if _, err := w.Write(before); err != nil || !found {
			return err
		}
		number, rest, _ := bytes.Cut(after, []byte(","))
		k, err := strconv.Atoi(string(number))
		if err != nil {
			return fmt.Errorf("the number of a path: %w", err)
		}
		if _, err := fmt.Fprintf(w, ` d="%s`, c.paths[k]); err != nil {
			return err
		}
		svg = rest[len("0"):]
	}
}
