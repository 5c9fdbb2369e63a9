"""What the calls give: plain values, with exact numbers as integers and fractions."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Iterator, NamedTuple, Optional, Union

import numpy as np

from ._exact import floats, fraction, grouped, integer

if TYPE_CHECKING:
    from ._exact import Array


class Bracket(NamedTuple):
    """Two numbers with the count between them, both possible."""

    lower: int
    upper: int

    def __repr__(self) -> str:
        return f"Bracket(lower={grouped(self.lower)}, upper={grouped(self.upper)})"

    def __str__(self) -> str:
        return repr(self)


@dataclass(frozen=True)
class Bound:
    """An analytic bound on the number of regions."""

    name: str
    #: ``upper`` or ``lower``.
    kind: str
    #: ``global``, for every ball, or ``local``, for this one.
    scope: str
    value: int

    def __repr__(self) -> str:
        value = self.value if self.value.bit_length() < 1024 else grouped(self.value)
        return f"Bound(name={self.name!r}, kind={self.kind!r}, scope={self.scope!r}, value={value})"


class Bounds(dict[str, Bound]):
    """Bounds by their names."""

    @property
    def best(self) -> Optional[Bound]:
        """The smallest upper bound."""
        upper = [b for b in self.values() if b.kind == "upper"]
        return min(upper, key=lambda b: b.value) if upper else None

    @classmethod
    def read(cls, j: list[dict[str, str]]) -> "Bounds":
        return cls((b["name"], Bound(b["name"], b["kind"], b["scope"], integer(b["value"]))) for b in j)

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{b.name}</td><td>{b.kind}</td><td>{b.scope}</td><td style='text-align:right'>{grouped(b.value)}</td></tr>" for b in self.values())
        return f"<table><tr><th>bound</th><th>kind</th><th>scope</th><th>value</th></tr>{rows}</table>"


@dataclass(frozen=True)
class Count:
    """The answer of a count: exact, or a certified bracket of one that was stopped."""

    lower: int
    upper: int
    exact: bool
    bounds: Bounds
    #: Why the count is not exact, empty where it is.
    stopped: str
    seconds: float
    notes: tuple[str, ...]
    #: All of it, as ``relucell count --format json`` prints it.
    json: dict[str, Any] = field(repr=False)

    @property
    def regions(self) -> Union[int, Bracket]:
        """The number of regions, or a bracket of it."""
        return self.lower if self.exact else Bracket(self.lower, self.upper)

    def __int__(self) -> int:
        if not self.exact:
            raise ValueError(f"the count is between {grouped(self.lower)} and {grouped(self.upper)}: {self.stopped}")
        return self.lower

    def __str__(self) -> str:
        if self.exact:
            return f"{grouped(self.lower)} region{'' if self.lower == 1 else 's'}, exact"
        return f"between {grouped(self.lower)} and {grouped(self.upper)} regions: {self.stopped}"

    def __repr__(self) -> str:
        return f"<relucell.Count: {self}>"

    @classmethod
    def read(cls, j: dict[str, Any], stopped: str = "") -> "Count":
        return cls(integer(j["regions"]["lower"]), integer(j["regions"]["upper"]), j["exact"], Bounds.read(j["bounds"]), stopped,
                   j["seconds"], tuple(j.get("notes", ())), j)


class Fractions(NamedTuple):
    """A region's numbers as they are."""

    point: list[Fraction]
    W: list[list[Fraction]]
    b: list[Fraction]


class Region:
    """An activation region: the network is W·x + b on it.

    ``pattern`` has a letter for each neuron, ``point`` is inside; ``W``, of a row for each output, and
    ``b`` are rounded to the nearest float64, and ``fractions()`` has them exactly.
    """

    def __init__(self, j: dict[str, Any]) -> None:
        self.json = j
        self.pattern: str = j["pattern"]
        self.point: Array = floats(j["witness"])
        self.W: Array = floats(j["affine"]["W"])
        self.b: Array = floats(j["affine"]["b"])
        #: The numbers of the neighbours in the order of the regions, where they were asked for.
        self.neighbours: Optional[list[int]] = j.get("neighbours")
        #: The volume, where it was asked for.
        self.volume: Optional[Fraction] = fraction(j["volume"]) if "volume" in j else None

    def fractions(self) -> Fractions:
        a = self.json["affine"]
        return Fractions([fraction(t) for t in self.json["witness"]], [[fraction(t) for t in row] for row in a["W"]], [fraction(t) for t in a["b"]])

    def __repr__(self) -> str:
        return f"Region({self.pattern!r}, point={self.point})"


@dataclass(frozen=True)
class Nearest:
    """The exact distance from the centre to the nearest boundary of a neuron."""

    neuron: int
    lower: float
    upper: float
    exact: Optional[Fraction]
    #: Its square, of a distance in l2.
    squared: Optional[Fraction]


class BoundReport(Bounds):
    """The bounds, and the nearest boundary: None where there is none."""

    nearest: Optional[Nearest] = None
    json: dict[str, Any] = {}

    @classmethod
    def of(cls, j: dict[str, Any]) -> "BoundReport":
        r = cls(Bounds.read(j["bounds"]))
        r.json = j
        n = j.get("nearest")
        if n:
            r.nearest = Nearest(n["neuron"], *between(n), _optional(n.get("exact")), _optional(n.get("squared")))
        return r


def between(j: dict[str, Any]) -> tuple[float, float]:
    """The ends of a bracket of floats, infinite where they are left out. JSON has 2.0**62 as
    4611686018427388000, which is that float and, as an integer, another number."""
    return float(j.get("lower", -math.inf)), float(j.get("upper", math.inf))


def _optional(text: Optional[str]) -> Optional[Fraction]:
    return None if text is None else fraction(text)


@dataclass(frozen=True)
class Extreme:
    """The largest or smallest value of a form of the outputs, and where it is attained."""

    #: The value, where it is a fraction; in l2 it is not, and lies between the two floats.
    exact: Optional[Fraction]
    lower: float
    upper: float
    point: Array
    pattern: str
    json: dict[str, Any] = field(repr=False)

    @property
    def value(self) -> float:
        """The value at the point, to the nearest float64."""
        return float(fraction(self.json["value"]))

    @classmethod
    def read(cls, j: Optional[dict[str, Any]]) -> Optional["Extreme"]:
        if j is None:
            return None
        return cls(_optional(j.get("exact")), *between(j), floats(j["point"]), j["pattern"], j)


@dataclass(frozen=True)
class Range:
    """The extremes of a form of the outputs on a ball."""

    of: str
    max: Optional[Extreme]
    min: Optional[Extreme]
    json: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Constant:
    """A Lipschitz constant on a ball."""

    norm: str
    exact: Optional[Fraction]
    lower: float
    upper: float
    pattern: str
    json: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Radius:
    """How far around a point the class stays the same."""

    #: Nowhere within this distance does it change.
    lower: float
    #: At ``point``, not farther than this, it does; infinite where nothing was found.
    upper: float
    label: int
    other: Optional[int]
    point: Optional[Array]
    json: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Verdict:
    """Whether a network can do what a query forbids."""

    #: ``holds``, ``violated``, or ``unknown`` where the search was stopped.
    verdict: str
    #: A point that satisfies the query, with its output, and both as fractions.
    point: Optional[Array]
    output: Optional[Array]
    exact_point: Optional[list[Fraction]]
    exact_output: Optional[list[Fraction]]
    stopped: str
    seconds: float
    json: dict[str, Any] = field(repr=False)

    @property
    def holds(self) -> Optional[bool]:
        return {"holds": True, "violated": False}.get(self.verdict)

    @classmethod
    def read(cls, j: dict[str, Any]) -> "Verdict":
        w, stopped, seconds = j.get("witness"), j.get("stopped", ""), j["seconds"]
        if not w:
            return cls(j["verdict"], None, None, None, None, stopped, seconds, j)
        x, y = w["input"], w["output"]
        return cls(j["verdict"], floats(x), floats(y), [fraction(t) for t in x], [fraction(t) for t in y], stopped, seconds, j)


@dataclass(frozen=True)
class Check:
    """What the independent checker says of a proof; true where every line of it holds."""

    verified: bool
    #: Where and why it does not hold.
    reason: str
    #: The number that is proved, None in a proof of safety.
    count: Optional[int]
    #: ``=`` of a count, ``>=`` of a lower bound.
    relation: str
    json: dict[str, Any] = field(repr=False)

    def __bool__(self) -> bool:
        return self.verified

    @classmethod
    def read(cls, j: dict[str, Any]) -> "Check":
        where = f"{j['file']}: line {j['line']}: " if "line" in j else ""
        return cls(j["verified"], where + j.get("reason", ""), integer(j["count"]) if "count" in j else None, j.get("relation", ""), j)


@dataclass(frozen=True)
class Values:
    """The outputs at points: row by row, the nearest float64, the exact ones, and all signs."""

    value: Array
    patterns: list[str]
    json: list[dict[str, Any]] = field(repr=False)

    def fractions(self) -> list[list[Fraction]]:
        return [[fraction(t) for t in row["exact"]] for row in self.json]

    def __iter__(self) -> Iterator[Array]:
        return iter(self.value)


@dataclass(frozen=True)
class Difference:
    """How far apart two networks are on a ball."""

    #: Of each output the largest and smallest value of A − B; without them where only a bound was asked for.
    outputs: list[Range]
    #: The largest distance of an output: at least and at most, equal where it is a float64.
    lower: float
    upper: float
    #: Whether they are equal on the ball; None where only a bound was asked for.
    equal: Optional[bool]
    #: Whether they are at most so far apart as was asked, None where nothing was.
    at_most: Optional[bool]
    json: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, j: dict[str, Any]) -> "Difference":
        far = [Extreme.read(o["abs"]) for o in j["outputs"] if "abs" in o]
        outputs = [Range(f"y{i}", Extreme.read(o.get("max")), Extreme.read(o.get("min")), o) for i, o in enumerate(j["outputs"])]
        if j.get("equal"):
            return cls(outputs, 0.0, 0.0, True, j.get("at_most"), j)
        lower = max((e.lower for e in far if e is not None), default=0.0)
        upper = max((e.upper for e in far if e is not None), default=math.inf) if len(far) == len(outputs) else math.inf
        return cls(outputs, lower, upper, j.get("equal"), j.get("at_most"), j)


@dataclass(frozen=True)
class Same:
    """Whether two networks are one function, true if so."""

    same: bool
    #: A point where they differ, with the exact values there in ``json``.
    point: Optional[Array]
    json: dict[str, Any] = field(repr=False)

    def __bool__(self) -> bool:
        return self.same

    @classmethod
    def read(cls, j: dict[str, Any]) -> "Same":
        return cls(j["same"], floats(j["point"]) if "point" in j else None, j)


@dataclass(frozen=True)
class Canonical:
    """A function of one layer of neurons in its canonical form; all of it is in ``json``."""

    #: The network with the fewest neurons.
    net: Any
    json: dict[str, Any] = field(repr=False)

    @property
    def merged(self) -> list[list[int]]:
        """The neurons of one hyperplane, which became one."""
        return [list(g["neurons"]) for g in self.json["merged"]]

    @property
    def cancelled(self) -> list[list[int]]:
        """The neurons of one hyperplane, which cancelled."""
        return [list(g["neurons"]) for g in self.json["cancelled"]]


class Image(Region):
    """An activation region with what the network makes of it.

    ``vertices`` are the corners of the region, a row each, and ``image`` what they become: None where
    the ball is round or has too many inputs. ``json`` has the exact numbers, and the region's rows.
    """

    def __init__(self, j: dict[str, Any]) -> None:
        super().__init__(j)
        self.vertices: Optional[Array] = floats(j["vertices"]) if "vertices" in j else None
        self.image: Optional[Array] = floats(j["image"]) if "image" in j else None

    @classmethod
    def read(cls, line: str) -> "Image":
        return cls(json.loads(line))
