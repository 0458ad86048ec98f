"""The end of a program: shares of the logits, or of the label alone.

A label is the position of the largest logit, by a knock-out of the classes: each meeting compares two narrow wires and
keeps the larger and its number, both under new masks. Neither the logits nor any comparison is opened; of equal
logits the first wins.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.gates.context import DealerContext, Masks, PartyContext, Values, open_sum
from primia_core.mpc.gates.maximum import larger
from primia_core.mpc.gates.openings import Mask, TruncateGate
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.program.operations import Output, Truncate
from primia_core.mpc.sign import Chosen, Multiplied, Payload, Place, SignTest
from primia_core.mpc.steps import Exchange
from primia_core.mpc.traffic import NOTHING, Traffic, opening


@dataclass(frozen=True, repr=False)
class Meeting:
    """One party's correlations of one stage: shares of the second's masks, of the new masks, and the sign test."""

    right_mask: Words
    right_number_mask: Words
    out_mask: Words
    out_number_mask: Words
    sign: Any


@dataclass(frozen=True, repr=False)
class LabelCorrelation:
    """One party's correlations of a label: of the truncation and of every stage."""

    wire: Width
    logits: Mask
    test: SignTest
    stages: tuple[Meeting, ...]


class OutputGate:
    """Shares of logits as they are; or of the label, modulo 2**m.

    Returns: for logits the party's share of the last sum, (batch, classes) ring words. For a label its share of the
        class number, (batch, 1), modulo 2**m.
    Edge cases: an only class is class 0.
    Security: nothing about the logits is opened but uniform values.
    Cost: none for logits. For C classes 1 + ceil(log2 C) (s + 1) - 1 steps, s being those of the sign test.
    """

    def deal(self, op: Output, dealing: Dealing, masks: Masks, context: DealerContext) -> None:
        """Write what the knock-out needs, if there is one."""
        if op.policy == "logits":
            return
        wire, classes = context.profile.wire, _classes(op)
        mask = dealing.mask((context.batch, classes), wire)
        numbers = np.zeros_like(mask)
        while mask.shape[1] > 1:
            left, right, rest = _paired(mask)
            left_number, right_number, rest_number = _paired(numbers)
            out, out_number = (dealing.mask(left.shape, wire) for _ in range(2))
            difference, number = wire.reduce(left - right), wire.reduce(left_number - right_number)
            stage = f"{mask.shape[1]} "
            context.sign.deal(
                dealing.within(stage), difference, wire.bits, wire, [Payload(difference, wire), Payload(number, wire)]
            )
            mask, numbers = np.hstack([out, rest]), np.hstack([out_number, rest_number])

    def take(
        self, op: Output, tape: Tape, shares: Masks, context: PartyContext
    ) -> tuple[LabelCorrelation | None, None]:
        """Read what the knock-out needs."""
        if op.policy == "logits":
            return None, None
        wire = context.profile.wire
        mask = tape.mask((context.batch, _classes(op)), wire)
        logits, numbers = Mask(context.profile, mask), np.zeros_like(mask)
        stages = []
        while mask.shape[1] > 1:
            left, right, rest = _paired(mask)
            left_number, right_number, rest_number = _paired(numbers)
            out, out_number = (tape.mask(left.shape, wire) for _ in range(2))
            stage = f"{mask.shape[1]} "
            payloads = [
                Payload(wire.reduce(left - right), wire), Payload(wire.reduce(left_number - right_number), wire)
            ]  # fmt: skip
            sign = context.sign.take(tape.within(stage), left.size, wire.bits, wire, payloads)
            stages.append(Meeting(right.reshape(-1), right_number.reshape(-1), out, out_number, sign))
            mask, numbers = np.hstack([out, rest]), np.hstack([out_number, rest_number])
        return LabelCorrelation(wire, logits, context.sign, tuple(stages)), None

    def online(self, op: Output, correlation: LabelCorrelation | None, values: Values, place: Place) -> Exchange[Words]:
        """Return the shares of the logits, or play the knock-out."""
        logits = values[op.source].reshape(values[op.source].shape[0], -1)
        if correlation is None:
            return logits
        truncate = Truncate(source=op.source, shape=(logits.shape[1],))
        opened = yield from TruncateGate().online(truncate, correlation.logits, {op.source: logits}, place)
        if not correlation.stages:
            return np.zeros_like(opened)
        numbers = np.broadcast_to(np.arange(opened.shape[1], dtype=opened.dtype), opened.shape)
        for stage in correlation.stages[:-1]:
            opened, numbers = yield from _meet(place, correlation, stage, opened, numbers)
        return (yield from _last(place, correlation, opened, numbers))

    def traffic(self, op: Output, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return nothing for logits; for a label a truncation and the meetings, the last of which opens nothing."""
        if op.policy == "logits":
            return NOTHING
        wire, classes = profile.wire, _classes(op)
        total = opening(batch * classes, wire)
        while classes > 1:
            count = batch * (classes // 2)
            total += sign.traffic(profile, count, wire.bits, wire, (wire, wire))
            classes -= classes // 2
            total += opening(2 * count, wire) if classes > 1 else NOTHING
        return total


def _meet(
    place: Place, correlation: LabelCorrelation, stage: Meeting, opened: Words, numbers: Words
) -> Exchange[tuple[Words, Words]]:
    """Play one stage: open the larger ones and their numbers, both under new masks, in one step."""
    wire = correlation.wire
    left, right, rest = _paired(opened)
    result = yield from _compare(place, correlation, stage, left, right)
    mine = larger(
        place, left.reshape(-1), right.reshape(-1), result, stage.right_mask, stage.out_mask.reshape(-1), wire
    )
    number = _number(place, wire, result, stage, numbers)
    both = np.stack([mine.reshape(left.shape), wire.reduce(number + stage.out_number_mask)])
    winners, winning = yield from open_sum(place, both, wire)
    return np.hstack([winners, rest]), np.hstack([winning, _paired(numbers)[2]])


def _last(place: Place, correlation: LabelCorrelation, opened: Words, numbers: Words) -> Exchange[Words]:
    """Play the final: the share of its number stays a share."""
    stage = correlation.stages[-1]
    left, right, _ = _paired(opened)
    result = yield from _compare(place, correlation, stage, left, right)
    return _number(place, correlation.wire, result, stage, numbers)


def _compare(
    place: Place, correlation: LabelCorrelation, stage: Meeting, left: Words, right: Words
) -> Exchange[Chosen | Multiplied]:
    wire = correlation.wire
    difference = wire.reduce(left - right).reshape(-1)
    return (yield from correlation.test.online(place, difference, wire.bits, stage.sign))


def _number(place: Place, wire: Width, result: Chosen | Multiplied, stage: Meeting, numbers: Words) -> Words:
    """Return this party's share of the winner's number: that of the second, or with d = 1 of the first."""
    left, right, _ = _paired(numbers)
    if isinstance(result, Chosen):
        chosen, one = result.opened == 1, result.ones.dtype.type(place.party == 0)
        product, whole = result.products[1]
        d, d_mask = np.where(chosen, one - result.ones, result.ones), np.where(chosen, whole - product, product)
    else:
        d, d_mask = (share.astype(wire.dtype) for share in (result.ones, result.products[1]))
    share = d.reshape(left.shape) * (left - right) - d_mask.reshape(left.shape)
    share -= stage.right_number_mask.reshape(left.shape)
    return wire.reduce(share + right if place.party == 0 else share)


def _paired(values: Words) -> tuple[Words, Words, Words]:
    """Split columns into firsts, seconds, and one without an opponent or none."""
    pairs = values.shape[1] // 2
    paired = values[:, : 2 * pairs]
    return paired[:, 0::2], paired[:, 1::2], values[:, 2 * pairs :]


def _classes(op: Output) -> int:
    return int(np.prod(op.shape))
