package main

// What a client of serve writes: a request is a JSON object on a line of its own.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/relucell/relucell/internal/files"
)

// maxLine bounds a request in bytes. A network that is larger has a file.
const maxLine = 1 << 26

// request is a line of a client.
type request struct {
	// ID is the client's name for the request: what answers it bears the same.
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	// Progress asks for messages on the way.
	Progress bool `json:"progress"`
	// Credit, where it is given, is the number of items that the client takes before it asks for
	// more.
	Credit *int64 `json:"credit"`
}

// ids are whole numbers, and short texts.
var ids = regexp.MustCompile(`^(-?(0|[1-9][0-9]{0,17})|"[^"\\\x00-\x1f]{1,64}")$`)

// readRequest reads a request. With an error the ID is there where it could be read, else nil.
func readRequest(line []byte) (r request, err error) {
	err = files.ReadJSON(bytes.NewReader(line), &r)
	if !ids.Match(r.ID) {
		if r.ID = nil; err == nil {
			return request{}, errors.New("id: missing or of another kind, expected a whole number, or a text of 1 to 64 bytes without escapes")
		}
	}
	switch {
	case err != nil:
		return request{ID: r.ID}, fmt.Errorf("not a request: %w; expected one JSON object on a line, with id, method and params", err)
	case r.Method == "":
		return request{ID: r.ID}, errors.New("method: missing, expected the name of a command")
	case r.Credit != nil && *r.Credit < 1:
		return request{ID: r.ID}, fmt.Errorf("credit: %d, expected a whole number of at least 1", *r.Credit)
	}
	return r, nil
}

var errLongLine = fmt.Errorf("a line of more than %d bytes, expected less: a network that is larger is loaded by the path of its file", maxLine)

// readLine reads a line without its end. One that is too long is read over, and the error is
// errLongLine; a last line without an end is one.
func readLine(r *bufio.Reader, most int) (line []byte, err error) {
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(bytes.TrimSuffix(part, []byte("\n"))) > most; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && (len(line) > 0 || long):
			err = nil // the next read ends
		}
		if err == nil && long {
			err = errLongLine
		}
		return bytes.TrimRight(line, "\r\n"), err
	}
}
