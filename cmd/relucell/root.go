package main

// The root command: what all commands have in common.

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/internal/files"
)

// newRootCmd writes to out, which cobra asks for when it makes some of the commands.
func newRootCmd(out io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "relucell",
		Short: "Answer questions about ReLU networks, exactly and with proofs",
		Long: `relucell answers questions about small ReLU networks exactly: how many of a network's activation regions
meet a ball, whether it can do what a query forbids, how large an output gets. A count and a "holds" can
come with a proof, which a separate checker verifies.

A network is an .onnx file, a Stanford .nnet file, weights in NumPy's .npz or in .safetensors, or
relucell's canonical text (.json); "-" is a canonical text that comes by standard input.

Exit codes: 0 there is an answer (of a count: it is exact, or --gap is reached); 1 failed, a refused
proof included; 2 bad usage or bad input; 3 stopped early (--timeout, --limit, interrupt): what is
printed is certain, and the answer is open, a bracket or "unknown".`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(out)
	root.SetVersionTemplate("relucell {{.Version}}\n")
	root.PersistentFlags().BoolP("verbose", "v", false, "log what happens to standard error")
	cobra.EnableCommandSorting = false // the order is that in which they are read about
	for _, g := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{"Regions", []*cobra.Command{newCountCmd(), newListCmd(), newPlotCmd(), newExploreCmd(), newBoundCmd()}},
		{"Outputs", []*cobra.Command{newVerifyCmd(), newRangeCmd(), newReachCmd(), newRadiusCmd(), newLipschitzCmd(), newDiffCmd()}},
		{"Proofs", []*cobra.Command{newCheckCmd()}},
		{"Networks", []*cobra.Command{newInfoCmd(), newEvalCmd(), newConvertCmd(), newSliceCmd(), newUnrollCmd(), newCanonicalCmd(), newConeCmd()}},
		{"Other programs and machines", []*cobra.Command{newServeCmd(), newWorkerCmd(), newJobsCmd()}},
		{"Studies", []*cobra.Command{newLandscapeCmd(), newLearnCmd(), newCrosscheckCmd(), newExperimentCmd()}},
	} {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title + ":"})
		for _, c := range g.commands {
			c.GroupID = g.title
		}
		root.AddCommand(g.commands...)
	}
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Args = cobra.ArbitraryArgs
		completion.RunE = func(_ *cobra.Command, args []string) error {
			const expected = "expected bash, zsh, fish or powershell"
			if len(args) > 0 {
				return fmt.Errorf("%q: unknown shell, %s", args[0], expected)
			}
			return errors.New("shell: missing, " + expected)
		}
	}
	root.InitDefaultHelpCmd()
	if help, _, err := root.Find([]string{"help"}); err == nil {
		help.Args = func(_ *cobra.Command, args []string) error {
			_, _, err := root.Find(args)
			return err
		}
	}
	registerCompletions(root)
	plainFlags(root)
	return root
}

// plainFlags has a command, and those below it, read flags as people spell them and refuse them as
// everything else is refused.
func plainFlags(cmd *cobra.Command) {
	cmd.SetGlobalNormalizationFunc(spelling)
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return plainFlagError(err) })
}

// spelling takes the words that are spelt in two ways in English in either.
func spelling(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	switch name {
	case "centre", "centres":
		name = "center" + name[len("centre"):]
	case "normalize":
		name = "normalise"
	}
	return pflag.NormalizedName(name)
}

// plainFlagError says what is wrong with the value of a flag as everything else says it: the flag,
// the value, what was expected.
func plainFlagError(err error) error {
	var v *pflag.InvalidValueError
	if !errors.As(err, &v) {
		return err
	}
	cause := v.Unwrap()
	switch kind := v.GetFlag().Value.Type(); {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		cause = errors.New("expected whole numbers")
	case strings.HasPrefix(kind, "float"):
		cause = errors.New("expected a number")
	}
	return fmt.Errorf("--%s: %q, %w", v.GetFlag().Name, v.GetValue(), cause)
}

// version is the module's version, or the commit that the binary was built from.
func version() string {
	v, commit := files.Version(files.Self)
	if v == "" || v == "(devel)" {
		v = "development"
		if len(commit) >= 12 {
			v += " " + commit[:12]
		}
	}
	return fmt.Sprintf("%s (%s)", v, runtime.Version())
}

// logger writes warnings to standard error, and with --verbose everything.
func logger(cmd *cobra.Command) *slog.Logger {
	level := slog.LevelWarn
	if v, _ := cmd.Flags().GetBool("verbose"); v {
		level = slog.LevelDebug
	}
	return newLogger(cmd.ErrOrStderr(), level)
}

func newLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 && level > slog.LevelDebug {
				return slog.Attr{}
			}
			return a
		},
	}))
}
