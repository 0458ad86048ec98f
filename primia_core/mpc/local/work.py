"""What a party process does for a protocol: two parties with correlations, or SecureNN's three."""

from collections.abc import Generator
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from primia_core.mpc.agreement import compare_histories
from primia_core.mpc.dealing import draw
from primia_core.mpc.errors import SessionError
from primia_core.mpc.local.orders import HELPER, HandOver, LoadModel, Prepare
from primia_core.mpc.local.stopwatches import Laps, timed_gates
from primia_core.mpc.model import PartyModel, expand_share
from primia_core.mpc.profile import Words
from primia_core.mpc.program.operations import Input, SecureProgram
from primia_core.mpc.randomness import Stream
from primia_core.mpc.requests import Requests
from primia_core.mpc.securenn.party import securenn_party
from primia_core.mpc.securenn.seat import Seeds
from primia_core.mpc.securenn.shares import ModelShare, expand_images
from primia_core.mpc.served import Ready, ServedModel, open_once
from primia_core.mpc.session import Terms
from primia_core.mpc.steps import Answers, Exchange, Step
from primia_core.mpc.stock.ledger import Ledger
from primia_core.mpc.stock.stock import Stock
from primia_core.mpc.weight_masks import WeightMasks

PART_BYTES = 4 << 20
FIRST_EPOCH = 1
Stepping = Generator[Step, Answers, None]
Run = tuple[Exchange[Words], bytes] | tuple[Exchange[Words | None], bytes]


class Work(Protocol):
    """The work of one party for one protocol.

    Attributes:
        laps: of the last preparation or run, by operation; SecureNN keeps none.
    """

    laps: Laps

    def load(self, order: LoadModel) -> Stepping:
        """Take a share of a model."""

    def take_in(self, path: Path) -> int:
        """Take in what the dealer left, and return its size."""

    def prepare(self, order: Prepare) -> Stepping:
        """Get ready for one run."""

    def hand_over(self, order: HandOver) -> Run:
        """Take a share of images, and return the run on it and the session that it is bound to."""

    def release(self) -> None:
        """Free what a run has used up: hundreds of megabytes, for which no answer should wait."""


class TwoPartyWork:
    """P0 or P1 of our own protocols."""

    def __init__(self, party: int, folder: Path, protocol: str, threads: int) -> None:
        self.party, self.protocol, self.threads = party, protocol, threads
        ledger = Ledger(folder / "ledger.sqlite")
        self.stock = Stock(folder / "stock", ledger, party)
        self.masks, self.requests = WeightMasks(ledger), Requests(ledger)
        self.stock.open_epoch(FIRST_EPOCH)
        self.program: SecureProgram | None = None
        self.model: PartyModel | None = None
        self.version = ""
        self.served: ServedModel | None = None
        self.laps = Laps()
        self.ready: Ready | None = None
        self._used: list[Any] = []

    def load(self, order: LoadModel) -> Stepping:
        """Open W^ with the other party, and pack it."""
        program = SecureProgram.model_validate_json(order.program)
        assert order.mask_seed is not None
        assert order.share is not None
        share = expand_share(program, order.share) if isinstance(order.share, bytes) else order.share
        yield from compare_histories(self.party, self.stock)
        model = yield from open_once(
            program, self.party, share, order.mask_seed, mask=order.mask, version=order.model, book=self.masks
        )
        self.program, self.model, self.version = program, model.pack(), order.model

    def take_in(self, path: Path) -> int:
        """Receive, verify and shelve a correlation file."""
        size = 0
        with path.open("rb", buffering=0) as file, self.stock.receive() as intake:
            part = bytearray(PART_BYTES)
            while count := file.readinto(part):
                intake.write(memoryview(part)[:count])
                size += count
            intake.finish()
        return size

    def prepare(self, order: Prepare) -> Stepping:
        """Agree on a set with the other party and burn it; load it, and combine it with the model."""
        if self.program is None or self.model is None or order.kind is None:
            raise SessionError("the party has no model yet; load one first")
        self.ready = None  # frees the set before
        self.laps = Laps()
        terms = Terms(order.kind, FIRST_EPOCH, self.version, self.program.output.policy)
        self.served = ServedModel(self.party, self.program, self.model, terms, self.threads)
        self.ready = yield from self.served.prepare(self.stock, timed_gates(self.laps))

    def hand_over(self, order: HandOver) -> Run:
        """Take a share of images, for a run that is bound to the request, the set and the program."""
        if self.program is None or self.served is None or self.ready is None or order.share is None:
            raise SessionError("the party is not prepared, or has no share of an image; prepare it first")
        self.requests.begin(order.request.hex(), order.request)
        ready, self.ready = self.ready, None
        self._used = ready.content()
        share = order.share
        if isinstance(share, bytes):
            shape = (ready.prepared.context.batch, *_input_shape(self.program))
            share = draw(Stream(share, 0), shape, self.program.widths.ring)
        self.laps = Laps()
        return self.served.run(ready, share, order.request, timed_gates(self.laps))

    def release(self) -> None:
        """Free the correlations of the last run."""
        self._used.clear()


class ThreePartyWork:
    """P0, P1 or P2 of SecureNN, whose correlations are made while it runs."""

    def __init__(self, party: int, folder: Path, protocol: str, threads: int) -> None:
        self.party, self.threads, self.laps = party, threads, Laps()
        self.program: SecureProgram | None = None
        self.model: ModelShare | None = None
        self.batch = 1

    def load(self, order: LoadModel) -> Stepping:
        """Keep the share; nothing is opened."""
        yield from ()
        program = SecureProgram.model_validate_json(order.program)
        if self.party != HELPER:
            share = order.share
            assert share is not None
            self.model = ModelShare.expand(program, share) if isinstance(share, bytes) else ModelShare(share)
        self.program = program

    def take_in(self, path: Path) -> int:
        """Refuse: no dealer is part of this protocol."""
        raise SessionError(f"SecureNN takes no correlation files, got {path.name}")

    def prepare(self, order: Prepare) -> Stepping:
        """Note the batch."""
        yield from ()
        self.batch = order.batch

    def hand_over(self, order: HandOver) -> Run:
        """Take a share of images, or help."""
        if self.program is None:
            raise SessionError("the party has no model yet; load one first")
        shape = (self.batch, *_input_shape(self.program))
        images: Any = order.share
        if isinstance(images, bytes):
            images = expand_images(images, shape)
        exchange = securenn_party(
            self.program, self.party, seeds=Seeds(order.session_seeds), batch=self.batch,
            model=self.model, images=images, threads=self.threads,
        )  # fmt: skip
        return exchange, sha256(order.request + self.program.digest.encode()).digest()

    def release(self) -> None:
        """Do nothing: what a run needed went with it."""


def _input_shape(program: SecureProgram) -> tuple[int, ...]:
    first = program.operations[0]
    assert isinstance(first, Input)
    return first.shape
