"""Rounds, bytes and correlations of each operation, exactly, for every protocol in the same form."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from primia_core.mpc.cost.conditions import SECURENN
from primia_core.mpc.gates import GATES
from primia_core.mpc.profile import Profile
from primia_core.mpc.program.operations import Linear, Maximum, Operation, Output, Relu, SecureProgram
from primia_core.mpc.protocols import sign_test
from primia_core.mpc.securenn import cost as securenn
from primia_core.mpc.securenn.party import linear_products
from primia_core.mpc.securenn.ring import RING
from primia_core.mpc.securenn.select import label_stages
from primia_core.mpc.session import DIGEST_BYTES


@dataclass(frozen=True)
class OperationCost:
    """Of one operation, or of several.

    Attributes:
        rounds: steps, one after another.
        sent: bytes that each party sends.
        line_bytes: in each round the most that goes from one party to another, summed: what a limit of bandwidth acts
            on. With two parties it is what each sends.
        material: bytes of correlations that party 0, and party 1, are given.
    """

    rounds: int = 0
    sent: tuple[int, ...] = ()
    line_bytes: int = 0
    material: tuple[int, int] = (0, 0)

    @property
    def most_sent(self) -> int:
        """Return the bytes of the party that sends most."""
        return max(self.sent, default=0)


def exact_costs(program: SecureProgram, protocol: str, batch: int = 1) -> list[OperationCost]:
    """Return the cost of each operation of a program.

    Raises:
        ProgramError: there is no such protocol.
    Edge cases: of our own protocols the first operation carries the name of the session, 32 bytes each way. The file of
        a set is longer than its material by header, table and padding, some hundred bytes an operation.
    """
    if protocol == SECURENN:
        spent = securenn.operation_costs(program, batch)
        return [
            OperationCost(cost.rounds, cost.sent, _line_bytes(program, op, batch))
            for op, cost in zip(program.operations, spent, strict=True)
        ]
    return two_party_costs(program.operations, program.widths, protocol, batch)


def two_party_costs(
    operations: Sequence[Operation], widths: Profile, protocol: str, batch: int = 1
) -> list[OperationCost]:
    """Return the cost of operations that have no scales yet: of a network before it is prepared, or even trained.

    Raises:
        ProgramError: there is no such two-party protocol.
    """
    sign = sign_test(protocol, b"")
    costs = []
    for position, op in enumerate(operations):
        traffic = GATES[op.kind].traffic(op, widths, batch, sign)
        sent = traffic.sent + (DIGEST_BYTES if position == 0 else 0)
        costs.append(OperationCost(traffic.rounds, (sent, sent), sent, traffic.material))
    return costs


def total(costs: list[OperationCost]) -> OperationCost:
    """Return the sum over operations."""
    parties = max((len(cost.sent) for cost in costs), default=0)
    sent = tuple(sum(cost.sent[party] for cost in costs if cost.sent) for party in range(parties))
    material = (sum(cost.material[0] for cost in costs), sum(cost.material[1] for cost in costs))
    return OperationCost(sum(c.rounds for c in costs), sent, sum(c.line_bytes for c in costs), material)


def _line_bytes(program: SecureProgram, op: Operation, batch: int) -> int:
    """Return SecureNN's largest messages, round by round along the chain that P1 waits for."""
    match op:
        case Linear() if products := linear_products(program, op, batch):
            factors = sum(prod(product.left) + prod(product.right) for product in products)
            return max(factors, prod(products[0].out)) * RING.word_bytes
        case Relu() | Maximum():
            count = batch * prod(op.shape)
            return _sign_bytes(count) + 2 * count * RING.word_bytes
        case Output(policy="label"):
            stages = label_stages(prod(program.operations[op.source].shape))
            return sum(
                _sign_bytes(batch * pairs) + 2 * batch * products * RING.word_bytes for pairs, products in stages
            )
    return 0


def _sign_bytes(count: int) -> int:
    """Return those of a sign: conversion (4 rounds), then the top bit (3 rounds and a product)."""
    word, residues = count * RING.word_bytes, count * RING.residue_bytes
    return word + (residues + word) + residues + word + (residues + word) + residues + word + 2 * word
