package canonical

// Numbers and names. One spelling is accepted for each value, and every length is capped before
// anything is computed from it.

import (
	"math/big"
	"strconv"
	"strings"
)

const (
	// MaxLine bounds a line, in bytes: a witness with 784 coordinates of 4096 digits fits.
	MaxLine = 1 << 22
	// maxDigits bounds the hexadecimal digits after the point of a real, maxLong the decimal digits
	// of a multiplier, a coordinate and a bound.
	maxDigits, MaxLong = 4096, 12288
	// maxExponent bounds the exponent of a real in absolute value, maxScale that of coordinates and
	// bounds. float64 needs 1074; a witness in a ball shrunk to the smallest float64 needs a few
	// times that.
	maxExponent, MaxScale = 20000, 40000
	// maxCapitals bounds the capitals of a name.
	maxCapitals = 6
)

// digits returns how many digits b begins with, and their value if they are at most 19.
func digits(b []byte) (n int, v uint64) {
	for ; n < len(b) && '0' <= b[n] && b[n] <= '9'; n++ {
		v = 10*v + uint64(b[n]-'0') // 10^19 − 1 < 2^64
	}
	return n, v
}

// Natural reads a natural of so many digits at most into z, and returns what follows it.
func Natural(b []byte, most int, z *big.Int) (rest []byte, ok bool) {
	n, v := digits(b)
	if n == 0 || n > most || b[0] == '0' && n > 1 {
		return b, false
	}
	if z.SetUint64(v); n > 19 {
		z.SetString(string(b[:n]), 10)
	}
	return b[n:], true
}

// Integer reads a natural, or behind its sign an integer less than zero.
func Integer(b []byte, z *big.Int) (rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '-' {
		return Natural(b, MaxLong, z)
	}
	rest, ok = Natural(b[1:], MaxLong, z)
	return rest, ok && z.Neg(z).Sign() < 0
}

// Index reads a natural below limit, which has less than 19 digits, and returns what follows it.
func Index(b []byte, limit int) (v int, rest []byte, ok bool) {
	n, u := digits(b)
	return int(u), b[n:], 0 < n && n < 19 && u < uint64(limit) && (n == 1 || b[0] != '0')
}

// Name reads a name, and returns how many names of the path come after the one that it means.
func Name(b []byte) (after int64, rest []byte, ok bool) {
	n := 0
	for ; n < len(b) && n < maxCapitals && 'A' <= b[n] && b[n] <= 'Z'; n++ {
		after = 26*after + int64(b[n]-'A') + 1
	}
	if n == len(b) || b[n] < 'a' || b[n] > 'z' {
		return 0, b, false
	}
	return 26*after + int64(b[n]-'a'), b[n+1:], true
}

// Real reads -?0x1(.h*)?p[+-]d* or 0x0p+0, the value being m·2^e.
func Real(text string, m *big.Int) (e int, ok bool) {
	if text == "0x0p+0" {
		m.SetInt64(0)
		return 0, true
	}
	text, minus := strings.CutPrefix(text, "-")
	head, exponent, _ := strings.Cut(text, "p")
	frac, ok := strings.CutPrefix(head, "0x1")
	digits, point := strings.CutPrefix(frac, ".")
	ok = ok && point == (digits != "") && len(digits) <= maxDigits && !strings.HasSuffix(digits, "0") && strings.Trim(digits, "0123456789abcdef") == ""
	if !ok || exponent == "" {
		return 0, false
	}
	e, rest, ok := Index([]byte(exponent[1:]), maxExponent+1)
	if u, err := strconv.ParseUint("1"+digits, 16, 64); err == nil {
		m.SetUint64(u)
	} else {
		m.SetString("1"+digits, 16)
	}
	if minus {
		m.Neg(m)
	}
	switch {
	case !ok || len(rest) > 0:
		return 0, false
	case exponent[0] == '-':
		return -e - 4*len(digits), e > 0
	}
	return e - 4*len(digits), exponent[0] == '+'
}

// Reals reads numbers as integers times 2^−scale, with one scale ≥ 0 for all, unless stop ends it.
func Reals(words []string, stop func()) (z []big.Int, scale uint, ok bool) {
	const room = 4 // words of storage for each, which most do with
	z, exps, storage := make([]big.Int, len(words)), make([]int, len(words)), make([]big.Word, room*len(words))
	for i, w := range words {
		z[i].SetBits(storage[room*i : room*i : room*(i+1)])
		stop()
		if exps[i], ok = Real(w, &z[i]); !ok {
			return z, 0, false
		}
		scale = max(scale, uint(max(0, -exps[i])))
	}
	for i, e := range exps {
		z[i].Lsh(&z[i], uint(e+int(scale)))
	}
	return z, scale, true
}
