package crosscheck

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The name of a bound of one's own is as long as one likes, and its column is not.
func TestALongNameOfABoundStaysInThePicture(t *testing.T) {
	name := "my " + strings.Repeat("long ", 30) + "bound"
	p := NewPicture()
	p.names, p.dots[name] = []string{name}, []sample{{radius: 0, depth: 1, ratio: 2}}
	var b bytes.Buffer
	require.NoError(t, p.Write(&b, "svg"))
	require.Regexp(t, `>my long.*….*bound</text>`, b.String())
	require.NotContains(t, b.String(), name)
}
