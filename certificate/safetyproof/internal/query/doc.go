// Package query has the queries that proofs of safety are about: from the bytes of a file in
// VNN-LIB 1.0 or 2.0 to the query that it states, and the reader of a query that a proof brings
// along.
//
// A query is a disjunction. It has boxes of the inputs, and disjuncts, each of one box with
// conditions: that a form, linear in inputs and outputs, is ≤ 0 or < 0. [ReadSpec] distributes
// "and" over "or" in an order that is part of the format (docs/safety-proof.md), so that a
// specification has one query, and the query one spelling ([Query.Lines]).
//
// All numbers are fractions, and all is exact. What is not understood is refused: other versions,
// other types than reals unless they are asked for, a query in which an input lacks a bound. Bytes,
// comparisons, nesting, digits and the sizes of coefficients are capped before anything is computed
// from them. Package vnnlib, by which the search reads, is another reader; the tests hold both
// together.
package query
