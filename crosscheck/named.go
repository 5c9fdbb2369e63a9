// Bounds by name: those of package bound, and the dial, which needs both sides
// and so lives here.

package crosscheck

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/relucell/relucell/bound"
)

// Bounds returns every bound of package bound, and the dial at 1.
func Bounds() []bound.Bound { return append(bound.All(), NewDial(1)) }

// maxDial is far beyond the depth of any network here.
const maxDial = 1000

// BoundsNamed returns the bounds of a list of names: those of package bound,
// and dial-0, dial-1, … . The error names what is unknown and what there is.
func BoundsNamed(names []string) ([]bound.Bound, error) {
	var out []bound.Bound
	seen := map[string]bool{}
	for _, name := range names {
		name = strings.TrimSpace(name)
		b, ok := bound.ByName(name)
		if digits, dial := strings.CutPrefix(name, "dial-"); dial && !ok {
			m, err := strconv.Atoi(digits)
			if ok = err == nil && m >= 0 && m <= maxDial && strconv.Itoa(m) == digits; ok {
				b = NewDial(m)
			}
		}
		if !ok {
			return nil, fmt.Errorf("%q: no such bound, expected some of %s, dial-0, dial-1, …", name, namesOf(bound.All()))
		}
		if seen[name] {
			return nil, fmt.Errorf("%q: given twice", name)
		}
		seen[name] = true
		out = append(out, b)
	}
	return out, nil
}

func namesOf(bounds []bound.Bound) string {
	var names []string
	for _, b := range bounds {
		names = append(names, b.Name())
	}
	return strings.Join(names, ", ")
}
