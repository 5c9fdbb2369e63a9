package main

// convert: any format to the canonical text, the one that proofs are about.

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"relucell/network"
)

type convertCmd struct {
	net netFlags
	out string
}

func newConvertCmd() *cobra.Command {
	c := &convertCmd{}
	cmd := &cobra.Command{
		Use:   "convert NET -o FILE.json",
		Short: "Convert a network to the canonical text",
		Long: `convert writes the canonical text of a network: JSON with hexadecimal floats, exact and with one
spelling, so that equal networks give equal bytes. Its SHA-256 hash is the network's fingerprint. "-o -" writes
to standard output.`,
		Example:           `  relucell convert net.onnx -o net.json`,
		Args:              exactly("NET"),
		ValidArgsFunction: completeNet,
		RunE:              action(c.run),
	}
	c.net.add(cmd.Flags())
	cmd.Flags().StringVarP(&c.out, "output", "o", "", "file to write, ending in .json, or - for standard output")
	return cmd
}

func (c *convertCmd) run(cmd *cobra.Command, args []string) error {
	if c.out != "-" && !strings.EqualFold(filepath.Ext(c.out), ".json") {
		return badInputf("--output: %q, expected a file name that ends in .json, or - for standard output", c.out)
	}
	n, im, err := c.net.read(cmd, args[0])
	if err != nil {
		return err
	}
	if same(args[0], c.out) {
		return badInputf("--output: %s is the network itself, expected another file", c.out)
	}
	if c.out == "-" {
		return n.WriteCanonical(cmd.OutOrStdout())
	}
	if err := writeFile(c.out, n); err != nil {
		return badInputf("--output: %s: cannot be written: %w", c.out, err)
	}
	f := &fields{w: cmd.OutOrStdout()}
	f.net(c.out, n)
	if k := im.RoundedEntries(); k > 0 {
		f.line("Rounded", "%s, which relucell info names", numbered(int64(k), "number"))
	}
	return f.err
}

// writeFile writes the text under a temporary name first: the file is there whole or not at all.
func writeFile(path string, n *network.Network) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".relucell-*.tmp")
	if err != nil {
		return withoutPath(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err = errors.Join(writeText(f, n), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func writeText(w io.Writer, n *network.Network) error {
	b := bufio.NewWriter(w)
	if err := n.WriteCanonical(b); err != nil {
		return err
	}
	return b.Flush()
}
