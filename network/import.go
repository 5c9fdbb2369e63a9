// What a reader did to a file: a count is a claim about the canonical network,
// so the user must be able to see how it came out of what was read.

package network

import "slices"

// Import says what reading a file into a network did.
type Import struct {
	// Format is "onnx", "nnet", "npz", "safetensors" or "canonical".
	Format string
	// Precision is how the file holds its weights: "float32", "float64", "float32 and float64",
	// "decimal text" (each number read as the nearest float64) or "hexadecimal text" (exact; the
	// canonical text, in which decimal numbers written by hand are read as the nearest float64).
	Precision string
	// Normalisation says what became of the normalisation of an .nnet file; empty for other
	// formats.
	Normalisation string
	// LeftOut is the operator of a smooth end that was left out, as Softmax, and Output what goes
	// into it: what the file calls its outputs are not the network's then. Both are empty
	// elsewhere.
	LeftOut, Output string
	// Rounded names what is not dyadic and was therefore rounded, once, to the nearest float64. It
	// is empty when the network is exactly what the file says.
	Rounded []Rounding
	// Notes are what a user must know to read a number about the network aright, one sentence each:
	// that its inputs, its neurons or its function are others than the file's look promises.
	// Every command that reads a network says them.
	Notes []string
	// Remarks are what else the reader did, one sentence each, by which no number means anything
	// else than it seems to: info alone shows them.
	Remarks []string
}

// Rounding names one kind of parameter that was rounded.
type Rounding struct {
	// What names the parameter, with the node or field it comes from.
	What string
	// Entries is the number of entries of the network's weights and biases that carry a
	// rounded value.
	Entries int
}

// RoundedEntries returns the number of entries of the network that carry a
// rounded value.
func (im *Import) RoundedEntries() int {
	t := 0
	for _, r := range im.Rounded {
		t += r.Entries
	}
	return t
}

// Note appends to the notes, once.
func (im *Import) Note(s string) { im.Notes = appendOnce(im.Notes, s) }

// Remark appends to the remarks, once.
func (im *Import) Remark(s string) { im.Remarks = appendOnce(im.Remarks, s) }

func appendOnce(to []string, s string) []string {
	if slices.Contains(to, s) {
		return to
	}
	return append(to, s)
}

// Round reports that entries of the network carry a rounded value of what, in addition to those
// that do already.
func (im *Import) Round(what string, entries int) {
	if i := slices.IndexFunc(im.Rounded, func(r Rounding) bool { return r.What == what }); i >= 0 {
		im.Rounded[i].Entries += entries
	} else if entries > 0 {
		im.Rounded = append(im.Rounded, Rounding{What: what, Entries: entries})
	}
}
