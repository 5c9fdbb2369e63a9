// Package extremum finds how large and how small a linear form of a network's outputs is on a ball,
// exactly, and other extremes over the activation regions: the Lipschitz constant of the network on
// the ball.
//
//	f, err := extremum.ParseForm("y0 - y1", net.Outputs())
//	e, err := extremum.Maximum(ctx, net, b, f, extremum.Options{})
//	e.Lower, e.Upper   // equal where the ball is a polytope
//	e.Point            // where the network attains Lower
//
// On an activation region the network is affine, so a form is largest in the closure of one of
// them. The walk of package enumerate hands out the regions; one is passed over where floats,
// within a bound of their error, say that it cannot hold more than what was found; of the others a
// linear programme in integers gives the largest value. In linf and l1 balls and in boxes it is a
// fraction and is attained at a vertex. In an l2 ball it is algebraic: there it is enclosed between
// the value at a point and the next float64 or two, by the exact question whether a half-space
// meets the cell.
//
// That the maximum over the regions is that of the network, and that no region is missing, is what
// the proof of a count shows: network.Property makes a neuron of "the form exceeds M", and
// certificate.Report.NeverOn says that it is on nowhere.
//
// The walk by regions is that of Xiang, Tran and Johnson (2017); the Lipschitz constant as the
// largest norm of a region's map is in Jordan and Dimakis (2020).
package extremum
