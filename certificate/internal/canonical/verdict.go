package canonical

// What is refused, and what ends a check. Readers refuse by a panic of one type, which the guard
// around them catches, so that their code says what it expects and no more.

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Error says which line of which file is refused, and why.
type Error struct {
	// File is the name of the file without its folder.
	File string
	// Line is 1-based; 0 means the file as a whole.
	Line int64
	// Reason is one line of text.
	Reason string
	// Err is the error of the operating system or of gzip behind it, if any.
	Err error
}

// Error returns "file:line: reason".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Reason
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}

// Unwrap returns the error behind it.
func (e *Error) Unwrap() error { return e.Err }

// Verdict is what the workers of one check share: the refusal of the least line, if there is one,
// and what ends the check.
type Verdict struct {
	refused atomic.Pointer[Error]
	ctx     context.Context
}

// NewVerdict returns the verdict of a check that the end of ctx ends.
func NewVerdict(ctx context.Context) *Verdict { return &Verdict{ctx: ctx} }

// Err returns the cause that ended the check, else the refusal, else nil. No worker is at work.
func (v *Verdict) Err() error {
	if err := context.Cause(v.ctx); err != nil {
		return err
	}
	if e := v.refused.Load(); e != nil {
		return e
	}
	return nil
}

// Ended reports whether the check is stopped, refusal or not.
func (v *Verdict) Ended() bool { return v.ctx.Err() != nil }

// Guard runs what refuses by panics.
func (v *Verdict) Guard(run func()) {
	defer func() {
		if fault := recover(); fault != nil {
			if e := fault.(*Error); e != nil { // a panic of another kind goes on
				v.Refuse(e)
			}
		}
	}()
	run()
}

// Refuse keeps the refusal of the least line.
func (v *Verdict) Refuse(e *Error) {
	for {
		old := v.refused.Load()
		if old != nil && old.Line <= e.Line || v.refused.CompareAndSwap(old, e) {
			return
		}
	}
}

// Stop ends what runs under guard once something is refused, or, with no refusal, the check is
// stopped.
func (v *Verdict) Stop() { v.StopBefore(1 << 62) }

// StopBefore is stop for what looks at a line itself: no refusal of a later one ends it.
func (v *Verdict) StopBefore(line int64) {
	if e := v.refused.Load(); e != nil && e.Line < line || v.Ended() {
		panic(e)
	}
}
