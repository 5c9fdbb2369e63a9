package cone

// The constraints of Frerix, Nießner and Cremers (2020) on pictures of digits: a checkerboard of
// blocks, dark where the sum of the pixels may not be above 0 and bright where it may not be below.

import (
	"math/big"

	"github.com/relucell/relucell/internal/dyadic"
)

// Checkerboard returns the rows of side × side pixels, row by row, in blocks × blocks equal blocks,
// the first of them dark: a sum of at most 0. Side must be a multiple of blocks.
func Checkerboard(side, blocks int) (rows [][]*big.Int) {
	size := side / blocks
	for i := range blocks * blocks {
		row := dyadic.ZeroInts(side * side)
		for k := range size * size {
			y, x := i/blocks*size+k/size, i%blocks*size+k%size
			row[y*side+x].SetInt64(1 - 2*int64((i/blocks+i%blocks)%2))
		}
		rows = append(rows, row)
	}
	return rows
}
