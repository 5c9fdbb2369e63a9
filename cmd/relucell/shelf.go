package main

// The networks that a server has read, each under a handle, so that a question about one costs no
// reading.

import (
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/network"
)

// held is a network that was read.
type held struct {
	n    *network.Network
	im   *network.Import
	name string // for pictures
}

// displayed is what a picture calls the network of a path, or of a handle.
func displayed(cmd *cobra.Command, path string) string {
	if c := callOf(cmd); c != nil {
		if h, ok := c.nets.get(path); ok && h.name != "" {
			return h.name
		}
	}
	return filepath.Base(path)
}

// handles is how they begin; a file of such a name is "./net:1".
const handles = "net:"

// shelf holds networks under handles, such as "net:1". It may be used from several goroutines.
type shelf struct {
	mu   sync.Mutex
	last int
	nets map[string]held
}

func newShelf() *shelf { return &shelf{nets: map[string]held{}} }

// put keeps a network and returns its handle. No handle is given twice.
func (s *shelf) put(h held) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	handle := handles + strconv.Itoa(s.last)
	s.nets[handle] = h
	return handle
}

func (s *shelf) get(handle string) (held, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.nets[handle]
	return h, ok
}

// view is a shelf of what is there now.
func (s *shelf) view() *shelf {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &shelf{last: s.last, nets: maps.Clone(s.nets)}
}

// drop forgets a network; what runs on it goes on.
func (s *shelf) drop(handle string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.nets[handle]
	delete(s.nets, handle)
	return ok
}

// take is the network of a command whose flags are f, if path is a handle.
func (s *shelf) take(f *netFlags, path string) (h held, handle bool, err error) {
	if !strings.HasPrefix(path, handles) {
		return held{}, false, nil
	}
	h, ok := s.get(path)
	if !ok {
		return held{}, true, badInputf("%s: no network has this handle, expected one that load gave and unload has not taken", path)
	}
	if f.normalise || f.output != "" || f.batch > 1 {
		err = badInputf("%s: read already, expected --normalise, --output and --batch when it is loaded", path)
	}
	return h, true, err
}
