package main

// What a user names: a network in a file, and a ball by flags.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/internal/tables"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/network/load"
)

// maxCenterBytes bounds a centre's file: far more than a number for each input of any network here.
const maxCenterBytes = 1 << 24

// netFlags are the flags of every command that reads a network.
type netFlags struct {
	normalise bool
	// output names an output of an .onnx graph, by the flag --output, or --net-output in commands
	// whose --output names a file to write.
	output string
	writes bool
	batch  int
	// notes are those of the network that was read last, under ctx.
	notes []string
	ctx   context.Context
	// about is the file that asks about the outputs of the network's file.
	about string
	// piped reads standard input: that comes once, and a network may be read again.
	piped func() ([]byte, error)
}

func (f *netFlags) add(fs *pflag.FlagSet) {
	fs.BoolVar(&f.normalise, "normalise", false, "apply the normalisation that an .nnet file holds, which is left out by default")
	fs.StringVar(&f.output, f.outputFlag(), "", "`NAME` of the output of an .onnx graph, or of a value within it, that is the network's (default the first output)")
	fs.IntVar(&f.batch, "batch", 1, "`ROWS` of a fixed batch of an .onnx graph: 1 where they do not mix, or the number of all")
}

// outputFlag is the name of the flag that names an output.
func (f *netFlags) outputFlag() string {
	if f.writes {
		return "net-output"
	}
	return "output"
}

// read reads the network, logs what that did, and says on standard error what a user must know to
// read a number about it: the notes of the import.
func (f *netFlags) read(ctx context.Context, cmd *cobra.Command, path string) (*network.Network, *network.Import, error) {
	n, im, err := f.open(ctx, cmd, path)
	if err != nil {
		return nil, nil, err
	}
	if f.about != "" && im.LeftOut != "" { // a note is no answer to what is asked about the outputs of the file
		return nil, nil, badInputf("%s: its outputs end in %s, which is left out of the network, and %s is about them; expected --%s %q to ask about what goes into it",
			path, im.LeftOut, f.about, f.outputFlag(), im.Output)
	}
	f.ctx = ctx
	log := logger(cmd)
	log.Debug("read", "file", path, "format", im.Format, "precision", im.Precision, "neurons", n.Neurons(), "rounded", im.RoundedEntries())
	for _, remark := range im.Remarks {
		log.Debug("remark", "file", path, "text", remark)
	}
	f.notes = nil
	for _, note := range im.Notes {
		f.note(cmd, path, note)
	}
	return n, im, nil
}

// note says what a user must know, and keeps it for a report.
func (f *netFlags) note(cmd *cobra.Command, path, note string) {
	fmt.Fprintf(cmd.ErrOrStderr(), "relucell: %s: note: %s\n", path, note)
	f.notes = append(f.notes, note)
}

// open reads the network and says nothing. A file that is not read by the time ctx and its grace
// end, as one of a gigabyte or a pipe that nobody writes to, is no bad input: the command was
// stopped.
func (f *netFlags) open(ctx context.Context, cmd *cobra.Command, path string) (*network.Network, *network.Import, error) {
	if f.batch < 0 {
		return nil, nil, badInputf("--batch: %d, expected 1 or the rows of a fixed batch", f.batch)
	}
	if f.piped == nil {
		f.piped = sync.OnceValues(func() ([]byte, error) { return pipedText(cmd.InOrStdin()) })
	}
	if c := callOf(cmd); c != nil {
		if h, ok, err := c.nets.take(f, path); ok {
			return h.n, h.im, err
		}
	}
	r, err := within(ctx, func() (h held, err error) {
		opt := load.Options{NormaliseNNet: f.normalise, Output: f.output, Batch: f.batch}
		if path == piped && callOf(cmd) == nil { // a call's standard input is its conversation
			var text []byte
			if text, err = f.piped(); err == nil {
				h.n, h.im, err = load.ReadBytes(text, "stdin.json", opt)
			}
		} else {
			h.n, h.im, err = load.Read(path, opt)
		}
		return h, err
	})
	if r.n == nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil, nil, stopped(ctx, path+": stopped before the network was read")
	}
	return r.n, r.im, badInput(files.Plain(err))
}

// piped names the network that comes by standard input, as canonical text: what slice, convert and
// others write to "-o -".
const piped = "-"

func pipedText(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, load.MaxFileBytes+1))
	if err == nil && len(data) > load.MaxFileBytes {
		err = fmt.Errorf("more than %d bytes", load.MaxFileBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return data, nil
}

// readAs reads a file of at most so many bytes, unpacked where it ends in .gz, as what parse makes
// of it, unless ctx ends first: nobody may write to a pipe.
func readAs[T any](ctx context.Context, path string, limit int64, parse func([]byte) (T, error)) (T, error) {
	v, err := within(ctx, func() (v T, err error) {
		data, err := files.ReadUnpacked(path, limit)
		if err != nil {
			return v, files.Plain(err)
		}
		if v, err = parse(data); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
		return v, err
	})
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = stopped(ctx, path+": stopped before it was read")
	}
	return v, err
}

// readFile is readAs for the bytes themselves.
func readFile(ctx context.Context, path string, limit int64) ([]byte, error) {
	return readAs(ctx, path, limit, func(data []byte) ([]byte, error) { return data, nil })
}

// ballFlags are the flags that name a ball.
type ballFlags struct {
	center, radius, norm, box string
	set                       *pflag.FlagSet
}

func (f *ballFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.center, "center", "", "centre, a `POINT`: numbers separated by commas, one number for all coordinates, or @FILE (JSON or CSV)")
	fs.StringVar(&f.radius, "radius", "", "radius `R`, greater than 0")
	fs.StringVar(&f.norm, "norm", "l2", "`NORM` of the ball: l2, linf or l1")
	fs.StringVar(&f.box, "box", "", "box instead of a ball: `LO:HI` for each input separated by commas, or one for all")
	complete(cmd, "norm", "l2", "linf", "l1")
	f.set = fs
}

// given says whether a ball is.
func (f *ballFlags) given() bool {
	return slices.ContainsFunc([]string{"box", "center", "radius", "norm"}, f.set.Changed)
}

// subject is what most commands are about: a network on a ball, for a time.
type subject struct {
	net     netFlags
	ball    ballFlags
	timeout time.Duration
}

// add adds the flags but for the network's; usage is that of --timeout.
func (s *subject) add(cmd *cobra.Command, usage string) {
	s.ball.add(cmd)
	timeoutFlag(cmd.Flags(), &s.timeout, usage)
}

// read reads the network, and returns it on the ball.
func (s *subject) read(ctx context.Context, cmd *cobra.Command, path string) (*network.Network, ball.Ball, error) {
	n, _, err := s.net.read(ctx, cmd, path)
	if err != nil {
		return nil, ball.Ball{}, err
	}
	return s.ball.on(cmd, &s.net, path, n)
}

// on returns the ball that the flags name, and the network in it: n itself, or, where a box fixes
// some inputs by bounds that are equal, n sliced to the others. The user is told of that among the
// notes of net: a proof is about the slice.
func (f *ballFlags) on(cmd *cobra.Command, net *netFlags, path string, n *network.Network) (*network.Network, ball.Ball, error) {
	lo, hi, kept := f.free(n.Inputs())
	if kept == nil {
		b, err := f.read(net.ctx, n.Inputs())
		return n, b, err
	}
	if len(kept) == 0 {
		return nil, ball.Ball{}, badInputf("--box: every input is fixed (lo = hi), expected lo < hi for one at least")
	}
	fixed, words, keep := slices.Clone(lo), make([]string, len(lo)), make([]string, len(kept))
	for i, k := range kept {
		lo[i], hi[i], keep[i], fixed[k] = lo[k], hi[k], strconv.Itoa(k), 0
	}
	for k, v := range fixed {
		words[k] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	b, err := ball.NewBox(lo[:len(kept)], hi[:len(kept)])
	if err != nil {
		return nil, b, badInput(flagged(err))
	}
	s, err := network.Inputs(n, fixed, kept...)
	if err == nil {
		net.note(cmd, path, fmt.Sprintf("--box fixes %s, so this is about the network sliced to the others, as relucell slice %s --inputs %s --origin=%s writes it",
			tables.Numbered(int64(len(fixed)-len(kept)), "input"), path, strings.Join(keep, ","), strings.Join(words, ",")))
	}
	return s, b, badInput(err)
}

// free returns a box's bounds and the inputs that it leaves free, nil where it fixes none.
func (f *ballFlags) free(n int) (lo, hi []float64, kept []int) {
	lo, hi, err := ball.ParseBounds(f.box, n)
	kept = []int{}
	for k := range lo {
		if lo[k] != hi[k] {
			kept = append(kept, k)
		}
	}
	if !f.set.Changed("box") || err != nil || len(kept) == len(lo) {
		return nil, nil, nil
	}
	return lo, hi, kept
}

// read returns the ball that the flags name, of n coordinates.
func (f *ballFlags) read(ctx context.Context, n int) (ball.Ball, error) {
	b, err := f.parse(ctx, n)
	return b, badInput(err)
}

func (f *ballFlags) parse(ctx context.Context, n int) (ball.Ball, error) {
	if f.set.Changed("box") {
		for _, name := range []string{"center", "radius", "norm"} {
			if f.set.Changed(name) {
				return ball.Ball{}, fmt.Errorf("--%s: given beside --box, which already is the whole ball; expected one or the other", name)
			}
		}
		b, err := ball.ParseBox(f.box, n)
		return b, flagged(err)
	}
	if !f.set.Changed("center") {
		return ball.Ball{}, fmt.Errorf("--center: missing, expected %d numbers separated by commas, one number for all coordinates, or @FILE (or --box)", n)
	}
	if !f.set.Changed("radius") {
		return ball.Ball{}, errors.New("--radius: missing, expected a finite number greater than 0")
	}
	norm, err := ball.ParseNorm(f.norm)
	if err != nil {
		return ball.Ball{}, flagged(err)
	}
	r, err := ball.ParseRadius(f.radius)
	if err != nil {
		return ball.Ball{}, flagged(err)
	}
	c, err := parseCenter(ctx, f.center, n)
	if err != nil {
		return ball.Ball{}, err
	}
	b, err := ball.New(norm, c, r)
	return b, flagged(err)
}

// flagged turns package ball's "radius: …" into "--radius: …".
func flagged(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("--%w", err)
}

func parseCenter(ctx context.Context, s string, n int) ([]float64, error) {
	if path, ok := strings.CutPrefix(s, "@"); ok {
		return centerFile(ctx, path, n)
	}
	if n > 1 && !strings.Contains(s, ",") {
		one, err := ball.ParseCenter(s, 1)
		if err != nil {
			return nil, flagged(err)
		}
		return slices.Repeat(one, n), nil
	}
	c, err := ball.ParseCenter(s, n)
	return c, flagged(err)
}

func centerFile(ctx context.Context, path string, n int) ([]float64, error) {
	data, err := readFile(ctx, path, maxCenterBytes)
	if err != nil {
		return nil, fmt.Errorf("--center: %w, expected a file of %d numbers", err, n)
	}
	c, err := ball.ReadCenter(data, n)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}
