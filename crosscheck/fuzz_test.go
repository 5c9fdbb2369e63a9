package crosscheck

// What reads bytes from outside never panics, and what it takes is what it says.

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzParseAnswer(f *testing.F) {
	for _, s := range []string{"137", " 12 ", "-1", `{"id":1,"bound":"5"}`, `{"bound":5}`, `{"error":"no"}`, "", "{", "0x10", "1e3", `{"bound":null}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if v, err := parseAnswer(text, 1); err == nil {
			require.NotNil(t, v)
		}
	})
}

func FuzzReadCase(f *testing.F) {
	f.Add([]byte(`{"relucell-case":1,"name":"n","bound":"b","kind":"upper","value":"1","than":"count","limit":"2","count":"2","ball":{"norm":"l2","radius":1,"center":[0]},"net":{"relucell-network":1,"inputs":1,"layers":[{"activation":"relu","weights":[["0x1p+0"]],"bias":["0x0p+0"]}]},"net_file":"n.net.json","proof":"n.proof"}`))
	f.Add([]byte(`{"relucell-case":1}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "case.json")
		require.NoError(t, os.WriteFile(path, text, 0o644))
		fail, _, err := ReadCase(path)
		if err != nil {
			require.ErrorContains(t, err, path)
			return
		}
		require.Equal(t, fail.Case.Net.Inputs(), fail.Case.Ball.Dim())
	})
}
