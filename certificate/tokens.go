package certificate

// Lines and numbers of a proof. One spelling is accepted for each value, and
// every length is capped before anything is computed from it, so that no file,
// however it was compressed, makes the checker use more than a fixed memory.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
	"path/filepath"
	"strings"
)

const (
	// maxLine bounds a line, in bytes: a witness with 784 coordinates of 4096 digits fits.
	maxLine = 1 << 22
	// maxDigits bounds the hexadecimal digits after the point of a number, and the
	// decimal digits of a multiplier.
	maxDigits = 4096
	// maxExponent bounds the exponent of a number in absolute value. float64 needs 1074;
	// a witness in a ball shrunk to the smallest float64 needs a few times that.
	maxExponent = 20000
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

// lines reads one file line by line and hashes its plain bytes.
type lines struct {
	file string
	r    *bufio.Reader
	hash hash.Hash
	buf  []byte
	line int64
	// part says that this is not the first file of the proof.
	part bool
}

// newLines reads src, which is decompressed if name ends in .gz.
func newLines(name string, src io.Reader) (*lines, error) {
	in := &lines{file: filepath.Base(name), hash: sha256.New()}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(src)
		if err != nil {
			return nil, in.fault(err)
		}
		src = z
	}
	in.r = bufio.NewReaderSize(io.TeeReader(src, in.hash), 1<<16)
	return in, nil
}

// next returns the next line without its newline; it is valid until the next call.
func (in *lines) next() ([]byte, error) {
	in.line++
	part, err := in.r.ReadSlice('\n')
	if err == nil {
		return part[:len(part)-1], nil
	}
	in.buf = append(in.buf[:0], part...)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(in.buf) > maxLine {
			return nil, in.refuse("the line is longer than %d bytes", maxLine)
		}
		part, err = in.r.ReadSlice('\n')
		in.buf = append(in.buf, part...)
	}
	switch {
	case err == nil:
		return in.buf[:len(in.buf)-1], nil
	case err != io.EOF:
		return nil, in.fault(err)
	case len(in.buf) > 0:
		return nil, in.refuse("the line does not end in a newline")
	}
	return nil, in.refuse("the file ends here, expected a line")
}

// end refuses whatever follows, and returns the hash of all bytes.
func (in *lines) end() (string, error) {
	in.line++
	switch _, err := in.r.ReadByte(); {
	case err == nil:
		return "", in.refuse("something follows, expected the end of the file")
	case err != io.EOF:
		return "", in.fault(err)
	}
	return fmt.Sprintf("sha256:%x", in.hash.Sum(nil)), nil
}

// refuse returns an error about the current line.
func (in *lines) refuse(format string, a ...any) error {
	return &Error{File: in.file, Line: in.line, Reason: fmt.Sprintf(format, a...)}
}

// fault returns an error that is not about the text.
func (in *lines) fault(err error) error {
	return &Error{File: in.file, Line: in.line, Reason: "cannot be read: " + err.Error(), Err: err}
}

// cut splits b at the first sep; more is false if there is none.
func cut(b []byte, sep byte) (head, tail []byte, more bool) {
	if i := bytes.IndexByte(b, sep); i >= 0 {
		return b[:i], b[i+1:], true
	}
	return b, nil, false
}

// natural reads digits without a leading zero into z.
func natural(b []byte, z *big.Int) bool {
	if len(b) == 0 || len(b) > maxDigits || b[0] == '0' && len(b) > 1 {
		return false
	}
	v := uint64(0)
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
		v = 10*v + uint64(c-'0')
	}
	if len(b) <= 19 { // 10^19 − 1 < 2^64
		z.SetUint64(v)
		return true
	}
	_, ok := z.SetString(string(b), 10)
	return ok
}

// index reads a natural number below limit.
func index(b []byte, limit int) (int, bool) {
	if len(b) == 0 || b[0] == '0' && len(b) > 1 {
		return 0, false
	}
	v := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		if v = 10*v + int(c-'0'); v >= limit {
			return 0, false
		}
	}
	return v, true
}

// number reads -?0x1(.h*)?p[+-]d* or 0x0p+0, the value being m·2^e.
func number(b []byte, m *big.Int) (e int, ok bool) {
	if string(b) == "0x0p+0" {
		m.SetInt64(0)
		return 0, true
	}
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	head, tail, ok := cut(b, 'p')
	if !ok || len(head) < 3 || string(head[:3]) != "0x1" || len(tail) < 2 {
		return 0, false
	}
	frac := head[3:]
	if len(frac) > 0 {
		if frac = frac[1:]; head[3] != '.' || len(frac) == 0 || len(frac) > maxDigits || frac[len(frac)-1] == '0' {
			return 0, false
		}
	}
	if e, ok = index(tail[1:], maxExponent+1); !ok {
		return 0, false
	}
	switch {
	case tail[0] == '-' && e > 0:
		e = -e
	case tail[0] != '+':
		return 0, false
	}
	if !hexadecimal(frac, m) {
		return 0, false
	}
	if negative {
		m.Neg(m)
	}
	return e - 4*len(frac), true
}

// hexadecimal sets m to the number with the digits 1 and then frac.
func hexadecimal(frac []byte, m *big.Int) bool {
	v := uint64(1)
	for _, c := range frac {
		switch {
		case '0' <= c && c <= '9':
			v = v<<4 | uint64(c-'0')
		case 'a' <= c && c <= 'f':
			v = v<<4 | uint64(c-'a'+10)
		default:
			return false
		}
	}
	if len(frac) <= 15 { // 16 digits fit 64 bits
		m.SetUint64(v)
		return true
	}
	_, ok := m.SetString("1"+string(frac), 16)
	return ok
}
