"""What a program costs SecureNN in rounds and bytes, exactly, from shapes alone; and what the paper's tables say."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2, prod

from primia_core.mpc.program.operations import Convolution, Linear, Maximum, Operation, Output, Relu, SecureProgram
from primia_core.mpc.securenn.party import linear_products
from primia_core.mpc.securenn.product import Bilinear, Elementwise
from primia_core.mpc.securenn.ring import RING, Ring
from primia_core.mpc.securenn.select import label_stages


@dataclass(frozen=True)
class Cost:
    """Of one operation, or of several.

    Attributes:
        rounds: steps, which all parties count alike.
        sent: bytes that P0, P1 and P2 send.
    """

    rounds: int = 0
    sent: tuple[int, int, int] = (0, 0, 0)

    def __add__(self, other: "Cost") -> "Cost":
        """Return both, one after the other."""
        first, second, third = (a + b for a, b in zip(self.sent, other.sent, strict=True))
        return Cost(self.rounds + other.rounds, (first, second, third))

    @property
    def total(self) -> int:
        """Return the bytes that all parties send."""
        return sum(self.sent)


def multiply_cost(products: Sequence[Bilinear], ring: Ring = RING) -> Cost:
    """Return the cost of a sum of products."""
    factors = sum(prod(product.left) + prod(product.right) for product in products) * ring.word_bytes
    return Cost(1, (factors, factors, prod(products[0].out) * ring.word_bytes))


def compare_cost(count: int, ring: Ring = RING) -> Cost:
    """Return the cost of so many private comparisons, without the dealing of bits."""
    return Cost(1, (count * ring.residue_bytes, count * ring.residue_bytes, 0))


def convert_cost(count: int, ring: Ring = RING) -> Cost:
    """Return the cost of converting so many shares."""
    word, residues = count * ring.word_bytes, count * ring.residue_bytes
    return Cost(3, (word, word, residues + 2 * word)) + compare_cost(count, ring)


def msb_cost(count: int, ring: Ring = RING) -> Cost:
    """Return the cost of so many most significant bits."""
    word, residues = count * ring.word_bytes, count * ring.residue_bytes
    opening = Cost(2, (word, word, residues + 2 * word))
    return opening + compare_cost(count, ring) + multiply_cost([Elementwise(count)], ring)


def drelu_cost(count: int, ring: Ring = RING) -> Cost:
    """Return the cost of so many signs."""
    return convert_cost(count, ring) + msb_cost(count, ring)


def relu_cost(count: int, ring: Ring = RING) -> Cost:
    """Return the cost of so many positive parts, or maxima of two."""
    return drelu_cost(count, ring) + multiply_cost([Elementwise(count)], ring)


def label_cost(batch: int, classes: int, ring: Ring = RING) -> Cost:
    """Return the cost of the labels of a batch."""
    stages = [
        drelu_cost(batch * pairs, ring) + multiply_cost([Elementwise(batch * products)], ring)
        for pairs, products in label_stages(classes)
    ]
    return sum(stages, Cost())


def operation_costs(program: SecureProgram, batch: int = 1) -> list[Cost]:
    """Return the cost of each operation of a program; most have none."""
    return [_cost(program, op, batch) for op in program.operations]


def predict(program: SecureProgram, batch: int = 1) -> Cost:
    """Return what a run costs, to the byte."""
    return sum(operation_costs(program, batch), Cost())


def _cost(program: SecureProgram, op: Operation, batch: int) -> Cost:
    match op:
        case Linear() if products := linear_products(program, op, batch):
            return multiply_cost(products)
        case Relu() | Maximum():
            return relu_cost(batch * prod(op.shape))
        case Output(policy="label"):
            return label_cost(batch, prod(program.operations[op.source].shape))
    return Cost()


def paper(program: SecureProgram, batch: int = 1) -> tuple[int, float]:
    """Return the rounds and the bytes of all parties that the paper's tables give for a program.

    Source: SecureNN, tables of rounds and communication: Conv2d 2 rounds and (2 m^2 f^2 i + 2 f^2 o i + m^2 o) l bits,
        ReLU 10 and 8 l log p + 24 l, Maxpool 9 for each comparison on a path and 8 l log p + 29 l for each comparison.
    """
    rounds, bits = 0, 0.0
    length, residues = RING.bits, RING.bits * log2(RING.prime)
    for op in program.operations:
        count = batch * prod(op.shape)
        match op:
            case Linear():
                convolutions = [term for term in op.terms if isinstance(term, Convolution)]
                rounds += 2 * bool(convolutions)
                bits += length * sum(_unrolled(op, term, batch) for term in convolutions)
            case Relu():
                rounds, bits = rounds + 10, bits + count * (8 * residues + 24 * length)
            case Maximum():
                rounds, bits = rounds + 9, bits + count * (8 * residues + 29 * length)
            case Output(policy="label"):
                classes = prod(program.operations[op.source].shape)
                rounds += 9 * len(label_stages(classes))
                bits += batch * (classes - 1) * (8 * residues + 29 * length)
    return rounds, bits / 8


def _unrolled(op: Linear, term: Convolution, batch: int) -> int:
    """Return the words that a convolution sends as the paper does it: as a product of matrices."""
    outputs, taps = batch * prod(op.shape), prod(term.weight_shape[1:])
    unrolled = outputs // term.weight_shape[0] * taps * term.groups
    return 2 * unrolled + 2 * prod(term.weight_shape) + outputs
