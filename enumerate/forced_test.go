package enumerate_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"relucell/crosscheck"
	"relucell/enumerate"
)

func never() bool { return false }

func TestTiersForced(t *testing.T) {
	for _, c := range crosscheck.KnownCases() {
		if c.Want.Int64() > 150 {
			continue
		}
		for name, f := range map[string]enumerate.Forced{
			"no float":            {Float: never},
			"no integer":          {Integer: never},
			"no float no integer": {Float: never, Integer: never},
		} {
			t.Run(c.Name+"/"+name, func(t *testing.T) {
				r, err := enumerate.CountForced(context.Background(), c.Net, c.Ball, enumerate.Options{Workers: 1}, f)
				require.NoError(t, err)
				require.Equal(t, c.Want.String(), r.Lower.String())
			})
		}
	}
}
