package ball

// The one JSON of a ball, as files and programs see it.

import (
	"errors"
	"fmt"
)

// JSON is a ball for encoding: norm, radius and center, or for a box lo and hi. A number is the
// shortest decimal that reads back as the float64.
type JSON struct {
	Norm   string    `json:"norm"`
	Radius float64   `json:"radius,omitempty"`
	Center []float64 `json:"center,omitempty"`
	Lo     []float64 `json:"lo,omitempty"`
	Hi     []float64 `json:"hi,omitempty"`
}

// JSON returns the ball for encoding.
func (b Ball) JSON() JSON { return JSON{b.Norm().String(), b.Radius(), b.Center(), b.Lo(), b.Hi()} }

// Ball returns the ball, or an error that names the field.
func (j JSON) Ball() (Ball, error) {
	if j.Norm == Box.String() {
		if j.Center != nil || j.Radius != 0 {
			return Ball{}, errors.New("norm: box, which has lo and hi alone, expected neither center nor radius")
		}
		return NewBox(j.Lo, j.Hi)
	}
	if j.Lo != nil || j.Hi != nil {
		return Ball{}, fmt.Errorf("norm: %q, expected box beside lo and hi", j.Norm)
	}
	norm, err := ParseNorm(j.Norm)
	if err != nil {
		return Ball{}, err
	}
	return New(norm, j.Center, j.Radius)
}
