// The colours: from the palette of Okabe and Ito (2008), which people with
// any common colour vision tell apart, and from cividis (Nuñez, Anderton, Renslow
// 2018), which they see alike. Neighbours differ in lightness, so that a grey
// print shows the regions too.

package plot

import "image/color"

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// tints are light and dark in turn, of one hue: what Map.colours counts on.
var tints = []color.NRGBA{
	hex(0xDFECF7), hex(0x8FBCDF),
	hex(0xFBEAD0), hex(0xEFBE78),
	hex(0xD8F0E6), hex(0x80C9AE),
	hex(0xF6E4EF), hex(0xD8A4C6),
}

// inks are the boundaries of layers 1, 2, …; they come round again after seven.
var inks = []color.NRGBA{
	hex(0x000000), hex(0x0072B2), hex(0xD55E00), hex(0x009E73), hex(0xAA3377), hex(0x8A6D00), hex(0x3399DD),
}

// classInks are points of class 0, 1, …, and in a paler shade the regions of an output class.
var classInks = []color.NRGBA{
	hex(0x0072B2), hex(0xD55E00), hex(0x009E73), hex(0xCC79A7), hex(0xE69F00), hex(0x56B4E9), hex(0x7A5C00), hex(0x555555), hex(0xB9A800), hex(0x332288),
}

// cividis has its colours at equal steps.
var cividis = []color.NRGBA{hex(0x00204D), hex(0x31446B), hex(0x666970), hex(0x958F78), hex(0xCBBA69), hex(0xFFEA46)}

var (
	paper   = hex(0xFFFFFF)
	text    = hex(0x222222)
	ballInk = hex(0x222222)
	quiet   = color.NRGBA{A: 0x60} // boundaries over a fill that matters more
	blank   = hex(0xF4F4F2)        // regions where the boundaries matter more
)

// mix is a·(1−t) + b·t.
func mix(a, b color.NRGBA, t float64) color.NRGBA {
	part := func(x, y uint8) uint8 { return uint8(float64(x)*(1-t) + float64(y)*t + 0.5) }
	return color.NRGBA{R: part(a.R, b.R), G: part(a.G, b.G), B: part(a.B, b.B), A: part(a.A, b.A)}
}

// paleness is how much paper is in the shade of an output class: of the first ten, of the next, and
// of the next; then they come round again.
var paleness = [3]float64{0.6, 0.3, 0.8}

// classShade is the colour of the regions of output class k.
func classShade(k int) color.NRGBA {
	return mix(classInks[k%len(classInks)], paper, paleness[k/len(classInks)%len(paleness)])
}

// ramp is the colour of cividis at t in [0, 1].
func ramp(t float64) color.NRGBA {
	p := max(0, min(t, 1)) * float64(len(cividis)-1)
	i := min(int(p), len(cividis)-2)
	return mix(cividis[i], cividis[i+1], p-float64(i))
}
