package landscape

import (
	"context"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/proof"
)

// counted writes the proof of the count of the data network, and returns its path and the network's
// text.
func counted(t *testing.T, d *Data) (text []byte, path string) {
	n, err := d.Network()
	require.NoError(t, err)
	return provedCount(t, n)
}

func boundsOf(t *testing.T, c *Certified) string {
	var w strings.Builder
	require.NoError(t, c.WriteProof(&w))
	return w.String()
}

func TestTheProofOfAWidthIsVerified(t *testing.T) {
	done := 0
	for seed := range uint64(20) {
		d, m, out := degenerate(t, seed)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		if products(len(cells), m).Int64() > 250 {
			continue
		}
		_, c, err := Certify(anything, d, cells, m, out)
		require.NoError(t, err)
		text, path := counted(t, d)
		least, err := CheckWidth(anything, d, m, out, []byte(boundsOf(t, c)), text, path)
		require.NoError(t, err, "seed %d", seed)
		require.Zero(t, least.Cmp(c.Least))
		done++
	}
	require.Greater(t, done, 10)
}

func TestAForgedProofOfAWidthIsRefused(t *testing.T) {
	d := drawn(t, 6, 1, 3)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	_, c, err := Certify(anything, d, cells, 2, false)
	require.NoError(t, err)
	text, path := counted(t, d)
	honest := boundsOf(t, c)
	lines := strings.Split(strings.TrimSuffix(honest, "\n"), "\n")
	refused := func(d *Data, m int, out bool, lines []string, want string) {
		_, err := CheckWidth(anything, d, m, out, []byte(strings.Join(lines, "\n")+"\n"), text, path)
		require.ErrorContains(t, err, want)
	}
	with := func(i int, line string) []string {
		l := slices.Clone(lines)
		l[i] = line
		return l
	}
	_, err = CheckWidth(anything, d, 2, false, []byte(honest), text, path)
	require.NoError(t, err)

	refused(d, 3, false, lines, `line 2: expected "neurons 3"`)
	refused(d, 2, true, lines, `line 3: expected "bias 1"`)
	refused(d, 2, false, lines[:3], `line 4: expected "least "`)
	refused(d, 2, false, with(3, "least -1"), "line 4: expected the least risk")
	refused(d, 2, false, with(3, "least 1e999999999"), "line 4: expected the least risk")
	refused(d, 2, false, with(4, "1 2"), "line 5: 2 numbers, expected 7")
	refused(d, 2, false, with(4, "-1"+strings.Repeat(" 1", 6)), "line 5: expected a denominator above 0")
	refused(d, 2, false, with(4, "1"+strings.Repeat(" x", 6)), "line 5: expected integers")
	refused(d, 2, false, lines[:4], "no line bounds the programme of +000000 +000000")
	higher := new(big.Rat).Add(c.Least, big.NewRat(1, 1<<40))
	refused(d, 2, false, with(3, "least "+higher.RatString()), "a bound below the least risk")
	refused(drawn(t, 6, 1, 4), 2, false, lines, "is not point 0 of the data")
	refused(drawn(t, 5, 1, 3), 2, false, lines, "line 5: 7 numbers, expected 6")

	// A bound that is forgotten, or that holds for less than it did.
	left := 0
	for i := range c.bounds {
		if _, err := CheckWidth(anything, d, 2, false, []byte(strings.Join(slices.Delete(slices.Clone(lines), 4+i, 5+i), "\n")), text, path); err != nil {
			require.ErrorContains(t, err, "no line bounds the programme of")
			left++
		}
	}
	require.Positive(t, left)
	for i, b := range c.bounds {
		words := strings.Fields(lines[4+i])
		n := new(big.Int).Add(b.n[0], new(big.Int).Quo(b.h, big.NewInt(1000)))
		words[1] = n.String()
		if _, err := CheckWidth(anything, d, 2, false, []byte(strings.Join(with(4+i, strings.Join(words, " ")), "\n")), text, path); err == nil {
			moved := &bound{n: append([]*big.Int{n}, b.n[1:]...), h: b.h}
			require.GreaterOrEqual(t, newCertified(t, d, cells).value(moved).Cmp(c.Least), 0, "believed though its value is too low")
		}
	}
	// The other values: a u is one of any data, but its bound is another.
	other := mustNew(t, rowsWithoutBias(d), slices.Repeat([]float64{0.25}, 6), true)
	refused(other, 2, false, lines, "a bound below the least risk")

	// A proof of other cells, and of some cells.
	short, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, short[:len(short)-5], 0o644))
	_, err = CheckWidth(anything, d, 2, false, []byte(honest), text, path)
	var wrong *certificate.Error
	require.ErrorAs(t, err, &wrong)
	ended, stop := context.WithCancel(context.Background())
	stop()
	require.NoError(t, os.WriteFile(path, short, 0o644))
	_, err = CheckWidth(ended, d, 2, false, []byte(honest), text, path)
	require.ErrorIs(t, err, context.Canceled)
}

func rowsWithoutBias(d *Data) (x [][]float64) {
	for _, row := range d.Rows {
		x = append(x, row[:d.P-1])
	}
	return x
}

func newCertified(t *testing.T, d *Data, cells []Cell) *edges {
	e, err := newEdges(anything, d, cells)
	require.NoError(t, err)
	return e
}

// A proof on another ball says nothing of the cells.
func TestAProofOfAWidthIsOfTheUnitBall(t *testing.T) {
	d := drawn(t, 5, 1, 1)
	cells, err := Patterns(anything, d)
	require.NoError(t, err)
	_, c, err := Certify(anything, d, cells, 1, false)
	require.NoError(t, err)
	text, path := counted(t, d)
	n, err := d.Network()
	require.NoError(t, err)
	b, err := newSmallBall(d.P)
	require.NoError(t, err)
	_, err = proof.Prove(anything, n, b, path, enumerate.Options{})
	require.NoError(t, err)
	_, err = CheckWidth(anything, d, 1, false, []byte(boundsOf(t, c)), text, path)
	require.ErrorContains(t, err, "expected one of all regions on l2")
}

// The twin of the search for a multiset without a bound looks at all of them.
func TestUncoveredIsWhatNoBoundHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, signed := rapid.IntRange(1, 3).Draw(t, "m"), rapid.IntRange(1, 6).Draw(t, "signed")
		var bounds []*bound
		for _, set := range rapid.SliceOfN(rapid.IntRange(0, 1<<signed-1), 0, 12).Draw(t, "sets") {
			b := &bound{}
			b.holds.SetInt64(int64(set))
			bounds = append(bounds, b)
		}
		all := true
		for k := range pow(signed, m) {
			set := int64(0)
			for range m {
				set |= 1 << (k % signed)
				k /= signed
			}
			all = all && slices.ContainsFunc(bounds, func(b *bound) bool { return b.holds.Int64()&set == set })
		}
		left, err := uncovered(anything, bounds, nil, m, signed)
		require.NoError(t, err)
		require.Equal(t, all, left == nil, "%v", left)
		if left == nil {
			return
		}
		require.Len(t, left, m)
		for _, b := range bounds {
			held := true
			for _, k := range left {
				held = held && b.holds.Bit(k) == 1
			}
			require.False(t, held, "%v", left)
		}
	})
}

func pow(a, b int) int {
	v := 1
	for range b {
		v *= a
	}
	return v
}

// A bound that holds for a signed cell is above 0 at no point of it, and one that does not, at
// some: the cell's rays.
func TestBoundsHoldOnWholeCells(t *testing.T) {
	for seed := range uint64(10) {
		d, _, _ := degenerate(t, seed)
		cells, err := Patterns(anything, d)
		require.NoError(t, err)
		e := newCertified(t, d, cells)
		require.NoError(t, e.distinct(cells))
		for shift := range int64(4) {
			b := &bound{h: big.NewInt(1)}
			for i := range d.N() {
				b.n = append(b.n, big.NewInt((int64(i)*7+shift*3)%5-2))
			}
			e.hold(b, false)
			for k := range 2 * len(cells) {
				at := memberOf(k)
				require.Equal(t, k, at.number())
				if gate := cells[at.cell].Gate; gate != nil && b.holds.Bit(k) == 1 {
					sum := new(big.Rat)
					for i, f := range d.Outputs(&Model{W: [][]float64{gate}, A: []float64{at.sign}}) {
						sum.Add(sum, f.Mul(f, new(big.Rat).SetInt(b.n[i])))
					}
					require.LessOrEqual(t, sum.Sign(), 0)
				}
			}
		}
		if len(cells) > 1 {
			require.ErrorContains(t, e.distinct(append(slices.Clone(cells[:1]), cells[0])), "no point inside")
			e.of[1] = e.of[0]
			require.ErrorContains(t, e.distinct(append(slices.Clone(cells[:1]), cells[0])), "is listed twice")
		}
	}
}

func FuzzBounds(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(widthHead, 2, 0, "1/4")+"1 0 2 -1\n"), 3)
	f.Add([]byte(fmt.Sprintf(widthHead, 1, 1, "0")), 1)
	f.Fuzz(func(t *testing.T, text []byte, points int) {
		least, bounds, err := readBounds(text, points&7, 2, false)
		if err != nil {
			return
		}
		require.GreaterOrEqual(t, least.Sign(), 0)
		c := &Certified{Least: least, bounds: bounds, neurons: 2}
		again, list, err := readBounds([]byte(boundsOf(t, c)), points&7, 2, false)
		require.NoError(t, err)
		require.Zero(t, again.Cmp(least))
		require.Equal(t, len(bounds), len(list))
	})
}
