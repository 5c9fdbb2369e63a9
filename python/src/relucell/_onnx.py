"""ONNX models without the package onnx: the few messages of its protocol buffers that a graph of
operators needs (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).

relucell reads such a model exactly as it reads a file, so a network from here is the network of its
export: the same rules fold it, the same words refuse it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Sequence, Union

import numpy as np

if TYPE_CHECKING:
    from ._exact import Array

#: The version of the operators' definitions: the last with axes of reductions as attributes.
OPSET = 13

_TYPES = {np.dtype(np.float32): 1, np.dtype(np.float64): 11, np.dtype(np.int64): 7}


def _varint(n: int) -> bytes:
    n &= (1 << 64) - 1
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def _number(field: int, n: int) -> bytes:
    return _varint(field << 3) + _varint(n)


def _bytes(field: int, data: Union[str, bytes]) -> bytes:
    if isinstance(data, str):
        data = data.encode()
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _attribute(name: str, value: Any) -> bytes:
    head = _bytes(1, name)
    if isinstance(value, float):
        return head + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return head + _number(3, value) + _number(20, 2)
    if isinstance(value, str):
        return head + _bytes(4, value) + _number(20, 3)
    return head + b"".join(_number(8, int(v)) for v in value) + _number(20, 7)


def _tensor(name: str, a: Array) -> bytes:
    raw = np.ascontiguousarray(a).astype(a.dtype.newbyteorder("<"), copy=False).tobytes()
    return b"".join(_number(1, d) for d in a.shape) + _number(2, _TYPES[np.dtype(a.dtype.newbyteorder("="))]) + _bytes(8, name) + _bytes(9, raw)


class Graph:
    """A model that is built node by node. Values are told apart by names that it makes."""

    def __init__(self, kind: Any) -> None:
        #: The type of all numbers but indices.
        self.kind = np.dtype(kind)
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._inputs: list[bytes] = []
        self._names = 0

    def _name(self) -> str:
        self._names += 1
        return f"v{self._names}"

    def _value(self, name: str, shape: Sequence[int]) -> bytes:
        dims = b"".join(_bytes(1, _number(1, d)) for d in shape)
        return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, _TYPES[self.kind]) + _bytes(2, dims)))

    def input(self, shape: Sequence[int]) -> str:
        name = self._name()
        self._inputs.append(self._value(name, shape))
        return name

    def constant(self, a: Any) -> str:
        """A tensor of the graph's type, which must hold its numbers; one of int64 is of indices."""
        a = np.asarray(a)
        if a.dtype != np.int64 and not np.can_cast(a.dtype, self.kind):
            raise TypeError(f"{a.dtype} in a graph of {self.kind}")
        name = self._name()
        self._constants.append(_tensor(name, a if a.dtype == np.int64 else a.astype(self.kind)))
        return name

    def node(self, operator: str, inputs: Sequence[str], name: str = "", **attributes: Any) -> str:
        out = self._name()
        text = b"".join(_bytes(1, i) for i in inputs) + _bytes(2, out) + _bytes(3, name) + _bytes(4, operator)
        self._nodes.append(text + b"".join(_bytes(5, _attribute(k, v)) for k, v in attributes.items()))
        return out

    def model(self, output: str) -> bytes:
        """The bytes of the model, with one output."""
        out = _bytes(1, output) + _bytes(2, _bytes(1, _number(1, _TYPES[self.kind])))
        graph = b"".join(_bytes(1, n) for n in self._nodes) + _bytes(2, "relucell") + b"".join(_bytes(5, c) for c in self._constants)
        graph += b"".join(_bytes(11, i) for i in self._inputs) + _bytes(12, out)
        return _number(1, 8) + _bytes(2, "relucell") + _bytes(7, graph) + _bytes(8, _bytes(1, "") + _number(2, OPSET))
