"""One walk over a program's operations, for any arithmetic: real numbers for calibration, integers for replay.

Knows what operations mean, not how numbers are held: that is an ``Arithmetic``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from primia_core.mpc.program.operations import (
    Convolution,
    Gather,
    Input,
    Lift,
    Linear,
    Maximum,
    Operation,
    Output,
    Relu,
    Reshape,
    Truncate,
    WeightedPool,
    Window,
)


class Arithmetic(Protocol):
    """How numbers are held."""

    def linear(self, index: int, operation: Linear, sources: Sequence[Tensor]) -> Tensor:
        """Return the sum of the operation's terms and its bias."""

    def truncate(self, index: int, operation: Truncate, value: Tensor) -> Tensor:
        """Return a sum without its fraction bits."""

    def pool(self, index: int, operation: WeightedPool, value: Tensor) -> Tensor:
        """Return weighted sums over windows."""


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Have a module in evaluation mode, and put every part of it back as it was."""
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def reads(operation: Operation) -> tuple[int, ...]:
    """Return the operations that one reads, in its order."""
    match operation:
        case Input():
            return ()
        case Linear():
            return tuple(term.source for term in operation.terms)
        case Maximum():
            return (operation.left, operation.right)
        case _:
            return (operation.source,)


def evaluate(operations: Sequence[Operation], images: Tensor, arithmetic: Arithmetic) -> Tensor:
    """Run a program.

    Args:
        operations: of a program or a draft.
        images: (batch, channel, height, width), what the input operation gives.
        arithmetic: how.
    Returns:
        What the sum before the output holds: (batch, classes).
    Cost: a value is dropped after its last reader, so that memory is that of the widest place.
    """
    last_reader = {source: index for index, operation in enumerate(operations) for source in reads(operation)}
    values: dict[int, Tensor] = {}
    for index, operation in enumerate(operations):
        sources = [values[source] for source in reads(operation)]
        values[index] = images if isinstance(operation, Input) else _result(index, operation, sources, arithmetic)
        for source in reads(operation):
            if last_reader[source] == index:
                values.pop(source, None)
    return values[len(operations) - 1].flatten(1)


def _result(index: int, operation: Operation, sources: Sequence[Tensor], arithmetic: Arithmetic) -> Tensor:
    match operation:
        case Linear():
            return arithmetic.linear(index, operation, sources)
        case Truncate():
            return arithmetic.truncate(index, operation, sources[0])
        case WeightedPool():
            return arithmetic.pool(index, operation, sources[0])
        case Maximum():
            left, right = gathered(sources[0], operation.left_gather), gathered(sources[1], operation.right_gather)
            return torch.maximum(left, right)
        case Relu():
            return sources[0].clamp(min=0)
        case Reshape():
            return sources[0].reshape(len(sources[0]), *operation.shape)
        case Lift() | Output():
            return sources[0]
    raise AssertionError(operation)


def gathered(value: Tensor, gather: Gather | None) -> Tensor:
    """Return the positions of one axis that an operand of a maximum reads; axis 0 is the first after the batch."""
    if gather is None:
        return value
    return value.index_select(gather.axis + 1, torch.tensor(gather.indices))


def pooled(value: Tensor, rows: Sequence[Window], columns: Sequence[Window]) -> Tensor:
    """Return weighted sums over windows of the last two axes, in the type of ``value``."""
    down = torch.stack([value[..., w.start : w.stop, :].sum(-2) * w.weight for w in rows], -2)
    return torch.stack([down[..., w.start : w.stop].sum(-1) * w.weight for w in columns], -1)


def convolved(value: Tensor, weight: Tensor, term: Convolution) -> Tensor:
    """Return a convolution of floats with the geometry of a term."""
    (top, bottom), (left, right) = term.padding
    if top == bottom and left == right:
        return functional.conv2d(value, weight, None, term.stride, (top, left), term.dilation, term.groups)
    padded = functional.pad(value, (left, right, top, bottom))
    return functional.conv2d(padded, weight, None, term.stride, 0, term.dilation, term.groups)
