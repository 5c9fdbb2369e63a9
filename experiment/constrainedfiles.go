package experiment

// The folder of an experiment under constraints: nothing in it depends on the clock.

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/relucell/relucell/cone"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

// constrainedManifest says what made a folder.
type constrainedManifest struct {
	Maker
	Config *Constrained `json:"config"`
	Files  []File       `json:"files"`
}

// write writes the constraints, the cone, the networks and the table, and last the manifest.
func (r *ConstrainedResult) write(d *cone.Description, nets map[string]*network.Network) error {
	var table, described, text bytes.Buffer
	for _, row := range r.rows {
		for k, x := range row {
			if k > 0 {
				table.WriteByte(',')
			}
			table.WriteString(x.String())
		}
		table.WriteByte('\n')
	}
	if err := d.WriteJSON(&described); err != nil {
		return err
	}
	if err := r.add("A.csv", table.Bytes()); err != nil {
		return err
	}
	if err := r.add("cone.json", described.Bytes()); err != nil {
		return err
	}
	for _, last := range []string{ConicReLU, ConicAbs, Plain} {
		name := strings.ReplaceAll(last, " ", "-")
		if last != Plain && r.Config.DivideAfter != nil {
			name += "-undivided" // the division is not piecewise linear
		}
		f, err := r.folder.writeNetwork("networks/"+name+".json", nets[last])
		if err != nil {
			return err
		}
		r.Files = append(r.Files, f)
	}
	var records [][]string
	for _, row := range r.Rows {
		records = append(records, []string{row.Method, decimal(row.Square), strconv.FormatBool(row.Proved), strconv.Itoa(row.Outside), decimal(row.Worst), decimal(row.Steps)})
	}
	results, err := csvText([]string{"method", "mean_square", "proved", "outside", "worst", "iterations"}, records)
	if err != nil {
		return err
	}
	if err := r.add("results.csv", results); err != nil {
		return err
	}
	relucell, _ := files.Version(files.Self)
	if err := json.NewEncoder(&text).Encode(constrainedManifest{maker("constrained", relucell), r.Config, r.Files}); err != nil {
		return err
	}
	return r.folder.write(manifestName, text.Bytes())
}

// add writes a file of the manifest.
func (r *ConstrainedResult) add(name string, text []byte) error {
	f, err := r.folder.writeFile(name, text)
	r.Files = append(r.Files, f)
	return err
}
