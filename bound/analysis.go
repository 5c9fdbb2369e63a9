// What the bounds share about one network and one ball: computed once, by the
// first bound that asks, and handed from bound to bound through the context.

package bound

import (
	"context"
	"slices"

	"relucell/ball"
	"relucell/network"
)

// analysis holds facts about a network on a ball. Its methods compute each fact once; they are not
// safe for concurrent use, so one Evaluate is one goroutine.
type analysis struct {
	net  *network.Network
	ball ball.Ball

	mid         *center
	rk          []int
	sigma       map[int]float64
	nearest     *Distance
	byLipschitz *stability
	byInterval  *stability
	spans       [][]span
	byZonotope  *stability
	byCrown     *relaxed
}

type analysisKey struct{}

// share returns a context whose bounds share one analysis of n and b.
func share(ctx context.Context, n *network.Network, b ball.Ball) context.Context {
	return context.WithValue(ctx, analysisKey{}, &analysis{net: n, ball: b})
}

// analysisOf returns the shared analysis of n and b, or a new one.
func analysisOf(ctx context.Context, n *network.Network, b ball.Ball) *analysis {
	if a, ok := ctx.Value(analysisKey{}).(*analysis); ok && a.net == n && sameBall(a.ball, b) {
		return a
	}
	return &analysis{net: n, ball: b}
}

func sameBall(a, b ball.Ball) bool {
	return a.Norm() == b.Norm() && a.Radius() == b.Radius() && slices.Equal(a.Center(), b.Center()) &&
		slices.Equal(a.Lo(), b.Lo()) && slices.Equal(a.Hi(), b.Hi())
}

func (a *analysis) center() *center {
	if a.mid == nil {
		a.mid = passExactly(a.net, ballCenter(a.ball))
	}
	return a.mid
}

// ranks returns an upper bound on the rank of each layer's weights.
func (a *analysis) ranks() []int {
	if a.rk == nil {
		for _, l := range a.net.Layers() {
			a.rk = append(a.rk, rankUpper(rowsOf(l)))
		}
	}
	return a.rk
}

// spectral returns an upper bound on the spectral norm of layer i.
func (a *analysis) spectral(i int) float64 {
	if v, ok := a.sigma[i]; ok {
		return v
	}
	if a.sigma == nil {
		a.sigma = map[int]float64{}
	}
	a.sigma[i] = spectralUp(rowsOf(a.net.Layers()[i]))
	return a.sigma[i]
}
