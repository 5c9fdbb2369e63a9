"""load: from whatever holds a network to a network."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any, Optional, Sequence, Union

import numpy as np

from ._errors import InputError, ModelError
from ._exact import array, numbers, odd_one
from ._net import Network
from ._onnx import Graph

if TYPE_CHECKING:
    from ._exact import Array


def load(model: Any, *, input_shape: Union[None, int, Sequence[int]] = None, format: str = "onnx", output: Optional[str] = None, batch: Optional[int] = None,
         normalise: bool = False) -> Network:
    """Reads a network. ``model`` is one of

    - a file's name: .onnx, .nnet, .npz, .safetensors or the canonical text, .json, perhaps with .gz;
    - bytes of such a file, of the given ``format``;
    - a torch.nn.Module in evaluation mode, on the CPU, in float32 or float64. Where it does not begin
      with a Linear, ``input_shape`` is the shape of one input, without the batch;
    - a fitted MLPClassifier or MLPRegressor of scikit-learn, with relu or identity. A classifier is
      read up to its last affine layer: its values are those before softmax or the logistic function,
      and a note says so;
    - a list of pairs (W, b), of layers y = W·x + b with a ReLU after each but the last.

    ``output``, ``batch`` and ``normalise`` are those of the commands: the name of an output of an ONNX
    graph, the rows of a fixed batch, the normalisation of an .nnet file.
    """
    options = {k: v for k, v in {"output": output, "batch": batch, "normalise": normalise or None}.items() if v is not None}
    if isinstance(model, (str, os.PathLike)):
        path = os.path.abspath(os.fspath(model))
        return Network({"path": path, **options}, os.path.basename(path))
    if isinstance(model, (bytes, bytearray, memoryview)):
        return Network({"data": bytes(model), "format": format, **options})
    if options:
        raise InputError(f"{', '.join(options)}: given for a {type(model).__name__}, expected for files and bytes alone")
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        from ._torch import read

        return _network(read(model, input_shape), type(model).__name__)
    if input_shape is not None:
        raise InputError(f"input_shape: given for a {type(model).__name__}, expected for torch modules alone")
    if hasattr(model, "coefs_") and hasattr(model, "intercepts_"):
        return _network(_sklearn(model), type(model).__name__)
    if type(model).__module__.split(".")[0] == "sklearn":
        raise ModelError(f"{type(model).__name__}: not read, expected a fitted MLPClassifier or MLPRegressor; a pipeline is exported by skl2onnx")
    if hasattr(model, "SerializeToString"):
        return Network({"data": model.SerializeToString(), "format": "onnx"})
    if isinstance(model, (list, tuple)):
        return _network(_layers(model), "network")
    raise InputError(f"model: of type {type(model).__name__}, expected a file's name, bytes, a torch.nn.Module, an MLP of scikit-learn, or a list of pairs (W, b)")


def _network(data: bytes, name: str) -> Network:
    """The network of a model that was made here. What is wrong with it is said of the layer, for nobody knows its file and nodes."""
    try:
        return Network({"data": data, "format": "onnx"}, name)
    except InputError as e:
        text = re.sub(r'^[^"]*\.onnx: (?:node [0-9]+ "([^"]*)" \(\w+\): )?', lambda m: f"{m[1] or name}: ", str(e))
        raise ModelError(text) from None


def _finite(what: str, a: Array) -> None:
    odd = odd_one(a)
    if odd:
        raise InputError(f"{what}{odd}, expected finite numbers")


def _chain(layers: Sequence[tuple[Array, Array]], relu: bool, names: str, end: str = "") -> bytes:
    """A model of layers W·x + b, W of a row for each unit, and perhaps an operator at its end."""
    g = Graph(np.float32 if all(a.dtype == np.float32 for pair in layers for a in pair) else np.float64)
    x = g.input((1, layers[0][0].shape[1]))
    for i, (w, b) in enumerate(layers):
        if i > 0 and relu:
            x = g.node("Relu", [x], name=f"{names} {i - 1}")
        x = g.node("Gemm", [x, g.constant(w), g.constant(b)], name=f"{names} {i}", transB=1)
    return g.model(g.node(end, [x], name=end.lower()) if end else x)


#: What may stand behind the last affine layer, as an operator that import leaves out with a note.
_ENDS = {"identity": "", "logistic": "Sigmoid", "softmax": "Softmax"}


def _sklearn(mlp: Any) -> bytes:
    if mlp.activation not in ("relu", "identity"):
        raise ModelError(f"{type(mlp).__name__}: activation {mlp.activation!r} is smooth, expected 'relu' or 'identity'")
    if mlp.out_activation_ not in _ENDS:
        raise ModelError(f"{type(mlp).__name__}: its outputs go through {mlp.out_activation_!r}, expected one of {', '.join(_ENDS)}")
    for name in ("coefs_", "intercepts_"):
        for i, a in enumerate(getattr(mlp, name)):
            _finite(f"{type(mlp).__name__}: {name}[{i}]", a)
    layers = [(np.ascontiguousarray(w.T), b) for w, b in zip(mlp.coefs_, mlp.intercepts_)]
    return _chain(layers, mlp.activation == "relu", "layer", _ENDS[mlp.out_activation_])


def _layers(model: Sequence[Any]) -> bytes:
    layers: list[tuple[Array, Array]] = []
    for i, pair in enumerate(model):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise InputError(f"model[{i}]: expected a pair (W, b)")
        w, b = (_array(f"model[{i}]", a) for a in pair)
        if w.ndim != 2 or b.shape != w.shape[:1]:
            raise InputError(f"model[{i}]: W of shape {w.shape} and b of shape {b.shape}, expected (outputs, inputs) and (outputs,)")
        if layers and layers[-1][0].shape[0] != w.shape[1]:
            raise InputError(f"model[{i}]: W of {w.shape[1]} inputs, expected {layers[-1][0].shape[0]}, the outputs of the layer before")
        _finite(f"model[{i}]: W", w)
        _finite(f"model[{i}]: b", b)
        layers.append((w, b))
    if not layers:
        raise InputError("model: an empty list, expected pairs (W, b)")
    return _chain([(w.astype(np.float64), b.astype(np.float64)) for w, b in layers], True, "model")


def _array(what: str, values: Any) -> Array:
    a = array(what, values)
    if a.dtype.kind == "O":
        a = np.reshape(numbers(what, a), a.shape)
    if a.dtype.kind not in "fiu" or a.dtype.itemsize > 8:
        raise InputError(f"{what}: {a.dtype} values, expected float64, float32, float16 or integers")
    if a.dtype.kind in "iu" and np.any(np.abs(a.astype(object)) > 2**53):
        raise InputError(f"{what}: integers beyond 2^53, expected numbers that float64 holds")
    return a
