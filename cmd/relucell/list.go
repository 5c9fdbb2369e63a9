package main

// list: every region with its pattern, an interior point and its affine map, as JSON lines; and
// what else there is to be known of a region by its vertices.

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

type listCmd struct {
	subject
	limit int64

	format             string
	neighbours, volume bool
	volumes            *volumes // nil: none are wanted
	text               []byte   // of the line written last
}

func newListCmd() *cobra.Command {
	c := &listCmd{}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "list NET",
		Short: "List the activation regions that meet a ball, one JSON line each",
		Long: `list prints one JSON line for each activation region that meets the ball:

  {"pattern":"+-0","witness":["0x1p-1"],"affine":{"W":[["0x1p+0"]],"b":["0x0p+0"]}}

pattern has one sign for each neuron in network order (0: the pre-activation is identically zero on
the region), witness is a point strictly inside, and y = W·x + b is the network on the region. All
numbers are exact, as hexadecimal floats with mantissas of any length.

--neighbours adds the numbers of the regions that have a facet in common with it, counted from 0 in
the order of the list; --format graphml or csv writes the graph of the regions instead, with the
neuron that is zero on each common facet (graphml). --volume adds the volume of the region, a fraction
(to the nearest float64 in graphml and csv), and insists that all add up to the ball's. Neighbours are
to be had in up to 7 inputs, 5 in an l1 ball; volumes in up to 5, and not in round balls.`,
		Example: `  relucell list net.onnx --box=-1:1 --limit 10
  relucell list net.onnx --box=-1:1 --format graphml > regions.graphml`,
	})
	c.add(cmd, "stop after this time, reading included")
	limitFlag(cmd.Flags(), &c.limit, "list at most so many regions")
	choiceFlag(cmd, &c.format, "format", "format of the output", "json", "graphml", "csv")
	cmd.Flags().BoolVar(&c.neighbours, "neighbours", false, "list the neighbours of each region")
	cmd.Flags().BoolVar(&c.volume, "volume", false, "list the volume of each region")
	return cmd
}

func (c *listCmd) run(cmd *cobra.Command, args []string) error {
	graph := c.neighbours || c.format != "json"
	if graph && c.limit > 0 {
		return badInputf("--limit: given with neighbours, expected none: the graph is that of all regions")
	}
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	n, b, err := c.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	var listed int64
	more := false
	if c.volumes = newVolumes(c.volume, b); graph {
		listed, err = c.graph(ctx, cmd, n, b)
	} else {
		listed, more, err = c.list(ctx, cmd.OutOrStdout(), n, b)
	}
	if err == nil && !more {
		err = c.volumes.check(cmd.ErrOrStderr())
	}
	if errors.Is(err, enumerate.ErrNoVertices) {
		return badInputf("--%s: %w", c.described(), err)
	}
	if err != nil && ctx.Err() == nil {
		return failed(fmt.Errorf("%s: %w", args[0], err))
	}
	if err != nil || more {
		why := stopReason(ctx)
		fmt.Fprintf(cmd.ErrOrStderr(), "relucell: stopped early after %s (%s): there may be more\n", tables.Numbered(listed, "region"), why)
		return errStopped
	}
	return nil
}

// described is the flag that asks for more of regions than a count knows.
func (c *listCmd) described() string {
	switch {
	case c.volume:
		return "volume"
	case c.neighbours:
		return "neighbours"
	}
	return "format"
}

// list writes the regions. It returns how many, and whether the limit left any out.
func (c *listCmd) list(ctx context.Context, w io.Writer, n *network.Network, b ball.Ball) (listed int64, more bool, err error) {
	out := bufio.NewWriter(w)
	var wait []enumerate.Region
	write := func() error {
		volumes, err := c.volumes.of(ctx, wait)
		for i, r := range wait {
			if err == nil {
				if err = c.write(ctx, out, n, r, volumeAt(volumes, i), nil); err == nil {
					listed++
				}
			}
		}
		wait = wait[:0]
		return err
	}
	for r, err := range enumerate.Regions(ctx, n, b, enumerate.Options{Workers: 1}) {
		if more = err == nil && c.limit > 0 && listed+int64(len(wait)) == c.limit; more {
			break
		}
		if err == nil {
			if wait = append(wait, r); len(wait) >= c.volumes.together() {
				err = write()
			}
		}
		if err != nil {
			return listed, false, cmp.Or(err, out.Flush()) // what cannot be written fails twice
		}
	}
	err = write()
	return listed, more && err == nil, cmp.Or(err, out.Flush())
}

// write writes a region, with its volume and the numbers of its neighbours where they are known.
func (c *listCmd) write(ctx context.Context, out io.Writer, n *network.Network, r enumerate.Region, volume *big.Rat, neighbours []int) (err error) {
	line := func() ([]byte, error) { return c.line(r, volume, neighbours), nil }
	if mapWork(n) <= quickMap {
		c.text, err = line()
	} else {
		c.text, err = within(ctx, line)
	}
	if err == nil {
		_, err = out.Write(c.text)
	}
	return err
}

// quickMap is the number of exact products up to which a region's map is had at once: far less than
// a second of them. To wait for more within a stop costs as much as a small map.
const quickMap = 1 << 18

// mapWork is the number of products that a region's map takes at most.
func mapWork(n *network.Network) int {
	work := 0
	for _, l := range n.Layers() {
		work += l.In() * l.Out() * n.Inputs()
	}
	return work
}

// line is the JSON line of a region, spelled out: encoding/json takes as long as the rest.
func (c *listCmd) line(r enumerate.Region, volume *big.Rat, neighbours []int) []byte {
	t := append(c.text[:0], `{"pattern":"`...)
	t = append(r.Pattern.Append(t), `","witness":`...)
	t = append(appendHexFloats(t, r.Point()), `,"affine":{"W":`...)
	r.AffineIntegers(func(rows [][]*big.Int, exp int) {
		b := make([]*big.Int, len(rows))
		t = appendList(t, len(rows), func(t []byte, i int) []byte {
			n := len(rows[i]) - 1
			b[i] = rows[i][n]
			return appendHexInts(t, rows[i][:n], exp)
		})
		t = append(appendHexInts(append(t, `,"b":`...), b, exp), '}')
	})
	if neighbours != nil {
		t = appendList(append(t, `,"neighbours":`...), len(neighbours), func(t []byte, i int) []byte {
			return strconv.AppendInt(t, int64(neighbours[i]), 10)
		})
	}
	if volume != nil {
		t = append(append(append(t, `,"volume":"`...), volume.RatString()...), '"')
	}
	return append(t, "}\n"...)
}
