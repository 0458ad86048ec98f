"""One compute party: prepares its correlations ahead, then runs a program on a share of an image. Sans-IO."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from primia_core.mpc.dealing import Source, Tape
from primia_core.mpc.errors import SessionError
from primia_core.mpc.gates import GATES, IMAGE, Gate, PartyContext, PartySecrets
from primia_core.mpc.lifetimes import last_uses
from primia_core.mpc.profile import Words
from primia_core.mpc.program.operations import Input, SecureProgram
from primia_core.mpc.protocols import sign_test
from primia_core.mpc.steps import Exchange


@dataclass(frozen=True, repr=False)
class Prepared:
    """A party's correlations of one run, expanded and combined with its model: good for one run only."""

    program: SecureProgram
    context: PartyContext
    correlations: list[Any]


def prepare(
    program: SecureProgram,
    party: int,
    source: Source,
    secrets: PartySecrets,
    *,
    protocol: str,
    stock_id: bytes,
    seed: bytes,
    batch: int = 1,
    threads: int = 1,
    gates: Mapping[str, Gate] = GATES,
) -> Prepared:
    """Read and prepare one set of correlations: everything that needs no image.

    Args:
        party: 0 or 1.
        source: this party's arrays of the set.
        secrets: its half of the model, opened under the mask that the set was dealt for.
        seed: its seed of the set.
        batch: images of the run; as dealt.
        gates: by kind of operation; measurements give gates with a stopwatch.
    Returns:
        What ``run`` consumes.
    Cost: one ring convolution for each filter.
    """
    context = PartyContext(program.widths, batch, sign_test(protocol, stock_id), party, secrets, threads)
    last = last_uses(program)
    shares: dict[int, Words] = {}
    correlations = []
    for position, op in enumerate(program.operations):
        tape = Tape(position, program.widths, party, seed, source)
        correlation, share = gates[op.kind].take(op, tape, shares, context)
        correlations.append(correlation)
        if share is not None:
            shares[position] = share
        for done in last[position]:
            shares.pop(done, None)
    return Prepared(program, context, correlations)


def run(prepared: Prepared, image: Words, gates: Mapping[str, Gate] = GATES) -> Exchange[Words]:
    """Run the program on a share of an image.

    Args:
        prepared: fresh from ``prepare``; it is empty afterwards.
        image: this party's additive share of the scaled image, (batch, channel, row, column) ring words.
        gates: by kind of operation, as in ``prepare``.
    Returns:
        This party's share of the answer, as the program's output says.
    Raises:
        SessionError: the correlations were used before, or the image does not fit the program.
    Security: every message is uniform; a set of correlations used twice gives differences of secrets away.
    """
    program, context = prepared.program, prepared.context
    _check_image(program, context, image)
    correlations: Sequence[Any] = list(prepared.correlations)
    if not correlations:
        raise SessionError("these correlations were used before; prepare another set")
    prepared.correlations.clear()
    last = last_uses(program)
    values: dict[int, Words] = {IMAGE: image}
    for position, op in enumerate(program.operations):
        place = context.place(position, op.kind)
        values[position] = yield from gates[op.kind].online(op, correlations[position], values, place)
        for done in last[position]:
            del values[done]
    return values[len(program.operations) - 1]


def _check_image(program: SecureProgram, context: PartyContext, image: Words) -> None:
    first = program.operations[0]
    assert isinstance(first, Input)
    wanted = (context.batch, *first.shape)
    if image.shape != wanted or image.dtype != context.profile.ring.dtype:
        raise SessionError(
            f"the image's share is {image.dtype} of shape {image.shape}, the program takes words of "
            f"{context.profile.ring_bits} bits of shape {wanted}; share the image for this program and batch"
        )
