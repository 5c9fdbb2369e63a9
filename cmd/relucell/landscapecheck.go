package main

// landscape check: a lower bound of the training problem, verified from data, network and proof.

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/landscape"
	"github.com/relucell/relucell/network/load"
)

type checkBoundCmd struct {
	dataCmd
	decay *big.Rat
	net   string
	found landscape.Optimum
}

func newCheckBoundCmd() *cobra.Command {
	c := &checkBoundCmd{}
	var cmd *cobra.Command
	cmd = c.command(&cobra.Command{
		Use:   "check DATA PROOF",
		Short: "Verify a lower bound of the training problem",
		Long: `check verifies what "optimum --decay --proof" wrote, and believes nothing of it: the network PROOF.json
has the data as its rows, and behind them weights u and neurons with a limit M; the proof is one of its
count in the unit ball, line by line, and shows that these neurons are on nowhere. From the data, u and M
it computes the bound in fractions, which holds for networks of every width.

--net gives a network of the training problem, any one: its objective is computed exactly, and is the upper
end of the bracket.`,
		Example: `  relucell landscape check data.csv bound.proof --decay 0.1 --net net.json`,
	}, func(ctx context.Context) error { return c.work(ctx, cmd) }, c.print, "PROOF")
	decayFlag(cmd, &c.decay)
	cmd.Flags().StringVar(&c.net, "net", "", "a network whose objective is the upper end, `NET`")
	return cmd
}

func (c *checkBoundCmd) work(ctx context.Context, cmd *cobra.Command) error {
	if c.decay == nil {
		return badInputf("--decay: missing, expected the decay that the bound is for, such as 0.1")
	}
	if c.net != "" {
		n, _, err := new(netFlags).open(ctx, cmd, c.net)
		if err != nil {
			return err
		}
		if c.found.Model, err = c.data.ModelOf(n); err == nil && c.found.Model.Out != 0 {
			err = errors.New("an output with a bias, expected none: the decay says nothing of it")
		}
		if err != nil {
			return badInputf("%s: %w", c.net, err)
		}
		c.found.Upper = c.data.Objective(c.found.Model, c.decay)
	}
	proof := c.args[1]
	text, err := files.ReadLimited(proof+".json", load.MaxFileBytes)
	if err != nil {
		return badInputf("%w, expected the network of the proof", files.Plain(err))
	}
	if c.found.Dual, c.found.Lower, err = landscape.CheckBound(c.data, text, proof, c.decay); err != nil {
		var wrong *certificate.Error
		if errors.As(err, &wrong) {
			return failed(fmt.Errorf("NOT VERIFIED: %w", err))
		}
		return failed(fmt.Errorf("NOT VERIFIED: %s: %w", proof, files.Cause(err)))
	}
	return nil
}

// checkBoundJSON is the verdict.
type checkBoundJSON struct {
	Verified bool        `json:"verified"`
	Data     dataJSON    `json:"data"`
	Decay    string      `json:"decay"`
	Optimum  bracketJSON `json:"optimum"`
	Limit    float64     `json:"dual_limit"`
	Seconds  float64     `json:"seconds"`
}

func (c *checkBoundCmd) print(cmd *cobra.Command) error {
	took := c.took()
	j := checkBoundJSON{true, c.json(), c.decay.RatString(), newBracketJSON(&c.found), c.found.M, took.Seconds()}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.line("VERIFIED", "the objective of every network is at least %s", j.Optimum.LowerDecimal)
		c.text(f)
		f.line("Decay", "%s", j.Decay)
		f.line("Dual", "at most %v on the unit ball, by the proof", c.found.M)
		if c.net != "" {
			f.line("Network", "%s: exactly at most %s", c.net, j.Optimum.UpperDecimal)
			f.line("", "relative gap at most %s", j.Optimum.Gap)
		}
		f.line("Time", "%v", rounded(took))
	})
}
