"""The weights of a convolution, prepared once for all products with them. Knows no ring product."""

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from primia_core.mpc.errors import KernelError
from primia_core.mpc.profile import Words

Pair = tuple[int, int]
Padding = tuple[Pair, Pair]
"""((top, bottom), (left, right)), of zeros."""


@dataclass(frozen=True)
class Filters:
    """Weights (outputs, channels / groups, kernel height, kernel width) and what a backend made of them.

    The words are not copied: do not change them afterwards.
    """

    words: Words
    groups: int
    panels: dict[str, NDArray[Any]] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        """Say the shape and never the weights, which may be a share."""
        return f"Filters(shape={self.words.shape}, dtype={self.words.dtype}, groups={self.groups})"

    def output_size(self, size: tuple[int, ...], stride: Pair, padding: Padding, dilation: Pair) -> Pair:
        """Return the height and width of the result for an input of this height and width.

        Raises:
            KernelError: the kernel is larger than the padded input.
        """
        out = []
        for axis in (0, 1):
            reach = dilation[axis] * (self.words.shape[2 + axis] - 1) + 1
            room = size[axis] + sum(padding[axis])
            if room < reach:
                raise KernelError(f"a kernel that reaches over {reach} does not fit into {room} with padding; pad more")
            out.append((room - reach) // stride[axis] + 1)
        return out[0], out[1]
