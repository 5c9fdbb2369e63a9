package main

// landscape check: a lower bound of the training problem, verified from data, network and proof.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/big"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/landscape"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

type checkBoundCmd struct {
	dataCmd
	decay      *big.Rat
	neurons    int
	outputBias bool
	net        string
	found      landscape.Optimum
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

With --neurons it verifies what "optimum --neurons --certify --proof" wrote: PROOF.cells is a proof of the number of
cells of the data network PROOF.json, and each line of PROOF a bound of all programmes whose cells it is held against, in
integers. Together they are to bound the programmes of all cells.

--net gives a network of the training problem, any one: its objective is computed exactly, and is the upper
end of the bracket.`,
		Example: `  relucell landscape check data.csv bound.proof --decay 0.1 --net net.json
  relucell landscape check data.csv width.proof --neurons 2 --net net.json`,
	}, func(ctx context.Context) error { return c.work(ctx, cmd) }, c.print, "PROOF")
	decayFlag(cmd, &c.decay)
	neuronsFlag(cmd, &c.neurons, "the bound of networks of so many neurons, without decay")
	cmd.Flags().BoolVar(&c.outputBias, "output-bias", false, "with --neurons: the output has a bias too")
	cmd.Flags().StringVar(&c.net, "net", "", "a network whose objective is the upper end, `NET`")
	return cmd
}

func (c *checkBoundCmd) work(ctx context.Context, cmd *cobra.Command) error {
	switch {
	case c.decay == nil && c.neurons == 0:
		return badInputf("--decay: missing, expected the decay that the bound is for, such as 0.1, or --neurons")
	case c.decay != nil && c.neurons != 0:
		return badInputf("--neurons: given beside --decay, which is about all widths; expected one of them")
	case c.decay != nil && c.outputBias:
		return badInputf("--output-bias: given beside --decay, whose bound is of networks without; expected --neurons")
	}
	if c.net != "" {
		n, _, err := new(netFlags).open(ctx, cmd, c.net)
		if err != nil {
			return err
		}
		if err := c.upper(n); err != nil {
			return badInputf("%s: %w", c.net, err)
		}
	}
	proof := c.args[1]
	text, err := files.ReadLimited(proof+".json", load.MaxFileBytes)
	if err != nil {
		return badInputf("%w, expected the network of the proof", files.Plain(err))
	}
	if c.decay != nil {
		c.found.Dual, c.found.Lower, err = landscape.CheckBound(ctx, c.data, text, proof, c.decay)
	} else {
		bounds, unread := files.ReadLimited(proof, load.MaxFileBytes)
		if unread != nil {
			return badInputf("%w, expected a proof", files.Plain(unread))
		}
		c.found.Lower, err = landscape.CheckWidth(ctx, c.data, c.neurons, c.outputBias, bounds, text, cellsOf(proof))
	}
	if err != nil && ctx.Err() == nil {
		var unread *fs.PathError
		if errors.As(err, &unread) {
			return badInputf("%w, expected a proof", files.Plain(err))
		}
		var wrong *certificate.Error
		if errors.As(err, &wrong) {
			return failed(fmt.Errorf("NOT VERIFIED: %w", err))
		}
		return failed(fmt.Errorf("NOT VERIFIED: %s: %w", proof, files.Cause(err)))
	}
	return err
}

// upper evaluates the network of --net.
func (c *checkBoundCmd) upper(n *network.Network) error {
	m, err := c.data.ModelOf(n)
	switch {
	case err != nil:
		return err
	case m.Out != 0 && c.decay != nil:
		return errors.New("an output with a bias, expected none: the decay says nothing of it")
	case m.Out != 0 && !c.outputBias:
		return errors.New("an output with a bias, expected none, or --output-bias")
	case c.decay == nil && len(m.W) > c.neurons:
		return fmt.Errorf("%d neurons, expected at most %d", len(m.W), c.neurons)
	}
	if c.found.Model = m; c.decay != nil {
		c.found.Upper = c.data.Objective(m, c.decay)
	} else {
		c.found.Upper = c.data.Risk(m)
	}
	return nil
}

// checkBoundJSON is the verdict.
type checkBoundJSON struct {
	Verified bool        `json:"verified"`
	Data     dataJSON    `json:"data"`
	Decay    string      `json:"decay,omitempty"`
	Neurons  int         `json:"neurons,omitempty"`
	Optimum  bracketJSON `json:"optimum"`
	Limit    *float64    `json:"dual_limit,omitempty"`
	Seconds  float64     `json:"seconds"`
}

func (c *checkBoundCmd) print(cmd *cobra.Command) error {
	took := c.took()
	j := checkBoundJSON{Verified: true, Data: c.json(), Neurons: c.neurons, Optimum: newBracketJSON(&c.found), Seconds: took.Seconds()}
	what := fmt.Sprintf("the risk of every network of %s", tables.Numbered(int64(c.neurons), "neuron"))
	if c.decay != nil {
		j.Decay, j.Limit, what = c.decay.RatString(), &c.found.M, "the objective of every network"
	}
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.line("VERIFIED", "%s is at least %s", what, j.Optimum.LowerDecimal)
		c.text(f)
		if c.decay != nil {
			f.line("Decay", "%s", j.Decay)
			f.line("Dual", "at most %v on the unit ball, by the proof", c.found.M)
		} else {
			f.line("Exactly", "%s", short(c.found.Lower))
		}
		if c.net != "" {
			f.line("Network", "%s: exactly at most %s", c.net, j.Optimum.UpperDecimal)
			f.line("", "relative gap at most %s", j.Optimum.Gap)
		}
		f.line("Time", "%v", rounded(took))
	})
}
