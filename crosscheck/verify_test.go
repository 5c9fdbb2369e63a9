package crosscheck

// Verify passes what is right and says clearly what is wrong.

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
	"github.com/relucell/relucell/bound"
	"github.com/relucell/relucell/network"
)

func TestOwnBoundsPassVerify(t *testing.T) {
	for _, name := range []string{"montufar", "crown", "boundary"} {
		b, ok := bound.ByName(name)
		require.True(t, ok)
		Verify(t, b, VerifyOptions{Cases: 60, Seed: 3})
	}
	Verify(t, NewDial(2), VerifyOptions{Cases: 60, Seed: 3})
}

// complaints is a TB that keeps what it is told.
type complaints struct{ said []string }

func (c *complaints) Helper()                   {}
func (c *complaints) Logf(string, ...any)       {}
func (c *complaints) all() string               { return strings.Join(c.said, "\n") }
func (c *complaints) Errorf(f string, a ...any) { c.said = append(c.said, fmt.Sprintf(f, a...)) }
func (c *complaints) Fatalf(f string, a ...any) { c.Errorf(f, a...) }

// careless is a bound that does not check its input.
type careless struct {
	name  string
	kind  bound.Kind
	value func() (*big.Int, error)
}

func (c careless) Name() string       { return c.name }
func (c careless) Kind() bound.Kind   { return c.kind }
func (c careless) Scope() bound.Scope { return bound.Local }
func (c careless) Value(context.Context, *network.Network, ball.Ball) (*big.Int, error) {
	return c.value()
}

func TestVerifyComplains(t *testing.T) {
	shared := big.NewInt(1 << 40)
	calls := int64(1 << 40)
	huge := func() (*big.Int, error) { return big.NewInt(1 << 40), nil }
	for says, b := range map[string]careless{
		"has no name":                         {"", bound.Upper, huge},
		`kind "sideways"`:                     {"odd", "sideways", huge},
		"no error for a ball of 3":            {"careless", bound.Upper, huge},
		"neither a value nor an error":        {"nothing", bound.Upper, func() (*big.Int, error) { return nil, nil }},
		"expected at least 1":                 {"zero", bound.Lower, func() (*big.Int, error) { return new(big.Int), nil }},
		"out of ideas":                        {"failing", bound.Upper, func() (*big.Int, error) { return nil, errors.New("out of ideas") }},
		"the caller's to change":              {"shared", bound.Upper, func() (*big.Int, error) { return shared, nil }},
		"when asked again":                    {"moody", bound.Upper, func() (*big.Int, error) { calls++; return big.NewInt(calls), nil }},
		"is below the count 2":                {"one", bound.Upper, func() (*big.Int, error) { return big.NewInt(1), nil }},
		"lower bound high = 1099511627776 is": {"high", bound.Lower, huge},
		`{"relucell-network":1`:               {"two", bound.Upper, func() (*big.Int, error) { return big.NewInt(2), nil }},
	} {
		t.Run(b.name, func(t *testing.T) {
			c := &complaints{}
			Verify(c, b, VerifyOptions{Cases: 40, Seed: 1})
			require.Contains(t, c.all(), says)
		})
	}
}
