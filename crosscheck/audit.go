// The audit of fast counts. A count without a proof rests on floats inside derived bounds, and
// where one is wrong nothing contradicts the number. So tests repeat their counts with a proof, in
// few inputs all that are small, else a sample, and the checker, which shares nothing with the
// walk, has the last word.

package crosscheck

import (
	"context"
	"hash/fnv"
	"math/big"
	"path/filepath"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

const (
	// auditShare is one in how many cases of more than auditInputs inputs is audited: a proof and
	// its check take some three times a count by the solver. In fewer inputs the proof is of the
	// same walk as the count, and every case is audited.
	auditShare  = 8
	auditInputs = 5
	// auditRegions keeps an audit below some tenths of a second.
	auditRegions = 2000
)

// Sampled reports whether a count of so many regions is to be audited. It depends on nothing but
// network, ball and count: with at most 2,000 regions every case in few inputs, and one in eight of
// the others, whoever asks.
func Sampled(n *network.Network, b ball.Ball, count *big.Int) bool {
	if count.Cmp(big.NewInt(auditRegions)) > 0 {
		return false
	}
	if n.Inputs() <= auditInputs {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(n.Fingerprint() + proof.SpellBall(b))) // a hash takes everything
	return h.Sum32()%auditShare == 0
}

// Audit repeats a count with a proof and has it checked. It is an error if the walk that proves
// comes to another count, or if the checker refuses the proof.
func Audit(ctx context.Context, n *network.Network, b ball.Ball, count *big.Int) error {
	dir, err := files.TemporaryFolder("relucell-audit-")
	if err != nil {
		return err
	}
	defer files.Discard(dir)
	path := filepath.Join(dir, "proof")
	if _, err := proof.Prove(ctx, n, b, path, enumerate.Options{Workers: 1}); err != nil {
		return err
	}
	return checkProof(ctx, path, gen.Case{Net: n, Ball: b}, count.String())
}
