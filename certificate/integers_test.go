package certificate

// What the checker is made of: the standard library, integers and fractions. No float is in it.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// trusted returns all files of the trusted base: those of this room and of the rooms below it, but
// not what only their tests use.
func trusted(t *testing.T) (files []string) {
	require.NoError(t, filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && path == filepath.FromSlash("internal/specimen") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	}))
	require.Greater(t, len(files), 20)
	return files
}

func TestTheCheckerHasNoFloats(t *testing.T) {
	for _, path := range trusted(t) {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, 0)
		require.NoError(t, err)
		for _, i := range f.Imports {
			require.NotContains(t, []string{"C", "math", "math/cmplx", "math/rand", "math/rand/v2", "unsafe", "reflect"}, strings.Trim(i.Path.Value, `"`), path)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				require.NotContains(t, []string{"float32", "float64", "complex64", "complex128", "Float", "Float32", "Float64"}, n.Name, "%s", fset.Position(n.Pos()))
			case *ast.BasicLit:
				require.NotContains(t, []token.Token{token.FLOAT, token.IMAG}, n.Kind, "%s", fset.Position(n.Pos()))
			}
			return true
		})
	}
}
