package chart

// Texts of any length, as names of files and of classes are: what has no room is shortened in its
// middle, for it was cut off at both ends, or left no room for what a picture shows. And titles of
// several lines, which gonum draws so close that they touch.

import (
	"sort"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// Fit returns a text each line of which is at most so wide in a style: as it is, or with … in the
// place of its middle.
func Fit(words string, style text.Style, width vg.Length) string {
	lines := strings.Split(words, "\n")
	for i, line := range lines {
		if style.Width(line) <= width {
			continue
		}
		letters := []rune(line)
		without := func(k int) string { // without k letters
			from := (len(letters) - k + 1) / 2
			return string(letters[:from]) + "…" + string(letters[from+k:])
		}
		k := 1 + sort.Search(len(letters)-1, func(k int) bool { return style.Width(without(k+1)) <= width })
		lines[i] = without(k)
	}
	return strings.Join(lines, "\n")
}

// Spaced draws lines of a text as far apart as their face asks for.
type Spaced struct{ text.Handler }

// Draw draws a text that is not turned.
func (h Spaced) Draw(c vg.Canvas, words string, style text.Style, at vg.Point) {
	lines := h.Lines(words)
	apart := h.Extents(style.Font).Height
	rest := apart * vg.Length(len(lines)-1)
	at.Y += rest * vg.Length(style.YAlign)
	for i, line := range lines {
		h.Handler.Draw(c, line, style, vg.Point{X: at.X, Y: at.Y + rest - apart*vg.Length(i)})
	}
}
