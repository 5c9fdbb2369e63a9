package main

// list with neighbours and volumes.

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/crosscheck/gen"
)

// graphed runs a list that succeeds and has something to say of all regions.
func graphed(t *testing.T, args ...string) (out, says string) {
	t.Helper()
	out, says, code := relucell(t, append([]string{"list"}, args...)...)
	require.Zero(t, code, says)
	return out, says
}

func TestListWritesTheGraph(t *testing.T) {
	args := []string{data + "iris_sized_4-16-16-3.onnx", "--center", "5.8,3,3.8,1.2", "--radius", "0.5", "--norm", "l1"}
	text, says := graphed(t, append(args, "--neighbours", "--volume")...)
	require.Contains(t, says, "average degree")
	require.Contains(t, says, "(over the whole space at most 8)")
	require.Contains(t, says, "the volumes add up to the ball's, 1/24")
	var near [][]int
	sum := new(big.Rat)
	for line := range strings.Lines(text) {
		var r struct {
			Neighbours []int
			Volume     string
		}
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		v, ok := new(big.Rat).SetString(r.Volume)
		require.True(t, ok)
		sum.Add(sum, v)
		near = append(near, r.Neighbours)
	}
	require.Equal(t, "1/24", sum.String(), "2ⁿrⁿ/n!")
	pairs := 0
	for i, list := range near {
		for _, k := range list {
			require.Contains(t, near[k], i)
			pairs++
		}
	}

	text, _ = graphed(t, append(args, "--format", "csv")...)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"region", "pattern", "degree", "neighbours"}, rows[0])
	require.Len(t, rows, len(near)+1)
	for i, row := range rows[1:] {
		require.Equal(t, []string{fmt.Sprint(i), fmt.Sprint(len(near[i])), strings.Trim(fmt.Sprint(near[i]), "[]")}, []string{row[0], row[2], row[3]})
	}

	text, _ = graphed(t, append(args, "--format", "graphml", "--volume")...)
	var doc graphML
	require.NoError(t, xml.Unmarshal([]byte(text), &doc))
	require.Len(t, doc.Graph.Nodes, len(near))
	require.Len(t, doc.Graph.Nodes[0].Data, 2)
	require.Len(t, doc.Graph.Edges, pairs/2)
	for _, e := range doc.Graph.Edges {
		var a, b int
		_, err := fmt.Sscan(e.Source+" "+e.Target, &a, &b)
		require.NoError(t, err)
		require.True(t, slices.Contains(near[a], b))
	}
}

// A volume too many would be seen: the volumes of all regions are held against the ball's.
func TestVolumesAreHeldAgainstTheBall(t *testing.T) {
	v := &volumes{ball: big.NewRat(2, 1)}
	require.ErrorContains(t, v.check(new(strings.Builder)), "volumes that add up to 0, expected 2, the ball's")
}

func TestNoGraphOfAList(t *testing.T) {
	box := []string{"list", data + "two_moons_2-16-16-1.onnx", "--center", "0.5,0.25", "--radius", "0.5"}
	refused(t, append(box, "--neighbours", "--limit", "7"), "--limit: given with neighbours")
	refused(t, append(box, "--format", "text"), "expected json, graphml or csv")
	refused(t, append(box, "--volume"), "--volume: a region of an l2 ball in 2 inputs is no polytope")
	wide := []string{"list", writeNet(t, gen.Random(gen.NewRand(1), gen.RandomOptions{Inputs: 8, Widths: []int{2}})), "--center", "0", "--radius", "1", "--norm", "linf"}
	refused(t, append(wide, "--neighbours"), "--neighbours: vertices in 8 inputs of the linf ball, expected 7 at most")
	refused(t, append(wide, "--volume"), "a volume in 8 inputs, expected 5 at most")
	text, says := graphed(t, append(box[1:], "--neighbours")...)
	require.Equal(t, 131, strings.Count(text, "\n"))
	require.Contains(t, says, "131 regions, ")
	_, says, code := relucell(t, "list", filepath.Join(data, "iris_sized_4-16-16-3.onnx"), "--center", "0", "--radius", "100", "--norm", "linf", "--format", "csv", "--timeout", "1ms")
	require.Equal(t, exitStopped, code, says)
}
