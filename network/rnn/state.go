// The parameters of a torch.nn.RNN and the Linear layer behind it, as files of arrays hold them.

package rnn

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/relucell/relucell/network/arrays"
)

// stateKey is a parameter of a torch.nn.RNN, behind the name of the module.
var stateKey = regexp.MustCompile(`^(?:|.*\.)((?:weight|bias)_[ih]h_l[0-9]+(?:_reverse)?)$`)

// The parameters of one layer in one direction.
const inputWeights, hiddenWeights, inputBias, hiddenBias = "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"

// FromState makes a network of the state dict of a torch module that has an RNN of one layer and
// one direction and, perhaps, a Linear layer, which reads the units after the last step; without it
// they are the outputs. The notes are what the file does not say. Errors name the array and what
// was expected.
func FromState(state map[string]*arrays.Array) (r *RNN, notes []string, err error) {
	s, err := sorted(state)
	if err != nil {
		return nil, nil, err
	}
	notes = []string{"The file does not say what the activation is: nonlinearity='relu' is taken."}
	u, w := s.matrix(inputWeights), s.matrix(hiddenWeights)
	b, b2 := s.vector(inputBias), s.vector(hiddenBias)
	v, c := s.matrix(headWeights), s.vector(headBias)
	if s.err != nil {
		return nil, nil, s.err
	}
	h, _ := u.Dims()
	if _, units := w.Dims(); h == 3*units || h == 4*units {
		return nil, nil, fmt.Errorf("array %q: %d rows for %d units, which are the gates of a GRU or LSTM, expected one row a unit, as a torch.nn.RNN with nonlinearity='relu' has", s.names[inputWeights], h, units)
	}
	if v == nil {
		notes = append(notes, "The file has no Linear layer: the outputs are the units after the last step.")
		v = mat.NewDense(h, h, nil)
		for j := range h {
			v.Set(j, j, 1)
		}
	} else {
		notes = append(notes, fmt.Sprintf("%s is taken to be a Linear layer that reads the units after the last step.", strings.TrimSuffix(s.names[headWeights], ".weight")))
	}
	if b == nil {
		b = make([]float64, h)
	}
	if k, _ := v.Dims(); c == nil {
		c = make([]float64, k)
	}
	if r, err = New(u, w, b, b2, v, c); err != nil {
		return nil, nil, s.inFile(err)
	}
	return r, notes, nil
}

// inFile is an error of New, which names a field, about the array that it was read from.
func (s *parameters) inFile(err error) error {
	field, what, _ := strings.Cut(err.Error(), ": ")
	role := map[string]string{"U": inputWeights, "W": hiddenWeights, "b": inputBias, "b2": hiddenBias, "V": headWeights, "c": headBias}[field]
	return fmt.Errorf("array %q: %s", s.names[role], what)
}

// headWeights and headBias stand for those of the Linear layer, whatever it is called.
const headWeights, headBias = "weight", "bias"

// parameters are arrays by what they are.
type parameters struct {
	state map[string]*arrays.Array
	names map[string]string // in the file
	err   error
}

// sorted finds out what each array is.
func sorted(state map[string]*arrays.Array) (*parameters, error) {
	s := &parameters{state: state, names: map[string]string{}}
	var others []string
	for _, name := range slices.Sorted(maps.Keys(state)) {
		role := name[strings.LastIndex(name, ".")+1:]
		if m := stateKey.FindStringSubmatch(name); m != nil {
			role = m[1]
		}
		known := slices.Contains([]string{inputWeights, hiddenWeights, inputBias, hiddenBias, headWeights, headBias}, role)
		if !known || s.names[role] != "" {
			others = append(others, name)
			continue
		}
		s.names[role] = name
	}
	const way = "export a network of any other as ONNX"
	switch {
	case s.names[inputWeights] == "" || s.names[hiddenWeights] == "":
		return nil, fmt.Errorf("no arrays %s and %s, expected those of a torch.nn.RNN; %s", inputWeights, hiddenWeights, way)
	case len(others) > 0:
		return nil, fmt.Errorf("array %q: expected one RNN of one layer and one direction, and at most one Linear layer; %s", others[0], way)
	case s.names[headBias] != "" && strings.TrimSuffix(s.names[headBias], headBias) != strings.TrimSuffix(s.names[headWeights], headWeights):
		return nil, fmt.Errorf("array %q: expected the weights of the same Linear layer beside it", s.names[headBias])
	}
	return s, nil
}

// matrix returns a parameter, nil where it is not there.
func (s *parameters) matrix(role string) *mat.Dense {
	a := s.array(role, 2)
	if a == nil {
		return nil
	}
	return mat.NewDense(a.Shape[0], a.Shape[1], a.Data)
}

func (s *parameters) vector(role string) []float64 {
	if a := s.array(role, 1); a != nil {
		return a.Data
	}
	return nil
}

func (s *parameters) array(role string, dims int) *arrays.Array {
	a := s.state[s.names[role]]
	if a != nil && len(a.Shape) != dims && s.err == nil {
		s.err = fmt.Errorf("array %q: shape %v, expected %d dimensions", s.names[role], a.Shape, dims)
	}
	if s.err != nil {
		return nil
	}
	return a
}
