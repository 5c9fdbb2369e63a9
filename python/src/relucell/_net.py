"""A network, and what may be asked of it."""

from __future__ import annotations

import os
import pathlib
import shutil
import tempfile
import weakref
from typing import TYPE_CHECKING, Any, Iterator, Optional, Sequence, Union

import numpy as np

from . import _server
from ._answers import BoundReport, Canonical, Check, Constant, Count, Difference, Extreme, Image, Radius, Range, Region, Same, Values, Verdict, between
from ._errors import InputError, StoppedError, raised, said
from ._exact import array, floats, fraction, nearest, numbers
from ._held import Held, Norm, norm_name, plane_ball
from ._made import Picture, Proof, Temporary, duration, file_name
from ._progress import Progress

if TYPE_CHECKING:
    from ._exact import Array


class Network(Held):
    """A network that relucell has read. :func:`relucell.load` makes one."""

    def count(self, center: Any = None, radius: Any = None, norm: Norm = None, box: Any = None, *, bounds: bool = False,
              limit: Optional[int] = None, gap: Optional[float] = None, timeout: Union[None, str, float] = None, workers: Optional[int] = None,
              proof: Union[None, str, os.PathLike[str]] = None, checkpoint: Union[None, str, os.PathLike[str]] = None,
              oracle: Optional[str] = None, progress: Progress = None) -> Count:
        """The number of activation regions that meet a ball, exact, or a certified bracket.

        The ball is ``center`` and ``radius`` in ``norm`` (l2, linf, l1; l2 by default) or ``box``, a
        pair of bounds for each input or one for all. A count stops early at ``limit`` regions, at a
        relative ``gap`` of its bracket, after ``timeout`` (seconds, or a text such as ``"1.5h"``), or
        at an interrupt, and is then a bracket.
        """
        options = self._ball(center, radius, norm, box)
        options.update(bounds=bounds or None, limit=limit, gap=gap, timeout=duration(timeout), workers=workers, proof=file_name(proof),
                       checkpoint=file_name(checkpoint), oracle=oracle)
        result, error = self._finish("count", options, progress)
        if error is not None and (error.get("code") != 3 or result is None):
            raise raised(error, result)
        return Count.read(result, _why(result["exact"], error))

    def regions(self, center: Any = None, radius: Any = None, norm: Norm = None, box: Any = None, *, limit: Optional[int] = None,
                timeout: Union[None, str, float] = None, neighbours: bool = False, volume: bool = False) -> Iterator[Region]:
        """The regions that meet a ball, one by one; ``limit`` ends them quietly, a ``timeout`` does not.

        ``neighbours`` are the numbers of those with a facet in common, ``volume`` is exact; both are
        to be had in few inputs.
        """
        options = self._ball(center, radius, norm, box)
        options.update(limit=limit, timeout=duration(timeout), neighbours=neighbours or None, volume=volume or None)
        server, params = self._start("list", options)
        return self._listed(server, params, limit)

    def _listed(self, server: _server.Server, params: dict[str, Any], limit: Optional[int]) -> Iterator[Region]:
        seen = 0
        try:
            for j in server.items("list", params):
                seen += 1
                yield Region(j)
        except StoppedError:
            if limit is None or seen < limit:
                raise

    def prove(self, center: Any = None, radius: Any = None, norm: Norm = None, box: Any = None, *,
              path: Union[None, str, os.PathLike[str]] = None, timeout: Union[None, str, float] = None, workers: Optional[int] = None,
              progress: Progress = None) -> "Proof":
        """A count with a proof that the independent checker verifies.

        Without a ``path`` the proof is in a folder for such files, and goes with the object.
        """
        if path is not None:
            proof = Proof(self, pathlib.Path(path))
        else:
            folder = tempfile.mkdtemp(prefix="relucell-")
            proof = Proof(self, pathlib.Path(folder, "count.proof.gz"))
            weakref.finalize(proof, shutil.rmtree, folder, ignore_errors=True)
        proof.count = self.count(center, radius, norm, box, proof=proof.path, timeout=timeout, workers=workers, progress=progress)
        return proof

    def check(self, proof: Union[str, os.PathLike[str]], *, spec: Union[None, str, os.PathLike[str]] = None, never_on: Optional[Sequence[int]] = None) -> Check:
        """Has a proof about this network verified, line by line and in integers."""
        result, error = self._finish("check", {"proof": file_name(proof), "spec": file_name(spec), "never_on": None if never_on is None else list(never_on)})
        if result is None:
            raise raised(error or {})
        return Check.read(result)

    def bound(self, center: Any = None, radius: Any = None, norm: Norm = None, box: Any = None, *,
              timeout: Union[None, str, float] = None) -> BoundReport:
        """The analytic bounds on the number of regions, by name, and the nearest boundary."""
        result, error = self._finish("bound", {**self._ball(center, radius, norm, box), "timeout": duration(timeout)})
        if error is not None and (error.get("code") != 3 or result is None):
            raise raised(error, result)
        return BoundReport.of(result)

    def range(self, center: Any = None, radius: Any = None, norm: Norm = None, box: Any = None, *, of: str = "y0",
              timeout: Union[None, str, float] = None, proof: Union[None, str, os.PathLike[str]] = None) -> Range:
        """The largest and the smallest value of a form of the outputs, such as ``"y0 - 2*y1"``."""
        j = self.command("range", of=of, timeout=duration(timeout), proof=file_name(proof), **self._ball(center, radius, norm, box))
        return Range(j["of"], Extreme.read(j.get("max")), Extreme.read(j.get("min")), j)

    def lipschitz(self, center: Any = None, radius: Any = None, norm: Norm = None, box: Any = None, *, of: Optional[str] = None,
                  timeout: Union[None, str, float] = None) -> Constant:
        """The Lipschitz constant on a ball, in its norm, or in that of ``of``."""
        j = self.command("lipschitz", of=of, timeout=duration(timeout), **self._ball(center, radius, norm, box))
        return Constant(j["norm"], fraction(j["exact"]) if "exact" in j else None, *between(j), j["pattern"], j)

    def radius(self, center: Any, norm: Norm = "linf", *, most: float = 1.0, timeout: Union[None, str, float] = None) -> Radius:
        """How far around a point the class stays the same, looking no farther than ``most``."""
        result, error = self._finish("radius", {"center": self._point("center", center), "norm": norm_name(norm), "most": most, "timeout": duration(timeout)})
        if result is None:
            raise raised(error or {})
        return Radius(*between(result), result["class"], result.get("other"),
                      floats(result["point"]) if "point" in result else None, result)

    def verify(self, spec: Union[str, os.PathLike[str]], *, timeout: Union[None, str, float] = None, proof: Union[None, str, os.PathLike[str]] = None,
               witness: Union[None, str, os.PathLike[str]] = None, reals: bool = False, workers: Optional[int] = None, progress: Progress = None) -> Verdict:
        """Whether the network can do what a query in VNN-LIB forbids. ``spec`` is a file's name, or the
        query itself, which begins with a parenthesis or a comment."""
        options = {"timeout": duration(timeout), "proof": file_name(proof), "witness": file_name(witness), "reals": reals or None, "workers": workers}
        text = str(file_name(spec))
        if not text.lstrip().startswith(("(", ";")):
            result, error = self._finish("verify", {"spec": text, **options}, progress)
        else:
            with Temporary(".vnnlib", text.encode()) as path:
                result, error = self._finish("verify", {"spec": path, **options}, progress)
            if error is not None:
                error = {**error, "message": error["message"].replace(path, "spec")}
        if error is not None and (error.get("code") != 3 or result is None):
            raise raised(error, result)
        return Verdict.read(result)

    def diff(self, other: "Network", center: Any = None, radius: Any = None, norm: Norm = None, box: Any = None, *, at_most: Any = None,
             proof: Union[None, str, os.PathLike[str]] = None, timeout: Union[None, str, float] = None) -> Difference:
        """How far apart two networks are on a ball, exactly; or, faster, whether they are ``at_most`` so far apart."""
        options = {"at_most": at_most, "proof": file_name(proof), "timeout": duration(timeout), **self._ball(center, radius, norm, box)}
        return Difference.read(self._beside(other, "diff", options, "a", "b"))

    def same(self, other: "Network", *, timeout: Union[None, str, float] = None) -> Same:
        """Whether two networks of one layer of neurons are one function, over all of Rⁿ."""
        return Same.read(self._beside(other, "canonical", {"timeout": duration(timeout)}, "net", "other"))

    def _beside(self, other: "Network", method: str, options: dict[str, Any], first: str, second: str) -> Any:
        """The answer of a command about two networks. An error says which is meant."""
        if not isinstance(other, Network):
            raise InputError(f"other: of type {type(other).__name__}, expected a network that relucell.load gave")
        server, params = self._start(method, options)
        mine, theirs = params.pop("net"), other._handle(server)
        answer = server.start(method, {first: mine, second: theirs, **params})
        if self.name == other.name and mine != theirs:
            answer.called = {theirs: "other"}
        result, error = server.finish(answer)
        if result is None:
            raise raised(error or {})
        return result

    def canonical(self, *, timeout: Union[None, str, float] = None) -> Canonical:
        """The function of a network of one layer of neurons as a sum over hyperplanes, with the smallest
        network that computes it."""
        with Temporary(".json", b"") as path:
            j = self.command("canonical", output=path, timeout=duration(timeout))
            text = pathlib.Path(path).read_text(encoding="utf-8")
        return Canonical(Network({"text": text}, self.name + ", canonical"), j)

    def reach(self, center: Any = None, radius: Any = None, norm: Norm = None, box: Any = None, *, path: Union[None, str, os.PathLike[str]] = None,
              timeout: Union[None, str, float] = None) -> list[Image]:
        """What the network makes of a ball: of each region its polytope and its image. ``path`` keeps the
        file that relucell writes, .jsonl, which ``relucell check`` verifies against a proof."""
        options = {**self._ball(center, radius, norm, box), "timeout": duration(timeout)}
        if path is not None and not os.fspath(path).endswith(".jsonl"):
            raise InputError(f"path: {os.fspath(path)}, expected a file name that ends in .jsonl; command(\"reach\", …) writes the others")
        with Temporary(".jsonl", b"") as own:
            name = own if path is None else os.fspath(path)
            self.command("reach", output=name, **options)
            with open(name, encoding="utf-8") as f:
                return [Image.read(line) for line in f]

    def evaluate(self, points: Any) -> Values:
        """The outputs at points, exact and to the nearest float64. The points are rows."""
        rows = self._points("points", points)
        server, params = self._start("eval", {"at": rows})
        got = list(server.items("eval", params))
        value = np.array([[nearest(t) for t in j["exact"]] for j in got], dtype=np.float64).reshape(len(got), self.outputs)
        return Values(value, [j["pattern"] for j in got], got)

    def __call__(self, points: Any) -> Array:
        """The outputs at points, to the nearest float64, a row for each."""
        return self.evaluate(points).value

    def sweep(self, points: Any, radii: Any, norm: Norm = "l2", *, bounds: bool = False, timeout: Union[None, str, float] = None,
              limit: Optional[int] = None, gap: Optional[float] = None) -> Any:
        """A count for each point and radius: a pandas.DataFrame, or a list of rows without pandas.

        The columns are center (the point's number), x0, …, norm, radius, lower, upper, exact,
        seconds, and one for each bound. A stop ends the table early, an interrupt too.
        """
        rows = self._points("points", points)
        options: dict[str, Any] = {"centers": rows, "radii": numbers("radii", array("radii", radii).reshape(-1)), "norm": norm_name(norm), "bounds": bounds or None,
                   "timeout": duration(timeout), "limit": limit, "gap": gap}
        server, params = self._start("count", options)
        table: list[dict[str, Any]] = []
        try:
            for j in server.items("count", params):
                c = Count.read(j)
                row: dict[str, Any] = {"center": len(table) // len(options["radii"])}
                row.update((f"x{k}", v) for k, v in enumerate(j["ball"]["center"]))
                row.update(norm=j["ball"]["norm"], radius=j["ball"]["radius"], lower=c.lower, upper=c.upper, exact=c.exact, seconds=c.seconds)
                row.update((b.name, b.value) for b in c.bounds.values())
                table.append(row)
        except (StoppedError, KeyboardInterrupt):
            pass  # what is missing is missing: the rows say which balls they are about
        try:
            import pandas
        except ImportError:
            return table
        return pandas.DataFrame(table)

    def plot(self, center: Any = None, radius: Any = None, norm: Norm = None, box: Any = None, *, points: Any = None, labels: Any = None,
             fill: Optional[str] = None, width: Optional[int] = None, inputs: Optional[Sequence[int]] = None, origin: Any = None,
             through: Optional[Sequence[Any]] = None, directions: Optional[Sequence[Any]] = None, timeout: Union[None, str, float] = None) -> "Picture":
        """A map of the regions, with points and their labels on it; a notebook shows it.

        Of a network of more than two inputs a plane is drawn: two ``inputs`` at an ``origin``, three
        points that it goes ``through``, or two ``directions`` from an ``origin``. The ball is then one
        of the plane. ``fill`` is pattern, layer, gradient or class.
        """
        plane = inputs is not None or through is not None or directions is not None
        ball = self._ball(center, radius, norm, box) if not plane else plane_ball(center, radius, norm, box)
        options: dict[str, Any] = {**ball, "fill": fill, "width": width, "timeout": duration(timeout),
                                   "inputs": None if inputs is None else [int(i) for i in inputs],
                                   "origin": None if origin is None else self._point("origin", origin),
                                   "through": None if through is None else [self._point("through", p) for p in through],
                                   "direction": None if directions is None else [self._point("directions", p) for p in directions]}
        if points is not None:
            rows: list[list[Any]] = self._spots(points, [self.inputs] + [2] * plane)
            if labels is not None:
                if len(labels) != len(rows):
                    raise InputError(f"labels: {len(labels)} of them, expected {len(rows)}, one for each point")
                rows = [[*row, str(label)] for row, label in zip(rows, labels)]
            options["points"] = rows
        return Picture(self, options)

    def slice(self, *, inputs: Optional[Sequence[int]] = None, origin: Any = None, through: Optional[Sequence[Any]] = None,
              directions: Optional[Sequence[Any]] = None) -> "Network":
        """The network on a line or a plane, as a network of one or two inputs; the names are those of
        :meth:`plot`."""
        j = self.command("slice", output="-", inputs=None if inputs is None else [int(i) for i in inputs],
                         origin=None if origin is None else self._point("origin", origin),
                         through=None if through is None else [self._point("through", p) for p in through],
                         direction=None if directions is None else [self._point("directions", p) for p in directions])
        return Network({"text": j["text"]}, self.name + ", slice")

    def text(self) -> str:
        """The canonical text, which proofs are about."""
        return str(self.command("convert", output="-")["text"])

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Writes the canonical text to a file that ends in .json, or ONNX to one that ends in .onnx."""
        self.command("convert", output=file_name(path))


def _why(exact: bool, error: Optional[dict[str, Any]]) -> str:
    if exact:
        return ""
    return said(error) if error is not None else "the gap was reached"
