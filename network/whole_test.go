package network_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/network"
)

func TestReadAll(t *testing.T) {
	text := strings.Repeat("x", 5000)
	for _, r := range []func() io.Reader{
		func() io.Reader { return strings.NewReader(text) },
		func() io.Reader { return io.MultiReader(strings.NewReader(text)) },
		func() io.Reader { return io.NewSectionReader(strings.NewReader(text), 0, 1<<50) }, // of less than it says
	} {
		for most, message := range map[int64]string{4999: "more than 4999 bytes, expected at most that many", 5000: "", 1 << 20: ""} {
			got, err := network.ReadAll(r(), most)
			if message != "" {
				require.EqualError(t, err, message)
				continue
			}
			require.NoError(t, err)
			require.True(t, bytes.Equal([]byte(text), got))
		}
	}
}
