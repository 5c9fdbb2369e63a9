package plot

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
	"pgregory.net/rapid"
)

// asGonum spells a path as gonum's canvas does.
func asGonum(t require.TestingT, path vg.Path) string {
	c := vgsvg.New(1000, 1000)
	c.Fill(path)
	var b bytes.Buffer
	_, err := c.WriteTo(&b)
	require.NoError(t, err)
	_, d, _ := strings.Cut(b.String(), ` d="`)
	d, _, _ = strings.Cut(d, `"`)
	return d
}

// briefly is the slow twin of brief: it reads what gonum's canvas has written, absolute M, L, A and
// Z.
func briefly(d string) string {
	s := &spelling{}
	for len(d) > 0 {
		end := strings.IndexAny(d[1:], "MLAZ") + 1
		if end == 0 {
			end = len(d)
		}
		args := strings.FieldsFunc(d[1:end], func(r rune) bool { return r == ',' || r == ' ' })
		at := func(i int) int {
			v, err := strconv.ParseFloat(args[i], 64)
			if err != nil {
				panic(err)
			}
			return int(math.Round(v * perPoint))
		}
		switch d[0] {
		case 'M':
			s.moveTo(at(0), at(1))
		case 'L':
			s.lineTo(at(0), at(1))
		case 'A':
			s.arcTo(at(0), args[3] == "1", args[4] == "1", at(5), at(6))
		case 'Z':
			s.close()
		}
		d = d[end:]
	}
	return string(s.out)
}

func TestBriefPaths(t *testing.T) {
	for d, want := range map[string]string{
		"M10,20L10.5,20L10.5,19.25Z":          "m10 20 .5 0 0-.75z",
		"M10,20L10.001,20.002L10,20ZM1,1L2,1": "m1 1 1 0",
		"M1,1L2,2ZM3,1L4,1":                   "m1 1 1 1zm2 0 1 0",
		"M1,1L2,2M2,2L3,1":                    "m1 1 1 1m0 0 1-1",
		"M11,5A1,1 0 0 1 10,6A1,1 0 0 1 9,5Z": "m11 5a1 1 0 0 1 -1 1a1 1 0 0 1 -1-1z",
		"M0,0L1,1A2,2 0 1 0 3,1L4,1":          "m0 0 1 1a2 2 0 1 0 2 0l1 0",
	} {
		require.Equal(t, want, briefly(d), d)
	}
}

// A path is spelled as it would be from what gonum has written of it.
func TestPathsInBriefAreGonums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := func(name string) vg.Length {
			return vg.Length(rapid.OneOf(rapid.Float64Range(-1, 1), rapid.Float64Range(0, 1500)).Draw(t, name))
		}
		var path vg.Path
		for range rapid.IntRange(1, 5).Draw(t, "subpaths") {
			path.Move(vg.Point{X: number("x"), Y: number("y")})
			for range rapid.IntRange(0, 4).Draw(t, "edges") {
				switch rapid.IntRange(0, 3).Draw(t, "kind") {
				case 0:
					path.Arc(vg.Point{X: number("x"), Y: number("y")}, number("r")+2, rapid.Float64Range(-4, 4).Draw(t, "start"),
						rapid.SampledFrom([]float64{-2 * math.Pi, -4, -1, 0, 1, 3.5, 2 * math.Pi}).Draw(t, "angle"))
				default:
					path.Line(vg.Point{X: number("x"), Y: number("y")})
				}
			}
			if rapid.Bool().Draw(t, "closed") {
				path.Close()
			}
		}
		require.Equal(t, briefly(asGonum(t, path)), string(brief(nil, path)))
	})
}
