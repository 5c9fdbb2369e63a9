// Checkpoint and resume: what a checkpoint is about, and the errors of its file.

package enumerate

import (
	"errors"
	"strconv"
	"strings"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/journal"
	"github.com/relucell/relucell/internal/tuning"
	"github.com/relucell/relucell/internal/walk"
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
	// Snapshot returns what there is to keep of the complete subtree that began at the mark and
	// ends here. The walk writes it away before it goes on. After an error the subtree is not
	// recorded, and the walk goes on: it does not depend on its observer.
	Snapshot(mark int) ([]byte, error)
	// Restore takes in, at the point where it belongs, a whole subtree of so many regions, as
	// Snapshot gave it. After an error nothing has changed, and the subtree is walked.
	Restore(regions int64, snapshot []byte) error
}

// CheckpointError says why a file cannot serve as the checkpoint of a count: its Path, and the
// Problem. It is the caller's to mend, by another name or by removing the file.
type CheckpointError = journal.RefusedError

// CheckpointWriteError says that a checkpoint could not be written any more, on a full disk for
// one: its Path, and an Err. The walk stops there, so that little is lost that another run must do
// again, and what it found holds.
type CheckpointWriteError = journal.WriteError

// openCheckpoint opens the file of the options.
func openCheckpoint(net *network.Network, b ball.Ball, opt Options, tune *tuning.Table) (*walk.Records, error) {
	observer := "none"
	if opt.Observer != nil {
		o, ok := opt.Observer.(Snapshotter)
		if !ok {
			return nil, marked{errors.New("a checkpoint beside an observer that is no Snapshotter"), ErrInput}
		}
		observer = o.Identity()
	}
	j, err := journal.Open(opt.Checkpoint, checkpointHeader(net, b, observer), tune.RecordDead)
	if err != nil {
		return nil, err
	}
	return &walk.Records{Journal: j}, nil
}

// checkpointHeader spells what a checkpoint is about.
func checkpointHeader(n *network.Network, b ball.Ball, observer string) []byte {
	h := []byte(journal.Magic + "\n")
	return append(append(h, About(n, b)...), "\nobserver "+strconv.Quote(observer)+"\n\n"...)
}

// About spells what records of a count are about: the version of the program, which may tell an
// observer other things than another, the network and the ball, a line each.
func About(n *network.Network, b ball.Ball) string {
	numbers := append([]float64{b.Radius()}, b.Center()...)
	if b.Norm() == ball.Box {
		numbers = append(append([]float64(nil), b.Lo()...), b.Hi()...)
	}
	h := []byte("program " + strconv.Quote(ProgramVersion()) + "\nnet " + n.Fingerprint() + "\nball " + b.Norm().String())
	for _, v := range numbers {
		h = strconv.AppendFloat(append(h, ' '), v+0, 'x', -1, 64) // +0: −0 is the same number
	}
	return string(h)
}

// ProgramVersion is the version of this module in the running program, and the
// commit where that is known. Another version may tell an observer other things.
func ProgramVersion() string {
	version, commit := files.Version(files.Self)
	return strings.TrimSuffix(version+" "+commit, " ")
}
