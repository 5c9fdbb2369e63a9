package fixed

// Rows and columns by their entries, and sums of products of them.

// Entries are those that are not 0 of a row or a column: V[i] stands at place At[i].
type Entries struct {
	At []int32
	V  []int64
}

// Clear takes all entries away.
func (e *Entries) Clear() { e.At, e.V = e.At[:0], e.V[:0] }

// Put adds an entry, unless it is 0.
func (e *Entries) Put(at int32, v int64) {
	if v != 0 {
		e.At, e.V = append(e.At, at), append(e.V, v)
	}
}

// Sums are sums of products, by places; between two uses all are 0.
type Sums struct {
	of          []Wide
	every, some []int32 // places
}

// NewSums returns sums for so many places.
func NewSums(n int) Sums { return Sums{of: make([]Wide, n)} }

// Reset makes all sums 0, after a use that did not come to its end.
func (z *Sums) Reset() { clear(z.of) }

// Multiply adds up lines times v, or their sizes, and says which of so many sums may not be 0.
func (z *Sums) Multiply(lines []Entries, v Entries, n int, sizes bool) (at []int32) {
	products := 0
	for i, k := range v.At {
		if x := v.V[i]; x != 0 {
			z.add(&lines[k], x, sizes)
			products += len(lines[k].At)
		}
	}
	if products >= n {
		return z.First(n)
	}
	z.some = z.some[:0]
	for _, k := range v.At {
		z.some = append(z.some, lines[k].At...)
	}
	return z.some // what is taken once is 0 when it comes again
}

// add adds the entries times x to the sums at their places; or their sizes.
func (z *Sums) add(e *Entries, x int64, sizes bool) {
	v, of := e.V[:len(e.At)], z.of
	for i, j := range e.At {
		w := v[i]
		if sizes {
			w = max(w, -w)
		}
		of[j].Add(Product(w, x))
	}
}

// Take takes a sum.
func (z *Sums) Take(j int32) Wide {
	sum := z.of[j]
	z.of[j] = Wide{}
	return sum
}

// First returns so many places, from 0.
func (z *Sums) First(n int) []int32 {
	for k := len(z.every); k < n; k++ {
		z.every = append(z.every, int32(k))
	}
	return z.every[:n]
}
