package main

// What CONTRIBUTING.md says of all code, where a parser can tell.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// sources calls f with each file of the module that is neither a test nor generated.
func sources(t *testing.T, f func(path string, file *ast.File)) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && name != ".." && (name[0] == '.' || name == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err == nil && !ast.IsGenerated(file) {
			f(path, file)
		}
		return err
	})
	require.NoError(t, err)
}

// Users read "relucell: net.onnx: extremum: …", of which the name of a package is no news.
func TestErrorsBearNoNameOfAPackage(t *testing.T) {
	found := 0
	sources(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if name := fmt.Sprint(call.Fun); name != "&{errors New}" && name != "&{fmt Errorf}" {
				return true
			}
			if text, ok := call.Args[0].(*ast.BasicLit); ok {
				found++
				require.False(t, strings.HasPrefix(text.Value, `"`+file.Name.Name+": "), "%s: %s begins with the name of its package", path, text.Value)
			}
			return true
		})
	})
	require.Greater(t, found, 100)
}

// Comments on lines of their own end at column 100, a tab being 4.
func TestCommentsAreWrapped(t *testing.T) {
	const most = 100
	sources(t, func(path string, _ *ast.File) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "// ") {
				n := utf8.RuneCountInString(line) + 3*strings.Count(line, "\t")
				require.LessOrEqual(t, n, most, "%s:%d", path, i+1)
			}
		}
	})
}

// A type of many methods is several, and so is one of many fields.
func TestTypesStaySmall(t *testing.T) {
	const mostMethods, mostFields = 25, 15
	sizes := map[string]int{}
	sources(t, func(path string, file *ast.File) {
		pkg := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../")
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv != nil {
					sizes["methods of "+pkg+"."+receiver(n.Recv.List[0].Type)]++
				}
			case *ast.TypeSpec:
				if s, ok := n.Type.(*ast.StructType); ok {
					for _, f := range s.Fields.List {
						sizes["fields of "+pkg+"."+n.Name.Name] += max(1, len(f.Names))
					}
				}
			}
			return true
		})
	})
	require.Greater(t, len(sizes), 500)
	for what, n := range sizes {
		most := mostFields
		if strings.HasPrefix(what, "methods") {
			most = mostMethods
		}
		require.LessOrEqual(t, n, most, what)
	}
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
