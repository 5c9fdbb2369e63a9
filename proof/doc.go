// Package proof writes proofs that a network has so many activation regions in a ball, for package
// certificate, or any other checker of the format (docs/certificate.md), to check.
//
// [Prove] counts and writes in one call. A [Writer] is told the steps of a walk, as its observer,
// and writes them down; with a checkpoint it goes on where an earlier one was stopped. What it
// writes is not believed for who wrote it: the checker shares nothing with this package but the
// format.
package proof
