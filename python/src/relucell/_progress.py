"""Progress of long calls: a line in a terminal or under a cell, where a person looks at it."""

from __future__ import annotations

import sys
from typing import Any, Callable, Optional, Union

#: What a call takes as ``progress``: yes, no, None for "where somebody looks", or a function.
Progress = Union[None, bool, Callable[[dict[str, Any]], None]]

#: Seconds of a call before its line is shown: short calls have none.
_PATIENCE = 0.5


def describe(p: dict[str, Any]) -> str:
    """Progress in words."""
    took = f"{p.get('seconds', 0):.1f} s"
    if "nodes" in p:
        return f"{p['nodes']:,} nodes, {p['open']:,} open, {took}"
    words = [f"{int(p['lower']):,} regions"]
    if "upper" in p:
        upper = int(p["upper"])
        words.append(f"at most {upper:,}" if upper < 10**15 else f"at most 10^{len(p['upper']) - 1}")
    if p.get("estimate"):
        words.append(f"about {p['estimate']:,.0f}" if p["estimate"] < 1e15 else f"about {p['estimate']:.1e}")
    return ", ".join([*words, took])


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
            from IPython.display import display  # type: ignore[import-not-found]

            self.shown = display({"text/plain": ""}, raw=True, display_id=True)
            return lambda text: self.shown.update({"text/plain": text}, raw=True)
        try:
            from tqdm import tqdm  # type: ignore[import-untyped,import-not-found]
        except ImportError:
            return lambda text: print("\r\x1b[K" + text[:120], end="", file=sys.stderr, flush=True)
        self.shown = tqdm(bar_format="{desc}", leave=False)
        return lambda text: self.shown.set_description_str(text)

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
