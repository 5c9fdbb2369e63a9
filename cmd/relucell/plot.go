package main

// plot: the map of a network's regions on a plane, as a picture or a page.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/plot"
)

type plotCmd struct {
	subject
	slice  sliceFlags
	out    string
	html   bool
	fill   string
	points string
	width  int
	files  owedFiles
}

// widest is the widest picture in pixels: more is a slip of the hand.
const narrowest, widest = 200, 10000

func newPlotCmd() *cobra.Command {
	c := &plotCmd{subject: subject{net: netFlags{writes: true}}}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "plot NET -o FILE.svg|png|pdf|html",
		Short: "Draw the activation regions of a network with two inputs, or on a plane",
		Long: `plot draws the activation regions that meet the ball: as many polygons as count counts.

--fill says what colours tell: pattern (neighbours differ), layer (each layer's boundaries in an ink of
their own), gradient (largest singular value of the Jacobian) or class (largest output, or the sign of the only one).

A network with more inputs is drawn on a plane, named as for "relucell slice"; the ball is then one of the
plane's two coordinates. --points draws the points of a CSV file on top: the coordinates, and perhaps a class;
points of as many coordinates as the network has inputs are projected onto the plane.

--html, or a file name that ends in .html, writes one page that needs no network access: zoom with the
wheel or + and -, move by dragging or by arrows, point at a region for its pattern and affine map.`,
		Example: `  relucell plot net.onnx --center 0.5,0.25 --radius 1.5 --points points.csv -o map.svg
  relucell plot net.onnx --origin 0 --inputs 0,3 --box=-1:1 --fill gradient -o map.png`,
	})
	c.add(cmd, "give up after this time, reading included: half a map is none")
	c.slice.add(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&c.out, "output", "o", "", "`FILE` to write, ending in .svg, .png, .pdf or .html")
	fs.BoolVar(&c.html, "html", false, "write one self-contained page, whatever the ending")
	choiceFlag(cmd, &c.fill, "fill", "what colours tell", each(plot.Fills, func(f plot.Fill) string { return string(f) })...)
	fs.StringVar(&c.points, "points", "", "CSV `FILE` of points to draw on top")
	c.width = plot.DefaultWidth
	flag(fs, &c.width, "width", "pixels", strconv.Itoa(c.width), "width of the picture", func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < narrowest || n > widest {
			return 0, fmt.Errorf("expected a whole number of pixels from %d to %d", narrowest, widest)
		}
		return n, nil
	})
	return cmd
}

// format is the ending that the file has or, with --html, should have.
func (c *plotCmd) format() (string, error) {
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(c.out), "."))
	if c.out != "" && (c.html || ending == "html") {
		return "html", nil
	}
	if !slices.Contains(plot.Formats, ending) {
		return "", badInputf("--output: %q, expected a file name that ends in .svg, .png, .pdf or .html", c.out)
	}
	return ending, nil
}

func (c *plotCmd) run(cmd *cobra.Command, args []string) (err error) {
	format, err := c.format()
	if err == nil {
		err = writable("output", c.out, args[0], c.points) // before the walk, so that it costs no time
	}
	if err != nil {
		return err
	}
	defer c.files.owe(cmd, &err, c.out)()
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	n, b, opt, err := c.input(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	var m *plot.Map
	data, err := within(ctx, func() (data []byte, err error) {
		if m, err = plot.New(ctx, n, b); err != nil {
			return nil, fmt.Errorf("%s: %w", args[0], err)
		}
		return c.render(m, opt, format)
	})
	if err != nil && ctx.Err() != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "relucell: stopped early (%s): nothing is drawn\n", stopReason(ctx))
		return errStopped
	}
	if err == nil {
		logger(cmd).Debug("mapped", "regions", len(m.Regions), "too thin to fill", m.Slivers())
		err = files.WriteBytes(c.out, data)
	}
	if err != nil {
		return failed(err)
	}
	c.files.wrote(c.out)
	f := &fields{w: cmd.OutOrStdout()}
	f.net(args[0], n)
	f.ball(b)
	f.line("Regions", "%s, exact", tables.Numbered(int64(len(m.Regions)), "activation region"))
	if k := m.Slivers(); k > 0 {
		f.line("", "%s too thin for a polygon, drawn as dots", tables.Numbered(int64(k), "region"))
	}
	f.line("Map", "%s", c.out)
	return f.err
}

// input reads what is drawn, and finds what is wrong with it before the walk.
func (c *plotCmd) input(ctx context.Context, cmd *cobra.Command, net string) (n *network.Network, b ball.Ball, opt plot.Options, err error) {
	whole, _, err := c.net.read(ctx, cmd, net)
	if err != nil {
		return nil, b, opt, err
	}
	if whole.Inputs() == 1 {
		return nil, b, opt, badInputf("%s: 1 input, expected 2 or more: a line is no map, relucell list shows its regions", net)
	}
	n, opt = whole, plot.Options{Name: displayed(cmd, net), Fill: plot.Fill(c.fill), Width: c.width}
	if c.slice.given() {
		if n, opt.Inputs, err = c.slice.cut(ctx, whole); err != nil {
			return nil, b, opt, err
		}
		opt.Name += ", slice"
	}
	if n.Inputs() != 2 && !c.ball.set.Changed("box") {
		return nil, b, opt, c.notPlane(net, n)
	}
	if _, _, free := c.ball.free(n.Inputs()); len(free) == 2 {
		opt.Inputs = [2]string{inputLabel(free[0]), inputLabel(free[1])}
	}
	if n, b, err = c.ball.on(cmd, &c.net, net, n); err != nil {
		return nil, b, opt, err
	}
	if n.Inputs() != 2 {
		return nil, b, opt, c.notPlane(net, n)
	}
	opt.Points, err = c.readPoints(ctx, whole, n)
	return n, b, opt, badInput(err)
}

func (c *plotCmd) notPlane(net string, n *network.Network) error {
	return badInputf("%s: %s, expected 2, or a plane: three --through, or --origin with two --direction or two --inputs, or a --box that fixes the others", net, tables.Numbered(int64(n.Inputs()), "input"))
}

// readPoints reads the points of the picture: of the plane, or of the whole network and then
// projected.
func (c *plotCmd) readPoints(ctx context.Context, whole, n *network.Network) (*plot.Points, error) {
	if c.points == "" {
		return nil, nil
	}
	p, err := readPointsFile(ctx, c.points, n.Inputs())
	if err == nil || whole == n {
		return p, err
	}
	q, wideErr := readPointsFile(ctx, c.points, whole.Inputs())
	if wideErr != nil {
		return nil, fmt.Errorf("%w (or, as points of the network: %w)", err, errors.Unwrap(wideErr))
	}
	return q.OnSlice(n, len(n.Layers())-len(whole.Layers()))
}

// readPointsFile reads the file of --points.
func readPointsFile(ctx context.Context, path string, inputs int) (*plot.Points, error) {
	data, err := readFile(ctx, path, maxPointBytes)
	if err != nil {
		return nil, fmt.Errorf("--points: %w, expected a CSV file", err)
	}
	p, err := plot.ReadPoints(bytes.NewReader(data), inputs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// render draws in memory, so that a stop leaves no file behind.
func (c *plotCmd) render(m *plot.Map, opt plot.Options, format string) ([]byte, error) {
	var b bytes.Buffer
	if format == "html" {
		err := m.WriteHTML(&b, opt)
		return b.Bytes(), err
	}
	p, err := m.Draw(opt)
	if err == nil {
		err = p.Write(&b, format)
	}
	return b.Bytes(), err
}
