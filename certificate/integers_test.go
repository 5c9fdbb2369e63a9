package certificate

// What the checker is made of: the standard library, integers and fractions. No float is in it.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheCheckerHasNoFloats(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	read := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		read++
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, e.Name(), nil, 0)
		require.NoError(t, err)
		for _, i := range f.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			require.NotContains(t, path, ".", "%s imports more than the standard library", e.Name())
			require.NotContains(t, []string{"C", "math", "math/cmplx", "math/rand", "math/rand/v2", "unsafe", "reflect"}, path, e.Name())
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
	require.Greater(t, read, 20)
}
