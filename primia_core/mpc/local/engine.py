"""Encrypted inference on this machine: starts parties and dealer, shares a model, answers batches of images."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes, token_hex
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.dealing import draw
from primia_core.mpc.errors import MpcError
from primia_core.mpc.local import dealer_process, party_process
from primia_core.mpc.local.orders import (
    Answer,
    Compute,
    Deal,
    Done,
    HandOver,
    Listening,
    LoadModel,
    Meet,
    Network,
    Order,
    Prepare,
    TakeIn,
)
from primia_core.mpc.local.process import Process
from primia_core.mpc.local.work import FIRST_EPOCH
from primia_core.mpc.model import share_model
from primia_core.mpc.profile import Words
from primia_core.mpc.program.encoding import from_words, to_words
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.randomness import SEED_BYTES, Stream, new_seed
from primia_core.mpc.securenn import shares as securenn_shares
from primia_core.mpc.securenn.seat import new_seeds
from primia_core.mpc.stock.header import Kind

SECURENN = "securenn"
START_S = 60.0
WORK_S = 600.0


class OwnedModel(Protocol):
    """A program with its owner's integers; ``SecureModel`` is one."""

    @property
    def program(self) -> SecureProgram:
        """Return what the parties compute."""

    @property
    def weights(self) -> Mapping[str, NDArray[np.int64]]:
        """Return the integers by name."""

    @property
    def digest(self) -> str:
        """Return the version of the model."""


@dataclass(frozen=True)
class Offline:
    """What making one set ready took.

    Attributes:
        dealer_s: writing both files, at the dealer.
        delivery_s: verifying and shelving them, at the slower party.
        prepare_s: burning, loading and preparing, at the slower party.
        file_bytes: of party 0's and party 1's file.
        dealer_laps: seconds of the dealer for each operation, by position.
        prepare_laps: of each party.
    """

    dealer_s: float = 0.0
    delivery_s: float = 0.0
    prepare_s: float = 0.0
    file_bytes: tuple[int, int] = (0, 0)
    dealer_laps: Mapping[int, float] = field(default_factory=dict)
    prepare_laps: tuple[Mapping[int, float], ...] = ()

    @property
    def seconds(self) -> float:
        """Return all of it, one after another."""
        return self.dealer_s + self.delivery_s + self.prepare_s


@dataclass(frozen=True)
class Inference:
    """One answered batch.

    Attributes:
        output: signed sums (batch, classes), to be divided by the program's last scale; or class numbers (batch, 1).
        online_s: from the moment at which the first party began, all having their shares, to that at which the last had
            its answer.
        delayed_s: of it, for which others' work held up the party that was held up most, as far as the system tells.
        pace_s: what a fixed piece of work took the slower party meanwhile; see ``processors.py``.
        counters: of each party, as in ``Answer``.
        peak_memory_bytes: of each party's process so far.
    """

    output: NDArray[np.int64] = field(repr=False)
    online_s: float
    delayed_s: float
    pace_s: float
    counters: tuple[Mapping[str, Any], ...]
    peak_memory_bytes: tuple[int, ...]
    offline: Offline = field(default_factory=Offline)


class LocalEngine:
    """Two parties and a dealer, or SecureNN's three parties, as processes. Use as a context.

    Args:
        model: program and integers.
        protocol: ``fss``, ``fss-oneround``, ``tables``, ``tables-fast`` or ``securenn``.
        batch: images of a run.
        network: what to add to the machine's own.
        threads: of each process.
    Raises:
        PeerLost, PeerStalled, PeerFailed: a process ended, hangs, or refuses, with its reason.
    Security: one operator runs everything here; it is for measurements and trials.
    """

    def __init__(
        self, model: OwnedModel, *, protocol: str, batch: int = 1, network: Network | None = None, threads: int = 1
    ) -> None:
        self.model, self.protocol, self.batch = model, protocol, batch
        self.network, self.threads = network or Network(), threads
        self.folder = Path()
        self.parties: list[Process] = []
        self.dealer: Process | None = None
        self._kind: Kind | None = None

    def __enter__(self) -> Self:
        """Start the processes and share the model."""
        self.folder = Path(tempfile.mkdtemp(prefix="primia-mpc-"))
        try:
            self._start()
            self._share_model()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Stop the processes and remove what they held."""
        self.close()

    def close(self) -> None:
        """Stop everything; twice changes nothing."""
        for process in (*self.parties, *([self.dealer] if self.dealer else [])):
            process.stop()
        self.parties, self.dealer = [], None
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self) -> Offline:
        """Make one run ready: deal, deliver, burn, combine with the model."""
        dealt, taken = Done(0.0, {"file_bytes": (0, 0), "by_operation": {}}), Done(0.0)
        if self.dealer is not None and self._kind is not None:
            outbox = self.folder / "dealer"
            files = (outbox / f"{token_hex(8)}.p0", outbox / f"{token_hex(8)}.p1")
            self.dealer.order(Deal(self._kind, FIRST_EPOCH, files))
            dealt = self.dealer.answer(within_s=WORK_S)
            taken = _slowest(self._all([TakeIn(file) for file in files]))
            for file in files:
                file.unlink()
        prepared: list[Done] = self._all([Prepare(self._kind, self.batch)] * len(self.parties))
        first, second = dealt.facts["file_bytes"]
        return Offline(
            dealer_s=dealt.seconds,
            delivery_s=taken.seconds,
            prepare_s=_slowest(prepared).seconds,
            file_bytes=(first, second),
            dealer_laps=dealt.facts["by_operation"],
            prepare_laps=tuple(done.facts["by_operation"] for done in prepared),
        )

    def infer(self, integers: NDArray[np.int64], network: Network | None = None) -> Inference:
        """Answer one batch of scaled images, (batch, channel, row, column), with a fresh set.

        Args:
            network: of this run; the engine's own where it is left away.
        Raises:
            MpcError: a party refuses or fails; the set is used up all the same.
        """
        offline = self.prepare()
        self._all(self._shares_of(integers))
        replies: list[Answer] = self._all([Compute(network)] * len(self.parties))
        began, ended = min(reply.began_s for reply in replies), max(reply.ended_s for reply in replies)
        first, second = replies[0].share, replies[1].share
        assert first is not None
        assert second is not None
        return Inference(
            output=self._opened(first, second),
            online_s=ended - began,
            delayed_s=max(reply.delayed_s for reply in replies),
            pace_s=max(reply.pace_s for reply in replies),
            counters=tuple(reply.counters for reply in replies),
            peak_memory_bytes=tuple(reply.peak_memory_bytes for reply in replies),
            offline=offline,
        )

    def _start(self) -> None:
        count = 3 if self.protocol == SECURENN else 2
        for number in range(count):
            folder = self.folder / f"party{number}"
            arguments = (number, count, folder, self.protocol, self.network, self.threads)
            self.parties.append(Process(f"party {number}", party_process.main, *arguments))
        if self.protocol != SECURENN:
            (self.folder / "dealer").mkdir()
            self.dealer = Process("the dealer", dealer_process.main, self.folder / "dealer", self.threads)
        listening: list[Listening] = [process.answer(within_s=START_S) for process in self.parties]
        meet = Meet(
            {number: reply.address for number, reply in enumerate(listening)},
            {number: reply.certificate for number, reply in enumerate(listening)},
        )
        self._all([meet] * count)

    def _share_model(self) -> None:
        program = self.model.program
        described, version = program.to_bytes(), token_hex(16)  # a hash of the weights would confirm a guess
        if self.protocol == SECURENN:
            seed, share = securenn_shares.share_model(program, self.model.weights)
            self._all(
                [
                    LoadModel(described, version, seed),
                    LoadModel(described, version, share.words),
                    LoadModel(described, version),
                ]
            )
            return
        assert self.dealer is not None
        self.dealer.order(LoadModel(described, version))
        drawn = self.dealer.answer(within_s=WORK_S).facts
        mask, seeds = drawn["mask"], drawn["mask_seeds"]
        first, second = share_model(program, self.model.weights)
        self._kind = Kind(program=program.digest, mask=mask, protocol=self.protocol, batch=self.batch)
        self._all(
            [
                LoadModel(described, version, first, mask, seeds[0]),
                LoadModel(described, version, second, mask, seeds[1]),
            ]
        )

    def _shares_of(self, integers: NDArray[np.int64]) -> list[HandOver]:
        request = token_bytes(SEED_BYTES)
        if self.protocol == SECURENN:
            seed, words = securenn_shares.share_images(integers)
            pairs = [seeds.with_peer for seeds in new_seeds()]
            return [HandOver(request, share, pair) for share, pair in zip((seed, words, None), pairs, strict=True)]
        program = self.model.program
        seed = new_seed()
        masked = to_words(program, integers) - draw(Stream(seed, 0), integers.shape, program.widths.ring)
        return [HandOver(request, seed), HandOver(request, masked)]

    def _opened(self, first: Words, second: Words) -> NDArray[np.int64]:
        if self.protocol == SECURENN:
            return securenn_shares.opened(first, second)
        program = self.model.program
        if program.output.policy == "label":
            return program.widths.wire.reduce(first + second).astype(np.int64)
        return from_words(program, first + second)

    def _all(self, orders: Sequence[Order]) -> list[Any]:
        """Give every party its order and return all answers; of several failures the first that is no echo."""
        for process, order in zip(self.parties, orders, strict=True):
            process.order(order)
        replies, failures = [], []
        for process in self.parties:
            try:
                replies.append(process.answer(within_s=WORK_S))
            except MpcError as error:
                failures.append(error)
        if failures:
            raise next((f for f in failures if "peer_failed" not in f.message), failures[0])
        return replies


def _slowest(replies: Sequence[Done]) -> Done:
    return max(replies, key=lambda reply: reply.seconds)
