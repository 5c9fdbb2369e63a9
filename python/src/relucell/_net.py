"""A network, and what may be asked of it."""

from __future__ import annotations

import base64
import os
import pathlib
import shutil
import tempfile
import weakref
from typing import Any, Iterator, Optional, Sequence, Union

import numpy as np

from . import _server
from ._answers import BoundReport, Check, Constant, Count, Extreme, Radius, Range, Region, Values, Verdict
from ._errors import InputError, StoppedError, raised
from ._exact import floats, nearest, fraction, numbers
from ._made import Picture, Proof, Temporary, duration, file_name
from ._progress import Progress, teller

#: Bytes of a network that go through the conversation; one that is larger goes by a file.
_INLINE = 1 << 22


class Network:
    """A network that relucell has read. :func:`relucell.load` makes one."""

    def __init__(self, source: dict[str, Any], name: str = "network") -> None:
        self._source, self.name = source, name
        self._handles: "weakref.WeakKeyDictionary[_server.Server, str]" = weakref.WeakKeyDictionary()
        #: What ``relucell info`` tells: layers, parameters, what the import rounded and noted.
        self.info: dict[str, Any] = {}
        self._handle(_server.server())

    def __reduce__(self) -> Any:
        return Network, (self._source, self.name)

    def _handle(self, server: _server.Server) -> str:
        """The network's handle in a process, which reads it where it has not."""
        handle = self._handles.get(server)
        if handle is None:
            loaded = self._load(server, {**self._source, "name": self.name})
            if self.info and loaded["info"]["net"]["sha256"] != self.info["net"]["sha256"]:
                raise InputError(f"{self.name}: the file has changed since it was loaded; load it again")
            self.info = loaded["info"]
            handle = self._handles[server] = loaded["net"]
            weakref.finalize(self, server.unwanted.append, handle).atexit = False
        return handle

    @staticmethod
    def _load(server: _server.Server, source: dict[str, Any]) -> Any:
        data = source.pop("data", None)
        if data is None:
            return server.ask("load", source)
        rest = source
        if len(data) <= _INLINE:
            return server.ask("load", {**rest, "data": base64.b64encode(data).decode()})
        ending = rest.pop("format")
        with Temporary(f".{ending}", data) as path:
            return server.ask("load", {**rest, "path": path})

    def __repr__(self) -> str:
        widths = "-".join(map(str, [self.inputs, *self.hidden, self.outputs]))
        return f"<relucell.Network {self.name}: {widths}, {self.neurons} neurons>"

    @property
    def inputs(self) -> int:
        return int(self.info["net"]["inputs"])

    @property
    def outputs(self) -> int:
        return int(self.info["outputs"])

    @property
    def hidden(self) -> list[int]:
        """The widths of the layers between."""
        return list(self.info["net"]["hidden"])

    @property
    def neurons(self) -> int:
        return int(self.info["neurons"])

    @property
    def fingerprint(self) -> str:
        """The SHA-256 hash of the canonical text: equal networks have equal ones."""
        return "sha256:" + str(self.info["net"]["sha256"])

    @property
    def notes(self) -> list[str]:
        """What one must know to read a number about this network: what import left out or supposed."""
        return list(self.info["import"]["notes"])

    @property
    def rounded(self) -> list[str]:
        """What import could not keep exactly and rounded once."""
        return [r["what"] for r in self.info["import"]["rounded"]]

    # The conversation.

    def _start(self, method: str, options: dict[str, Any]) -> tuple[_server.Server, dict[str, Any]]:
        server = _server.server()
        return server, {"net": self._handle(server), **{k.replace("_", "-"): v for k, v in options.items() if v is not None}}

    def _finish(self, method: str, options: dict[str, Any], progress: Progress = False) -> tuple[Any, Optional[dict[str, Any]]]:
        server, params = self._start(method, options)
        tell, close = teller(progress)
        try:
            return server.finish(server.start(method, params, tell is not None), tell)
        finally:
            close()

    def command(self, method: str, **options: Any) -> Any:
        """What a command of relucell answers: ``net.command("count", box="-1:1")``. Options are the
        command's own, with _ for -. An answer of many items is a list."""
        if method in ("list", "eval") or method == "count" and {"centers", "radii"} & options.keys():
            server, params = self._start(method, options)
            return list(server.items(method, params))
        result, error = self._finish(method, options)
        if error is not None:
            raise raised(error, result)
        return result

    def _ball(self, center: Any, radius: Any, norm: Optional[str], box: Any) -> dict[str, Any]:
        options: dict[str, Any] = {"norm": norm}
        if center is not None:
            options["center"] = self._point("center", center)
        if radius is not None:
            [options["radius"]] = numbers("radius", [radius])
        if box is not None:
            options["box"] = self._box(box)
        return options

    def _point(self, what: str, x: Any) -> list[float]:
        if np.ndim(x) == 0 and not hasattr(x, "detach"):
            return numbers(what, [x] * self.inputs)
        return numbers(what, x, self.inputs)

    def _points(self, what: str, points: Any) -> list[list[float]]:
        if hasattr(points, "detach"):
            points = points.detach().cpu().numpy()
        if isinstance(points, np.ndarray) and points.ndim == 1 and len(points) == self.inputs:
            points = [points]
        return [self._point(f"{what}[{i}]", np.ravel(np.asarray(x))) for i, x in enumerate(points)]

    def _box(self, box: Any) -> list[list[float]]:
        if np.shape(box) == (2,):
            box = [box] * self.inputs
        if np.shape(box) != (self.inputs, 2):
            raise InputError(f"box: of shape {np.shape(box)}, expected ({self.inputs}, 2), a pair of bounds for each input, or one pair for all")
        return [numbers("box", side) for side in box]

    # What may be asked.

    def count(self, center: Any = None, radius: Any = None, norm: Optional[str] = None, box: Any = None, *, bounds: bool = False,
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

    def regions(self, center: Any = None, radius: Any = None, norm: Optional[str] = None, box: Any = None, *, limit: Optional[int] = None,
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

    def prove(self, center: Any = None, radius: Any = None, norm: Optional[str] = None, box: Any = None, *,
              path: Union[None, str, os.PathLike[str]] = None, timeout: Union[None, str, float] = None, workers: Optional[int] = None,
              progress: Progress = None) -> "Proof":
        """A count with a proof that the independent checker verifies.

        Without a ``path`` the proof is in a folder for such files, and goes with the object.
        """
        folder = None if path is not None else tempfile.mkdtemp(prefix="relucell-")
        proof = Proof(self, pathlib.Path(path if folder is None else os.path.join(folder, "count.proof.gz")))
        if folder is not None:
            weakref.finalize(proof, shutil.rmtree, folder, ignore_errors=True)
        proof.count = self.count(center, radius, norm, box, proof=proof.path, timeout=timeout, workers=workers, progress=progress)
        return proof

    def check(self, proof: Union[str, os.PathLike[str]], *, spec: Union[None, str, os.PathLike[str]] = None, never_on: Optional[Sequence[int]] = None) -> Check:
        """Has a proof about this network verified, line by line and in integers."""
        result, error = self._finish("check", {"proof": file_name(proof), "spec": file_name(spec), "never_on": None if never_on is None else list(never_on)})
        if result is None:
            raise raised(error or {})
        return Check.read(result)

    def bound(self, center: Any = None, radius: Any = None, norm: Optional[str] = None, box: Any = None, *,
              timeout: Union[None, str, float] = None) -> BoundReport:
        """The analytic bounds on the number of regions, by name, and the nearest boundary."""
        result, error = self._finish("bound", {**self._ball(center, radius, norm, box), "timeout": duration(timeout)})
        if error is not None and (error.get("code") != 3 or result is None):
            raise raised(error, result)
        return BoundReport.of(result)

    def range(self, center: Any = None, radius: Any = None, norm: Optional[str] = None, box: Any = None, *, of: str = "y0",
              timeout: Union[None, str, float] = None, proof: Union[None, str, os.PathLike[str]] = None) -> Range:
        """The largest and the smallest value of a form of the outputs, such as ``"y0 - 2*y1"``."""
        j = self.command("range", of=of, timeout=duration(timeout), proof=file_name(proof), **self._ball(center, radius, norm, box))
        return Range(j["of"], Extreme.read(j.get("max")), Extreme.read(j.get("min")), j)

    def lipschitz(self, center: Any = None, radius: Any = None, norm: Optional[str] = None, box: Any = None, *, of: Optional[str] = None,
                  timeout: Union[None, str, float] = None) -> Constant:
        """The Lipschitz constant on a ball, in its norm, or in that of ``of``."""
        j = self.command("lipschitz", of=of, timeout=duration(timeout), **self._ball(center, radius, norm, box))
        return Constant(j["norm"], fraction(j["exact"]) if "exact" in j else None, j["lower"], j["upper"], j["pattern"], j)

    def radius(self, center: Any, norm: str = "linf", *, most: float = 1.0, timeout: Union[None, str, float] = None) -> Radius:
        """How far around a point the class stays the same, looking no farther than ``most``."""
        result, error = self._finish("radius", {"center": self._point("center", center), "norm": norm, "most": most, "timeout": duration(timeout)})
        if result is None:
            raise raised(error or {})
        return Radius(float(result["lower"]), float(result.get("upper", "inf")), result["class"], result.get("other"),
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
        if error is not None and (error.get("code") != 3 or result is None):
            raise raised(error, result)
        return Verdict.read(result)

    def evaluate(self, points: Any) -> Values:
        """The outputs at points, exact and to the nearest float64. The points are rows."""
        rows = self._points("points", points)
        server, params = self._start("eval", {"at": rows})
        got = list(server.items("eval", params))
        value = np.array([[nearest(t) for t in j["exact"]] for j in got], dtype=np.float64).reshape(len(got), self.outputs)
        return Values(value, [j["pattern"] for j in got], got)

    def __call__(self, points: Any) -> np.ndarray:
        """The outputs at points, to the nearest float64, a row for each."""
        return self.evaluate(points).value

    def sweep(self, points: Any, radii: Any, norm: str = "l2", *, bounds: bool = False, timeout: Union[None, str, float] = None,
              limit: Optional[int] = None, gap: Optional[float] = None) -> Any:
        """A count for each point and radius: a pandas.DataFrame, or a list of rows without pandas.

        The columns are center (the point's number), x0, …, norm, radius, lower, upper, exact,
        seconds, and one for each bound. A stop ends the table early.
        """
        rows = self._points("points", points)
        options = {"centers": rows, "radii": numbers("radii", np.atleast_1d(radii)), "norm": norm, "bounds": bounds or None,
                   "timeout": duration(timeout), "limit": limit, "gap": gap}
        server, params = self._start("count", options)
        table: list[dict[str, Any]] = []
        try:
            for j in server.items("count", params):
                c = Count.read(j)
                row: dict[str, Any] = {"center": len(table) // len(options["radii"])}
                row.update((f"x{k}", v) for k, v in enumerate(j["ball"]["center"]))
                row.update(norm=norm, radius=j["ball"]["radius"], lower=c.lower, upper=c.upper, exact=c.exact, seconds=c.seconds)
                row.update((b.name, b.value) for b in c.bounds.values())
                table.append(row)
        except StoppedError:
            pass  # what is missing is missing: the rows say which balls they are about
        try:
            import pandas  # type: ignore[import-untyped]
        except ImportError:
            return table
        return pandas.DataFrame(table)

    def plot(self, center: Any = None, radius: Any = None, norm: Optional[str] = None, box: Any = None, *, points: Any = None, labels: Any = None,
             fill: Optional[str] = None, width: Optional[int] = None, inputs: Optional[Sequence[int]] = None, origin: Any = None,
             through: Optional[Sequence[Any]] = None, directions: Optional[Sequence[Any]] = None, timeout: Union[None, str, float] = None) -> "Picture":
        """A map of the regions, with points and their labels on it; a notebook shows it.

        Of a network of more than two inputs a plane is drawn: two ``inputs`` at an ``origin``, three
        points that it goes ``through``, or two ``directions`` from an ``origin``. The ball is then one
        of the plane. ``fill`` is pattern, layer, gradient or class.
        """
        plane = inputs is not None or through is not None or directions is not None
        ball = self._ball(center, radius, norm, box) if not plane else _plane_ball(center, radius, norm, box)
        options: dict[str, Any] = {**ball, "fill": fill, "width": width, "timeout": duration(timeout),
                                   "inputs": None if inputs is None else [int(i) for i in inputs],
                                   "origin": None if origin is None else self._point("origin", origin),
                                   "through": None if through is None else [self._point("through", p) for p in through],
                                   "direction": None if directions is None else [self._point("directions", p) for p in directions]}
        if points is not None:
            rows: list[list[Any]] = [numbers("points", np.ravel(np.asarray(p))) for p in np.asarray(points)]
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
        """Writes the canonical text to a file that ends in .json."""
        self.command("convert", output=file_name(path))


def _plane_ball(center: Any, radius: Any, norm: Optional[str], box: Any) -> dict[str, Any]:
    """The options of a ball whose dimension is the plane's."""
    options: dict[str, Any] = {"norm": norm}
    if center is not None:
        c = numbers("center", center if np.ndim(center) else [center, center])
        options["center"] = c
    if radius is not None:
        [options["radius"]] = numbers("radius", [radius])
    if box is not None:
        options["box"] = [numbers("box", side) for side in ([box, box] if np.shape(box) == (2,) else box)]
    return options


def _why(exact: bool, error: Optional[dict[str, Any]]) -> str:
    if exact:
        return ""
    return error["message"] if error is not None else "the gap was reached"
