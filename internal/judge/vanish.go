// Forms that are zero everywhere: known by their floats, or else in integers.

package judge

import "github.com/relucell/relucell/internal/forms"

// Vanishes says that the form is known to be identically zero. A coefficient of the true form
// differs from the computed one by at most err (the ball holds ±e_k and 0).
func (j *Judge) Vanishes(z *forms.Form) bool {
	if z.Err == 0 {
		return z.Zero()
	}
	if z.H > z.Err || z.H < -z.Err {
		return false
	}
	for _, g := range z.G {
		if g > z.Err || g < -z.Err {
			return false
		}
	}
	r := j.rowOf(z, 1)
	return r.H.Sign() == 0 && !j.Model.Late() && !hasGradient(r)
}
