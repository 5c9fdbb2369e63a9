package learn

// How far a model is from another: neuron by neuron, in the assignment that is the best of all.

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// Errors are the largest differences of parameters of two models.
type Errors struct {
	// W is the largest Euclidean distance of two directions, A and B the largest difference of
	// output weights and biases.
	W float64 `json:"w"`
	B float64 `json:"b"`
	A float64 `json:"a"`
	C float64 `json:"c"`
}

// Most is the largest of them.
func (e Errors) Most() float64 { return max(e.W, e.B, e.A, e.C) }

// Compare returns the errors of m against the truth. A model with V has its neurons turned to the
// side of the truth's first; what is left of V counts as an error of C. It panics when they have
// not as many neurons.
func Compare(m, truth *Model) Errors {
	n := m.Neurons()
	if n != truth.Neurons() {
		panic(fmt.Sprintf("learn: %d neurons against %d", n, truth.Neurons()))
	}
	cost := make([][]float64, n)
	for i := range cost {
		for j := range n {
			w, b, a := floats.Distance(m.W[i], truth.W[j], 2), m.B[i]-truth.B[j], m.A[i]-truth.A[j]
			if m.V != nil && floats.Dot(m.W[i], truth.W[j]) < 0 {
				w, b = floats.Norm(sum(m.W[i], truth.W[j]), 2), m.B[i]+truth.B[j]
			}
			cost[i] = append(cost[i], w*w+b*b+a*a)
		}
	}
	order := assign(cost)
	var e Errors
	if m.V != nil {
		m = m.clone()
		for i, j := range order {
			if floats.Dot(m.W[i], truth.W[j]) < 0 {
				m.turn(i)
			}
		}
		e.C = floats.Norm(m.V, 2)
	}
	e.C = max(e.C, math.Abs(m.C-truth.C))
	for i, j := range order {
		e.W = max(e.W, floats.Distance(m.W[i], truth.W[j], 2))
		e.B = max(e.B, math.Abs(m.B[i]-truth.B[j]))
		e.A = max(e.A, math.Abs(m.A[i]-truth.A[j]))
	}
	return e
}

func sum(v, w []float64) []float64 {
	return floats.AddTo(make([]float64, len(v)), v, w)
}

// assign returns the column of each row, all different, with the least sum of costs: shortest
// augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant 1987), O(n³).
func assign(cost [][]float64) []int {
	n := len(cost)
	u, v := make([]float64, n+1), make([]float64, n+1) // potentials of rows and columns, from 1
	row, way := make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		row[0] = i
		slack, used := make([]float64, n+1), make([]bool, n+1)
		for j := range slack {
			slack[j] = math.Inf(1)
		}
		at := 0
		for row[at] != 0 {
			used[at] = true
			next, least := 0, math.Inf(1)
			for j := 1; j <= n; j++ {
				if used[j] {
					continue
				}
				if c := cost[row[at]-1][j-1] - u[row[at]] - v[j]; c < slack[j] {
					slack[j], way[j] = c, at
				}
				if slack[j] < least {
					next, least = j, slack[j]
				}
			}
			for j := range n + 1 {
				if used[j] {
					u[row[j]] += least
					v[j] -= least
				} else {
					slack[j] -= least
				}
			}
			at = next
		}
		for ; at != 0; at = way[at] {
			row[at] = row[way[at]]
		}
	}
	columns := make([]int, n)
	for j := 1; j <= n; j++ {
		columns[row[j]-1] = j - 1
	}
	return columns
}
