// Package relucell counts the activation regions of a network of piecewise linear units that meet a
// ball, exactly, shows them one by one, and proves the count to an independent checker.
//
// It is the front door: a [Problem] is a network on a ball, and what may be asked of it. The rooms
// behind have the same and more: package network and its readers, ball, enumerate (the walk, its
// options and regions), proof and certificate, bound, plot.
package relucell

import (
	"context"
	"iter"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
	"github.com/relucell/relucell/proof"
)

// Options says how to count; the zero value counts with every worker of the machine and no limit.
type Options = enumerate.Options

// Result is the answer of a count: Lower ≤ count ≤ Upper.
type Result = enumerate.Result

// Region is a region with its pattern, and methods for a point, the affine map, the vertices, the
// volume, the facets and the regions across them.
type Region = enumerate.Region

// Problem is a network on a ball of its inputs.
type Problem struct {
	Net  *network.Network
	Ball ball.Ball
}

// Open returns the problem of the network in a file, ONNX, NNet or JSON by its ending. Errors name
// the file and what was expected.
func Open(path string, b ball.Ball) (Problem, error) {
	n, _, err := load.Read(path, load.Options{})
	return Problem{n, b}, err
}

// Count counts the regions, see [enumerate.Count].
func (p Problem) Count(ctx context.Context, opt Options) (Result, error) {
	return enumerate.Count(ctx, p.Net, p.Ball, opt)
}

// Regions returns an iterator over the regions, see [enumerate.Regions].
func (p Problem) Regions(ctx context.Context, opt Options) iter.Seq2[Region, error] {
	return enumerate.Regions(ctx, p.Net, p.Ball, opt)
}

// Graph returns all regions and which of them are neighbours, see [enumerate.NewGraph].
func (p Problem) Graph(ctx context.Context) (*enumerate.Graph, error) {
	var all []Region
	for r, err := range p.Regions(ctx, Options{Workers: 1}) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return enumerate.NewGraph(ctx, all)
}

// Prove counts the regions and writes a proof of the count to a file, see [proof.Prove].
func (p Problem) Prove(ctx context.Context, path string, opt Options) (Result, error) {
	return proof.Prove(ctx, p.Net, p.Ball, path, opt)
}

// Check has a proof about the network verified, by a checker that knows nothing of the walk, see
// [certificate.CheckContext]. The report names the ball that it is about.
func (p Problem) Check(ctx context.Context, path string) (*certificate.Report, error) {
	text := p.Net.Canonical() // all that the checker is told of the network
	return certificate.CheckContext(ctx, text, path, certificate.Options{})
}
