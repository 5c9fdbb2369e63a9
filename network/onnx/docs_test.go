// The documentation's table of operators has all that are read.

package onnx

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheTableOfOperatorsIsWhole(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats.md"))
	require.NoError(t, err)
	for name := range operators {
		require.Contains(t, string(raw), "`"+name+"`")
	}
}
