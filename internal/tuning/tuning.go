// Package tuning holds the numbers that steer a walk, in one table. None of them changes a count: a
// test draws them at random and holds that.
package tuning

import "time"

// Table is what steers a walk.
type Table struct {
	// Batch is the number of regions that a tree finds before it tells the others.
	Batch int64
	// ProgressEvery is the time between two reports of progress, GapEvery that between two looks at
	// the gap.
	ProgressEvery, GapEvery time.Duration
	BestFirst
	Records
	Cells
}

// BestFirst steers the order of a walk that may end before it has counted all.
type BestFirst struct {
	// FrontierSize is the number of cells that may wait; at some hundred bytes each they take some
	// megabytes. Beyond, a cell whose turn comes is walked to its end.
	FrontierSize int
	// Stint is the number of splits that a cell is walked further at a time.
	Stint int64
	// Narrow is how many bits smaller than the bound of the cell whose turn it is a bound must be
	// for its cell to wait: that keeps a stint from going deep where others are wide open.
	Narrow int
	// FewBits is how many bits of a bound are so few that a cell is walked to its end anyway.
	FewBits int
	// WorthOfGap is how many units of work pay for one of ways to waiting cells where a gap is to
	// be reached: if that comes to nothing, the count has cost so much more. WorthOfBracket is the
	// same where time is limited anyway.
	WorthOfGap, WorthOfBracket int64
	// After a limit was reached the bracket is made narrower: for as many splits again, and
	// TightenRegion for each region of the limit, up to TightenMost: a second or so.
	TightenRegion, TightenMost int64
	// DepthFirstFor is how long a walk with a gap to reach goes depth first, which is the faster
	// way to the end; DepthFirstShare is the share of a time limit for which a walk does.
	DepthFirstFor   time.Duration
	DepthFirstShare float64
	// ProbeShare is the part of the time, one in so many, that random descents may take.
	ProbeShare int
}

// Records steers what a checkpoint keeps. A subtree is recorded when it is complete and holds so
// many regions, or so much work, that no record in it has, or so many records: then one takes their
// place, so that a checkpoint stays small however large the count. Once RecordDead bytes, and half
// of the file, are superseded, the file is written anew.
type Records struct {
	RecordRegions, RecordRecords, RecordDead int64
	RecordWork                               time.Duration
}

// Cells steers how cells are decided.
type Cells struct {
	// LeafMost is the number of neurons of the last layer up to which the regions of a cell are
	// counted at a stroke, and shown in proofs: so many hyperplanes make thousands of regions at
	// most, below a millisecond.
	LeafMost int
	// RoughCells is the number of cells kept by their vertices that the solver may take over before
	// it is asked whether that pays; RoughShare is the number of regions that one taken over should
	// stand for.
	RoughCells, RoughShare int64
	// SpareBits is the number of free names of constraints below which some are looked for.
	SpareBits int
}

// Usual is the table that was measured. A record costs some microseconds and is worth what it
// saves; a tenth of a second is what is lost at each open split, and few splits have that much
// below them. The way to a cell that the solver takes over is as long as tens of decisions.
var Usual = Table{
	Batch: 256, ProgressEvery: 200 * time.Millisecond, GapEvery: 20 * time.Millisecond,
	BestFirst: BestFirst{
		FrontierSize: 50_000, Stint: 256, Narrow: 6, FewBits: 9,
		WorthOfGap: 8, WorthOfBracket: 2, TightenRegion: 8, TightenMost: 1 << 15,
		DepthFirstFor: 2 * time.Second, DepthFirstShare: 0.25, ProbeShare: 50,
	},
	Records: Records{RecordRegions: 4096, RecordRecords: 64, RecordDead: 1 << 20, RecordWork: 100 * time.Millisecond},
	Cells:   Cells{LeafMost: 10, RoughCells: 64, RoughShare: 64, SpareBits: 8},
}
