package enumerate_test

// The benchmarks: time per region in forward passes, and what exactness and
// proofs cost.

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// forwardTime is the yardstick: the time of one plain forward pass, per layer a
// copy of the bias, one Gemv, and a ReLU in place.
func forwardTime(n *network.Network) time.Duration {
	type lay struct {
		w    blas64.General
		b, z blas64.Vector
		relu bool
	}
	var layers []lay
	for _, l := range n.Layers() {
		layers = append(layers, lay{l.Dense().RawMatrix(), blas64.Vector{N: len(l.B), Inc: 1, Data: l.B},
			blas64.Vector{N: len(l.B), Inc: 1, Data: make([]float64, len(l.B))}, l.Act != network.None})
	}
	x := blas64.Vector{N: n.Inputs(), Inc: 1, Data: make([]float64, n.Inputs())}
	for i := range x.Data {
		x.Data[i] = 0.1 * float64(i+1)
	}
	pass := func() {
		a := x
		for _, l := range layers {
			copy(l.z.Data, l.b.Data)
			blas64.Gemv(blas.NoTrans, 1, l.w, a, 1, l.z)
			if l.relu {
				for i, v := range l.z.Data {
					l.z.Data[i] = max(v, 0)
				}
			}
			a = l.z
		}
	}
	best := time.Duration(math.MaxInt64)
	for round := 0; round < 5; round++ {
		start := time.Now()
		const n = 2000
		for i := 0; i < n; i++ {
			pass()
		}
		best = min(best, time.Since(start)/n)
	}
	return best
}

// benchNets are networks of our own, with fixed seeds, and public ones where they are beside the
// project.
var benchNets = []struct {
	name           string
	own            func() *network.Network
	center, radius float64
}{
	{"2-16-16", func() *network.Network { return he(21, 2, 16, 16) }, 0, 1},
	{"3-16-16", func() *network.Network { return he(13, 3, 16, 16) }, 0, 1},
	{"4-16-16", func() *network.Network { return he(4, 4, 16, 16) }, 0, 1},
	{"5-10-10-10", func() *network.Network { return he(15, 5, 10, 10, 10) }, 0, 1},
	{"10-16", func() *network.Network { return he(6, 10, 16) }, 0, 1},
	{"64-32-32", func() *network.Network { return he(7, 64, 32, 32) }, 0, 1. / 64},
	{"resonance-5", func() *network.Network { return gen.Resonance(5) }, 0, 1},
	{"random/he_2-16-16-16-2_s2.onnx", nil, 0, 1},
	{"random/he_2-64-64-1_s4.onnx", nil, 0, 1},
	{"random/he_3-16-16-2_s5.onnx", nil, 0, 1},
	{"random/he_4-16-16-2_s7.onnx", nil, 0, 1},
	{"random/he_5-10-10-10-2_s9.onnx", nil, 0, 1},
	{"random/he_10-16-1_s13.onnx", nil, 0, 1},
	{"ACASXU_run2a_1_1_batch_2000.onnx", nil, 0, 0.05},
	{"cartpole.onnx", nil, 0, 0.25},
	{"vdp.onnx", nil, 0, 1},
}

// BenchmarkCount counts with one worker; "passes" is the time per region in forward passes.
func BenchmarkCount(b *testing.B) {
	for _, c := range benchNets {
		for _, norm := range []ball.Norm{ball.LInf, ball.L2} {
			b.Run(fmt.Sprintf("%s/%v", filepath.Base(c.name), norm), func(b *testing.B) {
				var n *network.Network
				if c.own != nil {
					n = c.own()
				} else {
					n = sharedNet(b, c.name)
				}
				benchCount(b, n, ballAt(b, norm, n.Inputs(), c.center, c.radius), nil)
			})
		}
	}
}

func benchCount(b *testing.B, n *network.Network, bl ball.Ball, obs func() enumerate.Observer) {
	pass := forwardTime(n)
	b.ReportAllocs()
	var r enumerate.Result
	for b.Loop() {
		opt := enumerate.Options{Workers: 1}
		if obs != nil {
			opt.Observer = obs()
		}
		var err error
		if r, err = enumerate.Count(context.Background(), n, bl, opt); err != nil {
			b.Fatal(err)
		}
	}
	k := float64(r.Lower.Int64())
	per := b.Elapsed().Seconds() / float64(b.N) / k
	b.ReportMetric(1/per, "regions/s")
	b.ReportMetric(per/pass.Seconds(), "passes")
	b.ReportMetric(float64(r.Questions)/k, "questions/region")
	b.ReportMetric(float64(r.Pivots)/k, "pivots/region")
}

// BenchmarkProof compares counting, counting with a proof, and checking it.
func BenchmarkProof(b *testing.B) {
	for _, c := range []struct {
		name   string
		own    func() *network.Network
		radius float64
	}{
		{"random/he_2-64-64-1_s4.onnx", nil, 1},
		{"random/he_3-16-16-2_s5.onnx", nil, 1},
		{"random/he_4-16-16-2_s7.onnx", nil, 1},
		{"random/he_5-10-10-10-2_s9.onnx", nil, 1},
		{"cartpole.onnx", nil, 0.25},
		{"ACASXU_run2a_1_1_batch_2000.onnx", nil, 0.05},
		{"resonance-5", func() *network.Network { return gen.Resonance(5) }, 1},
	} {
		b.Run(filepath.Base(c.name), func(b *testing.B) {
			var n *network.Network
			if c.own != nil {
				n = c.own()
			} else {
				n = sharedNet(b, c.name)
			}
			benchProof(b, n, ballAt(b, ball.LInf, n.Inputs(), 0, c.radius))
		})
	}
}

func benchProof(b *testing.B, n *network.Network, bl ball.Ball) {
	path := filepath.Join(b.TempDir(), "proof")
	prove := func() float64 {
		r, err := proof.Prove(context.Background(), n, bl, path, enumerate.Options{Workers: 1})
		require.NoError(b, err)
		require.True(b, r.Exact)
		return float64(r.Lower.Int64())
	}
	regions := prove()
	info, err := os.Stat(path)
	require.NoError(b, err)
	b.Run("count", func(b *testing.B) { benchCount(b, n, bl, nil) })
	b.Run("prove", func(b *testing.B) {
		for b.Loop() {
			prove()
		}
		b.ReportMetric(float64(info.Size())/regions, "bytes/region")
	})
	b.Run("check", func(b *testing.B) {
		var text bytes.Buffer
		require.NoError(b, n.WriteCanonical(&text))
		for b.Loop() {
			_, err := certificate.Check(text.Bytes(), path, certificate.Options{Workers: 1})
			require.NoError(b, err)
		}
		b.ReportMetric(regions*float64(b.N)/b.Elapsed().Seconds(), "regions/s")
	})
}

// allocCases are counts of ten thousand regions and more: generic ones, and one whose decisions are
// made in integers.
func allocCases(t fataler) []gen.Case {
	generic := he(4, 4, 16, 16)
	var all []gen.Case
	for _, b := range []ball.Ball{ballAt(t, ball.LInf, 4, 0, 1), ballAt(t, ball.L2, 4, 0, 1), ballAt(t, ball.L1, 4, 0, 2)} {
		all = append(all, gen.Case{Name: "4-16-16/" + b.Norm().String(), Net: generic, Ball: b})
	}
	return append(all,
		gen.Case{Name: "5-10-10-10/linf", Net: he(15, 5, 10, 10, 10), Ball: ballAt(t, ball.LInf, 5, 0, 1)},
		gen.Case{Name: "resonance-5/linf", Net: gen.Resonance(5), Ball: ballAt(t, ball.LInf, 5, 0, 1)})
}

// BenchmarkAllocations reports allocations per region: those of starting a count, spread over its
// regions.
func BenchmarkAllocations(b *testing.B) {
	for _, c := range allocCases(b) {
		b.Run(c.Name, func(b *testing.B) {
			var k int64
			allocs := 0.0
			for b.Loop() {
				allocs = testing.AllocsPerRun(1, func() { k = count(b, c.Net, c.Ball, 1).Lower.Int64() })
			}
			b.ReportMetric(float64(k), "regions")
			b.ReportMetric(allocs/float64(k), "allocs/region")
		})
	}
}

// maxAllocs is what a count may allocate per region. Compiling the network, and the stacks of the
// walk while they grow, stay below that on ten thousand regions; one allocation a node would be
// above 1.
const maxAllocs = 0.5

func TestWalkAllocatesNothingPerNode(t *testing.T) {
	for _, c := range allocCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			var k int64
			allocs := testing.AllocsPerRun(1, func() { k = count(t, c.Net, c.Ball, 1).Lower.Int64() })
			require.Greater(t, k, int64(10_000))
			require.Less(t, allocs/float64(k), maxAllocs)
		})
	}
}
