package explore

import (
	"bytes"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every script of the page is in the page that is one file, after those that it imports, and none
// takes another's name: there they are one script.
func TestScriptsAreOne(t *testing.T) {
	entries, err := pageFiles.ReadDir("page")
	require.NoError(t, err)
	at := map[string]int{}
	for i, name := range scripts {
		at[name] = i
	}
	names := map[string]string{}
	imports := regexp.MustCompile(`(?m)^import .* from "\./(.*)";$`)
	top := regexp.MustCompile(`(?m)^(?:export )?(?:async )?(?:function|class|const|let) (\w+)`)
	for _, e := range entries {
		if path.Ext(e.Name()) != ".js" {
			continue
		}
		require.Contains(t, at, e.Name())
		text, err := pageFiles.ReadFile("page/" + e.Name())
		require.NoError(t, err)
		for _, m := range imports.FindAllSubmatch(text, -1) {
			require.Less(t, at[string(m[1])], at[e.Name()], "%s imports %s", e.Name(), m[1])
		}
		for _, m := range top.FindAllSubmatch(text, -1) {
			require.Empty(t, names[string(m[1])], "%s of %s", m[1], e.Name())
			names[string(m[1])] = e.Name()
		}
	}
	all, err := bundle()
	require.NoError(t, err)
	require.NotRegexp(t, `(?m)^(import|export) `, all)
}

func TestPageInAFile(t *testing.T) {
	g := engine{[]byte("wasm"), []byte("script")}
	var page bytes.Buffer
	require.NoError(t, g.writePage(&page, File{Models: []FileModel{{Name: "</script><b>", Text: "{}"}}}))
	text := page.String()
	require.NotContains(t, text, "</script><b>", "what is held is no part of the page")
	require.NotRegexp(t, `(src|href)="(?:[^d]|d[^a])`, text, "nothing is fetched")
	require.Contains(t, text, "default-src 'none'")
	require.NotContains(t, text, "unsafe-inline")
	require.Equal(t, 4, strings.Count(text, "</script"), "three blocks and the script")
}

func TestWithoutAnEngine(t *testing.T) {
	if HasEngine() {
		t.Skip("this program has the engine")
	}
	require.ErrorIs(t, WriteHTML(io.Discard, File{}), ErrNoEngine)
}

// A page that is written holds the whole engine: what mail and forges take.
func TestTheEngineOfBrowsersIsSmall(t *testing.T) {
	if !HasEngine() {
		t.Skip("this program has no engine: make explorer")
	}
	require.Less(t, len(built.wasm), 8<<20)
}
