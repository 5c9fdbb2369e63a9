//go:build race

package specimen

// allowance is by how much a limit on what is allocated is to be multiplied: the race detector has
// pools give up what is in them and buffers made anew.
const allowance = 2
