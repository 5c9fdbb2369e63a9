// What the bounds share about one network and one ball: computed once, by the
// first bound that asks, and handed from bound to bound through the context.

package bound

import (
	"context"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// analysis holds facts about a network on a ball. Its methods compute each fact once; they are not
// safe for concurrent use, so one Evaluate is one goroutine.
type analysis struct {
	played
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

// played is a network and its tournament.
type played struct {
	whole *network.Network // as it was given
	net   *network.Network // the same without maxima
	of    []int            // the layer of whole that each layer of net is of
}

type analysisKey struct{}

// Shared returns a context for several bounds, or terms, of n on b that are asked for one after
// another: what one of them computes about the ball serves the next, also after a context derived
// from it has ended.
func Shared(ctx context.Context, n *network.Network, b ball.Ball) context.Context {
	return context.WithValue(ctx, analysisKey{}, newAnalysis(n, b))
}

func newAnalysis(n *network.Network, b ball.Ball) *analysis {
	a := &analysis{played: played{whole: n}, ball: b}
	a.net, a.of = n.Tournament()
	return a
}

// analysisOf returns the shared analysis of n and b, or a new one.
func analysisOf(ctx context.Context, n *network.Network, b ball.Ball) *analysis {
	if a, ok := ctx.Value(analysisKey{}).(*analysis); ok && a.whole == n && sameBall(a.ball, b) {
		return a
	}
	return newAnalysis(n, b)
}

func sameBall(a, b ball.Ball) bool {
	return a.Norm() == b.Norm() && a.Radius() == b.Radius() && slices.Equal(a.Center(), b.Center()) &&
		slices.Equal(a.Lo(), b.Lo()) && slices.Equal(a.Hi(), b.Hi())
}

// pass computes the exact pass of the centre, which center needs.
func (a *analysis) pass(ctx context.Context) (err error) {
	if a.mid == nil {
		a.mid, err = passExactly(ctx, a.net, dyadic.BigFloats(a.ball.Mid()))
	}
	return err
}

// center returns the exact pass of the centre. The caller has called pass, as every way of deciding
// stability does first.
func (a *analysis) center() *center { return a.mid }

// ranks returns an upper bound on the rank of the weights of each layer of the whole network.
func (a *analysis) ranks(ctx context.Context) ([]int, error) {
	if a.rk == nil {
		var rk []int
		for _, l := range a.whole.Layers() {
			r, err := layerRank(ctx, l)
			if err != nil {
				return nil, err
			}
			rk = append(rk, r)
		}
		a.rk = rk
	}
	return a.rk, nil
}

// spectral returns an upper bound on the spectral norm of layer i.
func (a *analysis) spectral(ctx context.Context, i int) (float64, error) {
	if v, ok := a.sigma[i]; ok {
		return v, nil
	}
	v, err := layerSpectral(ctx, a.net.Layers()[i], nil, nil)
	if err != nil {
		return 0, err
	}
	if a.sigma == nil {
		a.sigma = map[int]float64{}
	}
	a.sigma[i] = v
	return v, nil
}
