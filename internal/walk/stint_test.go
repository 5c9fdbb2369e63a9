package walk

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Ways to cells that wait cost at most the credit, and what the work in stints pays for.
func TestFaresAreCovered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		worth := int64(rapid.IntRange(1, 16).Draw(t, "worth"))
		start := int64(rapid.IntRange(0, 1000).Draw(t, "credit"))
		credit, made, debt := start, int64(0), int64(0)
		for range rapid.IntRange(1, 20).Draw(t, "stints") {
			way := int64(rapid.IntRange(1, 50).Draw(t, "way"))
			f := stint{set: 100, arrived: 100 + way, credit: credit, worth: worth}
			now := f.arrived
			for range rapid.IntRange(0, 30).Draw(t, "cells") {
				work := int64(rapid.IntRange(0, 40).Draw(t, "work"))
				now, made = now+work, made+work
				if f.left(now) >= f.arrived-f.set { // as enter asks
					f.parked++
					debt += way
				}
			}
			credit = f.left(now)
			require.GreaterOrEqual(t, credit, int64(0))
		}
		require.LessOrEqual(t, debt, start+made/worth)
	})
}
