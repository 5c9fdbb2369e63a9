package canonical

// Lines of a file, each no longer than its cap, however the file was compressed.

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
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Position is a line of a file, 0 for the file as a whole.
type Position struct {
	File string
	Line int64
}

// Require refuses the line unless ok. What is refused is thrown as an *Error, and caught in
// [Verdict.Guard].
func (p *Position) Require(ok bool, reason string) {
	if !ok {
		panic(&Error{File: p.File, Line: p.Line, Reason: reason})
	}
}

// Index requires that all of text is a natural below limit, and returns it.
func (p *Position) Index(text string, limit int, reason string) int {
	v, rest, ok := Index([]byte(text), limit)
	p.Require(ok && len(rest) == 0, reason)
	return v
}

// Space requires a space, and returns what follows it.
func (p *Position) Space(b []byte, reason string) []byte {
	p.Require(len(b) > 0 && b[0] == ' ', reason)
	return b[1:]
}

// Lines reads one file line by line, the position that of the last one, and hashes its plain bytes.
type Lines struct {
	Position
	closer  io.Closer
	r       *bufio.Reader
	hash    hash.Hash
	buf     []byte
	Most    int // bytes of a line, beyond which it is refused as tooLong
	tooLong string
}

// LongLines reads src as it is, with lines of so many bytes, and hashes nothing.
func LongLines(name string, src io.Reader, most int, tooLong string) *Lines {
	return &Lines{Position: Position{File: name}, r: bufio.NewReader(src), Most: most, tooLong: tooLong}
}

// NewLines reads src, which is decompressed if name ends in .gz.
func NewLines(name string, src io.Reader) *Lines {
	in := &Lines{Position: Position{File: filepath.Base(name)}, hash: sha256.New(), Most: MaxLine, tooLong: "the line is longer than 4 MiB"}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(src)
		in.must(err)
		src = z
	}
	in.r = bufio.NewReaderSize(io.TeeReader(src, in.hash), 1<<16)
	return in
}

// Folders returns the folder of a file, and that of what it is a symbolic link to.
func Folders(path string) []string {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		target = path // what is wrong comes out when it is opened
	}
	return []string{filepath.Dir(path), filepath.Dir(target)}
}

// OpenLines reads the first of these files that there is. Open replaces the file system in tests;
// without it, regular files alone are opened. The caller closes it.
func OpenLines(open func(path string) (io.ReadCloser, error), paths ...string) *Lines {
	if open == nil {
		open = openRegular
	}
	f, err := open(paths[0])
	for _, path := range paths[1:] {
		if errors.Is(err, fs.ErrNotExist) {
			f, err = open(path)
		}
	}
	if err != nil {
		panic(&Error{File: filepath.Base(paths[0]), Reason: err.Error(), Err: err})
	}
	in := NewLines(paths[0], f)
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

// BeginsWith says whether the named file begins with one of these. One that cannot be read does
// not.
func BeginsWith(path string, magics ...string) (yes bool) {
	NewVerdict(context.Background()).Guard(func() {
		in := OpenLines(nil, path)
		defer in.Close()
		yes = slices.ContainsFunc(magics, in.Begins)
	})
	return yes
}

// Close closes the file that OpenLines opened.
func (in *Lines) Close() { in.closer.Close() }

// Begins reports whether what is to be read begins so.
func (in *Lines) Begins(with string) bool {
	text, _ := in.r.Peek(len(with))
	return string(text) == with
}

// More reports whether anything follows.
func (in *Lines) More() bool {
	_, err := in.r.Peek(1)
	return err != io.EOF
}

// Next returns the next line without its newline; it is valid until the next call.
func (in *Lines) Next() []byte {
	in.Line++
	text, err := in.r.ReadSlice('\n')
	if err != nil {
		in.buf = append(in.buf[:0], text...)
		for err == bufio.ErrBufferFull {
			in.Require(len(in.buf) <= in.Most, in.tooLong)
			text, err = in.r.ReadSlice('\n')
			in.buf = append(in.buf, text...)
		}
		in.Require(err != io.EOF || len(in.buf) > 0, "the file ends here, expected a line")
		in.Require(err != io.EOF, "the line does not end in a newline")
		in.must(err)
		text = in.buf
	}
	in.Require(len(text) <= in.Most+1, in.tooLong)
	return text[:len(text)-1]
}

// After returns what follows the prefix in the next line, which begins with it.
func (in *Lines) After(prefix, reason string) string {
	text, ok := strings.CutPrefix(string(in.Next()), prefix)
	in.Require(ok, reason)
	return text
}

// Net requires that the next line names the network that has this hash.
func (in *Lines) Net(hash string) {
	named := in.After("net ", "expected \"net\" and a hash")
	in.Require(named == hash, "the proof is about another network: this one is "+hash)
}

// End refuses whatever follows, and returns the hash of all bytes.
func (in *Lines) End() string {
	in.Line++
	_, err := in.r.ReadByte()
	in.Require(err != nil, "something follows, expected the end of the file")
	if err != io.EOF {
		in.must(err)
	}
	return fmt.Sprintf("sha256:%x", in.hash.Sum(nil))
}

// EndAs is End, and refuses the file as a whole if its hash is not this one.
func (in *Lines) EndAs(hash string) {
	got := in.End()
	in.Line = 0
	in.Require(got == hash, "its hash is "+got+", expected "+hash)
}

// must refuses what cannot be read.
func (in *Lines) must(err error) {
	if err != nil {
		panic(&Error{File: in.File, Line: in.Line, Reason: "cannot be read: " + err.Error(), Err: err})
	}
}
