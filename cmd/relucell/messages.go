package main

// What serve writes: messages of one line each, under the id of the request that they answer.

import (
	"bufio"
	"context"
	"encoding/json"
	"sync"
)

// messages writes messages of several goroutines, each whole.
type messages struct {
	mu   sync.Mutex
	w    *bufio.Writer
	err  error                   // of the first write that failed
	lost context.CancelCauseFunc // is told of it
}

// write writes a line of the given pieces.
func (m *messages) write(pieces ...[]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	for _, p := range pieces {
		_, _ = m.w.Write(p) // Flush has the error
	}
	_ = m.w.WriteByte('\n')
	if m.err = m.w.Flush(); m.err != nil {
		m.lost(m.err)
	}
	return m.err
}

func (m *messages) failure() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

// head begins a message. A request whose id could not be read has none.
func head(id json.RawMessage) []byte {
	if id == nil {
		id = json.RawMessage("null")
	}
	return append([]byte(`{"id":`), id...)
}

func (m *messages) item(id json.RawMessage, line []byte) error {
	return m.write(head(id), []byte(`,"item":`), line, []byte("}"))
}

func (m *messages) progress(id json.RawMessage, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers and texts
	}
	_ = m.write(head(id), []byte(`,"progress":`), text, []byte("}")) // the next message finds out
}

// end writes the last message of a request. An outcome without a value says {}.
func (m *messages) end(id json.RawMessage, o outcome) {
	if o.Result == nil && o.Error == nil {
		o.Result = json.RawMessage("{}")
	}
	text := plain(o)
	_ = m.write(head(id), []byte(","), text[1:])
}

// plain is v in JSON, with its letters as they are.
func plain(v any) []byte {
	var b lineBuffer
	if err := writeJSON(&b, v); err != nil {
		panic(err) // what is written is made of JSON
	}
	return b[:len(b)-1]
}

// lineBuffer collects a line.
type lineBuffer []byte

func (b *lineBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// value is the outcome of something that went well.
func value(v any) outcome { return outcome{Result: plain(v)} }

// credit counts the items that a client is ready to take. A nil one has no end.
type credit struct {
	mu   sync.Mutex
	left int64
	more chan struct{} // closed when there is some again
}

func newCredit(n int64) *credit { return &credit{left: n, more: make(chan struct{})} }

func (c *credit) add(n int64) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left += n
	close(c.more)
	c.more = make(chan struct{})
}

// spend takes one, and waits for it while ctx lasts.
func (c *credit) spend(ctx context.Context) error {
	for c != nil {
		c.mu.Lock()
		have, more := c.left > 0, c.more
		if have {
			c.left--
		}
		c.mu.Unlock()
		if have {
			break
		}
		select {
		case <-more:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
