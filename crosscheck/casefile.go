// Cases as files: what failed, in a form that can be sent to somebody else, who needs
// to believe nothing: the count comes with its proof.

package crosscheck

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/crosscheck/gen"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// CaseFile is a failure on disk. docs/crosscheck.md describes the fields.
type CaseFile struct {
	Version int        `json:"relucell-case"`
	Name    string     `json:"name"`
	Bound   string     `json:"bound"`
	Kind    bound.Kind `json:"kind"`
	Value   string     `json:"value"`
	// Than is "count", or the bound that Bound is claimed to dominate, with the value Limit.
	Than  string          `json:"than"`
	Limit string          `json:"limit"`
	Count string          `json:"count"`
	Ball  ball.JSON       `json:"ball"`
	Net   json.RawMessage `json:"net"`
	// NetFile and Proof are files beside this one, for relucell check.
	NetFile string `json:"net_file"`
	Proof   string `json:"proof"`
}

const caseVersion = 1

// CaseFiles are patterns of the names of the files that WriteCase writes.
var CaseFiles = []string{"*.case.json", "*.net.json", "*.proof"}

// caseBytes bounds a case file that is read.
const caseBytes = 64 << 20

// WriteCase writes a failure into dir as NAME.case.json, with the network as
// NAME.net.json and the proof of its count as NAME.proof, and returns the path of the first.
func WriteCase(ctx context.Context, dir, name string, f Failure) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	r, err := proof.Prove(ctx, f.Case.Net, f.Case.Ball, filepath.Join(dir, name+".proof"), enumerate.Options{Workers: 1})
	if err != nil {
		return "", err
	}
	net := f.Case.Net.Canonical()
	if err := files.WriteBytes(filepath.Join(dir, name+".net.json"), net); err != nil {
		return "", err
	}
	j := CaseFile{Version: caseVersion, Name: f.Case.Name, Bound: f.Bound, Kind: f.Kind, Value: f.Value.String(),
		Than: f.Than, Limit: f.Limit.String(), Count: r.Lower.String(), Ball: f.Case.Ball.JSON(),
		Net: net, NetFile: name + ".net.json", Proof: name + ".proof"}
	path := filepath.Join(dir, name+".case.json")
	return path, files.WriteJSON(path, j)
}

// ReadCase reads a case file. Errors name the file and the field.
func ReadCase(path string) (Failure, CaseFile, error) {
	f, j, err := readCase(path)
	if err != nil {
		return f, j, fmt.Errorf("%s: %w", path, err)
	}
	return f, j, nil
}

func readCase(path string) (f Failure, j CaseFile, err error) {
	text, err := files.ReadLimited(path, caseBytes)
	if err != nil {
		return f, j, err
	}
	if err := files.ReadJSON(bytes.NewReader(text), &j); err != nil {
		return f, j, fmt.Errorf("%w, expected a case file of relucell crosscheck", err)
	}
	if j.Version != caseVersion {
		return f, j, fmt.Errorf("relucell-case: %d, expected %d", j.Version, caseVersion)
	}
	if j.Kind != bound.Upper && j.Kind != bound.Lower {
		return f, j, fmt.Errorf("kind: %q, expected upper or lower", j.Kind)
	}
	f = Failure{Bound: j.Bound, Kind: j.Kind, Than: j.Than}
	f.Case.Name = j.Name
	if f.Case.Net, err = network.ReadCanonical(bytes.NewReader(j.Net)); err != nil {
		return f, j, fmt.Errorf("net: %w", err)
	}
	if f.Case.Ball, err = j.Ball.Ball(); err != nil {
		return f, j, fmt.Errorf("ball: %w", err)
	}
	if err := bound.CheckDims(f.Case.Net, f.Case.Ball); err != nil {
		return f, j, err
	}
	for _, v := range []struct {
		name, text string
		to         **big.Int
	}{{"value", j.Value, &f.Value}, {"limit", j.Limit, &f.Limit}, {"count", j.Count, &f.Case.Want}} {
		n, ok := new(big.Int).SetString(v.text, 10)
		if !ok {
			return f, j, fmt.Errorf("%s: %q, expected a whole number in quotes", v.name, v.text)
		}
		*v.to = n
	}
	return f, j, nil
}

// Replayed is what became of a case file.
type Replayed struct {
	// Stored is the failure as the file has it, Now as it is with the bounds given.
	Stored, Now Failure
	// Fails says that it still fails.
	Fails bool
	// Count is the count of now, exact.
	Count *big.Int
	// ProofChecked says that the proof beside the file was there and proves the count of the file.
	ProofChecked bool
}

// Replay reads a case file, counts again, evaluates the bound again, and checks the proof beside
// it. It is an error if no bound of that name is given, or if the proof is there and refused.
func Replay(ctx context.Context, path string, bounds []bound.Bound) (Replayed, error) {
	f, j, err := ReadCase(path)
	if err != nil {
		return Replayed{}, err
	}
	if !hasBound(bounds, f.Bound) || f.Than != "count" && !hasBound(bounds, f.Than) {
		return Replayed{}, fmt.Errorf("%s: bound: %q is not at hand, expected it among the bounds (a program's bound needs its command)", path, f.Bound)
	}
	out := Replayed{Stored: f}
	r, err := enumerate.Count(ctx, f.Case.Net, f.Case.Ball, enumerate.Options{})
	if err != nil {
		return out, fmt.Errorf("%s: %w", path, err)
	}
	if !r.Exact {
		return out, fmt.Errorf("%s: the count was stopped early", path)
	}
	out.Count = r.Lower
	rs := bound.Evaluate(ctx, pick(bounds, f.Bound, f.Than), f.Case.Net, f.Case.Ball)
	for _, res := range rs {
		if res.Err != nil {
			return out, fmt.Errorf("%s: bound %s: %w", path, res.Name, res.Err)
		}
	}
	out.Now, out.Fails = f.Again(ctx, f.Case, bounds)
	if j.Proof == "" {
		return out, nil
	}
	out.ProofChecked, err = checkBeside(ctx, path, j, f.Case)
	return out, err
}

// checkBeside checks the proof that a case file names, if it is there.
func checkBeside(ctx context.Context, path string, j CaseFile, c gen.Case) (bool, error) {
	if !filepath.IsLocal(j.Proof) {
		return false, fmt.Errorf("%s: proof: %q, expected the name of a file beside it", path, j.Proof)
	}
	beside := filepath.Join(filepath.Dir(path), j.Proof)
	if _, err := os.Stat(beside); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return true, checkProof(ctx, beside, c, j.Count)
}

// checkProof says whether the proof proves that the case has exactly count regions.
func checkProof(ctx context.Context, path string, c gen.Case, count string) error {
	rep, err := certificate.CheckContext(ctx, c.Net.Canonical(), path, certificate.Options{})
	if err != nil {
		return err
	}
	if rep.AtLeast || fmt.Sprint(rep.Count) != count {
		return fmt.Errorf("%s: proves %v, expected exactly %s", path, rep.Count, count)
	}
	if got := rep.Ball; got != proof.SpellBall(c.Ball) {
		return fmt.Errorf("%s: is about the ball %s, expected %s", path, got, proof.SpellBall(c.Ball))
	}
	return nil
}

func hasBound(bounds []bound.Bound, name string) bool { return len(pick(bounds, name)) > 0 }

// pick returns the bounds with one of the names.
func pick(bounds []bound.Bound, names ...string) []bound.Bound {
	return slices.DeleteFunc(slices.Clone(bounds), func(b bound.Bound) bool { return !slices.Contains(names, b.Name()) })
}
