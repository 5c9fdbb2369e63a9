package certificate

// What both checkers must say of proofs written by hand: the corners of the format, forgeries that
// chance does not find, the caps, and texts of networks.

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/certificate/internal/nettext"
	"github.com/relucell/relucell/certificate/internal/specimen"
)

// agreed checks a tree and its count by both checkers; want is 0 for a proof to refuse.
func agreed(t *testing.T, w *twins, ball, tree string, want int64, parts ...string) {
	t.Helper()
	files := specimen.Folder{}
	for i, p := range parts {
		name := string(rune('p' + i))
		files[name] = []byte(p)
		tree = strings.ReplaceAll(tree, "@ "+name+"\n", fmt.Sprintf("@ %s sha256:%x\n", name, sha256.Sum256([]byte(p))))
	}
	files["proof"] = fmt.Appendf(nil, "relucell-certificate 2\nnet sha256:%x\nball %s\n%s", sha256.Sum256(w.text), ball, tree)
	rep := w.check(t, files, 1)
	if want == 0 {
		require.Nil(t, rep)
		return
	}
	if rep == nil {
		_, err := slowCheck(w.text, files, "proof")
		require.NoError(t, err)
	}
	require.Equal(t, want, rep.Count)
}

func TestBothCheckersOfTheCornersOfTheFormat(t *testing.T) {
	x := specimen.OneLayer([]float64{0}, []float64{1})
	twice := specimen.OneLayer([]float64{0, 0}, []float64{1}, []float64{1})
	// relu(x) and a carried x, then x − ½: three regions.
	carried := specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		{Act: "mixed", Slopes: []float64{0, 1}, W: [][]float64{{1}, {1}}, B: []float64{0, 0}},
		{Act: "relu", W: [][]float64{{0, 1}}, B: []float64{-0.5}}}}
	// x, then a neuron that settles itself, then x − ½.
	cascade := specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		{Act: "leaky_relu", Slope: -1, W: [][]float64{{1}}, B: []float64{0}}, // |x|
		{Act: "relu", W: [][]float64{{1}}, B: []float64{2}},                  // |x| + 2
		{Act: "relu", W: [][]float64{{1}}, B: []float64{-2.5}}}}              // |x| − ½
	plane := specimen.OneLayer([]float64{0, -1.5}, []float64{1, 0}, []float64{1, 1})
	zero := specimen.OneLayer([]float64{0, 0}, []float64{0}, []float64{1})
	four := specimen.OneLayer([]float64{0, 0.25, 0.5, -0.5}, []float64{1}, []float64{1}, []float64{1}, []float64{1})
	corner := specimen.OneLayer([]float64{-1.75, -2}, []float64{1, 1}, []float64{1, 1})
	none := specimen.Net{Inputs: 1, Layers: []specimen.Layer{{Act: "none", W: [][]float64{{1}}, B: []float64{0}}}}
	const unit, square, disc = "linf 0x1p+0 0x0p+0", "box -0x1p+0 -0x1p+0 0x1p+0 0x1p+0", "l2 0x1p+0 0x0p+0 0x0p+0"
	for name, c := range map[string]struct {
		net        specimen.Net
		ball, tree string
		want       int64
	}{
		"one neuron":                       {x, unit, "*\nW1-1\nW1 1\ncount 2\n", 2},
		"the example":                      {plane, square, "*\n-1 a\nW1-1 0\n*\nW1 1 0\nW3 7 7\ncount 3\n", 3},
		"a multiple of itself":             {plane, square, "*\n-1 2a\nW1-1 0\n*\nW1 1 0\nW3 7 7\ncount 3\n", 3},
		"a space before a minus":           {x, unit, "*\nW1 -1\nW1 1\ncount 2\n", 0},
		"no space before a plus":           {x, unit, "*\nW1-1\nW11\ncount 2\n", 0},
		"an even witness":                  {x, unit, "*\nW2-2\nW1 1\ncount 2\n", 0},
		"an even witness of exponent 0":    {x, "linf 0x1p+2 0x0p+0", "*\nW0-2\nW1 1\ncount 2\n", 2},
		"a witness of −0":                  {none, unit, "W0-0\ncount 1\n", 0},
		"a witness of 0 with exponent":     {none, unit, "W1 0\ncount 1\n", 0},
		"no neurons":                       {none, unit, "W0 0\ncount 1\n", 1},
		"no neurons, unexplored":           {none, unit, "?0 0\ncount >= 1\n", 1},
		"no neurons, a split":              {none, unit, "*\nW1-1\nW1 1\ncount 2\n", 0},
		"no neurons, a box line":           {none, unit, "]0 0 0 a\nW1-1\ncount 1\n", 0},
		"on the border of the ball":        {x, unit, "*\nW0-1\nW1 1\ncount 2\n", 0},
		"on the hyperplane":                {x, unit, "*\nW0 0\nW1 1\ncount 2\n", 0},
		"unexplored":                       {x, unit, "?0 0\ncount >= 1\n", 1},
		"unexplored, claimed exact":        {x, unit, "?0 0\ncount 1\n", 0},
		"explored, claimed at least":       {x, unit, "*\nW1-1\nW1 1\ncount >= 2\n", 0},
		"unexplored where all is decided":  {x, unit, "*\n?1-1\nW1 1\ncount >= 2\n", 2},
		"a count with a leading zero":      {x, unit, "*\nW1-1\nW1 1\ncount 02\n", 0},
		"a line after the count":           {x, unit, "*\nW1-1\nW1 1\ncount 2\n\n", 0},
		"no newline at the end":            {x, unit, "*\nW1-1\nW1 1\ncount 2", 0},
		"a copy":                           {twice, unit, "*\n-1 a\nW1-1\n+1 a\nW1 1\ncount 2\n", 2},
		"a copy to the wrong side":         {twice, unit, "*\n+1 a\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"a copy split":                     {twice, unit, "*\n*\nW1-1\nW1-1\n+1 a\nW1 1\ncount 3\n", 0},
		"named, and once more":             {four, unit, "*\n<3 a\n*\n<2 a\nW2-3\n*\nW3-3\nW3-1\n>1 a\n>2 ba\n*\nW2 1\nW2 3\ncount 5\n", 0},
		"four in one input":                {four, unit, "*\n<3 a\n*\n*\nW2-3\nW3-3\n+2 a\nW3-1\n>1 a\n>2 a\n*\nW2 1\nW2 3\ncount 5\n", 5},
		"a prune may be nameless":          {four, unit, "*\n-3 a\n*\n*\nW2-3\nW3-3\n+2 a\nW3-1\n>2 a\n+1 b\n*\nW2 1\nW2 3\ncount 5\n", 5},
		"the nearer name first":            {four, unit, "*\n-3 a\n*\n*\nW2-3\nW3-3\n+2 a\nW3-1\n>2 a\n+1 ab\n*\nW2 1\nW2 3\ncount 5\n", 0},
		"a name twice":                     {four, unit, "*\n-3 a\n*\n*\nW2-3\nW3-3\n+2 a\nW3-1\n>2 a\n+1 bb\n*\nW2 1\nW2 3\ncount 5\n", 0},
		"a multiplier of 1":                {twice, unit, "*\n-1 a1\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"a multiplier of 1 for itself":     {twice, unit, "*\n-1 1a\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"a multiplier of 0":                {twice, unit, "*\n-1 a0\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"a multiplier of 0 for itself":     {x, unit, "+0 0\nW1 1\ncount 1\n", 0},
		"multiples":                        {twice, unit, "*\n-1 7a7\nW1-1\n+1 3a3\nW1 1\ncount 2\n", 2},
		"no name":                          {twice, unit, "*\n-1 \nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"beyond the path":                  {twice, unit, "*\n-1 ba\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"beyond all paths":                 {twice, unit, "*\n-1 ZZZZZZza\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"beyond by 2^32":                   {twice, unit, "*\n-1 MWLQKWw\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"a name without end":               {twice, unit, "*\n-1 A\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"a decided neuron":                 {twice, unit, "*\n-0 a\n-1 a\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"an index with a leading zero":     {twice, unit, "*\n-01 a\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"an index beyond the layer":        {twice, unit, "*\n-2 a\nW1-1\n+1 a\nW1 1\ncount 2\n", 0},
		"zero settles itself":              {zero, unit, "*\nW1-1\nW1 1\ncount 2\n", 2},
		"zero is written":                  {zero, unit, "*\n-0 a\nW1-1\nW1 1\ncount 2\n", 0},
		"zero is split":                    {zero, unit, "*\n*\nW1-1\nW1 1\nW1 1\ncount 3\n", 0},
		"in the corner of a box":           {corner, square, "*\nW0 0 0\nW4 15 15\ncount 2\n", 2},
		"outside the disc":                 {corner, disc, "W0 0 0\ncount 1\n", 1},
		"outside the disc, split":          {corner, disc, "*\nW0 0 0\nW4 15 15\ncount 2\n", 0},
		"a bound at the root":              {x, unit, "]0 0 0 a\nW1-1\ncount 1\n", 0},
		"a bound kept into plus":           {carried, unit, "*\n]0 0 0 a\nW1-1\nW2 1\ncount 2\n", 0},
		"a bound judged on itself":         {carried, unit, "*\n]0 0 0 a\nW1-1\n]0 0 0 a\nW2 1\ncount 2\n", 0},
		"a bound in minus alone":           {carried, unit, "*\n]0 0 0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 3},
		"a prune for the bound":            {carried, unit, "*\n-0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 3},
		"a prune after the bound":          {carried, unit, "*\n]0 0 0 a\n-0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"a loose bound":                    {carried, unit, "*\n]0 1 1 2a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 3},
		"a looser bound":                   {carried, unit, "*\n]0 1 1 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 3},
		"a bound that settles nothing":     {carried, unit, "*\n]0 3 2 a\n-0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 3},
		"two bounds":                       {carried, unit, "*\n]0 3 2 a\n]0 1 2 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 3},
		"two bounds, the later wider":      {carried, unit, "*\n]0 1 2 a\n]0 3 2 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"a bound at the border":            {carried, unit, "*\n]0 1 0 a\n-0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"an even bound":                    {carried, unit, "*\n]0 2 2 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"a bound of −0":                    {carried, unit, "*\n]0 -0 0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"a bound of an input too many":     {carried, unit, "*\n]1 0 0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"a bound after a line":             {carried, unit, "*\n-0 a\n]0 0 0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"a bound in the last layer's end":  {x, unit, "*\n]0 0 0 a\nW1-1\nW1 1\ncount 2\n", 0},
		"a bound before an open cell":      {carried, unit, "*\n]0 0 0 a\n?1-1\n*\nW2 1\nW2 3\ncount >= 3\n", 3},
		"a witness outside its box":        {carried, unit, "*\nW1-1\n[0 0 0 a\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"an open cell outside its box":     {carried, unit, "*\n]0 0 0 a\n?1 1\n*\nW2 1\nW2 3\ncount >= 3\n", 0},
		"a lower bound":                    {carried, unit, "*\n-0 a\nW1-1\n[0 0 0 a\n*\nW2 1\nW2 3\ncount 3\n", 3},
		"through a layer that settles":     {cascade, unit, "*\n*\nW2-1\nW2-3\n*\nW2 1\nW2 3\ncount 4\n", 4},
		"bounds, then layers that settle":  {cascade, unit, "*\n]0 1 4 a\n*\nW2-1\nW2-3\n[0 0 0 a\n*\nW2 1\nW2 3\ncount 4\n", 4},
		"bounds when a layer has settled":  {cascade, unit, "*\n*\n]0 0 0 ba\nW2-1\nW2-3\n[0 0 0 a\n*\nW2 1\nW2 3\ncount 4\n", 0},
		"a layer that settles, written":    {cascade, unit, "*\n+0 a\n*\nW2-1\nW2-3\n*\nW2 1\nW2 3\ncount 4\n", 0},
		"a witness outside the ball":       {plane, square, "*\n*\nW1-1 0\nW1-1 5\n*\nW1 1 0\nW3 7 7\ncount 4\n", 0},
		"a bound shifted out of a word":    {x, unit, "]0 1099511627776 0\nW1-1\ncount 1\n", 0},
		"a bound of 2^40":                  {carried, unit, "*\n]0 1099511627776 0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"a bound of 2^64":                  {carried, unit, "*\n]0 -18446744073709551616 0 a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"multipliers beyond words":         {carried, unit, "*\n]0 0 0 18446744073709551616a18446744073709551616\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 3},
		"multipliers that wrap":            {carried, unit, "*\n]0 0 0 18446744073709551617a\nW1-1\n*\nW2 1\nW2 3\ncount 3\n", 0},
		"a carriage return":                {x, unit, "*\r\nW1-1\nW1 1\ncount 2\n", 0},
		"something after a star":           {x, unit, "* \nW1-1\nW1 1\ncount 2\n", 0},
		"a coordinate too many":            {x, unit, "*\nW1-1 1\nW1 1\ncount 2\n", 0},
		"a plus sign":                      {x, unit, "*\nW1-1\nW1 +1\ncount 2\n", 0},
		"an unexplored cell without point": {x, unit, "*\nW1-1\n?\ncount >= 2\n", 0},
		"a ball of two radii":              {x, unit + " 0x1p+0", "*\nW1-1\nW1 1\ncount 2\n", 0},
		"a ball with spaces":               {x, "linf  0x1p+0 0x0p+0", "*\nW1-1\nW1 1\ncount 2\n", 0},
	} {
		t.Run(name, func(t *testing.T) { agreed(t, newTwins(c.net), c.ball, c.tree, c.want) })
	}
}

func TestBothCheckersOfParts(t *testing.T) {
	carried := specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		{Act: "mixed", Slopes: []float64{0, 1}, W: [][]float64{{1}, {1}}, B: []float64{0, 0}},
		{Act: "relu", W: [][]float64{{0, 1}}, B: []float64{-0.5}}}}
	const right, unit = "*\nW2 1\nW2 3\n", "linf 0x1p+0 0x0p+0"
	for name, c := range map[string]struct {
		tree  string
		parts []string
		want  int64
	}{
		"all in a part":                 {"@ p\ncount 3\n", []string{"*\n-0 a\nW1-1\n" + right}, 3},
		"bounds in a part":              {"*\n@ p\n" + right + "count 3\n", []string{"]0 0 0 a\nW1-1\n"}, 3},
		"bounds before a part":          {"*\n]0 0 0 a\n@ p\n" + right + "count 3\n", []string{"W1-1\n"}, 3},
		"bounds before and in a part":   {"*\n]0 1 1 a\n@ p\n" + right + "count 3\n", []string{"]0 0 0 a\nW1-1\n"}, 3},
		"a part is referred to twice":   {"*\n@ p\n@ p\ncount >= 2\n", []string{"?0 0\n"}, 0},
		"a part refers at once":         {"@ q\ncount 3\n", []string{"*\n-0 a\nW1-1\n" + right, "@ p\n"}, 0},
		"a part bounds, then refers":    {"*\n@ q\n" + right + "count 3\n", []string{"W1-1\n", "]0 0 0 a\n@ p\n"}, 0},
		"a part refers to itself":       {"@ p\ncount 3\n", []string{"*\n@ p\n@ p\n"}, 0},
		"a part with a count":           {"@ p\n", []string{"*\n-0 a\nW1-1\n" + right + "count 3\n"}, 0},
		"an empty part":                 {"@ p\ncount 3\n", []string{""}, 0},
		"a part without end":            {"@ p\ncount 3\n", []string{"*\n-0 a\nW1-1\n*\nW2 1\nW2 3"}, 0},
		"a name at the caller's":        {"*\n@ p\n" + right + "count 3\n", []string{"-0 a\nW1-1\n"}, 3},
		"a part for a name that is not": {"*\n@ p\n" + right + "count 3\n", []string{"-0 ba\nW1-1\n"}, 0},
		"two subtrees":                  {"*\n@ p\ncount 3\n", []string{"-0 a\nW1-1\n" + right}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			parts := append([]string(nil), c.parts...)
			for i, p := range parts { // a part that refers to the first one has its hash
				parts[i] = strings.ReplaceAll(p, "@ p\n", fmt.Sprintf("@ p sha256:%x\n", sha256.Sum256([]byte(parts[0]))))
			}
			agreed(t, newTwins(carried), unit, c.tree, c.want, parts...)
		})
	}
}

func TestBothCheckersOfTheCaps(t *testing.T) {
	twice := newTwins(specimen.OneLayer([]float64{0, 0}, []float64{1}, []float64{1}))
	const wide = "linf 0x1p+1000 0x0p+0"
	nines := func(n int) string { return strings.Repeat("9", n) }
	copies := func(witness, lambda string) string {
		return "*\n-1 " + lambda + "a" + lambda + "\nW1-1\n+1 a\nW" + witness + "\ncount 2\n"
	}
	carried := newTwins(specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		{Act: "mixed", Slopes: []float64{0, 1}, W: [][]float64{{1}, {1}}, B: []float64{0, 0}},
		{Act: "relu", W: [][]float64{{0, 1}}, B: []float64{1}}}})
	// x − 3 and a carried x, then x − 9/4.
	around := newTwins(specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		{Act: "mixed", Slopes: []float64{0, 1}, W: [][]float64{{1}, {1}}, B: []float64{-3, 0}},
		{Act: "relu", W: [][]float64{{0, 1}}, B: []float64{-2.25}}}})
	// The same, the first neuron times 2^40.
	steep := newTwins(specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		{Act: "mixed", Slopes: []float64{0, 1}, W: [][]float64{{0x1p+40}, {1}}, B: []float64{-0x1.8p+41, 0}},
		{Act: "relu", W: [][]float64{{0, 1}}, B: []float64{-2.25}}}})
	// The same, the first neuron seven times.
	seven := newTwins(specimen.Net{Inputs: 1, Layers: []specimen.Layer{
		{Act: "mixed", Slopes: []float64{0, 0, 0, 0, 0, 0, 0, 1}, W: [][]float64{{1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}}, B: []float64{-3, -3, -3, -3, -3, -3, -3, 0}},
		{Act: "relu", W: [][]float64{{0, 0, 0, 0, 0, 0, 0, 1}}, B: []float64{-2.25}}}})
	most := func(names string) (m string) {
		for _, name := range names {
			m += string(name) + "144115188075855871"
		}
		return m
	}
	bounds := func(x, e string) string {
		return "*\n]0 " + x + " " + e + " a\n*\nW0-3\nW1-1\n[0 -" + x + " " + e + " a\n+0 a\nW1 1\ncount 3\n"
	}
	for name, c := range map[string]struct {
		w          *twins
		ball, tree string
		want       int64
	}{
		"multipliers":          {twice, wide, copies("1 1", nines(12288)), 2},
		"longer ones":          {twice, wide, copies("1 1", nines(12289)), 0},
		"a witness":            {twice, wide, copies("40000 "+nines(12288), "2"), 2},
		"a longer one":         {twice, wide, copies("40000 "+nines(12289), "2"), 0},
		"a finer one":          {twice, wide, copies("40001 "+nines(12288), "2"), 0},
		"a negative one":       {twice, wide, strings.Replace(copies("1 1", ""), "W1-1", "W40000-"+nines(12288), 1), 2},
		"a long negative one":  {twice, wide, strings.Replace(copies("1 1", ""), "W1-1", "W40000-"+nines(12289), 1), 0},
		"bounds":               {carried, wide, bounds(nines(12288), "40000"), 3},
		"longer bounds":        {carried, wide, bounds(nines(12289), "40000"), 0},
		"finer bounds":         {carried, wide, bounds(nines(12288), "40001"), 0},
		"a shift of 2^63":      {around, "linf 0x1p+0 0x1.8p+1", "*\n]0 2199023255553 40 a8388608\nW1 5\n+0 a\nW1 7\ncount 2\n", 0},
		"a steep layer before": {steep, "linf 0x1p+0 0x1.8p+1", "*\n-0 a1048576\nW1 5\n+0 1099511627776a\nW1 7\ncount 2\n", 0},
		"seven of 57 bits": {seven, "linf 0x1p+0 0x1.8p+1", "*\n<1 a\n<2 a\n<3 a\n<4 a\n<5 a\n<6 a\n-0 " + most("gfedcba") + "\nW1 5\n" +
			"+1 a\n+2 a\n+3 a\n+4 a\n+5 a\n+6 a\n+0 a\nW1 7\ncount 2\n", 0},
		"a multiple of 2^70":   {carried, "linf 0x1p+31 0x0p+0", "*\n]0 -1073741824 0 1099511627776a1099511627776\nW0-1073741825\n+0 a\nW1 1\ncount 2\n", 0},
		"a huge exponent":      {carried, wide, bounds("1", "18446744073709551616"), 0},
		"an index of 2^64":     {twice, wide, strings.Replace(copies("1 1", ""), "-1 a", "-18446744073709551617 a", 1), 0},
		"an index of 2^32":     {twice, wide, strings.Replace(copies("1 1", ""), "-1 a", "-4294967297 a", 1), 0},
		"six capitals":         {twice, wide, strings.Replace(copies("1 1", ""), "-1 a", "-1 AAAAAAaa", 1), 0},
		"seven capitals":       {twice, wide, strings.Replace(copies("1 1", ""), "-1 a", "-1 AAAAAAAaa", 1), 0},
		"capitals that wrap":   {twice, wide, strings.Replace(copies("1 1", ""), "-1 a", "-1 "+strings.Repeat("Z", 14)+"a", 1), 0},
		"a radius":             {twice, "linf 0x1." + strings.Repeat("f", 4096) + "p+20000 0x0p+0", copies("1 1", ""), 2},
		"a radius too long":    {twice, "linf 0x1." + strings.Repeat("f", 4097) + "p+20000 0x0p+0", copies("1 1", ""), 0},
		"a radius too large":   {twice, "linf 0x1p+20001 0x0p+0", copies("1 1", ""), 0},
		"a radius too small":   {twice, "linf 0x1p-20001 0x0p+0", copies("20005 1", ""), 0},
		"a small radius":       {twice, "l2 0x1p-20000 0x0p+0", strings.Replace(copies("20005 1", ""), "W1-1", "W20005-1", 1), 2},
		"a small l1 radius":    {twice, "l1 0x1p-20000 0x0p+0", strings.Replace(copies("20005 1", ""), "W1-1", "W20005-1", 1), 2},
		"a witness at its rim": {twice, "l1 0x1p-20000 0x0p+0", strings.Replace(copies("20000 1", ""), "W1-1", "W20005-1", 1), 0},
	} {
		t.Run(name, func(t *testing.T) { agreed(t, c.w, c.ball, c.tree, c.want) })
	}
}

// TestBothReadersOfNetworks damages texts of networks: both checkers must refuse or read the same.
func TestBothReadersOfNetworks(t *testing.T) { readers(t, 0, 200) }

func TestSoakBothReadersOfNetworks(t *testing.T) {
	if os.Getenv("RELUCELL_SOAK") == "" {
		t.Skip("a long campaign: set RELUCELL_SOAK=1")
	}
	readers(t, 1000, 20000)
}

func readers(t *testing.T, first, count int64) {
	accepted := 0
	for seed := first; seed < first+count; seed++ {
		w, _, r := drawn(seed)
		ball, zero := "linf 0x1p+0", "?0"
		for range w.net.Inputs {
			ball, zero = ball+" 0x0p+0", zero+" 0"
		}
		for i := range 20 {
			text := w.text
			if i > 0 {
				text = damagedText(r, text)
			}
			v := &twins{text: text}
			agreed := v.check(t, specimen.Folder{"proof": fmt.Appendf(nil, "relucell-certificate 2\nnet sha256:%x\nball %s\n%s\ncount >= 1\n", sha256.Sum256(text), ball, zero)}, 1)
			require.True(t, i > 0 || agreed != nil)
			accepted += v.accepted
		}
	}
	t.Log(accepted, "texts accepted")
}

// damagedText changes a few bytes, or exchanges what is between quotes, commas or brackets.
func damagedText(r *rand.Rand, text []byte) []byte {
	text = bytes.Clone(text)
	if r.Intn(2) == 0 {
		return (&mutant{r: r}).bytes(text)
	}
	words := []string{"0x0p+0", "0x1p+0", "-0x1p+0", "0x1.8p-1", "-0x0p+0", "0x2p+0", "0x1.0p+0", "0x1p+20000", "0x1p-20001", "1", "relu", "none", "mixed", "leaky_relu",
		`"slope":"0x1p-1",`, `"slopes":["0x0p+0","0x1p+0"],`, `"slopes":[],`, "[]", "null", ",", "],[", `","`, "\n", " ", "{", "}"}
	at := func() int { // before or after a mark
		for {
			i := r.Intn(len(text))
			if strings.IndexByte("\",[]{}:\n", text[i]) >= 0 {
				return i + r.Intn(2)
			}
		}
	}
	i, k := at(), at()
	if i > k {
		i, k = k, i
	}
	switch r.Intn(3) {
	case 0: // put
		return append(text[:i:i], append([]byte(words[r.Intn(len(words))]), text[i:]...)...)
	case 1: // in the place of what is up to the next mark
		k = i + max(0, bytes.IndexAny(text[i:], "\",[]{}:\n"))
		return append(text[:i:i], append([]byte(words[r.Intn(len(words))]), text[k:]...)...)
	}
	return append(text[:i:i], text[k:]...) // leave out
}

// TestInputsHaveOneSpelling: a leading zero in the number of inputs makes another text, with
// another fingerprint, of the same network.
func TestInputsHaveOneSpelling(t *testing.T) {
	text := specimen.OneLayer([]float64{0}, []float64{1}).Text()
	for _, spelled := range []string{"01", "001", "+1", "-1", "0", "00", "1.0", "1e0", "", " 1", "1 "} {
		_, err := readNet(background, bytes.Replace(text, []byte(`"inputs":1,`), []byte(`"inputs":`+spelled+`,`), 1), nettext.DenseMost)
		require.Error(t, err, "%q", spelled)
	}
	_, err := readNet(background, text, nettext.DenseMost)
	require.NoError(t, err)
}

// TestTheLongestLine: a line has 4 MiB at most, its newline not counted.
func TestTheLongestLine(t *testing.T) {
	const inputs, longest = 700, 4 << 20
	net := specimen.Net{Inputs: inputs, Layers: []specimen.Layer{{Act: "none", W: [][]float64{make([]float64, inputs)}, B: []float64{0}}}}
	w := &twins{text: net.Text()} // without a truth
	ball := "linf 0x1p+20000" + strings.Repeat(" 0x0p+0", inputs)
	for over := range 2 {
		line := "W0"
		for left := inputs; left > 0; left-- { // what is left of the line is spread over the coordinates
			line += " " + strings.Repeat("7", (longest+over-len(line))/left-1)
		}
		require.Len(t, line, longest+over)
		files := specimen.Folder{"proof": fmt.Appendf(nil, "relucell-certificate 2\nnet sha256:%x\nball %s\n%s\ncount 1\n", sha256.Sum256(w.text), ball, line)}
		if over > 0 {
			_, err := slowCheck(w.text, files, "proof")
			require.ErrorContains(t, err, "4 MiB")
		}
		_, err := Check(w.text, "proof", Options{Workers: 1, open: files.Open})
		require.Equal(t, over == 0, err == nil, "%d bytes too long: %v", over, err)
	}
}
