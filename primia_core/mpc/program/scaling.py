"""From a draft and its peaks to integers: one public scale for each value. Runs no images.

A sum of scale Sz holds rint(Sz * real); truncation leaves scale Sz / 2**f. Sz is chosen so that the largest sum seen
stays ``margin_bits`` below the profile's limit, which uses as many bits as that margin allows.
"""

from dataclasses import dataclass, field
from math import isfinite

import torch
from torch import Tensor

from primia_core.mpc.errors import CalibrationError, ProgramError
from primia_core.mpc.profile import Profile
from primia_core.mpc.program.encoding import Integers
from primia_core.mpc.program.lowering import Draft
from primia_core.mpc.program.operations import (
    Convolution,
    Input,
    Lift,
    Linear,
    Maximum,
    Multiple,
    Operation,
    Output,
    Relu,
    Reshape,
    SecureProgram,
    Term,
    Truncate,
    WeightedPool,
)
from primia_core.mpc.program.peaks import Peaks

MARGIN_BITS = 1.0


@dataclass
class Scaled:
    """A program and its secret integers by name."""

    program: SecureProgram
    weights: dict[str, Integers]


@dataclass
class _Scaling:
    draft: Draft
    peaks: Peaks
    profile: Profile
    margin_bits: float
    operations: list[Operation] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    bounds: list[int] = field(default_factory=list)
    weights: dict[str, Integers] = field(default_factory=dict)


def scale(draft: Draft, peaks: Peaks, profile: Profile, *, margin_bits: float = MARGIN_BITS) -> Scaled:
    """Choose the scales of a draft and round its weights.

    Args:
        draft: of the network.
        peaks: its largest sums on calibration images.
        profile: the widths.
        margin_bits: how far, in bits, the largest sum seen stays below the limit; > 0.
    Returns:
        The program with its integers: |W - W_int * S / Sz| <= S / (2 Sz), |b - b_int / Sz| <= 1 / (2 Sz).
    Raises:
        CalibrationError: a margin that is none, or sums that no integer factor of a skip brings into range.
        ProgramError: a pool's sums do not fit the ring.
    """
    if not (isfinite(margin_bits) and margin_bits > 0):
        raise CalibrationError(f"a margin of {margin_bits} bits is none; take 0.5 to 2")
    state = _Scaling(draft, peaks, profile, margin_bits)
    for index, operation in enumerate(draft.operations):
        made, scale_, bound = _scaled(state, index, operation)
        state.operations.append(made)
        state.scales.append(scale_)
        state.bounds.append(bound)
    program = SecureProgram(
        profile=profile.name,
        operations=tuple(state.operations),
        scales=tuple(state.scales),
        places=tuple(draft.places),
    )
    return Scaled(program, state.weights)


def _scaled(state: _Scaling, index: int, operation: Operation) -> tuple[Operation, float, int]:
    """Return an operation with its numbers, the scale of its value and a bound on its magnitude."""
    wire = 1 << (state.profile.wire_bits - 2)
    match operation:
        case Input():
            peak = state.peaks.image or 1.0
            return operation, wire / (peak * 2.0**state.margin_bits), wire
        case Linear():
            made, scale_ = _linear(state, index, operation)
            return made, scale_, state.profile.sum_limit
        case Truncate():
            return operation, state.scales[operation.source] / 2.0**state.profile.fraction_bits, wire
        case Maximum():
            return operation, state.scales[operation.left], wire
        case WeightedPool():
            scale_ = state.scales[operation.source] * state.draft.divisors[index]
            return operation, scale_, _pooled_bound(state, index, operation)
        case Relu() | Lift() | Reshape():
            return operation, state.scales[operation.source], state.bounds[operation.source]
        case Output():
            kept = operation.policy == "logits"
            return operation, state.scales[operation.source] if kept else 0.0, state.bounds[operation.source]
    raise AssertionError(operation)


def _linear(state: _Scaling, index: int, operation: Linear) -> tuple[Linear, float]:
    total = _sum_scale(state, index, operation)
    terms: list[Term] = []
    for term in operation.terms:
        ratio = total / state.scales[term.source]
        if isinstance(term, Convolution):
            state.weights[term.weight] = rounded(state.draft.weights[term.weight].to(torch.float64) * ratio)
            terms.append(term)
        else:
            terms.append(term.model_copy(update={"factor": round(ratio)}))
    if operation.bias is not None:
        state.weights[operation.bias] = rounded(state.draft.biases[operation.bias] * total)
    return operation.model_copy(update={"terms": tuple(terms)}), total


def _sum_scale(state: _Scaling, index: int, operation: Linear) -> float:
    """Return Sz: as large as peak, weights and bias allow, and an integer multiple of the first skip's scale."""
    limit, widest = state.profile.sum_limit, 2.0 ** (state.profile.ring_bits - 2) - 1
    peak = state.peaks.sums[index]
    # Where calibration saw nothing but zero, a truncated unit is one of what the sum reads: as wide, and as fine.
    unseen = state.scales[operation.terms[0].source] * 2.0**state.profile.fraction_bits
    best = limit / (peak * 2.0**state.margin_bits) if peak > 0 else unseen
    for term in operation.terms:
        if isinstance(term, Convolution):
            largest = float(state.draft.weights[term.weight].abs().max())
            best = min(best, state.scales[term.source] * widest / largest) if largest > 0 else best
    if operation.bias is not None:
        best = min(best, widest / float(state.draft.biases[operation.bias].abs().max()))
    skips = [term for term in operation.terms if isinstance(term, Multiple)]
    if not skips:
        return best
    source = state.scales[skips[0].source]
    total = source * max(1, int(min(best / source, widest)))
    if total * peak > limit or min(total / state.scales[skip.source] for skip in skips) < 0.5:
        raise CalibrationError(
            f"{state.draft.places[index]} adds values whose scales no integer brings together: it reaches {peak:.3g} "
            f"and its skip has the scale {source:.3g}; put a normalisation before the addition"
        )
    return total


def _pooled_bound(state: _Scaling, index: int, pool: WeightedPool) -> int:
    rows, columns = (max((w.stop - w.start) * w.weight for w in axis) for axis in (pool.rows, pool.columns))
    bound = state.bounds[pool.source] * rows * columns
    if bound >= 1 << (state.profile.ring_bits - 1):
        raise ProgramError(
            f"the windows of {state.draft.places[index]} sum up to {bound} in a ring of {state.profile.ring_bits} bits;"
            " take windows of equal sizes, or the precise profile"
        )
    return bound


def rounded(values: Tensor) -> Integers:
    """Round float64 to int64, halves to even. Below 2**53 nothing else is lost; above, the floats are integers."""
    return torch.round(values).to(torch.int64).contiguous().numpy()
