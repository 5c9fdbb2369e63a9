package certificate

// Files that are too large, cut off, cyclic, missing or elsewhere.

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/affine"
	"github.com/relucell/relucell/certificate/internal/canonical"
	"github.com/relucell/relucell/certificate/internal/nettext"
	"github.com/relucell/relucell/certificate/internal/specimen"
)

func TestGzipBombsAreRefusedInLittleMemory(t *testing.T) {
	net := specimen.OneLayer([]float64{0, 0.5}, []float64{1}, []float64{1})
	head := header(t, net, "linf 0x1p+0 0x0p+0")
	for name, c := range map[string]struct{ filler, reason string }{
		"one endless line":      {"+" + strings.Repeat("1", 1<<24), "longer than"},
		"endless empty lines":   {strings.Repeat("\n", 1<<24), "proof.gz:4: "},
		"endless decisions":     {"*\n" + strings.Repeat("+1 a\n", 1<<23), "positive somewhere"},
		"an endless witness":    {"*\nW0" + strings.Repeat(" 0", 1<<23), "longer than"},
		"an endless number":     {"*\n*\nW1-" + strings.Repeat("1", canonical.MaxLine/2) + "\n", "proof.gz:6: expected"},
		"an endless exponent":   {"*\n*\nW" + strings.Repeat("1", canonical.MaxLine/2) + "-1\n", "proof.gz:6: expected"},
		"an endless multiplier": {"*\n+1 " + strings.Repeat("1", canonical.MaxLine/2) + "a\n", "multiplier"},
		"junk after the end":    {"*\n*\nW2-3\nW3-1\n+1 a\nW1 1\ncount 3\n" + strings.Repeat("\x00", 1<<24), "end of the file"},
	} {
		t.Run(name, func(t *testing.T) {
			bomb := specimen.Zipped([]byte(head + c.filler))
			before := specimen.Allocated()
			_, err := Check(net.Text(), "proof.gz", Options{Workers: 1, open: specimen.Folder{"proof.gz": bomb}.Open})
			specimen.RequireLittle(t, before, 8*canonical.MaxLine)
			require.ErrorContains(t, err, c.reason)
		})
	}
	good := specimen.Zipped([]byte(head + "*\n*\nW2-3\nW3-1\n+1 a\nW1 1\ncount 3\n"))
	check := func(b []byte) error {
		_, err := Check(net.Text(), "proof.gz", Options{open: specimen.Folder{"proof.gz": b}.Open})
		return err
	}
	require.NoError(t, check(good))
	require.Error(t, check(append(bytes.Clone(good), good...)), "two members are one longer text")
	require.Error(t, check(append(bytes.Clone(good), 'x')))
	for n := range good {
		require.Error(t, check(good[:n]), "cut after %d bytes", n)
	}
}

func TestPartsThatAreCyclicMissingOrElsewhere(t *testing.T) {
	net := specimen.OneLayer([]float64{0, 0.5}, []float64{1}, []float64{1})
	head := header(t, net, "linf 0x1p+0 0x0p+0")
	line := func(name, text string) string {
		return fmt.Sprintf("@ %s sha256:%x\n", name, sha256.Sum256([]byte(text)))
	}
	right := "+1 a\nW1 1\n"
	left := "*\nW2-3\nW3-1\n"
	zero := "sha256:" + strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		tree, reason string
		parts        specimen.Folder
	}{
		"good":              {"*\n" + line("l", left) + line("r", right) + "count 3\n", "", specimen.Folder{"l": []byte(left), "r": []byte(right)}},
		"missing":           {"*\n" + line("l", left) + line("r", right) + "count 3\n", "not exist", specimen.Folder{"l": []byte(left)}},
		"named twice":       {"*\n" + line("l", left) + line("l", left) + "count 4\n", "l:2: the witness", specimen.Folder{"l": []byte(left)}},
		"cyclic":            {"*\n" + line("l", left) + "@ c " + zero + "\ncount 4\n", "another part", specimen.Folder{"l": []byte(left), "c": []byte("@ c " + zero + "\n")}},
		"cyclic by a line":  {"*\n" + line("l", left) + "@ c " + zero + "\ncount 4\n", "are decided", specimen.Folder{"l": []byte(left), "c": []byte("*\n@ c " + zero + "\n")}},
		"the proof itself":  {"*\n@ proof " + zero + "\n" + line("r", right) + "count 3\n", "begins with", specimen.Folder{"r": []byte(right)}},
		"a wrong hash":      {"*\n@ l " + zero + "\n" + line("r", right) + "count 3\n", "its hash is", specimen.Folder{"l": []byte(left), "r": []byte(right)}},
		"two subtrees":      {"*\n" + line("l", left+right) + line("r", right) + "count 3\n", "end of the file", specimen.Folder{"l": []byte(left + right), "r": []byte(right)}},
		"half a subtree":    {"*\n" + line("l", "*\n") + line("r", right) + "count 3\n", "ends here", specimen.Folder{"l": []byte("*\n"), "r": []byte(right)}},
		"an empty part":     {"*\n" + line("l", "") + line("r", right) + "count 3\n", "ends here", specimen.Folder{"l": nil, "r": []byte(right)}},
		"with its count":    {"*\n" + line("l", left+"count 2\n") + line("r", right) + "count 3\n", "end of the file", specimen.Folder{"l": []byte(left + "count 2\n"), "r": []byte(right)}},
		"another folder":    {"*\n@ ../l " + zero + "\n", "expected @", nil},
		"an absolute name":  {"*\n@ /l " + zero + "\n", "expected @", nil},
		"a hidden file":     {"*\n@ .l " + zero + "\n", "expected @", nil},
		"no name":           {"*\n@  " + zero + "\n", "expected @", nil},
		"no hash":           {"*\n@ l\n", "expected @", nil},
		"another hash kind": {"*\n@ l md5:00\n", "expected @", nil},
	} {
		t.Run(name, func(t *testing.T) {
			files := specimen.Folder{"proof": []byte(head + c.tree)}
			for k, v := range c.parts {
				files[k] = v
			}
			for workers := 1; workers <= 3; workers++ {
				rep, err := Check(net.Text(), "proof", Options{Workers: workers, open: files.Open})
				if c.reason == "" {
					require.NoError(t, err)
					require.EqualValues(t, 3, rep.Count)
					require.EqualValues(t, 2, rep.Parts)
					continue
				}
				require.ErrorContains(t, err, c.reason)
			}
		})
	}
}

// The parts of a proof that was written through a link lie beside the file, not beside the link.
func TestPartsAreFoundBehindALink(t *testing.T) {
	path := tempProof(t, "p")
	net := specimen.OneLayer([]float64{0}, []float64{1})
	part := "W1-1\n"
	text := fmt.Sprintf("%s*\n@ l sha256:%x\nW1 1\ncount 2\n", header(t, net, "linf 0x1p+0 0x0p+0"), sha256.Sum256([]byte(part)))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "l"), []byte(part), 0o600))
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(path, link))
	rep, err := Check(net.Text(), link, Options{})
	require.NoError(t, err)
	require.EqualValues(t, 2, rep.Count)
	require.Positive(t, rep.Parts)
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	_, err = Check(net.Text(), link, Options{})
	require.Error(t, err)
}

// TestBothCheckersOfFiles: names of parts, and parts that are compressed.
func TestBothCheckersOfFiles(t *testing.T) {
	w := newTwins(specimen.OneLayer([]float64{0}, []float64{1}))
	text := []byte("*\nW1-1\nW1 1\n")
	packed := specimen.Zipped(text)
	long := strings.Repeat("n", 255)
	for name, c := range map[string]struct {
		file string
		b    []byte
		ok   bool
	}{
		"plain":                {"p", text, true},
		"compressed":           {"p.gz", packed, true},
		"two members":          {"p.gz", append(specimen.Zipped(text[:5]), specimen.Zipped(text[5:])...), true},
		"an empty member":      {"p.gz", append(bytes.Clone(packed), specimen.Zipped(nil)...), true},
		"something behind":     {"p.gz", append(bytes.Clone(packed), 0), false},
		"zeros behind":         {"p.gz", append(bytes.Clone(packed), make([]byte, 512)...), false},
		"cut off":              {"p.gz", packed[:len(packed)-1], false},
		"plain, but so named":  {"p.gz", text, false},
		"packed, but not so":   {"p", packed, false},
		"an ending in capital": {"p.GZ", packed, false},
		"the ending alone":     {"gz", text, true},
		"a long name":          {long, text, true},
		"a longer name":        {long + "n", text, false},
		"a leading dot":        {".p", text, false},
		"a leading minus":      {"-p", text, false},
		"a leading underscore": {"_-.p", text, true},
		"two dots":             {"p..p", text, true},
		"a slash":              {"p/p", text, false},
		"a letter of another":  {"é", text, false},
	} {
		t.Run(name, func(t *testing.T) {
			right := fmt.Sprintf("@ %s sha256:%x\n", c.file, sha256.Sum256(text))
			line := right
			if !c.ok && c.file == "p" {
				line = fmt.Sprintf("@ p sha256:%x\n", sha256.Sum256(c.b))
			}
			for _, line := range []string{line, strings.Replace(line, " ", "  ", 1), strings.ToUpper(line), strings.TrimSuffix(line, "\n") + " \n", line[:len(line)-2] + "\n"} {
				files := specimen.Folder{c.file: c.b, "proof": fmt.Appendf(nil, "relucell-certificate 2\nnet sha256:%x\nball linf 0x1p+0 0x0p+0\n%scount 2\n", sha256.Sum256(w.text), line)}
				rep := w.check(t, files, 1)
				require.Equal(t, c.ok && line == right, rep != nil, "%q", line)
			}
		})
	}
}

func TestPartsHaveBoxesOfTheirOwn(t *testing.T) {
	net := specimen.OneLayer([]float64{0}, []float64{1})
	n, err := readNet(background, net.Text(), nettext.DenseMost)
	if err != nil {
		t.Fatal(err)
	}
	in := canonical.NewLines("p", strings.NewReader(""))
	c := &checker{Verdict: canonical.NewVerdict(background), net: n, ball: affine.ReadBall(in, "box 0x0p+0 0x1p+3", 1)}
	w := c.newWalker(in)
	w.at = 1
	for i, x := range []int64{7, 6} { // the upper end, 8, comes down
		if at := &w.levels[1]; at.q != at.own {
			at.own.Set(c.ball.Box)
			at.q = at.own
		}
		other := w.newWalker(nil)
		other.follow(&w.place)
		w.levels[1].q.Narrow(1, big.NewInt(x), 0)
		if hi := other.levels[1].q.Hi[0].Int64(); hi != 8-int64(i) {
			t.Errorf("the box of the part ends at %d, expected %d", hi, 8-i)
		}
		if hi := w.levels[1].q.Short[1]; hi != int(x) {
			t.Errorf("the box ends at %d, expected %d", hi, x)
		}
	}
	if hi := c.ball.Box.Hi[0].Int64(); hi != 8 {
		t.Errorf("the ball ends at %d, expected 8", hi)
	}
}
