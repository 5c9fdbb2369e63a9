// The patterns of a map's regions, packed: a map of a hundred thousand regions has as many patterns
// of some hundred signs, which are sorted, compared and looked up by words.

package plot

import "slices"

// packed are the patterns of regions in words, two bits a sign, in whose order the patterns are.
type packed struct {
	words []uint64
	width int // of a pattern, in words
}

const signsOfWord = 32

// pack packs the patterns of regions, and puts the regions in order.
func pack(regions []Region, neurons int) (sorted []Region, p *packed) {
	p = &packed{width: (neurons + signsOfWord - 1) / signsOfWord}
	p.words = make([]uint64, p.width*len(regions))
	order := make([]int, len(regions))
	for i := range regions {
		order[i] = i
		words, rest := p.of(i), regions[i].Pattern
		for k := range words {
			n := min(len(rest), signsOfWord)
			for j, s := range rest[:n] {
				words[k] |= uint64(s+1) << shiftOf(j)
			}
			rest = rest[n:]
		}
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(p.of(a), p.of(b)) })
	sorted = make([]Region, 0, len(regions))
	q := &packed{width: p.width, words: make([]uint64, 0, len(p.words))}
	for _, i := range order {
		sorted, q.words = append(sorted, regions[i]), append(q.words, p.of(i)...)
	}
	return sorted, q
}

// shiftOf is where a neuron's bits are in its word: the first are the highest.
func shiftOf(neuron int) int { return 2 * (signsOfWord - 1 - neuron%signsOfWord) }

// of returns the words of a region.
func (p *packed) of(i int) []uint64 { return p.words[i*p.width : (i+1)*p.width] }

// differing appends to out those of neurons from to to−1 whose sign is not the same in all regions
// lo ≤ i < hi, counted from from; scratch is as long as a pattern.
func (p *packed) differing(from, to, lo, hi int, scratch []uint64, out []int) []int {
	first := p.of(lo)
	clear(scratch)
	for i := lo + 1; i < hi; i++ {
		words := p.of(i)
		for k := from / signsOfWord; k*signsOfWord < to; k++ {
			scratch[k] |= words[k] ^ first[k]
		}
	}
	for j := from; j < to; j++ {
		if scratch[j/signsOfWord]>>shiftOf(j)&3 != 0 {
			out = append(out, j-from)
		}
	}
	return out
}

// key is the exclusive or of what hash says of a region's words, so that where one sign changes it
// is found anew at once (Zobrist 1970).
func (p *packed) key(i int) (key uint64) {
	for k, word := range p.of(i) {
		key ^= hash(word, k)
	}
	return key
}

// turn returns which word a neuron is in, and that word where the neuron has the opposite sign.
func (p *packed) turn(i, neuron int) (k int, word uint64) {
	k = neuron / signsOfWord
	word, shift := p.of(i)[k], shiftOf(neuron)
	s := word >> shift & 3
	return k, word ^ (s^(2-s))<<shift
}

// turned is the key of a pattern that is a region's, whose key is given, with the opposite sign of
// a neuron.
func (p *packed) turned(i int, key uint64, neuron int) uint64 {
	k, word := p.turn(i, neuron)
	return key ^ hash(p.of(i)[k], k) ^ hash(word, k)
}

// opposite says that another region's pattern is that.
func (p *packed) opposite(i, other, neuron int) bool {
	k, word := p.turn(i, neuron)
	a, b := p.of(i), p.of(other)
	return b[k] == word && slices.Equal(a[:k], b[:k]) && slices.Equal(a[k+1:], b[k+1:])
}

// hash mixes a word and its place (the finish of SplitMix64: Steele, Lea and Flood 2014).
func hash(word uint64, k int) uint64 {
	h := word + uint64(k+1)*0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
