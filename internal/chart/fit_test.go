package chart

// Texts that have no room, and titles of several lines.

import (
	"bytes"
	"math/rand"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// shortened is Fit of one line, by trying all.
func shortened(line string, fits func(string) bool) string {
	letters := []rune(line)
	for k := 0; ; k++ {
		text := line
		if from := (len(letters) - k + 1) / 2; k > 0 {
			text = string(letters[:from]) + "…" + string(letters[from+k:])
		}
		if fits(text) || k == len(letters) {
			return text
		}
	}
}

func TestTextsAreShortenedAsLittleAsTheyMustBe(t *testing.T) {
	style := New().Title.TextStyle
	require.Equal(t, "abc", Fit("abc", style, 100))
	require.Equal(t, "two\nlines", Fit("two\nlines", style, 100))
	require.Empty(t, Fit("", style, 0))
	r := rand.New(rand.NewSource(1))
	for range 300 {
		var line strings.Builder
		for range r.Intn(60) {
			line.WriteRune([]rune("iMx é→−.")[r.Intn(8)])
		}
		width := vg.Length(300 * r.Float64())
		require.Equal(t, shortened(line.String(), func(s string) bool { return style.Width(s) <= width }), Fit(line.String(), style, width))
	}
}

// texts are where the texts of an svg begin, and what they say.
func texts(t *testing.T, svg []byte) (x, y []float64, words []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?s)<text x="([^"]*)" y="([^"]*)".*?>([^<]*)</text>`).FindAllSubmatch(svg, -1) {
		for k, v := range []*[]float64{&x, &y} {
			number, err := strconv.ParseFloat(string(m[k+1]), 64)
			require.NoError(t, err)
			*v = append(*v, number)
		}
		words = append(words, string(m[3]))
	}
	return x, y, words
}

// A title wider than its panel was cut off at both ends.
func TestALongTitleIsNotCutOff(t *testing.T) {
	p := New()
	p.Title.Text = "the beginning " + strings.Repeat("of a long name ", 20) + "the end\nshort"
	var b bytes.Buffer
	require.NoError(t, Write(&b, "svg", 4*vg.Inch, 4*vg.Inch, Panels(vg.Points(8), []*plot.Plot{p})))
	x, _, words := texts(t, b.Bytes())
	require.Regexp(t, "^the beginning.*….*the end$", words[0])
	require.GreaterOrEqual(t, x[0], 8.0)
	require.Equal(t, "short", words[1])
	require.Contains(t, p.Title.Text, "of a long name of a long name", "the panel is as it was")
}

// Gonum draws the lines of a title so close that they touch.
func TestLinesOfATitleAreApart(t *testing.T) {
	p := New()
	p.Title.Text = "gg\ngg\ngg"
	apart := func() []float64 {
		var b bytes.Buffer
		require.NoError(t, Write(&b, "svg", 4*vg.Inch, 4*vg.Inch, Panels(vg.Points(8), []*plot.Plot{p})))
		_, y, _ := texts(t, b.Bytes())
		return y[:3]
	}
	tight := apart()
	p.Title.TextStyle.Handler = Spaced{p.Title.TextStyle.Handler}
	wide := apart()
	height := float64(p.Title.TextStyle.FontExtents().Height)
	require.InDelta(t, height, wide[1]-wide[0], 0.01)
	require.InDelta(t, height, wide[2]-wide[1], 0.01)
	require.Greater(t, height, tight[1]-tight[0])
	p.Title.Text = "gg"
	one := apart()
	require.InDelta(t, one[0], wide[0], 0.01, "the first line is where one line is")
}
