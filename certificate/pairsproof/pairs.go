package pairsproof

// The checker's face, and the bound of the theorem.

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/relucell/relucell/certificate/internal/affine"
	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/fractions"
	"github.com/relucell/relucell/certificate/internal/nettext"
)

// Report says what was verified.
type Report struct {
	// Net is the fingerprint of the network, and Ball the ball as the proof spells it.
	Net, Ball string
	// AtMost is what no output of the network exceeds in size on the ball.
	AtMost *big.Rat
	// Outputs is their number, and Pairs that of all pairs.
	Outputs, Pairs int
}

const magic = "relucell-pairs "

// Error says which line of which file is refused, and why: as certificate.Error.
type Error = canonical.Error

// Is says whether the named file begins as a proof in pairs does. A file that cannot be read
// does not.
func Is(proof string) bool { return canonical.BeginsWith(proof, magic) }

// Check verifies the proof in the named file that no output of the network whose canonical
// text is given exceeds a number in size, anywhere on a closed ball. Only a nil error means that
// all was checked. What is refused is an [*Error], about the first wrong line; after the end of ctx
// the error is its cause, within a second.
func Check(ctx context.Context, network []byte, proof string) (r *Report, err error) {
	n, err := nettext.ReadPlain(ctx, network)
	if err != nil {
		return nil, err
	}
	v := canonical.NewVerdict(ctx)
	v.Guard(func() {
		sum := newSum(v, n)
		in := canonical.OpenLines(nil, proof)
		defer in.Close()
		r = sum.pairs(in)
	})
	if err := v.Err(); err != nil {
		return nil, err
	}
	return r, nil
}

// pairs checks the file.
func (n *sumNet) pairs(in *canonical.Lines) *Report {
	in.Require(in.After(magic, "expected \"relucell-pairs\" and its version") == "1", "expected version 1, the one that this checker reads")
	in.Net(n.hash)
	r := &Report{Net: n.hash, Outputs: len(n.outputs)}
	b := affine.ReadBall(in, in.After("ball ", "expected \"ball\" and what it is"), n.inputs)
	r.Ball = b.Text
	z, scale, ok := canonical.Reals([]string{in.After("at most ", "expected \"at most\" and a number")}, n.Stop)
	in.Require(ok && z[0].Sign() >= 0, "expected a hexadecimal float of at least 0, in its one spelling")
	r.AtMost = fractions.Dyadic(&z[0], scale)
	for i := range n.outputs {
		list := n.pairsOf(in, in.After("pairs", "expected \"pairs\" and the neurons of each, a line for each output"))
		r.Pairs += len(list)
		in.Require(n.bound(b, i, list).Cmp(r.AtMost) <= 0, "by these pairs the output may be larger in size than the proof says")
	}
	in.End()
	return r
}

// pairsOf reads pairs of neurons, and returns those of their hyperplanes.
func (n *sumNet) pairsOf(in *canonical.Lines, text string) (list [][2]int) {
	words := strings.Split(text, " ")[1:]
	in.Require(text == "" || text[0] == ' ' && len(words)%2 == 0, "expected an even number of neurons, a space before each")
	used := map[int]bool{}
	var planes []int
	for _, w := range words {
		p := n.plane[in.Index(w, len(n.plane), "expected neurons of the network, counted from 0")]
		in.Require(p >= 0 && !used[p], "expected neurons of different hyperplanes, none twice and none that is constant")
		used[p], planes = true, append(planes, p)
	}
	for k := range slices.Chunk(planes, 2) {
		list = append(list, [2]int(k))
	}
	return list
}

// bound bounds the size of an output by pairs of hyperplanes.
func (n *sumNet) bound(b *affine.Ball, output int, pairs [][2]int) *big.Rat {
	o := n.outputs[output]
	sum, left := supremum(b, o.rest), slices.Clone(o.c)
	for _, k := range pairs {
		n.Stop()
		c, d := left[k[0]], left[k[1]]
		if c.Sign()*d.Sign() >= 0 {
			continue // each for itself
		}
		p, q := multiple(n.forms[k[0]], c), multiple(n.forms[k[1]], d)
		least, other := supremum(b, added(p, q)), supremum(b, added(p, multiple(q, big.NewRat(-1, 1))))
		if other.Cmp(least) < 0 {
			least = other
		}
		sum.Add(sum, least)
		left[k[0]], left[k[1]] = new(big.Rat), new(big.Rat)
	}
	for k, c := range left {
		n.Stop()
		if c.Sign() != 0 {
			sum.Add(sum, supremum(b, multiple(n.forms[k], c)))
		}
	}
	return sum
}

// supremum returns sup|f| on the ball, or a number above it by less than a part in 2^100 for l2.
func supremum(b *affine.Ball, f []*big.Rat) *big.Rat {
	value, most, half := new(big.Rat).Set(f[len(f)-1]), new(big.Rat), big.NewRat(1, 2)
	for k, g := range f[:len(f)-1] {
		size := new(big.Rat).Abs(g)
		if b.Centre == nil {
			sum, width := new(big.Int).Add(&b.Box.Lo[k], &b.Box.Hi[k]), new(big.Int).Sub(&b.Box.Hi[k], &b.Box.Lo[k])
			mid, wide := fractions.Dyadic(sum, b.Box.Scale), fractions.Dyadic(width, b.Box.Scale)
			value.Add(value, mid.Mul(mid.Mul(mid, half), g))
			most.Add(most, wide.Mul(wide.Mul(wide, half), size))
			continue
		}
		c := fractions.Dyadic(&b.Centre.Lo[k], b.Box.Scale)
		value.Add(value, c.Mul(c, g))
		if b.Norm == "l2" {
			most.Add(most, size.Mul(size, size))
		} else if size.Cmp(most) > 0 {
			most = size
		}
	}
	if b.Norm == "l2" {
		most = rootAbove(most)
	}
	if b.Centre != nil {
		most.Mul(most, fractions.Dyadic(b.R, b.Box.Scale))
	}
	return most.Add(most, value.Abs(value))
}

// rootAbove returns the root of q, or a number above it by less than a part in 2^100.
func rootAbove(q *big.Rat) *big.Rat {
	const digits = 256
	square := new(big.Int).Mul(q.Num(), q.Denom()) // √(a/b) = √(a·b)/b
	finer := uint(max(0, digits-square.BitLen()))
	square.Lsh(square, 2*finer)
	root := new(big.Int).Sqrt(square)
	if new(big.Int).Mul(root, root).Cmp(square) != 0 {
		root.Add(root, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(root, new(big.Int).Lsh(q.Denom(), finer))
}

func added(x, y []*big.Rat) []*big.Rat {
	sum := make([]*big.Rat, len(x))
	for k := range x {
		sum[k] = new(big.Rat).Add(x[k], y[k])
	}
	return sum
}

func multiple(x []*big.Rat, by *big.Rat) []*big.Rat {
	m := make([]*big.Rat, len(x))
	for k := range x {
		m[k] = new(big.Rat).Mul(x[k], by)
	}
	return m
}
