// The promises of a study of recurrent networks: the same bytes twice, resume, and what is refused.

package experiment

import (
	"context"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/rnn"
)

// tinyRecurrent is a study of a second.
func tinyRecurrent(t *testing.T) RecurrentStudy {
	s := RecurrentDefaults("addition")
	s.Steps, s.Hidden, s.Pilot, s.Seeds, s.Measured, s.Test = 5, 6, 10, 2, []int{0, 20}, 12
	s.Rates = map[string][]float64{"sgd": {0.1, 0.03}, "path": {0.01}, "path2": {0.01}}
	s.Lines, s.Planes, s.Resamples = 2, 1, 50
	require.NoError(t, s.Open(""))
	return s
}

func TestRecurrentTwiceWritesTheSameBytes(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	done := Progress{}
	res, err := Recurrent(context.Background(), tinyRecurrent(t), Options{Dir: a, Workers: 1, Figures: "svg", Progress: func(p Progress) { done = p }})
	require.NoError(t, err)
	require.Equal(t, done.Total, done.Done)
	require.Len(t, res.Manifest.Networks, 3*3*2*2)
	require.Len(t, res.Rows, 3*3*2*2*(2+2*3))
	_, err = Recurrent(context.Background(), tinyRecurrent(t), Options{Dir: b, Workers: 4, Figures: "svg"})
	require.NoError(t, err)
	require.Equal(t, contents(t, a), contents(t, b))
	require.FileExists(t, filepath.Join(a, "figures", "addition-loss.svg"))
	require.FileExists(t, filepath.Join(a, "figures", "addition-regions-norm.svg"))

	m, err := ReadManifest(filepath.Join(a, manifestName), KindRecurrent)
	require.NoError(t, err)
	require.NoError(t, m.Recurrent.Open(""))
	require.Equal(t, onTraining, m.Recurrent.On)
	again, err := Recurrent(context.Background(), *m.Recurrent, Options{Dir: filepath.Join(t.TempDir(), "new")})
	require.NoError(t, err)
	require.NoError(t, m.Compare(again.Manifest), "a manifest is enough to reproduce the tables")
	require.Equal(t, res.Rows, again.Rows)
	_, err = ReadManifest(filepath.Join(a, manifestName), KindTraining)
	require.ErrorContains(t, err, `kind "recurrent", expected version 1 of kind "training"`)
}

func TestAnInterruptedRecurrentStudyGoesOn(t *testing.T) {
	whole, dir := t.TempDir(), t.TempDir()
	_, err := Recurrent(context.Background(), tinyRecurrent(t), Options{Dir: whole})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	_, err = Recurrent(ctx, tinyRecurrent(t), Options{Dir: dir, Progress: func(p Progress) {
		if p.Done >= 120 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	parts, err := os.ReadDir(filepath.Join(dir, partsFolder))
	require.NoError(t, err)
	require.NotEmpty(t, parts)
	require.NoError(t, os.WriteFile(filepath.Join(dir, partsFolder, parts[0].Name()), []byte("{"), 0o666), "a damaged part is made again")
	_, err = Recurrent(context.Background(), tinyRecurrent(t), Options{Dir: dir})
	require.NoError(t, err)
	require.Equal(t, contents(t, whole), contents(t, dir))
	res, err := Recurrent(context.Background(), tinyRecurrent(t), Options{Dir: dir})
	require.NoError(t, err)
	require.Equal(t, 18, res.Skipped, "all is done")
	require.Equal(t, contents(t, whole), contents(t, dir))

	other := tinyRecurrent(t)
	other.Hidden++
	_, err = Recurrent(context.Background(), other, Options{Dir: dir})
	require.ErrorIs(t, err, ErrFolder)
}

// What the table says of a plane is what a fresh count of the stored network, sliced after it is
// unrolled, says.
func TestTheRecurrentTableIsAboutTheStoredNetworks(t *testing.T) {
	for _, on := range RecurrentPlaces {
		theRecurrentTable(t, on)
	}
}

func theRecurrentTable(t *testing.T, on string) {
	dir := t.TempDir()
	s := tinyRecurrent(t)
	s.On = on
	res, err := Recurrent(context.Background(), s, Options{Dir: dir})
	require.NoError(t, err)
	f, err := os.Open(filepath.Join(dir, "networks", "addition-np-path-seed2-batch20.json"))
	require.NoError(t, err)
	defer f.Close()
	n, err := rnn.Read(f)
	require.NoError(t, err)
	shown := s.shown(2)
	require.Equal(t, on == onTest, slices.Equal(s.held(2).x[1], shown.x[1]))
	table, err := os.ReadFile(filepath.Join(dir, sequencesName))
	require.NoError(t, err)
	_, line, _ := strings.Cut(string(table), "\n2,1,"+decimal(shown.y[1])+",")
	line, _, _ = strings.Cut(line, "\n")
	listed, err := ball.ParseCenter(line, 2*s.Steps)
	require.NoError(t, err)
	require.Equal(t, shown.x[1], listed)
	whole, err := n.Unroll(s.Steps)
	require.NoError(t, err)
	plane, err := network.Through(whole, shown.x[:3]...)
	require.NoError(t, err)
	b, err := ball.NewBox([]float64{0, 0}, []float64{1, 1})
	require.NoError(t, err)
	count, err := enumerate.Count(context.Background(), plane, b, enumerate.Options{})
	require.NoError(t, err)
	checked := 0
	for _, r := range res.Rows {
		if r.Data == "addition-np" && r.Optimizer == "path" && r.Seed == 2 && r.Epoch == 20 && r.Set == onPlane && r.Quantity == "count" {
			require.Equal(t, count.Lower.String(), r.Lower)
			require.Equal(t, count.Upper.String(), r.Upper)
			checked++
		}
	}
	require.Equal(t, 1, checked)
}

func TestRecurrentCountsPastTheLimitAreBrackets(t *testing.T) {
	s := tinyRecurrent(t)
	s.Inits, s.Optimizers, s.Limit = []string{"random"}, []string{"sgd"}, 2
	res, err := Recurrent(context.Background(), s, Options{Dir: t.TempDir()})
	require.NoError(t, err)
	brackets := 0
	for _, r := range res.Rows {
		if r.Quantity != "count" {
			continue
		}
		low, _ := new(big.Int).SetString(r.Lower, 10)
		high, _ := new(big.Int).SetString(r.Upper, 10)
		require.LessOrEqual(t, low.Cmp(high), 0)
		if low.Cmp(high) < 0 {
			brackets++
		}
	}
	require.Positive(t, brackets)
}

// A rate at which the training leaves the finite numbers is not taken; where all do, it is said.
func TestRatesThatDivergeAreNotChosen(t *testing.T) {
	s := tinyRecurrent(t)
	s.Inits, s.Optimizers, s.Rates = []string{"random"}, []string{"sgd"}, map[string][]float64{"sgd": {1e30, 0.1}}
	s.Lines, s.Planes = 0, 0
	dir := t.TempDir()
	res, err := Recurrent(context.Background(), s, Options{Dir: dir, Figures: "svg"})
	require.NoError(t, err)
	figures, err := os.ReadDir(filepath.Join(dir, figuresFolder))
	require.NoError(t, err)
	require.Len(t, figures, 2, "none of what was not counted")
	require.Nil(t, res.Pilots[0].Loss)
	require.True(t, res.Pilots[1].Chosen)
	s.Rates = map[string][]float64{"sgd": {1e30}}
	_, err = Recurrent(context.Background(), s, Options{Dir: t.TempDir()})
	require.ErrorContains(t, err, "random by sgd: all rates, [1e+30], left the finite numbers")
}

func TestRecurrentStudiesAreChecked(t *testing.T) {
	for want, change := range map[string]func(*RecurrentStudy){
		"hidden: 0, expected a whole number from 1 to 4096": func(s *RecurrentStudy) { s.Hidden = 0 },
		"lines: 7, expected a whole number from 0 to 6":     func(s *RecurrentStudy) { s.Lines = 7 },
		"first-seed: 0":                          func(s *RecurrentStudy) { s.FirstSeed = 0 },
		"measure: [5 5], expected":               func(s *RecurrentStudy) { s.Measured = []int{5, 5} },
		`init: "zero", expected of random`:       func(s *RecurrentStudy) { s.Inits = []string{"zero"} },
		`on: "both", expected of training, test`: func(s *RecurrentStudy) { s.On = "both" },
		`optimizer: "sgd" twice`:                 func(s *RecurrentStudy) { s.Optimizers = []string{"sgd", "sgd"} },
		"rates: -1 of path":                      func(s *RecurrentStudy) { s.Rates["path"] = []float64{-1} },
		"rates: none of path2":                   func(s *RecurrentStudy) { delete(s.Rates, "path2") },
	} {
		s := tinyRecurrent(t)
		change(&s)
		err := s.Check()
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
	}
	for want, s := range map[string]RecurrentStudy{
		`task: "copy", expected addition, digits, mnist, text`: {Task: "copy"},
		"steps: 1, expected 2 or more":                         {Task: "addition", Steps: 1},
		"no such file":                                         {Task: "text", File: filepath.Join(t.TempDir(), "a.txt"), Steps: 3},
		"sha256":                                               {Task: "text", File: "doc.go", Steps: 3, SHA256: strings.Repeat("0", 64)},
	} {
		require.ErrorContains(t, s.Open(""), want)
	}
}

// The license is a text, and its next letters are learned better than by their frequency.
func TestTextIsLearned(t *testing.T) {
	s := RecurrentDefaults("text")
	s.File, s.Steps, s.Hidden, s.Inits, s.Optimizers = filepath.Join("..", "LICENSE"), 4, 16, []string{"np"}, []string{"sgd"}
	s.Rates, s.Pilot, s.Seeds, s.Measured, s.Lines, s.Planes, s.Test = map[string][]float64{"sgd": {0.3}}, 1, 1, []int{0, 1500}, 1, 0, 200
	require.NoError(t, s.Open(""))
	res, err := Recurrent(context.Background(), s, Options{Dir: t.TempDir()})
	require.NoError(t, err)
	var accuracy []string
	for _, r := range res.Rows {
		if r.Quantity == "accuracy" {
			accuracy = append(accuracy, r.Lower)
		}
	}
	require.Len(t, accuracy, 2)
	require.Greater(t, log2(accuracy[1]), -2.33, "more than a fifth of the letters, where the most frequent one is a sixth")
}
