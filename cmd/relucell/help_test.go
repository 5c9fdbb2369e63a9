package main

// What --help says of flags is for people: each names what it takes, in the same words everywhere.

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// everyFlag calls f for every flag of every command.
func everyFlag(f func(*cobra.Command, *pflag.Flag)) {
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) { f(cmd, flag) })
		for _, below := range cmd.Commands() {
			walk(below)
		}
	}
	walk(newRootCmd(io.Discard))
}

func TestFlagsNameWhatTheyTake(t *testing.T) {
	seen := 0
	everyFlag(func(cmd *cobra.Command, flag *pflag.Flag) {
		takes, usage := pflag.UnquoteUsage(flag)
		require.NotEmpty(t, usage, "%s --%s", cmd.CommandPath(), flag.Name)
		switch takes {
		case "string", "strings", "stringArray", "int", "ints", "uint", "float", "float64Slice":
			t.Errorf("%s --%s takes a %s, expected a word for what it is, in backquotes in its usage", cmd.CommandPath(), flag.Name, takes)
		}
		seen++
	})
	require.Greater(t, seen, 100)
}

// A flag of one name takes the same in every command that has it. Experiments have settings of their
// own, and --output is a file in commands that write one, an output of the network in others.
func TestFlagsOfOneNameTakeTheSame(t *testing.T) {
	takes := map[string]string{}
	everyFlag(func(cmd *cobra.Command, flag *pflag.Flag) {
		what, _ := pflag.UnquoteUsage(flag)
		if flag.Value.Type() == "bool" || strings.Contains(cmd.CommandPath(), "experiment") || strings.Contains(what, "|") || flag.Name == "output" {
			return
		}
		if first, ok := takes[flag.Name]; ok && first != what {
			t.Errorf("%s --%s takes a %s, elsewhere a %s", cmd.CommandPath(), flag.Name, what, first)
		}
		takes[flag.Name] = what
	})
}

// A shell that completes shows what --help says, without its marks.
func TestCompletionsHaveNoBackquotes(t *testing.T) {
	out, _, _ := relucell(t, "__complete", "count", "net.onnx", "--ch")
	require.Contains(t, out, "--checkpoint\trecord the walk in this FILE, and go on")
}

func TestFlagsAreTakenInEitherSpelling(t *testing.T) {
	net := data + "degenerate/concurrent.json"
	want := parseCount(t, succeed(t, "count", net, "--center", "0", "--radius", "1", "--format", "json"))
	require.Equal(t, want.Regions, parseCount(t, succeed(t, "count", net, "--centre", "0", "--radius", "1", "--format", "json")).Regions)
	refused(t, []string{"count", net, "--centre", "0,0,0", "--radius", "1"}, "--center: 3 numbers")
	refused(t, []string{"info", net, "--normalize"}, "normalisation asked for")
}

func TestWrongWordsAreRefusedPlainly(t *testing.T) {
	net := data + "degenerate/concurrent.json"
	refused(t, []string{"bound", net, "--format", "csv"}, `relucell: --format: "csv", expected text or json`)
	refused(t, []string{"count", net, "--limit", "1e3"}, `relucell: --limit: "1e3", expected a whole number`)
	refused(t, []string{"unroll", net, "--steps", "many"}, `relucell: --steps: "many", expected whole numbers`)
	refused(t, []string{"crosscheck", "--seed", "-1"}, `relucell: --seed: "-1", expected whole numbers`)
	refused(t, []string{"cuont", net}, `unknown command "cuont" for "relucell", did you mean count or cone?`)
}
