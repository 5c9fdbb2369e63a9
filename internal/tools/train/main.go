// Command train makes the trained networks of testdata: small classifiers,
// really trained, so that what is counted in examples and tests is what
// training leaves behind and not a random draw.
//
//	go run ./internal/tools/train [-o DIR]
//
// It writes, for each network, the training points as CSV, and the network as
// ONNX (float32) and as canonical text. One seed and one thread: run twice on
// one platform it writes the same bytes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/onnx"
)

// job is one network to train.
type job struct {
	name    string
	points  string
	columns string
	widths  []int
	epochs  int
	draw    func(rng *rand.Rand, perClass int) []sample
	// perClass is the number of training points of each class.
	perClass int
}

var jobs = []job{
	{
		name: "two_moons_2-16-16-1", points: "two_moons_points.csv", columns: "x1,x2,class",
		widths: []int{2, 16, 16, 1}, epochs: 400, draw: twoMoons, perClass: 150,
	},
	{
		name: "iris_sized_4-16-16-3", points: "iris_sized_points.csv",
		columns: "sepal_length,sepal_width,petal_length,petal_width,class",
		widths:  []int{4, 16, 16, 3}, epochs: 200, draw: irisSized, perClass: 50,
	},
}

// testPoints is the number of fresh points of each class that accuracy is reported on.
const testPoints = 1000

func main() {
	dir := flag.String("o", "testdata", "folder to write to")
	flag.Parse()
	for _, j := range jobs {
		if err := j.run(*dir, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "train:", err)
			os.Exit(1)
		}
	}
}

// newSource returns the source that all randomness of a job is drawn from.
func newSource() *rand.Rand { return rand.New(rand.NewPCG(2020, 0)) }

// run trains one network, writes its files and reports its accuracy.
func (j job) run(dir string, log io.Writer) error {
	rng := newSource()
	training := j.draw(rng, j.perClass)
	m := newModel(rng, j.widths)
	m.train(rng, training, j.epochs)
	n, err := m.network()
	if err != nil {
		return fmt.Errorf("%s: %w", j.name, err)
	}
	fresh := j.draw(rng, testPoints)
	fmt.Fprintf(log, "%s: accuracy %.1f%% on %d training points, %.1f%% on %d fresh ones\n",
		j.name, 100*accuracy(n, training), len(training), 100*accuracy(n, fresh), len(fresh))
	return errors.Join(
		files.Write(filepath.Join(dir, j.points), func(w io.Writer) error { return writePoints(w, j.columns, training) }),
		files.Write(filepath.Join(dir, j.name+".json"), n.WriteCanonical),
		files.Write(filepath.Join(dir, j.name+".onnx"), func(w io.Writer) error { return onnx.Write(w, n, true) }),
	)
}

// accuracy is the share of the samples that the network classifies rightly.
func accuracy(n *network.Network, samples []sample) float64 {
	right := 0
	for _, s := range samples {
		if class(n.Forward(s.x)) == s.class {
			right++
		}
	}
	return float64(right) / float64(len(samples))
}

// writePoints writes one line a sample: coordinates, class.
func writePoints(w io.Writer, columns string, samples []sample) error {
	if _, err := fmt.Fprintln(w, columns); err != nil {
		return err
	}
	for _, s := range samples {
		for _, x := range s.x {
			if _, err := fmt.Fprintf(w, "%v,", x); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(w, s.class); err != nil {
			return err
		}
	}
	return nil
}
