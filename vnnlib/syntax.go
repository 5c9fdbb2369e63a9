package vnnlib

// The bracket structure of a file: tokens with their places, and lists of them.

import (
	"fmt"
	"io"
	"strings"
)

// place is where something begins.
type place struct{ line, column int }

func (p place) errorf(format string, args ...any) error {
	return &Error{Line: p.line, Column: p.column, Problem: fmt.Sprintf(format, args...)}
}

// node is a list, a word, or a string.
type node struct {
	place
	word   string // of a word, or the text of a string
	list   []node // of a list
	kind   kind
	index  []node // what stands in square brackets behind a word
	square bool   // there are square brackets, if empty ones
}

type kind uint8

const (
	word kind = iota
	list
	text
)

// is says whether n is the word w and nothing else.
func (n *node) is(w string) bool { return n.kind == word && n.word == w && !n.square }

// head returns the word that a list begins with.
func (n *node) head() string {
	if n.kind != list || len(n.list) == 0 || n.list[0].kind != word || n.list[0].square {
		return ""
	}
	return n.list[0].word
}

// String is how n is quoted in errors.
func (n *node) String() string {
	switch n.kind {
	case list:
		return "(" + n.head() + " …)"
	case text:
		return `"` + n.word + `"`
	}
	const longest = 40
	if len(n.word) > longest {
		return n.word[:longest] + "…"
	}
	return n.word
}

// scanner reads nodes from a text.
type scanner struct {
	text string
	at   int
	here place
}

func newScanner(r io.Reader) (*scanner, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("more than %d bytes, expected at most so many", MaxBytes)
	}
	return &scanner{text: string(data), here: place{1, 1}}, nil
}

// peek skips white space and comments and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			s.step()
		case c == ';':
			for s.at < len(s.text) && s.text[s.at] != '\n' {
				s.step()
			}
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) step() {
	if s.text[s.at] == '\n' {
		s.here = place{s.here.line + 1, 0}
	}
	s.here.column++
	s.at++
}

// node reads the next node.
func (s *scanner) node(depth int) (node, error) {
	c := s.peek()
	n := node{place: s.here}
	switch {
	case s.at == len(s.text):
		return n, n.errorf("the file ends inside of brackets, expected )")
	case depth > maxDepth:
		return n, n.errorf("brackets are nested deeper than %d", maxDepth)
	case c == '(':
		return s.listNode(n, depth)
	case c == '"':
		return s.textNode(n)
	case !isWord(c):
		return n, n.errorf("unexpected %q", rune(c))
	}
	n.word = s.wordHere()
	if s.peek() != '[' {
		return n, nil
	}
	return s.indexed(n)
}

// wordHere reads the word that begins here.
func (s *scanner) wordHere() string {
	from := s.at
	for s.at < len(s.text) && isWord(s.text[s.at]) {
		s.step()
	}
	return s.text[from:s.at]
}

func (s *scanner) listNode(n node, depth int) (node, error) {
	n.kind = list
	s.step()
	for s.peek() != ')' {
		m, err := s.node(depth + 1)
		if err != nil {
			return n, err
		}
		n.list = append(n.list, m)
	}
	s.step()
	return n, nil
}

func (s *scanner) textNode(n node) (node, error) {
	n.kind = text
	s.step()
	end := strings.IndexAny(s.text[s.at:], "\"\n\\")
	if end < 0 || s.text[s.at+end] != '"' {
		return n, n.errorf("a string without end, or with a \\, expected \"…\" on one line")
	}
	n.word = s.text[s.at : s.at+end]
	for range end + 1 {
		s.step()
	}
	return n, nil
}

// indexed reads the square brackets behind a word.
func (s *scanner) indexed(n node) (node, error) {
	n.square = true
	s.step()
	if s.peek() == ']' {
		s.step()
		return n, nil
	}
	for {
		c := s.peek()
		m := node{place: s.here}
		if !isWord(c) {
			return n, m.errorf("expected a whole number between [ and ]")
		}
		m.word = s.wordHere()
		n.index = append(n.index, m)
		switch c = s.peek(); c {
		case ',':
			s.step()
		case ']':
			s.step()
			return n, nil
		default:
			return n, s.here.errorf("expected , or ] in an index")
		}
	}
}

// isWord says whether a word may hold c: printable ASCII but brackets, commas, quotes and comments.
func isWord(c byte) bool {
	return c > ' ' && c < 0x7f && !strings.ContainsRune("()[],\";|", rune(c))
}
