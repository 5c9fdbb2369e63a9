package main

// cone: cones of allowed outputs, networks that stay in them, and the proof that they do.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
)

// maxMatrixBytes bounds a file of constraints or rays: far more than any that can be described.
const maxMatrixBytes = 1 << 28

func newConeCmd() *cobra.Command {
	return family(&cobra.Command{
		Use:   "cone",
		Short: "Describe cones of allowed outputs, and constrain networks to them",
		Long: `cone is about homogeneous linear constraints A·y ≤ 0 on the outputs of a network. "rays" finds, in
integers, the lines and extreme rays that span the cone of allowed outputs; "layer" puts them behind a
network, whose outputs then satisfy the constraints whatever its weights are; "check" proves of a
network that it satisfies them.

A is a table (CSV), a constraint a line: integers and fractions such as -2/3 as they are, decimals as
the next float64; or an H-representation of cddlib and lrs (.ine).`,
	}, newConeRaysCmd(), newConeLayerCmd(), newConeCheckCmd())
}

// readConstraints reads the rows of A, and says on standard error where one was rounded.
func readConstraints(ctx context.Context, cmd *cobra.Command, path string) ([][]*big.Rat, error) {
	rounded := 0
	rows, err := readAs(ctx, path, maxMatrixBytes, func(text []byte) (rows [][]*big.Rat, err error) {
		if !strings.EqualFold(filepath.Ext(path), ".ine") {
			rows, rounded, err = cone.ReadCSV(bytes.NewReader(text))
			return rows, err
		}
		m, err := cone.ReadMatrix(bytes.NewReader(text))
		if err == nil {
			rows, err = m.Homogeneous()
		}
		if err == nil && len(rows) == 0 {
			err = errors.New("no rows, expected at least one")
		}
		return rows, err
	})
	if err == nil && rounded > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "relucell: %s: note: %s rounded to the next float64, as weights are; a fraction such as 1/10 is taken as it is\n",
			path, tables.Numbered(int64(rounded), "decimal"))
	}
	return rows, badInput(err)
}

type coneRaysCmd struct {
	out, order, format string
	ine, ext           bool
	most               int
	timeout            time.Duration
	files              owedFiles
}

func newConeRaysCmd() *cobra.Command {
	c := &coneRaysCmd{}
	cmd := &cobra.Command{
		Use:   "rays A.csv",
		Short: "Find the lines and extreme rays of a cone, in integers",
		Long: `rays describes the cone {y : A·y ≤ 0} by a basis of the lines in it and its extreme rays modulo these,
by double description in integers: nothing is rounded. The description is canonical: equal cones give
equal bytes, whatever the order, the scale and the redundancy of the constraints.

A name that ends in .ext, or --ext, asks for a V-representation as cddlib and lrs read it; .ine, or --ine,
for the constraints in their format.`,
		Example: `  relucell cone rays A.csv -o cone.json
  relucell cone rays A.csv --ext > cone.ext`,
		Args: exactly("A.csv"),
		RunE: action(c.run),
	}
	fs := cmd.Flags()
	fs.StringVarP(&c.out, "output", "o", "", "`FILE` to write, ending in .json, .ext or .ine (default: the description as text, to standard output)")
	fs.BoolVar(&c.ine, "ine", false, "write the constraints as an H-representation")
	fs.BoolVar(&c.ext, "ext", false, "write the description as a V-representation")
	choiceFlag(cmd, &c.order, "order", "constraint that is added next: lex (the lexicographic order) or maxcut (the one that cuts off the most rays); the answer does not depend on it", "lex", "maxcut")
	wholeFlag(fs, &c.most, "max-rays", fmt.Sprint(cone.DefaultMaxRays), "give up past so many rays at a time", 1, 1<<31-1)
	timeoutFlag(fs, &c.timeout, "give up after this time, reading included")
	formatFlag(cmd, &c.format)
	return cmd
}

// coneJSON reports a description.
type coneJSON struct {
	File        string  `json:"file"`
	Constraints int     `json:"constraints"`
	Dimensions  int     `json:"dimensions"`
	Lines       int     `json:"lines"`
	Rays        int     `json:"rays"`
	Bits        int     `json:"bits"` // of the largest number
	Written     string  `json:"written,omitempty"`
	Seconds     float64 `json:"seconds"`
}

func (c *coneRaysCmd) run(cmd *cobra.Command, args []string) (err error) {
	begun := time.Now()
	kind, err := c.kind(args[0])
	if err != nil {
		return err
	}
	defer c.files.owe(cmd, &err, c.out)()
	ctx, release := stoppable(cmd, c.timeout)
	defer release()
	read, err := readConstraints(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	rows := cone.WholeRows(read)
	j := coneJSON{File: args[0], Constraints: len(rows), Dimensions: len(rows[0]), Written: c.out}
	opts := cone.Options{MaxRays: c.most}
	if c.order == "maxcut" {
		opts.Order = cone.MaxCut
	}
	d, err := within(ctx, func() (*cone.Description, error) { return cone.Describe(ctx, j.Dimensions, rows, opts) })
	switch {
	case err != nil && ctx.Err() != nil:
		return stopped(ctx, args[0]+": stopped before all rays were known")
	case err != nil:
		return failed(fmt.Errorf("%s: %w", args[0], err))
	}
	j.Lines, j.Rays, j.Bits, j.Seconds = len(d.Lineality), len(d.Rays), d.Bits(), time.Since(begun).Seconds()
	write := func(w io.Writer) error { return writeCone(w, kind, args[0], d, rows) }
	if c.out == "" && kind != "" {
		return write(cmd.OutOrStdout())
	}
	if c.out != "" {
		if err := files.Write(c.out, write); err != nil {
			return failed(err)
		}
		c.files.wrote(c.out)
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) { f.cone(j, d) })
}

// kind returns the format to write, "" for none, and checks the name.
func (c *coneRaysCmd) kind(path string) (string, error) {
	kind := strings.TrimPrefix(strings.ToLower(filepath.Ext(c.out)), ".")
	switch {
	case c.ine && c.ext:
		return "", badInputf("--ine: given beside --ext, expected one of them")
	case c.out != "" && kind != "json" && kind != "ine" && kind != "ext",
		c.out != "" && c.ine && kind != "ine", c.out != "" && c.ext && kind != "ext":
		return "", badInputf("--output: %q, expected a file name that ends in .json, or in .ext or .ine, as --ext or --ine says", c.out)
	case c.ine:
		kind = "ine"
	case c.ext:
		kind = "ext"
	}
	if c.out == "" && kind != "" && c.format == "json" {
		return "", badInputf("--format: json beside --%s, expected --output, or no --format: both are for standard output", kind)
	}
	if c.out == "" {
		return kind, nil
	}
	return kind, writable("output", c.out, path)
}

// writeCone writes a description, or its constraints, in a format.
func writeCone(w io.Writer, kind, path string, d *cone.Description, rows [][]*big.Int) error {
	switch kind {
	case "ine":
		return cone.Inequalities(d.Dim, rows, "A·y <= 0 of "+filepath.Base(path)).Write(w)
	case "ext":
		return d.Generators("lines and rays of A·y <= 0 of " + filepath.Base(path)).Write(w)
	}
	return d.WriteJSON(w)
}

// cone writes a report, and the vectors where they are in no file.
func (f *fields) cone(j coneJSON, d *cone.Description) {
	f.line("Cone", "%s: %s in %s", filepath.Base(j.File), tables.Numbered(int64(j.Constraints), "constraint"), tables.Numbered(int64(j.Dimensions), "dimension"))
	f.line("Rays", "%s, exact", tables.Numbered(int64(j.Rays), "extreme ray"))
	f.line("Lines", "%s", tables.Numbered(int64(j.Lines), "line"))
	f.line("Numbers", "of %s at most", tables.Numbered(int64(j.Bits), "bit"))
	f.line("Time", "%s", rounded(time.Duration(j.Seconds*float64(time.Second))))
	if j.Written != "" {
		f.line("Written", "%s", j.Written)
		return
	}
	for _, l := range []struct {
		word string
		list [][]*big.Int
	}{{"line", d.Lineality}, {"ray", d.Rays}} {
		for _, v := range l.list {
			f.line(l.word, "%s", strings.Join(each(v, (*big.Int).String), " "))
		}
	}
}
