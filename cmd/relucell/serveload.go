package main

// load: how a client of serve hands a network over.

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network/load"
)

// loadParams name a network in one of three ways, and how it is to be read.
type loadParams struct {
	// Path is a file's name.
	Path string
	// Text is a canonical text.
	Text string
	// Data are the bytes of a file, in base64, and Format its ending: onnx, nnet, npz, safetensors
	// or json, perhaps with .gz behind it.
	Data   []byte
	Format string
	// Name is what pictures call the network; empty for the file's.
	Name string

	Normalise bool
	Output    string
	Batch     int
}

// loadedJSON is a network's handle, and what the command info tells.
type loadedJSON struct {
	Net  string   `json:"net"`
	Info infoJSON `json:"info"`
}

func (s *server) load(ctx context.Context, t *task) outcome {
	wrong := func(code int, err error) outcome { return outcome{Error: &callError{code, oneLine(err)}} }
	var p loadParams
	err := fill(t.Params, &p)
	if err == nil {
		err = p.check()
	}
	if err != nil {
		return wrong(exitInput, err)
	}
	type read struct {
		held
		info infoJSON
	}
	r, err := within(ctx, func() (r read, err error) {
		if r.held, err = p.read(); err == nil {
			r.info = newInfoJSON(r.n, r.im)
		}
		return r, err
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return wrong(exitStopped, fmt.Errorf("stopped before the network was read: %w", context.Cause(ctx)))
	case err != nil:
		return wrong(exitInput, files.Plain(err))
	}
	return value(loadedJSON{s.nets.put(r.held), r.info})
}

func (p *loadParams) check() error {
	ways := 0
	for _, given := range []bool{p.Path != "", p.Text != "", p.Data != nil} {
		if given {
			ways++
		}
	}
	switch {
	case ways != 1:
		return errors.New("params: expected one of path, text and data")
	case (p.Data != nil) != (p.Format != ""):
		return errors.New("params: format: expected beside data, and there alone")
	case p.Batch < 0:
		return fmt.Errorf("params: batch: %d, expected 1 or the rows of a fixed batch", p.Batch)
	}
	return nil
}

func (p *loadParams) read() (h held, err error) {
	if h.name = p.Name; h.name == "" && p.Path != "" {
		h.name = filepath.Base(p.Path)
	}
	opt := load.Options{NormaliseNNet: p.Normalise, Output: p.Output, Batch: p.Batch}
	switch {
	case p.Path != "":
		h.n, h.im, err = load.Read(p.Path, opt)
	case p.Text != "":
		h.n, h.im, err = load.ReadBytes([]byte(p.Text), "text.json", opt)
	default:
		h.n, h.im, err = load.ReadBytes(p.Data, "data."+strings.TrimPrefix(p.Format, "."), opt)
	}
	return h, err
}
