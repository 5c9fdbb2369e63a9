package crosscheck

// What is written is read again: case files, the corpus, reports and pictures.

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"image/png"
	"io"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/network"
)

// three is an upper bound that is wrong as soon as there are four regions.
var three = bound.Func("three", bound.Upper, bound.Global, func(context.Context, *network.Network, ball.Ball) (*big.Int, error) {
	return big.NewInt(3), nil
})

func failureOfThree(t *testing.T) Failure {
	t.Helper()
	rep, err := Run(context.Background(), gen.Cases(1, 40, gen.CaseOptions{}), []bound.Bound{three}, RunOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, rep.Violations)
	return rep.Violations[0]
}

func TestCaseFilesReplay(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	f := failureOfThree(t)
	path, err := WriteCase(ctx, dir, "three-1", f)
	require.NoError(t, err)
	r, err := Replay(ctx, path, []bound.Bound{three})
	require.NoError(t, err)
	require.True(t, r.Fails)
	require.True(t, r.ProofChecked)
	require.Equal(t, f.Case.Net.Fingerprint(), r.Stored.Case.Net.Fingerprint())
	require.Equal(t, f.Case.Ball, r.Stored.Case.Ball)
	require.Equal(t, f.Value.String(), r.Now.Value.String())
	require.Equal(t, f.Limit.String(), r.Count.String())

	// A bound that was mended does not fail any more; one that is not there is an error.
	mended := bound.Func("three", bound.Upper, bound.Global, func(context.Context, *network.Network, ball.Ball) (*big.Int, error) {
		return big.NewInt(1 << 30), nil
	})
	r, err = Replay(ctx, path, []bound.Bound{mended})
	require.NoError(t, err)
	require.False(t, r.Fails)
	_, err = Replay(ctx, path, bound.Cheap())
	require.ErrorContains(t, err, `"three" is not at hand`)

	// A proof of something else is refused, a missing one is said to be missing.
	proof := filepath.Join(dir, "three-1.proof")
	text, err := os.ReadFile(proof)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(proof, text[:len(text)-2], 0o644))
	_, err = Replay(ctx, path, []bound.Bound{three})
	require.Error(t, err)
	require.NoError(t, os.Remove(proof))
	r, err = Replay(ctx, path, []bound.Bound{three})
	require.NoError(t, err)
	require.False(t, r.ProofChecked)
}

func TestBadCaseFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	path, err := WriteCase(context.Background(), dir, "x", failureOfThree(t))
	require.NoError(t, err)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	for says, change := range map[string][2]string{
		"relucell-case: 2, expected 1":   {`"relucell-case": 1`, `"relucell-case": 2`},
		"unknown field":                  {`"name"`, `"nom"`},
		"is given twice":                 {`"name"`, `"kind": "upper", "name"`},
		`kind: "middle"`:                 {`"kind": "upper"`, `"kind": "middle"`},
		`value: "three"`:                 {`"value": "3"`, `"value": "three"`},
		"ball: norm":                     {`"norm": "l2"`, `"norm": "l3"`},
		"ball: radius: -1":               {`"radius": 1`, `"radius": -1`},
		"net:":                           {`"relu"`, `"sine"`},
		"expected the name of a file be": {`"proof": "x.proof"`, `"proof": "../x.proof"`},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		require.NotEqual(t, string(good), bad, says)
		require.NoError(t, os.WriteFile(path, []byte(bad), 0o644))
		_, err := Replay(context.Background(), path, []bound.Bound{three})
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, path)
	}
	_, _, err = ReadCase(filepath.Join(dir, "nothing"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestBallJSONReadsBack(t *testing.T) {
	for i := range 200 {
		rng := gen.CaseRand(31, i)
		b := gen.RandomBall(rng, gen.Random(rng, gen.RandomOptions{}))
		text, err := json.Marshal(b.JSON())
		require.NoError(t, err)
		var j ball.JSON
		require.NoError(t, json.Unmarshal(text, &j))
		got, err := j.Ball()
		require.NoError(t, err)
		require.Equal(t, b, got)
	}
	for _, bad := range []ball.JSON{{}, {Norm: "box", Radius: 1}, {Norm: "l2", Radius: 1}, {Norm: "l2", Lo: []float64{0}}, {Norm: "box", Lo: []float64{1}, Hi: []float64{0}}} {
		_, err := bad.Ball()
		require.Error(t, err)
	}
}

// corpusDir is the corpus that is part of the project.
var corpusDir = filepath.Join("..", "testdata", "corpus")

func TestTheCorpusIsRight(t *testing.T) {
	entries, err := ReadCorpus(corpusDir)
	require.NoError(t, err)
	require.Greater(t, len(entries), 50)
	for _, e := range entries {
		require.NoError(t, e.Recheck(context.Background(), corpusDir), e.Name)
	}
}

func TestCorpusIsWrittenAndRead(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "corpus")
	n, err := WriteCorpus(ctx, dir, gen.Cases(2, 60, gen.CaseOptions{}), 50)
	require.NoError(t, err)
	entries, err := ReadCorpus(dir)
	require.NoError(t, err)
	require.Len(t, entries, n)
	require.Less(t, n, 60, "cases beyond the limit are left out")
	files, err := os.ReadDir(filepath.Join(dir, "proofs"))
	require.NoError(t, err)
	require.Len(t, files, n)
	for _, e := range entries {
		require.NoError(t, e.Recheck(ctx, dir))
	}
	_, err = WriteCorpus(ctx, dir, gen.Cases(2, 1, gen.CaseOptions{}), 0)
	require.ErrorContains(t, err, "expected a new or empty folder")

	forged := entries[0]
	forged.Count += "0"
	require.ErrorContains(t, forged.Recheck(ctx, dir), "the corpus says")
	other := entries[0]
	other.Proof = entries[len(entries)-1].Proof
	require.Error(t, other.Recheck(ctx, dir))
}

func TestReportFormats(t *testing.T) {
	picture := NewPicture()
	rep, err := Run(context.Background(), gen.Cases(1, 60, gen.CaseOptions{}), append(bound.Cheap(), three), RunOptions{Each: picture.Add})
	require.NoError(t, err)
	require.False(t, rep.Sound())
	write := func(format string) string {
		var b strings.Builder
		require.NoError(t, rep.Write(&b, format))
		return b.String()
	}
	require.Contains(t, write("text"), "VIOLATION")
	require.Contains(t, write("text"), "claims of dominance held in every case")
	require.Contains(t, write("markdown"), "| three | upper | global |")
	rows, err := csv.NewReader(strings.NewReader(write("csv"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, len(rep.Bounds)+1)
	var j struct {
		Cases      int
		Violations []struct{ Bound string }
		Bounds     []struct {
			Name        string
			Log2GeoMean float64 `json:"log2_geo_mean"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(write("json")), &j))
	require.Equal(t, 60, j.Cases)
	require.Equal(t, "three", j.Violations[0].Bound)
	require.Equal(t, rep.Bounds[0].GeoMeanLog2(), j.Bounds[0].Log2GeoMean)
	require.ErrorContains(t, rep.Write(io.Discard, "html"), "expected text, markdown, csv, json")

	var svg, img bytes.Buffer
	require.NoError(t, picture.Write(&svg, "svg"))
	d := xml.NewDecoder(&svg)
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
	}
	require.NoError(t, picture.Write(&img, "png"))
	_, err = png.Decode(&img)
	require.NoError(t, err)
	require.Error(t, picture.Write(io.Discard, "gif"))
	require.Error(t, NewPicture().Write(io.Discard, "svg"))
}

func TestQuantilesAndMeans(t *testing.T) {
	s := &Summary{}
	require.True(t, math.IsNaN(s.GeoMeanLog2()))
	require.True(t, math.IsNaN(s.QuantileLog2(0.5)))
	for _, v := range []float64{3, 0, 1, 2} {
		s.observe(v)
	}
	require.Equal(t, 1.5, s.GeoMeanLog2())
	require.Equal(t, []float64{0, 1, 3, 3}, []float64{s.QuantileLog2(0), s.QuantileLog2(0.5), s.QuantileLog2(0.9), s.QuantileLog2(1)})
	require.Equal(t, "1.000", ratioText(0))
	require.Equal(t, "1024", ratioText(10))
	require.Equal(t, "1.1e301", ratioText(1000))
}

func TestBoundsNamed(t *testing.T) {
	bs, err := BoundsNamed([]string{"serra", " dial-3", "2^N"})
	require.NoError(t, err)
	require.Equal(t, "serra, dial-3, 2^N", namesOf(bs))
	for _, bad := range [][]string{{"sera"}, {"dial-"}, {"dial--1"}, {"dial-01"}, {"dial-x"}, {"serra", "serra"}, {""}} {
		_, err := BoundsNamed(bad)
		require.Error(t, err, bad)
	}
}

func TestAWrongKnownCountIsReported(t *testing.T) {
	n, b := gen.TentMap(2)
	rep, err := Run(context.Background(), slices.Values([]gen.Case{{Name: "wrong", Net: n, Ball: b, Want: big.NewInt(5)}}), nil, RunOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"wrong: counted 4 to 4, known 5"}, rep.WrongCounts)
	require.False(t, rep.Sound())
}

func TestALimitedWalkStillCatchesViolations(t *testing.T) {
	n, b := gen.TentMap(16)
	rep, err := Run(context.Background(), slices.Values([]gen.Case{{Name: "tent", Net: n, Ball: b}}), []bound.Bound{three}, RunOptions{Limit: 10})
	require.NoError(t, err)
	require.Zero(t, rep.Exact)
	require.Len(t, rep.Violations, 1)
}
