// Checkpoint and resume: completed subtrees are recorded under their paths, and a later walk that
// comes to such a path takes the record instead of walking. The walk starts at the root again, so
// nothing of its own state is ever saved: only what was proved.

package walk

import (
	"sync/atomic"

	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/internal/tree"
)

// Snapshotter is a sink whose completed subtrees can be recorded and given back in a later walk.
// What Fork returns is one too.
type Snapshotter interface {
	Sink
	// Mark names the place in preorder that the walk has come to, at which a subtree begins.
	Mark() int
	// Snapshot returns what there is to keep of the complete subtree that began at the mark and
	// ends here. After an error the subtree is not recorded, and the walk goes on.
	Snapshot(mark int) ([]byte, error)
	// Restore takes in, at the point where it belongs, a whole subtree of so many regions, as
	// Snapshot gave it. After an error nothing has changed, and the subtree is walked.
	Restore(regions int64, snapshot []byte) error
}

// Mark, Snapshot and Restore make Deaf one: there is nothing to keep.
func (Deaf) Mark() int                    { return 0 }
func (Deaf) Snapshot(int) ([]byte, error) { return nil, nil }
func (Deaf) Restore(int64, []byte) error  { return nil }

// keeper records the subtrees that one worker completes.
type keeper interface {
	// begin is called before a side of the last split, 0 for the whole, is walked. It reports true
	// where an earlier walk recorded that, and what was recorded has been added to what the worker
	// found.
	begin(w *worker, side int8) bool
	// end is called after it, unless begin reported true.
	end(w *worker, side int8)
	// passing says that the cell lies on the way to records.
	passing() bool
	// start is called on a worker's keeper when it is given the plus side of the split at a path.
	start(path []int8)
	// clock is the time that work is measured by; since is what the worker did since its start, of
	// which the time since start is another's; join takes in what a subtree came to that was waited
	// for since start.
	clock() int64
	since(w *worker, start int64) odometer
	join(did odometer, start int64)
}

// Keeper makes the keepers of a walk.
type Keeper interface{ fork() keeper }

// Forget is for walks without records.
type Forget struct{}

func (f Forget) fork() keeper                { return f }
func (Forget) begin(*worker, int8) bool      { return false }
func (Forget) end(*worker, int8)             {}
func (Forget) passing() bool                 { return false }
func (Forget) start([]int8)                  {}
func (Forget) clock() int64                  { return 0 }
func (Forget) since(*worker, int64) odometer { return odometer{} }
func (Forget) join(odometer, int64)          {}

// Records keeps them in a journal.
type Records struct {
	Journal *journal.Journal
	// Resumed counts the regions that were taken from it.
	Resumed atomic.Int64
}

func (r *Records) fork() keeper { return &recorder{all: r, at: r.Journal.Resumed()} }

// recorder records what one worker completes.
type recorder struct {
	all    *Records
	at     *journal.Node // what earlier walks recorded at and below the cell
	joined odometer      // what the worker joined, and what it recorded
	begun  []unfinished
}

// odometer is what a worker has done: counters that only grow, those of subtrees it joined
// included, so that the difference of two is what lies between.
type odometer struct {
	regions  int64
	tally    tree.Tally
	left     int64 // cells left open
	records  int64 // live records
	recorded int64 // regions in those
	covered  int64 // time that those took, or that was spent waiting
}

// add adds another one, so many times.
func (o *odometer) add(p *odometer, times int64) {
	o.regions += times * p.regions
	o.tally.Add(&p.tally, times)
	o.left += times * p.left
	o.records += times * p.records
	o.recorded += times * p.recorded
	o.covered += times * p.covered
}

// unfinished is a subtree that is being walked: where it began.
type unfinished struct {
	before odometer
	clock  int64
	mark   int
	above  *journal.Node
}

func (k *recorder) passing() bool { return k.at.Leads() }
func (k *recorder) clock() int64  { return k.all.Journal.Clock() }

func (k *recorder) start(path []int8) {
	k.joined, k.begun = odometer{}, k.begun[:0]
	k.at = k.all.Journal.Resumed().Below(path)
}

// done is the worker's progress since it began its task.
func (k *recorder) done(w *worker) odometer {
	o := k.joined
	o.add(&odometer{regions: w.regions, tally: *w.tree.Tally(), left: w.left.Opens}, 1)
	return o
}

func (k *recorder) begin(w *worker, side int8) bool {
	above := k.at
	if side != 0 {
		k.at = above.Side(side)
	}
	if k.restore(w) {
		k.at = above
		return true
	}
	k.begun = append(k.begun, unfinished{before: k.done(w), clock: k.clock(), mark: w.sink.(Snapshotter).Mark(), above: above})
	return false
}

// end records the side of the last split, or the whole, if it is complete and worth it.
func (k *recorder) end(w *worker, side int8) {
	n := len(k.begun) - 1
	b := k.begun[n]
	k.begun, k.at = k.begun[:n], b.above
	did := k.done(w)
	did.add(&b.before, -1)
	fresh := did.regions - did.recorded
	work := k.clock() - b.clock - did.covered
	t := &w.run.cfg.Tuning
	if w.err != nil || did.left > 0 ||
		side != 0 && fresh < t.RecordRegions && did.records < t.RecordRecords && work < int64(t.RecordWork) {
		return
	}
	r := journal.Record{Path: append(make([]int8, 0, len(w.path)+1), w.path...), Tally: did.journal()}
	if side != 0 {
		r.Path = append(r.Path, side)
	}
	var err error
	if r.Text, err = w.sink.(Snapshotter).Snapshot(b.mark); err != nil {
		return // the sink has failed, which is its own to report: the count goes on
	}
	if k.all.Journal.Write(&r) != nil { // what is certain stays so, and the journal tells at its close
		w.run.Halt()
		return
	}
	k.joined.records += 1 - did.records
	k.joined.recorded += fresh
	k.joined.covered += work
}

// restore takes the current subtree from the checkpoint, if that has it. A record that cannot be
// used, because its proof has lost a file, is as good as none.
func (k *recorder) restore(w *worker) bool {
	if k.at == nil || !k.at.Recorded() {
		return false
	}
	r, err := k.all.Journal.Read(k.at)
	if err != nil || w.sink.(Snapshotter).Restore(r.Regions, r.Text) != nil {
		return false
	}
	w.tree.Tally().Add(tallyOf(&r.Tally), 1)
	k.joined.records++
	k.joined.recorded += r.Regions
	k.all.Resumed.Add(r.Regions)
	w.regions += r.Regions
	if limit := w.run.cfg.Limit; limit > 0 && w.run.regions.Add(r.Regions) >= limit {
		w.run.Halt()
	}
	return true
}

func (k *recorder) since(w *worker, start int64) odometer {
	did := k.done(w)
	// The one who joins it counts the work that no record covers, though not in time of his own.
	did.covered -= k.clock() - start
	return did
}

func (k *recorder) join(did odometer, start int64) {
	k.joined.add(&did, 1)
	k.joined.covered += k.clock() - start
}

// journal is what a record holds of it.
func (o *odometer) journal() journal.Tally {
	t := &o.tally
	return journal.Tally{Regions: o.regions, Float: t.Float, Integer: t.Integer, Solve: t.Solve,
		Questions: t.Questions, Refreshes: t.Refreshes, Pivots: t.Pivots}
}

func tallyOf(t *journal.Tally) *tree.Tally {
	return &tree.Tally{Decisions: tree.Decisions{Float: t.Float, Integer: t.Integer, Solve: t.Solve},
		Questions: t.Questions, Refreshes: t.Refreshes, Pivots: t.Pivots}
}
