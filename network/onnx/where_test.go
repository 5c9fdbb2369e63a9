package onnx

// Where, against what it says: whatever graph of it is read is the function of the graph.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network/onnx/onnxpb"
)

// Branches that are truth values were taken for the numbers that they compare, and so were those
// that a loop puts together; the Cast behind them, which jumps, did nothing then.
func TestTruthValuesAreNoNumbers(t *testing.T) {
	c := func() *chain {
		return looped(1, 1).made("Less", "l", []string{"v0", "one"}).made("Less", "m", []string{"one", "v0"})
	}
	toFloat := intAttr("to", int64(single))
	for name, c := range map[string]*chain{
		"branches":        c().made("Where", "w", []string{"yes", "l", "m"}).node("Cast", []string{"w"}, toFloat),
		"all of a Where":  c().made("Where", "w", []string{"l", "l", "m"}).node("Cast", []string{"w"}, toFloat),
		"one of branches": c().node("Where", []string{"yes", "v0", "m"}),
		"what a loop puts out": loopOf(c(), []string{"a"}, []string{"three", ""}, bodyAttr([]string{"i", "c"}, []string{"d", "o"},
			newNode("Identity", "d", []string{"c"}), newNode("Identity", "o", []string{"l"}))).node("Cast", []string{"a"}, toFloat),
	} {
		_, _, err := c.read(t)
		require.ErrorContains(t, err, "a truth value that depends on the network's input", name)
	}
}

// A truth value that fills up others is true or false, not the sign of 1 or 0: of a Less that is
// padded with true, the other branch was chosen.
func TestTruthValuesThatFillUp(t *testing.T) {
	x := []float64{-3, 2}
	for _, op := range []string{"Less", "Greater"} {
		for fill := range int32(2) {
			c := newChain(1, 2).doubles("z", nil, 0).made(op, "l", []string{"v0", "z"}).ints("p", 0, 0, 0, 1).tensor("f", onnxpb.TensorProto_BOOL, nil, fill).
				made("Pad", "c", []string{"l", "p", "f"})
			for name, v := range map[string]float64{"up": 5, "down": 7} { // (x, 5) where true, (−x, 7) where false
				c.doubles(name+" 1", []int64{1, 1}, v).made("Concat", name, []string{map[string]string{"up": "v0", "down": "less"}[name], name + " 1"}, intAttr("axis", 1))
			}
			c.g.Node = append([]*onnxpb.NodeProto{newNode("Neg", "less", []string{"v0"})}, c.g.Node...)
			want := map[string][]float64{"Less": {-3, -2}, "Greater": {3, 2}}[op] // −|x| and |x|
			want = append(want, map[int32]float64{0: 7, 1: 5}[fill])
			n, err := c.node("Where", []string{"c", "up", "down"}).readIn(t, 13)
			require.NoError(t, err)
			require.Equal(t, want, n.Forward(x), "%s %d", op, fill)
		}
	}
}

// pool is values of a graph of three inputs that is drawn, with what they are at x. All numbers are
// of few bits, so floats are exact.
type pool struct {
	*rand.Rand
	*chain
	names []string
	at    []func(x []float64) float64
}

func newPool(r *rand.Rand) *pool {
	p := &pool{Rand: r, chain: newChain(1, 3).doubles("zero", nil, 0).doubles("two", nil, 2).doubles("less", nil, -0.5)}
	for k := range 3 {
		index := fmt.Sprint("i", k)
		p.ints(index, int64(k))
		p.put("Gather", func(x []float64) float64 { return x[k] }, []string{"v0", index}, intAttr("axis", 1))
	}
	return p
}

// put adds what a node computes.
func (p *pool) put(op string, at func(x []float64) float64, inputs []string, attributes ...*onnxpb.AttributeProto) int {
	name := fmt.Sprint("n", len(p.names))
	p.made(op, name, inputs, attributes...)
	p.names, p.at = append(p.names, name), append(p.at, at)
	return len(p.names) - 1
}

// of applies an operator to values.
func (p *pool) of(op string, at func(a, b float64) float64, values ...int) int {
	var inputs []string
	for _, v := range values {
		inputs = append(inputs, p.names[v])
	}
	of := p.at
	return p.put(op, func(x []float64) float64 {
		y := of[values[0]](x)
		for _, v := range values[1:] {
			y = at(y, of[v](x))
		}
		return y
	}, inputs)
}

func (p *pool) largest(values ...int) int {
	return p.of("Max", func(a, b float64) float64 { return max(a, b) }, values...)
}

func (p *pool) plus(a, b int) int {
	return p.of("Add", func(a, b float64) float64 { return a + b }, a, b)
}

// times is a value times a constant.
func (p *pool) times(v int) int {
	name, by, of := "two", 2.0, p.at[v]
	if p.IntN(2) == 0 {
		name, by = "less", -0.5
	}
	return p.put("Mul", func(x []float64) float64 { return by * of(x) }, []string{p.names[v], name})
}

func (p *pool) any() int { return p.IntN(len(p.names)) }

// grow adds a value.
func (p *pool) grow() {
	switch p.IntN(6) {
	case 0:
		p.largest(p.any(), p.any(), p.any())
	case 1:
		p.largest(p.any(), p.any())
	case 2:
		p.of("Min", func(a, b float64) float64 { return min(a, b) }, p.any(), p.any(), p.any())
	case 3:
		p.of("Sub", func(a, b float64) float64 { return a - b }, p.any(), p.any())
	case 4:
		p.times(p.any())
	default:
		p.plus(p.any(), p.any())
	}
}

func TestWhereThatIsReadIsTheFunction(t *testing.T) {
	graphs := uint64(400)
	if os.Getenv("RELUCELL_SOAK") == "1" {
		graphs = 40_000
	}
	read := 0
	for seed := range graphs {
		p := newPool(rand.New(rand.NewPCG(seed, 1)))
		for range p.IntN(5) {
			p.grow()
		}
		z, below, above := p.any(), p.any(), p.any()
		if p.IntN(3) > 0 { // branches that meet, or meet where a maximum is taken for its first piece
			step := z
			if p.IntN(3) == 0 {
				step = p.largest(z, p.any(), p.any())
			}
			if p.IntN(2) == 0 {
				step = p.times(step)
			}
			above = p.plus(below, step)
		}
		p.made("Greater", "g", []string{p.names[z], "zero"})
		p.node("Where", []string{"g", p.names[above], p.names[below]})
		n, err := p.readIn(t, 13)
		if err != nil {
			continue
		}
		read++
		for range 20 {
			x := []float64{float64(p.IntN(9) - 4), float64(p.IntN(9) - 4), float64(p.IntN(9) - 4)}
			want := p.at[below](x)
			if p.at[z](x) > 0 {
				want = p.at[above](x)
			}
			requireExactly(t, n, rationals(x), rationals([]float64{want}))
		}
	}
	require.Greater(t, read, int(graphs/5))
	require.Less(t, read, int(graphs-graphs/5))
}
