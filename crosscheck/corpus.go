// A corpus: networks, balls, certified counts and proofs as plain files, for the
// tests of other tools.

package crosscheck

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/proof"
)

// CorpusEntry is a case of a corpus. Files are relative to the corpus, with slashes.
type CorpusEntry struct {
	Name string `json:"name"`
	// Net is the network's canonical text, Fingerprint its name.
	Net         string    `json:"net"`
	Fingerprint string    `json:"fingerprint"`
	Ball        ball.JSON `json:"ball"`
	// Count is the number of activation regions, in decimal.
	Count string `json:"count"`
	// Proof proves the count.
	Proof string `json:"proof"`
}

// corpusIndex is index.json.
type corpusIndex struct {
	Version    int           `json:"relucell-corpus"`
	Definition string        `json:"definition"`
	Entries    []CorpusEntry `json:"entries"`
}

// text writes the index, an entry a line.
func (c corpusIndex) text() ([]byte, error) {
	out := fmt.Appendf(nil, "{\"relucell-corpus\":%d,\"definition\":%q,\"entries\":[", c.Version, c.Definition)
	for i, e := range c.Entries {
		line, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, '\n'), line...)
	}
	return append(out, "\n]}\n"...), nil
}

const (
	corpusVersion = 1
	// corpusProofLimit caps the regions of a case in a corpus: proofs are to stay small.
	corpusProofLimit = 5_000
)

// WriteCorpus counts the cases and writes dir/index.json, dir/README.md, a network dir/nets/H.json
// (H being the start of its fingerprint; equal networks are one file) and a proof
// dir/proofs/NNNN.proof each. Cases with more regions than the limit (0 means 5,000) are left out;
// written says how many are in. The folder must be new or empty.
func WriteCorpus(ctx context.Context, dir string, cases iter.Seq[gen.Case], limit int64) (written int, err error) {
	if limit == 0 {
		limit = corpusProofLimit
	}
	if old, err := os.ReadDir(dir); err == nil && len(old) > 0 {
		return 0, fmt.Errorf("%s: not empty, expected a new or empty folder", dir)
	}
	for _, d := range []string{"nets", "proofs"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return 0, err
		}
	}
	index := corpusIndex{Version: corpusVersion, Definition: "activation", Entries: []CorpusEntry{}}
	for c := range cases {
		if ctx.Err() != nil {
			return len(index.Entries), context.Cause(ctx)
		}
		e, ok, err := writeEntry(ctx, dir, len(index.Entries), c, limit)
		if err != nil {
			return len(index.Entries), fmt.Errorf("%s: %w", c.Name, err)
		}
		if ok {
			index.Entries = append(index.Entries, e)
		}
	}
	text, err := index.text()
	if err != nil {
		return 0, err
	}
	if err := files.WriteBytes(filepath.Join(dir, "README.md"), []byte(corpusReadme)); err != nil {
		return 0, err
	}
	return len(index.Entries), files.WriteBytes(filepath.Join(dir, "index.json"), text)
}

// writeEntry writes the files of a case; false when it has too many regions.
func writeEntry(ctx context.Context, dir string, i int, c gen.Case, limit int64) (CorpusEntry, bool, error) {
	print := c.Net.Fingerprint()
	hash := strings.TrimPrefix(print, "sha256:")[:16]
	e := CorpusEntry{Name: c.Name, Net: "nets/" + hash + ".json", Fingerprint: print, Ball: c.Ball.JSON(),
		Proof: fmt.Sprintf("proofs/%04d.proof", i)}
	path := filepath.Join(dir, filepath.FromSlash(e.Proof))
	r, err := proof.Prove(ctx, c.Net, c.Ball, path, enumerate.Options{Workers: 1, Limit: limit})
	if err != nil {
		return e, false, err
	}
	if !r.Exact {
		return e, false, os.Remove(path)
	}
	e.Count = r.Lower.String()
	return e, true, files.Write(filepath.Join(dir, filepath.FromSlash(e.Net)), c.Net.WriteCanonical)
}

const corpusReadme = `# A corpus of certified counts

Written by ` + "`relucell crosscheck --corpus`" + `. index.json lists the cases:

| field | what it is |
| --- | --- |
| name | where the case comes from |
| net | the network, in relucell's canonical text: JSON, numbers as hexadecimal floats |
| fingerprint | sha256 of the bytes of that file |
| ball | norm (l2, linf, l1), radius, center; or norm box, lo, hi. Each number is the shortest decimal that reads back as the float64 |
| count | the number of activation regions that meet the ball, exact, in decimal |
| proof | the proof of the count: ` + "`relucell check NET PROOF`" + ` verifies it |

Weights, biases, centres, radii and bounds are float64 values taken as real numbers. A region is a cell of the open ball on which every
neuron keeps its sign; a neuron that is identically zero on a cell does not cut it.
`
