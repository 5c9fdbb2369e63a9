package main

// check of a bound in pairs.

import (
	"github.com/spf13/cobra"

	"github.com/relucell/relucell/certificate/pairsproof"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/tables"
)

// pairsJSON says what was verified of a bound in pairs.
type pairsJSON struct {
	AtMost  *float64 `json:"at_most,omitempty"` // rounded up; left out where that is infinite
	Outputs int      `json:"outputs"`
	Pairs   int      `json:"pairs"`
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
	r, err := checkedBy(ctx, c, cmd, args, func() (*pairsproof.Report, error) { return pairsproof.Check(ctx, text, args[1]) })
	if err != nil {
		return err
	}
	most := dyadic.UpRat(r.AtMost)
	j := checkJSON{provedJSON: provedJSON{Ball: r.Ball}, Pairs: &pairsJSON{finite(most), r.Outputs, r.Pairs}}
	return c.verified(cmd, r.Net, format, j, func(f *fields) {
		f.line("VERIFIED", "no output is larger in size than %v on the ball", most)
		f.checkedNet(args[0], r.Net, format)
		f.line("Ball", "%s", r.Ball)
		f.line("Checked", "%s of neurons, %s", tables.Numbered(int64(r.Pairs), "pair"), tables.Numbered(int64(r.Outputs), "output"))
	})
}
