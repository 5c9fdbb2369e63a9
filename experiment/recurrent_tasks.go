// The tasks of recurrent networks. All are read at the last step: a number, or a class.

package experiment

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// RecurrentTasks are the names that OpenTask takes, beside a file of text.
var RecurrentTasks = []string{"addition", "digits", "mnist", "text"}

var errDiverged = errors.New("training left the finite numbers")

// sequences are rows of inputs, step after step, and what is wanted of them: a number, or a class.
type sequences struct {
	x [][]float64
	y []float64
}

// byStep returns the inputs of each step, a row a sequence.
func (s sequences) byStep(steps, inputs int) []*mat.Dense {
	all := make([]*mat.Dense, steps)
	for t := range all {
		all[t] = mat.NewDense(len(s.x), inputs, nil)
		for i, x := range s.x {
			all[t].SetRow(i, x[t*inputs:(t+1)*inputs])
		}
	}
	return all
}

// sequenceTask is a task over so many steps.
type sequenceTask struct {
	name                   string
	steps, inputs, outputs int
	classes                bool
	// train draws a sequence to train on, test one that is held back.
	train, test func(rng *rand.Rand) (x []float64, y float64)
}

func (t *sequenceTask) draw(rng *rand.Rand, from func(*rand.Rand) ([]float64, float64), n int) sequences {
	var s sequences
	for range n {
		x, y := from(rng)
		s.x, s.y = append(s.x, x), append(s.y, y)
	}
	return s
}

// loss returns the mean loss of outputs before their bias c, and its derivatives: squared
// differences, or the cross-entropy in nats.
func (t *sequenceTask) loss(out *mat.Dense, c, y []float64) (float64, *mat.Dense) {
	rows, cols := out.Dims()
	d := mat.NewDense(rows, cols, nil)
	loss, share := 0.0, 1/float64(rows)
	for i := range rows {
		o := slices.Clone(out.RawRowView(i))
		for k := range o {
			o[k] += c[k]
		}
		if !t.classes {
			e := o[0] - y[i]
			loss += share * e * e
			d.Set(i, 0, 2*share*e)
			continue
		}
		top, sum := slices.Max(o), 0.0
		for _, v := range o {
			sum += math.Exp(v - top)
		}
		loss += share * (math.Log(sum) + top - o[int(y[i])])
		for k, v := range o {
			d.Set(i, k, share*math.Exp(v-top)/sum)
		}
		d.Set(i, int(y[i]), d.At(i, int(y[i]))-share)
	}
	return loss, d
}

// addition is the problem of Hochreiter and Schmidhuber (1997): a number in [0, 1) and a marker a
// step; one step of each half is marked, and their sum is wanted. Answering 1 has the loss ⅙.
func addition(steps int) *sequenceTask {
	draw := func(rng *rand.Rand) ([]float64, float64) {
		x := make([]float64, 2*steps)
		for t := range steps {
			x[2*t] = float64(float32(rng.Float64()))
		}
		a, b := rng.IntN(steps/2), steps/2+rng.IntN(steps-steps/2)
		x[2*a+1], x[2*b+1] = 1, 1
		return x, x[2*a] + x[2*b]
	}
	return &sequenceTask{name: "addition", steps: steps, inputs: 2, outputs: 1, train: draw, test: draw}
}

// fromTable reads the rows of a table as sequences of so many steps; a quarter is held back.
func fromTable(d *Data, steps int) (*sequenceTask, error) {
	if steps < 1 || d.Inputs%steps != 0 {
		return nil, fmt.Errorf("steps: %d, expected a divisor of %d, the pixels of a digit", steps, d.Inputs)
	}
	training, test := d.split(rand.New(rand.NewPCG(1, streamData)))
	of := func(s samples) func(*rand.Rand) ([]float64, float64) {
		return func(rng *rand.Rand) ([]float64, float64) {
			i := rng.IntN(len(s.x))
			return s.x[i], float64(s.class[i])
		}
	}
	return &sequenceTask{name: d.Name, steps: steps, inputs: d.Inputs / steps, outputs: d.Classes, classes: true, train: of(training), test: of(test)}, nil
}

// mostLetters bounds the alphabet of a text: the inputs of a step.
const mostLetters = 128

// fromText reads a text a letter a step, each an input of its own; the next letter is wanted. The
// last tenth of the text is held back.
func fromText(text []byte, steps int) (*sequenceTask, error) {
	letters := slices.Compact(slices.Sorted(slices.Values(text)))
	held := len(text) - len(text)/10
	switch {
	case len(letters) < 2 || len(letters) > mostLetters:
		return nil, fmt.Errorf("text: %d different bytes, expected from 2 to %d", len(letters), mostLetters)
	case len(text)-held <= steps || steps < 1:
		return nil, fmt.Errorf("text: %d bytes, expected more than ten times %d steps", len(text), steps)
	}
	of := func(part []byte) func(*rand.Rand) ([]float64, float64) {
		return func(rng *rand.Rand) ([]float64, float64) {
			at := rng.IntN(len(part) - steps)
			x := make([]float64, steps*len(letters))
			for t, b := range part[at : at+steps] {
				k, _ := slices.BinarySearch(letters, b)
				x[t*len(letters)+k] = 1
			}
			k, _ := slices.BinarySearch(letters, part[at+steps])
			return x, float64(k)
		}
	}
	return &sequenceTask{name: "text", steps: steps, inputs: len(letters), outputs: len(letters), classes: true, train: of(text[:held]), test: of(text[held:])}, nil
}

// open opens the task of a study. cache is the folder of the digits.
func (s *RecurrentStudy) open(cache string) error {
	switch {
	case s.Task == "addition" && s.Steps < 2:
		return fmt.Errorf("steps: %d, expected 2 or more for the addition problem", s.Steps)
	case s.Task == "addition":
		s.task = addition(s.Steps)
		return nil
	case s.Task == "digits" || s.Task == "mnist":
		d, err := OpenData(s.Task, cache)
		if err != nil {
			return err
		}
		s.SHA256 = d.SHA256
		s.task, err = fromTable(d, s.Steps)
		return err
	case s.Task == "text":
		text, sum, err := readTable(s.File)
		if err != nil {
			return fmt.Errorf("%s: %w", s.File, err)
		}
		s.SHA256 = sum
		if s.task, err = fromText(text, s.Steps); err != nil {
			return fmt.Errorf("%s: %w", s.File, err)
		}
		return nil
	}
	return fmt.Errorf("task: %q, expected %s", s.Task, strings.Join(RecurrentTasks, ", "))
}
