package certificate

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// A check could not be stopped: who had begun one had to wait for its end.
func TestCheckStops(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	n := &net{hash: "x", inputs: 1}
	c := &checker{verdict: verdict{ctx: ctx}, net: n}
	after := false
	c.guard(func() { c.stop(); after = true })
	require.False(t, after, "what runs goes on after a stop")
	require.Nil(t, c.refused.Load(), "a stop is no refusal")
	require.ErrorIs(t, context.Cause(c.ctx), why)
}
