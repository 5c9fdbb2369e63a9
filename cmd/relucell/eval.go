package main

// eval: the outputs at points, so that anyone can hold an import against their own framework.

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

// maxPointBytes bounds a file of points.
const maxPointBytes = 1 << 28

type evalCmd struct {
	net    netFlags
	at     []string
	format string
}

func newEvalCmd() *cobra.Command {
	c := &evalCmd{}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "eval NET",
		Short: "Evaluate a network at points, exactly and in floats",
		Long: `eval prints the outputs at one point or more, so that an import can be held against the framework
that the network comes from. Decimal numbers are read as the nearest float64, and that is the point.

Exact is the output with nothing rounded, as a hexadecimal float with a mantissa of any length; Value is
the nearest float64 to it; Float is what a forward pass in float64 arithmetic gives. --format json writes
a line for each point, with the signs of all neurons there: 0 says that a pre-activation is 0 at the point.`,
		Example: `  relucell eval net.onnx --at 0.1,0.2
  relucell eval net.onnx --at 0.1,0.2 --at 0.3,0.4
  relucell eval net.onnx --at @points.csv --format json`,
	})
	flag(cmd.Flags(), &c.at, "at", "POINT", "", "the point, or one of them: numbers separated by commas, one number for all coordinates, or @FILE, a table (CSV) of points",
		func(s string) ([]string, error) {
			if s == "" {
				return nil, errors.New("expected numbers, or @FILE")
			}
			return append(c.at, s), nil
		})
	formatFlag(cmd, &c.format)
	return cmd
}

func (c *evalCmd) run(cmd *cobra.Command, args []string) error {
	ctx, release := interruptible(cmd)
	defer release()
	n, _, err := c.net.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	if len(c.at) == 0 {
		c.at = []string{""} // it is missing, which readPoints says
	}
	var points [][]float64
	for _, at := range c.at {
		x, err := readPoints(ctx, at, n.Inputs())
		if err != nil {
			return badInput(err)
		}
		points = append(points, x...)
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	f := &fields{w: out}
	if c.format == "text" {
		f.net(args[0], n)
	}
	err = c.each(ctx, n, points, f)
	if werr := out.Flush(); f.err == nil {
		f.err = werr
	}
	switch {
	case f.err != nil:
		return f.err
	case err != nil:
		return stopped(ctx, args[0]+": stopped before all points were evaluated")
	}
	return nil
}

// each writes the values at all points, or at the first of them when ctx ends before: its error.
func (c *evalCmd) each(ctx context.Context, n *network.Network, points [][]float64, f *fields) error {
	for _, x := range points {
		if ctx.Err() != nil { // for within waits for a point that takes less than its grace
			return ctx.Err()
		}
		v, err := within(ctx, func() (values, error) { return evaluate(n, x), nil })
		if err != nil {
			return err
		}
		if c.format == "json" {
			_, f.err = f.w.Write(v.json())
		} else {
			f.values(v)
		}
		if f.err != nil {
			return nil
		}
	}
	return nil
}

// readPoints reads what --at says of points of n coordinates.
func readPoints(ctx context.Context, at string, n int) ([][]float64, error) {
	var text io.Reader = strings.NewReader(at)
	where := "--at"
	switch path, isFile := strings.CutPrefix(at, "@"); {
	case at == "":
		return nil, fmt.Errorf("--at: missing, expected %d numbers separated by commas, one number for all coordinates, or @FILE", n)
	case isFile:
		data, err := readFile(ctx, path, maxPointBytes)
		if err != nil {
			return nil, fmt.Errorf("--at: %w, expected a table of points", err)
		}
		where, text = path, bytes.NewReader(data)
	case n > 1 && !strings.Contains(at, ","):
		text = strings.NewReader(strings.Repeat(at+",", n-1) + at)
	}
	p, err := files.Table{Inputs: n}.Read(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return p.X, nil
}

// values are the outputs at a point.
type values struct {
	at, float []float64
	exact     []*big.Float
	signs     network.Pattern
}

func evaluate(n *network.Network, x []float64) values {
	exact, signs := n.ForwardExact(each(x, big.NewFloat))
	return values{x, n.Forward(x), exact, signs}
}

// json is the line of a point. An output that is no finite float64 is null among those in floats.
func (v values) json() []byte {
	t := appendNumbers([]byte(`{"at":`), v.at)
	t = appendHexFloats(append(t, `,"exact":`...), v.exact)
	t = appendNumbers(append(t, `,"value":`...), toFloat64(v.exact))
	t = appendNumbers(append(t, `,"float":`...), v.float)
	return append(append(append(t, `,"pattern":"`...), v.signs.String()...), "\"}\n"...)
}

func appendNumbers(dst []byte, x []float64) []byte {
	return appendList(dst, len(x), func(dst []byte, k int) []byte {
		if math.IsNaN(x[k]) || math.IsInf(x[k], 0) {
			return append(dst, "null"...)
		}
		return strconv.AppendFloat(dst, x[k], 'g', -1, 64)
	})
}

// toFloat64 returns the float64 nearest to each number.
func toFloat64(x []*big.Float) []float64 {
	return each(x, func(v *big.Float) float64 {
		f, _ := dyadic.FromFloat(v)
		return f
	})
}

func (f *fields) values(v values) {
	f.line("Point", "%s", floats(v.at))
	t := tables.New(table.Row{"Output", "Value", "Float", "Exact"}, 4)
	for k, y := range toFloat64(v.exact) {
		t.AppendRow(table.Row{k, y, v.float[k], hexadecimal(v.exact[k])})
	}
	f.table(t)
}
