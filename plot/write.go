// Pictures as files: svg, png and pdf by gonum's canvases, the svg then made
// shorter (path.go).

//go:build !js

package plot

import (
	"bytes"
	"fmt"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
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
		c = vgsvg.New(p.w, p.h)
	case "png":
		c = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(p.w, p.h), vgimg.UseDPI(pixelsPerInch))}
	case "pdf":
		c = vgpdf.New(p.w, p.h)
	default:
		return fmt.Errorf("format %q, expected one of %v", format, Formats)
	}
	p.draw(draw.New(c))
	if format != "svg" {
		_, err := c.WriteTo(w)
		return err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	_, err := w.Write(shorten(b.Bytes()))
	return err
}

// shorten names fonts that browsers have, and spells paths briefly.
func shorten(svg []byte) []byte {
	svg = bytes.ReplaceAll(svg, []byte(chart.GonumFont), []byte(chart.BrowserFont))
	short := make([]byte, 0, len(svg))
	for {
		before, rest, found := bytes.Cut(svg, []byte(` d="`))
		short = append(short, before...)
		if !found {
			return short
		}
		data, after, _ := bytes.Cut(rest, []byte{'"'})
		short = append(brief(short, string(data)), '"')
		svg = after
	}
}
