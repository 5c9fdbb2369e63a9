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
	"strconv"

	"github.com/relucell/relucell/internal/hexjson"
)

// denseMost is the largest number of entries, of all layers, that the text of a network spells one
// by one: the most that a network could have when texts knew no other spelling. In a larger network
// the layers that are smaller so are spelled by their weights other than 0.
const denseMost = 1 << 26

// WriteCanonical writes the canonical text: one line a layer, no spaces, and
// every number in the one spelling of package dyadic. Equal networks give equal bytes, however
// their weights are kept. It streams, and its only errors are w's.
func (n *Network) WriteCanonical(w io.Writer) error { return n.writeCanonical(w, denseMost) }

// Canonical returns the canonical text.
func (n *Network) Canonical() []byte {
	var b bytes.Buffer
	if err := n.WriteCanonical(&b); err != nil {
		panic(err) // a buffer never fails to be written to
	}
	return b.Bytes()
}

func (n *Network) writeCanonical(w io.Writer, most int) error {
	b := bufio.NewWriterSize(w, 1<<16)
	entries := 0
	for _, l := range n.layers {
		entries += l.Rows() * l.In()
	}
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
			hexjson.WriteHex(b, l.Slope)
		}
		if l.Act == Mixed {
			b.WriteString(`,"slopes":`)
			hexjson.WriteRow(b, l.Slopes)
		}
		if l.Act == Max {
			writePieces(b, l.Pieces)
		}
		if entries > most && isSmaller(l.Nonzero(), l.Rows(), l.In()) {
			l = Layer{W: l.Sparse(), B: l.B}
			b.WriteString(`,"columns":`)
			hexjson.WriteRows(b, l.Rows(), func(r int) {
				at, _ := l.Row(r)
				writeIndices(b, at)
			})
			b.WriteString(`,"weights":`)
			hexjson.WriteRows(b, l.Rows(), func(r int) {
				_, v := l.Row(r)
				hexjson.WriteRow(b, v)
			})
		} else {
			b.WriteString(`,"weights":`)
			hexjson.WriteRows(b, l.Rows(), func(r int) { hexjson.WriteRow(b, l.W.RawRowView(r)) })
		}
		b.WriteString(`,"bias":`)
		hexjson.WriteRow(b, l.B)
		b.WriteByte('}')
	}
	b.WriteString("\n]}\n")
	return b.Flush() // a bufio.Writer keeps its first error for Flush
}

func writeIndices(b *bufio.Writer, row []int32) {
	var buf [16]byte
	b.WriteByte('[')
	for i, v := range row {
		dst := buf[:0]
		if i > 0 {
			dst = append(dst, ',')
		}
		b.Write(strconv.AppendInt(dst, int64(v), 10))
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
