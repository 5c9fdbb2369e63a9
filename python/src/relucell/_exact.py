"""Exact numbers: hexadecimal floats with mantissas of any length, and fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Sequence

import numpy as np


def fraction(text: str) -> Fraction:
    """The number that a text spells: ``-0x1.8p-3``, ``3/4``, ``12``."""
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not body.startswith("0x"):
        return Fraction(text)
    mantissa, _, exponent = body[2:].partition("p")
    whole, _, part = mantissa.partition(".")
    shift = int(exponent or 0) - 4 * len(part)
    value = sign * int(whole + part, 16)
    return Fraction(value * 2**shift) if shift >= 0 else Fraction(value, 2**-shift)


def nearest(text: str) -> float:
    """The float64 nearest to what a text spells, infinite where that is larger than all."""
    try:
        return float.fromhex(text) if "0x" in text else float(Fraction(text))
    except OverflowError:
        return math.copysign(math.inf, -1.0 if text.startswith("-") else 1.0)


def floats(texts: Sequence[Any]) -> np.ndarray:
    """An array of the nearest float64, of texts or of lists of texts."""
    if texts and isinstance(texts[0], (list, tuple)):
        return np.array([[nearest(t) for t in row] for row in texts], dtype=np.float64).reshape(len(texts), -1)
    return np.array([nearest(t) for t in texts], dtype=np.float64)


def numbers(what: str, values: Any, count: int | None = None) -> list[float]:
    """Numbers that a user gives, as float64 of the same values, in the order of their memory.

    Arrays of any shape, torch tensors, fractions and integers are taken where nothing is rounded.
    """
    if hasattr(values, "detach"):  # a torch tensor
        values = values.detach().cpu().numpy()
    raw = np.asarray(values)
    if raw.dtype.kind not in "fiubO" or raw.dtype.kind == "O" and not all(isinstance(v, (int, float, Fraction, np.number)) for v in raw.ravel()):
        raise ValueError(f"{what}: {raw.dtype} values, expected numbers")
    flat = raw.ravel()
    out = [float(v) for v in flat]
    for v, f in zip(flat, out):
        if not math.isfinite(f):
            raise ValueError(f"{what}: {f}, expected finite numbers")
        whole = isinstance(v, (int, np.integer))
        if (whole and int(v) != int(f)) or (isinstance(v, Fraction) and v != Fraction(f)):
            raise ValueError(f"{what}: {v} is no float64, expected numbers that are, for they are taken as exact")
    if count is not None and len(out) != count:
        raise ValueError(f"{what}: {len(out)} numbers, expected {count}, one for each input")
    return out
