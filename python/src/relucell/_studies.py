"""What is asked about data and matrices, where no network is there yet: cones of outputs, landscapes of
training, learning from samples, recurrent networks over time."""

from __future__ import annotations

import csv
import json
import pathlib
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Optional, Union

import numpy as np

from . import _server
from ._errors import InputError
from ._exact import array, fraction, integer, numbers
from ._made import Temporary, duration, file_name
from ._net import Network

if TYPE_CHECKING:
    import os

    from ._exact import Array

    Timeout = Union[None, str, float]


def command(method: str, **options: Any) -> Any:
    """What a command of relucell answers that is about no network in particular, such as ``"cone rays"``.

    Options are the command's own, with _ for -, and its arguments by their names: ``a``, ``data``.
    """
    return _server.server().ask(method, {k.replace("_", "-"): v for k, v in options.items() if v is not None})


def _rows(what: str, values: Any) -> list[list[Any]]:
    """A matrix as rows of numbers, of which fractions and whole numbers are kept as they are."""
    raw = array(what, values)
    if raw.ndim != 2 or raw.size == 0:
        raise InputError(f"{what}: of shape {raw.shape}, expected rows of numbers")
    if raw.dtype.kind not in "iuO":
        return [numbers(what, row) for row in raw]
    if raw.dtype.kind != "O":
        return [[int(v) for v in row] for row in raw]
    return [[str(v) if isinstance(v, (Fraction, int)) else numbers(what, [v])[0] for v in row] for row in raw]


@dataclass(frozen=True)
class Cone:
    """The cone {y : A·y ≤ 0}: all sums of multiples of the lines and of nonnegative multiples of the rays."""

    dimensions: int
    lines: list[list[int]]
    rays: list[list[int]]
    json: dict[str, Any] = field(repr=False)


def cone_rays(A: Any, *, timeout: Timeout = None) -> Cone:
    """The lines and extreme rays of {y : A·y ≤ 0}, in integers. A has a row for each constraint, of
    whole numbers, fractions, or floats, which are taken as they are."""
    with Temporary(".json", b"") as path:
        j = command("cone rays", a=_exactly("A", A), output=path, timeout=duration(timeout))
        made = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    lines, rays = ([[integer(str(v)) for v in row] for row in made[k]] for k in ("lineality", "rays"))
    return Cone(j["dimensions"], lines, rays, j)


def _exactly(what: str, values: Any) -> list[list[str]]:
    """A matrix of constraints: floats as the fractions that they are, for decimals would be read as such."""
    return [[str(Fraction(v)) for v in row] for row in _rows(what, values)]


@dataclass(frozen=True)
class Patterns:
    """All patterns that a neuron can have on data: of each a gate, weights that have it, the bias last."""

    gates: Array
    #: A row for each pattern, true where the neuron is on.
    on: Array
    #: How far from a tie each gate is: the least |x·w| / Σ|x_k·w_k|.
    margins: Array
    json: dict[str, Any] = field(repr=False)

    def __len__(self) -> int:
        return len(self.gates)


def _data(X: Any, y: Any) -> list[list[Any]]:
    """Points and targets as the lines of a table."""
    rows = _rows("X", X)
    targets = numbers("y", y if y is not None else [0.0] * len(rows))
    if len(targets) != len(rows):
        raise InputError(f"y: {len(targets)} numbers, expected {len(rows)}, one for each row of X")
    return [[*row, t] for row, t in zip(rows, targets)]


def landscape_patterns(X: Any, *, bias: bool = True, timeout: Timeout = None) -> Patterns:
    """The complete list of the patterns 1[X·w > 0], each with a gate strictly inside its cell."""
    with Temporary(".csv", b"") as path:
        j = command("landscape patterns", data=_data(X, None), no_bias=not bias or None, output=path, timeout=duration(timeout))
        with open(path, encoding="utf-8", newline="") as f:
            head, *rows = list(csv.reader(f))
    k, n = head.index("margin"), len(head)
    table = np.array([[float(v) for v in row] for row in rows]).reshape(-1, n)
    return Patterns(table[:, :k], table[:, k + 1 :] > 0.5, table[:, k], j)


@dataclass(frozen=True)
class Optimum:
    """The best network: a certified bracket of its objective with ``decay``, or what a search found."""

    #: No network is better than this; None where it is not proved.
    lower: Optional[Fraction]
    #: The objective, or risk, of ``net``, exact.
    upper: Fraction
    net: Network
    json: dict[str, Any] = field(repr=False)


def landscape_optimum(X: Any, y: Any, *, decay: Any = None, neurons: Optional[int] = None, bias: bool = True, proof: Union[None, str, os.PathLike[str]] = None,
                      timeout: Timeout = None) -> Optimum:
    """The best network of one hidden layer: over all widths with weight decay, ½·Σ(f(x)−y)² +
    decay/2·Σ(‖w‖²+a²), as a bracket with a proof; or of so many ``neurons``, Σ(f(x)−y)², by exhaustion."""
    with Temporary(".json", b"") as path:
        j = command("landscape optimum", data=_data(X, y), decay=decay, neurons=neurons, no_bias=not bias or None, proof=file_name(proof), output=path,
                    timeout=duration(timeout))
        net = Network({"text": pathlib.Path(path).read_text(encoding="utf-8")}, "optimum")
    if "optimum" in j:
        return Optimum(fraction(j["optimum"]["lower"]), fraction(j["optimum"]["upper"]), net, j)
    return Optimum(None, fraction(j["risk"]), net, j)


def landscape_census(X: Any, y: Any, neurons: int, *, bias: bool = True, timeout: Timeout = None) -> dict[str, Any]:
    """The differentiable local minima of the risk of so many neurons, as ``relucell landscape census`` tells."""
    j: dict[str, Any] = command("landscape census", data=_data(X, y), neurons=neurons, no_bias=not bias or None, timeout=duration(timeout))
    return j


def learn(X: Any, y: Any, neurons: int, *, seed: Optional[int] = None, timeout: Timeout = None) -> tuple[Network, dict[str, Any]]:
    """A network Σ a·max(w·x + b, 0) + c from its values at points of N(0, I), and the report of the
    command. Whether it is the teacher, :meth:`Network.diff` and :meth:`Network.same` decide."""
    with Temporary(".json", b"") as path:
        j = command("learn", data=_data(X, y), neurons=neurons, seed=seed, output=path, timeout=duration(timeout))
        return Network({"text": pathlib.Path(path).read_text(encoding="utf-8")}, "learned"), j


def unroll(path: Union[str, os.PathLike[str]], steps: int) -> Network:
    """A recurrent network over so many steps, as a network of the inputs of all of them. ``path`` is a
    file as ``relucell unroll`` reads it."""
    text = command("unroll", rnn=file_name(path), steps=steps, output="-")["text"]
    return Network({"text": text}, f"{pathlib.Path(path).name}, {steps} steps")
