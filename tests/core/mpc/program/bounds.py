"""How far a program's logits may be from the real ones, from its roundings alone: a walk of its own over operations."""

import numpy as np

from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.operations import Convolution, Input, Linear, Maximum, Output, Truncate, WeightedPool

SLACK = 1.01


def rounding_bound(model: SecureModel) -> float:
    """Return a bound on |logit error| where no value leaves its range.

    An input is off by half a unit, a filter's entry and a bias likewise, a truncated value by one unit.
    """
    program = model.program
    errors: list[float] = []
    for index, operation in enumerate(program.operations):
        scale = program.scales[index]
        match operation:
            case Input():
                errors.append(0.5 / scale)
            case Linear():
                errors.append(_linear(model, index, operation, errors))
            case Truncate():
                errors.append(errors[operation.source] + 1 / scale)
            case Maximum():
                errors.append(max(errors[operation.left], errors[operation.right]))
            case WeightedPool():
                widest = [
                    max((w.stop - w.start) * w.weight for w in axis) for axis in (operation.rows, operation.columns)
                ]
                divisor = scale / program.scales[operation.source]
                errors.append(errors[operation.source] * widest[0] * widest[1] / divisor)
            case Output():
                errors.append(errors[operation.source])
            case _:
                errors.append(errors[operation.source])
    return errors[-1] * SLACK


def _linear(model: SecureModel, index: int, operation: Linear, errors: list[float]) -> float:
    total = model.program.scales[index]
    error = 0.5 / total if operation.bias else 0.0
    for term in operation.terms:
        scale = model.program.scales[term.source]
        largest = 2.0 ** (model.program.widths.wire_bits - 2) / scale
        ratio = scale / total
        if isinstance(term, Convolution):
            weight = np.abs(model.weights[term.weight]).reshape(term.weight_shape[0], -1).astype(np.float64)
            error += (weight * ratio).sum(1).max() * errors[term.source] + weight.shape[1] * largest * ratio / 2
            error += weight.shape[1] * errors[term.source] * ratio
        else:
            error += errors[term.source] + abs(term.factor * ratio - 1) * largest
    return error
