package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/cluster"
)

func TestSpreadRefusesWhatDoesNotGoTogether(t *testing.T) {
	for args, want := range map[string]string{
		"--processes 2 --cluster nats://127.0.0.1:1": "--processes: given beside --cluster",
		"--processes 2 --limit 5":                    "--limit: given beside",
		"--processes 2 --gap 0.1":                    "--gap: given beside",
		"--processes 2 --checkpoint x":               "--checkpoint: given beside",
		"--processes 2 --oracle reference":           "--oracle reference: given beside",
		"--store x":                                  "--store: given alone",
		"--verify-records":                           "--verify-records: given alone",
		"--cluster nats://127.0.0.1:1 --store x":     "--store: given beside --cluster",
		"--cluster nats://127.0.0.1:1 --job a:b":     "--job \"a:b\": expected 1 to 64 letters",
	} {
		var out, errs bytes.Buffer
		code := run(append([]string{"count", "../../testdata/two_moons_2-16-16-1.json", "--center", "0", "--radius", "1"}, strings.Fields(args)...), &out, &errs)
		require.Equal(t, exitInput, code, args)
		require.Contains(t, errs.String(), want)
	}
	for _, args := range [][]string{{"worker"}, {"jobs"}, {"jobs", "cancel", "x"}} {
		var out, errs bytes.Buffer
		require.Equal(t, exitInput, run(args, &out, &errs), args)
		require.Contains(t, errs.String(), "--cluster: missing")
	}
}

// An empty --cluster, from a variable that was not set, counted on this machine alone; files that
// are not there and foreign addresses failed late, as no bad input, and named no flag.
func TestAccessToAClusterIsCheckedFirst(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, []byte("junk"), 0o600))
	for args, want := range map[string]string{
		"--cluster=":                       "--cluster: empty",
		"--nats-context=":                  "--nats-context: empty",
		"--processes 2 --store=":           "--store: empty",
		"--processes 2 --store " + file:    "--store: " + file + " is no folder",
		"--cluster http://127.0.0.1:1":     `--cluster: "http://127.0.0.1:1": expected an address`,
		"--nats-context /no/such.json":     "--nats-context: /no/such.json: no such file",
		"--cluster host --creds /no/such":  "--creds: /no/such: no such file",
		"--cluster host --creds " + file:   "--creds: " + file + ": expected credentials",
		"--cluster host --tls-ca " + file:  "--tls-ca: " + file + ": expected certificates",
		"--cluster host --tls-key " + file: "--tls-cert",
	} {
		commands := [][]string{{"count", "../../testdata/two_moons_2-16-16-1.json", "--center", "0", "--radius", "1"}}
		if !strings.Contains(args, "--store") {
			commands = append(commands, []string{"worker"}, []string{"jobs"}, []string{"jobs", "cancel", "x"})
		}
		for _, command := range commands {
			var out, errs bytes.Buffer
			require.Equal(t, exitInput, run(append(command, strings.Fields(args)...), &out, &errs), "%s %s", command, args)
			require.Contains(t, errs.String(), want)
			require.Equal(t, 1, strings.Count(errs.String(), "\n"))
		}
	}
}

// The same count and the same proof by a cluster, whose job can be listed, followed and removed.
func TestCountOnACluster(t *testing.T) {
	s, err := cluster.Serve(t.TempDir(), 0, "secret", 0)
	require.NoError(t, err)
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- cluster.Worker{Access: cluster.Access{URL: s.URL}, Workers: 1}.Work(ctx) }()
	command := func(args ...string) string {
		var out, errs bytes.Buffer
		require.Equal(t, exitDone, run(args, &out, &errs), "%s", &errs)
		require.NotContains(t, errs.String(), "secret")
		return out.String()
	}
	count := []string{"count", "../../testdata/two_moons_2-16-16-1.json", "--center", "0", "--radius", "1", "--proof"}
	plain, spread := filepath.Join(t.TempDir(), "proof"), filepath.Join(t.TempDir(), "proof")
	command(append(count, plain)...)
	require.Contains(t, command(append(count, spread, "--cluster", s.URL, "--job", "mine", "--budget", "500", "--verify-records")...), "237 activation regions, exact")
	want, err := os.ReadFile(plain)
	require.NoError(t, err)
	got, err := os.ReadFile(spread)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	require.Regexp(t, `^mine +done, 237 regions`, command("jobs", "--cluster", s.URL))
	require.Contains(t, command("jobs", "follow", "mine", "--cluster", s.URL), "at least 237, at most 237 regions")
	command("jobs", "remove", "mine", "--cluster", s.URL)
	require.Empty(t, command("jobs", "--cluster", s.URL))
	cancel()
	require.NoError(t, <-ended)
}
