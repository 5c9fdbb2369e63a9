package certificate

// How the slow checker reads files, numbers, balls and the canonical text of a network.

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// read makes a file the one that is being read, and returns the hash of its plain bytes.
func (c *slowChecker) read(name string) string {
	b, ok := c.files[name]
	slowRequire(ok, "there is no file %s", name)
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(b))
		slowRequire(err == nil, "%s: %v", name, err)
		b, err = io.ReadAll(z)
		slowRequire(err == nil, "%s: %v", name, err)
	}
	c.lines = strings.SplitAfter(string(b), "\n")
	return fmt.Sprintf("sha256:%x", sha256.Sum256(b))
}

// end requires that no line is left.
func (c *slowChecker) end() {
	slowRequire(len(c.lines) == 1 && c.lines[0] == "", "something follows the end")
}

func (c *slowChecker) next() string {
	line, ok := strings.CutSuffix(c.lines[0], "\n")
	slowRequire(ok && len(line) <= 4<<20, "expected a line of at most 4 MiB")
	c.lines = c.lines[1:]
	return line
}

// slowShort reads integers times 2^−e; one of them is odd, or e = 0.
func slowShort(digits []string, e string) (x []*big.Rat) {
	odd := slowIndex(e, 40000+1) == 0
	for _, s := range digits {
		x = append(x, slowRat(strings.TrimPrefix(s, " "), 12288, "p-"+e))
		odd = odd || strings.Contains("13579", s[len(s)-1:])
	}
	slowRequire(odd, "all are even")
	return x
}

// slowMultiplier reads a multiplier; nothing stands for 1.
func slowMultiplier(s string) *big.Rat {
	slowRequire(s != "1", "a multiplier of 1 is written")
	if s == "" {
		return slowOne
	}
	return slowRat(s, 12288, "")
}

// slowRat reads a number of at most so many digits, with an exponent.
func slowRat(s string, digits int, exponent string) *big.Rat {
	v, ok := new(big.Rat).SetString(s + exponent)
	slowRequire(ok && len(strings.TrimPrefix(s, "-")) <= digits, "%q is no number, or has too many digits", s)
	return v
}

// slowIndex reads a natural number below limit.
func slowIndex(s string, limit int) int {
	v, err := strconv.Atoi(s)
	slowRequire(err == nil && v < limit, "%q is no number below %d", s, limit)
	return v
}

var slowRealText = regexp.MustCompile(`^-?0x1(?:\.([0-9a-f]*[1-9a-f]))?p([+-])(0|[1-9][0-9]*)$`)

// slowReal reads a real in its one spelling.
func slowReal(s string) *big.Rat {
	if s == "0x0p+0" {
		return slowZero
	}
	m := slowRealText.FindStringSubmatch(s)
	slowRequire(m != nil && m[2]+m[3] != "-0" && len(m[1]) <= 4096, "%q is no real", s)
	slowIndex(m[3], 20000+1)
	return slowRat(s, len(s), "")
}

// slowReals reads so many reals.
func slowReals(tokens []string, want int) (v []*big.Rat) {
	slowRequire(len(tokens) == want, "%d numbers, expected %d", len(tokens), want)
	for _, t := range tokens {
		v = append(v, slowReal(t))
	}
	return v
}

// readBall reads a line "ball …".
func (c *slowChecker) readBall(line string) {
	tokens := strings.Split(line, " ")
	slowRequire(len(tokens) > 1 && tokens[0] == "ball", "expected a ball")
	c.ball, c.norm = strings.TrimPrefix(line, "ball "), tokens[1]
	switch c.norm {
	case "box":
		v := slowReals(tokens[2:], 2*c.inputs)
		c.lo, c.hi, c.center = v[:c.inputs], v[c.inputs:], v[:c.inputs] // it needs no center
	case "l1", "l2", "linf":
		v := slowReals(tokens[2:], c.inputs+1)
		c.radius, c.center = v[0], v[1:]
		for _, x := range c.center {
			c.lo, c.hi = append(c.lo, new(big.Rat).Sub(x, c.radius)), append(c.hi, new(big.Rat).Add(x, c.radius))
		}
	default:
		slowRequire(false, "%q is no norm", c.norm)
	}
	for k := range c.lo {
		slowRequire(c.lo[k].Cmp(c.hi[k]) < 0, "the ball has no interior")
	}
}

var (
	slowNetText   = regexp.MustCompile(`^\{"relucell-network":1,"inputs":([1-9][0-9]*),"layers":\[\n((?:.+,\n)*.+)\n\]\}\n$`)
	slowLayerText = regexp.MustCompile(`^\{"activation":"(?:(none|relu)"|leaky_relu","slope":"(.+?)"|mixed","slopes":\["(.+?)"\]|max","pieces":\[([1-9][0-9,]*)\]),"weights":\[\["(.+)"\]\],"bias":\["(.+)"\]\}$`)
)

// readNet reads the canonical text of a network.
func (c *slowChecker) readNet(text string) {
	m := slowNetText.FindStringSubmatch(text)
	slowRequire(m != nil, "the network is not canonical")
	c.inputs = slowIndex(m[1], 1<<30)
	width, entries := c.inputs, 0
	lines := strings.Split(m[2], ",\n")
	for _, line := range lines {
		y := slowLayerOf(slowAllEntries(line, width), width)
		entries += width * len(y.bias)
		if c.layers, width = append(c.layers, y), len(y.bias); y.maxima != nil {
			width = len(y.maxima)
		}
	}
	for i, y := range c.layers {
		nonzero, all := 0, 0
		for _, row := range y.weights {
			for _, w := range row {
				nonzero, all = nonzero+w.Sign()*w.Sign(), all+1
			}
		}
		byColumns := strings.Contains(lines[i], "columns")
		slowRequire(byColumns == (entries > c.most && 2*nonzero < all), "layer %d has another spelling", i)
	}
}

var slowColumnsText = regexp.MustCompile(`^(.*),"columns":\[\[(.*)\]\],"weights":\[\[(.*)\]\],("bias":.*)$`)

// slowAllEntries returns the line of a layer with all its entries, if it gives columns.
func slowAllEntries(line string, width int) string {
	m := slowColumnsText.FindStringSubmatch(line)
	if m == nil {
		return line
	}
	columns, weights := strings.Split(m[2], "],["), strings.Split(m[3], "],[")
	slowRequire(len(columns) == len(weights), "%d rows of columns, %d of weights", len(columns), len(weights))
	for v := range columns {
		row, last := slices.Repeat([]string{`"0x0p+0"`}, width), -1
		if columns[v]+weights[v] == "" {
			columns[v] = strings.Join(row, ",")
			continue
		}
		at, words := strings.Split(columns[v], ","), strings.Split(weights[v], ",")
		slowRequire(len(at) == len(words), "%d columns, %d weights", len(at), len(words))
		for i, s := range at {
			u := slowIndex(s, width)
			slowRequire(strconv.Itoa(u) == s && u > last && words[i] != `"0x0p+0"`, "a column out of order, or a weight of 0")
			row[u], last = words[i], u
		}
		columns[v] = strings.Join(row, ",")
	}
	return m[1] + `,"weights":[[` + strings.Join(columns, "],[") + "]]," + m[4]
}

// slowLayerOf reads a layer that so many forms enter.
func slowLayerOf(line string, width int) (y slowLayer) {
	m := slowLayerText.FindStringSubmatch(line)
	slowRequire(m != nil, "a layer of the network is not canonical")
	for _, row := range strings.Split(m[5], `"],["`) {
		y.weights = append(y.weights, slowReals(strings.Split(row, `","`), width))
	}
	units := len(y.weights)
	y.bias = slowReals(strings.Split(m[6], `","`), units)
	switch {
	case m[4] != "":
		y.readPieces(m[4])
		return y
	case m[3] != "":
		y.slope = slowReals(strings.Split(m[3], `","`), units)
		other := func(s *big.Rat) bool { return s.Cmp(y.slope[0]) != 0 }
		slowRequire(slices.ContainsFunc(y.slope, other), "the slopes are all alike")
	case m[2] != "":
		y.slope = slices.Repeat([]*big.Rat{slowReal(m[2])}, units)
		slowRequire(y.slope[0].Sign() != 0 && y.slope[0].Cmp(slowOne) != 0, "a slope of 0 or 1 has another spelling")
	default:
		y.slope = slices.Repeat([]*big.Rat{map[string]*big.Rat{"none": slowOne, "relu": slowZero}[m[1]]}, units)
	}
	for u, s := range y.slope {
		if s.Cmp(slowOne) != 0 {
			y.neurons = append(y.neurons, u)
		}
	}
	return y
}

// slowForm is the affine form g·x + h: the entries of g and then h.
type slowForm []*big.Rat

func (f slowForm) at(x []*big.Rat) *big.Rat {
	v := new(big.Rat).Set(f[len(x)])
	for k := range x {
		v.Add(v, new(big.Rat).Mul(f[k], x[k]))
	}
	return v
}

// plus returns f + a·g.
func (f slowForm) plus(a *big.Rat, g slowForm) slowForm {
	sum := make(slowForm, len(f))
	for k := range f {
		sum[k] = new(big.Rat).Add(f[k], new(big.Rat).Mul(a, g[k]))
	}
	return sum
}

func (f slowForm) zero() bool {
	return !slices.ContainsFunc(f, func(v *big.Rat) bool { return v.Sign() != 0 })
}

// times returns a·f.
func (f slowForm) times(a int) slowForm { return f.plus(big.NewRat(int64(a-1), 1), f) }
