//go:build !js

package explore

// The page as one file: its scripts after one another, its style and its pictures within, and the
// engine as WebAssembly. A browser that opens it from a disk asks nobody anything.

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// ErrNoEngine says that this program was built without the engine that a page in a file needs.
var ErrNoEngine = errors.New("built without the engine of a page in a file: make explorer builds bin/relucell with it")

// scripts are the page's, each after those that it imports.
var scripts = []string{"engine.js", "inside.js", "state.js", "geometry.js", "paint.js", "panel.js", "svg.js", "view.js", "hands.js", "main.js"}

var (
	importing = regexp.MustCompile(`(?m)^import .*;\n`)
	exporting = regexp.MustCompile(`(?m)^export `)
)

// bundle is all scripts as one, which has no module to load: browsers load none from a disk.
func bundle() (string, error) {
	var all strings.Builder
	all.WriteString("\"use strict\";\n")
	for _, name := range scripts {
		text, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			return "", err
		}
		all.Write(exporting.ReplaceAll(importing.ReplaceAll(text, nil), nil))
	}
	return all.String(), nil
}

// engine is what the page's worker runs: WebAssembly, compressed by gzip, and Go's script beside
// it.
type engine struct {
	wasm   []byte
	script []byte
}

// HasEngine says whether WriteHTML can write.
func HasEngine() bool { return len(built.wasm) > 0 }

// WriteHTML writes the page that explores f, as one file. Without an engine the error is
// ErrNoEngine.
func WriteHTML(w io.Writer, f File) error {
	if !HasEngine() {
		return ErrNoEngine
	}
	return built.writePage(w, f)
}

func (g engine) writePage(w io.Writer, f File) error {
	read := func(name string) string { // they are embedded
		text, _ := pageFiles.ReadFile("page/" + name)
		return string(text)
	}
	script, err := bundle()
	if err != nil {
		return err
	}
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is one
	if _, err = z.Write(data); err == nil {
		err = z.Close()
	}
	if err != nil {
		return err
	}
	style := read("style.css")
	page := read("index.html")
	for _, part := range [][2]string{
		{`<link rel="icon" href="icon.svg">`, `<meta http-equiv="Content-Security-Policy" content="` + filePolicy(script, style) + `">` + "\n" +
			`<link rel="icon" href="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte(read("icon.svg"))) + `">`},
		{`<link rel="stylesheet" href="style.css">`, "<style>" + style + "</style>"},
		{`<script type="module" src="main.js"></script>`, ""},
		{`</body>`, held("file", packed.Bytes()) + held("wasm", g.wasm) + held("go", g.script) + "<script type=\"module\">" + script + "</script>\n</body>"},
	} {
		if strings.Count(page, part[0]) != 1 {
			return fmt.Errorf("the page has not one %s", part[0])
		}
		page = strings.Replace(page, part[0], part[1], 1)
	}
	_, err = io.WriteString(w, page)
	return err
}

// held is a block of data that no browser runs.
func held(name string, data []byte) string {
	return `<script type="text/plain" id="held-` + name + `">` + base64.StdEncoding.EncodeToString(data) + "</script>\n"
}

// filePolicy lets run what the file holds, and nothing be loaded.
func filePolicy(script, style string) string {
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; script-src " + hash(script) + " 'wasm-unsafe-eval'; worker-src blob:; style-src " + hash(style) + "; img-src data: blob:; base-uri 'none'; form-action 'none'"
}
