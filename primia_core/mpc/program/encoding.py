"""What a requester does: an image as integers, sums as logits. Knows no shares.

The input's scale is public and so is its limit: a requester refuses, or knowingly clips, what lies beyond.
"""

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.errors import OutOfRange, ProgramError
from primia_core.mpc.profile import Words
from primia_core.mpc.program.operations import SecureProgram

Integers = NDArray[np.int64]


def input_limit(program: SecureProgram) -> float:
    """Return the largest magnitude that a normalised pixel may have: 2**(m-2) / scale."""
    return 2.0 ** (program.widths.wire_bits - 2) / program.scales[0]


def logit_limit(program: SecureProgram) -> float:
    """Return the largest magnitude of a logit that is computed right; a requester takes a larger one for no answer."""
    return program.widths.sum_limit / program.scales[program.output.source]


def encode(program: SecureProgram, images: NDArray[np.float32], *, limit: float | None) -> Integers:
    """Round normalised images to the program's integers.

    Args:
        program: of the network.
        images: (number, channel, height, width), finite.
        limit: as ``input_limit`` gives it; ``None`` lets larger pixels pass, for experiments.
    Returns:
        rint(scale * pixel), int64.
    Raises:
        ProgramError: images of another shape, or not finite.
        OutOfRange: a pixel beyond the limit, which calibration has never seen.
    """
    shape = program.operations[0].shape
    if images.ndim != 4 or images.shape[1:] != shape:
        raise ProgramError(f"images of shape {images.shape[1:]} do not fit the program, which takes {shape}")
    largest = float(np.abs(images).max(initial=0.0))
    if not np.isfinite(largest):
        raise ProgramError("an image holds values that are no finite numbers")
    if limit is not None and largest > limit:
        raise OutOfRange(
            f"a pixel of the input is {largest:.4g} after normalisation, the program allows {limit:.4g}; "
            "normalise as in training, or clip knowingly"
        )
    return np.rint(images.astype(np.float64) * program.scales[0]).astype(np.int64)


def to_words(program: SecureProgram, integers: Integers) -> Words:
    """Return integers as ring words."""
    return np.ascontiguousarray(integers.astype(np.uint64).astype(program.widths.ring.dtype))


def from_words(program: SecureProgram, words: Words) -> Integers:
    """Return ring words as integers from -2**(k-1) on."""
    signed = np.int32 if program.widths.ring_bits == 32 else np.int64
    return words.view(signed).astype(np.int64)


def logits(program: SecureProgram, words: Words) -> NDArray[np.float64]:
    """Return the logits that the sum of both parties' output shares holds; zero scale means that there are none.

    Raises:
        ProgramError: the program gives labels alone.
    """
    scale = program.scales[-1]
    if not scale:
        raise ProgramError("the program gives labels, not logits; prepare it with the policy 'logits'")
    return from_words(program, words) / scale
