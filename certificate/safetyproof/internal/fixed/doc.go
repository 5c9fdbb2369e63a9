// Package fixed has the integers in which bounds of a node are computed: numbers of 61 bits, sums
// of products in 128, and layers of a network whose numbers are such. docs/safety-proof.md §4.1
// says the same.
//
// A number that is stored is less than 2^61 in absolute value: [Small] and [Wide.Floor] see to it,
// and what is not is thrown, and caught by [Fits]. So the sum of two fits into 64 bits. A sum of
// products is right, and so is its floor, where the sizes of the factors on one side sum up to less
// than 2^62, as those of the weights of a row do, and those of others where [Size] has seen to it;
// and each factor on the other side is less than 2^62. That is the domain of [Sums]. Within it
// nothing wraps, and what is rounded is rounded down, by less than 1.
//
// A layer ([Fix]) has its weights in units of 2^−Shift: exact unless it is Rounded, when each is
// less than a unit too small. Biases and slopes are in units of 2^−F, F the bits of the proof: the
// floors, and of slopes the ceilings as well.
package fixed
