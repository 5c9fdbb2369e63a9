// Package looks has contexts that count how often they are looked at, and end at a look: so that
// tests of stops stop everywhere and depend on no clock.
package looks

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
)

// ErrEnough is the cause of the end of a context that was looked at often enough.
var ErrEnough = fmt.Errorf("enough looks: %w", context.Canceled)

// Context is a context that counts looks.
type Context struct {
	context.Context
	end  context.CancelCauseFunc
	left int64
	made atomic.Int64
}

// After returns a context that ends at the look after so many.
func After(parent context.Context, left int) *Context {
	c := &Context{left: int64(left)}
	c.Context, c.end = context.WithCancelCause(parent)
	return c
}

// Counting returns a context that no look ends.
func Counting(parent context.Context) *Context { return After(parent, math.MaxInt) }

// Err looks.
func (c *Context) Err() error {
	if c.made.Add(1) > c.left {
		c.end(ErrEnough)
	}
	return c.Context.Err()
}

// Made is the number of looks so far.
func (c *Context) Made() int { return int(c.made.Load()) }

// Ended says that a look has ended the context.
func (c *Context) Ended() bool { return c.made.Load() > c.left }
