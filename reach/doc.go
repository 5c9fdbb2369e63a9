// Package reach describes what a network makes of a ball: every activation region with its affine
// map, its domain and its image, and the part of the ball whose outputs satisfy a query.
//
//	for r, err := range enumerate.Regions(ctx, net, b, enumerate.Options{Workers: 1}) {
//		d, err := reach.Describe(ctx, i, r) // exact numbers
//		err = d.WriteJSON(w)                // or WriteInequalities, WriteVertices; see Polymake too
//	}
//	u, err := reach.Inverse(ctx, r, query)     // what of the region is unsafe, cut up exactly
//
// A region's domain is a polyhedron within the ball, {x : s_j·z_j(x) ≥ 0}, on which the network is
// x ↦ W·x + b; in a polytope ball its vertices are fractions, and their images span the region's
// image. The union of the images is the output set of the ball. Nothing is rounded but pictures.
//
// The output set as a union of polyhedra, layer by layer, and its intersection with unsafe sets are
// those of Xiang, Tran and Johnson (2017); here the regions come from the walk. The formats .ine
// and .ext are those of cddlib (Fukuda) and lrs (Avis), .poly is polymake's (Gawrilow, Joswig).
package reach
