// Writing: numbers in the one spelling of package dyadic.

package hexjson

import (
	"bufio"

	"github.com/relucell/relucell/internal/dyadic"
)

// WriteRows writes an array of so many rows, each by write.
func WriteRows(b *bufio.Writer, rows int, write func(r int)) {
	b.WriteByte('[')
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		write(r)
	}
	b.WriteByte(']')
}

// WriteRow writes an array of numbers.
func WriteRow(b *bufio.Writer, row []float64) {
	var buf [32]byte
	b.WriteByte('[')
	for i, v := range row {
		dst := buf[:0]
		if i > 0 {
			dst = append(dst, ',')
		}
		b.Write(append(dyadic.AppendHex(append(dst, '"'), v), '"'))
	}
	b.WriteByte(']')
}

// WriteHex writes a number.
func WriteHex(b *bufio.Writer, v float64) {
	var buf [32]byte
	b.WriteByte('"')
	b.Write(dyadic.AppendHex(buf[:0], v))
	b.WriteByte('"')
}
