"""Additive shares of a model and of images for P0 and P1, and what the requester makes of the answer. P2 gets none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_bytes

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.errors import ModelError
from primia_core.mpc.profile import Words
from primia_core.mpc.program.operations import Convolution, Linear, SecureProgram, Shape
from primia_core.mpc.randomness import SEED_BYTES, RandomBytes, Stream
from primia_core.mpc.securenn.ring import RING

Integers = NDArray[np.int64]


def secret_shapes(program: SecureProgram) -> dict[str, Shape]:
    """Return the shapes of a program's filters and biases by name, in the order of their first use."""
    shapes: dict[str, Shape] = {}
    for op in program.operations:
        if isinstance(op, Linear):
            shapes |= {term.weight: term.weight_shape for term in op.terms if isinstance(term, Convolution)}
            shapes |= {op.bias: op.shape[:1]} if op.bias is not None else {}
    return shapes


@dataclass(frozen=True)
class ModelShare:
    """What P0 or P1 has of a model: words by the name of the filter or bias."""

    words: Mapping[str, Words] = field(repr=False)

    @classmethod
    def expand(cls, program: SecureProgram, seed: bytes) -> "ModelShare":
        """Return the share that a seed stands for."""
        shapes = secret_shapes(program)
        return cls({name: Stream(seed, i).words(shapes[name], RING.dtype) for i, name in enumerate(shapes)})

    def check(self, program: SecureProgram) -> None:
        """Raise ``ModelError`` unless this is a share of the program's model."""
        wanted = secret_shapes(program)
        got = {name: words.shape for name, words in self.words.items() if words.dtype == RING.dtype}
        for name, shape in wanted.items():
            if got.get(name) != shape:
                raise ModelError(f"{name} has words of shape {got.get(name)}, the program has {shape}; share it again")


def share_model(
    program: SecureProgram, integers: Mapping[str, Integers], rng: RandomBytes = token_bytes
) -> tuple[bytes, ModelShare]:
    """Split a model's integers between P0 and P1.

    Args:
        integers: filters and biases by name.
        rng: uniform bytes; only tests pass their own.
    Returns:
        P0's share as a seed for ``ModelShare.expand``, and P1's.
    Raises:
        ModelError: a filter or bias is missing or of another shape.
    Security: either share alone is uniform.
    """
    seed = rng(SEED_BYTES)
    first = ModelShare.expand(program, seed).words
    values = {name: np.asarray(integers[name], np.int64).view(np.uint64) for name in first if name in integers}
    ModelShare(values).check(program)
    return seed, ModelShare({name: values[name] - words for name, words in first.items()})


def share_images(integers: Integers, rng: RandomBytes = token_bytes) -> tuple[bytes, Words]:
    """Split scaled images, (batch, channel, row, column), into a seed for ``expand_images`` and P1's words."""
    seed = rng(SEED_BYTES)
    return seed, np.ascontiguousarray(integers, np.int64).view(np.uint64) - expand_images(seed, integers.shape)


def expand_images(seed: bytes, shape: Shape) -> Words:
    """Return P0's share of images of a shape."""
    return Stream(seed, 0).words(shape, RING.dtype)


def opened(first: Words, second: Words) -> Integers:
    """Return what two shares of an answer add up to: scaled logits, (batch, classes), or labels, (batch, 1)."""
    return (first + second).view(np.int64)
