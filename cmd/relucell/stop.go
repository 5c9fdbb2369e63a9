package main

// How a command stops before its end: by a time limit, which counts from the start of the command,
// or by an interrupt. The first interrupt asks for the bracket reached so far; the second one, and
// any where there is nothing to ask for, ends the process at once, and leaves no unfinished file.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/files"
)

var (
	errInterrupted = errors.New("interrupted")
	errTimeout     = errors.New("--timeout reached")
)

// contextOf is the context that a command runs in.
func contextOf(cmd *cobra.Command) context.Context {
	if ctx := cmd.Context(); ctx != nil {
		return ctx
	}
	return context.Background()
}

// interruptible returns a context that the first SIGINT or SIGTERM ends, with the cause
// errInterrupted.
func interruptible(cmd *cobra.Command) (context.Context, func()) {
	parent := contextOf(cmd)
	if callOf(cmd) != nil { // the process is not the command's: who called it stops it
		return context.WithCancel(parent)
	}
	ctx, cancel := context.WithCancelCause(parent)
	release := interrupts.heed(func() {
		fmt.Fprintln(cmd.ErrOrStderr(), "relucell: interrupted, finishing with what is certain; interrupt again to end at once")
		cancel(errInterrupted)
	})
	return ctx, func() { release(); cancel(context.Canceled) }
}

// interrupts is who is asked to stop by the next interrupt.
var interrupts bell

type bell struct {
	mu   sync.Mutex
	asks map[*func()]bool
}

// heed has the next interrupt call f, until it is released.
func (b *bell) heed(f func()) (release func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.asks == nil {
		b.asks = map[*func()]bool{}
	}
	key := &f
	b.asks[key] = true
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.asks, key)
	}
}

// ring calls who is to hear of an interrupt, once, and says whether there was any. It waits for
// none of them: one may be writing to who reads nothing.
func (b *bell) ring() bool {
	b.mu.Lock()
	asks := b.asks
	b.asks = nil
	b.mu.Unlock()
	for f := range asks {
		go (*f)()
	}
	return len(asks) > 0
}

// listen hears the signals of this process, for good. Who hangs up asks for nothing.
func (b *bell) listen() {
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(ch, syscall.SIGHUP)
	}
	go func() {
		for s := range ch {
			if s == syscall.SIGHUP || !b.ring() {
				endAtOnce(s)
			}
		}
	}()
}

// endAtOnce ends the process as the signal would have by itself.
func endAtOnce(s os.Signal) {
	files.Abandon()
	signal.Reset(s)
	if p, err := os.FindProcess(os.Getpid()); err == nil && p.Signal(s) == nil {
		time.Sleep(time.Second) // it is on its way
	}
	os.Exit(exitFailed) // where a process cannot send itself one
}

// stoppable is interruptible with a time limit; release gives up both.
func stoppable(cmd *cobra.Command, limit time.Duration) (ctx context.Context, release func()) {
	ctx, _, release = stops(cmd, limit)
	return ctx, release
}

// stops is stoppable, with the context that the interrupt alone ends, for work that gets a time
// limit of its own.
func stops(cmd *cobra.Command, limit time.Duration) (ctx, interrupted context.Context, release func()) {
	interrupted, uninterrupt := interruptible(cmd)
	ctx, cancel := limited(interrupted, limit)
	return ctx, interrupted, func() {
		cancel()
		uninterrupt()
	}
}

// limited ends ctx after d with the cause errTimeout, or never if d is 0.
func limited(ctx context.Context, d time.Duration) (context.Context, func()) {
	if d == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, d, errTimeout)
}

// grace is how long reading, and other work that cannot be interrupted, may go on after a stop: a
// small file is read even then, and the bracket that is always there can be printed.
const grace = 400 * time.Millisecond

// within returns what f does, waiting for it no longer than a grace after ctx has ended: then f is
// left to itself, since the process is about to end, and the error is ctx's.
func within[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.v, r.err
	case <-ctx.Done():
	}
	select {
	case r := <-done:
		return r.v, r.err
	case <-time.After(grace):
		var none T
		return none, ctx.Err()
	}
}

// stopped is the error of a command that ended before it had anything to say, in which what is what
// it was doing.
func stopped(ctx context.Context, what string) error {
	return &exitError{exitStopped, fmt.Errorf("%s: %w", what, context.Cause(ctx))}
}

// unless is an error of work under ctx: where that is that ctx has ended it is stopped's.
func unless(ctx context.Context, err error, what string) error {
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return stopped(ctx, what)
	}
	return err
}

// stopReason says why a walk under ctx ended early.
func stopReason(ctx context.Context) string {
	if cause := context.Cause(ctx); cause != nil {
		return cause.Error()
	}
	return "--limit reached"
}
