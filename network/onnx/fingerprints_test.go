// What was read once is read to the same network ever after: the models that are held against
// values by hand keep their fingerprints, which stand in testdata/fingerprints. A proof is about a
// fingerprint, so a change here is one that users see.

package onnx

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
)

var update = flag.Bool("update", false, "accept the fingerprints that models have now")

// kept are fingerprints by the name of the test, those of its first model, its second, and so on.
type kept struct {
	sync.Mutex
	want, got map[string][]string
}

var fingerprints = kept{want: map[string][]string{}, got: map[string][]string{}}

func fingerprintsFile() string { return filepath.Join("testdata", "fingerprints") }

func TestMain(m *testing.M) {
	flag.Parse()
	raw, err := os.ReadFile(fingerprintsFile())
	if err != nil && !*update {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for line := range strings.Lines(string(raw)) {
		if hash, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			fingerprints.want[name] = append(fingerprints.want[name], hash)
		}
	}
	code := m.Run()
	if code == 0 && *update {
		code = fingerprints.write()
	}
	os.Exit(code)
}

// write makes the file anew. What was not told is kept: perhaps not all tests ran.
func (k *kept) write() int {
	maps.Copy(k.want, k.got)
	var text bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(k.want)) {
		for _, hash := range k.want[name] {
			fmt.Fprintf(&text, "%s %s\n", hash, name)
		}
	}
	if err := os.WriteFile(fingerprintsFile(), text.Bytes(), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// holds checks the fingerprint of the next network of a test.
func (k *kept) holds(t *testing.T, n *network.Network) {
	k.Lock()
	defer k.Unlock()
	i := len(k.got[t.Name()])
	k.got[t.Name()] = append(k.got[t.Name()], n.Fingerprint())
	if !*update {
		want := k.want[t.Name()]
		require.NotEmpty(t, want, "no fingerprint is kept; go test ./network/onnx -update keeps it")
		require.Equal(t, want[i%len(want)], n.Fingerprint(), "the fingerprint has changed; where that is meant, go test ./network/onnx -update")
	}
}
