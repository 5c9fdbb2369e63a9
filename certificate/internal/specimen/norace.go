//go:build !race

package specimen

const allowance = 1
