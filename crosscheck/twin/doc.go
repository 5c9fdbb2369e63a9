// Package twin counts regions slowly and obviously, for tests to compare the fast walk with.
//
// Intervals, Polygons and CountPolyhedra walk the activation patterns of a network with one,
// two or three inputs in exact arithmetic, cutting the ball itself by each neuron in
// turn. They share no code with the fast walk:
//
//	net, b := gen.TentMap(3)
//	n, err := twin.CountIntervals(net, b) // 8
//
// CountExactly does the same for any number of inputs, with package lp/exact
// to say which sides of a hyperplane a cell has. ExactPatterns has the patterns of one to
// three inputs, and Distance is how far the nearest boundary is.
package twin
