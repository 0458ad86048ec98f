"""Small programs written by hand, and what they compute in plain integers."""

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.lifetimes import sources
from primia_core.mpc.program.operations import (
    Convolution,
    Gather,
    Input,
    Lift,
    Linear,
    Maximum,
    Multiple,
    Output,
    Relu,
    Reshape,
    SecureProgram,
    Truncate,
    WeightedPool,
    Window,
)

CLASSES = 5


def network(policy: str = "logits", profile: str = "fast") -> SecureProgram:
    """Return a program with every operation: grouped and strided convolutions, a skip, both pools, a last layer."""
    pool_rows = Gather(axis=1, indices=(0, 2)), Gather(axis=1, indices=(1, 2))
    pool_columns = Gather(axis=2, indices=(0, 2)), Gather(axis=2, indices=(1, 2))
    window = (Window(start=0, stop=2, weight=1), Window(start=1, stop=2, weight=3))
    operations = (
        Input(shape=(2, 7, 6)),
        Linear(
            terms=(
                Convolution(
                    source=0, weight="a", weight_shape=(4, 1, 3, 3), stride=(2, 2), padding=((1, 0), (1, 1)), groups=2
                ),
            ),
            bias="a.bias",
            shape=(4, 3, 3),
        ),
        Truncate(source=1, shape=(4, 3, 3)),
        Relu(source=2, shape=(4, 3, 3)),
        Linear(
            terms=(
                Convolution(
                    source=3,
                    weight="b",
                    weight_shape=(4, 4, 2, 2),
                    padding=((1, 1), (1, 1)),
                    dilation=(2, 2),
                ),
                Multiple(source=3, factor=-2 << 16),
                Convolution(source=3, weight="c", weight_shape=(4, 4, 1, 1)),
            ),
            shape=(4, 3, 3),
        ),
        Truncate(source=4, shape=(4, 3, 3)),
        Maximum(left=5, left_gather=pool_rows[0], right=5, right_gather=pool_rows[1], shape=(4, 2, 3)),
        Maximum(left=6, left_gather=pool_columns[0], right=6, right_gather=pool_columns[1], shape=(4, 2, 2)),
        Lift(source=7, shape=(4, 2, 2)),
        WeightedPool(source=8, rows=window[:1], columns=window, shape=(4, 1, 2)),
        Reshape(source=9, shape=(8, 1, 1)),
        Linear(
            terms=(Convolution(source=10, weight="d", weight_shape=(CLASSES, 8, 1, 1)),),
            bias="d.bias",
            shape=(CLASSES, 1, 1),
        ),
        Output(source=11, policy=policy, shape=(CLASSES,)),
    )
    none = tuple("" for _ in operations)
    return SecureProgram(profile=profile, operations=operations, scales=tuple(1.0 for _ in none), places=none)


def integers(seed: int) -> dict[str, NDArray[np.int64]]:
    """Return weights whose sums are whole multiples of 2**16, so that truncation has one answer."""
    rng = np.random.default_rng(seed)
    unit = 1 << 16
    return {
        "a": rng.integers(-9, 9, (4, 1, 3, 3)) * unit,
        "a.bias": rng.integers(-50, 50, 4) * unit,
        "b": rng.integers(-3, 3, (4, 4, 2, 2)) * unit,
        "c": rng.integers(-3, 3, (4, 4, 1, 1)) * unit,
        "d": rng.integers(-99, 99, (CLASSES, 8, 1, 1)),
        "d.bias": rng.integers(-9999, 9999, CLASSES),
    }


def images(batch: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(-20, 20, (batch, 2, 7, 6))


def convolved(x: NDArray, w: NDArray, term: Convolution) -> NDArray:
    """Convolve integers by the definition."""
    (top, bottom), (left, right) = term.padding
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    inputs, outputs = w.shape[1], w.shape[0] // term.groups
    reach = [term.dilation[i] * (w.shape[2 + i] - 1) for i in (0, 1)]
    size = [(x.shape[2 + i] - reach[i] - 1) // term.stride[i] + 1 for i in (0, 1)]
    out = np.zeros((len(x), w.shape[0], *size), np.int64)
    for o in range(w.shape[0]):
        first = o // outputs * inputs
        for row, column in np.ndindex(*size):
            y, z = row * term.stride[0], column * term.stride[1]
            taps = x[
                :,
                first : first + inputs,
                y : y + reach[0] + 1 : term.dilation[0],
                z : z + reach[1] + 1 : term.dilation[1],
            ]
            out[:, o, row, column] = (taps * w[o]).sum(axis=(1, 2, 3))
    return out


def plain(program: SecureProgram, weights: dict[str, NDArray], x: NDArray) -> NDArray:
    """Run a program on plain integers."""
    values: list[NDArray] = []
    for op in program.operations:
        read = [values[source] for source in sources(op)]
        match op:
            case Input():
                values.append(x)
            case Linear():
                parts = [
                    convolved(value, weights[term.weight], term)
                    if isinstance(term, Convolution)
                    else value * term.factor
                    for term, value in zip(op.terms, read, strict=True)
                ]
                bias = weights[op.bias].reshape(-1, 1, 1) if op.bias else 0
                values.append(sum(parts) + bias)
            case Truncate():
                values.append(read[0] >> program.widths.fraction_bits)
            case Maximum():
                gathers = op.left_gather, op.right_gather
                values.append(
                    np.maximum(*(np.take(v, g.indices, g.axis + 1) for v, g in zip(read, gathers, strict=True)))
                )
            case Relu():
                values.append(np.maximum(read[0], 0))
            case Lift():
                values.append(read[0])
            case Reshape():
                values.append(read[0].reshape(len(x), *op.shape))
            case WeightedPool():
                values.append(
                    np.array(
                        [
                            [
                                read[0][:, :, r.start : r.stop, c.start : c.stop].sum(axis=(2, 3)) * r.weight * c.weight
                                for c in op.columns
                            ]
                            for r in op.rows
                        ]
                    ).transpose(2, 3, 0, 1)
                )
            case Output():
                logits = read[0].reshape(len(x), -1)
                values.append(logits.argmax(axis=1)[:, None] if op.policy == "label" else logits)
        assert values[-1].shape[1:] == op.shape or isinstance(op, Output), op
    return values[-1]
