package main

// cone layer: a network whose outputs lie in a cone, whatever its weights are.

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/constrained"
	"github.com/relucell/relucell/internal/tables"
)

type coneLayerCmd struct {
	net       netFlags
	cone, out string
	float32   bool
	opts      constrained.Options
}

func newConeLayerCmd() *cobra.Command {
	c := &coneLayerCmd{net: netFlags{writes: true}}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "layer NET --cone CONE.json -o FILE",
		Short: "Constrain the outputs of a network to a cone by a last layer",
		Long: `layer makes of a network one whose outputs lie in a cone for every input. The network's outputs, those
of an affine last layer, become coefficients: one of each ray of the cone, of which the absolute value is
taken, and then one of each line. A last layer of integers multiplies the vectors by them. The result is
a network like any other, to be counted, verified and proved.

A .onnx file is written in float64; --float32 is refused where a number would have to be rounded, for
rounded rays leave the cone. What a runtime computes in floats is rounded in any case: the constraints
hold over the reals.`,
		Example: `  relucell cone rays A.csv -o cone.json
  relucell cone layer net.onnx --cone cone.json -o constrained.json
  relucell cone check constrained.json A.csv`,
	})
	fs := cmd.Flags()
	fs.StringVar(&c.cone, "cone", "", "`FILE` of the cone, as \"relucell cone rays\" writes it (.json)")
	fs.StringVarP(&c.out, "output", "o", "", "`FILE` to write, ending in .json or .onnx")
	fs.BoolVar(&c.opts.ReLU, "relu", false, "take max(β, 0) of a ray's coefficient β, not |β|")
	fs.BoolVar(&c.opts.Scale, "scale", false, "divide each vector by the power of two next to its length")
	float32Flag(fs, &c.float32)
	return cmd
}

func (c *coneLayerCmd) run(cmd *cobra.Command, args []string) error {
	if c.cone == "" {
		return badInputf("--cone: missing, expected a file that \"relucell cone rays\" wrote")
	}
	if err := checkNetFile(c.out, c.float32, ""); err != nil {
		return err
	}
	if err := writable("output", c.out, args[0], c.cone); err != nil {
		return err
	}
	ctx, release := interruptible(cmd)
	defer release()
	d, err := readCone(ctx, c.cone)
	if err != nil {
		return err
	}
	n, _, err := c.net.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	if n, err = constrained.Layer(n, d, c.opts); err != nil {
		return badInputf("%s: %w", args[0], err)
	}
	if err := writeNetFile(ctx, c.out, n, c.float32); err != nil {
		return err
	}
	f := &fields{w: cmd.OutOrStdout()}
	f.net(c.out, n)
	f.line("Cone", "%s", coneOf(c.cone, d))
	return f.err
}

// coneOf says in a line what a description is of.
func coneOf(path string, d *cone.Description) string {
	return fmt.Sprintf("%s: %s and %s in %s", filepath.Base(path), tables.Numbered(int64(len(d.Rays)), "ray"),
		tables.Numbered(int64(len(d.Lineality)), "line"), tables.Numbered(int64(d.Dim), "dimension"))
}

// readCone reads a description.
func readCone(ctx context.Context, path string) (*cone.Description, error) {
	d, err := readAs(ctx, path, maxMatrixBytes, func(text []byte) (*cone.Description, error) { return cone.ReadJSON(bytes.NewReader(text)) })
	return d, badInput(err)
}
