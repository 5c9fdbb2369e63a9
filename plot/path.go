// SVG paths in fewer bytes: relative coordinates in hundredths of a point, and
// nothing that is smaller. Most of a large map is regions of a few points.

package plot

import (
	"math"
	"strconv"
	"strings"
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

// brief appends the attribute d="…" (without its closing quote) in short. d is
// its value as vgsvg writes it: absolute M, L, A and Z.
func brief(dst []byte, d string) []byte {
	s := &spelling{out: append(dst, ` d="`...)}
	for len(d) > 0 {
		end := strings.IndexAny(d[1:], "MLAZ") + 1
		if end == 0 {
			end = len(d)
		}
		s.command(d[0], strings.FieldsFunc(d[1:end], func(r rune) bool { return r == ',' || r == ' ' }))
		d = d[end:]
	}
	return s.out
}

func (s *spelling) command(c byte, args []string) {
	switch c {
	case 'M':
		s.x, s.y = steps(args[0]), steps(args[1])
		s.sx, s.sy = s.x, s.y
		s.moved = true
	case 'L':
		x, y := steps(args[0]), steps(args[1])
		if x == s.x && y == s.y {
			return
		}
		s.move()
		s.letter('l')
		s.number(x - s.x)
		s.number(y - s.y)
		s.x, s.y = x, y
		s.penX, s.penY = x, y
	case 'A':
		x, y := steps(args[5]), steps(args[6])
		if x == s.x && y == s.y {
			return
		}
		s.move()
		s.last = 0 // flags stand on their own
		s.letter('a')
		r := steps(args[0])
		s.number(r)
		s.number(r)
		s.out = append(s.out, " 0 "+args[3]+" "+args[4]+" "...)
		s.out = appendSteps(s.out, x-s.x)
		s.number(y - s.y)
		s.x, s.y = x, y
		s.penX, s.penY = x, y
	case 'Z':
		if !s.moved {
			s.out = append(s.out, 'z')
			s.last = 0
			s.x, s.y = s.sx, s.sy
			s.penX, s.penY = s.sx, s.sy
		}
	}
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

func steps(word string) int {
	v, err := strconv.ParseFloat(word, 64)
	if err != nil {
		panic("plot: no number in a path: " + word)
	}
	return int(math.Round(v * perPoint))
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
