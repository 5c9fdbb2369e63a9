package main

// count on many machines, or by many processes of this one.

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/cluster"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// accessFlags say where a cluster is.
type accessFlags struct{ cluster.Access }

func (a *accessFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&a.URL, "cluster", "", "`URL` of a NATS server with JetStream, such as nats://host:4222")
	fs.StringVar(&a.Context, "nats-context", "", "the `NAME` of a context of the nats command, for the address and the credentials")
	fs.StringVar(&a.Creds, "creds", "", "`FILE` of NATS credentials")
	fs.StringVar(&a.CA, "tls-ca", "", "`FILE` of the certificates that servers are held to")
	fs.StringVar(&a.Cert, "tls-cert", "", "`FILE` of the certificate to show to servers")
	fs.StringVar(&a.Key, "tls-key", "", "`FILE` of its key")
}

// given says that a cluster was named.
func (a *accessFlags) given() bool { return a.URL != "" || a.Context != "" }

// to is the access for a command's log.
func (a *accessFlags) to(cmd *cobra.Command) (cluster.Access, error) {
	if err := a.check(cmd.Flags()); err != nil {
		return a.Access, err
	}
	if !a.given() {
		return a.Access, badInputf("--cluster: missing, expected the address of a NATS server, such as nats://host:4222")
	}
	a.Log = logger(cmd)
	return a.Access, nil
}

// check refuses what is wrong in itself, before anything else is done.
func (a *accessFlags) check(fs *pflag.FlagSet) error {
	if !a.given() {
		return nil
	}
	return badInput(flagged(a.Check()))
}

// spreadFlags say who shares a count.
type spreadFlags struct {
	access    accessFlags
	processes int
	store     string
	job       string
	budget    int64
	verify    bool
}

func (s *spreadFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	wholeFlag(fs, &s.processes, "processes", "", "count by so many processes of this machine", 1, maxWorkers)
	fs.StringVar(&s.store, "store", "", "with --processes: keep what they find in this folder `DIR`, and go on from what it holds")
	s.access.add(fs)
	fs.StringVar(&s.job, "job", "", "with --cluster: `NAME` of the job (default: one made of what is counted)")
	wholeFlag(fs, &s.budget, "budget", "", fmt.Sprintf("work of an item that a worker takes, in values at vertices (default %d, about two seconds)", cluster.UsualBudget), 1, math.MaxInt64)
	fs.BoolVar(&s.verify, "verify-records", false, "have the checker verify what each worker answers before it counts")
}

func (s *spreadFlags) on() bool { return s.processes > 0 || s.access.given() }

// check refuses what does not go together.
func (s *spreadFlags) check(cmd *cobra.Command) error {
	if s.job != "" && cluster.CheckName(s.job) != nil {
		return badInputf("--%w", cluster.CheckName(s.job))
	}
	if err := s.access.check(cmd.Flags()); err != nil {
		return err
	}
	if !s.on() {
		for _, name := range []string{"store", "job", "budget", "verify-records", "creds", "tls-ca", "tls-cert", "tls-key"} {
			if cmd.Flags().Changed(name) {
				return badInputf("--%s: given alone, expected beside --processes or --cluster", name)
			}
		}
		return nil
	}
	if s.processes > 0 && s.access.given() {
		return badInputf("--processes: given beside --cluster, expected one of them")
	}
	for _, name := range []string{"limit", "gap", "checkpoint", "workers", "centers", "radii"} {
		if cmd.Flags().Changed(name) {
			return badInputf("--%s: given beside --processes or --cluster, expected a count without it", name)
		}
	}
	if o := cmd.Flags().Lookup("oracle"); o.Changed && o.Value.String() != "native" {
		return badInputf("--oracle %s: given beside --processes or --cluster, expected native", o.Value)
	}
	if s.store != "" && s.processes == 0 {
		return badInputf("--store: given beside --cluster, whose servers keep what is found; expected --processes")
	}
	if s.store != "" {
		return badInput(named("store", files.CheckFolder(s.store)))
	}
	return nil
}

// count counts as enumerate.Count does.
func (s *spreadFlags) count(cmd *cobra.Command) func(context.Context, *network.Network, ball.Ball, enumerate.Options) (enumerate.Result, error) {
	return func(ctx context.Context, n *network.Network, b ball.Ball, opt enumerate.Options) (enumerate.Result, error) {
		o := cluster.Options{Access: s.access.Access, Job: s.job, Budget: s.budget, VerifyRecords: s.verify}
		o.Log = logger(cmd)
		if w, ok := opt.Observer.(*proof.Writer); ok {
			o.Proof = w
		}
		var clear func()
		o.Progress, clear = newJobProgress(cmd)
		defer clear()
		if s.processes > 0 {
			self, err := os.Executable()
			if err != nil {
				return enumerate.Result{}, err
			}
			r, err := cluster.CountLocal(ctx, n, b, o, cluster.Local{Processes: s.processes, Folder: s.store, Command: func() *exec.Cmd {
				c := exec.Command(self, "worker", "--parent", "--workers", "1")
				c.Stderr = os.Stderr
				return c
			}})
			o.Log.Debug("spread", "items", r.Items, "refused", r.Refused)
			return r.Result, err
		}
		r, err := cluster.Count(ctx, n, b, o)
		o.Log.Debug("spread", "job", r.Job, "items", r.Items, "refused", r.Refused)
		if err == nil && !r.Exact {
			fmt.Fprintf(cmd.ErrOrStderr(), "relucell: job %s goes on; the same command follows it, \"relucell jobs cancel %s\" ends it\n", r.Job, r.Job)
		}
		return r.Result, err
	}
}

// newJobProgress is newProgress for jobs.
func newJobProgress(cmd *cobra.Command) (show func(cluster.Progress), clear func()) {
	asJSON := func(p cluster.Progress) progressJSON { return newProgressJSON(p.Progress) }
	return showing(cmd, asJSON, func(p cluster.Progress) string {
		text := fmt.Sprintf("%s, %d workers, %d items, %d open", describe(p.Progress), p.Workers, p.Items, p.Open)
		if p.Refused > 0 {
			text += fmt.Sprintf(", %d answers refused", p.Refused)
		}
		return text
	})
}
