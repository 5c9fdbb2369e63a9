package reach

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math/big"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func points(v ...int64) (p [][2]*big.Rat) {
	for k := 0; k < len(v); k += 2 {
		p = append(p, [2]*big.Rat{big.NewRat(v[k], 3), big.NewRat(v[k+1], 7)})
	}
	return p
}

func TestHull(t *testing.T) {
	require.Equal(t, points(0, 0, 4, 0, 4, 4, 0, 4), Hull(points(0, 0, 4, 4, 2, 2, 4, 0, 0, 4, 2, 0, 1, 3, 0, 0)))
	require.Equal(t, points(0, 0, 2, 2), Hull(points(1, 1, 2, 2, 0, 0)))
	require.Equal(t, points(1, 1), Hull(points(1, 1, 1, 1)))
	require.Empty(t, Hull(nil))
	r := rand.New(rand.NewSource(1))
	for range 200 { // a vertex of the hull is what some half-plane has alone
		var v []int64
		for range 2 * (1 + r.Intn(9)) {
			v = append(v, int64(r.Intn(6)))
		}
		if len(v)%2 == 1 {
			v = v[1:]
		}
		h := Hull(points(v...))
		for k := range h {
			a, b := h[k], h[(k+1)%len(h)]
			for _, p := range points(v...) {
				require.GreaterOrEqual(t, turn(a, b, p), 0)
			}
			if len(h) > 2 {
				require.Positive(t, turn(a, b, h[(k+2)%len(h)]))
			}
		}
	}
}

func TestPictures(t *testing.T) {
	p := &Picture{Title: "a < b", X: "y0", Y: "y1"}
	require.NoError(t, p.Add(points(0, 0, 3, 0, 0, 3), Cell))
	require.NoError(t, p.Add(points(0, 0, 3, 0, 3, 3), Cell))
	require.NoError(t, p.Add(points(1, 1, 2, 1, 1, 2), Unsafe))
	require.NoError(t, p.Add(points(5, 5, 6, 6), Cell))
	require.Len(t, p.Hull(), 4)
	for _, format := range Formats {
		var out, again bytes.Buffer
		require.NoError(t, p.Write(&out, format))
		require.NoError(t, p.Write(&again, format))
		require.Equal(t, out.Bytes(), again.Bytes(), format)
		switch format {
		case "png":
			_, err := png.Decode(&out)
			require.NoError(t, err)
		case "svg":
			d := xml.NewDecoder(&out)
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else {
					require.NoError(t, err)
				}
			}
		case "html":
			require.True(t, strings.HasPrefix(out.String(), "<!DOCTYPE html>"))
			require.Contains(t, out.String(), "a &lt; b")
		}
	}
	require.Error(t, p.Write(io.Discard, "bmp"))
}

// A region whose image is a point was drawn as nothing.
func TestAnImageOfOnePointIsDrawn(t *testing.T) {
	shapes := func(v ...int64) int {
		p := &Picture{}
		if v != nil {
			require.NoError(t, p.Add(points(v...), Cell))
		}
		var b bytes.Buffer
		require.NoError(t, p.Write(&b, "svg"))
		return strings.Count(b.String(), "#0072B2") + strings.Count(b.String(), "fill-opacity")
	}
	require.Zero(t, shapes())
	require.Equal(t, 1, shapes(1, 1))
	require.Equal(t, 1, shapes(1, 1, 1, 1))
	require.Equal(t, 1, shapes(1, 1, 2, 2))
	require.Equal(t, 1, shapes(1, 1, 2, 2, 1, 2))
}

// The page was as wide as the picture in any window, and its title had two lines.
func TestThePageFitsANarrowWindow(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, (&Picture{Title: "net.json\n3 regions"}).Write(&b, "html"))
	require.Contains(t, b.String(), `<meta name="viewport" content="width=device-width, initial-scale=1">`)
	require.Contains(t, b.String(), "svg { max-width: 100%; height: auto; }")
	require.Contains(t, b.String(), "<title>net.json: 3 regions</title>")
}
