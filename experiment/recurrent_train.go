// The trainer of recurrent networks: backpropagation through time by hand, in float64 with gonum's
// products of matrices. A graph of forty steps takes 19 ms of a core a batch in GoMLX's Go backend
// and rounds to float32; here it takes some 4, and what is invariant is so to the last bit.
//
// SGD is the plain one, with gradients clipped by their norm (Pascanu, Mikolov, Bengio 2013).
// Path-SGD (Neyshabur et al. 2016) divides each derivative by κ, the curvature of the path norm:
// here by κ/γ², so that a rate means the same whatever the norm is. Its gradients are clipped too,
// but by their length in the same metric, √(Σ κ·δ²)/γ for δ = g·γ²/κ: it does not see the scale of
// a unit, as a plain norm would.

package experiment

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network/rnn"
)

// RecurrentOptimizers are the names that RecurrentStudy.Optimizers takes: path has κ¹ alone, path2
// κ¹ + κ².
var RecurrentOptimizers = []string{"sgd", "path", "path2"}

// RecurrentInits are the names that RecurrentStudy.Inits takes.
var RecurrentInits = []string{"random", "identity", "np"}

const (
	// longestGradient is where gradients are clipped, as the literature on the addition problem
	// does it for SGD.
	longestGradient = 1
	// curvatureEvery is the number of steps that a curvature serves: it changes slowly, and κ²
	// costs as much as a batch or two.
	curvatureEvery = 2
)

// newRecurrent draws the first weights, biases being 0: "random" has deviation 1/√inputs, and
// 1/√units of what units read; "identity" the identity for W (Le, Jaitly, Hinton 2015); "np" a
// positive definite W of largest eigenvalue 1, and inputs scaled to match (Talathi, Vartak 2015).
func newRecurrent(rng *rand.Rand, init string, inputs, units, outputs int) *rnn.RNN {
	draw := func(rows, cols int, deviation float64) *mat.Dense {
		m := mat.NewDense(rows, cols, nil)
		m.Apply(func(_, _ int, _ float64) float64 { return deviation * rng.NormFloat64() }, m)
		return m
	}
	back := 1 / math.Sqrt(float64(units))
	in, w := 1/math.Sqrt(float64(inputs)), draw(units, units, back)
	switch init {
	case "identity":
		w.Apply(func(i, j int, _ float64) float64 {
			if i == j {
				return 1
			}
			return 0
		}, w)
	case "np":
		var a mat.SymDense
		a.SymOuterK(1, w.T()) // RᵀR/H, R standard normal
		for j := range units {
			a.SetSym(j, j, a.At(j, j)+1)
		}
		var e mat.EigenSym
		e.Factorize(&a, false)
		values := e.Values(nil)
		w.Scale(1/values[len(values)-1], &a)
		in *= math.Sqrt2 * math.Exp(1.2/(math.Max(float64(units), 6)-2.4))
	}
	return &rnn.RNN{U: draw(units, inputs, in), W: w, B: make([]float64, units), V: draw(outputs, units, back), C: make([]float64, outputs)}
}

// recurrentTrainer changes the parameters of net.
type recurrentTrainer struct {
	net       *rnn.RNN
	task      *sequenceTask
	optimizer string
	rate      float64
	path      *rnn.Path
	step      int
}

// parameters returns all of them, one slice after the other.
func parameters(r *rnn.RNN) [][]float64 {
	return [][]float64{r.U.RawMatrix().Data, r.W.RawMatrix().Data, r.B, r.V.RawMatrix().Data, r.C}
}

// train takes a step on a batch, and returns the batch's loss before it.
func (t *recurrentTrainer) train(s sequences) float64 {
	loss, g := t.gradient(s)
	if t.optimizer == "sgd" {
		norm := 0.0
		for _, v := range g {
			for _, x := range v {
				norm += x * x
			}
		}
		rate := t.rate
		if norm = math.Sqrt(norm); norm > longestGradient {
			rate *= longestGradient / norm
		}
		for i, p := range parameters(t.net) {
			for k := range p {
				p[k] -= rate * g[i][k]
			}
		}
		return loss
	}
	if t.step%curvatureEvery == 0 {
		t.path = t.net.Path(t.task.steps, t.optimizer == "path2")
	}
	t.step++
	pathStep(parameters(t.net), g, curvatures(t.path), t.rate)
	return loss
}

// curvatures returns κ/γ² in the order of parameters.
func curvatures(p *rnn.Path) [][]float64 {
	w := p.W
	if p.Second != nil {
		w = mat.DenseCopyOf(p.W)
		w.Add(w, p.Second)
	}
	return [][]float64{p.U.RawMatrix().Data, w.RawMatrix().Data, p.B, p.V.RawMatrix().Data, p.C}
}

// pathStep takes a step of path-SGD. A parameter that no path takes, κ = 0, stays: any number in
// the place of 0 would see scales.
func pathStep(parameters, g, kappa [][]float64, rate float64) {
	length := 0.0
	for i, k := range kappa {
		for j, c := range k {
			if c > 0 {
				length += g[i][j] * g[i][j] / c
			}
		}
	}
	if length = math.Sqrt(length); length > longestGradient {
		rate *= longestGradient / length
	}
	for i, k := range kappa {
		for j, c := range k {
			if c > 0 {
				parameters[i][j] -= rate * (g[i][j] / c)
			}
		}
	}
}

// gradient returns the mean loss of a batch and its derivatives, in the order of parameters.
func (t *recurrentTrainer) gradient(s sequences) (float64, [][]float64) {
	n, steps := t.net, t.task.steps
	inputs := s.byStep(steps, n.Inputs())
	h := forwardBatch(n, inputs)
	rows, units := h[0].Dims()
	var out mat.Dense
	out.Mul(h[steps], n.V.T())
	loss, dOut := t.task.loss(&out, n.C, s.y)
	dU, dW, dV := mat.NewDense(units, n.Inputs(), nil), mat.NewDense(units, units, nil), new(mat.Dense)
	dB, dC := make([]float64, units), make([]float64, n.Outputs())
	dV.Mul(dOut.T(), h[steps])
	addRows(dC, dOut)
	dH, product := mat.NewDense(rows, units, nil), new(mat.Dense)
	dH.Mul(dOut, n.V)
	for i := steps; i >= 1; i-- {
		data, on := dH.RawMatrix().Data, h[i].RawMatrix().Data
		for k := range data {
			if on[k] <= 0 {
				data[k] = 0
			}
		}
		addRows(dB, dH)
		product.Reset()
		product.Mul(dH.T(), inputs[i-1])
		dU.Add(dU, product)
		product.Reset()
		product.Mul(dH.T(), h[i-1])
		dW.Add(dW, product)
		next := new(mat.Dense)
		next.Mul(dH, n.W)
		dH = next
	}
	return loss, [][]float64{dU.RawMatrix().Data, dW.RawMatrix().Data, dB, dV.RawMatrix().Data, dC}
}

// forwardBatch returns the units of all rows after each step, from the start on.
func forwardBatch(n *rnn.RNN, inputs []*mat.Dense) []*mat.Dense {
	rows, _ := inputs[0].Dims()
	h := []*mat.Dense{mat.NewDense(rows, n.Units(), nil)}
	var back mat.Dense
	for i, x := range inputs {
		z := new(mat.Dense)
		z.Mul(x, n.U.T())
		back.Mul(h[i], n.W.T())
		data, more := z.RawMatrix().Data, back.RawMatrix().Data
		for k := range data {
			data[k] = max(0, data[k]+more[k]+n.B[k%n.Units()])
		}
		h = append(h, z)
	}
	return h
}

func addRows(sum []float64, m *mat.Dense) {
	rows, _ := m.Dims()
	for i := range rows {
		for k, v := range m.RawRowView(i) {
			sum[k] += v
		}
	}
}

// stored returns the network in float32, as it is stored and measured: short exact numbers. It is
// an error if the training left the finite ones.
func (t *recurrentTrainer) stored() (*rnn.RNN, error) {
	short := func(v []float64) []float64 {
		w := make([]float64, len(v))
		for i, x := range v {
			w[i] = float64(float32(x)) + 0 // no negative zero
		}
		return w
	}
	matrix := func(m *mat.Dense) *mat.Dense {
		rows, cols := m.Dims()
		return mat.NewDense(rows, cols, short(m.RawMatrix().Data))
	}
	r := t.net
	n, err := rnn.New(matrix(r.U), matrix(r.W), short(r.B), nil, matrix(r.V), short(r.C))
	if err != nil {
		return nil, fmt.Errorf("%w (%w): expected a smaller learning rate than %g", errDiverged, err, t.rate)
	}
	return n, nil
}
