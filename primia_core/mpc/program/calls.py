"""What a node of a traced module computes, as the torch layer that it amounts to. Knows no shapes and no weights.

Functions and methods become the module that does the same, so that what follows has one case for each kind of layer.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional

SUPPORTED = (
    "Conv2d, Linear, BatchNorm (in evaluation mode), ReLU, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d, addition of two "
    "values, flatten, Dropout and Identity"
)
DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout, nn.Identity)
NORMALISATIONS = (nn.BatchNorm1d, nn.BatchNorm2d)
LAYERS = (
    *(nn.Conv2d, nn.Linear, nn.ReLU, nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.Flatten),
    *NORMALISATIONS,
    *DROPOUTS,
)
ADVICE = {
    nn.GroupNorm: "its statistics depend on the image; train the network with batch normalisation",
    nn.LayerNorm: "its statistics depend on the image; train the network with batch normalisation",
    nn.InstanceNorm2d: "its statistics depend on the image; train the network with batch normalisation",
    nn.SiLU: "put ReLU in its place and train again",
    nn.GELU: "put ReLU in its place and train again",
    nn.Hardswish: "put ReLU in its place and train again",
    nn.LeakyReLU: "put ReLU in its place and train again",
    nn.Sigmoid: "leave it out at the end: whoever gets the logits computes it; elsewhere put ReLU in its place",
    nn.Softmax: "leave it out: whoever gets the logits computes it",
    nn.LogSoftmax: "leave it out: whoever gets the logits computes it",
}


class Sum(nn.Module):
    """Stands for the addition of two values."""


class Reshaped(nn.Module):
    """Stands for a view or reshape to the sizes that its node names."""


@dataclass(frozen=True)
class Call:
    """One step of the network.

    Attributes:
        kind: its name, as a person would say it.
        module: the torch layer that it amounts to.
        operands: nodes of the values that it reads.
        in_place: it also changes its first operand.
        sizes: that a reshape asks for.
    """

    kind: str
    module: nn.Module
    operands: tuple[fx.Node, ...]
    in_place: bool = False
    sizes: tuple[Any, ...] = ()


class Refusal(Exception):
    """Why a node cannot be computed; it never leaves this package."""


@dataclass(frozen=True)
class _Function:
    names: tuple[str, ...]
    module: Callable[..., nn.Module]
    operands: tuple[str, ...] = ("input",)
    in_place: bool = False


_RELU = _Function(("input", "inplace"), nn.ReLU)
_RELU_IN_PLACE = _Function(("input",), lambda: nn.ReLU(inplace=True), in_place=True)
_ADD = _Function(("input", "other"), Sum, ("input", "other"))
_ADD_IN_PLACE = _Function(("input", "other"), Sum, ("input", "other"), in_place=True)
_POOL = ("input", "kernel_size", "stride", "padding")
_MAX_POOL = _Function((*_POOL, "dilation", "ceil_mode", "return_indices"), nn.MaxPool2d)
_DROPOUT = _Function(("input", "p", "training", "inplace"), nn.Dropout)


def _flatten(start_dim: int = 0, end_dim: int = -1) -> nn.Module:
    return nn.Flatten(start_dim, end_dim)


_FLATTEN = _Function(("input", "start_dim", "end_dim"), _flatten)
FUNCTIONS: Mapping[Any, _Function] = {
    functional.relu: _RELU,
    torch.relu: _RELU,
    functional.relu_: _RELU_IN_PLACE,
    torch.relu_: _RELU_IN_PLACE,
    functional.max_pool2d: _MAX_POOL,
    torch.max_pool2d: _MAX_POOL,
    functional.avg_pool2d: _Function((*_POOL, "ceil_mode", "count_include_pad", "divisor_override"), nn.AvgPool2d),
    functional.adaptive_avg_pool2d: _Function(("input", "output_size"), nn.AdaptiveAvgPool2d),
    functional.dropout: _DROPOUT,
    functional.dropout2d: _DROPOUT,
    torch.flatten: _FLATTEN,
    operator.add: _ADD,
    operator.iadd: _ADD_IN_PLACE,
    torch.add: _ADD,
}
METHODS: Mapping[str, _Function] = {
    "relu": _RELU,
    "relu_": _RELU_IN_PLACE,
    "flatten": _FLATTEN,
    "add": _ADD,
    "add_": _ADD_IN_PLACE,
}
RESHAPES = ("view", "reshape")
NO_CHANGE = ("contiguous", "detach")


def is_size(node: fx.Node) -> bool:
    """Say whether a node reads a size, which alone computes nothing."""
    if node.op == "call_method":
        return node.target == "size"
    if node.op != "call_function":
        return False
    if node.target is getattr:
        return node.args[1] == "shape"
    return node.target is operator.getitem and isinstance(node.args[0], fx.Node) and is_size(node.args[0])


def kind_of(root: nn.Module, node: fx.Node) -> str:
    """Return the name of what a node computes."""
    if node.op == "call_module":
        return type(root.get_submodule(str(node.target))).__name__
    return str(node.target) if node.op == "call_method" else getattr(node.target, "__name__", str(node.target))


def place_of(node: fx.Node) -> str:
    """Return the qualified name of a layer, or of the module that a function is called in, with the function's node."""
    if node.op == "call_module":
        return str(node.target)
    scope = next(reversed(node.meta.get("nn_module_stack") or {"": None}))
    return f"{scope}:{node.name}" if scope else node.name


def call_of(root: nn.Module, node: fx.Node) -> Call:
    """Return what a node computes.

    Raises:
        Refusal: no secure operation does, with the reason.
    """
    kind = kind_of(root, node)
    if node.op == "call_module":
        module = root.get_submodule(str(node.target))
        if type(module) not in LAYERS:
            raise Refusal(ADVICE.get(type(module), "no secure operation computes it"))
        _check_hooks(module)
        call = Call(kind, module, _operands(node.args or tuple(node.kwargs.values())), _in_place(module))
    elif node.op == "call_method" and node.target in RESHAPES:
        call = Call(kind, Reshaped(), _operands(node.args[:1]), sizes=_sizes(node))
    elif node.op == "call_method" and node.target in NO_CHANGE:
        call = Call(kind, nn.Identity(), _operands(node.args[:1]))
    else:
        table: Mapping[Any, _Function] = METHODS if node.op == "call_method" else FUNCTIONS
        if node.target not in table:
            raise Refusal("no secure operation computes it")
        call = _function_call(kind, node, table[node.target])
    check(call.module)
    return call


def check(module: nn.Module) -> None:
    """Raise ``Refusal`` for settings of a layer that no secure operation has."""
    if isinstance(module, nn.Conv2d) and module.padding_mode != "zeros":
        raise Refusal(f"it pads with {module.padding_mode!r}; only zeros are supported")
    if isinstance(module, NORMALISATIONS) and module.running_mean is None:
        raise Refusal("it keeps no running statistics, so it depends on the batch; train with track_running_stats=True")
    if isinstance(module, nn.MaxPool2d) and module.return_indices:
        raise Refusal("it returns indices; only the values are supported")
    if isinstance(module, nn.AvgPool2d) and module.divisor_override is not None and module.divisor_override < 1:
        raise Refusal(f"its divisor is {module.divisor_override}; take a positive one")


def _function_call(kind: str, node: fx.Node, function: _Function) -> Call:
    if len(node.args) > len(function.names):
        raise Refusal(f"it has {len(node.args)} arguments, {len(function.names)} are known here")
    bound = dict(zip(function.names, node.args, strict=False)) | node.kwargs
    if bound.pop("alpha", 1) != 1:
        raise Refusal("it multiplies before it adds; only plain sums are supported")
    if unknown := bound.keys() - set(function.names):
        raise Refusal(f"its argument {min(unknown)} is not supported")
    if function.module is nn.Dropout and bound.pop("training", True):
        raise Refusal("it drops values outside of training; pass training=self.training")
    operands = _operands(tuple(bound.pop(name, None) for name in function.operands))
    module = function.module(**bound)
    return Call(kind, module, operands, function.in_place or _in_place(module))


def _operands(values: tuple[Any, ...]) -> tuple[fx.Node, ...]:
    for value in values:
        if not isinstance(value, fx.Node) or value.op == "get_attr" or is_size(value):
            raise Refusal("an operand is no value that depends on the image; only such values are supported")
    return values


def _sizes(node: fx.Node) -> tuple[Any, ...]:
    rest = node.args[1:] or tuple(node.kwargs.values())
    return tuple(rest[0]) if len(rest) == 1 and isinstance(rest[0], tuple | list) else tuple(rest)


def _in_place(module: nn.Module) -> bool:
    return isinstance(module, nn.ReLU) and bool(module.inplace)


def _check_hooks(module: nn.Module) -> None:
    if module._forward_hooks or module._forward_pre_hooks:
        raise Refusal("it has forward hooks, which tracing does not see; remove them")
