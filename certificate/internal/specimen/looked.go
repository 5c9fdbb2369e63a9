package specimen

// How soon a check ends that is stopped.

import "context"

// Looked counts who looks whether it has ended, and ends with so many looks.
type Looked struct {
	context.Context
	Looks, Most int
	End         func()
}

// Err looks.
func (c *Looked) Err() error {
	if c.Looks++; c.Looks == c.Most {
		c.End()
	}
	return c.Context.Err()
}
