// The output folder: files that are there whole or not at all, and the manifest that reproduces
// them.

package experiment

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

// Maker says what made a folder. It holds no time.
type Maker struct {
	Version int    `json:"relucell-experiment"`
	Kind    string `json:"kind"`
	// Relucell, Go, GoMLX and Platform made the files. Another platform may round otherwise.
	Relucell string `json:"relucell"`
	Go       string `json:"go"`
	GoMLX    string `json:"gomlx"`
	Platform string `json:"platform"`
}

// Manifest is that of a study.
type Manifest struct {
	Maker
	Config Config `json:"config,omitzero"`
	// Recurrent is the configuration of a study of recurrent networks, in the place of Config.
	Recurrent *RecurrentStudy `json:"recurrent,omitempty"`
	// Recover is that of a study of what samples give away.
	Recover *RecoverStudy `json:"recover,omitempty"`
	// Networks and Files are there once the experiment is complete.
	Networks []File `json:"networks,omitempty"`
	Files    []File `json:"files,omitempty"`
}

// File is a file of the folder and the hash of its bytes; a network's hash is its fingerprint.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// The kinds of manifests: of Training, Recurrent and Recover.
const (
	KindTraining  = "training"
	KindRecurrent = "recurrent"
	KindRecover   = "recover"
)

const (
	manifestVersion = 1
	manifestName    = "manifest.json"
	tableName       = "measurements.csv"
	statisticsName  = "statistics.csv"
	// maxManifestBytes is far beyond the manifest of any experiment.
	maxManifestBytes = 1 << 26
	figuresFolder    = "figures"
)

func maker(kind, version string) Maker {
	gomlx, _ := files.Version("github.com/gomlx/gomlx")
	return Maker{manifestVersion, kind, version, runtime.Version(), gomlx, runtime.GOOS + "/" + runtime.GOARCH}
}

func newManifest(kind, version string) *Manifest { return &Manifest{Maker: maker(kind, version)} }

// Outcome is what all finished studies have.
type Outcome struct {
	Manifest *Manifest
	// Skipped is the number of networks, or of runs, that an earlier call had done.
	Skipped int
}

// Made returns the manifest.
func (o *Outcome) Made() *Manifest { return o.Manifest }

// ReadManifest reads a manifest of a kind; errors name the file and what was expected. The study in
// it wants Open, where it has that, and Check.
func ReadManifest(path, kind string) (*Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, files.Plain(err)
	}
	defer f.Close()
	m := &Manifest{}
	if err := files.ReadJSON(io.LimitReader(f, maxManifestBytes), m); err != nil {
		return nil, fmt.Errorf("%s: %w, expected an experiment's manifest", path, err)
	}
	if m.Version != manifestVersion || m.Kind != kind {
		return nil, fmt.Errorf("%s: version %d of kind %q, expected version %d of kind %q", path, m.Version, m.Kind, manifestVersion, kind)
	}
	if kind == KindRecurrent && m.Recurrent == nil || kind == KindRecover && m.Recover == nil {
		return nil, fmt.Errorf("%s: no field %q, expected the study", path, kind)
	}
	return m, nil
}

// Compare says whether other has the same networks and tables, and if not, names the first that
// differs.
func (m *Manifest) Compare(other *Manifest) error {
	for _, l := range []struct{ a, b []File }{{m.Networks, other.Networks}, {m.Files, other.Files}} {
		if len(l.a) != len(l.b) {
			return fmt.Errorf("%d files, expected %d", len(l.b), len(l.a))
		}
		for i, f := range l.a {
			if l.b[i] != f {
				return fmt.Errorf("%s: sha256 %s, expected %s %s", l.b[i].Name, l.b[i].SHA256, f.Name, f.SHA256)
			}
		}
	}
	return nil
}

// folder is the output folder.
type folder string

func (f folder) path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

// ErrFolder marks an output folder that holds something else.
var ErrFolder = errors.New("expected a new folder, or one that holds a part of this experiment")

// prepare makes the folder, or finds in it the same experiment, done in part or whole, and returns
// the manifest of that.
func (f folder) prepare(m *Manifest) (*Manifest, error) {
	names, err := os.ReadDir(string(f))
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(names) == 0:
		if err := os.MkdirAll(string(f), 0o777); err != nil {
			return nil, fmt.Errorf("%w, %w", files.Plain(err), ErrFolder)
		}
		return m, files.WriteJSON(f.path(manifestName), m)
	case err != nil:
		return nil, fmt.Errorf("%w, %w", files.Plain(err), ErrFolder)
	}
	if err := files.CheckFolder(string(f), "*.json", "*.csv", "networks/*", partsFolder+"/*", figuresFolder+"/*"); err != nil {
		return nil, fmt.Errorf("%w (%w)", err, ErrFolder)
	}
	old, err := ReadManifest(f.path(manifestName), m.Kind)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: not empty and without a %s, %w", string(f), manifestName, ErrFolder)
	}
	if err != nil {
		return nil, err
	}
	if !sameConfig(old, m) {
		return nil, fmt.Errorf("%s: made with other settings, %w", f.path(manifestName), ErrFolder)
	}
	return old, nil
}

// complete returns the rows of a finished experiment that is whole: all tables and networks are as
// its manifest has them.
func (f folder) complete(m *Manifest) ([]Row, bool) {
	for _, file := range append(append([]File(nil), m.Files...), m.Networks...) {
		if !f.holds(file) {
			return nil, false
		}
	}
	if len(m.Files) == 0 {
		return nil, false
	}
	text, err := os.ReadFile(f.path(tableName))
	if err != nil {
		return nil, false
	}
	rows, err := readRows(text)
	return rows, err == nil
}

// readRows reads what csvText made of rows, where nothing is a comment: a row begins with the name
// of a file of data, which may begin with #.
func readRows(text []byte) (rows []Row, err error) {
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord = len(rowHeader)
	records, err := in.ReadAll()
	if err != nil || len(records) == 0 {
		return nil, err
	}
	for _, f := range records[1:] {
		seed, errSeed := strconv.ParseUint(f[2], 10, 64)
		epoch, errEpoch := strconv.Atoi(f[3])
		if err := errors.Join(errSeed, errEpoch); err != nil {
			return nil, err
		}
		rows = append(rows, Row{f[0], f[1], seed, epoch, f[4], f[5], f[6], f[7], f[8], f[9]})
	}
	return rows, nil
}

// sameConfig compares what the manifests hold of the configurations.
func sameConfig(a, b *Manifest) bool {
	x, errX := json.Marshal([]any{a.Config, a.Recurrent, a.Recover})
	y, errY := json.Marshal([]any{b.Config, b.Recurrent, b.Recover})
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// write writes a file, and makes its folder.
func (f folder) write(name string, text []byte) error {
	path := f.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return files.Plain(err)
	}
	return files.WriteBytes(path, text)
}

// savePart keeps a part of a study that is done, for whoever calls again.
func (f folder) savePart(name string, part any) error {
	text, err := json.Marshal(part)
	if err != nil {
		return err
	}
	return f.write(partsFolder+"/"+name+".json", text)
}

// loadPart reads a part into *p and reports true; not one that is not there, is damaged, or is not
// whole: it is made again.
func loadPart[P any](f folder, name string, p *P, whole func(*P) bool) bool {
	text, err := os.ReadFile(f.path(partsFolder + "/" + name + ".json"))
	var read P
	if err != nil || json.Unmarshal(text, &read) != nil || !whole(&read) {
		return false
	}
	*p = read
	return true
}

func (f folder) writeNetwork(name string, n *network.Network) (File, error) {
	return f.writeFile(name, n.Canonical())
}

// writeFile writes and returns the entry of the manifest.
func (f folder) writeFile(name string, text []byte) (File, error) {
	return fileOf(name, text), f.write(name, text)
}

func fileOf(name string, text []byte) File {
	h := sha256.Sum256(text)
	return File{name, hex.EncodeToString(h[:])}
}

// holdsAll says that all of them are there.
func (f folder) holdsAll(list []File) bool {
	return !slices.ContainsFunc(list, func(want File) bool { return !f.holds(want) })
}

// holds reports whether the file is there with those bytes.
func (f folder) holds(want File) bool {
	text, err := os.ReadFile(f.path(want.Name))
	return err == nil && fileOf(want.Name, text) == want
}

func csvText(header []string, records [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err := errors.Join(w.Write(header), w.WriteAll(records))
	return b.Bytes(), err
}
