// The canonical text: JSON with hexadecimal floats in one spelling, so that
// equal networks have equal bytes, and a hash of the bytes names the network
// in a certificate. This file writes it; read.go reads it.

package network

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"
	"strconv"
)

// WriteCanonical writes the canonical text: one line a layer, no spaces, and
// every number in the one spelling of AppendHex. Equal networks give equal bytes.
// It streams, and its only errors are w's.
func (n *Network) WriteCanonical(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<16)
	b.WriteString(`{"relucell-network":1,"inputs":`)
	b.WriteString(strconv.Itoa(n.Inputs()))
	b.WriteString(`,"layers":[`)
	for i, l := range n.layers {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n{\"activation\":\"" + l.Act.String() + `"`)
		if l.Act == LeakyReLU {
			b.WriteString(`,"slope":`)
			writeHex(b, l.Slope)
		}
		if l.Act == Mixed {
			b.WriteString(`,"slopes":`)
			writeRow(b, l.Slopes)
		}
		b.WriteString(`,"weights":[`)
		for r := range l.B {
			if r > 0 {
				b.WriteByte(',')
			}
			writeRow(b, l.W.RawRowView(r))
		}
		b.WriteString(`],"bias":`)
		writeRow(b, l.B)
		b.WriteByte('}')
	}
	b.WriteString("\n]}\n")
	return b.Flush() // a bufio.Writer keeps its first error for Flush
}

func writeRow(b *bufio.Writer, row []float64) {
	var buf [32]byte
	b.WriteByte('[')
	for i, v := range row {
		dst := buf[:0]
		if i > 0 {
			dst = append(dst, ',')
		}
		b.Write(append(AppendHex(append(dst, '"'), v), '"'))
	}
	b.WriteByte(']')
}

func writeHex(b *bufio.Writer, v float64) {
	var buf [32]byte
	b.WriteByte('"')
	b.Write(AppendHex(buf[:0], v))
	b.WriteByte('"')
}

// AppendHex appends the one spelling of a finite v:
// -?0x1.<lower-case hex digits, no trailing zero>p<sign><exponent>, without the
// point when there are no digits, the exponent in decimal without leading zeros
// (0x1p-1, 0x1.8p+3). Zero, of either sign, is 0x0p+0.
func AppendHex(dst []byte, v float64) []byte {
	if v == 0 {
		return append(dst, "0x0p+0"...)
	}
	const mantissa, exponents, bias = 52, 1<<11 - 1, 1023
	if b := math.Float64bits(v); b>>mantissa&exponents != 0 && b>>mantissa&exponents != exponents {
		// A normal number, several times faster than strconv has it: a fingerprint spells all
		// weights.
		if v < 0 {
			dst = append(dst, '-')
		}
		dst = append(dst, "0x1"...)
		digits := b << (64 - mantissa)
		if digits != 0 {
			dst = append(dst, '.')
		}
		for ; digits != 0; digits <<= 4 {
			dst = append(dst, "0123456789abcdef"[digits>>60])
		}
		e := int(b>>mantissa&exponents) - bias
		if e >= 0 {
			return strconv.AppendUint(append(dst, "p+"...), uint64(e), 10)
		}
		return strconv.AppendUint(append(dst, "p-"...), uint64(-e), 10)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, v, 'x', -1, 64)
	// strconv pads the exponent to two digits.
	digits := start + bytes.IndexByte(dst[start:], 'p') + 2
	if dst[digits] == '0' {
		dst = append(dst[:digits], dst[digits+1:]...)
	}
	return dst
}

// Fingerprint returns "sha256:" and the hash, in lower-case hex, of the bytes
// of the canonical text. It is computed once, at some ten million weights a second.
func (n *Network) Fingerprint() string {
	n.hashed.Do(func() {
		h := sha256.New()
		if err := n.WriteCanonical(h); err != nil {
			panic(err) // a hash never fails to be written to
		}
		n.fingerprint = "sha256:" + hex.EncodeToString(h.Sum(nil))
	})
	return n.fingerprint
}

// FingerprintUntil is Fingerprint for those who wait no longer than ctx, whose error it then
// returns; the hash goes on for the next who asks.
func (n *Network) FingerprintUntil(ctx context.Context) (string, error) {
	done := make(chan string, 1)
	go func() { done <- n.Fingerprint() }()
	select {
	case s := <-done:
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
