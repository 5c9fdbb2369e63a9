package crosscheck

// A corpus read again, as another program would.

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

const indexBytes = 64 << 20

// ReadCorpus reads index.json of a corpus. Errors name the file.
func ReadCorpus(dir string) ([]CorpusEntry, error) {
	path := filepath.Join(dir, "index.json")
	text, err := files.ReadLimited(path, indexBytes)
	if err != nil {
		return nil, err
	}
	var index corpusIndex
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if index.Version != corpusVersion {
		return nil, fmt.Errorf("%s: relucell-corpus: %d, expected %d", path, index.Version, corpusVersion)
	}
	return index.Entries, nil
}

// Load reads the network and the ball of an entry of the corpus in dir.
func (e CorpusEntry) Load(dir string) (*network.Network, ball.Ball, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(e.Net)))
	if err != nil {
		return nil, ball.Ball{}, err
	}
	defer f.Close()
	n, err := network.ReadCanonical(f)
	if err != nil {
		return nil, ball.Ball{}, fmt.Errorf("%s: %w", e.Net, err)
	}
	b, err := e.Ball.Ball()
	if err != nil {
		return nil, ball.Ball{}, fmt.Errorf("%s: ball: %w", e.Name, err)
	}
	return n, b, bound.CheckDims(n, b)
}

// Recheck counts the entry again and checks its proof.
func (e CorpusEntry) Recheck(ctx context.Context, dir string) error {
	n, b, err := e.Load(dir)
	if err != nil {
		return err
	}
	if p := n.Fingerprint(); p != e.Fingerprint {
		return fmt.Errorf("%s: fingerprint %s, expected %s", e.Net, p, e.Fingerprint)
	}
	r, err := enumerate.Count(ctx, n, b, enumerate.Options{})
	if err != nil {
		return fmt.Errorf("%s: %w", e.Name, err)
	}
	if !r.Exact || r.Lower.String() != e.Count {
		return fmt.Errorf("%s: counted %s, the corpus says %s", e.Name, r.Lower, e.Count)
	}
	return checkProof(ctx, filepath.Join(dir, filepath.FromSlash(e.Proof)), gen.Case{Net: n, Ball: b}, e.Count)
}
