"""One party of SecureNN runs a program. Sans-IO.

Every value is a pair of shares modulo 2**64, of the integers that the program's scales give. What the program calls
wide, narrow or a sum makes no difference here, so that lifts, reshapes, pools and truncations are local.
"""

from math import prod

from primia_core.mpc.errors import SessionError
from primia_core.mpc.gates.linear import weighted_pool
from primia_core.mpc.gates.maximum import operands
from primia_core.mpc.lifetimes import last_uses
from primia_core.mpc.profile import Words
from primia_core.mpc.program.operations import (
    Convolution,
    Input,
    Lift,
    Linear,
    Maximum,
    Output,
    Relu,
    Reshape,
    SecureProgram,
    Truncate,
    WeightedPool,
)
from primia_core.mpc.securenn.product import ConvolutionOf, help_multiply, multiply
from primia_core.mpc.securenn.ring import RING
from primia_core.mpc.securenn.seat import Seat, Seeds
from primia_core.mpc.securenn.select import help_label, help_relu, label, maximum, relu
from primia_core.mpc.securenn.shares import ModelShare
from primia_core.mpc.securenn.truncation import check_profile, truncate
from primia_core.mpc.steps import Exchange

Values = dict[int, Words]


def securenn_party(
    program: SecureProgram,
    party: int,
    *,
    seeds: Seeds,
    batch: int = 1,
    model: ModelShare | None = None,
    images: Words | None = None,
    threads: int = 1,
) -> Exchange[Words | None]:
    """Run a program as one of three parties.

    Args:
        party: 0 or 1, which hold shares, or 2, which helps.
        seeds: this party's seeds with each other party, for this run alone; see ``Seeds.of_session``.
        batch: images of the run.
        model: this party's share of the model; ``None`` at P2.
        images: its share of the scaled images, (batch, channel, row, column); ``None`` at P2.
        threads: for ring convolutions.
    Returns:
        At P0 and P1 the share of scaled logits, (batch, classes), or of labels, (batch, 1). At P2 ``None``.
    Raises:
        ProfileError: local truncation would go wrong too often for the program's profile.
        ModelError, SessionError: shares do not fit the program, or a party has what it must not have.
    Security: one semi-honest party learns nothing but its own shares and the public program. The shares of the answer
        are fresh: they hide from the requester everything but their sum.
    Cost: see ``cost.predict``.
    Source: SecureNN, section 5.
    """
    check_profile(program.widths)
    seat = Seat(party, seeds, threads=threads)
    if seat.helps:
        if model is not None or images is not None:
            raise SessionError("P2 helps and must not have a share of a model or an image; leave both out")
        return _help(program, seat, batch)
    if model is None or images is None:
        raise SessionError(f"P{party} needs its shares of the model and of the images")
    model.check(program)
    wanted = (batch, *program.operations[0].shape)
    if images.shape != wanted or images.dtype != RING.dtype:
        raise SessionError(
            f"the images' share is {images.dtype} of shape {images.shape}, the program takes uint64 of {wanted}; "
            "share the images for this program and batch"
        )
    return _hold(program, seat, model, images)


def linear_products(program: SecureProgram, op: Linear, batch: int) -> list[ConvolutionOf]:
    """Return the products of shared values that a linear operation needs."""
    return [
        ConvolutionOf(term, batch, _image(program, term), op.shape)
        for term in op.terms
        if isinstance(term, Convolution)
    ]


def _image(program: SecureProgram, term: Convolution) -> tuple[int, ...]:
    return program.operations[term.source].shape


def _hold(program: SecureProgram, seat: Seat, model: ModelShare, images: Words) -> Exchange[Words | None]:
    """Do what P0 and P1 do."""
    batch = len(images)
    values: Values = {}
    last = last_uses(program)
    for position, op in enumerate(program.operations):
        seat.label = f"{position}:{op.kind}"
        match op:
            case Input():
                values[position] = images
            case Linear():
                values[position] = yield from _linear(program, seat, op, values, model)
            case Truncate():
                values[position] = truncate(seat.party, values[op.source], program.widths.fraction_bits)
            case Relu():
                values[position] = yield from relu(seat, values[op.source])
            case Maximum():
                values[position] = yield from maximum(seat, *operands(op, values))
            case Lift():
                values[position] = values[op.source]
            case Reshape():
                values[position] = values[op.source].reshape(batch, *op.shape)
            case WeightedPool():
                values[position] = weighted_pool(values[op.source], op)
            case Output():
                values[position] = values[op.source].reshape(batch, -1)
                if op.policy == "label":
                    values[position] = yield from label(seat, values[position])
        for done in last[position]:
            del values[done]
    return values[len(program.operations) - 1]


def _linear(program: SecureProgram, seat: Seat, op: Linear, values: Values, model: ModelShare) -> Exchange[Words]:
    """Multiply what is secret, in one round for all terms, and add the public multiples and the bias."""
    batch = len(values[op.terms[0].source])
    products = linear_products(program, op, batch)
    factors = [(values[p.term.source], model.words[p.term.weight]) for p in products]
    multiples = [_multiple(values[t.source], t.factor) for t in op.terms if not isinstance(t, Convolution)]
    total = (yield from multiply(seat, products, factors)) if products else multiples.pop()
    for part in multiples:
        total += part
    if op.bias is not None:
        total += model.words[op.bias].reshape(-1, *(1 for _ in op.shape[1:]))
    return total


def _multiple(values: Words, factor: int) -> Words:
    product: Words = values * values.dtype.type(factor & RING.top)
    return product


def _help(program: SecureProgram, seat: Seat, batch: int) -> Exchange[None]:
    """Do what P2 does."""
    for position, op in enumerate(program.operations):
        seat.label = f"{position}:{op.kind}"
        match op:
            case Linear() if products := linear_products(program, op, batch):
                yield from help_multiply(seat, products)
            case Relu() | Maximum():
                yield from help_relu(seat, batch * prod(op.shape))
            case Output(policy="label"):
                yield from help_label(seat, batch, prod(program.operations[op.source].shape))
