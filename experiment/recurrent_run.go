// The study of recurrent networks, as a whole. It proceeds by parts, a part being the choice of a
// rate or the training of one network: an interrupted run leaves those that are done in the folder.

package experiment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/relucell/relucell/network/rnn"
)

// RecurrentResult is a finished study.
type RecurrentResult struct {
	Outcome
	Rows       []Row
	Pilots     []Pilot
	Statistics []Statistic
}

// Pilot is a rate that was tried, and the mean loss that it ended with.
type Pilot struct {
	Init, Optimizer string
	Rate            float64
	Loss            *float64 // nil where the training left the finite numbers
	Chosen          bool
}

// recurrentPart is the network of one first network, optimiser and seed, at all that is measured.
type recurrentPart struct {
	Networks []File `json:"networks"`
	Rows     []Row  `json:"rows"`
}

type recurrentRunner struct {
	*RecurrentStudy
	work
}

// streamPilot is the stream of a pilot's test sequences, which no network is measured on, and
// streamShown that of training sequences which lines and planes go through.
const (
	streamPilot = streamPlaces + 1 + iota
	streamShown
)

func newStream(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

// The tables that other studies do not have.
const (
	pilotsName    = "pilots.csv"
	sequencesName = "sequences.csv"
)

var pilotsHeader = []string{"init", "optimizer", "rate", "loss", "chosen"}

func (p Pilot) record() []string {
	loss := ""
	if p.Loss != nil {
		loss = decimal(*p.Loss)
	}
	return []string{p.Init, p.Optimizer, decimal(p.Rate), loss, strconv.FormatBool(p.Chosen)}
}

// Recurrent runs an opened study (RecurrentStudy.Open) and writes the folder. An error leaves in it
// what is done; calling again goes on from there.
func Recurrent(ctx context.Context, s RecurrentStudy, opt Options) (*RecurrentResult, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	m := newManifest(KindRecurrent, opt.Version)
	m.Recurrent = &s
	w, _, err := begin(m, opt)
	if err != nil {
		return nil, err
	}
	r := &recurrentRunner{RecurrentStudy: &s, work: w}
	res := &RecurrentResult{Outcome: Outcome{Manifest: m}}
	for _, o := range s.Optimizers {
		r.state.Total += len(s.Inits) * (len(s.Rates[o])*s.Pilot + s.Seeds*s.Measured[len(s.Measured)-1])
	}
	for _, init := range s.Inits {
		for _, o := range s.Optimizers {
			if err := r.group(ctx, res, init, o); err != nil {
				return nil, fmt.Errorf("%s by %s: %w", init, o, err)
			}
		}
	}
	res.Statistics = s.statistics(res.Rows)
	return res, r.finish(m, func() error { return r.figures(res.Rows) }, table{tableName, rowHeader, records(res.Rows)},
		table{statisticsName, statisticsHeader, records(res.Statistics)}, table{pilotsName, pilotsHeader, records(res.Pilots)}, s.sequences())
}

// group chooses the rate of one first network and optimiser, and trains by it.
func (r *recurrentRunner) group(ctx context.Context, res *RecurrentResult, init, optimizer string) error {
	pilots, err := r.pilots(ctx, init, optimizer)
	if err != nil {
		return err
	}
	res.Pilots = append(res.Pilots, pilots...)
	at := slices.IndexFunc(pilots, func(p Pilot) bool { return p.Chosen })
	if at < 0 {
		return fmt.Errorf("all rates, %v, left the finite numbers, expected smaller ones", r.Rates[optimizer])
	}
	for k := range r.Seeds {
		p, done, err := r.seed(ctx, init, optimizer, pilots[at].Rate, r.FirstSeed+uint64(k))
		if err != nil {
			return err
		}
		if done {
			res.Skipped++
		}
		res.Manifest.Networks = append(res.Manifest.Networks, p.Networks...)
		res.Rows = append(res.Rows, p.Rows...)
	}
	return nil
}

// pilots tries all rates on the seed before the first.
func (r *recurrentRunner) pilots(ctx context.Context, init, optimizer string) ([]Pilot, error) {
	name := "pilot-" + init + "-" + optimizer
	var pilots []Pilot
	if loadPart(r.folder, name, &pilots, func(p *[]Pilot) bool { return len(*p) == len(r.Rates[optimizer]) }) {
		r.advance(name, r.Pilot*len(pilots))
		return pilots, nil
	}
	test := r.task.draw(newStream(r.FirstSeed-1, streamPilot), r.task.train, r.Test)
	best := -1
	for i, rate := range r.Rates[optimizer] {
		t, rng := r.start(init, optimizer, rate, r.FirstSeed-1)
		if err := r.run(ctx, t, rng, r.Pilot, name); err != nil {
			return nil, err
		}
		p := Pilot{Init: init, Optimizer: optimizer, Rate: rate}
		if n, err := t.stored(); err == nil {
			if loss, _ := r.score(n, test); !math.IsNaN(loss) && !math.IsInf(loss, 0) {
				p.Loss = &loss
			}
		}
		if pilots = append(pilots, p); p.Loss != nil && (best < 0 || *p.Loss < *pilots[best].Loss) {
			best = i
		}
	}
	if best >= 0 {
		pilots[best].Chosen = true
	}
	return pilots, r.folder.savePart(name, pilots)
}

// start draws a network; the generator is that of the batches.
func (r *recurrentRunner) start(init, optimizer string, rate float64, seed uint64) (*recurrentTrainer, *rand.Rand) {
	rng := newStream(seed, streamTraining)
	n := newRecurrent(rng, init, r.task.inputs, r.Hidden, r.task.outputs)
	return &recurrentTrainer{net: n, task: r.task, optimizer: optimizer, rate: rate}, rng
}

// run trains for so many batches.
func (r *recurrentRunner) run(ctx context.Context, t *recurrentTrainer, rng *rand.Rand, batches int, what string) error {
	for range batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		t.train(r.task.draw(rng, r.task.train, r.Batch))
		r.advance(what, 1)
	}
	return nil
}

// seed trains one network and measures it, or reads what is done. A network that leaves the finite
// numbers has no more rows from there on.
func (r *recurrentRunner) seed(ctx context.Context, init, optimizer string, rate float64, seed uint64) (p recurrentPart, done bool, err error) {
	name := r.Task + "-" + init + "-" + optimizer + "-seed" + strconv.FormatUint(seed, 10)
	if loadPart(r.folder, name, &p, func(p *recurrentPart) bool { return r.folder.holdsAll(p.Networks) }) {
		r.advance(name, r.Measured[len(r.Measured)-1])
		return p, true, nil
	}
	test, shown := r.held(seed), r.shown(seed)
	t, rng := r.start(init, optimizer, rate, seed)
	trained := 0
	for _, batches := range r.Measured {
		if err := r.run(ctx, t, rng, batches-trained, name); err != nil {
			return p, false, err
		}
		trained = batches
		n, err := t.stored()
		if errors.Is(err, errDiverged) {
			continue
		}
		if err != nil {
			return p, false, err
		}
		if err := r.measure(ctx, &p, n, test, shown, Row{Data: r.Task + "-" + init, Optimizer: optimizer, Seed: seed, Epoch: batches}, name); err != nil {
			return p, false, err
		}
	}
	return p, false, r.folder.savePart(name, p)
}

// held returns the test sequences of a seed.
func (s *RecurrentStudy) held(seed uint64) sequences {
	return s.task.draw(newStream(seed, streamData), s.task.test, s.Test)
}

// shown returns the sequences of a seed that lines and planes go through.
func (s *RecurrentStudy) shown(seed uint64) sequences {
	if s.On == onTraining {
		return s.task.draw(newStream(seed, streamShown), s.task.train, s.through())
	}
	return s.held(seed)
}

// through is the number of sequences that lines and planes go through.
func (s *RecurrentStudy) through() int { return max(2*s.Lines, 3*s.Planes) }

// sequences is the table of the sequences that lines and planes go through, each with what is
// wanted of it. Line i goes through 2i and 2i+1, plane i through 3i, 3i+1 and 3i+2.
func (s *RecurrentStudy) sequences() table {
	t := table{name: sequencesName, header: []string{"seed", "sequence", "wanted"}}
	for k := range s.Steps * s.task.inputs {
		t.header = append(t.header, "x"+strconv.Itoa(k))
	}
	for i := range s.Seeds {
		seed := s.FirstSeed + uint64(i)
		shown := s.shown(seed)
		for k := range s.through() {
			record := []string{strconv.FormatUint(seed, 10), strconv.Itoa(k), decimal(shown.y[k])}
			for _, v := range shown.x[k] {
				record = append(record, decimal(v))
			}
			t.records = append(t.records, record)
		}
	}
	return t
}

// measure appends what is measured of a network, and the file that it is stored in.
func (r *recurrentRunner) measure(ctx context.Context, p *recurrentPart, n *rnn.RNN, test, shown sequences, head Row, name string) error {
	rows, err := r.recurrentRows(ctx, head, n, shown, r.opt.Workers)
	if err != nil {
		return fmt.Errorf("seed %d, after %d batches: %w", head.Seed, head.Epoch, err)
	}
	p.Rows = append(append(p.Rows, r.recurrentScores(head, n, test)...), rows...)
	var text bytes.Buffer
	if err := n.Write(&text); err != nil {
		return err
	}
	f, err := r.folder.writeFile(fmt.Sprintf("networks/%s-batch%d.json", name, head.Epoch), text.Bytes())
	p.Networks = append(p.Networks, f)
	return err
}
