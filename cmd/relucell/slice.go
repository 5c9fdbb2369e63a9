package main

// slice: a network on a line or plane, as a network that can be counted and proved like any other.

import (
	"github.com/spf13/cobra"
)

type sliceCmd struct {
	net   netFlags
	slice sliceFlags
	out   string
}

func newSliceCmd() *cobra.Command {
	c := &sliceCmd{net: netFlags{writes: true}}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "slice NET -o FILE.json",
		Short: "Write a network on a line or plane through its inputs as a network of its own",
		Long: `slice puts an affine layer in front of a network, exactly, and writes the canonical text of what it
gets: a network with one input (a line) or two (a plane), to be counted, proved and drawn like any other.

  --through P --through Q [--through R]            x = P + s·(Q−P) + t·(R−P)
  --origin P --direction U [--direction V]         x = P + s·U + t·V
  --origin P --inputs i[,j]                        inputs i and j are free, the others stay at P

"-o -" writes to standard output.`,
		Example: `  relucell slice net.onnx --through @a.csv --through @b.csv --through @c.csv -o plane.json
  relucell slice net.onnx --origin 0 --inputs 0,3 -o - | relucell count - --box=-1:1`,
	})
	c.slice.add(cmd)
	cmd.Flags().StringVarP(&c.out, "output", "o", "", "`FILE` to write, ending in .json, or - for standard output")
	return cmd
}

func (c *sliceCmd) run(cmd *cobra.Command, args []string) error {
	if err := checkText(c.out); err != nil {
		return err
	}
	ctx, release := interruptible(cmd)
	defer release()
	n, _, err := c.net.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	s, _, err := c.slice.cut(ctx, n)
	if err != nil {
		return err
	}
	return writeNamed(ctx, cmd, c.out, args[0], s)
}
