package tables

import (
	"math/big"
	"testing"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/stretchr/testify/require"
)

func TestNumbersAreGrouped(t *testing.T) {
	for v, want := range map[int64]string{0: "0", -1: "-1", 999: "999", -999: "-999", 1000: "1,000", -123456: "-123,456", 1234567: "1,234,567"} {
		require.Equal(t, want, GroupedInt(v))
	}
	require.Equal(t, "≈ 1.00e+18", Grouped(big.NewInt(1e18)))
	require.Equal(t, []string{"1 region", "2 regions", "0 regions"}, []string{Numbered(1, "region"), Numbered(2, "region"), Numbered(0, "region")})
	require.Equal(t, []float64{123000, 0.00123}, []float64{Rounded(123456), Rounded(0.001234)})
}

func TestTablesAlignNumbersToTheRight(t *testing.T) {
	w := New(table.Row{"word", "number"}, 1)
	w.AppendRow(table.Row{"a", 1})
	require.Equal(t, " word  number\n──────────────\n a          1", Text(w))
}
