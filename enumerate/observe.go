// Observers as the walk's sinks: what a node has to show is asked for here, and nowhere else.

package enumerate

import (
	"github.com/relucell/relucell/internal/tree"
	"github.com/relucell/relucell/internal/walk"
)

// observed tells an observer.
type observed struct{ Observer }

// Region and Open hand on witnesses of few digits.
func (o observed) Region(t tree.Tree) {
	if x, wide := t.Witness(true); wide != nil {
		o.Observer.RegionBig(wide)
	} else {
		o.Observer.Region(x)
	}
}

func (o observed) Open(t tree.Tree) {
	if x, wide := t.Witness(true); wide != nil {
		o.Observer.OpenBig(wide)
	} else {
		o.Observer.Open(x)
	}
}

func (o observed) Fork() walk.Sink  { return sinkOf(o.Observer.Fork()) }
func (o observed) Join(s walk.Sink) { o.Observer.Join(s.(interface{ inner() Observer }).inner()) }
func (o observed) inner() Observer  { return o.Observer }

// kept is an observer whose subtrees can be recorded.
type kept struct {
	observed
	s Snapshotter
}

func (k kept) Mark() int                             { return k.s.Mark() }
func (k kept) Snapshot(mark int) ([]byte, error)     { return k.s.Snapshot(mark) }
func (k kept) Restore(regions int64, b []byte) error { return k.s.Restore(regions, b) }

// sinkOf makes an observer a sink; nil is nobody.
func sinkOf(o Observer) walk.Sink {
	if o == nil {
		return walk.Deaf{}
	}
	if s, ok := o.(Snapshotter); ok {
		return kept{observed{o}, s}
	}
	return observed{o}
}
