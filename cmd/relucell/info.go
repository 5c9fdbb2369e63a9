package main

// info: what was read, and what reading it did to the numbers.

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
)

type infoCmd struct {
	net    netFlags
	format string
}

func newInfoCmd() *cobra.Command {
	c := &infoCmd{}
	cmd := netCommand(&c.net, c.run, &cobra.Command{
		Use:   "info NET",
		Short: "Describe a network and what importing it did",
		Long: `info prints the layers, the neurons, the number of weights and the fingerprint of a network, and what
its import rounded. Counts and proofs are about the network as imported: a convolution is a matrix there,
of which most entries are 0; they are counted apart.`,
		Example: `  relucell info net.onnx`,
	})
	formatFlag(cmd, &c.format)
	return cmd
}

type layerJSON struct {
	Activation string   `json:"activation"`
	Slope      *float64 `json:"slope,omitempty"`
	// Slopes has one slope for each unit of a mixed layer; those of slope 1 are no neurons.
	Slopes []float64 `json:"slopes,omitempty"`
	// Pieces has the number of rows that each unit of a layer of maxima is the largest of; those of
	// one row are no neurons.
	Pieces []int `json:"pieces,omitempty"`
	Inputs int   `json:"inputs"`
	Width  int   `json:"width"`
	// Parameters are all weights, Zeros of which are 0, and the biases.
	Parameters int `json:"parameters"`
	Zeros      int `json:"zeros"`
	// FirstNeuron is the global index of the layer's first neuron, absent where there are none.
	FirstNeuron *int `json:"first_neuron,omitempty"`
	neurons     int
	biases      int
}

// weights is the number of weights other than 0.
func (l *layerJSON) weights() int64 { return int64(l.Parameters - l.Zeros - l.biases) }

type roundingJSON struct {
	What    string `json:"what"`
	Entries int    `json:"entries"`
}

type importJSON struct {
	Format        string         `json:"format"`
	Precision     string         `json:"precision"`
	Normalisation string         `json:"normalisation,omitempty"`
	Rounded       []roundingJSON `json:"rounded"`
	Notes         []string       `json:"notes"`
}

type infoJSON struct {
	Net        netJSON     `json:"net"`
	Outputs    int         `json:"outputs"`
	Neurons    int         `json:"neurons"`
	Parameters int         `json:"parameters"`
	Zeros      int         `json:"zeros"`
	Layers     []layerJSON `json:"layers"`
	Import     importJSON  `json:"import"`
}

func newInfoJSON(n *network.Network, im *network.Import) infoJSON {
	j := infoJSON{Net: newNetJSON(n, n.Fingerprint()), Outputs: n.Outputs(), Neurons: n.Neurons(), Import: importJSON{
		Format: im.Format, Precision: im.Precision, Normalisation: im.Normalisation, Rounded: []roundingJSON{}, Notes: append(append([]string{}, im.Notes...), im.Remarks...)}}
	first := 0
	for _, l := range n.Layers() {
		rows, _ := l.W.Dims() // of a maximum more than units
		k := layerJSON{Activation: l.Act.String(), Slopes: l.Slopes, Pieces: l.Pieces, neurons: l.Neurons(), Inputs: l.In(), Width: l.Out(), Parameters: rows * (l.In() + 1), Zeros: rows*l.In() - l.Nonzero(), biases: rows}
		if l.Act == network.LeakyReLU {
			k.Slope = &l.Slope
		}
		if l.Act != network.None {
			at := first
			k.FirstNeuron = &at
			first += k.neurons
		}
		j.Parameters += k.Parameters
		j.Zeros += k.Zeros
		j.Layers = append(j.Layers, k)
	}
	for _, r := range im.Rounded {
		j.Import.Rounded = append(j.Import.Rounded, roundingJSON{r.What, r.Entries})
	}
	return j
}

func (c *infoCmd) run(cmd *cobra.Command, args []string) error {
	n, im, err := c.net.open(contextOf(cmd), cmd, args[0])
	if err != nil {
		return err
	}
	j := newInfoJSON(n, im)
	return printAs(cmd.OutOrStdout(), c.format, j, func(f *fields) {
		f.net(args[0], n)
		f.size(j)
		f.imported(j.Import)
		f.layers(j.Layers)
	})
}

// size says how many numbers the network has: a convolution as a matrix is mostly zeros, which are
// no numbers of its file.
func (f *fields) size(j infoJSON) {
	var weights, biases int64
	for _, l := range j.Layers {
		weights += l.weights()
		biases += int64(l.biases)
	}
	zeros := ""
	if j.Zeros > 0 {
		zeros = fmt.Sprintf(" and %s that are 0", tables.GroupedInt(int64(j.Zeros)))
	}
	f.line("Size", "%s, with %s other than 0%s, and %s", tables.Numbered(int64(len(j.Layers)), "layer"), tables.Numbered(weights, "weight"), zeros, numbered(int(biases), "bias", "biases"))
}

func (f *fields) imported(im importJSON) {
	f.line("Import", "%s, %s", im.Format, im.Precision)
	if im.Normalisation != "" {
		f.line("", "normalisation: %s", im.Normalisation)
	}
	if len(im.Rounded) == 0 {
		f.line("Rounded", "nothing: the network is exactly what the file says")
	}
	for i, r := range im.Rounded {
		word := "Rounded"
		if i > 0 {
			word = ""
		}
		f.line(word, "%s: %s", r.What, tables.Numbered(int64(r.Entries), "number"))
	}
	for _, note := range im.Notes {
		f.line("Note", "%s", note)
	}
}

func (f *fields) layers(ls []layerJSON) {
	t := tables.New(table.Row{"Layer", "Activation", "Inputs", "Width", "Weights", "Zeros", "Neurons"}, 2)
	for i, l := range ls {
		act, neurons := l.Activation, "–"
		if l.Slope != nil {
			act += fmt.Sprintf(" %v", *l.Slope)
		}
		if l.FirstNeuron != nil {
			neurons = fmt.Sprintf("%d…%d", *l.FirstNeuron, *l.FirstNeuron+l.neurons-1)
		}
		t.AppendRow(table.Row{i, act, l.Inputs, l.Width, tables.GroupedInt(l.weights()), tables.GroupedInt(int64(l.Zeros)), neurons})
	}
	f.table(t)
}
