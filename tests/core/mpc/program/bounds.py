"""How far a program's logits may be from the real ones, from its roundings alone: a walk of its own over operations."""

import numpy as np

from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.operations import Convolution, Input, Linear, Maximum, Truncate, WeightedPool

SLACK = 1.01
Bound = tuple[float, float]
"""Of a value: its largest magnitude and its largest error, in the module's units."""


def rounding_bound(model: SecureModel) -> float:
    """Return a bound on |logit error| where no value leaves its range.

    An input is off by half a unit, a filter's entry and a bias likewise, a truncated value by one unit.
    """
    program = model.program
    narrow = 2.0 ** (program.widths.wire_bits - 2)
    bounds: list[Bound] = []
    for index, operation in enumerate(program.operations):
        scale = program.scales[index]
        match operation:
            case Input():
                bounds.append((narrow / scale, 0.5 / scale))
            case Linear():
                bounds.append((0.0, _linear(model, index, operation, bounds)))
            case Truncate():
                bounds.append((narrow / scale, bounds[operation.source][1] + 1 / scale))
            case Maximum():
                both = bounds[operation.left], bounds[operation.right]
                bounds.append((max(b[0] for b in both), max(b[1] for b in both)))
            case WeightedPool(rows=rows, columns=columns):
                widest = [max((w.stop - w.start) * w.weight for w in axis) for axis in (rows, columns)]
                gain = widest[0] * widest[1] * program.scales[operation.source] / scale
                bounds.append((bounds[operation.source][0] * gain, bounds[operation.source][1] * gain))
            case _:
                bounds.append(bounds[operation.source])
    return bounds[-1][1] * SLACK


def _linear(model: SecureModel, index: int, operation: Linear, bounds: list[Bound]) -> float:
    total = model.program.scales[index]
    error = 0.5 / total if operation.bias else 0.0
    for term in operation.terms:
        largest, before = bounds[term.source]
        ratio = model.program.scales[term.source] / total
        if isinstance(term, Convolution):
            weight = np.abs(model.weights[term.weight]).reshape(term.weight_shape[0], -1).astype(np.float64)
            error += (weight * ratio).sum(1).max() * before + weight.shape[1] * (largest + before) * ratio / 2
        else:
            error += before * term.factor * ratio + abs(term.factor * ratio - 1) * largest
    return error
