package experiment

// Charts show what was measured, once too.

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/relucell/relucell/internal/chart"
)

// Of what was measured after one epoch, or one number of batches, nothing was drawn but a legend.
func TestOneEpochIsDrawn(t *testing.T) {
	svg := func(p *plot.Plot) string {
		var b bytes.Buffer
		require.NoError(t, chart.Write(&b, "svg", 4*vg.Inch, 4*vg.Inch, chart.Panels(vg.Points(8), []*plot.Plot{p})))
		return b.String()
	}
	for _, epochs := range [][]int{{3}, {0}, {0, 3}} {
		s := &Study{data: &Data{Name: "moons"}, Epochs: epochs, Seeds: 1, Optimizer: "sgd"}
		table := map[key][]span{}
		for _, set := range Sets {
			for _, e := range epochs {
				table[key{s.name(), set, "distance", "", 0, e}] = []span{{-3, -3}, {-1, -1}}
			}
		}
		p, err := s.distancePanel(table)
		require.NoError(t, err)
		text := svg(p)
		for _, ink := range []string{"#0072B2", "#D55E00", "#009E73", "#CC79A7"} {
			require.Equal(t, 2, strings.Count(text, "stroke:"+ink), "%v: a line, and the legend's", epochs)
		}
		require.Equal(t, 2, strings.Count(text, "fill-opacity"), "%v: the bands of training and random points", epochs)
		require.Contains(t, text, "1 seed<")
	}
	r := &recurrentRunner{RecurrentStudy: &RecurrentStudy{Task: "addition", Optimizers: []string{"sgd"}, Measured: []int{5}, Seeds: 2}}
	table := map[key][]span{}
	for seed := range uint64(2) {
		table[key{study: "addition-np-sgd", set: AtTest, quantity: "loss", seed: seed, epoch: 5}] = []span{{float64(seed), float64(seed)}}
	}
	p := r.panel("np", "batches", "loss")
	require.NoError(t, r.overBatches(p, table, "np", key{set: AtTest, quantity: "loss"}))
	text := svg(p)
	require.Equal(t, 2, strings.Count(text, "stroke:#0072B2"), "a line, and the legend's")
	require.Equal(t, 1, strings.Count(text, "fill:#0072B2"), "a dot")
	require.Equal(t, 1, strings.Count(text, "fill-opacity"), "the range")
}
