package landscape

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tables that docs/landscape.md brackets are those of the tests, digit for digit.
func TestTablesOfTheDocumentation(t *testing.T) {
	for name, c := range map[string][2]int{"sines_10x2": {10, 2}, "sines_20x2": {20, 2}, "sines_20x3": {20, 3}, "sines_40x2": {40, 2}} {
		d := drawn(t, c[0], c[1], 1)
		var text strings.Builder
		for k := range c[1] {
			fmt.Fprintf(&text, "x%d,", k+1)
		}
		text.WriteString("y\n")
		for i, row := range d.Rows {
			for k := range c[1] {
				fmt.Fprintf(&text, "%v,", row[k])
			}
			fmt.Fprintf(&text, "%v\n", d.Y[i])
		}
		raw, err := os.ReadFile("../testdata/landscape/" + name + ".csv")
		require.NoError(t, err)
		require.Equal(t, text.String(), string(raw))
	}
}
