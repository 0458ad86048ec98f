"""How much of each thing a program needs: what a cost model multiplies by seconds and bytes. Knows neither."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import prod

from primia_core.mpc.program.operations import (
    Convolution,
    Input,
    Lift,
    Linear,
    Maximum,
    Operation,
    Output,
    Relu,
    SecureProgram,
    Truncate,
    WeightedPool,
)

Kind = str


@dataclass(frozen=True)
class OperationCount:
    """Of one operation, for one image.

    Attributes:
        elements: of its value.
        multiplications: ring products with secret filters, at a party; as many offline and at the dealer.
        scalings: ring products with public integers.
        signs: sign tests.
        opened_wide: ring words that each party sends, apart from what its sign protocol sends.
        opened_narrow: values modulo 2**m that each party sends, likewise.
        corrections: ring words of a linear operation's correlation.
    """

    operation: int
    kind: Kind
    place: str
    elements: int
    multiplications: int = 0
    scalings: int = 0
    signs: int = 0
    opened_wide: int = 0
    opened_narrow: int = 0
    corrections: int = 0


@dataclass(frozen=True)
class Counts:
    """Of a program, for one image.

    Attributes:
        weight_words: of all filters, opened once for each version of the model.
        bias_words: of all biases.
    """

    operations: tuple[OperationCount, ...]
    weight_words: int
    bias_words: int

    @property
    def of_kind(self) -> Counter[Kind]:
        """Return how many operations of each kind there are."""
        return Counter(count.kind for count in self.operations)

    def total(self, name: str) -> int:
        """Return the sum of one attribute over all operations."""
        return sum(int(getattr(count, name)) for count in self.operations)

    def elements(self, kind: Kind) -> int:
        """Return how many values the operations of one kind give."""
        return sum(count.elements for count in self.operations if count.kind == kind)

    def rounds(self, each: Mapping[Kind, int]) -> int:
        """Return the rounds of a run, given those of one operation of each kind; a kind that is absent has none."""
        return sum(each.get(kind, 0) * number for kind, number in self.of_kind.items())


def count(program: SecureProgram) -> Counts:
    """Count what a program needs for one image."""
    filters = {
        term.weight: prod(term.weight_shape)
        for operation in program.operations
        if isinstance(operation, Linear)
        for term in operation.terms
        if isinstance(term, Convolution)
    }
    biases = sum(op.shape[0] for op in program.operations if isinstance(op, Linear) and op.bias is not None)
    counted = tuple(
        _count(index, operation, program.places[index]) for index, operation in enumerate(program.operations)
    )
    return Counts(counted, sum(filters.values()), biases)


def _count(index: int, operation: Operation, place: str) -> OperationCount:
    size = prod(operation.shape)
    plain = partial(OperationCount, operation=index, kind=operation.kind, place=place, elements=size)
    match operation:
        case Input():
            return plain(opened_wide=size)
        case Linear():
            return _count_linear(index, operation, place, size)
        case Truncate():
            return plain(opened_narrow=size)
        case Maximum():
            return plain(signs=size, opened_narrow=size)
        case Relu():
            return plain(signs=size, opened_wide=size if operation.opened else 0)
        case Lift() | WeightedPool(opens=True):
            return plain(opened_wide=size)
        case Output(policy="label"):
            return plain(signs=size - 1, opened_narrow=size + 2 * max(size - 2, 0))
        case _:
            return plain()


def _count_linear(index: int, operation: Linear, place: str, size: int) -> OperationCount:
    convolutions = [term for term in operation.terms if isinstance(term, Convolution)]
    return OperationCount(
        operation=index,
        kind=operation.kind,
        place=place,
        elements=size,
        multiplications=sum(size * prod(term.weight_shape[1:]) for term in convolutions),
        scalings=size * (len(operation.terms) - len(convolutions)),
        corrections=size if convolutions else 0,
    )
