package certificate

// Thousands of damaged proofs: each must be refused, or still be true. What is true is
// asked of the exact generator, which clips the cells of the damaged claim anew.

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/proof"
)

// truth counts the regions of a network in a ball spelled as in a proof; −1 if
// the generator cannot.
func truth(t testing.TB, net tnet, ball string) int64 {
	tokens := strings.Split(ball, " ")
	var v []float64
	for _, s := range tokens[1:] {
		m, e, ok := dyadic(s)
		require.True(t, ok)
		f, acc := new(big.Float).SetMantExp(new(big.Float).SetInt(m), e).Float64()
		if acc != big.Exact || m.Sign() != 0 && f == 0 {
			return -1
		}
		v = append(v, f)
	}
	b := tball{Norm: tokens[0]}
	if b.Norm == "box" {
		b.Lo, b.Hi = v[:len(v)/2], v[len(v)/2:]
	} else {
		b.Radius, b.Center = v[0], v[1:]
	}
	if b.Norm == "l2" && net.inputs > 1 {
		return -1
	}
	cell, cons := facets(b)
	w, err := proof.NewWriter(tempProof(t, "truth"), proof.Header{Net: net.hash(t), Ball: b.ball(t), PartSize: 1 << 16})
	require.NoError(t, err)
	defer w.Abort()
	g := &gen{net: net, w: w, rnd: rand.New(rand.NewSource(1)), cons: cons}
	for range cons {
		g.who = append(g.who, -1)
	}
	g.walk(cell, nil)
	return g.regions
}

// mutate damages a text of lines in one way.
func mutate(r *rand.Rand, text []byte) []byte {
	lines := strings.SplitAfter(string(text), "\n")
	lines = lines[:len(lines)-1]
	if len(lines) < 2 {
		return append([]byte("x"), text...)
	}
	i, k := r.Intn(len(lines)), r.Intn(len(lines))
	tokens := strings.Split(strings.TrimSuffix(lines[i], "\n"), " ")
	n := r.Intn(len(tokens))
	put := func(s string) { tokens[n] = s; lines[i] = strings.Join(tokens, " ") + "\n" }
	switch r.Intn(16) {
	case 0: // truncate
		return text[:r.Intn(len(text))]
	case 1: // delete a line
		lines = append(lines[:i:i], lines[i+1:]...)
	case 2: // swap two lines
		lines[i], lines[k] = lines[k], lines[i]
	case 3: // repeat a line
		lines = append(lines[:i:i], append([]string{lines[i]}, lines[i:]...)...)
	case 4: // negate a number or a sign
		if s, ok := strings.CutPrefix(tokens[n], "-"); ok && s != "" {
			put(s)
		} else {
			put("-" + tokens[n])
		}
	case 5: // change the signs of a line
		lines[i] = strings.NewReplacer("+", "-", "-", "+").Replace(lines[i])
	case 6: // a multiplier of zero, or another
		head, tail, ok := strings.Cut(tokens[n], ":")
		if ok {
			put(head + ":" + []string{"0", "1", "2", tail + "0"}[r.Intn(4)])
		} else {
			put([]string{"0", "1", "2", "-1"}[r.Intn(4)])
		}
	case 7: // another ancestor
		if _, tail, ok := strings.Cut(tokens[n], ":"); ok {
			put(fmt.Sprint(r.Intn(9), ":", tail))
		} else {
			put(tokens[n] + fmt.Sprintf(" %d:%d", r.Intn(9), r.Intn(3)))
		}
	case 8: // drop a token
		tokens = append(tokens[:n:n], tokens[n+1:]...)
		lines[i] = strings.Join(tokens, " ") + "\n"
	case 9: // one hexadecimal digit of a number
		if p := strings.IndexByte(tokens[n], 'p'); p > 0 {
			put(tokens[n][:p-1] + string("0123456789abcdef"[r.Intn(16)]) + tokens[n][p:])
		}
	case 10: // the exponent
		if p := strings.IndexByte(tokens[n], 'p'); p > 0 {
			put(tokens[n][:p] + []string{"p+1", "p-1", "p+20000", "p-20000", "p+999999999999", "p-0", "p+07"}[r.Intn(7)])
		}
	case 11: // junk at the end
		lines = append(lines, []string{"x\n", "\n", "count 1\n", lines[k], "\x00"}[r.Intn(5)])
	case 12: // one byte
		b := bytes.Clone(text)
		b[r.Intn(len(b))] ^= byte(1 << r.Intn(8))
		return b
	case 13: // the count, by a little
		lines[len(lines)-1] = strings.NewReplacer("count 1", "count 2", "count 2", "count 1", "count", "count >=", ">= ", "").Replace(lines[len(lines)-1])
	case 14: // another kind of line
		put([]string{"*", "0", "W", "?", "+ 1", "- 1", "=+-", "@ proof sha256:00", ""}[r.Intn(9)])
	case 15: // move a block of lines
		if k < i {
			i, k = k, i
		}
		block := append([]string(nil), lines[i:k]...)
		rest := append(append([]string(nil), lines[:i]...), lines[k:]...)
		at := r.Intn(len(rest) + 1)
		lines = append(append(append([]string(nil), rest[:at]...), block...), rest[at:]...)
	}
	return []byte(strings.Join(lines, ""))
}

// accepted requires that what was accepted is true.
func accepted(t testing.TB, net tnet, r *Report, known map[string]int64, what string) {
	want, ok := known[r.Ball]
	if !ok {
		want = truth(t, net, r.Ball)
		known[r.Ball] = want
	}
	if want < 0 {
		return
	}
	if r.AtLeast {
		require.LessOrEqual(t, r.Count, want, what)
	} else {
		require.Equal(t, want, r.Count, what)
	}
}

func TestMutantsAreRefusedOrTrue(t *testing.T) {
	refused, total := 0, 0
	for seed := range int64(12) {
		r := rand.New(rand.NewSource(seed))
		in := 1 + int(seed%2)
		net := randomNet(r, seed%4 >= 2, []string{"relu", "leaky_relu"}, in, 3, 2, 1)
		if seed >= 8 {
			net = randomNet(r, seed%4 >= 2, []string{"mixed"}, in, 3, 2, 1)
		}
		ball := unitBalls(in)[r.Intn(3+in%2)]
		path := tempProof(t, "proof")
		stop := 0.0
		if seed%6 == 5 {
			stop = 0.1
		}
		prove(t, net, ball, path, seed, false, stop, []int{0, 160}[seed%2])
		good := folder(t, filepath.Dir(path))
		known := map[string]int64{}
		names := []string{"proof"}
		for name := range good {
			if name != "proof" {
				names = append(names, name)
			}
		}
		for range 700 {
			bad := memory{}
			for k, v := range good {
				bad[k] = v
			}
			name := names[r.Intn(len(names))]
			bad[name] = mutate(r, bad[name])
			if name != "proof" && r.Intn(4) > 0 { // so that the hash does not give it away
				for k := range bad {
					bad[k] = bytes.ReplaceAll(bad[k], fmt.Appendf(nil, "%x", sha256.Sum256(good[name])), fmt.Appendf(nil, "%x", sha256.Sum256(bad[name])))
				}
			}
			total++
			rep, err := Check(net.text(), "proof", Options{Workers: 1 + r.Intn(2), open: bad.open})
			if err != nil {
				var e *Error
				require.ErrorAs(t, err, &e)
				refused++
				continue
			}
			accepted(t, net, rep, known, string(bad[name]))
		}
	}
	require.Greater(t, refused, total*8/10)
	t.Logf("%d of %d mutants refused, the others true", refused, total)
}

// TestAnotherNetworkIsRefusedOrTrue changes one bit of one weight, and the hash in the proof to
// match.
func TestAnotherNetworkIsRefusedOrTrue(t *testing.T) {
	refused := 0
	for seed := range int64(200) {
		r := rand.New(rand.NewSource(seed))
		net := randomNet(r, true, []string{"relu"}, 2, 4, 3, 1)
		path := tempProof(t, "proof")
		prove(t, net, unitBalls(2)[0], path, seed, false, 0, 0)
		good := folder(t, filepath.Dir(path))
		hash := net.hash(t)
		y := &net.layers[r.Intn(2)]
		u := r.Intn(len(y.b))
		shift := []float64{0x1p-52, -0x1p-52, 0x1p-52, 1}[r.Intn(4)]
		if r.Intn(2) == 0 {
			y.w[u][r.Intn(2)] += shift
		} else {
			y.b[u] += shift
		}
		_, err := Check(net.text(), "proof", Options{open: good.open})
		require.ErrorContains(t, err, "another network")
		bad := memory{"proof": bytes.ReplaceAll(good["proof"], []byte(hash), []byte(net.hash(t)))}
		rep, err := Check(net.text(), "proof", Options{open: bad.open})
		if err != nil {
			refused++
			continue
		}
		accepted(t, net, rep, map[string]int64{}, fmt.Sprint("seed ", seed))
	}
	require.Greater(t, refused, 50)
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestGzipBombsAreRefusedInLittleMemory(t *testing.T) {
	net := oneLayer([]float64{0}, []float64{1})
	head := header(t, net, "linf 0x1p+0 0x0p+0")
	for name, c := range map[string]struct{ filler, reason string }{
		"one endless line":      {"=" + strings.Repeat("+", 1<<24), "longer than"},
		"endless empty lines":   {strings.Repeat("\n", 1<<24), "begins with"},
		"endless decisions":     {strings.Repeat("+ 1\n", 1<<23), "positive somewhere"},
		"an endless witness":    {"*\nW " + strings.Repeat("0x0p+0 ", 1<<22), "longer than"},
		"an endless number":     {"*\nW -0x1." + strings.Repeat("1", maxLine/2) + "p-1\n", "coordinate 0"},
		"an endless exponent":   {"*\nW -0x1p-" + strings.Repeat("1", maxLine/2) + "\n", "coordinate 0"},
		"an endless multiplier": {"+ " + strings.Repeat("1", maxLine/2) + "\n", "an integer"},
		"junk after the end":    {"*\nW -0x1p-1\nW 0x1p-1\ncount 2\n" + strings.Repeat("\x00", 1<<24), "end of the file"},
	} {
		t.Run(name, func(t *testing.T) {
			bomb := zipped([]byte(head + c.filler))
			before := allocated()
			_, err := Check(net.text(), "proof.gz", Options{Workers: 1, open: memory{"proof.gz": bomb}.open})
			after := allocated()
			require.ErrorContains(t, err, c.reason)
			require.Less(t, after-before, uint64(8*maxLine))
		})
	}
	good := zipped([]byte(head + "*\nW -0x1p-1\nW 0x1p-1\ncount 2\n"))
	check := func(b []byte) error {
		_, err := Check(net.text(), "proof.gz", Options{open: memory{"proof.gz": b}.open})
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
	net := oneLayer([]float64{0, 0.5}, []float64{1}, []float64{1})
	head := header(t, net, "linf 0x1p+0 0x0p+0")
	line := func(name, text string) string {
		return fmt.Sprintf("@ %s sha256:%x\n", name, sha256.Sum256([]byte(text)))
	}
	right := "+ 1 0:1\nW 0x1p-1\n"
	left := "*\nW -0x1.8p-1\nW -0x1p-2\n"
	zero := "sha256:" + strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		tree, reason string
		parts        memory
	}{
		"good":              {"*\n" + line("l", left) + line("r", right) + "count 3\n", "", memory{"l": []byte(left), "r": []byte(right)}},
		"missing":           {"*\n" + line("l", left) + line("r", right) + "count 3\n", "not exist", memory{"l": []byte(left)}},
		"named twice":       {"*\n" + line("l", left) + line("l", left) + "count 4\n", "the path has", memory{"l": []byte(left)}},
		"cyclic":            {"*\n" + line("l", left) + "@ c " + zero + "\ncount 4\n", "another part", memory{"l": []byte(left), "c": []byte("@ c " + zero + "\n")}},
		"cyclic by a line":  {"*\n" + line("l", left) + "@ c " + zero + "\ncount 4\n", "are decided", memory{"l": []byte(left), "c": []byte("*\n@ c " + zero + "\n")}},
		"the proof itself":  {"*\n@ proof " + zero + "\n" + line("r", right) + "count 3\n", "begins with", memory{"r": []byte(right)}},
		"a wrong hash":      {"*\n@ l " + zero + "\n" + line("r", right) + "count 3\n", "its hash is", memory{"l": []byte(left), "r": []byte(right)}},
		"two subtrees":      {"*\n" + line("l", left+right) + line("r", right) + "count 3\n", "end of the file", memory{"l": []byte(left + right), "r": []byte(right)}},
		"half a subtree":    {"*\n" + line("l", "*\n") + line("r", right) + "count 3\n", "ends here", memory{"l": []byte("*\n"), "r": []byte(right)}},
		"an empty part":     {"*\n" + line("l", "") + line("r", right) + "count 3\n", "ends here", memory{"l": nil, "r": []byte(right)}},
		"with its count":    {"*\n" + line("l", left+"count 2\n") + line("r", right) + "count 3\n", "end of the file", memory{"l": []byte(left + "count 2\n"), "r": []byte(right)}},
		"another folder":    {"*\n@ ../l " + zero + "\n", "expected @", nil},
		"an absolute name":  {"*\n@ /l " + zero + "\n", "expected @", nil},
		"a hidden file":     {"*\n@ .l " + zero + "\n", "expected @", nil},
		"no name":           {"*\n@  " + zero + "\n", "expected @", nil},
		"no hash":           {"*\n@ l\n", "expected @", nil},
		"another hash kind": {"*\n@ l md5:00\n", "expected @", nil},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory{"proof": []byte(head + c.tree)}
			for k, v := range c.parts {
				files[k] = v
			}
			for workers := 1; workers <= 3; workers++ {
				rep, err := Check(net.text(), "proof", Options{Workers: workers, open: files.open})
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

func FuzzCheck(f *testing.F) {
	net := randomNet(rand.New(rand.NewSource(3)), true, []string{"relu", "leaky_relu"}, 2, 3, 2, 1)
	for i, b := range unitBalls(2) {
		path := tempProof(f, "proof")
		prove(f, net, b, path, int64(i), false, 0.1*float64(i), 0)
		f.Add(folder(f, filepath.Dir(path))["proof"])
	}
	text := net.text()
	f.Fuzz(func(t *testing.T, proof []byte) {
		rep, err := Check(text, "proof", Options{Workers: 1, open: memory{"proof": proof}.open})
		if err == nil {
			accepted(t, net, rep, map[string]int64{}, string(proof))
		}
	})
}

func FuzzReadNet(f *testing.F) {
	f.Add(tent(2).text())
	f.Add(randomNet(rand.New(rand.NewSource(3)), false, []string{"leaky_relu", "none"}, 2, 2, 2, 1).text())
	f.Add(randomNet(rand.New(rand.NewSource(3)), false, []string{"mixed"}, 2, 2, 2, 1).text())
	f.Fuzz(func(t *testing.T, text []byte) {
		if n, err := readNet(text); err == nil {
			require.Equal(t, fmt.Sprintf("sha256:%x", sha256.Sum256(text)), n.hash)
		}
	})
}
