package explore

// What is said of a region: the affine map that the network is on it, of the plane's coordinates
// and of all inputs. It is computed in integers from the pattern, and rounded once, to be shown.

import (
	"context"
	"math/big"
	"strconv"

	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// mapOf is x ↦ W·x + B, each entry the nearest float64 of what it is exactly.
type mapOf struct {
	Names []string    `json:"names"`
	W     [][]float64 `json:"W"`
	B     []float64   `json:"b"`
}

type affineJSON struct {
	Plane mapOf `json:"plane"`
	// Inputs is of all inputs; nil where it is that of the plane, or has too many entries to show.
	Inputs *mapOf `json:"inputs"`
}

// mostEntries is the number of entries of a map that a page shows, mostWork the number of exact
// products that they may take, which is a second of them.
const mostEntries, mostWork = 4096, 1 << 24

// fits says whether the map of all inputs is shown.
func fits(n *network.Network) bool {
	work := 0.0
	for _, l := range n.Layers() {
		work += float64(l.Nonzero()) * float64(n.Inputs())
	}
	return n.Inputs()*n.Outputs() <= mostEntries && work <= mostWork
}

func (e *Explorer) region(ctx context.Context, r request) (*affineJSON, error) {
	m, err := e.model(ctx, r.Model)
	if err != nil {
		return nil, err
	}
	n, err := e.cut(ctx, r.Model, r.Plane)
	if err != nil {
		return nil, err
	}
	p, err := parsePattern(r.Pattern, n.Signs())
	if err != nil {
		return nil, err
	}
	names := []string{"s", "t"}
	if r.Plane.whole() {
		names = []string{inputLabel(0), inputLabel(1)}
	} else if len(r.Plane.Inputs) == 2 {
		names = []string{inputLabel(r.Plane.Inputs[0]), inputLabel(r.Plane.Inputs[1])}
	}
	j := &affineJSON{Plane: affine(n, p, names)}
	if n != m.net && fits(m.net) && ctx.Err() == nil {
		all := make([]string, m.net.Inputs())
		for i := range all {
			all[i] = inputLabel(i)
		}
		whole := affine(m.net, p, all)
		j.Inputs = &whole
	}
	return j, nil
}

// inputLabel names an input, counted from 0, as everywhere.
func inputLabel(i int) string { return "x" + strconv.Itoa(i) }

func affine(n *network.Network, p network.Pattern, names []string) mapOf {
	W, b := n.Affine(p)
	j := mapOf{Names: names, B: rounded(b)}
	for _, row := range W {
		j.W = append(j.W, rounded(row))
	}
	return j
}

func rounded(x []*big.Float) []float64 {
	all := make([]float64, len(x))
	for i, v := range x {
		f, _ := dyadic.FromFloat(v)
		all[i] = finite(f)
	}
	return all
}

func parsePattern(s string, signs int) (network.Pattern, error) {
	if len(s) != signs {
		return nil, badf("pattern: %d signs, expected %d", len(s), signs)
	}
	p := make(network.Pattern, signs)
	for i := range p {
		switch s[i] {
		case '+':
			p[i] = 1
		case '-':
			p[i] = -1
		case '0':
		default:
			return nil, badf("pattern: %q, expected signs +, - or 0", s[i])
		}
	}
	return p, nil
}
