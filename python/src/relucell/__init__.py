"""relucell: the linear regions of a ReLU network that meet a ball, counted exactly and proved.

>>> import relucell as rc
>>> net = rc.load([([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]), ([[1.0, 1.0]], [0.0])])
>>> net.count(center=[0, 0], radius=1).regions
4
"""

from __future__ import annotations

from . import callbacks
from ._answers import (Bound, BoundReport, Bounds, Bracket, Check, Constant, Count, Extreme, Fractions, Nearest, Radius, Range, Region, Values,
                       Verdict)
from ._errors import Error, FailedError, InputError, ModelError, ServerError, StoppedError
from ._load import load
from ._made import Picture, Proof
from ._net import Network
from ._server import shutdown
from ._version import __version__

__all__ = ["Bound", "BoundReport", "Bounds", "Bracket", "Check", "Constant", "Count", "Error", "Extreme", "FailedError", "Fractions", "InputError",
           "ModelError", "Nearest", "Network", "Picture", "Proof", "Radius", "Range", "Region", "ServerError", "StoppedError", "Values", "Verdict",
           "__version__", "callbacks", "load", "shutdown"]
