package learn

// Samples, and sums over them: in blocks, added up in their order, so that the number of workers
// changes no bit.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// Samples are points and the function's values at them.
type Samples struct {
	Inputs int
	// X has the coordinates of one point after the other.
	X []float64
	Y []float64
}

// MaxSamples and MaxNumbers bound what is drawn or read: a slip of the hand would fill the memory.
const (
	MaxSamples = 1 << 28
	MaxNumbers = 1 << 30
)

// Len returns the number of points.
func (s *Samples) Len() int { return len(s.Y) }

// Point returns point i.
func (s *Samples) Point(i int) []float64 { return s.X[i*s.Inputs : (i+1)*s.Inputs : (i+1)*s.Inputs] }

// first returns the first points, at most so many.
func (s *Samples) first(n int) *Samples {
	n = min(n, s.Len())
	return &Samples{s.Inputs, s.X[:n*s.Inputs], s.Y[:n]}
}

// Draw draws points from N(0, I), by PCG of the seed, and evaluates f there.
func Draw(ctx context.Context, f func([]float64) float64, inputs, n int, seed uint64) (*Samples, error) {
	if n < 1 || n > MaxSamples || inputs < 1 || inputs > MaxNumbers/n {
		return nil, fmt.Errorf("samples: %d of %d inputs, expected at least one, at most %d, and %d numbers", n, inputs, MaxSamples, MaxNumbers)
	}
	rng := rand.New(rand.NewPCG(seed, streamPoints))
	s := &Samples{Inputs: inputs, X: make([]float64, n*inputs), Y: make([]float64, n)}
	for i := range s.Y {
		if i%blockSize == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		x := s.Point(i)
		for k := range x {
			x[k] = rng.NormFloat64()
		}
		s.Y[i] = f(x)
	}
	return s, nil
}

// The streams of randomness of a seed.
const (
	streamPoints = iota + 1
	streamTries
	streamStart
)

// blockSize is the number of samples summed up at a time: some milliseconds of work.
const blockSize = 1024

// fold adds up what of returns for the blocks [from, to) of n samples, in the order of the blocks.
func fold[T any](ctx context.Context, n int, of func(from, to int) T, add func(T)) error {
	blocks := (n + blockSize - 1) / blockSize
	workers := min(runtime.GOMAXPROCS(0), blocks)
	// Two blocks a worker at a time: what is added up is seldom waited for, and little is kept.
	for first := 0; first < blocks; first += 2 * workers {
		parts := make([]T, min(2*workers, blocks-first))
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				for i := w; i < len(parts); i += workers {
					from := (first + i) * blockSize
					parts[i] = of(from, min(from+blockSize, n))
				}
			})
		}
		wg.Wait()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		for _, p := range parts {
			add(p)
		}
	}
	return nil
}

// deviation returns mean and standard deviation of the values.
func (s *Samples) deviation() (mean, sd float64) {
	for _, y := range s.Y {
		mean += y / float64(len(s.Y))
	}
	for _, y := range s.Y {
		sd += (y - mean) * (y - mean) / float64(len(s.Y))
	}
	return mean, math.Sqrt(sd)
}

// rmse returns the root of the mean square of m − y.
func (s *Samples) rmse(ctx context.Context, m *Model) (float64, error) {
	sum := 0.0
	err := fold(ctx, s.Len(), func(from, to int) float64 {
		sum := 0.0
		for i := from; i < to; i++ {
			r := m.At(s.Point(i)) - s.Y[i]
			sum += r * r
		}
		return sum
	}, func(v float64) { sum += v })
	return math.Sqrt(sum / float64(s.Len())), err
}

// Gaussian says how far the points are from N(0, I): the largest coordinate of their mean, and the
// largest entry of their covariance less I. Both are some 1/√n for points that are drawn from it.
func (s *Samples) Gaussian() (mean, covariance float64) {
	n, d := float64(s.Len()), s.Inputs
	m, c := make([]float64, d), make([]float64, d*d)
	for i := range s.Y {
		x := s.Point(i)
		for k, v := range x {
			m[k] += v / n
			for l := range k + 1 {
				c[k*d+l] += v * x[l] / n
			}
		}
	}
	for k := range d {
		mean = max(mean, math.Abs(m[k]))
		for l := range k + 1 {
			v := c[k*d+l] - m[k]*m[l]
			if k == l {
				v--
			}
			covariance = max(covariance, math.Abs(v))
		}
	}
	return mean, covariance
}
