"""What calls make: a proof, a picture, and the files that they are in."""

from __future__ import annotations

import os
import pathlib
import tempfile
from typing import TYPE_CHECKING, Any, Optional, Union

from ._answers import Bracket, Check, Count
from ._errors import raised

if TYPE_CHECKING:
    from ._net import Network


class Proof:
    """A count, and the file that proves it."""

    count: Count

    def __init__(self, net: Network, path: pathlib.Path) -> None:
        self.net, self.path = net, path

    @property
    def regions(self) -> Union[int, Bracket]:
        return self.count.regions

    def check(self) -> Check:
        """The verdict of the independent checker, which shares no code with what counted."""
        return self.net.check(self.path)

    def __repr__(self) -> str:
        return f"<relucell.Proof of {self.count}: {self.path}>"


class Picture:
    """A map of regions. Notebooks show it as SVG; :meth:`save` writes svg, png, pdf or html."""

    def __init__(self, net: Network, options: dict[str, Any]) -> None:
        self._net, self._options = net, options
        with tempfile.TemporaryDirectory(prefix="relucell-") as folder:
            path = os.path.join(folder, "map.svg")
            self.save(path)
            #: The picture as a text.
            self.svg = pathlib.Path(path).read_text(encoding="utf-8")

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Draws the map again into a file, in the format that its ending names."""
        result, error = self._net._finish("plot", {**self._options, "output": file_name(path)})
        if error is not None:
            raise raised(error, result)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<relucell.Picture of {self._net.name}>"


class Temporary:
    """A file with some bytes, for as long as it is needed."""

    def __init__(self, ending: str, data: bytes) -> None:
        handle, self.path = tempfile.mkstemp(ending, "relucell-")
        with os.fdopen(handle, "wb") as f:
            f.write(data)

    def __enter__(self) -> str:
        return self.path

    def __exit__(self, *_: object) -> None:
        os.unlink(self.path)


def file_name(path: Union[None, str, os.PathLike[str]]) -> Optional[str]:
    return None if path is None else os.fspath(path)


def duration(t: Union[None, str, float]) -> Optional[str]:
    return None if t is None else t if isinstance(t, str) else f"{float(t):.9f}s"
