// The data: two interleaved half circles, and three classes the size and shape
// of the iris data. Both are synthetic, so that nothing need be downloaded.

package main

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// sample is a point and its class, 0, 1, …
type sample struct {
	x     []float64
	class int
}

// twoMoons draws points near two half circles of radius 1, the second centred
// at (1, ½) and upside down, with Gaussian noise of deviation 0.15 (the "two
// moons" of scikit-learn's make_moons). Coordinates are rounded to 3 decimals,
// as the points file shows them.
func twoMoons(rng *rand.Rand, perClass int) []sample {
	var all []sample
	for class := range 2 {
		for range perClass {
			sin, cos := math.Sincos(math.Pi * rng.Float64())
			x, y := cos, sin
			if class == 1 {
				x, y = 1-cos, 0.5-sin
			}
			all = append(all, sample{[]float64{
				round(x+0.15*rng.NormFloat64(), 1000),
				round(y+0.15*rng.NormFloat64(), 1000),
			}, class})
		}
	}
	return all
}

// irisMeans and irisCovariances are the class means and sample covariances
// (upper triangles) of Fisher's iris data (1936): setosa, versicolor, virginica;
// sepal length, sepal width, petal length, petal width, in cm.
var (
	irisMeans = [][]float64{
		{5.006, 3.428, 1.462, 0.246},
		{5.936, 2.770, 4.260, 1.326},
		{6.588, 2.974, 5.552, 2.026},
	}
	irisCovariances = [][]float64{
		{
			0.1242, 0.0992, 0.0164, 0.0103,
			0, 0.1437, 0.0117, 0.0093,
			0, 0, 0.0302, 0.0061,
			0, 0, 0, 0.0111,
		},
		{
			0.2664, 0.0852, 0.1829, 0.0558,
			0, 0.0985, 0.0827, 0.0412,
			0, 0, 0.2208, 0.0731,
			0, 0, 0, 0.0391,
		},
		{
			0.4043, 0.0938, 0.3033, 0.0491,
			0, 0.1040, 0.0714, 0.0476,
			0, 0, 0.3046, 0.0488,
			0, 0, 0, 0.0754,
		},
	}
)

// irisSized draws from three Gaussians with the means and covariances of the
// iris classes, rounded to the millimetre like the measurements. It is the
// size and shape of the iris data, but it is not the iris data.
func irisSized(rng *rand.Rand, perClass int) []sample {
	var all []sample
	for class, mean := range irisMeans {
		var chol mat.Cholesky
		if !chol.Factorize(mat.NewSymDense(4, irisCovariances[class])) {
			panic("train: a covariance is not positive definite")
		}
		var lower mat.TriDense
		chol.LTo(&lower)
		for range perClass {
			z := mat.NewVecDense(4, nil)
			for i := range 4 {
				z.SetVec(i, rng.NormFloat64())
			}
			var x mat.VecDense
			x.MulVec(&lower, z)
			point := make([]float64, 4)
			for i := range point {
				point[i] = round(mean[i]+x.AtVec(i), 10)
			}
			all = append(all, sample{point, class})
		}
	}
	return all
}

// round rounds v to a multiple of 1/unit.
func round(v, unit float64) float64 { return math.Round(v*unit) / unit }
