"""What each layer and function of torch is as operators of ONNX."""

from __future__ import annotations

import operator
from typing import Any, Sequence

import numpy as np
import torch
import torch.fx
import torch.nn.functional as F
from torch import nn

from ._torchnode import Emit, Emitter, move, same


def dropout(e: Emitter, input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> str:
    if training:
        raise e.refuse("is in training mode, expected training=self.training in a model in evaluation mode")
    return e.name(input)


def _function(f: Emit, *parameters: str, **defaults: Any) -> Emit:
    """An emitter of a function: f gets its arguments by name."""

    def emit(e: Emitter, *_: Any) -> Any:
        a = {**defaults, **e.given(parameters)}
        return f(e, **a)

    return emit


def _unary(op: str) -> Emit:
    return lambda e, *_: e.put(op, [e.name(e.given(["input"])["input"])])


def cast(e: Emitter, *_: Any) -> str:
    if e.result.dtype != e.real(e.n.args[0]).dtype:
        raise e.refuse(f"changes {e.real(e.n.args[0]).dtype} to {e.result.dtype}, which is not read, expected one type throughout")
    return same(e)


# Affine layers.


def linear(e: Emitter, input: Any, weight: Any, bias: Any = None) -> str:
    if e.runs(weight) or e.runs(bias):
        raise e.refuse("multiplies two values that depend on the input: the network is not piecewise linear")
    w, b = e.real(weight), e.real(bias)
    x = e.name(input)
    if len(e.shape(input)) == 2:
        return e.put("Gemm", [x, e.constant(w), *([] if b is None else [e.constant(b)])], transB=1)
    y = e.put("MatMul", [x, e.constant(w.t())])
    return y if b is None else e.put("Add", [y, e.constant(b)])


def _pads(e: Emitter, padding: Any, kernel: Sequence[int], dilation: Sequence[int]) -> list[int]:
    if padding == "valid":
        return [0] * (2 * len(kernel))
    if padding == "same":
        total = [d * (k - 1) for k, d in zip(kernel, dilation)]
        return [t // 2 for t in total] + [t - t // 2 for t in total]
    p = _tuple(padding, len(kernel))
    return [*p, *p]


def _tuple(v: Any, n: int) -> list[int]:
    if isinstance(v, (list, tuple)):
        return [int(a) for a in (v if len(v) == n else list(v) * n)]
    return [int(v)] * n


def conv(e: Emitter, input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> str:
    if e.runs(weight) or e.runs(bias):
        raise e.refuse("has a kernel that depends on the input: the network is not piecewise linear")
    w, b = e.real(weight), e.real(bias)
    n = w.dim() - 2
    if n > 2:
        raise e.refuse("is of three dimensions, expected one or two")
    kernel, wide = list(w.shape[2:]), _tuple(dilation, n)
    return e.put("Conv", [e.name(input), e.constant(w), *([] if b is None else [e.constant(b)])], kernel_shape=kernel, strides=_tuple(stride, n),
                 pads=_pads(e, padding, kernel, wide), dilations=wide, group=int(groups))


def conv_module(e: Emitter, m: Any) -> str:
    if m.padding_mode != "zeros":
        raise e.refuse(f"padding_mode is {m.padding_mode!r}, expected 'zeros'")
    return str(conv(e, e.n.args[0], m.weight, m.bias, m.stride, m.padding, m.dilation, m.groups))


def conv_transpose(e: Emitter, m: Any) -> str:
    n = m.weight.dim() - 2
    if len(e.n.args) != 1 or e.n.kwargs:
        raise e.refuse("is given an output size, expected none")
    p = list(m.padding)
    return e.put("ConvTranspose", [e.name(e.n.args[0]), e.constant(m.weight), *([] if m.bias is None else [e.constant(m.bias)])], kernel_shape=list(m.kernel_size),
                 strides=list(m.stride), pads=p + p, dilations=list(m.dilation), output_padding=_tuple(m.output_padding, n), group=m.groups)


def batch_norm(e: Emitter, input: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None, training: Any = False,
               momentum: Any = 0.1, eps: float = 1e-5) -> str:
    mean, var = e.real(running_mean), e.real(running_var)
    if training or mean is None or var is None:
        raise e.refuse("has no statistics of its own, so it mixes the rows of a batch; expected track_running_stats=True")
    scale = torch.ones_like(mean) if weight is None else e.real(weight)
    shift = torch.zeros_like(mean) if bias is None else e.real(bias)
    if mean.dtype == torch.float64:  # the attribute has 24 bits only
        var, eps = var + eps, 0.0
    return e.put("BatchNormalization", [e.name(input), *map(e.constant, (scale, shift, mean, var))], epsilon=float(eps))


# Activations.


def _slope(e: Emitter, x: Any, slope: float) -> str:
    if e.graph.kind == np.float32:
        return e.put("LeakyRelu", [e.name(x)], alpha=float(slope))
    return e.put("PRelu", [e.name(x), e.constant(np.float64(slope))])  # the attribute has 24 bits only


def leaky(e: Emitter, input: Any, negative_slope: float = 0.01, inplace: bool = False) -> str:
    return _slope(e, input, negative_slope)


def prelu(e: Emitter, input: Any, weight: Any) -> str:
    w, n = e.real(weight), len(e.shape(input))
    return e.put("PRelu", [e.name(input), e.constant(w.reshape([-1] + [1] * (n - 2)) if w.numel() > 1 else w.reshape(-1))])


def clamp(e: Emitter, input: Any, min: Any = None, max: Any = None) -> str:
    if e.runs(min) or e.runs(max):
        raise e.refuse("has bounds that depend on the input, expected torch.minimum and torch.maximum")
    low, high = e.real(min), e.real(max)
    for v in (low, high):
        if isinstance(v, torch.Tensor) and v.numel() != 1:
            raise e.refuse("has a bound for each element, expected numbers")
    x = e.name(input)
    if low is not None and high is not None and float(low) > float(high):
        raise e.refuse(f"has bounds {low} and {high}, expected the lower one first")
    return e.put("Clip", [x, "" if low is None else e.constant(low), *([] if high is None else [e.constant(high)])])


def threshold(e: Emitter, input: Any, threshold: float, value: float, inplace: bool = False) -> str:
    if threshold != 0 or value != 0:
        raise e.refuse("jumps, expected a threshold and a value of 0")
    return e.put("Relu", [e.name(input)])


# Arithmetic.


def _both(op: str) -> Emit:
    def emit(e: Emitter, input: Any, other: Any, alpha: Any = 1) -> str:
        if alpha != 1:
            raise e.refuse(f"alpha is {alpha}, expected 1: multiply before")
        if op in ("Mul", "Div") and e.runs(input) and e.runs(other) or op == "Div" and e.runs(other):
            raise e.refuse("multiplies or divides by a value that depends on the input: the network is not piecewise linear")
        return e.put(op, [e.name(input), e.name(other)])

    return _function(emit, "input", "other")


def matmul(e: Emitter, input: Any, other: Any) -> str:
    if e.runs(input) and e.runs(other):
        raise e.refuse("multiplies two values that depend on the input: the network is not piecewise linear")
    return e.put("MatMul", [e.name(input), e.name(other)])


def extreme(op: str) -> Emit:
    def emit(e: Emitter, *_: Any) -> str:
        if len(e.n.args) < 2 or not isinstance(e.n.args[1], torch.fx.Node) or e.n.kwargs:
            raise e.refuse("over a dimension is not read, expected two tensors; amax and amin are read")
        return e.put(op, [e.name(e.n.args[0]), e.name(e.n.args[1])])

    return emit


def reduction(op: str) -> Emit:
    def emit(e: Emitter, input: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> str:
        n = len(e.shape(input))
        axes = list(range(n)) if dim is None or dim == () else [d % n for d in (dim if isinstance(dim, (list, tuple)) else [dim])]
        if op == "ReduceSum":  # its axes are an input by now
            y = e.put(op, [e.name(input), e.graph.constant(np.array(axes, dtype=np.int64))], keepdims=1)
        else:
            y = e.put(op, [e.name(input)], axes=axes, keepdims=1)
        return e.as_result(y)

    return _function(emit, "input", "dim", "keepdim")


def cat(e: Emitter, tensors: Any, dim: int = 0) -> str:
    axis = dim % e.result.dim()
    return e.put("Concat", [e.name(t) for t in tensors], axis=axis)


def stack(e: Emitter, tensors: Any, dim: int = 0) -> str:
    axis = dim % e.result.dim()
    shape = np.array([1 if k == axis else d for k, d in enumerate(e.result.shape)], dtype=np.int64)
    return e.put("Concat", [e.put("Reshape", [e.name(t), e.graph.constant(shape)]) for t in tensors], axis=axis)


# Windows.


def max_pool(e: Emitter, input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
             return_indices: bool = False) -> str:
    if return_indices:
        raise e.refuse("return_indices is not read")
    n = len(e.shape(input)) - 2
    kernel = _tuple(kernel_size, n)
    return e.put("MaxPool", [e.name(input)], kernel_shape=kernel, strides=_tuple(stride or kernel, n), pads=_tuple(padding, n) * 2,
                 dilations=_tuple(dilation, n), ceil_mode=int(ceil_mode))


def avg_pool(e: Emitter, input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
             divisor_override: Any = None) -> str:
    if divisor_override is not None:
        raise e.refuse("divisor_override is not read, expected none")
    n = len(e.shape(input)) - 2
    kernel = _tuple(kernel_size, n)
    return e.put("AveragePool", [e.name(input)], kernel_shape=kernel, strides=_tuple(stride or kernel, n), pads=_tuple(padding, n) * 2,
                 ceil_mode=int(ceil_mode), count_include_pad=int(count_include_pad))


def adaptive(op: str) -> Emit:
    def emit(e: Emitter, input: Any, output_size: Any, return_indices: bool = False) -> str:
        size, out = e.shape(input)[2:], tuple(e.result.shape)[2:]
        if return_indices or any(a % b for a, b in zip(size, out)):
            raise e.refuse(f"from {size} to {out} has windows of different sizes, expected a divisor of each size")
        kernel = [a // b for a, b in zip(size, out)]
        return e.put(op, [e.name(input)], kernel_shape=kernel, strides=kernel)

    return emit


def pad(e: Emitter, input: Any, pad: Any, mode: str = "constant", value: Any = None) -> str:
    if mode != "constant":
        raise e.refuse(f"mode is {mode!r}, expected 'constant'")
    n = len(e.shape(input))
    before, after = [0] * n, [0] * n
    for k in range(len(pad) // 2):
        before[n - 1 - k], after[n - 1 - k] = pad[2 * k], pad[2 * k + 1]
    return e.put("Pad", [e.name(input), e.graph.constant(np.array(before + after, dtype=np.int64)), e.constant(np.asarray(value or 0.0, dtype=e.graph.kind))])


def smooth(op: str) -> Emit:
    """A smooth end: relucell leaves it out with a note, and refuses it elsewhere."""

    def emit(e: Emitter, *_: Any) -> str:
        x = e.name(e.given(["input"])["input"])
        return e.put(op, [x], axis=-1) if "Softmax" in op else e.put(op, [x])

    return emit


def _layer(f: Emit, *attributes: str) -> Emit:
    """An emitter of a module: f gets its input, and the module's attributes by name."""
    return lambda e, m: f(e, e.n.args[0], **{a: getattr(m, a) for a in attributes})


_norm = _layer(batch_norm, "running_mean", "running_var", "weight", "bias", "eps")
_hardtanh = _function(lambda e, input, min_val=-1.0, max_val=1.0, inplace=False: clamp(e, input, min_val, max_val), "input", "min_val", "max_val")
_relu6 = _function(lambda e, input, inplace=False: clamp(e, input, 0.0, 6.0), "input")
_max_pool, _avg_pool = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices"), ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")

MODULES: dict[type, Emit] = {
    nn.Linear: _layer(linear, "weight", "bias"),
    nn.Conv1d: conv_module, nn.Conv2d: conv_module, nn.ConvTranspose1d: conv_transpose, nn.ConvTranspose2d: conv_transpose,
    nn.BatchNorm1d: _norm, nn.BatchNorm2d: _norm,
    nn.ReLU: _unary("Relu"), nn.LeakyReLU: _layer(leaky, "negative_slope"), nn.PReLU: _layer(prelu, "weight"),
    nn.ReLU6: _layer(lambda e, x: clamp(e, x, 0.0, 6.0)), nn.Threshold: _layer(threshold, "threshold", "value"),
    nn.Hardtanh: _layer(lambda e, x, min_val, max_val: clamp(e, x, min_val, max_val), "min_val", "max_val"),
    nn.MaxPool1d: _layer(max_pool, *_max_pool), nn.MaxPool2d: _layer(max_pool, *_max_pool),
    nn.AvgPool1d: _layer(avg_pool, *_avg_pool), nn.AvgPool2d: _layer(avg_pool, *_avg_pool, "divisor_override"),
    nn.AdaptiveAvgPool1d: _layer(adaptive("AveragePool"), "output_size"), nn.AdaptiveAvgPool2d: _layer(adaptive("AveragePool"), "output_size"),
    nn.AdaptiveMaxPool1d: _layer(adaptive("MaxPool"), "output_size", "return_indices"),
    nn.AdaptiveMaxPool2d: _layer(adaptive("MaxPool"), "output_size", "return_indices"),
    nn.ZeroPad2d: _layer(lambda e, x, padding: pad(e, x, padding), "padding"),
    nn.ConstantPad1d: _layer(lambda e, x, padding, value: pad(e, x, padding, "constant", value), "padding", "value"),
    nn.ConstantPad2d: _layer(lambda e, x, padding, value: pad(e, x, padding, "constant", value), "padding", "value"),
    nn.Softmax: smooth("Softmax"), nn.LogSoftmax: smooth("LogSoftmax"), nn.Sigmoid: smooth("Sigmoid"), nn.Tanh: smooth("Tanh"),
}
MODULES.update({c: move for c in (nn.Flatten, nn.Unflatten, nn.PixelShuffle, nn.PixelUnshuffle, nn.ChannelShuffle)})
MODULES.update({c: same for c in (nn.Identity, nn.Dropout, nn.Dropout2d, nn.AlphaDropout, nn.FeatureAlphaDropout)})

_windows = ("input", "kernel_size", "stride", "padding")
_conv = _function(conv, "input", "weight", "bias", "stride", "padding", "dilation", "groups")
_clamp = _function(clamp, "input", "min", "max")
_at_least = _function(lambda e, input, min: clamp(e, input, min), "input", "min")
_at_most = _function(lambda e, input, max: clamp(e, input, None, max), "input", "max")

CALLS: dict[Any, Emit] = {
    F.linear: _function(linear, "input", "weight", "bias"), F.conv1d: _conv, F.conv2d: _conv, torch.conv1d: _conv, torch.conv2d: _conv,
    F.batch_norm: _function(batch_norm, "input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps"),
    F.leaky_relu: _function(leaky, "input", "negative_slope", "inplace"), F.prelu: _function(prelu, "input", "weight"), torch.prelu: _function(prelu, "input", "weight"),
    F.hardtanh: _hardtanh, F.relu6: _relu6, F.threshold: _function(threshold, "input", "threshold", "value", "inplace"),
    F.avg_pool1d: _function(avg_pool, *_windows, "ceil_mode", "count_include_pad"),
    F.avg_pool2d: _function(avg_pool, *_windows, "ceil_mode", "count_include_pad", "divisor_override"),
    F.adaptive_avg_pool1d: _function(adaptive("AveragePool"), "input", "output_size"), F.adaptive_avg_pool2d: _function(adaptive("AveragePool"), "input", "output_size"),
    F.pad: _function(pad, "input", "pad", "mode", "value"), F.dropout: _function(dropout, "input", "p", "training", "inplace"), torch.dropout: _function(dropout, "input", "p", "training"),
    F.softmax: smooth("Softmax"), torch.softmax: smooth("Softmax"), F.log_softmax: smooth("LogSoftmax"), torch.log_softmax: smooth("LogSoftmax"),
    torch.sigmoid: smooth("Sigmoid"), F.sigmoid: smooth("Sigmoid"), torch.tanh: smooth("Tanh"), F.tanh: smooth("Tanh"),
    torch.maximum: extreme("Max"), torch.minimum: extreme("Min"), torch.max: extreme("Max"), torch.min: extreme("Min"),
    torch.cat: _function(cat, "tensors", "dim"), torch.stack: _function(stack, "tensors", "dim"),
    torch.neg: _unary("Neg"), operator.neg: _unary("Neg"), torch.abs: _unary("Abs"), abs: _unary("Abs"), operator.abs: _unary("Abs"),
    torch.clamp: _clamp, torch.clip: _clamp, torch.clamp_min: _at_least, torch.clamp_max: _at_most, torch.index_select: move,
    torch.matmul: _function(matmul, "input", "other"), operator.matmul: _function(matmul, "input", "other"), torch.mm: _function(matmul, "input", "other"),
    torch.sum: reduction("ReduceSum"), torch.mean: reduction("ReduceMean"), torch.amax: reduction("ReduceMax"), torch.amin: reduction("ReduceMin"),
}
CALLS.update({f: _unary("Relu") for f in (F.relu, torch.relu, F.relu_, torch.relu_)})
for _name, _op in (("add", "Add"), ("sub", "Sub"), ("mul", "Mul"), ("truediv", "Div")):
    CALLS.update({f: _both(_op) for f in (getattr(operator, _name), getattr(operator, "i" + _name))})
CALLS.update({torch.add: _both("Add"), torch.sub: _both("Sub"), torch.mul: _both("Mul"), torch.div: _both("Div")})
for _f in (F.max_pool1d, F.max_pool2d):  # fx sees the functions behind them, too
    CALLS[_f] = _function(max_pool, *_windows, "dilation", "ceil_mode", "return_indices")
CALLS.update({f: _function(max_pool, *_windows, "dilation", "ceil_mode") for f in (torch.max_pool1d, torch.max_pool2d)})
CALLS.update({f: move for f in (operator.getitem, torch.flatten, torch.reshape, torch.squeeze, torch.unsqueeze, torch.transpose, torch.permute, torch.t,
                                torch.chunk, torch.split, torch.narrow, torch.select, torch.flip, torch.roll, torch.movedim, torch.swapaxes, F.pixel_shuffle)})

_MOVES = ("view", "reshape", "flatten", "squeeze", "unsqueeze", "transpose", "permute", "t", "chunk", "split", "narrow", "select", "flip", "roll", "expand",
          "repeat", "movedim", "swapaxes", "unflatten", "view_as", "reshape_as", "expand_as")
_SAME = ("contiguous", "clone", "detach", "cpu")
#: What depends on shapes and types alone: methods, attributes and functions.
SHAPES: set[Any] = {"size", "shape", "dim", "ndim", "ndimension", "numel", "nelement", "dtype", "device", "is_floating_point", "get_device",
                    "new_zeros", "new_ones", "new_full", "new_tensor", torch.zeros_like, torch.ones_like, torch.full_like, torch.numel, torch.is_tensor}

METHODS: dict[str, Emit] = {
    **{m: move for m in _MOVES}, **{m: same for m in _SAME}, **{m: cast for m in ("to", "float", "double", "type", "type_as")},
    "relu": _unary("Relu"), "relu_": _unary("Relu"), "abs": _unary("Abs"), "neg": _unary("Neg"),
    "add": _both("Add"), "add_": _both("Add"), "sub": _both("Sub"), "sub_": _both("Sub"), "mul": _both("Mul"), "mul_": _both("Mul"), "div": _both("Div"), "div_": _both("Div"),
    "clamp": _clamp, "clamp_": _clamp, "clip": _clamp, "clamp_min": _at_least, "clamp_max": _at_most, "index_select": move, "maximum": extreme("Max"), "minimum": extreme("Min"), "max": extreme("Max"), "min": extreme("Min"),
    "matmul": _function(matmul, "input", "other"), "mm": _function(matmul, "input", "other"),
    "sum": reduction("ReduceSum"), "mean": reduction("ReduceMean"), "amax": reduction("ReduceMax"), "amin": reduction("ReduceMin"),
    "softmax": smooth("Softmax"), "log_softmax": smooth("LogSoftmax"), "sigmoid": smooth("Sigmoid"), "tanh": smooth("Tanh"),
}
