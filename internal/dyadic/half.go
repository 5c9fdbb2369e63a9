package dyadic

import "math"

// Float16 returns the number that the bits are: 1 of sign, 5 of exponent, 10 of mantissa.
func Float16(bits uint16) float64 {
	exponent, mantissa := int(bits>>10)&31, float64(bits&1023)
	v := math.Ldexp(1024+mantissa, exponent-25)
	switch exponent {
	case 0:
		v = math.Ldexp(mantissa, -24)
	case 31:
		if v = math.Inf(1); mantissa != 0 {
			v = math.NaN()
		}
	}
	if bits>>15 != 0 {
		return -v
	}
	return v
}

// BFloat16 returns the number that the bits are: the upper half of a float32.
func BFloat16(bits uint16) float64 { return float64(math.Float32frombits(uint32(bits) << 16)) }
