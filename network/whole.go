package network

// Whole files of readers: a large one is in memory once.

import (
	"bytes"
	"fmt"
	"io"
)

// ReadAll reads at most so many bytes, in one piece where r knows how many there are.
func ReadAll(r io.Reader, most int64) ([]byte, error) {
	var b bytes.Buffer
	if s, ok := r.(interface{ Size() int64 }); ok {
		b.Grow(int(min(s.Size(), most)) + bytes.MinRead) // ReadFrom asks for room to see the end
	}
	_, err := b.ReadFrom(io.LimitReader(r, most+1))
	if err == nil && int64(b.Len()) > most {
		err = fmt.Errorf("more than %d bytes, expected at most that many", most)
	}
	return b.Bytes(), err
}
