// The promises of a run: the same bytes twice, resume, and what is refused.

package experiment

import (
	"context"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
)

func tiny() Config {
	s := Defaults(TwoMoons())
	s.Hidden, s.Seeds, s.Epochs, s.Points, s.Radii = []int{4, 4}, 2, []int{0, 2}, 3, []float64{0.2, 2}
	p := s
	p.SetOptimizer("sgd")
	p.Hidden, p.Limit = []int{8, 8}, 1 // brackets
	return Config{Studies: []Study{s, p}, Resamples: 50}
}

// contents returns the tables, networks and manifest.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = string(text)
		return err
	}))
	return all
}

func TestTrainingTwiceWritesTheSameBytes(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	done := 0
	res, err := Training(context.Background(), tiny(), Options{Dir: a, Workers: 1, Figures: "svg", Progress: func(p Progress) {
		done++
		require.Equal(t, done, p.Done)
		require.Equal(t, 2*2*2*3*4, p.Total)
	}})
	require.NoError(t, err)
	require.Equal(t, 2*2*2*3*4, done)
	_, err = Training(context.Background(), tiny(), Options{Dir: b, Workers: 4, Figures: "svg"})
	require.NoError(t, err)
	require.Equal(t, contents(t, a), contents(t, b))
	require.Len(t, contents(t, a), 8+1+3+6, "networks, manifest, tables, figures; no parts")

	m, err := ReadManifest(filepath.Join(a, manifestName), KindTraining)
	require.NoError(t, err)
	require.NoError(t, m.Config.Open(""))
	again, err := Training(context.Background(), m.Config, Options{Dir: filepath.Join(t.TempDir(), "new")})
	require.NoError(t, err)
	require.NoError(t, m.Compare(again.Manifest), "a manifest is enough to reproduce the tables")
	require.Equal(t, res.Rows, again.Rows)
}

// What the table says of a ball is what a fresh count of the stored network says.
func TestTheTableIsAboutTheStoredNetworks(t *testing.T) {
	dir := t.TempDir()
	c := tiny()
	res, err := Training(context.Background(), c, Options{Dir: dir})
	require.NoError(t, err)
	s := &c.Studies[0]
	f, err := os.Open(filepath.Join(dir, "networks", stem(s, 2, 2)+".json"))
	require.NoError(t, err)
	defer f.Close()
	n, err := network.ReadCanonical(f)
	require.NoError(t, err)
	points, err := os.ReadFile(filepath.Join(dir, "points-moons.csv"))
	require.NoError(t, err)
	checked := 0
	for _, r := range res.Rows {
		if r.Optimizer != "adam" || r.Seed != 2 || r.Epoch != 2 || r.Quantity != "count" {
			continue
		}
		_, line, _ := strings.Cut(string(points), "\n2,"+r.Set+","+r.Point+",")
		line, _, _ = strings.Cut(line, "\n")
		x, err := ball.ParseCenter(line, 2)
		require.NoError(t, err)
		radius, err := ball.ParseRadius(r.Radius)
		require.NoError(t, err)
		b, err := ball.New(ball.L2, x, radius)
		require.NoError(t, err)
		count, err := enumerate.Count(context.Background(), n, b, enumerate.Options{})
		require.NoError(t, err)
		require.Equal(t, count.Lower.String(), r.Lower)
		require.Equal(t, count.Upper.String(), r.Upper)
		checked++
	}
	require.Equal(t, 3*4*2, checked)
}

func TestCountsPastTheLimitAreBracketsAndStay(t *testing.T) {
	res, err := Training(context.Background(), tiny(), Options{Dir: t.TempDir()})
	require.NoError(t, err)
	counts, brackets := 0, 0
	for _, r := range res.Rows {
		if r.Optimizer == "sgd" && r.Quantity == "count" {
			counts++
			low, _ := new(big.Int).SetString(r.Lower, 10)
			high, _ := new(big.Int).SetString(r.Upper, 10)
			require.LessOrEqual(t, low.Cmp(high), 0)
			if low.Cmp(high) < 0 {
				brackets++
			}
		}
	}
	require.Equal(t, 2*2*4*3*2, counts, "none is dropped")
	require.Positive(t, brackets)
}

func TestAnInterruptedRunGoesOnWhereItStopped(t *testing.T) {
	whole, dir := t.TempDir(), t.TempDir()
	_, err := Training(context.Background(), tiny(), Options{Dir: whole})
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(context.Background())
	_, err = Training(ctx, tiny(), Options{Dir: dir, Progress: func(p Progress) {
		if p.Done == 40 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	parts, err := os.ReadDir(filepath.Join(dir, partsFolder))
	require.NoError(t, err)
	require.NotEmpty(t, parts)
	// A part that was damaged meanwhile is made again.
	require.NoError(t, os.WriteFile(filepath.Join(dir, partsFolder, parts[0].Name()), []byte("{"), 0o666))

	res, err := Training(context.Background(), tiny(), Options{Dir: dir})
	require.NoError(t, err)
	require.Equal(t, len(parts)-1, res.Skipped)
	require.Equal(t, contents(t, whole), contents(t, dir))

	res, err = Training(context.Background(), tiny(), Options{Dir: dir})
	require.NoError(t, err)
	require.Equal(t, 8, res.Skipped, "all is done")
	require.Equal(t, contents(t, whole), contents(t, dir))
}

func TestFoldersOfOthersAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o666))
	_, err := Training(context.Background(), tiny(), Options{Dir: dir})
	require.ErrorIs(t, err, ErrFolder)

	dir = t.TempDir()
	_, err = Training(context.Background(), tiny(), Options{Dir: dir})
	require.NoError(t, err)
	other := tiny()
	other.Studies[0].Points++
	_, err = Training(context.Background(), other, Options{Dir: dir})
	require.ErrorIs(t, err, ErrFolder)
	require.ErrorContains(t, err, "other settings")
}

func TestBadSettingsAreRefused(t *testing.T) {
	for want, change := range map[string]func(s *Study){
		`optimizer: "rmsprop"`:         func(s *Study) { s.Optimizer = "rmsprop" },
		`norm: "l3"`:                   func(s *Study) { s.Norm = "l3" },
		"rate: 0":                      func(s *Study) { s.Rate = 0 },
		"batch: 0":                     func(s *Study) { s.Batch = 0 },
		"seeds: -1":                    func(s *Study) { s.Seeds = -1 },
		"hidden: []":                   func(s *Study) { s.Hidden = nil },
		"epochs: 1 after 3":            func(s *Study) { s.Epochs = []int{3, 1} },
		"radius: -1":                   func(s *Study) { s.Radii = []float64{-1} },
		"radius: 1 twice":              func(s *Study) { s.Radii = []float64{1, 1} },
		`bounds: "crwon"`:              func(s *Study) { s.Bounds = []string{"crwon"} },
		"data: moons by sgd twice":     func(s *Study) { s.SetOptimizer("sgd") },
		`data: "nowhere" was not open`: func(s *Study) { s.Data, s.data = "nowhere", nil },
	} {
		c := tiny()
		change(&c.Studies[0])
		require.ErrorContains(t, c.Check(), want)
	}
}

func TestDivergedTrainingSaysSo(t *testing.T) {
	c := tiny()
	c.Studies = c.Studies[1:]
	c.Studies[0].Rate = 1e30
	_, err := Training(context.Background(), c, Options{Dir: t.TempDir()})
	require.ErrorContains(t, err, "expected a smaller learning rate")
	require.False(t, errors.Is(err, ErrFolder))
}

func TestAChangedDataFileIsNoticed(t *testing.T) {
	path := writeTable(t, "t.csv", "1,2,0\n3,4,1\n1,3,0\n3,5,1\n")
	d, err := OpenData(path, "")
	require.NoError(t, err)
	c := Config{Studies: []Study{Defaults(d)}, Resamples: 1}
	require.NoError(t, c.Open(""))
	require.NoError(t, os.WriteFile(path, []byte("1,2,0\n3,4,1\n1,3,0\n3,5,0\n1,1,1\n"), 0o666))
	require.ErrorContains(t, c.Open(""), "expected "+d.SHA256)
}
