package main

// unroll: a recurrent network over so many steps, as a network that can be counted and proved like
// any other.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/arrays"
	"github.com/relucell/relucell/network/load"
	"github.com/relucell/relucell/network/rnn"
)

type unrollCmd struct {
	steps int
	every bool
	slice sliceFlags
	out   string
}

func newUnrollCmd() *cobra.Command {
	c := &unrollCmd{}
	cmd := &cobra.Command{
		Use:   "unroll RNN --steps T -o FILE.json",
		Short: "Write a recurrent ReLU network, over so many steps, as a network of its whole input",
		Long: `unroll writes the canonical text of a recurrent network over T steps: a network of the inputs of all
steps, one step after the other. Layer t has the units of step t, and carries on the inputs of later steps by units that
are no neurons; nothing is rounded. Of H units, unit j of step t is neuron (t−1)·H + j, j counted from 0 and t from 1.

RNN is a relucell-rnn text (.json), the state dict of a torch.nn.RNN with nonlinearity='relu' in .npz or
.safetensors, or an .onnx file with an RNN operator of ReLU units.

On a line or plane of sequences the network is much smaller: few coordinates are carried, and the inputs of a step are
made of them just before it. The flags are those of slice:

  --through P --through Q [--through R]            x = P + s·(Q−P) + t·(R−P)
  --origin P --direction U [--direction V]         x = P + s·U + t·V
  --origin P --inputs i[,j]                        inputs i and j are free, the others stay at P

"-o -" writes to standard output.`,
		Example: `  relucell unroll rnn.json --steps 5 -o net.json && relucell count net.json --box=0:1
  relucell unroll rnn.json --steps 100 --through @a.csv --through @b.csv --through @c.csv -o plane.json`,
		Args: exactly("RNN"),
		RunE: action(c.run),
	}
	c.slice.add(cmd)
	cmd.Flags().IntVar(&c.steps, "steps", 0, "number `T` of steps")
	cmd.Flags().BoolVar(&c.every, "every-step", false, "the outputs of all steps, one step after the other, not of the last alone")
	cmd.Flags().StringVarP(&c.out, "output", "o", "", "`FILE` to write, ending in .json, or - for standard output")
	return cmd
}

func (c *unrollCmd) run(cmd *cobra.Command, args []string) error {
	if err := checkText(c.out); err != nil {
		return err
	}
	if c.steps < 1 {
		return badInputf("--steps: %d, expected a whole number of at least 1", c.steps)
	}
	ctx, release := interruptible(cmd)
	defer release()
	type unrolled struct {
		n     *network.Network
		notes []string
	}
	u, err := within(ctx, func() (u unrolled, err error) {
		u.n, u.notes, err = c.unroll(ctx, args[0])
		return u, err
	})
	switch {
	case err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return stopped(ctx, args[0]+": stopped before it was unrolled")
	case err != nil:
		return err
	}
	for _, note := range u.notes {
		fmt.Fprintf(cmd.ErrOrStderr(), "relucell: %s: note: %s\n", args[0], note)
	}
	return writeNamed(ctx, cmd, c.out, args[0], u.n)
}

// unroll returns the network, and what a user must know of how the file was read.
func (c *unrollCmd) unroll(ctx context.Context, path string) (*network.Network, []string, error) {
	if strings.HasSuffix(strings.TrimSuffix(strings.ToLower(path), ".gz"), ".onnx") {
		if c.every {
			return nil, nil, badInputf("--every-step: given for a graph, whose outputs are its own; export it with those of all steps, Y of its RNN operator")
		}
		n, im, err := load.Read(path, load.Options{Steps: c.steps})
		if err != nil {
			return nil, nil, badInput(files.Plain(err))
		}
		if c.slice.given() {
			n, _, err = c.slice.cut(ctx, n)
		}
		return n, im.Notes, err
	}
	r, notes, err := readRNN(path)
	if err != nil {
		return nil, nil, badInput(err)
	}
	n, err := r.Sequences(c.steps)
	if err != nil {
		return nil, nil, badInput(flagged(err))
	}
	if c.slice.given() {
		if n, _, err = c.slice.cut(ctx, n); err != nil {
			return nil, nil, err
		}
	}
	n, err = r.UnrollOn(n, c.every)
	return n, notes, badInput(flagged(err))
}

// readRNN reads a recurrent network that is no graph. Its errors name the file.
func readRNN(path string) (r *rnn.RNN, notes []string, err error) {
	data, err := files.ReadLimited(path, load.MaxFileBytes)
	if err != nil {
		return nil, nil, files.Plain(err)
	}
	var state map[string]*arrays.Array
	switch ending := strings.ToLower(filepath.Ext(path)); ending {
	case ".json":
		r, err = rnn.Read(bytes.NewReader(data))
	case ".npz":
		state, _, err = arrays.NPZ(bytes.NewReader(data))
	case ".safetensors":
		state, _, err = arrays.Safetensors(bytes.NewReader(data))
	default:
		err = fmt.Errorf("unknown ending %q, expected .json (a relucell-rnn text), .npz, .safetensors or .onnx", ending)
	}
	if state != nil {
		r, notes, err = rnn.FromState(state)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, notes, nil
}
