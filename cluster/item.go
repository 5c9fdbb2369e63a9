// Items and answers, as they are sent.

package cluster

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/relucell/relucell/internal/journal"
)

// key names a path in subjects: by its hash, since a path may be longer than a subject.
type key [sha256.Size]byte

func keyOf(path []int8) key       { return sha256.Sum256(journal.AppendPath(nil, path)) }
func (k key) String() string      { return base64.RawURLEncoding.EncodeToString(k[:]) }
func itemBody(path []int8) []byte { return journal.AppendPath(nil, path) }

// spell writes a path for people.
func spell(path []int8) string {
	const most = 200
	b := make([]byte, 0, len(path))
	for _, s := range path {
		b = append(b, "-0+"[s+1])
	}
	switch {
	case len(b) == 0:
		return "the root"
	case len(b) > most:
		return fmt.Sprintf("path %s… of %d sides", b[:most], len(b))
	}
	return "path " + string(b)
}

// answer is an answer with what says whose it is.
type answer struct {
	job    [sha256.Size]byte
	worker [workerSize]byte
	// fault says why there is none; the rest is empty then but for the path.
	fault string
	// text is the hash of the text, whose bytes are in the bucket of texts; zero where there is
	// none.
	text [sha256.Size]byte
	// revision is where it stands in the bucket, 0 where it does not.
	revision uint64
	journal.Answer
}

const (
	workerSize = 8
	// answerMagic begins each answer; its number changes with the format.
	answerMagic = "relucell-answer 1\n"
	sumSize     = 16
)

var errAnswer = errors.New("not an answer of relucell")

// encode spells it, with a checksum as long as those of a checkpoint's records.
func (a *answer) encode() []byte {
	b := append([]byte(answerMagic), a.job[:]...)
	b = append(append(b, a.worker[:]...), a.text[:]...)
	b = append(binary.AppendUvarint(b, uint64(len(a.fault))), a.fault...)
	b = a.AppendTo(b)
	sum := sha256.Sum256(b)
	return append(b, sum[:sumSize]...)
}

func (a *answer) decode(b []byte) error {
	b, ok := bytes.CutPrefix(b, []byte(answerMagic))
	head := len(a.job) + len(a.worker) + len(a.text)
	if !ok || len(b) < head+sumSize {
		return errAnswer
	}
	body, sum := b[:len(b)-sumSize], b[len(b)-sumSize:]
	if got := sha256.Sum256(append([]byte(answerMagic), body...)); !bytes.Equal(got[:sumSize], sum) {
		return errAnswer
	}
	copy(a.job[:], body)
	copy(a.worker[:], body[len(a.job):])
	copy(a.text[:], body[len(a.job)+len(a.worker):])
	body = body[head:]
	n, size := binary.Uvarint(body)
	if size <= 0 || n > uint64(len(body)-size) {
		return errAnswer
	}
	a.fault = string(body[size : size+int(n)])
	return a.Decode(body[size+int(n):])
}

// follows reports whether a path is that of a cell below another.
func follows(path, above []int8) bool {
	return len(path) > len(above) && slices.Equal(path[:len(above)], above)
}

// before reports whether a walk comes to the cell of the one path and leaves it before it comes to
// that of the other: where they part, the first takes the minus side. Of paths of which each is
// before the next, each is before all that follow, so no two cells have a point in common.
func before(a, b []int8) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
