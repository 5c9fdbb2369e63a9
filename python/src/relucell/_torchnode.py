"""A node of a trace, on its way to ONNX."""

from __future__ import annotations

import operator
from typing import Any, Callable, Sequence

import numpy as np
import torch
import torch.fx

from ._errors import ModelError
from ._exact import odd_one


class Emitter:
    """One node of a trace, with its arguments and what it came to."""

    def __init__(self, reader: Any, n: torch.fx.Node, result: Any) -> None:
        self.reader, self.n, self.result, self.graph = reader, n, result, reader.graph
        self.what: str = reader._what(n)

    def refuse(self, why: str) -> ModelError:
        return ModelError(f"{self.what}: {why}")

    def real(self, a: Any) -> Any:
        """An argument as it was in the run."""
        return torch.fx.node.map_arg(a, lambda m: self.reader.env[m])

    def given(self, parameters: Sequence[str]) -> dict[str, Any]:
        """The arguments by name, as they stand in the trace."""
        out = dict(zip(parameters, self.n.args))
        out.update(self.n.kwargs)
        return out

    def name(self, a: Any) -> str:
        """The value of an argument: one that runs, or a constant."""
        if isinstance(a, torch.fx.Node):
            running = self.reader.names.get(a)
            if isinstance(running, str):
                return running
            if running is not None:
                raise self.refuse("takes several values at once, which is not read")
        return self.constant(self.real(a))

    def runs(self, a: Any) -> bool:
        return isinstance(a, torch.fx.Node) and self.reader.names.get(a) is not None

    def shape(self, a: Any) -> tuple[int, ...]:
        return tuple(self.real(a).shape)

    def constant(self, v: Any) -> str:
        """A parameter, or a number as torch takes it beside a tensor of the graph's type."""
        a = v.detach().numpy() if isinstance(v, torch.Tensor) else np.asarray(v)
        odd = odd_one(a)
        if odd:
            raise self._odd(odd.split()[-1])
        if isinstance(v, torch.Tensor):
            if a.dtype.kind != "f" or a.ndim == 0:  # which torch takes as numbers of the other operand's type
                a = a.astype(self.graph.kind)
            elif not np.can_cast(a.dtype, self.graph.kind):
                raise self.refuse(f"mixes {a.dtype} with {self.graph.kind}: call .{'double' if a.dtype.itemsize == 8 else 'float'}() on the model, or on the constant the other")
            return str(self.graph.constant(a))
        return str(self.graph.constant(np.asarray(v, dtype=self.graph.kind)))

    def _odd(self, value: str) -> ModelError:
        """A constant is not finite: says so of the parameter that it comes from, where that is the reason."""
        for name, t in self.reader.parameters(self.n):
            odd = odd_one(t.detach().numpy())
            if odd:
                return ModelError(f"{name}{odd}, expected finite numbers")
        return self.refuse(f"takes a constant that is {value}, expected finite numbers")

    def put(self, op: str, inputs: Sequence[str], **attributes: Any) -> str:
        return str(self.graph.node(op, inputs, name=self.what, **attributes))

    def as_result(self, x: str) -> str:
        """A value in the shape of the result."""
        return self.put("Reshape", [x, self.graph.constant(np.array(self.result.shape, dtype=np.int64))])


Emit = Callable[..., Any]


def move(e: Emitter, *_: Any) -> Any:
    """What puts values elsewhere, by running it on their numbers."""
    x = e.n.args[0]
    whole = e.reader.names.get(x)
    if whole is None or isinstance(x, (list, tuple)):
        raise e.refuse("moves by indices that depend on the input, which is not read")
    if not isinstance(whole, str):  # one of several
        return _picked(e, whole)
    size = e.real(x).numel()
    at = torch.arange(size).reshape(e.shape(x))

    def numbered(m: torch.fx.Node) -> Any:
        return at if m is x else e.reader.env[m]

    args, kwargs = torch.fx.node.map_arg(e.n.args, numbered), torch.fx.node.map_arg(e.n.kwargs, numbered)
    where = getattr(e.reader, e.n.op)(e.n.target, args, kwargs)
    if isinstance(where, (list, tuple)):
        return [_gathered(e, whole, size, w) for w in where]
    return _gathered(e, whole, size, where)


def _picked(e: Emitter, whole: list[Any]) -> Any:
    if e.n.target is not operator.getitem:
        raise e.refuse("takes several values at once, which is not read")
    return whole[e.n.args[1]]


def _gathered(e: Emitter, x: str, size: int, where: torch.Tensor) -> str:
    flat = where.reshape(-1).to(torch.int64).numpy()
    if len(flat) != size or np.any(flat != np.arange(size)):
        x = e.put("Reshape", [x, e.graph.constant(np.array([size], dtype=np.int64))])
        x = e.put("Gather", [x, e.graph.constant(flat.copy())], axis=0)
    return e.put("Reshape", [x, e.graph.constant(np.array(where.shape, dtype=np.int64))])


def same(e: Emitter, *_: Any) -> str:
    return e.name(e.n.args[0])
