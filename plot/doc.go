// Package plot draws the activation regions of a network with two inputs: as
// many polygons as there are regions, which tile the ball.
//
//	m, err := plot.New(ctx, net, b)           // the regions, from the exact walk
//	fmt.Println(len(m.Regions), m.Slivers())  // as many as count counts
//	pic, err := m.Draw(plot.Options{Name: "moons.onnx", Fill: plot.ByPattern})
//	err = pic.Write(file, "svg")              // or png, pdf
//	err = m.WriteHTML(file, plot.Options{Name: "moons.onnx"})
//
// A network with more inputs is drawn on a plane, by network.Through, Along or Inputs.
//
// Which regions there are is exact: it comes from package enumerate. Where
// their corners are is float64, because pictures have no use for more; a region
// too thin for that has an empty polygon, still counts, and is drawn as the dot
// of its witness.
//
// Built for a browser (GOOS=js) the package has maps and no pictures: their fonts alone are three
// times as large as all the rest of the project, and a browser draws by itself.
package plot
