// Package nettext reads the canonical text of a network, from its bytes to its layers in integers.
//
// The text has one spelling for a network: what two readers of it read alike has one hash. So the
// reader cuts it at the punctuation of that spelling, where nothing else may stand, and holds what
// is between against the one spelling of a number; nothing else is read. Every number is m·2^e, and
// a layer's weights and biases are integers in one unit 2^−Scale, its slopes in one unit 2^−Fine,
// so nothing is rounded and no length of a number is a limit beyond those of package canonical.
//
// Two faces: [Read] hands out the layers one by one, maxima among them, and [ReadPlain] has each
// maximum as a tournament of ReLUs, which is the same function, and tells its outputs. Neither
// believes whoever wrote the text: what is refused is an error that names the line. The tests of
// package certificate hold the reader to a slow one, in fractions.
package nettext
