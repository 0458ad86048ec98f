"""What the seconds of an operation depend on: counts from shapes alone, each of which a machine has a rate for."""

from collections.abc import Mapping
from math import prod

from primia_core.mpc.program.operations import (
    Convolution,
    Linear,
    Operation,
    Output,
    SecureProgram,
    WeightedPool,
    Window,
)

Features = Mapping[str, int]


def features(program: SecureProgram, op: Operation, batch: int = 1) -> Features:
    """Count what the work of an operation grows with, for a batch.

    Returns:
        ``operations`` is 1, and ``elements`` the values that it gives. Linear ones have ring ``products``, ``unfolded``
        inputs with their padding, ``weights`` read and values ``scaled`` by public integers; pools the values ``added``
        and the ``passes`` over them; a label its ``stages``. Logits that are given out as they are have nothing.
    """
    elements = batch * prod(op.shape)
    match op:
        case Linear():
            return {"operations": 1, "elements": elements, **_linear(program, op, batch)}
        case WeightedPool():
            passes = _longest(op.rows) + _longest(op.columns)
            return {"operations": 1, "elements": elements, "added": _added(program, op, batch), "passes": passes}
        case Output(policy="label"):
            classes = prod(program.operations[op.source].shape)
            return {"operations": 1, "elements": batch * classes, "stages": (classes - 1).bit_length()}
        case Output():
            return {}
    return {"operations": 1, "elements": elements}


def _linear(program: SecureProgram, op: Linear, batch: int) -> dict[str, int]:
    convolutions = [term for term in op.terms if isinstance(term, Convolution)]
    pixels = batch * prod(op.shape[1:])
    return {
        "products": sum(pixels * prod(term.weight_shape) for term in convolutions),
        "unfolded": sum(batch * _padded(program, term) for term in convolutions),
        "weights": sum(prod(term.weight_shape) for term in convolutions),
        "scaled": batch * prod(op.shape) * (len(op.terms) - len(convolutions)),
    }


def _padded(program: SecureProgram, term: Convolution) -> int:
    channels, *size = program.operations[term.source].shape
    return channels * prod(side + sum(padding) for side, padding in zip(size, term.padding, strict=True))


def _added(program: SecureProgram, op: WeightedPool, batch: int) -> int:
    """Return the values that a pool adds up: first windows of rows, then of columns."""
    channels, _, width = program.operations[op.source].shape
    rows, columns = (len(windows) * _longest(windows) for windows in (op.rows, op.columns))
    return batch * channels * (rows * width + len(op.rows) * columns)


def _longest(windows: tuple[Window, ...]) -> int:
    return max(window.stop - window.start for window in windows)
