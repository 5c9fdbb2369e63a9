package main

// The flags that name a line or plane through a network's inputs.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/network"
)

// sliceFlags are --through, --origin, --direction and --inputs.
type sliceFlags struct {
	through, directions []string
	origin, inputs      string
	set                 *pflag.FlagSet
}

func (f *sliceFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringArrayVar(&f.through, "through", nil, "a `POINT` of the line or plane, given twice or three times; the first is at 0, the others at 1 (numbers as for a centre, or @FILE)")
	fs.StringVar(&f.origin, "origin", "", "the `POINT` at 0 of --direction, or the values of the inputs that --inputs leaves out")
	fs.StringArrayVar(&f.directions, "direction", nil, "a direction `VECTOR` from --origin, given once for a line or twice for a plane")
	fs.StringVar(&f.inputs, "inputs", "", "the inputs `I,J` to keep, one or two of them for a picture, counted from 0, as in 0,3; the others stay at --origin")
	f.set = fs
}

func (f *sliceFlags) given() bool {
	return slices.ContainsFunc([]string{"through", "origin", "direction", "inputs"}, f.set.Changed)
}

// cut returns the slice that the flags name, and labels for its axes.
func (f *sliceFlags) cut(ctx context.Context, n *network.Network) (*network.Network, [2]string, error) {
	var labels [2]string
	s, err := within(ctx, func() (s *network.Network, err error) {
		s, labels, err = f.slice(ctx, n)
		return s, err
	})
	if s == nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil, [2]string{}, stopped(ctx, "stopped before the slice was made")
	}
	return s, labels, badInput(err)
}

func (f *sliceFlags) slice(ctx context.Context, n *network.Network) (*network.Network, [2]string, error) {
	labels := [2]string{"s", "t"}
	kinds := 0
	for _, name := range []string{"through", "direction", "inputs"} {
		if f.set.Changed(name) {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, labels, errors.New("--through, --direction, --inputs: expected exactly one kind of them: two or three --through, or --origin with one or two --direction, or --inputs with --origin")
	}
	if f.set.Changed("through") {
		if f.set.Changed("origin") {
			return nil, labels, errors.New("--origin: given beside --through, whose first point is the origin; expected one or the other")
		}
		points, err := vectors(ctx, "through", f.through, n.Inputs())
		if err != nil {
			return nil, labels, err
		}
		s, err := network.Through(n, points...)
		return s, labels, named("through", err)
	}
	if !f.set.Changed("origin") {
		return nil, labels, fmt.Errorf("--origin: missing, expected %d numbers separated by commas, one number for all coordinates, or @FILE", n.Inputs())
	}
	origin, err := vectors(ctx, "origin", []string{f.origin}, n.Inputs())
	if err != nil {
		return nil, labels, err
	}
	if f.set.Changed("direction") {
		directions, err := vectors(ctx, "direction", f.directions, n.Inputs())
		if err != nil {
			return nil, labels, err
		}
		s, err := network.Along(n, origin[0], directions...)
		return s, labels, named("direction", err)
	}
	return f.keep(n, origin[0])
}

// keep is the slice of --inputs, with labels for a map's axes.
func (f *sliceFlags) keep(n *network.Network, origin []float64) (*network.Network, [2]string, error) {
	var chosen []int
	var labels [2]string
	for k, word := range strings.Split(f.inputs, ",") {
		i, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil {
			return nil, labels, fmt.Errorf("--inputs: %q, expected whole numbers from 0 to %d separated by commas", word, n.Inputs()-1)
		}
		chosen = append(chosen, i)
		if k < len(labels) {
			labels[k] = inputLabel(i)
		}
	}
	s, err := network.Inputs(n, origin, chosen...)
	return s, labels, named("inputs", err)
}

// inputLabel names an input on an axis.
func inputLabel(i int) string { return "x" + strconv.Itoa(i) }

func named(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("--%s: %w", name, err)
}

// vectors reads points as --center does.
func vectors(ctx context.Context, name string, words []string, n int) ([][]float64, error) {
	var all [][]float64
	for _, w := range words {
		x, err := parseCenter(ctx, w, n)
		if err != nil && ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			return nil, fmt.Errorf("--%s: %s", name, strings.TrimPrefix(err.Error(), "--center: "))
		}
		all = append(all, x)
	}
	return all, nil
}
