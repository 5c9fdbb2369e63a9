package certificate

// Writer and checker together: what package proof writes is accepted, its bytes depend on the tree
// alone, and both have the same format in mind.

import (
	"math/big"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/proof"
)

func TestBytesDependOnTheTreeAlone(t *testing.T) {
	for seed := range int64(6) {
		r := rand.New(rand.NewSource(seed))
		net := randomNet(r, seed%2 == 0, []string{"relu", "leaky_relu"}, 2, 4, 4, 1)
		for _, size := range []int{0, 120, 1000} {
			for _, name := range []string{"p", "p.gz"} {
				var first memory
				for run := range int64(3) {
					path := tempProof(t, name)
					n := prove(t, net, unitBalls(2)[0], path, run, run > 0, 0, size)
					files := folder(t, filepath.Dir(path))
					if first == nil {
						first = files
					}
					require.Equal(t, first, files, "the bytes depend on the forks")
					rep, err := Check(net.text(), path, Options{Workers: 1 + int(run)})
					require.NoError(t, err)
					require.Equal(t, n, rep.Count)
					require.LessOrEqual(t, int64(len(files)-1), rep.Parts)
					require.Equal(t, len(files) > 1, rep.Parts > 0)
				}
			}
		}
	}
}

func TestRunsAreMergedAcrossForks(t *testing.T) {
	net := tnet{inputs: 1, layers: []tlayer{{act: "relu", w: [][]float64{{0}, {0}, {0}}, b: []float64{1, -1, 1}}}}
	h := proof.Header{Net: net.hash(t), Ball: unitBalls(1)[0].ball(t)}
	for forks := range 4 {
		path := tempProof(t, "p")
		w, err := proof.NewWriter(path, h)
		require.NoError(t, err)
		stack := []enumerate.Observer{w}
		top := stack[0]
		for j, live := range []int8{1, -1, 1} {
			if j == forks || forks == 3 {
				top = top.Fork()
				stack = append(stack, top)
			}
			top.Pruned(live, int64(j+1), nil, nil)
		}
		top.Region([]float64{0})
		for i := len(stack) - 1; i > 0; i-- {
			stack[i-1].Join(stack[i])
		}
		require.NoError(t, w.Close(big.NewInt(1)))
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(string(text), "\n=+-+\nW 0x0p+0\ncount 1\n"), string(text))
		_, err = Check(net.text(), path, Options{})
		require.NoError(t, err)
	}
}

// The parts of a proof that was written through a link lie beside the file, not beside the link.
func TestPartsAreFoundBehindALink(t *testing.T) {
	net := randomNet(rand.New(rand.NewSource(1)), true, []string{"relu"}, 2, 4, 4, 1)
	path := tempProof(t, "p")
	n := prove(t, net, unitBalls(2)[0], path, 1, false, 0, 120)
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(path, link))
	rep, err := Check(net.text(), link, Options{})
	require.NoError(t, err)
	require.Equal(t, n, rep.Count)
	require.Positive(t, rep.Parts)
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	_, err = Check(net.text(), link, Options{})
	require.Error(t, err)
}

// The writer has the version and the caps of the format once more, and is held to those here: the
// longest numbers that it writes are read, and a bit or a power of two more is refused by the
// writer itself.
func TestTheWriterKeepsTheFormatsCaps(t *testing.T) {
	net := oneLayer([]float64{2, 2}, []float64{1}, []float64{1}) // x + 2 twice, positive on the ball
	one := big.NewInt(1)
	close := func(x *big.Float, lambda *big.Int) error {
		path := tempProof(t, "p")
		w, err := proof.NewWriter(path, proof.Header{Net: net.hash(t), Ball: unitBalls(1)[0].ball(t)})
		require.NoError(t, err)
		w.Pruned(1, 1, nil, nil)
		w.PrunedBig(1, lambda, []int32{0}, []*big.Int{lambda})
		w.RegionBig([]*big.Float{x})
		if err = w.Close(one); err != nil {
			return err
		}
		_, err = Check(net.text(), path, Options{})
		require.NoError(t, err)
		return nil
	}
	ones := func(bits uint) *big.Int { return new(big.Int).Sub(new(big.Int).Lsh(one, bits), one) }
	power := func(e int) *big.Float { return new(big.Float).SetMantExp(big.NewFloat(1), e) }
	below := func(bits uint) *big.Float {
		return new(big.Float).SetMantExp(new(big.Float).SetInt(ones(bits)), -int(bits))
	}
	require.NoError(t, close(below(4*maxDigits), ones(3*maxDigits)))
	require.NoError(t, close(power(-maxExponent), one))
	var refused *proof.WriteError
	require.ErrorAs(t, close(below(4*maxDigits+1), one), &refused)
	require.ErrorAs(t, close(power(-maxExponent-1), one), &refused)
	require.ErrorAs(t, close(power(0), ones(3*maxDigits+1)), &refused)
}
