package certificate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/nettext"
	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/internal/looks"
)

// A check could not be stopped: who had begun one had to wait for its end.
func TestCheckStops(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	n := &net{hash: "x", inputs: 1}
	c := &checker{Verdict: canonical.NewVerdict(ctx), net: n}
	after := false
	c.Guard(func() { c.Stop(); after = true })
	require.False(t, after, "what runs goes on after a stop")
	require.ErrorIs(t, c.Err(), why)
}

// A line of 341 multipliers of 12,288 digits kept a check busy for 100 s after it was stopped, and
// so did the witness of a long path: each took one look, for the line.
func TestCheckStopsInLongArithmetic(t *testing.T) {
	const inputs, names = 3, 60
	net := specimen.Net{Inputs: inputs, Layers: []specimen.Layer{{Act: "relu"}}}
	for i := range names + 1 {
		row := make([]float64, inputs)
		row[i%inputs] = 1
		net.Layers[0].W, net.Layers[0].B = append(net.Layers[0].W, row), append(net.Layers[0].B, float64(i)/1024)
	}
	run := func(line string, left int) (int, error) {
		c := looks.After(context.Background(), left)
		proof := header(t, net, "linf 0x1p+0"+strings.Repeat(" 0x0p+0", inputs)) + strings.Repeat("*\n", names) + line + "\n"
		_, err := CheckContext(c, net.Text(), "proof", Options{Workers: 1, open: specimen.Folder{"proof": []byte(proof)}.Open})
		return c.Made(), err
	}
	multipliers := func(lambda string) string {
		line := fmt.Sprintf("+%d %s", names, lambda)
		for i := range names {
			line += letters(names-1-i) + lambda
		}
		return line
	}
	witness := func(e uint) string { // −½, and a little more
		x := new(big.Int).Lsh(big.NewInt(1), e-1)
		return fmt.Sprint("?", e, strings.Repeat(x.Sub(big.NewInt(1), x).String(), inputs))
	}
	for name, c := range map[string]struct{ short, long, reason string }{
		"multipliers": {multipliers("7"), multipliers(strings.Repeat("7", 400)), "their sum is positive"},
		"a witness":   {witness(20), witness(1400), "the file ends here"},
	} {
		t.Run(name, func(t *testing.T) {
			few, err := run(c.short, math.MaxInt)
			require.ErrorContains(t, err, c.reason)
			many, err := run(c.long, math.MaxInt)
			require.ErrorContains(t, err, c.reason)
			require.GreaterOrEqual(t, many, few+names)
			_, err = run(c.long, few+names/2-1)
			require.ErrorIs(t, err, looks.ErrEnough)
		})
	}
}

// The norm of the map of a region took minutes in many inputs and outputs, after one look.
func TestLipschitzStops(t *testing.T) {
	const size = 12
	net := specimen.Net{Inputs: size, Layers: []specimen.Layer{{Act: "none", B: make([]float64, size)}}}
	for k := range size {
		row := make([]float64, size)
		row[k] = 1
		net.Layers[0].W = append(net.Layers[0].W, row)
	}
	proof := header(t, net, "linf 0x1p+0"+strings.Repeat(" 0x0p+0", size)) + "W0" + strings.Repeat(" 0", size) + "\ncount 1\n"
	run := func(norm string, left int) (int, error) {
		claim, err := NewLipschitz(norm, big.NewRat(1, 2), big.NewRat(2, 1))
		require.NoError(t, err)
		c := looks.After(context.Background(), left)
		_, err = CheckContext(c, net.Text(), "proof", Options{Lipschitz: claim, open: specimen.Folder{"proof": []byte(proof)}.Open})
		return c.Made(), err
	}
	few, err := run("l1", math.MaxInt)
	require.NoError(t, err)
	many, err := run("l2", math.MaxInt)
	require.NoError(t, err)
	require.Equal(t, few+size*size+size*(size-1)/2, many, "a product, and an elimination")
	for left := few - 1; left < many; left++ {
		_, err = run("l2", left)
		require.ErrorIs(t, err, looks.ErrEnough)
	}
}

// The forms of a wide layer are computed unit by unit, with a look for each.
func TestCheckStopsInWideLayers(t *testing.T) {
	const size = 40
	net := specimen.Waves(size, 2, size)
	net.Layers[0].Act = "none"
	read := looks.Counting(context.Background())
	_, err := readNet(read, net.Text(), nettext.DenseMost)
	require.NoError(t, err)
	proof := header(t, net, "linf 0x1p+0"+strings.Repeat(" 0x0p+0", size)) + "+0 a\n"
	c := looks.After(context.Background(), read.Made()+size-1)
	_, err = CheckContext(c, net.Text(), "proof", Options{Workers: 1, open: specimen.Folder{"proof": []byte(proof)}.Open})
	require.ErrorIs(t, err, looks.ErrEnough)
}
