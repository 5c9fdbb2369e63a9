package certificate

// Lines and numbers of a proof. One spelling is accepted for each value, and
// every length is capped before anything is computed from it, so that no file,
// however it was compressed, makes the checker use more than a fixed memory.

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

const (
	// maxLine bounds a line, in bytes: a witness with 784 coordinates of 4096 digits fits.
	maxLine = 1 << 22
	// maxDigits bounds the hexadecimal digits after the point of a real, maxLong the decimal digits
	// of a multiplier, a coordinate and a bound.
	maxDigits, maxLong = 4096, 12288
	// maxExponent bounds the exponent of a real in absolute value, maxScale that of coordinates and
	// bounds. float64 needs 1074; a witness in a ball shrunk to the smallest float64 needs a few
	// times that.
	maxExponent, maxScale = 20000, 40000
	// maxCapitals bounds the capitals of a name.
	maxCapitals = 6
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

// verdict is what the workers of one check share: the refusal of the least line, if there is one,
// and what ends the check.
type verdict struct {
	refused atomic.Pointer[Error]
	ctx     context.Context
}

// newVerdict returns the verdict of a check that the end of ctx ends.
func newVerdict(ctx context.Context) *verdict { return &verdict{ctx: ctx} }

// err returns the cause that ended the check, else the refusal, else nil. No worker is at work.
func (v *verdict) err() error {
	if err := context.Cause(v.ctx); err != nil {
		return err
	}
	if e := v.refused.Load(); e != nil {
		return e
	}
	return nil
}

// ended reports whether the check is stopped, refusal or not.
func (v *verdict) ended() bool { return v.ctx.Err() != nil }

// guard runs what refuses by panics.
func (v *verdict) guard(run func()) {
	defer func() {
		if fault := recover(); fault != nil {
			if e := fault.(*Error); e != nil { // a panic of another kind goes on
				v.refuse(e)
			}
		}
	}()
	run()
}

// refuse keeps the refusal of the least line.
func (v *verdict) refuse(e *Error) {
	for {
		old := v.refused.Load()
		if old != nil && old.Line <= e.Line || v.refused.CompareAndSwap(old, e) {
			return
		}
	}
}

// stop ends what runs under guard once something is refused, or, with no refusal, the check is
// stopped.
func (v *verdict) stop() { v.stopBefore(1 << 62) }

// stopBefore is stop for what looks at a line itself: no refusal of a later one ends it.
func (v *verdict) stopBefore(line int64) {
	if e := v.refused.Load(); e != nil && e.Line < line || v.ended() {
		panic(e)
	}
}

// position is a line of a file, 0 for the file as a whole.
type position struct {
	file string
	line int64
}

// require refuses the line unless ok. What is refused is thrown as an *Error, and caught in
// [verdict.guard].
func (p *position) require(ok bool, reason string) {
	if !ok {
		panic(&Error{File: p.file, Line: p.line, Reason: reason})
	}
}

// index requires that all of text is a natural below limit, and returns it.
func (p *position) index(text string, limit int, reason string) int {
	v, rest, ok := index([]byte(text), limit)
	p.require(ok && len(rest) == 0, reason)
	return v
}

// space requires a space, and returns what follows it.
func (p *position) space(b []byte, reason string) []byte {
	p.require(len(b) > 0 && b[0] == ' ', reason)
	return b[1:]
}

// lines reads one file line by line, the position that of the last one, and hashes its plain bytes.
type lines struct {
	position
	closer  io.Closer
	r       *bufio.Reader
	hash    hash.Hash
	buf     []byte
	most    int // bytes of a line, beyond which it is refused as tooLong
	tooLong string
}

// longLines reads src as it is, with lines of so many bytes, and hashes nothing.
func longLines(name string, src io.Reader, most int, tooLong string) *lines {
	return &lines{position: position{file: name}, r: bufio.NewReader(src), most: most, tooLong: tooLong}
}

// newLines reads src, which is decompressed if name ends in .gz.
func newLines(name string, src io.Reader) *lines {
	in := &lines{position: position{file: filepath.Base(name)}, hash: sha256.New(), most: maxLine, tooLong: "the line is longer than 4 MiB"}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(src)
		in.must(err)
		src = z
	}
	in.r = bufio.NewReaderSize(io.TeeReader(src, in.hash), 1<<16)
	return in
}

// openLines reads the first of these files that there is. The caller closes it.
func openLines(open func(path string) (io.ReadCloser, error), paths ...string) *lines {
	f, err := open(paths[0])
	for _, path := range paths[1:] {
		if errors.Is(err, fs.ErrNotExist) {
			f, err = open(path)
		}
	}
	if err != nil {
		panic(&Error{File: filepath.Base(paths[0]), Reason: err.Error(), Err: err})
	}
	in := newLines(paths[0], f)
	in.closer = f
	return in
}

// openRegular opens a file, but nothing that might block, as a pipe does.
func openRegular(path string) (io.ReadCloser, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", filepath.Base(path))
	}
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// beginsWith says whether the named file begins with one of these. One that cannot be read does
// not.
func beginsWith(path string, magics ...string) (yes bool) {
	newVerdict(context.Background()).guard(func() {
		in := openLines(openRegular, path)
		defer in.close()
		yes = slices.ContainsFunc(magics, in.begins)
	})
	return yes
}

// close closes the file that openLines opened.
func (in *lines) close() { in.closer.Close() }

// begins reports whether what is to be read begins so.
func (in *lines) begins(with string) bool {
	text, _ := in.r.Peek(len(with))
	return string(text) == with
}

// more reports whether anything follows.
func (in *lines) more() bool {
	_, err := in.r.Peek(1)
	return err != io.EOF
}

// next returns the next line without its newline; it is valid until the next call.
func (in *lines) next() []byte {
	in.line++
	text, err := in.r.ReadSlice('\n')
	if err != nil {
		in.buf = append(in.buf[:0], text...)
		for err == bufio.ErrBufferFull {
			in.require(len(in.buf) <= in.most, in.tooLong)
			text, err = in.r.ReadSlice('\n')
			in.buf = append(in.buf, text...)
		}
		in.require(err != io.EOF || len(in.buf) > 0, "the file ends here, expected a line")
		in.require(err != io.EOF, "the line does not end in a newline")
		in.must(err)
		text = in.buf
	}
	in.require(len(text) <= in.most+1, in.tooLong)
	return text[:len(text)-1]
}

// after returns what follows the prefix in the next line, which begins with it.
func (in *lines) after(prefix, reason string) string {
	text, ok := strings.CutPrefix(string(in.next()), prefix)
	in.require(ok, reason)
	return text
}

// end refuses whatever follows, and returns the hash of all bytes.
func (in *lines) end() string {
	in.line++
	_, err := in.r.ReadByte()
	in.require(err != nil, "something follows, expected the end of the file")
	if err != io.EOF {
		in.must(err)
	}
	return fmt.Sprintf("sha256:%x", in.hash.Sum(nil))
}

// must refuses what cannot be read.
func (in *lines) must(err error) {
	if err != nil {
		panic(&Error{File: in.file, Line: in.line, Reason: "cannot be read: " + err.Error(), Err: err})
	}
}

// digits returns how many digits b begins with, and their value if they are at most 19.
func digits(b []byte) (n int, v uint64) {
	for ; n < len(b) && '0' <= b[n] && b[n] <= '9'; n++ {
		v = 10*v + uint64(b[n]-'0') // 10^19 − 1 < 2^64
	}
	return n, v
}

// natural reads a natural of so many digits at most into z, and returns what follows it.
func natural(b []byte, most int, z *big.Int) (rest []byte, ok bool) {
	n, v := digits(b)
	if n == 0 || n > most || b[0] == '0' && n > 1 {
		return b, false
	}
	if z.SetUint64(v); n > 19 {
		z.SetString(string(b[:n]), 10)
	}
	return b[n:], true
}

// integer reads a natural, or behind its sign an integer less than zero.
func integer(b []byte, z *big.Int) (rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '-' {
		return natural(b, maxLong, z)
	}
	rest, ok = natural(b[1:], maxLong, z)
	return rest, ok && z.Neg(z).Sign() < 0
}

// index reads a natural below limit, which has less than 19 digits, and returns what follows it.
func index(b []byte, limit int) (v int, rest []byte, ok bool) {
	n, u := digits(b)
	return int(u), b[n:], 0 < n && n < 19 && u < uint64(limit) && (n == 1 || b[0] != '0')
}

// name reads a name, and returns how many names of the path come after the one that it means.
func name(b []byte) (after int64, rest []byte, ok bool) {
	n := 0
	for ; n < len(b) && n < maxCapitals && 'A' <= b[n] && b[n] <= 'Z'; n++ {
		after = 26*after + int64(b[n]-'A') + 1
	}
	if n == len(b) || b[n] < 'a' || b[n] > 'z' {
		return 0, b, false
	}
	return 26*after + int64(b[n]-'a'), b[n+1:], true
}

// number reads -?0x1(.h*)?p[+-]d* or 0x0p+0, the value being m·2^e.
func number(text string, m *big.Int) (e int, ok bool) {
	if text == "0x0p+0" {
		m.SetInt64(0)
		return 0, true
	}
	text, minus := strings.CutPrefix(text, "-")
	head, exponent, _ := strings.Cut(text, "p")
	frac, ok := strings.CutPrefix(head, "0x1")
	digits, point := strings.CutPrefix(frac, ".")
	ok = ok && point == (digits != "") && len(digits) <= maxDigits && !strings.HasSuffix(digits, "0") && strings.Trim(digits, "0123456789abcdef") == ""
	if !ok || exponent == "" {
		return 0, false
	}
	e, rest, ok := index([]byte(exponent[1:]), maxExponent+1)
	if u, err := strconv.ParseUint("1"+digits, 16, 64); err == nil {
		m.SetUint64(u)
	} else {
		m.SetString("1"+digits, 16)
	}
	if minus {
		m.Neg(m)
	}
	switch {
	case !ok || len(rest) > 0:
		return 0, false
	case exponent[0] == '-':
		return -e - 4*len(digits), e > 0
	}
	return e - 4*len(digits), exponent[0] == '+'
}

// integers reads numbers as integers times 2^−scale, with one scale ≥ 0 for all, unless stop ends it.
func integers(words []string, stop func()) (z []big.Int, scale uint, ok bool) {
	const room = 4 // words of storage for each, which most do with
	z, exps, storage := make([]big.Int, len(words)), make([]int, len(words)), make([]big.Word, room*len(words))
	for i, w := range words {
		z[i].SetBits(storage[room*i : room*i : room*(i+1)])
		stop()
		if exps[i], ok = number(w, &z[i]); !ok {
			return z, 0, false
		}
		scale = max(scale, uint(max(0, -exps[i])))
	}
	for i, e := range exps {
		z[i].Lsh(&z[i], uint(e+int(scale)))
	}
	return z, scale, true
}
