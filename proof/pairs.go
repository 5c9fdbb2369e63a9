package proof

// Proofs of bounds in pairs (docs/pairs-proof.md): which neurons are taken together. All else the
// checker computes.

import (
	"bytes"
	"compress/gzip"
	"strconv"
	"strings"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
)

// pairsVersion is the first line of a proof in pairs.
const pairsVersion = "relucell-pairs 1"

// WritePairs writes a proof that no output exceeds a number ≥ 0 in size, by pairs of neurons for
// each output, gzipped if the path ends in .gz.
func WritePairs(path string, h Header, atMost float64, pairs [][][2]int) error {
	text := []byte(pairsVersion + "\nnet " + h.Net + "\nball " + SpellBall(h.Ball) + "\nat most ")
	text = append(dyadic.AppendHex(text, atMost), '\n')
	for _, list := range pairs {
		text = append(text, "pairs"...)
		for _, p := range list {
			for _, j := range p {
				text = strconv.AppendInt(append(text, ' '), int64(j), 10)
			}
		}
		text = append(text, '\n')
	}
	if strings.HasSuffix(path, ".gz") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(text); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		text = b.Bytes()
	}
	return files.WriteBytes(path, text)
}
