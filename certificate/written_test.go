package certificate

// Writer and checker together: both have the same format in mind.

import (
	"math/big"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	balls "github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/proof"
)

func tempProof(tb testing.TB, name string) string { return filepath.Join(tb.TempDir(), name) }

// The writer has the version and the caps of the format once more, and is held to those here: the
// longest numbers that it writes are read, and a bit or a power of two more is refused by the
// writer itself.
func TestTheWriterKeepsTheFormatsCaps(t *testing.T) {
	net := specimen.OneLayer([]float64{0, -0.5}, []float64{2}, []float64{2})
	one := big.NewInt(1)
	b, err := balls.New(balls.LInf, []float64{0}, 1)
	require.NoError(t, err)
	close := func(x *big.Float, lambda *big.Int) error {
		path := tempProof(t, "p")
		w, err := proof.NewWriter(path, proof.Header{Net: net.Hash(), Ball: b})
		require.NoError(t, err)
		w.Split()
		w.Pruned(1, -1, false, &enumerate.Multipliers{BigSelf: lambda, Back: []int32{0}, BigLambda: []*big.Int{lambda}})
		w.RegionBig([]*big.Float{new(big.Float).Neg(x)})
		w.Split()
		w.Region([]float64{0.125})
		w.Region([]float64{0.5})
		w.SplitEnd()
		w.SplitEnd()
		if err = w.Close(big.NewInt(3)); err != nil {
			return err
		}
		_, err = Check(net.Text(), path, Options{})
		require.NoError(t, err)
		return nil
	}
	ones := func(bits uint) *big.Int { return new(big.Int).Sub(new(big.Int).Lsh(one, bits), one) }
	power := func(e int) *big.Float { return new(big.Float).SetMantExp(big.NewFloat(1), e) }
	below := func(bits uint) *big.Float {
		return new(big.Float).SetMantExp(new(big.Float).SetInt(ones(bits)), -int(bits))
	}
	require.NoError(t, close(below(3*canonical.MaxLong), ones(3*canonical.MaxLong)))
	require.NoError(t, close(power(-canonical.MaxScale), one))
	var refused *proof.WriteError
	require.ErrorAs(t, close(below(3*canonical.MaxLong+1), one), &refused)
	require.ErrorAs(t, close(power(-canonical.MaxScale-1), one), &refused)
	require.ErrorAs(t, close(power(-1), ones(3*canonical.MaxLong+1)), &refused)
}
