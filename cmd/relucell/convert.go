package main

// convert: any format to the canonical text, the one that proofs are about, or to ONNX.

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx"
)

type convertCmd struct {
	net     netFlags
	out     string
	float32 bool
}

func newConvertCmd() *cobra.Command {
	c := &convertCmd{net: netFlags{writes: true}}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "convert NET -o FILE.json|onnx",
		Short: "Convert a network to the canonical text, or to ONNX",
		Long: `convert writes the canonical text of a network: JSON with hexadecimal floats, exact and with one
spelling, so that equal networks give equal bytes. Its SHA-256 hash is the network's fingerprint. "-o -" writes
to standard output.

A .onnx file is written in float64, or with --float32 in float32, which is refused where a number would
have to be rounded: the same function, for runtimes and other tools. It is read back as the same layers,
but perhaps for the order of units where a layer has maxima and other units.`,
		Example: `  relucell convert net.onnx -o net.json
  relucell convert net.nnet -o net.onnx`,
	})
	cmd.Flags().StringVarP(&c.out, "output", "o", "", "`FILE` to write, ending in .json or .onnx, or - for standard output")
	float32Flag(cmd.Flags(), &c.float32)
	return cmd
}

func (c *convertCmd) run(cmd *cobra.Command, args []string) error {
	if err := c.check(args[0]); err != nil {
		return err
	}
	ctx, release := interruptible(cmd)
	defer release()
	n, im, err := c.net.read(ctx, cmd, args[0])
	if err != nil {
		return err
	}
	if isONNX(c.out) {
		if err = writeNetFile(ctx, c.out, n, c.float32); err == nil {
			f := &fields{w: cmd.OutOrStdout()}
			f.net(c.out, n)
			err = f.err
		}
	} else {
		err = writeNamed(ctx, cmd, c.out, args[0], n)
	}
	if k := im.RoundedEntries(); err == nil && k > 0 && c.out != "-" {
		f := &fields{w: cmd.OutOrStdout()}
		f.line("Rounded", "%s, which relucell info names", tables.Numbered(int64(k), "number"))
		err = f.err
	}
	return err
}

// check refuses a name before anything is read.
func (c *convertCmd) check(net string) error {
	if !isONNX(c.out) && !c.float32 {
		if !strings.EqualFold(filepath.Ext(c.out), ".json") && c.out != "-" {
			return checkNetFile(c.out, false, ", or - for standard output")
		}
		return checkText(c.out)
	}
	if err := checkNetFile(c.out, c.float32, ""); err != nil {
		return err
	}
	return writable("output", c.out, net)
}

func float32Flag(fs *pflag.FlagSet, to *bool) {
	fs.BoolVar(to, "float32", false, "write a .onnx file in float32, if that rounds nothing")
}

func isONNX(name string) bool { return strings.EqualFold(filepath.Ext(name), ".onnx") }

// checkNetFile refuses a name for a network in the canonical text or in ONNX; or says what else is
// expected.
func checkNetFile(out string, float32 bool, or string) error {
	switch {
	case !isONNX(out) && !strings.EqualFold(filepath.Ext(out), ".json"):
		return badInputf("--output: %q, expected a file name that ends in .json or .onnx%s", out, or)
	case float32 && !isONNX(out):
		return badInputf("--float32: given for %s, expected a file that ends in .onnx", out)
	}
	return nil
}

// writeNetFile writes a network in the format that the ending of its file's name says.
func writeNetFile(ctx context.Context, out string, n *network.Network, float32 bool) error {
	write := n.WriteCanonical
	if isONNX(out) {
		write = func(w io.Writer) error { return onnx.Write(w, n, float32) }
	}
	var text bytes.Buffer
	if err := write(until{ctx, &text}); err != nil {
		return unless(ctx, badInputf("--output: %w", err), out+": stopped before it was written")
	}
	return failed(files.WriteBytes(out, text.Bytes()))
}

// until is a writer that fails once ctx has ended: what is half written is removed.
type until struct {
	ctx context.Context
	to  io.Writer
}

func (u until) Write(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, context.Cause(u.ctx)
	}
	return u.to.Write(p)
}

// checkText refuses a name for a canonical text before anything is read.
func checkText(out string) error {
	switch {
	case out == "-":
		return nil
	case !strings.EqualFold(filepath.Ext(out), ".json"):
		return badInputf("--output: %q, expected a file name that ends in .json, or - for standard output", out)
	}
	if err := files.Check(out); err != nil {
		return badInputf("--output: %w, or - for standard output", err)
	}
	return nil
}

// writeNamed is writeText, and says what the file holds.
func writeNamed(ctx context.Context, cmd *cobra.Command, out, net string, n *network.Network) error {
	if err := writeText(ctx, cmd, out, net, n); err != nil || out == "-" {
		return err
	}
	f := &fields{w: cmd.OutOrStdout()}
	f.net(out, n)
	return f.err
}

// writeText writes the canonical text of n, which came from the file net, to a file or to standard
// output.
func writeText(ctx context.Context, cmd *cobra.Command, out, net string, n *network.Network) error {
	switch {
	case out == "-":
		return n.WriteCanonical(cmd.OutOrStdout())
	case files.Same(net, out):
		return badInputf("--output: %s is the network itself, expected another file", out)
	}
	err := files.Write(out, func(w io.Writer) error { return n.WriteCanonical(until{ctx, w}) })
	return unless(ctx, failed(err), out+": stopped before it was written")
}
