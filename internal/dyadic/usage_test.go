package dyadic

// No code but this package's own converts an exact number to float64: what big.Rat.Float64 calls
// exact must not be trusted anywhere, and a second way would be trusted sooner or later.

import (
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module, moduleRoot = "github.com/relucell/relucell", "../.."

// checker type-checks the packages of the module. Of other packages it knows math/big alone, which
// is all that is asked about: what it cannot know has no type.
type checker struct {
	fset  *token.FileSet
	big   types.Importer
	done  map[string]*types.Package
	found map[string][]token.Position // conversions, by package
}

func (c *checker) Import(name string) (*types.Package, error) {
	switch {
	case name == "math/big":
		return c.big.Import(name)
	case name == module || strings.HasPrefix(name, module+"/"):
		return c.check(name)
	}
	return nil, errors.New("not asked about")
}

// check type-checks one package without its tests and notes its conversions.
func (c *checker) check(name string) (*types.Package, error) {
	if p, ok := c.done[name]; ok {
		return p, nil
	}
	paths, err := filepath.Glob(filepath.Join(moduleRoot, strings.TrimPrefix(name, module), "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(c.fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: c, Error: func(error) {}, FakeImportC: true}
	p, _ := conf.Check(name, c.fset, files, info)
	c.done[name] = p
	for id, o := range info.Uses {
		if f, ok := o.(*types.Func); ok && (f.Name() == "Float64" || f.Name() == "Float32") && f.Pkg() != nil && f.Pkg().Path() == "math/big" {
			c.found[name] = append(c.found[name], c.fset.Position(id.Pos()))
		}
	}
	return p, nil
}

// packages returns the import paths of all packages below the module's root.
func packages(t *testing.T) []string {
	seen, list := map[string]bool{}, []string{}
	require.NoError(t, filepath.WalkDir(moduleRoot, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && p != moduleRoot {
			return filepath.SkipDir
		}
		if dir := filepath.Dir(p); strings.HasSuffix(p, ".go") && !seen[dir] {
			seen[dir] = true
			rel, err := filepath.Rel(moduleRoot, dir)
			require.NoError(t, err)
			list = append(list, path.Join(module, filepath.ToSlash(rel)))
		}
		return nil
	}))
	return list
}

func TestNobodyElseConverts(t *testing.T) {
	fset := token.NewFileSet()
	c := &checker{fset: fset, big: importer.ForCompiler(fset, "source", nil), done: map[string]*types.Package{}, found: map[string][]token.Position{}}
	all := packages(t)
	require.Contains(t, all, "github.com/relucell/relucell/bound")
	for _, name := range all {
		_, err := c.check(name)
		require.NoError(t, err, name)
	}
	const here = "github.com/relucell/relucell/internal/dyadic"
	require.Len(t, c.found[here], 2, "FromRat and FromFloat; else this test is blind")
	delete(c.found, here)
	require.Empty(t, c.found, "call FromRat, FromFloat or FromInt of package dyadic instead")
}
