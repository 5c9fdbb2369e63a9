package proof

// Compression of proofs. A gzipped file may be several members, one after the other (RFC 1952,
// section 2.2): the text is cut at fixed places, so members are made side by side, and the bytes
// depend neither on how many workers made them nor on which was first.

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

const (
	// gzipLevel is where more time buys little: on proofs of networks with two to five inputs level
	// 3 takes 1.2 to 1.3 times as long and saves 1 to 1.5%, and levels 4 to 6 take up to 5 times as
	// long and save 1% more or even lose 5%.
	gzipLevel = 2
	// memberSize is the length of a member's text in bytes. Each member begins with an empty
	// window, which costs 0.2% at this length and 1.2% at a quarter of it, and a part of the usual
	// size is 16 members, enough for any number of cores that one part can use.
	memberSize = 256 << 10
)

// compress writes texts, one after the other, as one gzipped file, made by so many workers.
func compress(dst io.Writer, workers int, texts ...[]byte) error {
	text := texts[0]
	if len(texts) > 1 {
		text = bytes.Join(texts, nil)
	}
	members := make([]bytes.Buffer, max(1, (len(text)+memberSize-1)/memberSize))
	errs := make([]error, len(members))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(workers, len(members)) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(members); i = int(next.Add(1)) - 1 {
				errs[i] = member(&members[i], text[i*memberSize:min((i+1)*memberSize, len(text))])
			}
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i := range members {
		if _, err := members[i].WriteTo(dst); err != nil {
			return err
		}
	}
	return nil
}

// member makes one member, with no name and no time in its header, by a compressor that has seen no
// other text: what one has seen before could tell in its bytes.
func member(dst io.Writer, text []byte) error {
	z := Gzip(dst)
	_, err := z.Write(text)
	return errors.Join(err, z.Close())
}

// Gzip returns a writer that compresses as proofs are compressed, with no name and no time in the
// header: the bytes depend on the text alone. Close ends the stream, and leaves dst open.
func Gzip(dst io.Writer) io.WriteCloser {
	z, err := gzip.NewWriterLevel(dst, gzipLevel)
	if err != nil {
		panic(err) // the level is a constant
	}
	return z
}

// compressors is how many members are made side by side.
func compressors() int { return runtime.GOMAXPROCS(0) }
