// Package constrained makes networks whose outputs satisfy homogeneous linear constraints A·y ≤ 0
// by construction, and shows of a network that they do, for all inputs.
//
// The idea is that of Frerix, Nießner and Cremers (2020): a cone is the set of combinations of its
// lines and of its rays, the latter with coefficients of at least 0, so a last layer that
// multiplies by these vectors gives nothing else. Package cone finds the vectors, in integers: rays
// that are rounded leave the cone.
//
//	d, err := cone.Describe(ctx, dim, rows, cone.Options{})
//	c, err := constrained.Layer(net, d, constrained.Options{}) // net's outputs become coefficients
//	gap, err := constrained.Check(c, rows)                     // nil: A·y ≤ 0 for every input
package constrained
