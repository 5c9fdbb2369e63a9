package certificate

// Proofs about maxima, written by hand, that both checkers must take or refuse.

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/relucell/relucell/certificate/internal/specimen"
)

func TestBothCheckersOfMaxima(t *testing.T) {
	max := func(inputs int, pieces []int, rows ...[]float64) specimen.Layer {
		y := specimen.Layer{Act: "max", Pieces: pieces}
		for _, row := range rows {
			y.W, y.B = append(y.W, row[:inputs]), append(y.B, row[inputs])
		}
		return y
	}
	three := specimen.Net{Inputs: 2, Layers: []specimen.Layer{max(2, []int{3}, []float64{1, 0, 0}, []float64{0, 1, 0}, []float64{0, 0, 0})}}
	// x, −x and a piece that is half of each: it wins nowhere, by both together.
	dominated := specimen.Net{Inputs: 1, Layers: []specimen.Layer{max(1, []int{3}, []float64{1, 0}, []float64{-1, 0}, []float64{0, -0.25})}}
	same := specimen.Net{Inputs: 1, Layers: []specimen.Layer{max(1, []int{3}, []float64{1, 0}, []float64{1, 0}, []float64{-1, 0})}}
	// max(x, 0), and then x − 1/2 carried past a maximum of it and 0.
	two := specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		max(1, []int{1, 2}, []float64{1, 0}, []float64{1, 0}, []float64{0, 0}),
		max(2, []int{2}, []float64{1, 0, -0.5}, []float64{0, 0, 0})}}
	const unit, square = "linf 0x1p+0 0x0p+0", "box -0x1p+0 -0x1p+0 0x1p+0 0x1p+0"
	for name, c := range map[string]struct {
		net        specimen.Net
		ball, tree string
		want       int64
	}{
		"three classes":                      {three, square, "*\nW1 1-1\n*\nW1-1 1\nW1-1-1\ncount 3\n", 3},
		"on the border of a class":           {three, square, "*\nW1 1 1\n*\nW1-1 1\nW1-1-1\ncount 3\n", 0},
		"another class's point":              {three, square, "*\nW1-1 1\n*\nW1-1 1\nW1-1-1\ncount 3\n", 0},
		"the last class has conditions":      {three, square, "*\nW1 1-1\n*\nW1-1 1\nW1 1 1\ncount 3\n", 0},
		"unexplored":                         {three, square, "*\nW1 1-1\n?1-1 1\ncount >= 2\n", 2},
		"unexplored, the last one's point":   {three, square, "*\nW1 1-1\n?1-1-1\ncount >= 2\n", 2},
		"unexplored where one went aside":    {three, square, "*\nW1 1-1\n?1 1-1\ncount >= 2\n", 0},
		"unexplored on the border of it":     {three, square, "*\nW1 1-1\n?1 1 1\ncount >= 2\n", 0},
		"unexplored at the root":             {three, square, "?0 0 0\ncount >= 1\n", 1},
		"a class that lives is out":          {three, square, "-2 a\n*\nW1 1-1\nW1-1 1\ncount 2\n", 0},
		"a dominated piece":                  {dominated, unit, "-2 ba\n*\nW1 1\nW1-1\ncount 2\n", 2},
		"a multiple":                         {dominated, unit, "-2 b3a3\n*\nW1 1\nW1-1\ncount 2\n", 2},
		"by one difference":                  {dominated, unit, "-2 a\n*\nW1 1\nW1-1\ncount 2\n", 0},
		"with a multiplier at the head":      {dominated, unit, "-2 2ba\n*\nW1 1\nW1-1\ncount 2\n", 0},
		"without a name":                     {dominated, unit, "-2 2\n*\nW1 1\nW1-1\ncount 2\n", 0},
		"a name too many":                    {dominated, unit, "-2 cba\n*\nW1 1\nW1-1\ncount 2\n", 0},
		"as a neuron":                        {dominated, unit, "+2 ba\n*\nW1 1\nW1-1\ncount 2\n", 0},
		"as one with a name":                 {dominated, unit, "<2 ba\n*\nW1 1\nW1-1\ncount 2\n", 0},
		"twice":                              {dominated, unit, "-2 ba\n-2 ba\n*\nW1 1\nW1-1\ncount 2\n", 0},
		"no such piece":                      {dominated, unit, "-3 ba\n*\nW1 1\nW1-1\ncount 2\n", 0},
		"not said":                           {dominated, unit, "*\nW1 1\nW1-1\ncount 2\n", 0},
		"said below the split":               {dominated, unit, "*\nW1 1\n-2 ba\nW1-1\ncount 2\n", 2},
		"by names of the split alone":        {two, unit, "*\n-1 b\nW2 3\n-0 a\nW1-1\ncount 2\n", 0},
		"identical pieces are one class":     {same, unit, "*\nW1 1\nW1-1\ncount 2\n", 2},
		"identical pieces are no two":        {same, unit, "*\nW1 1\n*\nW1 1\nW1-1\ncount 3\n", 0},
		"the second of them":                 {same, unit, "-1 a\n*\nW1 1\nW1-1\ncount 2\n", 0},
		"two layers":                         {two, unit, "*\n*\nW2 3\nW2 1\n-0 ba\nW1-1\ncount 3\n", 3},
		"a box says it":                      {two, unit, "*\n*\nW2 3\nW2 1\n]0 0 0 a\nW1-1\ncount 3\n", 3},
		"a box, and then what it says":       {two, unit, "*\n*\nW2 3\nW2 1\n]0 0 0 a\n-0 ba\nW1-1\ncount 3\n", 0},
		"a box that is too small":            {two, unit, "*\n*\nW2 3\nW2 1\n]0-1 2 a\nW1-1\ncount 3\n", 0},
		"a box of the class alone":           {two, unit, "*\n[0 0 0 a\n*\nW2 3\nW2 1\nW1-1\ncount 3\n", 0},
		"a box in the class":                 {two, unit, "*\n[0 0 0 a\n*\nW2 3\nW2 1\n-0 ba\nW1-1\ncount 3\n", 3},
		"a name that is gone":                {two, unit, "*\n*\nW2 3\nW2 1\n-0 cba\nW1-1\ncount 3\n", 0},
		"the names of the class, no piece's": {two, unit, "*\n*\nW2 3\nW2 1\n-0 b\nW1-1\ncount 3\n", 0},
	} {
		t.Run(name, func(t *testing.T) { agreed(t, newTwins(c.net), c.ball, c.tree, c.want) })
	}
}

func TestPiecesHaveOneSpelling(t *testing.T) {
	for pieces, right := range map[string]bool{"[2]": true, "[1,1]": false, "[02]": false, "[2,]": false, "[]": false, "[1]": false, "[3]": false, "[0,2]": false, "[-1,3]": false, "[2": false, "2]": false} {
		text := []byte(`{"relucell-network":1,"inputs":1,"layers":[` + "\n" + `{"activation":"max","pieces":` + pieces + `,"weights":[["0x1p+0"],["0x0p+0"]],"bias":["0x0p+0","0x0p+0"]}` + "\n]}\n")
		w := &twins{text: text}
		rep := w.check(t, specimen.Folder{"proof": spelledProof(text, "linf 0x1p+0 0x0p+0", "*\nW1 1\nW1-1\ncount 2\n")}, 1)
		if (rep != nil) != right {
			t.Errorf("%s: %v", pieces, rep)
		}
	}
}

func spelledProof(text []byte, ball, tree string) []byte {
	return fmt.Appendf(nil, "relucell-certificate 2\nnet sha256:%x\nball %s\n%s", sha256.Sum256(text), ball, tree)
}
