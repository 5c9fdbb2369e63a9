package main

// The JSON of count and bound. Fields, names and order are a contract: they are only ever added to.
// Counts and bounds are decimal strings, because they outgrow what JSON's readers keep of a number.

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/dyadic"
	"github.com/relucell/relucell/network"
)

// definition names what is counted; other definitions may come beside it.
const definition = "activation"

type netJSON struct {
	SHA256 string `json:"sha256,omitempty"`
	Inputs int    `json:"inputs"`
	Hidden []int  `json:"hidden"`
}

type regionsJSON struct {
	Lower string `json:"lower"`
	Upper string `json:"upper"`
}

type decisionsJSON struct {
	Float   int64 `json:"float"`
	Integer int64 `json:"integer"`
	Solve   int64 `json:"solve"`
}

type boundJSON struct {
	Name  string      `json:"name"`
	Kind  bound.Kind  `json:"kind"`
	Scope bound.Scope `json:"scope"`
	Value string      `json:"value"`
}

// countJSON is what count prints; bound prints it without what a walk alone knows.
type countJSON struct {
	Net        netJSON        `json:"net"`
	Ball       ball.JSON      `json:"ball"`
	Regions    *regionsJSON   `json:"regions,omitempty"`
	Exact      *bool          `json:"exact,omitempty"`
	Definition string         `json:"definition"`
	Decisions  *decisionsJSON `json:"decisions,omitempty"`
	Questions  *int64         `json:"questions,omitempty"`
	Bounds     []boundJSON    `json:"bounds"`
	Seconds    float64        `json:"seconds"`
	Resumed    string         `json:"resumed,omitempty"`
	// Notes are those of the network's import, absent where there are none.
	Notes []string `json:"notes,omitempty"`
}

func newNetJSON(n *network.Network, fingerprint string) netJSON {
	return netJSON{SHA256: strings.TrimPrefix(fingerprint, "sha256:"), Inputs: n.Inputs(), Hidden: n.Hidden()}
}

// fingerprint returns n's, "" where a stop leaves no time for it: that of fifty million weights
// takes seconds.
func fingerprint(ctx context.Context, n *network.Network) string {
	s, err := within(ctx, func() (string, error) { return n.Fingerprint(), nil })
	if err != nil {
		return ""
	}
	return s
}

// newReport is the part that count and bound share.
func newReport(n netJSON, notes []string, b ball.Ball, bounds []bound.Result, took time.Duration) countJSON {
	j := countJSON{Net: n, Ball: b.JSON(), Definition: definition, Bounds: []boundJSON{}, Seconds: took.Seconds(), Notes: notes}
	for _, r := range bounds {
		if r.Err == nil {
			j.Bounds = append(j.Bounds, boundJSON{r.Name, r.Kind, r.Scope, r.Value.String()})
		}
	}
	return j
}

// withWalk adds what the walk found.
func (j countJSON) withWalk(r enumerate.Result) countJSON {
	j.Regions = &regionsJSON{r.Lower.String(), r.Upper.String()}
	j.Exact = &r.Exact
	j.Decisions = &decisionsJSON{r.Decisions.Float, r.Decisions.Integer, r.Decisions.Solve}
	j.Questions = &r.Questions
	if r.Resumed > 0 {
		j.Resumed = strconv.FormatInt(r.Resumed, 10)
	}
	return j
}

// writeJSON writes v as one line.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// ratio returns a/b with three digits, for people.
func ratio(a, b *big.Int) string {
	if b.Sign() == 0 {
		return ""
	}
	q := new(big.Float).Quo(new(big.Float).SetInt(a), new(big.Float).SetInt(b))
	if q.Cmp(big.NewFloat(ratioPlain)) < 0 {
		f, _ := dyadic.FromFloat(q)
		return fmt.Sprintf("%.2f", f)
	}
	return q.Text('g', 3)
}

// ratioPlain is where ratios are written with a power of ten.
const ratioPlain = 10000
