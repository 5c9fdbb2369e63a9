package main

// worker: walk items of the jobs of a cluster.

import (
	"github.com/spf13/cobra"

	"github.com/relucell/relucell/cluster"
)

type workerCmd struct {
	access  accessFlags
	workers int
	parent  bool
}

func newWorkerCmd() *cobra.Command {
	c := &workerCmd{}
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Work on the counts of a cluster",
		Long: `worker takes items of the jobs that "relucell count --cluster" submits, walks them and answers. Start one
on each machine, with the same version of relucell: jobs of other versions are left to their workers. It
may be ended or killed at any time, and nothing is lost. It serves until it is interrupted.`,
		Example: `  relucell worker --cluster nats://host:4222 --creds worker.creds`,
		Args:    exactly(),
		RunE:    action(c.run),
	}
	c.access.add(cmd.Flags())
	workersFlag(cmd.Flags(), &c.workers)
	cmd.Flags().BoolVar(&c.parent, "parent", false, "serve the process that writes the address to standard input, until that ends")
	if err := cmd.Flags().MarkHidden("parent"); err != nil {
		panic(err) // the flag was not defined
	}
	return cmd
}

func (c *workerCmd) run(cmd *cobra.Command, _ []string) error {
	ctx, release := interruptible(cmd)
	defer release()
	w := cluster.Worker{Workers: c.workers}
	if c.parent {
		w.Log = logger(cmd)
		return w.WorkFor(ctx, cmd.InOrStdin())
	}
	var err error
	if w.Access, err = c.access.to(cmd); err != nil {
		return err
	}
	return w.Work(ctx)
}
