// Checkpoint and resume: completed subtrees are recorded under their paths, and a later run
// that comes to such a path takes the record instead of walking. The walk starts at the root again, so nothing
// of its own state is ever saved: only what was proved.

package enumerate

import (
	"errors"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/network"
)

// Snapshotter is an observer whose completed subtrees can be kept in a checkpoint and
// given back in a later run. What Fork returns is one too.
type Snapshotter interface {
	Observer
	// Identity names what is observed and how. A checkpoint serves only the same identity.
	Identity() string
	// Mark names the place in preorder that the walk has come to, at which a subtree begins.
	Mark() int
	// Snapshot returns what there is to keep of the complete subtree that began at the
	// mark and ends here. The walk writes it away before it goes on. After an error the subtree is not
	// recorded, and the walk goes on: it does not depend on its observer.
	Snapshot(mark int) ([]byte, error)
	// Restore takes in, at the point where it belongs, a whole subtree of so many regions, as
	// Snapshot gave it. After an error nothing has changed, and the subtree is walked.
	Restore(regions int64, snapshot []byte) error
}

// grain says how coarse a checkpoint is. A subtree is recorded when it is complete and
// holds so many regions, or so much work, that no record in it has, or so many records: then one
// takes their place, so that a checkpoint stays small however large the count. Once
// so many bytes, and half of the file, are superseded, the file is written anew.
type grain struct {
	regions, records, dead int64
	work                   time.Duration
}

// usualGrain: a record costs some microseconds, and is worth what it saves. A tenth of a
// second is what is lost at each open split, and few splits have that much below them.
var usualGrain = grain{regions: 4096, records: 64, dead: 1 << 20, work: 100 * time.Millisecond}

func (p *policy) recordGrain() grain {
	if p != nil && p.grain != (grain{}) {
		return p.grain
	}
	return usualGrain
}

// resume opens the checkpoint.
func (r *run) resume(net *network.Network, b ball.Ball, opt Options) (err error) {
	observer := "none"
	if opt.Observer != nil {
		o, ok := opt.Observer.(Snapshotter)
		if !ok {
			return errors.New("enumerate: a checkpoint beside an observer that is no Snapshotter")
		}
		observer = o.Identity()
	}
	r.journal, err = openJournal(opt.Checkpoint, checkpointHeader(net, b, observer), r.policy.recordGrain())
	return err
}

// odometer is what a worker has done: counters that only grow, those of subtrees it joined
// included, so that the difference of two is what lies between.
type odometer struct {
	tally
	left     int64 // cells left open
	records  int64 // live records
	recorded int64 // regions in those
	covered  int64 // time that those took, or that was spent waiting
}

func (p *odometer) add(o *odometer, sign int64) {
	p.tally.add(&o.tally, sign)
	p.left += sign * o.left
	p.records += sign * o.records
	p.recorded += sign * o.recorded
	p.covered += sign * o.covered
}

// done is the worker's progress since it began its task.
func (w *walker) done() odometer {
	p := w.joined
	p.tally.add(&tally{w.stats, w.solver.Pivots() - w.pivots0}, 1)
	p.left += w.left
	return p
}

// kept walks one side of a split and records it, or takes it from the checkpoint.
func (w *walker) kept(l, j, d int, s int8, follow bool) {
	here := w.saved
	w.saved = here.side(s)
	if !w.restore() {
		b := w.beginKept()
		w.side(l, j, d, s, follow)
		w.endKept(b, s)
	}
	w.saved = here
}

// keptRoot is kept for the whole walk, which is recorded in any case.
func (w *walker) keptRoot() {
	w.saved = w.run.journal.resumed
	if !w.restore() {
		b := w.beginKept()
		w.root()
		w.endKept(b, 0)
	}
}

// unfinished is a subtree that is being walked: where it began.
type unfinished struct {
	before odometer
	clock  int64
	mark   int
}

func (w *walker) beginKept() unfinished {
	b := unfinished{before: w.done(), clock: w.run.journal.clock.Load()}
	if w.obs != nil {
		b.mark = w.obs.(Snapshotter).Mark()
	}
	return b
}

// endKept records the side s of the current split, or with s = 0 the whole, if it is complete
// and worth it.
func (w *walker) endKept(b unfinished, s int8) {
	jn := w.run.journal
	did := w.done()
	did.add(&b.before, -1)
	fresh := did.regions - did.recorded
	work := jn.clock.Load() - b.clock - did.covered
	g := jn.grain
	if w.err != nil || did.left > 0 ||
		s != 0 && fresh < g.regions && did.records < g.records && work < int64(g.work) {
		return
	}
	r := record{path: append(make([]int8, 0, len(w.path)+1), w.path...), tally: did.tally}
	if s != 0 {
		r.path = append(r.path, s)
	}
	if w.obs != nil {
		var err error
		if r.text, err = w.obs.(Snapshotter).Snapshot(b.mark); err != nil {
			return // the observer has failed, which is its own to report: the count goes on
		}
	}
	if jn.write(&r) != nil { // what is certain stays so, and the journal tells at its close
		w.run.quit()
		return
	}
	w.joined.records += 1 - did.records
	w.joined.recorded += fresh
	w.joined.covered += work
}

// restore takes the current subtree from the checkpoint, if that has it. A record that
// cannot be used, because its proof has lost a file, is as good as none.
func (w *walker) restore() bool {
	if w.saved == nil || w.saved.record == nil {
		return false
	}
	r, err := w.run.journal.read(w.saved.record)
	if err != nil || w.obs != nil && w.obs.(Snapshotter).Restore(r.regions, r.text) != nil {
		return false
	}
	p := tally{w.stats, 0}
	p.add(&r.tally, 1)
	w.stats = p.stats
	w.pivots0 -= r.pivots // as if the solver had done them since
	w.joined.records++
	w.joined.recorded += r.regions
	w.run.resumed.Add(r.regions)
	if w.run.limit > 0 && w.run.regions.Add(r.regions) >= w.run.limit {
		w.run.quit()
	}
	return true
}

// serveKept walks the plus side of a frame that was handed over, and notes for the one who
// joins it what it came to.
func (w *walker) serveKept(h *handover, f frame) {
	start := w.run.journal.clock.Load()
	w.kept(f.l, f.j, w.base, 1, true)
	h.did = w.done()
	// The one who joins it counts the work that no record covers, though not in time of his own.
	h.did.covered -= w.run.journal.clock.Load() - start
}

// awaitKept waits for a subtree that was handed over and takes in what it came to.
func (w *walker) awaitKept(h *handover) {
	start := w.run.journal.clock.Load()
	<-h.done
	w.joined.add(&h.did, 1)
	w.joined.covered += w.run.journal.clock.Load() - start
}
