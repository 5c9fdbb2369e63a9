package cone_test

// What docs/cones.md says of speed: random cones, and the metric cones.

import (
	"math/big"
	"testing"

	"github.com/relucell/relucell/cone"
)

func BenchmarkDescribe(b *testing.B) {
	type instance struct {
		name string
		dim  int
		rows [][]*big.Int
	}
	var list []instance
	for _, s := range [][2]int{{32, 6}, {64, 6}, {32, 8}, {64, 8}, {24, 10}, {32, 10}, {64, 10}, {20, 12}, {24, 14}} {
		list = append(list, instance{"random", s[1], random(1, s[0], s[1])})
	}
	for _, n := range []int{5, 6} {
		dim, rows := metric(n)
		list = append(list, instance{"metric", dim, rows})
	}
	for _, c := range list {
		for name, order := range map[string]cone.Order{"lex": cone.Lex, "maxcut": cone.MaxCut} {
			b.Run(c.name+" "+words(ints(int64(len(c.rows)), int64(c.dim)))+name, func(b *testing.B) {
				for b.Loop() {
					d := describe(b, c.dim, c.rows, order)
					b.ReportMetric(float64(len(d.Rays)), "rays")
				}
			})
		}
	}
}
