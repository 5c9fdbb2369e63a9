"""torch modules as ONNX models, by torch.fx and without torch.onnx or the package onnx.

The module is traced, and the trace is run once on zeros: so shapes are known, whatever is computed
from parameters alone is a constant as torch computes it, and only what depends on the input becomes a
node. Parameters go over bit for bit. What only moves values (views, slices, permutations, chunks, …)
is run on their numbers in the place of their values, and becomes an index: one rule for all of them.
"""

from __future__ import annotations

import operator
from typing import Any, Iterator, Sequence, Union

import numpy as np
import torch
import torch.fx

from ._errors import InputError, ModelError
from ._onnx import Graph
from ._torchnode import Emitter
from ._torchops import CALLS, METHODS, MODULES, SHAPES


def read(module: torch.nn.Module, input_shape: Union[None, int, Sequence[int]]) -> bytes:
    """The model of a module, which has one input and one output."""
    module = _inner(module)
    kind = _checked(module)
    try:
        traced = torch.fx.symbolic_trace(torch.nn.Sequential(module))
    except Exception as e:  # whatever the module's own code raises when it is traced
        why = str(e).split("\n")[0] or type(e).__name__
        raise ModelError(f"{type(module).__name__}: torch.fx cannot trace it: {why}; export it with torch.onnx.export and load the file") from e
    holes = [n for n in traced.graph.nodes if n.op == "placeholder"]
    if len(holes) != 1:
        raise ModelError(f"{type(module).__name__}: {len(holes)} inputs, expected one; export it with torch.onnx.export and load the file")
    shape = _guess(traced, holes[0]) if input_shape is None else _given(input_shape)
    run = _Reader(traced, Graph(kind))
    zeros = torch.zeros((1, *shape), dtype=torch.float32 if kind == np.float32 else torch.float64)
    with torch.no_grad():
        try:
            run.run(zeros)
        except ModelError as e:  # torch.fx adds the trace to what it says
            raise ModelError(str(e).split("\n")[0]) from None
        except Exception as e:  # torch's own words for shapes that do not fit, and whatever the module raises
            raise ModelError(f"{type(module).__name__}: fails on an input of shape {(1, *shape)}: {str(e).splitlines()[0] if str(e) else type(e).__name__}; "
                             "expected the shape of one input, without the batch, as input_shape") from e
    if not isinstance(run.answer, str):
        said = {type(None): "a constant", list: "several values"}.get(type(run.answer), "a dict")
        raise ModelError(f"{type(module).__name__}: its output is {said}, expected one tensor that depends on the input")
    return run.graph.model(run.answer)


def _inner(module: torch.nn.Module) -> torch.nn.Module:
    """The module that a wrapper holds which changes how it runs, not what it computes."""
    while True:
        if isinstance(module, torch.nn.DataParallel):
            module = module.module
        elif isinstance(getattr(module, "_orig_mod", None), torch.nn.Module):  # of torch.compile
            module = module._orig_mod
        else:
            break
    if isinstance(module, torch.jit.ScriptModule):
        raise ModelError(f"{type(module).__name__}: is compiled by torch.jit, which torch.fx cannot trace, expected the module that it was made of; "
                         "or export it with torch.onnx.export and load the file")
    return module


def _checked(module: torch.nn.Module) -> np.dtype[Any]:
    """The type of the numbers of a module that can be read."""
    for name, m in module.named_modules():
        what = f"{type(m).__name__}{f' {name}' if name else ''}"
        if m.training:
            raise ModelError(f"{what}: is in training mode, expected evaluation mode: call .eval() on the model first")
        if isinstance(m, torch.nn.modules.batchnorm._BatchNorm) and m.running_mean is None:
            raise ModelError(f"{what}: has no statistics of its own, so it mixes the rows of a batch; expected track_running_stats=True")
        if m._forward_hooks or any(not type(h).__module__.startswith("torch.nn.utils") for h in m._forward_pre_hooks.values()):
            raise ModelError(f"{what}: has hooks, which torch.fx does not see, expected none")
    kinds = set()
    for name, t in [*module.named_parameters(), *module.named_buffers()]:
        if t.device.type != "cpu":
            raise ModelError(f"{name}: is on {t.device}, expected the CPU: call .cpu() on the model first")
        if t.is_floating_point():
            if t.dtype not in (torch.float32, torch.float64):
                raise ModelError(f"{name}: is {t.dtype}, expected float32 or float64: .float() keeps every number of a half")
            kinds.add(t.dtype)
        elif t.is_complex() or t.is_quantized:
            raise ModelError(f"{name}: is {t.dtype}, expected float32 or float64")
    return np.dtype(np.float64 if torch.float64 in kinds else np.float32)


def _given(shape: Any) -> tuple[int, ...]:
    try:
        sizes = (shape,) if isinstance(shape, int) else tuple(operator.index(d) for d in shape)
    except TypeError:
        sizes = (0,)
    if min(sizes, default=1) < 1:
        raise InputError(f"input_shape: {shape!r}, expected the sizes of one input, without the batch, such as (1, 28, 28)")
    return sizes


def _guess(traced: torch.fx.GraphModule, hole: torch.fx.Node) -> tuple[int, ...]:
    """The shape of an input, where the first layer says it."""
    for user in hole.users:
        if user.op == "call_module":
            m = traced.get_submodule(str(user.target))
            if isinstance(m, torch.nn.Linear):
                return (m.in_features,)
            if isinstance(m, torch.nn.BatchNorm1d):
                return (m.num_features,)
            if isinstance(m, (torch.nn.Identity, torch.nn.Dropout)):
                return _guess(traced, user)
    raise ModelError("input_shape: missing, expected the shape of one input, without the batch, such as (1, 28, 28): the model does not begin with a Linear")


class _Reader(torch.fx.Interpreter):  # type: ignore[misc]
    """Runs a trace, and writes down what depends on the input."""

    def __init__(self, traced: torch.fx.GraphModule, graph: Graph) -> None:
        super().__init__(traced)
        self.graph = graph
        #: What each node of the trace is in the graph: a name, a list of them, or None for a constant.
        self.names: dict[torch.fx.Node, Any] = {}
        self.answer: Any = None

    def run_node(self, n: torch.fx.Node) -> Any:
        before = {m: t._version for m, t in self.env.items() if isinstance(t, torch.Tensor)}
        result = super().run_node(n)
        self._unchanged(n, before)
        if n.op == "placeholder":
            self.names[n] = self.graph.input(tuple(result.shape))
        elif n.op == "output":
            self.answer = self._name_of(n.args[0])
        elif any(self.names.get(m) is not None for m in n.all_input_nodes):
            self.names[n] = self._emit(n, result)
        return result

    def _unchanged(self, n: torch.fx.Node, before: dict[torch.fx.Node, int]) -> None:
        """Refuses what changes, in place, a value that is used again: a graph has no such thing."""
        dying = self.user_to_last_uses.get(n, []) if hasattr(self, "user_to_last_uses") else []
        for m, version in before.items():
            if self.env[m]._version != version and m not in dying:
                raise ModelError(f"{self._what(n)}: changes {m.name} in place, which is used again later, expected inplace=False")

    def _name_of(self, arg: Any) -> Any:
        if isinstance(arg, torch.fx.Node):
            return self.names.get(arg)
        if isinstance(arg, dict):
            return {k: self._name_of(a) for k, a in arg.items()}
        return [self._name_of(a) for a in arg] if isinstance(arg, (list, tuple)) else None

    def _what(self, n: torch.fx.Node) -> str:
        if n.op == "call_module":
            target = str(n.target)
            inner = target[2:] if target.startswith("0.") else target  # read wraps the module
            return f"{type(self.fetch_attr(target)).__name__}{'' if inner == '0' else ' ' + inner}"
        return f"{getattr(n.target, '__name__', n.target)} ({n.name})"

    def parameters(self, n: torch.fx.Node) -> Iterator[tuple[str, torch.Tensor]]:
        """The parameters and buffers that a node's constants come from, by the names that the module has for them."""
        if n.op == "call_module":
            inner = str(n.target)
            module = self.fetch_attr(inner)
            found = [(f"{inner}.{k}", t) for k, t in [*module.named_parameters(), *module.named_buffers()]]
        elif n.op == "get_attr":
            found = [(str(n.target), self.fetch_attr(str(n.target)))]
        else:
            found = []
        for name, t in found:
            if isinstance(t, torch.Tensor):
                yield name[2:] if name.startswith("0.") else name, t
        for m in n.all_input_nodes:
            if self.names.get(m) is None:
                yield from self.parameters(m)

    def _emit(self, n: torch.fx.Node, result: Any) -> Any:
        e = Emitter(self, n, result)
        if n.target in SHAPES or n.target is getattr and n.args[1] in SHAPES:
            if not any(e.runs(a) for a in n.all_input_nodes[1:]):
                return None  # the same for all inputs of a shape
        if not isinstance(result, (torch.Tensor, list, tuple)):
            raise e.refuse(f"takes a {type(result).__name__} out of values that depend on the input, which is not read")
        if n.op == "call_module":
            m = self.fetch_attr(str(n.target))
            emit = next((MODULES[c] for c in type(m).__mro__ if c in MODULES), None)
            known: Any = next((c for c in type(m).__mro__ if c in MODULES), type(m))
            if getattr(type(m), "forward") is not known.forward:
                emit = None  # a subclass that computes something else
            args: Any = (m,)
        elif n.op == "call_method":
            emit, args = METHODS.get(str(n.target)), ()
        else:
            emit, args = CALLS.get(n.target), ()
        if emit is None:
            raise ModelError(f"{self._what(n)}: is not read, expected piecewise linear layers that relucell knows (docs/python.md lists them); "
                             "or export the model with torch.onnx.export and load the file, of which more is read")
        try:
            return emit(e, *args)
        except (TypeError, IndexError) as wrong:  # an argument that the emitter does not have, or expects by its place
            raise e.refuse(f"is called in a way that is not read: {str(wrong).split('()')[-1].strip()}") from wrong
