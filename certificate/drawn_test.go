package certificate

// The balls of the tests, networks and balls drawn at random, and how many regions there are.

import (
	"bytes"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	balls "github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate/internal/specimen"
	"github.com/relucell/relucell/crosscheck/twin"
	"github.com/relucell/relucell/network"
)

// tball is a ball of tests: norm l2, linf or l1, with centre and radius, or box, with its bounds.
type tball struct {
	Norm   string
	Center []float64
	Radius float64
	Lo, Hi []float64
}

// ball is what the writer is told.
func (b tball) ball(tb testing.TB) (out balls.Ball) {
	var err error
	if b.Norm == "box" {
		out, err = balls.NewBox(b.Lo, b.Hi)
	} else {
		var norm balls.Norm
		if norm, err = balls.ParseNorm(b.Norm); err == nil {
			out, err = balls.New(norm, b.Center, b.Radius)
		}
	}
	require.NoError(tb, err)
	return out
}

// spelledBall spells a ball as proofs do.
func spelledBall(b tball) string {
	v := append([]float64{b.Radius}, b.Center...)
	if b.Norm == "box" {
		v = append(append([]float64(nil), b.Lo...), b.Hi...)
	}
	s := b.Norm
	for _, x := range v {
		s += " " + specimen.Spell(x)
	}
	return s
}

// trueCount counts the regions by clipping.
func trueCount(tb testing.TB, net specimen.Net, b tball) int64 {
	n, err := network.ReadCanonical(bytes.NewReader(net.Text()))
	require.NoError(tb, err)
	count := twin.CountExactly
	switch net.Inputs {
	case 1:
		count = twin.CountIntervals
	case 2:
		count = twin.CountPolygons
	case 3:
		count = twin.CountPolyhedra
	}
	v, err := count(n, b.ball(tb))
	require.NoError(tb, err)
	return v.Int64()
}

// drawnBall draws a ball, often around a simple point.
func drawnBall(r *rand.Rand, inputs int) tball {
	b := tball{Norm: []string{"linf", "l1", "l2", "box"}[r.Intn(4)], Radius: []float64{1, 1, 0.5, 0.5, 1.25, 1.25, 2, 2, 0x1p-70, 0x1.23456789abcdep90}[r.Intn(10)]}
	for range inputs {
		c := []float64{0, 0, 0.5, -1, r.NormFloat64()}[r.Intn(5)]
		b.Center = append(b.Center, c)
	}
	if b.Norm == "box" {
		for _, c := range b.Center {
			w := []float64{0.25, 1, 1, 3}[r.Intn(4)]
			b.Lo, b.Hi = append(b.Lo, c-w), append(b.Hi, c+2*w)
		}
		b.Center, b.Radius = nil, 0
	}
	return b
}
