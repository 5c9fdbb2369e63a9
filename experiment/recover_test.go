package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/learn"
)

func smallRecover() RecoverStudy {
	return RecoverStudy{Shapes: []Shape{{3, 2}, {4, 2}}, Samples: []int{2000, 8000}, FirstSeed: 1, Seeds: 2, Radius: 1, MostNeurons: 4, Baseline: true}
}

// Two runs write the same bytes, one of them after an interruption.
func TestRecoverTwiceWritesTheSameBytes(t *testing.T) {
	s := smallRecover()
	a, err := Recover(context.Background(), s, Options{Dir: filepath.Join(t.TempDir(), "a"), Version: "test", Figures: "svg"})
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "b")
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	_, err = Recover(ctx, s, Options{Dir: dir, Version: "test", Progress: func(p Progress) {
		if p.Done == 5 {
			cancel(why)
		}
	}})
	require.ErrorIs(t, err, why)
	b, err := Recover(context.Background(), s, Options{Dir: dir, Version: "test", Figures: "svg"})
	require.NoError(t, err)
	require.Equal(t, 5, b.Skipped)
	require.NoError(t, a.Manifest.Compare(b.Manifest))
	require.FileExists(t, filepath.Join(dir, figuresFolder, "recover-3x2.svg"))
	again, err := Recover(context.Background(), s, Options{Dir: dir, Version: "test"})
	require.NoError(t, err)
	require.Equal(t, 12, again.Skipped)
	require.NoError(t, a.Manifest.Compare(again.Manifest))

	table := recoverTable(a.Rows)
	for _, shape := range s.Shapes {
		for seed := range uint64(2) {
			at := func(stage, quantity string) float64 {
				v, ok := table[recoverKey{shape, seed + 1, 8000, learn.MethodTensor, stage, quantity}]
				require.True(t, ok, "%s %s", stage, quantity)
				return v
			}
			require.Less(t, at(learn.StageRegression, "T4"), at(learn.StageMeans, "T4"))
			require.Less(t, at(learn.StageRefine, "most"), Recovered)
			require.Less(t, at(learn.StageRefine, "distance"), Recovered)
			require.Greater(t, at(learn.StageMoments, "distance"), Recovered)
		}
	}
	require.Equal(t, 10, len(a.Statistics)) // two slopes, two of recovery, one of the baseline, of each shape
	m, err := ReadManifest(filepath.Join(dir, manifestName), KindRecover)
	require.NoError(t, err)
	require.Equal(t, &s, m.Recover)
	_, err = ReadManifest(filepath.Join(dir, manifestName), KindTraining)
	require.ErrorContains(t, err, `of kind "recover", expected version 1 of kind "training"`)
	s.Seeds++
	_, err = Recover(context.Background(), s, Options{Dir: dir})
	require.ErrorIs(t, err, ErrFolder)
	require.NoError(t, os.WriteFile(filepath.Join(dir, manifestName), []byte(`{"relucell-experiment":1,"kind":"recover"}`), 0o600))
	_, err = ReadManifest(filepath.Join(dir, manifestName), KindRecover)
	require.ErrorContains(t, err, `no field "recover"`)
}

func TestRecoverChecks(t *testing.T) {
	for want, change := range map[string]func(*RecoverStudy){
		"shapes: none":                func(s *RecoverStudy) { s.Shapes = nil },
		"shapes: 2x3, expected at":    func(s *RecoverStudy) { s.Shapes = []Shape{{2, 3}} },
		"shapes: 3x2 twice":           func(s *RecoverStudy) { s.Shapes = []Shape{{3, 2}, {3, 2}} },
		"samples: none":               func(s *RecoverStudy) { s.Samples = nil },
		"samples: [5 5], expected an": func(s *RecoverStudy) { s.Samples = []int{5, 5} },
		"seeds: 0":                    func(s *RecoverStudy) { s.Seeds = 0 },
		"radius: 0":                   func(s *RecoverStudy) { s.Radius = 0 },
		"most-neurons: -1":            func(s *RecoverStudy) { s.MostNeurons = -1 },
	} {
		s := smallRecover()
		change(&s)
		require.ErrorContains(t, s.Check(), want)
	}
	d := RecoverDefaults()
	require.NoError(t, d.Check())
}
