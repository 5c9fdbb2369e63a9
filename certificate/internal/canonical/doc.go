// Package canonical reads lines, numbers and names of proofs and of what they are about, in their
// one spelling.
//
// It promises three things. A value has one spelling, and no other is read: so two files that are
// read alike are the same bytes. Every length is capped before anything is computed from it (a line
// at 4 MiB unless the reader says otherwise, digits, exponents): so no file, however it was
// compressed, makes a checker use more than a fixed memory. And what is refused is an [Error] that
// names the file, the line and what was expected there.
//
// A [Verdict] is shared by all workers of a check: it keeps the refusal of the least line, and says
// when to stop. Nothing here rounds: a number is an integer, or an integer times a power of two.
package canonical
