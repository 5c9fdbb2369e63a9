package main

// jobs: the counts of a cluster.

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/cluster"
)

type jobsCmd struct {
	access accessFlags
	format string
}

func newJobsCmd() *cobra.Command {
	c := &jobsCmd{}
	cmd := &cobra.Command{
		Use:   "jobs",
		Short: "List, follow, cancel and remove the counts of a cluster",
		Long: `jobs lists the counts of a cluster: running, done, failed or cancelled. They are kept, with all that
was found, until they are removed.`,
		Example: `  relucell jobs --cluster nats://host:4222
  relucell jobs follow count-0a1b2c3d4e5f --cluster nats://host:4222`,
		Args: exactly(),
		RunE: action(c.list),
	}
	c.access.add(cmd.PersistentFlags())
	formatFlag(cmd, &c.format)
	cmd.AddCommand(
		c.sub("follow", "Follow a job to its end", c.follow),
		c.sub("cancel", "End a running job, and keep what it found", c.end(cluster.Cancel)),
		c.sub("remove", "Remove a job and what it found", c.end(cluster.Remove)))
	return cmd
}

func (c *jobsCmd) sub(name, short string, run func(*cobra.Command, []string) error) *cobra.Command {
	return &cobra.Command{Use: name + " JOB", Short: short, Args: exactly("JOB"), RunE: action(run)}
}

func (c *jobsCmd) list(cmd *cobra.Command, _ []string) error {
	ctx, release := interruptible(cmd)
	defer release()
	a, err := c.access.to(cmd)
	if err != nil {
		return err
	}
	jobs, err := cluster.Jobs(ctx, a)
	if err != nil {
		return unanswered(ctx, err)
	}
	return printAs(cmd.OutOrStdout(), c.format, jobs, func(f *fields) {
		for _, j := range jobs {
			what := string(j.State)
			switch {
			case j.Count != "":
				what += ", " + j.Count + " regions"
			case j.Why != "":
				what += ": " + j.Why
			}
			f.line(j.Name, " %s, %s of %s, by relucell %s", what, j.Norm, j.Net[:min(len(j.Net), 19)], j.Program)
		}
	})
}

func (c *jobsCmd) follow(cmd *cobra.Command, args []string) error {
	ctx, release := interruptible(cmd)
	defer release()
	a, err := c.one(cmd, args[0])
	if err != nil {
		return err
	}
	show, clear := newJobProgress(cmd)
	r, err := cluster.Follow(ctx, cluster.Options{Access: a, Job: args[0], Progress: show})
	clear()
	if err != nil {
		return unanswered(ctx, err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "at least %s, at most %s regions, of %d items\n", r.Lower, r.Upper, r.Items)
	if !r.Exact {
		return errStopped
	}
	return nil
}

// unanswered is an error of asking a cluster.
func unanswered(ctx context.Context, err error) error {
	return unless(ctx, err, "--cluster: stopped before it answered")
}

// one is the access to the cluster of a job.
func (c *jobsCmd) one(cmd *cobra.Command, job string) (cluster.Access, error) {
	if err := cluster.CheckName(job); err != nil {
		return c.access.Access, badInput(err)
	}
	return c.access.to(cmd)
}

func (c *jobsCmd) end(f func(context.Context, cluster.Access, string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx, release := interruptible(cmd)
		defer release()
		a, err := c.one(cmd, args[0])
		if err != nil {
			return err
		}
		return unanswered(ctx, f(ctx, a, args[0]))
	}
}
