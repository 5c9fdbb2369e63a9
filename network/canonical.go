// The canonical text: JSON with hexadecimal floats in one spelling, so that
// equal networks have equal bytes, and a hash of the bytes names the network
// in a certificate. This file writes it; read.go reads it.

package network

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"

	"github.com/relucell/relucell/internal/dyadic"
)

// WriteCanonical writes the canonical text: one line a layer, no spaces, and
// every number in the one spelling of package dyadic. Equal networks give equal bytes.
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
		if l.Act == Max {
			writePieces(b, l.Pieces)
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
		b.Write(append(dyadic.AppendHex(append(dst, '"'), v), '"'))
	}
	b.WriteByte(']')
}

func writePieces(b *bufio.Writer, pieces []int) {
	b.WriteString(`,"pieces":[`)
	for i, k := range pieces {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(k))
	}
	b.WriteByte(']')
}

func writeHex(b *bufio.Writer, v float64) {
	var buf [32]byte
	b.WriteByte('"')
	b.Write(dyadic.AppendHex(buf[:0], v))
	b.WriteByte('"')
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
