"""A network as a list of secure operations: public data, the same at every party. Knows no weights and no protocol.

An operation names the earlier operations that it reads by their position. Shapes are without the batch. What flows is

- *wide*: a value masked in the whole ring; linear operations read it;
- *sum*: additive shares of a value that nobody has opened;
- *narrow*: a truncated value masked modulo 2**m; sign tests read it.
"""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from primia_core.canonical import canonical_json, sha256_hex
from primia_core.mpc.profile import PROFILES, Profile

Shape = tuple[int, ...]
Pair = tuple[int, int]
VERSION: Literal[1] = 1


class Public(BaseModel):
    """Frozen, strict JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Input(Public):
    """The requester's image, opened under a mask. One round. Gives a wide value."""

    kind: Literal["input"] = "input"
    shape: Shape


class Convolution(Public):
    """One term of a linear operation: a convolution of a wide value with a secret filter.

    A fully connected layer is a 1x1 convolution of a value of shape (features, 1, 1).

    Attributes:
        weight: name of the filter: (channels out, channels in / groups, height, width).
        padding: (top, bottom), (left, right).
    """

    kind: Literal["convolution"] = "convolution"
    source: int
    weight: str
    weight_shape: tuple[int, int, int, int]
    stride: Pair = (1, 1)
    padding: tuple[Pair, Pair] = ((0, 0), (0, 0))
    dilation: Pair = (1, 1)
    groups: int = 1


class Multiple(Public):
    """One term of a linear operation: a wide value times a public integer, as an identity skip needs it."""

    kind: Literal["multiple"] = "multiple"
    source: int
    factor: int


Term = Annotated[Convolution | Multiple, Field(discriminator="kind")]


class Linear(Public):
    """The sum of terms of one output shape, and a bias. Local. Gives a sum.

    Attributes:
        bias: name of a secret integer for each output channel, or ``None``.
    """

    kind: Literal["linear"] = "linear"
    terms: tuple[Term, ...]
    bias: str | None = None
    shape: Shape


class Truncate(Public):
    """Cut the profile's fraction bits of a sum and open what is left under a mask. One round. Gives a narrow value."""

    kind: Literal["truncate"] = "truncate"
    source: int
    shape: Shape


class Gather(Public):
    """Which positions along one axis of a narrow value an operand of a maximum reads."""

    axis: int
    indices: tuple[int, ...]


class Maximum(Public):
    """The larger of two readings of narrow values, position by position. Gives a narrow value.

    A pool is a few of these: the windows of one axis, then of the other. Indices that a window's padding would take
    outside are moved to a position inside it, which changes no maximum.
    """

    kind: Literal["maximum"] = "maximum"
    left: int
    left_gather: Gather | None = None
    right: int
    right_gather: Gather | None = None
    shape: Shape


class Relu(Public):
    """The positive part of a narrow value. Gives a wide value, or a sum where only a pool reads it.

    Attributes:
        opened: whether it is opened here. What is pooled first has fewer values to open.
    """

    kind: Literal["relu"] = "relu"
    source: int
    shape: Shape
    opened: bool = True


class Lift(Public):
    """A narrow value as a wide one, without a sign test. One round."""

    kind: Literal["lift"] = "lift"
    source: int
    shape: Shape


class Window(Public):
    """Positions [start, stop) of one axis, each times a public integer weight."""

    start: int
    stop: int
    weight: int


class WeightedPool(Public):
    """Sums over windows of the last two axes. Gives a wide value: local from a wide one, opened in a round from a sum.

    The output at (i, j) is the sum over rows of ``rows[i]`` and columns of ``columns[j]`` of
    ``rows[i].weight * columns[j].weight * x``: an average pool without its division, which is part of the scale.

    Attributes:
        opens: whether the source is a sum, of which the pool is opened.
    """

    kind: Literal["weighted_pool"] = "weighted_pool"
    source: int
    rows: tuple[Window, ...]
    columns: tuple[Window, ...]
    shape: Shape
    opens: bool = False


class Reshape(Public):
    """A wide value in another shape. Local."""

    kind: Literal["reshape"] = "reshape"
    source: int
    shape: Shape


class Output(Public):
    """The end: shares of the logits' sum, or shares of the label alone.

    Attributes:
        source: a sum of shape (classes, 1, 1) or (classes,).
    """

    kind: Literal["output"] = "output"
    source: int
    policy: Literal["logits", "label"] = "logits"
    shape: Shape


Operation = Annotated[
    Input | Linear | Truncate | Maximum | Relu | Lift | WeightedPool | Reshape | Output, Field(discriminator="kind")
]


class SecureProgram(Public):
    """What the parties compute: operations in order, the first an input and the last an output.

    Attributes:
        profile: name of the widths.
        scales: of the value that each operation gives, integer = scale * real; 0 where there is none (a label).
        places: for people: where in the network each operation comes from.
    """

    version: Literal[1] = VERSION
    profile: str
    operations: tuple[Operation, ...]
    scales: tuple[float, ...]
    places: tuple[str, ...]

    @property
    def widths(self) -> Profile:
        """Return the profile."""
        return PROFILES[self.profile]

    @property
    def output(self) -> Output:
        """Return the last operation."""
        last = self.operations[-1]
        assert isinstance(last, Output)
        return last

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON: what parties, dealer and requester must agree on."""
        return sha256_hex({"kind": "primia mpc program", "program": self.model_dump(mode="json")})

    def to_bytes(self) -> bytes:
        """Return the canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))
