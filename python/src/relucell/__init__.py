"""relucell: the linear regions of a ReLU network that meet a ball, counted exactly and proved.

>>> import relucell as rc
>>> net = rc.load([([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]), ([[1.0, 1.0]], [0.0])])
>>> net.count(center=[0, 0], radius=1).regions
4
"""

from __future__ import annotations

from . import callbacks
from ._answers import (Bound, BoundReport, Bounds, Bracket, Canonical, Check, Constant, Count, Difference, Extreme, Fractions, Image, Nearest, Radius,
                       Range, Region, Same, Values, Verdict)
from ._errors import Error, FailedError, InputError, ModelError, ServerError, StoppedError
from ._load import load
from ._made import Picture, Proof
from ._net import Network
from ._server import shutdown
from ._studies import Cone, Optimum, Patterns, command, cone_rays, landscape_census, landscape_optimum, landscape_patterns, learn, unroll
from ._version import __version__

__all__ = ["Bound", "BoundReport", "Bounds", "Bracket", "Canonical", "Check", "Cone", "Constant", "Count", "Difference", "Error", "Extreme",
           "FailedError", "Fractions", "Image", "InputError", "ModelError", "Nearest", "Network", "Optimum", "Patterns", "Picture", "Proof", "Radius",
           "Range", "Region", "Same", "ServerError", "StoppedError", "Values", "Verdict", "__version__", "callbacks", "command", "cone_rays",
           "landscape_census", "landscape_optimum", "landscape_patterns", "learn", "load", "shutdown", "unroll"]
