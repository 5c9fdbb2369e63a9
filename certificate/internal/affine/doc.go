// Package affine has affine forms whose coefficients are integers, and tells exactly where they are
// positive: somewhere on a box, somewhere on a ball, or at a point; and whether a point lies
// strictly inside a ball.
//
// A form g·x + h in n inputs is a vector of n+1 numbers of k words each, in two's complement: the
// coefficients of g, then h. Words are added and multiplied modulo a power of two ([MulAdd],
// [Subtract]), which is exact wherever the result fits, and nothing here looks for an overflow. So
// whoever calls has a bound m of the result: coefficients less than 2^m in absolute value, and
// k ≥ [Words](m). Within that domain every answer is exact, for all boxes, balls and points however
// long their numbers are: what needs more words than a form has gets more, and a sign is taken from
// leading bits only where the error of these, which is bounded in the same place, leaves no doubt.
//
// The formulas for boxes and balls are derived in the comment of package certificate, under "When
// f ≤ 0 on B or on Q".
package affine
