// The whole experiment. It proceeds by parts, a part being one network of one epoch: an
// interrupted run leaves the parts that are done in the folder, and the next one skips them.

package experiment

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

// Options are what the result does not depend on.
type Options struct {
	// Dir is the output folder: new, or with a part of the same experiment.
	Dir string
	// Workers is the number of points measured at a time; 0 means GOMAXPROCS.
	Workers int
	// Version goes into the manifest.
	Version string
	// Figures is the ending of the figures' files, png, svg or pdf; empty makes none.
	Figures string
	// Progress, when set, is called after each point, by one goroutine at a time.
	Progress func(Progress)
}

// Progress says how far an experiment is.
type Progress struct {
	// Done and Total are points measured: networks × points.
	Done, Total int
	// What is the network at work.
	What string
}

// Result is a finished experiment.
type Result struct {
	Outcome
	Rows       []Row
	Statistics []Statistic
}

// The streams of randomness of a seed.
const (
	streamData = iota + 1
	streamTraining
	streamPlaces
)

// part is the measured network of one seed and epoch.
type part struct {
	Network File  `json:"network"`
	Rows    []Row `json:"rows"`
}

const partsFolder = "parts"

type runner struct {
	work
	skipped int
}

// Training runs the experiment of an opened configuration (Config.Open) and writes the folder. An
// error leaves in it what is done; calling again goes on from there.
func Training(ctx context.Context, c Config, opt Options) (*Result, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	m := newManifest(KindTraining, opt.Version)
	m.Config = c
	w, old, err := begin(m, opt)
	if err != nil {
		return nil, err
	}
	r := &runner{work: w}
	if rows, ok := r.folder.complete(old); ok {
		m.Networks = old.Networks
		r.skipped = len(m.Networks)
		return r.finish(m, rows)
	}
	for _, s := range c.Studies {
		r.state.Total += s.Seeds * len(s.Epochs) * s.Points * len(Sets)
	}
	var rows []Row
	for i := range c.Studies {
		s := &c.Studies[i]
		for k := range s.Seeds {
			more, err := r.seed(ctx, s, s.FirstSeed+uint64(k))
			if err != nil {
				return nil, fmt.Errorf("%s by %s, seed %d: %w", s.data.Name, s.Optimizer, s.FirstSeed+uint64(k), err)
			}
			for _, p := range more {
				m.Networks = append(m.Networks, p.Network)
				rows = append(rows, p.Rows...)
			}
		}
	}
	return r.finish(m, rows)
}

// seed trains one network and measures it at each epoch, or reads what is done.
func (r *runner) seed(ctx context.Context, s *Study, seed uint64) ([]part, error) {
	parts := make([]part, len(s.Epochs))
	missing := 0
	for i, e := range s.Epochs {
		if !r.load(s, seed, e, &parts[i]) {
			missing++
		}
	}
	count := s.Points * len(Sets)
	r.skipped += len(parts) - missing
	r.advance("", (len(parts)-missing)*count)
	if missing == 0 {
		return parts, nil
	}
	training, test := s.data.split(rand.New(rand.NewPCG(seed, streamData)))
	where := places(rand.New(rand.NewPCG(seed, streamPlaces)), training, test, s.Points)
	norm, err := ball.ParseNorm(s.Norm)
	if err != nil {
		return nil, err
	}
	err = s.train(ctx, seed, training, func(i int, n *network.Network) error {
		if parts[i].Rows != nil {
			return nil
		}
		head := Row{Data: s.data.Name, Optimizer: s.Optimizer, Seed: seed, Epoch: s.Epochs[i]}
		m := &measurement{study: s, norm: norm, net: n, places: where, head: head}
		rows, err := r.measure(ctx, m)
		if err != nil {
			return err
		}
		parts[i].Rows = append(scores(head, n, training, test), rows...)
		return r.save(s, seed, s.Epochs[i], n, &parts[i])
	})
	return parts, err
}

// train calls at for each measured epoch.
func (s *Study) train(ctx context.Context, seed uint64, training samples, at func(i int, n *network.Network) error) error {
	rng := rand.New(rand.NewPCG(seed, streamTraining))
	widths := append(append([]int{s.data.Inputs}, s.Hidden...), s.data.Classes)
	t, err := newTrainer(rng, chain(widths...), crossEntropy, s.Optimizer, s.Rate)
	if err != nil {
		return err
	}
	defer t.close()
	epoch := 0
	for i, measured := range s.Epochs {
		for ; epoch < measured; epoch++ {
			if err := t.epoch(ctx, rng, len(training.x), s.Batch, classified(training, s.data.Classes)); err != nil {
				return err
			}
		}
		n, err := t.network()
		if err != nil {
			return err
		}
		if err := at(i, n); err != nil {
			return err
		}
	}
	return nil
}

// scores are the rows of accuracy and loss.
func scores(head Row, n *network.Network, training, test samples) []Row {
	var rows []Row
	for _, set := range []struct {
		name string
		samples
	}{{AtTraining, training}, {AtTest, test}} {
		accuracy, loss := score(n, set.samples)
		head.Set = set.name
		rows = append(rows, head.of("accuracy", decimal(accuracy), decimal(accuracy)), head.of("loss", decimal(loss), decimal(loss)))
	}
	return rows
}

// measure counts points into the progress while the measurement runs.
func (r *runner) measure(ctx context.Context, m *measurement) ([]Row, error) {
	ticks := make(chan struct{})
	finished := make(chan struct{})
	what := fmt.Sprintf("%s by %s, seed %d, epoch %d", m.head.Data, m.head.Optimizer, m.head.Seed, m.head.Epoch)
	go func() {
		defer close(finished)
		for range ticks {
			r.advance(what, 1)
		}
	}()
	rows, err := m.rows(ctx, r.opt.Workers, func() { ticks <- struct{}{} })
	close(ticks)
	<-finished
	return rows, err
}

func stem(s *Study, seed uint64, epoch int) string {
	return s.name() + "-seed" + strconv.FormatUint(seed, 10) + "-epoch" + strconv.Itoa(epoch)
}

func (r *runner) save(s *Study, seed uint64, epoch int, n *network.Network, p *part) (err error) {
	name := stem(s, seed, epoch)
	if p.Network, err = r.folder.writeNetwork("networks/"+name+".json", n); err != nil {
		return err
	}
	return r.folder.savePart(name, p)
}

// load reads a part, if its network is the one that it was measured on.
func (r *runner) load(s *Study, seed uint64, epoch int, p *part) bool {
	return loadPart(r.folder, stem(s, seed, epoch), p, func(p *part) bool { return len(p.Rows) > 0 && r.folder.holds(p.Network) })
}

// finish ends the experiment; the parts are no longer needed then.
func (r *runner) finish(m *Manifest, rows []Row) (*Result, error) {
	res := &Result{Outcome: Outcome{m, r.skipped}, Rows: rows, Statistics: Statistics(&m.Config, rows)}
	tables := []table{{tableName, rowHeader, records(rows)}, {statisticsName, statisticsHeader, records(res.Statistics)}}
	for i := range m.Config.Studies {
		t := m.Config.Studies[i].points()
		if !slices.ContainsFunc(tables, func(u table) bool { return u.name == t.name }) {
			tables = append(tables, t)
		}
	}
	if err := r.work.finish(m, func() error { return r.figures(m.Config, rows) }, tables...); err != nil {
		return nil, err
	}
	return res, files.Plain(os.RemoveAll(r.folder.path(partsFolder)))
}

// points is the table of the points measured.
func (s *Study) points() table {
	t := table{name: "points-" + s.data.Name + ".csv", header: []string{"seed", "set", "point"}}
	for k := range s.data.Inputs {
		t.header = append(t.header, "x"+strconv.Itoa(k))
	}
	for k := range s.Seeds {
		seed := s.FirstSeed + uint64(k)
		training, test := s.data.split(rand.New(rand.NewPCG(seed, streamData)))
		for _, p := range places(rand.New(rand.NewPCG(seed, streamPlaces)), training, test, s.Points) {
			record := []string{strconv.FormatUint(seed, 10), p.set, strconv.Itoa(p.index)}
			for _, v := range p.x {
				record = append(record, decimal(v))
			}
			t.records = append(t.records, record)
		}
	}
	return t
}
