// SVG paths in fewer bytes: relative coordinates in hundredths of a point, and
// nothing that is smaller. Most of a large map is regions of a few points.

//go:build !js

package plot

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
)

// perPoint is the number of steps in a point.
const perPoint = 100

// spelling writes a path.
type spelling struct {
	out        []byte
	x, y       int  // where the pen is, in steps
	sx, sy     int  // where the subpath began
	moved      bool // a move is due before the next edge
	last       byte // the command in force
	penX, penY int  // where the path written so far has left the pen
}

// brief appends a path, as the value of an attribute. It panics on curves, which no picture has.
func brief(dst []byte, path vg.Path) []byte {
	s := &spelling{out: dst}
	var x, y float64 // as gonum keeps them
	for i := range path {
		c := &path[i]
		switch c.Type {
		case vg.MoveComp:
			x, y = c.Pos.X.Points(), c.Pos.Y.Points()
			s.moveTo(steps(x), steps(y))
		case vg.LineComp:
			x, y = c.Pos.X.Points(), c.Pos.Y.Points()
			s.lineTo(steps(x), steps(y))
		case vg.ArcComp:
			if fx, fy := onCircle(c, 0); fx != x || fy != y {
				s.lineTo(steps(fx), steps(fy))
			}
			if math.Abs(c.Angle) < 2*math.Pi {
				x, y = s.arc(c, c.Angle, c.Angle)
			} else { // in halves, as an arc cannot end where it begins
				full := math.Copysign(2*math.Pi, c.Angle)
				s.arc(c, full/2, full/2)
				x, y = s.arc(c, full, full/2)
			}
		case vg.CloseComp:
			s.close()
		default:
			panic("plot: a path with curves")
		}
	}
	return s.out
}

// onCircle is the point of an arc's circle at an angle from its start.
func onCircle(c *vg.PathComp, angle float64) (x, y float64) {
	sin, cos := math.Sincos(c.Start + angle)
	r := c.Radius.Points()
	return c.Pos.X.Points() + r*cos, c.Pos.Y.Points() + r*sin
}

// arc writes an arc of so large an angle, to where that at another angle from the start ends.
func (s *spelling) arc(c *vg.PathComp, to, angle float64) (x, y float64) {
	x, y = onCircle(c, to)
	s.arcTo(steps(c.Radius.Points()), math.Abs(angle) >= math.Pi, angle >= 0, steps(x), steps(y))
	return x, y
}

func (s *spelling) moveTo(x, y int) {
	s.x, s.y = x, y
	s.sx, s.sy = x, y
	s.moved = true
}

func (s *spelling) lineTo(x, y int) {
	if x == s.x && y == s.y {
		return
	}
	s.move()
	s.letter('l')
	s.number(x - s.x)
	s.number(y - s.y)
	s.at(x, y)
}

func (s *spelling) arcTo(r int, large, sweep bool, x, y int) {
	if x == s.x && y == s.y {
		return
	}
	s.move()
	s.last = 0 // flags stand on their own
	s.letter('a')
	s.number(r)
	s.number(r)
	s.out = append(s.out, " 0 "...)
	s.out = append(s.out, bit(large), ' ', bit(sweep), ' ')
	s.out = appendSteps(s.out, x-s.x)
	s.number(y - s.y)
	s.at(x, y)
}

func bit(b bool) byte {
	if b {
		return '1'
	}
	return '0'
}

func (s *spelling) close() {
	if s.moved {
		return
	}
	s.out = append(s.out, 'z')
	s.last = 0
	s.at(s.sx, s.sy)
}

// at says where the pen is after what was written.
func (s *spelling) at(x, y int) {
	s.x, s.y = x, y
	s.penX, s.penY = x, y
}

// move writes a due move. The pen is where the last subpath left it.
func (s *spelling) move() {
	if !s.moved {
		return
	}
	s.moved = false
	s.last = 0
	s.letter('m')
	s.number(s.x - s.penX)
	s.number(s.y - s.penY)
	s.penX, s.penY = s.x, s.y
	s.last = 'l' // after a move, numbers are lines
}

func (s *spelling) letter(c byte) {
	if s.last != c {
		s.out = append(s.out, c)
		s.last = c
	}
}

func (s *spelling) number(v int) {
	if c := s.out[len(s.out)-1]; v >= 0 && (c == '.' || '0' <= c && c <= '9') {
		s.out = append(s.out, ' ')
	}
	s.out = appendSteps(s.out, v)
}

// steps rounds to steps what gonum's canvas has rounded to five digits, as it writes other numbers.
func steps(v float64) int {
	scale := 1.0
	for limit := 1e4; math.Abs(v) < limit && scale < 1e8; limit /= 10 {
		scale *= 10
	}
	return int(math.Round(math.RoundToEven(v*scale) / scale * perPoint))
}

// appendSteps writes v/100 without needless zeros.
func appendSteps(dst []byte, v int) []byte {
	if v < 0 {
		dst, v = append(dst, '-'), -v
	}
	whole, part := v/perPoint, v%perPoint
	if whole > 0 || part == 0 {
		dst = strconv.AppendInt(dst, int64(whole), 10)
	}
	if part == 0 {
		return dst
	}
	dst = append(dst, '.', byte('0'+part/10))
	if part%10 != 0 {
		dst = append(dst, byte('0'+part%10))
	}
	return dst
}
