"""A network in the process, and how what is asked about it is spelled."""

from __future__ import annotations

import base64
import weakref
from typing import Any, Optional, Union

import numpy as np

from . import _server
from ._errors import InputError
from ._exact import array, numbers
from ._made import Temporary
from ._progress import Progress, teller

#: Bytes of a network that go through the conversation; one that is larger goes by a file.
_INLINE = 1 << 22


#: l2, linf or l1, or NumPy's name for it: 2, inf, 1.
Norm = Union[None, str, float]


class Held:
    """A network that is held by the process, and the spelling of what is asked about it."""

    def __init__(self, source: dict[str, Any], name: str = "network", fingerprint: Optional[str] = None) -> None:
        self._source, self.name, self._known = source, name, fingerprint
        self._handles: "weakref.WeakKeyDictionary[_server.Server, str]" = weakref.WeakKeyDictionary()
        #: What ``relucell info`` tells: layers, parameters, what the import rounded and noted.
        self.info: dict[str, Any] = {}
        self._handle(_server.server())

    def __reduce__(self) -> Any:
        return type(self), (self._source, self.name, self.fingerprint)

    def _handle(self, server: _server.Server) -> str:
        """The network's handle in a process, which reads it where it has not."""
        handle = self._handles.get(server)
        if handle is None:
            loaded = self._load(server, {**self._source, "name": self.name})
            handle = loaded["net"]
            if self._known not in (None, "sha256:" + loaded["info"]["net"]["sha256"]):
                server.tell("unload", {"net": handle})
                raise InputError(f"{self.name}: the file has changed since it was loaded; load it again")
            self.info = loaded["info"]
            self._known, self._handles[server], server.names[handle] = self.fingerprint, handle, self.name
            weakref.finalize(self, _unload, weakref.ref(server), handle).atexit = False
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
        server, params = self._start(method, options)
        if _many(method, options):
            return list(server.items(method, params))
        return server.ask(method, params)

    def _ball(self, center: Any, radius: Any, norm: Norm, box: Any) -> dict[str, Any]:
        options: dict[str, Any] = {"norm": norm_name(norm)}
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
        """Points as rows; one that is no row of several is one point, if the network has more inputs than one."""
        rows = array(what, points)
        if rows.ndim == 0 or rows.ndim == 1 and self.inputs > 1:
            rows = rows[None]
        return [numbers(f"{what}[{i}]", x, self.inputs) for i, x in enumerate(rows)]

    def _spots(self, points: Any, widths: list[int]) -> list[list[float]]:
        """The points of a picture as rows, of one of the widths."""
        rows = array("points", points)
        rows = rows[None] if rows.ndim == 1 else rows
        if rows.ndim != 2 or rows.shape[1] not in widths:
            raise InputError(f"points: of shape {rows.shape}, expected rows of {' or '.join(map(str, sorted(set(widths))))} numbers")
        return [numbers(f"points[{i}]", p) for i, p in enumerate(rows)]

    def _box(self, box: Any) -> list[list[float]]:
        if array("box", box).shape == (2,):
            box = [box] * self.inputs
        shape = array("box", box).shape
        if shape != (self.inputs, 2):
            raise InputError(f"box: of shape {shape}, expected ({self.inputs}, 2), a pair of bounds for each input, or one pair for all")
        return [numbers("box", side) for side in box]


def plane_ball(center: Any, radius: Any, norm: Norm, box: Any) -> dict[str, Any]:
    """The options of a ball whose dimension is the plane's."""
    options: dict[str, Any] = {"norm": norm_name(norm)}
    if center is not None:
        c = numbers("center", center if np.ndim(center) else [center, center])
        options["center"] = c
    if radius is not None:
        [options["radius"]] = numbers("radius", [radius])
    if box is not None:
        options["box"] = [numbers("box", side) for side in ([box, box] if np.shape(box) == (2,) else box)]
    return options


def _unload(server: "weakref.ref[_server.Server]", handle: str) -> None:
    alive = server()
    if alive is not None:
        alive.names.pop(handle, None)
        alive.tell("unload", {"net": handle})


def norm_name(norm: Norm) -> Optional[str]:
    """A norm by the name that the commands have; NumPy's orders do as well."""
    if norm is None or isinstance(norm, str):
        return norm
    try:
        return {1.0: "l1", 2.0: "l2", np.inf: "linf"}[float(norm)]
    except (TypeError, ValueError, KeyError):
        raise InputError(f"norm: {norm!r}, expected l2, linf or l1") from None


def _many(method: str, options: dict[str, Any]) -> bool:
    """Whether an answer is many items."""
    if options.get("format", "json") != "json":
        return False
    return method in ("list", "eval") or method == "count" and any(options.get(k) is not None for k in ("centers", "radii"))
