package main

// reach: what the network makes of a ball, region by region, and what of the ball is unsafe.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/reach"
	"github.com/relucell/relucell/vnnlib"
)

type reachCmd struct {
	subject
	out     string
	outputs []int
	domain  bool
	region  int
	inverse string
	reals   bool
	files   owedFiles
	// While it runs: the query or nil.
	query *vnnlib.Query
	b     ball.Ball
	reachForm
	reached
}

// reachForm is what is written: the format, and nil or the picture, nil or polymake's file.
type reachForm struct {
	format  string
	picture *reach.Picture
	poly    *reach.Polymake
}

// reached is what was found: how many regions, and of those that are unsafe the pieces and, where
// they are to be had, the volumes.
type reached struct {
	regions, pieces int64
	unsafe          enumerate.Volumes
	volumes         bool
}

func newReachCmd() *cobra.Command {
	c := &reachCmd{subject: subject{net: netFlags{writes: true}}}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "reach NET -o FILE",
		Short: "Describe the output set of a ball exactly, or the part of the ball that is unsafe",
		Long: `reach writes, for each activation region that meets the ball, its affine map, its domain and its image.
Together the images are the output set of the ball. What is written depends on the file's ending:

  .jsonl               a line for each region: pattern, witness, map, rows of the domain, vertices, image
  .ine                 the domains as inequalities, for cddlib and lrs
  .ext                 the images as vertices, for the same; with --domain the domains
  .poly                the images as points, for polymake; with --domain the domains, as inequalities too
  .svg .png .pdf .html the images on two outputs, with --domain the domains on two inputs

All numbers but those of pictures are exact: hexadecimal floats of any length, and fractions. .ine and
.ext hold one polyhedron after the other, one with --region; .poly an array of polytopes, with --region
a single one (polymake 4.0 or later; load reads both). Vertices are to be had in linf and l1 balls
and boxes of up to 7 inputs, 5 in l1; without them a domain is told by a row for each neuron.

--inverse SPEC turns it around: what is written is the part of the ball that satisfies the query, cut
into polytopes by region (.jsonl, .ext, .poly, and with two inputs pictures), and its share of the ball's
volume is printed, exactly, in up to 5 inputs. Parts without interior, as where a border is just
touched, are left out.

"relucell check NET PROOF --reach FILE.jsonl" verifies such a file against the proof of the count:
that no region is missing, and all patterns, maps, domains and vertices.`,
		Example: `  relucell reach net.onnx --box=-1:1 -o net.jsonl
  relucell reach net.onnx --box=-1:1 -o net.svg --outputs 0,1
  relucell reach net.onnx --box=-1:1 -o unsafe.svg --inverse property.vnnlib`,
	})
	fs := cmd.Flags()
	c.add(cmd, "give up after this time, reading included: half a set is none")
	c.outputs, c.region = []int{0, 1}, -1
	fs.StringVarP(&c.out, "output", "o", "", "`FILE` to write, ending in .jsonl, .ine, .ext, .poly, .svg, .png, .pdf or .html")
	flag(fs, &c.outputs, "outputs", "i,j", "0,1", "the two outputs that a picture shows (with --domain, inputs)", twoOf)
	fs.BoolVar(&c.domain, "domain", false, "the domains in the place of the images, in .ext, .poly and pictures")
	wholeFlag(fs, &c.region, "region", "", "the region of this number alone, from 0 in the order of the list", 0, 1<<40)
	fs.StringVar(&c.inverse, "inverse", "", "write the part of the ball that satisfies the VNN-LIB query of this `FILE`")
	fs.BoolVar(&c.reals, "reals", false, "read a query over a floating-point type as one over the reals")
	return cmd
}

// twoOf reads two different numbers.
func twoOf(s string) ([]int, error) {
	list, err := neuronList(s)
	if err != nil || len(list) != 2 {
		return nil, errors.New("expected two different numbers, from 0")
	}
	if first, _, _ := strings.Cut(s, ","); first != strconv.Itoa(list[0]) {
		slices.Reverse(list)
	}
	return list, nil
}

func (c *reachCmd) run(cmd *cobra.Command, args []string) (err error) {
	if err := c.checkOut(args[0]); err != nil {
		return err
	}
	defer c.files.owe(cmd, &err, c.out)()
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	n, b, err := c.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	c.b = b
	if err = c.prepare(ctx, args, n); err != nil {
		return err
	}
	_, err = within(ctx, func() (none struct{}, err error) {
		return none, files.Write(c.out, func(w io.Writer) error { return c.write(ctx, w, n) })
	})
	var coded *exitError
	switch {
	case err != nil && ctx.Err() != nil:
		return stopped(ctx, c.out+": stopped, nothing is written")
	case errors.As(err, &coded):
		return err
	case errors.Is(err, enumerate.ErrNoVertices), errors.Is(err, enumerate.ErrInput):
		return badInput(err)
	case err != nil:
		return failed(err)
	}
	c.files.wrote(c.out)
	return c.report(cmd, args[0], n)
}

// checkOut says whether the file may be written, and sets the format.
func (c *reachCmd) checkOut(path string) error {
	c.format = strings.TrimPrefix(strings.ToLower(filepath.Ext(c.out)), ".")
	pictured := slices.Contains(reach.Formats, c.format)
	if c.out == "" || !pictured && !slices.Contains([]string{"jsonl", "ine", "ext", "poly"}, c.format) {
		return badInputf("--output: %q, expected a file name that ends in .jsonl, .ine, .ext, .poly, .svg, .png, .pdf or .html", c.out)
	}
	if c.inverse != "" && c.format == "ine" {
		return badInputf("--output: an .ine file beside --inverse, expected .jsonl, .ext, .poly or a picture: what is unsafe is told by vertices")
	}
	if pictured {
		c.picture = &reach.Picture{Title: filepath.Base(path)}
	}
	return writable("output", c.out, path, c.inverse)
}

// prepare reads the query and checks what depends on the network.
func (c *reachCmd) prepare(ctx context.Context, args []string, n *network.Network) (err error) {
	if c.inverse != "" {
		if c.query, _, err = readQuery(ctx, c.inverse, vnnlib.Options{Reals: c.reals}); err != nil {
			return err
		}
		if err := c.query.Fits(n.Inputs(), n.Outputs()); err != nil {
			return badInputf("%s: %w", c.inverse, err)
		}
		c.domain = true
		c.volumes = n.Inputs() <= 5
	}
	if c.picture == nil {
		return nil
	}
	most, word, letter := n.Outputs(), "outputs", "y"
	if c.domain {
		most, word, letter = n.Inputs(), "inputs", "x"
	}
	if most < 2 {
		instead := "a file of another ending"
		if !c.domain && n.Inputs() == 2 {
			instead += ", or a picture of the domains, by --domain"
		}
		return badInputf("--output: a picture of a network with 1 %s, expected two at least, or %s", strings.TrimSuffix(word, "s"), instead)
	}
	for _, i := range c.outputs {
		if i >= most {
			return badInputf("--outputs: %d, expected two of the %d %s, from 0", i, most, word)
		}
	}
	if c.domain && most != 2 {
		return badInputf("--domain, --inverse: a picture of %d inputs, expected 2; relucell slice makes a network of two", most)
	}
	c.picture.X, c.picture.Y = letter+strconv.Itoa(c.outputs[0]), letter+strconv.Itoa(c.outputs[1])
	return nil
}

// write writes the file.
func (c *reachCmd) write(ctx context.Context, file io.Writer, n *network.Network) error {
	w := bufio.NewWriter(file)
	if c.format == "poly" {
		c.poly = reach.NewPolymake(w)
		c.poly.One = c.region >= 0 && c.query == nil // a region may have several pieces
	}
	for r, err := range enumerate.Regions(ctx, n, c.b, enumerate.Options{Workers: 1}) {
		if err == nil && (c.region < 0 || int64(c.region) == c.regions) {
			err = c.one(ctx, w, r)
		}
		if err != nil {
			return err
		}
		c.regions++
	}
	if c.region >= 0 && int64(c.region) >= c.regions {
		return badInputf("--region: %d, expected one of %d, from 0", c.region, c.regions)
	}
	if c.picture != nil {
		c.picture.Title += "\n" + c.caption()
		if err := c.picture.Write(w, c.format); err != nil {
			return err
		}
	}
	if c.poly != nil {
		if err := c.poly.Close(); err != nil {
			return err
		}
	}
	if ctx.Err() != nil { // nobody may be waiting any more, and all were told that nothing is written
		return context.Cause(ctx)
	}
	return w.Flush()
}

// caption says what a picture shows.
func (c *reachCmd) caption() string {
	shown, images := tables.Numbered(c.regions, "region"), "the images of "
	if c.region >= 0 {
		shown, images = fmt.Sprintf("region %d", c.region), "the image of "
	}
	switch {
	case c.query != nil && c.pieces == 0:
		return shown + ", of which nothing satisfies " + filepath.Base(c.inverse)
	case c.query != nil:
		return shown + ", and in dark orange what satisfies " + filepath.Base(c.inverse)
	case c.domain:
		return shown
	}
	return images + shown
}

// one writes a region.
func (c *reachCmd) one(ctx context.Context, w io.Writer, r enumerate.Region) error {
	var d *reach.Description
	var err error
	if c.query == nil || c.picture != nil {
		if d, err = reach.Describe(ctx, int(c.regions), r); err != nil {
			return err
		}
	}
	switch {
	case c.picture != nil:
		points := d.Image
		if c.domain {
			points = d.Vertices
		}
		if len(points) == 0 {
			return badInputf("--output: a picture of regions without vertices, expected an linf or l1 ball or a box, of up to 7 inputs, 5 in l1")
		}
		if err = c.picture.Add(reach.Plane(points, c.outputs[0], c.outputs[1]), reach.Cell); err != nil || c.query == nil {
			return err
		}
	case c.query != nil:
	case c.format == "jsonl":
		return d.WriteJSON(w)
	case c.format == "ine":
		return badInput(d.WriteInequalities(w, c.b))
	case c.poly != nil && c.domain:
		return badInput(c.poly.Domain(d, c.b))
	case c.poly != nil:
		return badInput(c.poly.Image(d))
	default:
		return badInput(d.WriteVertices(w, !c.domain))
	}
	pieces, err := reach.Inverse(ctx, r, c.query)
	if err != nil {
		return err
	}
	return c.inverted(w, r, pieces)
}

// inverted writes the unsafe pieces of a region.
func (c *reachCmd) inverted(w io.Writer, r enumerate.Region, pieces []reach.Piece) error {
	sum := new(big.Rat)
	for i, p := range pieces {
		var err error
		switch {
		case c.picture != nil:
			err = c.picture.Add(reach.Plane(p.Vertices, c.outputs[0], c.outputs[1]), reach.Unsafe)
		case c.format == "jsonl":
			err = p.WriteJSON(w)
		case c.poly != nil:
			err = c.poly.Piece(int(c.regions), &p)
		default:
			err = (&reach.Description{Region: int(c.regions), Pattern: fmt.Sprintf("%s, piece %d", p.Pattern, i), Vertices: p.Vertices}).WriteVertices(w, false)
		}
		if err != nil {
			return err
		}
		if p.Volume != nil {
			sum.Add(sum, p.Volume)
		}
	}
	c.pieces += int64(len(pieces))
	c.unsafe.Add(r.Pattern, sum)
	return nil
}

func (c *reachCmd) report(cmd *cobra.Command, path string, n *network.Network) error {
	f := &fields{w: cmd.OutOrStdout()}
	f.net(path, n)
	f.ball(c.b)
	f.line("Regions", "%s, exact", tables.Numbered(c.regions, "activation region"))
	if c.query != nil {
		f.line("Unsafe", "%s of them, cut out exactly", tables.Numbered(c.pieces, "piece"))
		if whole, polytope := enumerate.BallVolume(c.b); polytope && c.volumes {
			sum := c.unsafe.Sum()
			f.line("", "%s of the volume of the ball", short(sum.Quo(sum, whole)))
		}
	}
	f.line("Written", "%s", c.out)
	return f.err
}
