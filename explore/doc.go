// Package explore serves one page on which a network is explored: the map of its regions on a
// plane, a ball that is dragged over it, and what relucell says of the ball while it moves.
//
//	e, err := explore.New(explore.Config{Models: models, Points: points})
//	s, err := explore.Listen(ctx, e, "127.0.0.1:0")
//	fmt.Println(s.URL())
//	err = s.Serve(ctx)
//
// An Explorer answers questions in JSON, each about a model, a plane and a ball: what regions there
// are in a window (map), how many meet the ball (count), the bounds on that number (bounds), how
// far the nearest boundary is (distance), and the affine map of a region (region). It keeps nothing
// but what it has read, so the page's address after the # holds all that there is to share.
//
// What is called a count is relucell's count, and exact; else it is a bracket, and says so. The
// page draws, in float64, the polygons that package plot knows, and decides nothing.
//
// The same page works from a file (WriteHTML): there the engine is WebAssembly, built from
// explore/engine, and answers the same questions.
//
// explore.go holds the models, plane.go what a plane is, atlas.go the map, count.go and region.go
// the other answers, server.go who may ask, page.go the page.
package explore
