package main

// The graph of the regions, and their volumes, for list.

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

// graph writes the regions with their neighbours, and returns how many there are.
func (c *listCmd) graph(ctx context.Context, cmd *cobra.Command, n *network.Network, b ball.Ball) (int64, error) {
	var all []enumerate.Region
	for r, err := range enumerate.Regions(ctx, n, b, enumerate.Options{Workers: 1}) {
		if err != nil {
			return int64(len(all)), err
		}
		if all = append(all, r); len(all) == 1 { // at once, not after the walk
			if _, err := r.NeighboursUntil(func() bool { return ctx.Err() != nil }); err != nil {
				return 0, err
			}
		}
	}
	g, err := enumerate.NewGraph(ctx, all)
	if err != nil {
		return int64(len(all)), err
	}
	volumes, err := c.volumes.of(ctx, all)
	if err != nil {
		return int64(len(all)), err
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	switch c.format {
	case "graphml":
		err = graphTo(out, g, volumes)
	case "csv":
		err = tableTo(out, g, volumes)
	default:
		for i, near := range g.Neighbours() {
			if err = c.write(ctx, out, n, all[i], volumeAt(volumes, i), append([]int{}, near...)); err != nil {
				break
			}
		}
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		_, err = fmt.Fprintf(cmd.ErrOrStderr(), "relucell: %s, %s of neighbours, average degree %.4g (over the whole space at most %d)\n",
			tables.Numbered(int64(len(all)), "region"), tables.Numbered(int64(len(g.Edges)), "pair"), g.Degree(), 2*n.Inputs())
	}
	return int64(len(all)), err
}

// tableTo writes a line for each region.
func tableTo(out io.Writer, g *enumerate.Graph, volumes []*big.Rat) error {
	w := csv.NewWriter(out)
	head := []string{"region", "pattern", "degree", "neighbours"}
	if volumes != nil {
		head = append(head, "volume")
	}
	err := w.Write(head)
	for i, near := range g.Neighbours() {
		if err != nil {
			break
		}
		line := []string{strconv.Itoa(i), g.Regions[i].Pattern.String(), strconv.Itoa(len(near)), strings.Join(each(near, strconv.Itoa), " ")}
		if v := volumeAt(volumes, i); v != nil {
			line = append(line, nearest(v))
		}
		err = w.Write(line)
	}
	w.Flush()
	return w.Error()
}

// The elements of GraphML (http://graphml.graphdrawing.org).
type (
	graphML struct {
		XMLName xml.Name `xml:"http://graphml.graphdrawing.org/xmlns graphml"`
		Keys    []keyML  `xml:"key"`
		Graph   inGraphML
	}
	inGraphML struct {
		XMLName xml.Name `xml:"graph"`
		Default string   `xml:"edgedefault,attr"`
		Nodes   []nodeML `xml:"node"`
		Edges   []edgeML `xml:"edge"`
	}
	keyML struct {
		ID   string `xml:"id,attr"`
		For  string `xml:"for,attr"`
		Name string `xml:"attr.name,attr"`
		Type string `xml:"attr.type,attr"`
	}
	nodeML struct {
		ID   string   `xml:"id,attr"`
		Data []dataML `xml:"data"`
	}
	edgeML struct {
		Source string   `xml:"source,attr"`
		Target string   `xml:"target,attr"`
		Data   []dataML `xml:"data"`
	}
	dataML struct {
		Key   string `xml:"key,attr"`
		Value string `xml:",chardata"`
	}
)

// graphTo writes the graph as GraphML: nodes with their patterns, and edges with their neurons.
func graphTo(out io.Writer, g *enumerate.Graph, volumes []*big.Rat) error {
	doc := graphML{Keys: []keyML{{"pattern", "node", "pattern", "string"}, {"neuron", "edge", "neuron", "int"}}}
	if volumes != nil {
		doc.Keys = append(doc.Keys, keyML{"volume", "node", "volume", "double"})
	}
	doc.Graph.Default = "undirected"
	for i, r := range g.Regions {
		node := nodeML{ID: strconv.Itoa(i), Data: []dataML{{"pattern", r.Pattern.String()}}}
		if v := volumeAt(volumes, i); v != nil {
			node.Data = append(node.Data, dataML{"volume", nearest(v)})
		}
		doc.Graph.Nodes = append(doc.Graph.Nodes, node)
	}
	for _, e := range g.Edges {
		doc.Graph.Edges = append(doc.Graph.Edges, edgeML{strconv.Itoa(e.A), strconv.Itoa(e.B), []dataML{{"neuron", strconv.Itoa(e.Neuron)}}})
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(out)
	e.Indent("", " ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

// nearest is a fraction to the nearest float64.
func nearest(v *big.Rat) string {
	f, _ := dyadic.FromRat(v)
	if math.IsInf(f, 0) || f == 0 && v.Sign() != 0 { // a float64 has no word for it
		return new(big.Float).SetPrec(53).SetRat(v).Text('g', -1)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// volumes adds up the volumes that are listed; nil lists none.
type volumes struct {
	sum  enumerate.Volumes
	ball *big.Rat
}

func newVolumes(wanted bool, b ball.Ball) *volumes {
	if !wanted {
		return nil
	}
	v := new(volumes)
	v.ball, _ = enumerate.BallVolume(b) // of a round one no region has a volume
	return v
}

// together is how many regions wait for their volumes to be had at once.
func (v *volumes) together() int {
	if v == nil {
		return 1
	}
	return 256
}

// of returns the volumes of regions, nil where none are wanted.
func (v *volumes) of(ctx context.Context, list []enumerate.Region) ([]*big.Rat, error) {
	if v == nil {
		return nil, nil
	}
	all, err := enumerate.VolumesOf(ctx, list)
	if err != nil {
		return nil, err
	}
	for i, r := range list {
		v.sum.Add(r.Pattern, all[i])
	}
	return all, nil
}

// volumeAt returns one of the volumes, nil where there are none.
func volumeAt(volumes []*big.Rat, i int) *big.Rat {
	if volumes == nil {
		return nil
	}
	return volumes[i]
}

// check says that those of all regions add up to the ball's.
func (v *volumes) check(w io.Writer) error {
	if v == nil {
		return nil
	}
	if sum := v.sum.Sum(); sum.Cmp(v.ball) != 0 {
		return fmt.Errorf("volumes that add up to %s, expected %s, the ball's", sum.RatString(), v.ball.RatString())
	}
	_, err := fmt.Fprintf(w, "relucell: the volumes add up to the ball's, %s\n", v.ball.RatString())
	return err
}
