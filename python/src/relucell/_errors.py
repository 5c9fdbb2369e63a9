"""What can go wrong, each kind with the exit code of the command that it stands for."""

from __future__ import annotations

import re
from typing import Any, Optional


class Error(Exception):
    """The root of this package's errors."""


class InputError(Error, ValueError):
    """Something given is wrong: the message names it and says what was expected."""


class ModelError(InputError):
    """A model that cannot be read: the message names the layer, and what can be done."""


class FailedError(Error, RuntimeError):
    """What was asked for failed."""


class StoppedError(Error):
    """What was asked for was stopped before there was an answer, by a timeout or an interrupt."""


class ServerError(Error, RuntimeError):
    """The process that does the work ended, or cannot be started. The next call starts another."""


def said(error: dict[str, Any]) -> str:
    """What an error of the server says, with the names that options have in Python: radius, and not --radius."""
    text = re.sub(r" \(see [a-z ]+ --help\)$", "", error.get("message", "failed"))
    text = re.sub("numbers separated by commas, one number for all coordinates, or @FILE", "numbers, or one number for all", text)
    return re.sub(r"(?<![^\s(])--([a-z][a-z-]*)", lambda m: m[1].replace("-", "_"), text)


def raised(error: dict[str, Any], result: Optional[Any] = None) -> Error:
    """The exception of an error of the server."""
    kind = {2: InputError, 3: StoppedError}.get(error.get("code", 1), FailedError)
    made = kind(said(error))
    made.result = result  # type: ignore[attr-defined]
    return made
