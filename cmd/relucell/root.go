package main

// The root command: what all commands have in common.

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
)

func newRootCmd() *cobra.Command {
	root := &cobra.Command{
		Use:   "relucell",
		Short: "Count the linear regions of a ReLU network that meet a ball, exactly and with a proof",
		Long: `relucell counts, exactly, the activation regions of a small ReLU network that meet a ball,
writes a proof of the count that a separate checker verifies, and holds analytic bounds against it.

A network is an .onnx file, a Stanford .nnet file, weights in NumPy's .npz or in .safetensors, or
relucell's canonical text (.json).

Exit codes: 0 done as asked (exact, or --gap reached); 1 failed, a refused proof included;
2 bad usage or bad input; 3 stopped early (--timeout, --limit, interrupt) with a certified bracket.`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("relucell {{.Version}}\n")
	root.PersistentFlags().BoolP("verbose", "v", false, "log what happens to standard error")
	root.AddCommand(
		newCountCmd(),
		newVerifyCmd(),
		newListCmd(),
		newBoundCmd(),
		newRangeCmd(),
		newLipschitzCmd(),
		newReachCmd(),
		newRadiusCmd(),
		newEvalCmd(),
		newCrosscheckCmd(),
		newExperimentCmd(),
		newCheckCmd(),
		newConvertCmd(),
		newInfoCmd(),
		newPlotCmd(),
		newConeCmd(),
		newSliceCmd(),
		newServeCmd(),
		newWorkerCmd(),
		newJobsCmd(),
		newLandscapeCmd(),
		newDiffCmd(),
		newCanonicalCmd(),
		newUnrollCmd(),
		newExploreCmd(),
	)
	registerCompletions(root)
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.RunE = func(*cobra.Command, []string) error {
			return errors.New("shell: expected bash, zsh, fish or powershell")
		}
	}
	return root
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
