// Package tables is how the programs write tables and numbers for people: one style, digits in
// threes, no spaces at the ends of lines.
package tables

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// New returns an empty table under a head. Columns of the given 1-based numbers hold words, the
// others numbers, to the right.
func New(head table.Row, words ...int) table.Writer {
	t := table.NewWriter()
	t.AppendHeader(head)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Options.SeparateColumns = false
	t.Style().Options.DrawBorder = false
	var columns []table.ColumnConfig
	for i := range head {
		if !slices.Contains(words, i+1) {
			columns = append(columns, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	t.SetColumnConfigs(columns)
	return t
}

// Text renders a table for a terminal.
func Text(t table.Writer) string {
	lines := strings.Split(t.Render(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// maxDigits is the longest whole number that is written out.
const maxDigits = 18

// Grouped writes a whole number with its digits in groups of three, or, where it is very long, with
// three digits and a power of ten.
func Grouped(v *big.Int) string {
	s := v.String()
	if len(s) > maxDigits {
		return "≈ " + new(big.Float).SetInt(v).Text('e', 2)
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// GroupedInt is Grouped for an int64.
func GroupedInt(v int64) string { return Grouped(big.NewInt(v)) }

// Numbered writes "1 region" or "2 regions".
func Numbered(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return GroupedInt(n) + " " + word + "s"
}

// Rounded keeps three significant digits.
func Rounded(v float64) float64 {
	short, err := strconv.ParseFloat(fmt.Sprintf("%.3g", v), 64)
	if err != nil {
		return v
	}
	return short
}
