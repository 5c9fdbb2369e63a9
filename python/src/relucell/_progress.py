"""Progress of long calls: a line in a terminal or under a cell, where a person looks at it."""

from __future__ import annotations

import shutil
import sys
from typing import Any, Callable, Optional, Union

from ._exact import grouped, integer

#: What a call takes as ``progress``: yes, no, None for "where somebody looks", or a function.
Progress = Union[None, bool, Callable[[dict[str, Any]], None]]

#: Seconds of a call before its line is shown: short calls have none.
_PATIENCE = 0.5


def describe(p: dict[str, Any]) -> str:
    """Progress in words."""
    took = f"{p.get('seconds', 0):.1f} s"
    if "nodes" in p:
        return f"{p['nodes']:,} nodes, {p['open']:,} open, {took}"
    words = [f"{grouped(integer(p['lower']))} regions"]
    if "upper" in p:
        words.append(f"at most {grouped(integer(p['upper']))}" if len(p["upper"]) < 16 else f"at most 10^{len(p['upper'])}")
    if p.get("estimate"):
        words[0] = f"{_bar(p)} {words[0]}"
        words.append(f"about {p['estimate']:,.0f}" if p["estimate"] < 1e15 else f"about {p['estimate']:.1e}")
    return ", ".join([*words, took])


#: Characters of a bar.
_BAR = 10


def _bar(p: dict[str, Any]) -> str:
    """How many of the regions that there are about have been found. Nobody knows how many there are before the end."""
    done = int(_BAR * min(1.0, integer(p["lower"]) / max(1.0, p["estimate"])))
    return f"[{'#' * done:.<{_BAR}}]"


class Line:
    """A line that is written again and again, and removed at the end."""

    def __init__(self) -> None:
        self.shown: Any = None
        self.write: Optional[Callable[[str], None]] = None

    def __call__(self, p: dict[str, Any]) -> None:
        if p.get("seconds", 0) < _PATIENCE:
            return
        if self.write is None:
            self.write = self._open()
        self.write("relucell: " + describe(p))

    def _open(self) -> Callable[[str], None]:
        if _notebook():
            from IPython.display import display

            self.shown = display({"text/plain": ""}, raw=True, display_id=True)

            def write(text: str) -> None:
                self.shown.update({"text/plain": text}, raw=True)

            return write
        try:
            from tqdm import tqdm
        except ImportError:
            return lambda text: print("\r\x1b[K" + text[: shutil.get_terminal_size().columns - 1], end="", file=sys.stderr, flush=True)
        self.shown = tqdm(bar_format="{desc}", leave=False)

        def describe_by_tqdm(text: str) -> None:
            self.shown.set_description_str(text)

        return describe_by_tqdm

    def close(self) -> None:
        if self.write is None:
            return
        if hasattr(self.shown, "close"):
            self.shown.close()
        elif self.shown is not None:
            self.shown.update({"text/plain": ""}, raw=True)
        else:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def teller(progress: Progress) -> tuple[Optional[Callable[[dict[str, Any]], None]], Callable[[], None]]:
    """What is told of progress, None where nobody looks, and what ends it."""
    if callable(progress):
        return progress, lambda: None
    if progress is None:
        progress = _notebook() or (sys.stderr is not None and sys.stderr.isatty())
    if not progress:
        return None, lambda: None
    line = Line()
    return line, line.close
