// The pdf of a picture is the same bytes whenever it is written. Gonum's canvas writes the second
// of the day into it, and its fonts in the order of a map.

package chart

import (
	"bytes"
	"io"

	"codeberg.org/go-pdf/fpdf"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgpdf"
)

// The library takes this for all files of a process alone; it changes nothing that a reader sees.
func init() { fpdf.SetDefaultCatalogSort(true) }

// PDF is gonum's canvas of a pdf file, which says nothing of when it was written.
type PDF struct{ *vgpdf.Canvas }

// NewPDF returns an empty page.
func NewPDF(width, height vg.Length) PDF { return PDF{vgpdf.New(width, height)} }

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
