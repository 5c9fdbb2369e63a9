package certificate

// Thousands of damaged proofs: each must be refused, or still be true, and both checkers must
// agree.

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/specimen"
)

func TestMutantsAreRefusedOrTrue(t *testing.T) { mutants(t, drawn, 0, 40, 100) }

func TestMutantsOfMaximaAreRefusedOrTrue(t *testing.T) { mutants(t, drawnOfMaxima, 0, 40, 100) }

func TestSoakMutantsAreRefusedOrTrue(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
	mutants(t, drawn, 1000, 10000, 200)
	mutants(t, drawnOfMaxima, 1000, 10000, 200)
}

func mutants(t *testing.T, drawn drawing, first, count, each int64) {
	accepted, tried := 0, 0
	for seed := first; seed < first+count; seed++ {
		w, b, r := drawn(seed)
		h := honestProof(w.net, b, r)
		for range each {
			m := &mutant{r: r, files: specimen.Folder{}}
			for name, text := range h.files {
				m.files[name] = text
			}
			for range 1 + r.Intn(2) {
				m.change()
			}
			if r.Intn(4) > 0 {
				m.repair(len(h.files))
			}
			if reflect.DeepEqual(m.files, h.files) {
				continue // no change
			}
			w.check(t, m.files, []int{1, 1, 1, 1, 1, 1, 1, 3}[r.Intn(8)])
			tried++
		}
		accepted += w.accepted
		if seed%1000 == 999 {
			t.Logf("%d of %d mutants accepted, all true", accepted, tried)
		}
	}
	t.Logf("%d of %d mutants accepted, all true", accepted, tried)
	require.Greater(t, accepted, int(count))
}

// TestAnotherNetworkIsRefusedOrTrue changes one number of a network, and the hash in the proof to
// match.
func TestAnotherNetworkIsRefusedOrTrue(t *testing.T) {
	for seed := range int64(50) {
		w, b, r := drawn(seed)
		h := honestProof(w.net, b, r)
		for range 10 {
			other := w.net
			other.Layers = append([]specimen.Layer(nil), other.Layers...)
			y := &other.Layers[r.Intn(len(other.Layers))]
			u := r.Intn(len(y.B))
			y.B = append([]float64(nil), y.B...)
			y.W = append([][]float64(nil), y.W...)
			y.W[u] = append([]float64(nil), y.W[u]...)
			number := append([]*float64{&y.B[u]}, &y.W[u][r.Intn(len(y.W[u]))])[r.Intn(2)]
			*number += []float64{0x1p-52, -0x1p-52, 1, -0.5}[r.Intn(4)]
			bad := specimen.Folder{}
			for name, text := range h.files {
				bad[name] = text
			}
			v := newTwins(other)
			bad["proof"] = bytes.Replace(bad["proof"], fmt.Appendf(nil, "%x", sha256.Sum256(w.text)), fmt.Appendf(nil, "%x", sha256.Sum256(v.text)), 1)
			v.check(t, bad, 1)
		}
	}
}

// mutant is a proof that is being damaged.
type mutant struct {
	r     *rand.Rand
	files specimen.Folder
	lines []string
}

var (
	numbers = regexp.MustCompile(`[0-9]+`)
	names   = regexp.MustCompile(`[A-Z]*[a-z]`)
	refers  = regexp.MustCompile(`(?m)^@ (\S+) sha256:[0-9a-f]{64}$`)
)

// end returns where the subtree that begins at line i ends.
func (m *mutant) end(i int) int {
	for left := 1; left > 0 && i < len(m.lines); i++ {
		switch (m.lines[i] + " ")[0] {
		case '*':
			left++
		case 'W', '?', '@':
			left--
		}
	}
	return i
}

// block returns the lines of a subtree anywhere.
func (m *mutant) block() (i, k int) {
	i = m.r.Intn(len(m.lines))
	return i, m.end(i)
}

// put puts lines in the place of those from i to k.
func (m *mutant) put(i, k int, lines ...string) {
	m.lines = append(append(append([]string(nil), m.lines[:i]...), lines...), m.lines[k:]...)
}

// change damages a file in one way.
func (m *mutant) change() {
	var all []string
	for i := range len(m.files) {
		for _, name := range []string{fmt.Sprint("part", i), "proof"} {
			if m.files[name] != nil {
				all = append(all, name)
			}
		}
	}
	name := all[m.r.Intn(len(all))]
	text := string(m.files[name])
	if m.r.Intn(10) == 0 {
		m.files[name] = m.bytes([]byte(text))
		return
	}
	m.lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	head := 0
	if name == "proof" && m.r.Intn(20) > 0 && len(m.lines) > 3 {
		head = 3
	}
	before := m.lines[:head]
	m.lines = m.lines[head:]
	if m.r.Intn(2) == 0 {
		m.inLine()
	} else {
		m.ofLines()
	}
	m.files[name] = []byte(strings.Join(append(append([]string(nil), before...), m.lines...), "\n") + "\n")
}

// bytes changes one byte.
func (m *mutant) bytes(b []byte) []byte {
	b = bytes.Clone(b)
	const letters = "0123456789abczABZ*+-<>[]W?@ \n\r\x00."
	i := m.r.Intn(len(b) + 1)
	c := letters[m.r.Intn(len(letters))]
	switch m.r.Intn(4) {
	case 0:
		b = append(b[:i:i], append([]byte{c}, b[i:]...)...)
	case 1:
		b = append(b[:i:i], b[min(i+1, len(b)):]...)
	case 2:
		b[min(i, len(b)-1)] = c
	case 3:
		b = b[:i]
	}
	if len(b) == 0 {
		return []byte("\n")
	}
	return b
}

// inLine damages one line.
func (m *mutant) inLine() {
	i := m.r.Intn(len(m.lines))
	line := m.lines[i]
	some := func(e *regexp.Regexp, by func(string) string) string {
		at := e.FindAllStringIndex(line, -1)
		if at == nil || m.r.Intn(40) == 0 {
			return line + by("1")
		}
		p := at[m.r.Intn(len(at))]
		return line[:p[0]] + by(line[p[0]:p[1]]) + line[p[1]:]
	}
	switch m.r.Intn(8) {
	case 0, 1, 2: // a number
		line = some(numbers, m.number)
	case 3: // a sign in front of one
		line = some(regexp.MustCompile(` ?-?[0-9]+`), func(s string) string {
			if rest, ok := strings.CutPrefix(s, "-"); ok {
				return " " + rest
			}
			return "-" + strings.TrimPrefix(s, " ")
		})
	case 4: // a name
		line = some(names, func(s string) string {
			return []string{"a", "b", "c", "Aa", "Ba", "A" + s, "", s + "a", "a" + s, s + "2", string(rune(s[len(s)-1] + 1))}[m.r.Intn(11)]
		})
	case 5: // two names exchanged
		if at := names.FindAllStringIndex(line, 2); len(at) == 2 {
			p, q := at[0], at[1]
			line = line[:p[0]] + line[q[0]:q[1]] + line[p[1]:q[0]] + line[p[0]:p[1]] + line[q[1]:]
		}
	case 6: // the kind
		kinds := "+-<>[]W?*@"
		if line != "" {
			line = string(kinds[m.r.Intn(len(kinds))]) + line[1:]
		}
	case 7: // near by: a prune that is named, an open cell
		for _, p := range []string{"+>", "-<", "[]", "W?"} {
			if at := strings.IndexByte(p, (line + " ")[0]); at >= 0 {
				line = p[1-at:2-at] + line[1:]
			}
		}
	}
	m.lines[i] = line
}

// number returns another number.
func (m *mutant) number(s string) string {
	v, _ := new(big.Int).SetString(s, 10)
	d := big.NewInt(1)
	switch m.r.Intn(8) {
	case 0:
		v.Add(v, d)
	case 1:
		v.Abs(v.Sub(v, d))
	case 2:
		v.Lsh(v, uint(m.r.Intn(70)))
	case 3:
		v.Rsh(v, 1)
	case 4:
		v.SetInt64(int64(m.r.Intn(5)))
	case 5:
		if v.Add(v, d.Lsh(d, uint(64*m.r.Intn(6)))); m.r.Intn(2) == 0 {
			v.Abs(v.Sub(v, d.Lsh(d, 1)))
		}
	case 6:
		return "0" + s
	case 7:
		return s + "0"
	}
	return v.String()
}

// ofLines damages the order of lines, or the tree.
func (m *mutant) ofLines() {
	n := len(m.lines)
	i, k := m.r.Intn(n), m.r.Intn(n)
	switch m.r.Intn(13) {
	case 0: // drop
		m.put(i, i+1)
	case 1: // repeat
		m.put(i, i, m.lines[k])
	case 2: // exchange two
		m.lines[i], m.lines[k] = m.lines[k], m.lines[i]
	case 3: // exchange neighbours
		k = min(i+1, n-1)
		m.lines[i], m.lines[k] = m.lines[k], m.lines[i]
	case 4: // exchange the two sides of a split
		if m.lines[i] == "*" {
			a, b := i+1, m.end(i+1)
			c := m.end(b)
			m.put(a, c, append(append([]string(nil), m.lines[b:c]...), m.lines[a:b]...)...)
		}
	case 5: // one side of a split alone
		if m.lines[i] == "*" {
			a, b := i+1, m.end(i+1)
			if m.r.Intn(2) == 0 {
				a, b = b, m.end(b)
			}
			m.put(i, m.end(i), append([]string(nil), m.lines[a:b]...)...)
		}
	case 6: // another subtree
		a, b := m.block()
		c, d := m.block()
		m.put(a, b, append([]string(nil), m.lines[c:d]...)...)
	case 7: // both sides alike
		a, b := m.block()
		m.put(a, a, append([]string{"*"}, m.lines[a:b]...)...)
	case 8: // leave a subtree
		a, b := m.block()
		for _, line := range m.lines[a:b] {
			if line != "" && line[0] == 'W' && m.r.Intn(3) > 0 {
				m.put(a, b, "?"+line[1:])
				break
			}
		}
	case 9: // a prune that may be needless
		m.put(i, i, fmt.Sprintf("%c%d %s", "+-<>"[m.r.Intn(4)], m.r.Intn(4), []string{"a", "2a", "ba", "b", "", "0", "1a", "c2b3a"}[m.r.Intn(8)]))
	case 10: // a bound
		m.put(i, i, fmt.Sprintf("%c%d %d %d %s", "[]"[m.r.Intn(2)], m.r.Intn(2), m.r.Intn(7)-3, m.r.Intn(3), []string{"a", "2a", "ba", "b", "99a"}[m.r.Intn(5)]))
	case 11: // a subtree moves to a part
		a, b := m.block()
		text := strings.Join(m.lines[a:b], "\n") + "\n"
		name := fmt.Sprint("new", len(m.files))
		m.files[name] = []byte(text)
		m.put(a, b, fmt.Sprintf("@ %s sha256:%x", name, sha256.Sum256([]byte(text))))
	case 12: // or back
		if p := refers.FindStringSubmatch(m.lines[i]); p != nil && m.files[p[1]] != nil {
			m.put(i, i+1, strings.Split(strings.TrimSuffix(string(m.files[p[1]]), "\n"), "\n")...)
		}
	}
	if len(m.lines) == 0 {
		m.lines = []string{""}
	}
}

// repair makes hashes and the count those of what was damaged, so that other faults come to light.
func (m *mutant) repair(parts int) {
	for range 3 { // parts of parts
		for name, text := range m.files {
			m.files[name] = refers.ReplaceAllFunc(text, func(line []byte) []byte {
				p := string(refers.FindSubmatch(line)[1])
				if b := m.files[p]; b != nil && !strings.HasSuffix(p, ".gz") {
					return fmt.Appendf(nil, "@ %s sha256:%x", p, sha256.Sum256(b))
				}
				return line
			})
		}
	}
	left := 500
	regions, open := m.leaves("proof", &left)
	count := fmt.Sprintf("count %d\n", regions)
	if open > 0 {
		count = fmt.Sprintf("count >= %d\n", regions+open)
	}
	if m.r.Intn(10) > 0 {
		m.files["proof"] = regexp.MustCompile(`(?m)^count .*\n`).ReplaceAll(m.files["proof"], []byte(count))
	}
}

// leaves counts leaves, in at most so many files.
func (m *mutant) leaves(name string, left *int) (regions, open int) {
	if *left--; *left < 0 {
		return 0, 0
	}
	text := m.files[name]
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return 0, 0
		}
		var b bytes.Buffer
		_, _ = b.ReadFrom(z)
		text = b.Bytes()
	}
	for _, line := range strings.Split(string(text), "\n") {
		switch (line + " ")[0] {
		case 'W':
			regions++
		case '?':
			open++
		case '@':
			if p := refers.FindStringSubmatch(line); p != nil {
				r, o := m.leaves(p[1], left)
				regions, open = regions+r, open+o
			}
		}
	}
	return regions, open
}
