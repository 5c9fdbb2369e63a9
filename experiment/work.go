// What all studies do alike: they go on from what a folder holds, tell how far they are, and end
// with tables, figures and the complete manifest.

package experiment

import (
	"bytes"
	"runtime"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/relucell/relucell/internal/chart"
	"github.com/relucell/relucell/internal/files"
)

// work is a study at work.
type work struct {
	folder folder
	opt    Options
	state  Progress
}

// begin prepares the folder, and returns the manifest that is in it.
func begin(m *Manifest, opt Options) (work, *Manifest, error) {
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	w := work{folder: folder(opt.Dir), opt: opt}
	old, err := w.folder.prepare(m)
	return w, old, err
}

func (w *work) advance(what string, by int) {
	w.state.Done += by
	w.state.What = what
	if w.opt.Progress != nil && by > 0 {
		w.opt.Progress(w.state)
	}
}

// draw writes the panels side by side.
func (w *work) draw(name string, panels ...*plot.Plot) error {
	var b bytes.Buffer
	err := chart.Write(&b, w.opt.Figures, panelWidth*vg.Length(len(panels)), panelHeight, chart.Panels(vg.Points(8), panels))
	if err != nil {
		return err
	}
	return w.folder.write(figuresFolder+"/"+name+"."+w.opt.Figures, b.Bytes())
}

// table is a CSV file.
type table struct {
	name    string
	header  []string
	records [][]string
}

// records returns the records of rows.
func records[R interface{ record() []string }](rows []R) (all [][]string) {
	for _, r := range rows {
		all = append(all, r.record())
	}
	return all
}

// finish writes tables, figures and, last, the complete manifest; the parts stay, for whoever calls
// again.
func (w *work) finish(m *Manifest, figures func() error, tables ...table) error {
	for _, t := range tables {
		text, err := csvText(t.header, t.records)
		if err != nil {
			return err
		}
		f, err := w.folder.writeFile(t.name, text)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, f)
	}
	if w.opt.Figures != "" {
		if err := figures(); err != nil {
			return err
		}
	}
	return files.WriteJSON(w.folder.path(manifestName), m)
}
