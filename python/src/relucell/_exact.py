"""Exact numbers: hexadecimal floats with mantissas of any length, fractions, integers of any length."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Optional, Sequence

import numpy as np

from ._errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

#: Decimal digits that Python converts whatever its limit is set to (sys.set_int_max_str_digits takes no less than 640).
_DIGITS = 600


def integer(text: str) -> int:
    """The integer that a text spells in decimals. Python itself refuses more than 4300 of them."""
    if text.startswith("-"):
        return -integer(text[1:])
    if len(text) <= _DIGITS:
        return int(text)
    k = len(text) // 2
    tens: int = 10**k
    return integer(text[:-k]) * tens + integer(text[-k:])


def grouped(n: int) -> str:
    """An integer for people: 18,769, or about 10^6020 where it is too long to be read."""
    if n.bit_length() < 1024:
        return f"{n:,}"
    return f"{'-' if n < 0 else ''}about 10^{round(n.bit_length() * math.log10(2))}"


def fraction(text: str) -> Fraction:
    """The number that a text spells: ``-0x1.8p-3``, ``3/4``, ``12``."""
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not body.startswith("0x"):
        above, _, below = body.partition("/")
        return Fraction(sign * integer(above), integer(below or "1"))
    mantissa, _, exponent = body[2:].partition("p")
    whole, _, part = mantissa.partition(".")
    shift = int(exponent or 0) - 4 * len(part)
    value = sign * int(whole + part, 16)
    return Fraction(value * 2**shift) if shift >= 0 else Fraction(value, 2**-shift)


def nearest(text: str) -> float:
    """The float64 nearest to what a text spells, infinite where that is larger than all."""
    try:
        return float.fromhex(text) if "0x" in text else float(fraction(text))
    except OverflowError:
        return math.copysign(math.inf, -1.0 if text.startswith("-") else 1.0)


def floats(texts: Sequence[Any]) -> Array:
    """An array of the nearest float64, of texts or of lists of texts."""
    if texts and isinstance(texts[0], (list, tuple)):
        return np.array([[nearest(t) for t in row] for row in texts], dtype=np.float64).reshape(len(texts), -1)
    return np.array([nearest(t) for t in texts], dtype=np.float64)


def array(what: str, values: Any) -> Array:
    """What a user gives, as an array of the same numbers: torch tensors of any kind, tables, lists.

    A list that mixes floats with integers that no float64 equals stays one of objects.
    """
    if hasattr(values, "detach"):  # a torch tensor, perhaps of bfloat16, which NumPy does not have
        values = values.detach().cpu()
        if str(values.dtype) == "torch.bfloat16":
            values = values.float()
        values = values.numpy()
    try:
        raw = np.asarray(values)
        if raw.dtype.kind == "f" and isinstance(values, (list, tuple)):
            objects = np.asarray(values, dtype=object)
            if any(isinstance(v, (int, np.integer)) and int(v) != int(float(v)) for v in objects.ravel()):
                return objects
    except (TypeError, ValueError, OverflowError) as e:
        raise InputError(f"{what}: no array of numbers: {str(e).splitlines()[0]}") from None
    return raw


def odd_one(a: Array) -> str:
    """Which number of an array is not finite, such as "[0, 1] is nan"; empty where all are finite."""
    where = np.argwhere(~np.isfinite(a))
    return f"[{', '.join(map(str, where[0]))}] is {a[tuple(where[0])]}" if len(where) else ""


def numbers(what: str, values: Any, count: Optional[int] = None) -> list[float]:
    """Numbers that a user gives, as float64 of the same values, row by row.

    Arrays of any shape, torch tensors, fractions and integers are taken where nothing is rounded.
    """
    raw = array(what, values)
    if raw.dtype.kind not in "fiubO" or raw.dtype.kind == "O" and not all(isinstance(v, (int, float, Fraction, np.number)) for v in raw.ravel()):
        kind = "values of texts" if raw.dtype.kind in "US" else f"{raw.dtype} values"
        raise InputError(f"{what}: {kind}, expected numbers")
    out = [_float(what, v) for v in raw.ravel()]
    if count is not None and len(out) != count:
        raise InputError(f"{what}: {len(out)} numbers, expected {count}, one for each input")
    return out


def _float(what: str, v: Any) -> float:
    """The float64 that v is."""
    try:
        f = float(v)
    except OverflowError:
        raise InputError(f"{what}: a number beyond float64's range, expected finite numbers") from None
    if not math.isfinite(f):
        raise InputError(f"{what}: {f}, expected finite numbers")
    whole = isinstance(v, (int, np.integer))
    if (whole and int(v) != int(f)) or (isinstance(v, Fraction) and v != Fraction(f)) or (isinstance(v, np.longdouble) and v != np.longdouble(f)):
        raise InputError(f"{what}: {v} is no float64, expected numbers that are, for they are taken as exact")
    return f


def plain(v: Any) -> Any:
    """A value as JSON has it, of what NumPy, torch, fractions and paths are."""
    if isinstance(v, Fraction):
        return str(v)
    if hasattr(v, "__fspath__"):
        return v.__fspath__()
    if hasattr(v, "detach") or isinstance(v, (np.ndarray, np.generic)):
        a = array("an option", v)
        return a.tolist() if a.dtype.kind != "f" else np.reshape(numbers("an option", a), a.shape).tolist()
    raise InputError(f"an option: of type {type(v).__name__}, expected numbers, texts, truths, or lists and arrays of them")
