package main

// check of a bound in pairs.

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/tables"
)

// pairsJSON says what was verified of a bound in pairs.
type pairsJSON struct {
	AtMost  float64 `json:"at_most"`
	Outputs int     `json:"outputs"`
	Pairs   int     `json:"pairs"`
}

// pairs checks a bound in pairs, of the network whose canonical text is given.
func (c *checkCmd) pairs(cmd *cobra.Command, args []string, text []byte, format string) error {
	for _, name := range []string{"never-on", "reach", "lipschitz", "spec", "reals"} {
		if cmd.Flags().Changed(name) {
			return badInputf("--%s: %s is a bound in pairs, which says nothing of that", name, args[1])
		}
	}
	ctx, release := interruptible(cmd)
	defer release()
	r, err := certificate.CheckPairs(ctx, text, args[1])
	switch {
	case err != nil && ctx.Err() != nil:
		return stopped(ctx, args[1]+": stopped before it was checked")
	case err != nil:
		return c.refuse(cmd, args, err)
	}
	most := dyadic.UpRat(r.AtMost)
	if c.format == "json" {
		return writeJSON(cmd.OutOrStdout(), checkJSON{Verified: true, Net: strings.TrimPrefix(r.Net, "sha256:"), Trusted: format, provedJSON: provedJSON{Ball: r.Ball},
			Pairs: &pairsJSON{most, r.Outputs, r.Pairs}, Notes: c.net.notes})
	}
	f := &fields{w: cmd.OutOrStdout()}
	f.line("VERIFIED", "no output is larger in size than %v on the ball", most)
	f.line("Network", "%s: %s", filepath.Base(args[0]), r.Net)
	if format != "" {
		f.line("", "converted from %s in memory: the import is trusted, the proof is about the network of this fingerprint", format)
	}
	f.line("Ball", "%s", r.Ball)
	f.line("Checked", "%s of neurons, %s", tables.Numbered(int64(r.Pairs), "pair"), tables.Numbered(int64(r.Outputs), "output"))
	return f.err
}
