package main

// convert: any format to the canonical text, the one that proofs are about.

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

type convertCmd struct {
	net netFlags
	out string
}

func newConvertCmd() *cobra.Command {
	c := &convertCmd{net: netFlags{writes: true}}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "convert NET -o FILE.json",
		Short: "Convert a network to the canonical text",
		Long: `convert writes the canonical text of a network: JSON with hexadecimal floats, exact and with one
spelling, so that equal networks give equal bytes. Its SHA-256 hash is the network's fingerprint. "-o -" writes
to standard output.`,
		Example: `  relucell convert net.onnx -o net.json`,
	})
	cmd.Flags().StringVarP(&c.out, "output", "o", "", "`FILE` to write, ending in .json, or - for standard output")
	return cmd
}

func (c *convertCmd) run(cmd *cobra.Command, args []string) error {
	if err := checkText(c.out); err != nil {
		return err
	}
	n, im, err := c.net.read(contextOf(cmd), cmd, args[0])
	if err != nil {
		return err
	}
	err = writeNamed(cmd, c.out, args[0], n)
	if k := im.RoundedEntries(); err == nil && k > 0 && c.out != "-" {
		f := &fields{w: cmd.OutOrStdout()}
		f.line("Rounded", "%s, which relucell info names", tables.Numbered(int64(k), "number"))
		err = f.err
	}
	return err
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
func writeNamed(cmd *cobra.Command, out, net string, n *network.Network) error {
	if err := writeText(cmd, out, net, n); err != nil || out == "-" {
		return err
	}
	f := &fields{w: cmd.OutOrStdout()}
	f.net(out, n)
	return f.err
}

// writeText writes the canonical text of n, which came from the file net, to a file or to standard
// output.
func writeText(cmd *cobra.Command, out, net string, n *network.Network) error {
	switch {
	case out == "-":
		return n.WriteCanonical(cmd.OutOrStdout())
	case files.Same(net, out):
		return badInputf("--output: %s is the network itself, expected another file", out)
	}
	return failed(files.Write(out, n.WriteCanonical))
}
