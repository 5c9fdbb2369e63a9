// What a unit passes on, by the sign of its pre-activation.

package forms

// Slope is the slope of unit j where its pre-activation has the sign s.
func (l *Layer) Slope(j int, s int8) float64 {
	if s < 0 {
		return l.Slopes[j]
	}
	return 1
}

// Carries says that unit j passes on more than a constant where its pre-activation has the sign s.
func (l *Layer) Carries(j int, s int8) bool { return s > 0 || s < 0 && l.Slopes[j] != 0 }

// Activate is what unit j makes of a pre-activation.
func (l *Layer) Activate(j int, z float64) float64 {
	if z < 0 {
		return l.Slopes[j] * z
	}
	return z
}

// Label returns the label of unit u of layer l; a unit that carries its value on has none, and
// passes on as one with +1.
func (m *Model) Label(labels []int8, l, u int) int8 {
	if ly := m.Layers[l]; u < ly.Neurons {
		return labels[ly.First+u]
	}
	return 1
}
