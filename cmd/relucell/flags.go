package main

// Flags that check themselves: what is wrong is said where it is typed, with what was expected.

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/internal/dyadic"
)

// checked is a pflag.Value over a parser.
type checked[T any] struct {
	to    *T
	text  string
	kind  string
	parse func(string) (T, error)
}

func (c *checked[T]) String() string { return c.text }
func (c *checked[T]) Type() string   { return c.kind }

func (c *checked[T]) Set(s string) error {
	v, err := c.parse(s)
	if err != nil {
		return err
	}
	*c.to, c.text = v, s
	return nil
}

func flag[T any](f *pflag.FlagSet, to *T, name, kind, initial, usage string, parse func(string) (T, error)) {
	f.Var(&checked[T]{to: to, text: initial, kind: kind, parse: parse}, name, usage)
}

// maxWorkers is far beyond the processors of any machine: more is a slip of the hand.
const maxWorkers = 1 << 14

func workersFlag(f *pflag.FlagSet, to *int) {
	wholeFlag(f, to, "workers", "", "workers (default all processors); the answer does not depend on it", 1, maxWorkers)
}

func limitFlag(f *pflag.FlagSet, to *int64, usage string) {
	wholeFlag(f, to, "limit", "", usage, 1, math.MaxInt64)
}

// wholeFlag takes a whole number from least to most.
func wholeFlag[T int | int64 | uint64](f *pflag.FlagSet, to *T, name, initial, usage string, least, most int64) {
	flag(f, to, name, "N", initial, usage, func(s string) (T, error) {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < least || n > most {
			if most < math.MaxInt64 {
				return 0, fmt.Errorf("expected a whole number from %d to %d", least, most)
			}
			return 0, fmt.Errorf("expected a whole number of at least %d", least)
		}
		return T(n), nil
	})
}

func timeoutFlag(f *pflag.FlagSet, to *time.Duration, usage string) {
	timeFlag(f, to, "timeout", usage)
}

func timeFlag(f *pflag.FlagSet, to *time.Duration, name, usage string) {
	flag(f, to, name, "duration", "", usage, func(s string) (time.Duration, error) {
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 {
			return 0, errors.New("expected a time greater than 0, such as 30s or 1.5h")
		}
		return d, nil
	})
}

func gapFlag(f *pflag.FlagSet, to *float64) {
	flag(f, to, "gap", "ratio", "", "stop, satisfied, once upper ≤ (1+ratio)·lower", func(s string) (float64, error) {
		g, err := dyadic.ParseFloat(s)
		if err != nil || math.IsNaN(g) || math.IsInf(g, 0) || g < 0 {
			return 0, errors.New("expected a finite number of at least 0, such as 0.1")
		}
		return g, nil
	})
}

// choiceFlag takes one of the given words, the first by default.
func choiceFlag(cmd *cobra.Command, to *string, name, usage string, words ...string) {
	*to = words[0]
	flag(cmd.Flags(), to, name, strings.Join(words, "|"), words[0], usage, func(s string) (string, error) {
		if !slices.Contains(words, s) {
			return "", errors.New("expected " + oneOf(words))
		}
		return s, nil
	})
	complete(cmd, name, words...)
}

// oneOf lists words, of which one is to be chosen; there are two at least.
func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func formatFlag(cmd *cobra.Command, to *string) {
	choiceFlag(cmd, to, "format", "format of the output", "text", "json")
}

// completions is the annotation of a flag that holds the words it takes.
const completions = "relucell_words"

// complete says which words a flag takes. They are noted at the flag, and told to cobra by
// registerCompletions for the commands that a shell can see: cobra keeps what it is told for ever,
// and a server makes commands without end.
func complete(cmd *cobra.Command, name string, words ...string) {
	if err := cmd.Flags().SetAnnotation(name, completions, words); err != nil {
		panic(err) // the flag was not defined
	}
}

// registerCompletions tells cobra which words the flags of a command and of those below it take.
func registerCompletions(cmd *cobra.Command) {
	for _, below := range cmd.Commands() {
		registerCompletions(below)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		words, ok := f.Annotations[completions]
		if !ok {
			return
		}
		err := cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
		if err != nil {
			panic(err) // it is registered already
		}
	})
}

// unquote takes the backquotes, which are for --help, out of what a shell shows of flags.
func unquote(cmd *cobra.Command) {
	for _, below := range cmd.Commands() {
		unquote(below)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { _, f.Usage = pflag.UnquoteUsage(f) })
}

// family makes cmd a command that is one of those below it.
func family(cmd *cobra.Command, below ...*cobra.Command) *cobra.Command {
	expected := "expected " + oneOf(each(below, (*cobra.Command).Name))
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("%q: unknown subcommand, %s", args[0], expected)
		}
		return errors.New("subcommand: missing, " + expected)
	}
	cmd.AddCommand(below...)
	return cmd
}

// netCommand makes cmd a command that runs on one network.
func netCommand(net *netFlags, run func(*cobra.Command, []string) error, cmd *cobra.Command) *cobra.Command {
	cmd.Args, cmd.ValidArgsFunction, cmd.RunE = exactly("NET"), completeNet, action(run)
	net.add(cmd.Flags())
	return cmd
}

// completeNet completes names of network files for the first argument.
func completeNet(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completedEndings, cobra.ShellCompDirectiveFilterFileExt
}

// completedEndings are those of networks, and of what is compressed, perhaps one.
var completedEndings = append(slices.Clone(netEndings), "gz")

// netEndings are the endings of files that hold networks.
var netEndings = []string{"onnx", "nnet", "npz", "safetensors", "json"}
