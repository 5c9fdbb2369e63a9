package plot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBriefPaths(t *testing.T) {
	for d, want := range map[string]string{
		"M10,20L10.5,20L10.5,19.25Z":          "m10 20 .5 0 0-.75z",
		"M10,20L10.001,20.002L10,20ZM1,1L2,1": "m1 1 1 0",
		"M1,1L2,2ZM3,1L4,1":                   "m1 1 1 1zm2 0 1 0",
		"M1,1L2,2M2,2L3,1":                    "m1 1 1 1m0 0 1-1",
		"M11,5A1,1 0 0 1 10,6A1,1 0 0 1 9,5Z": "m11 5a1 1 0 0 1 -1 1a1 1 0 0 1 -1-1z",
		"M0,0L1,1A2,2 0 1 0 3,1L4,1":          "m0 0 1 1a2 2 0 1 0 2 0l1 0",
	} {
		require.Equal(t, ` d="`+want, string(brief(nil, d)), d)
	}
}
