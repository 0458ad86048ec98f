"""One party's side of a model that two parties serve: opened once, then run on shares of images. Sans-IO.

What a benchmark's processes and the parties of a diagnosis have in common. Knows no file, socket or requester.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from primia_core.mpc import party as two_party
from primia_core.mpc.agreement import Agreed, Shelf, agree
from primia_core.mpc.gates import GATES, Gate
from primia_core.mpc.model import PartyModel, Tensors, open_model
from primia_core.mpc.party import Prepared
from primia_core.mpc.profile import Width, Words
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.session import Terms, blind_answer, bound
from primia_core.mpc.steps import Exchange
from primia_core.mpc.weight_masks import WeightMasks


def open_once(
    program: SecureProgram,
    party: int,
    share: Tensors,
    mask_seed: bytes,
    *,
    mask: str,
    version: str,
    book: WeightMasks,
) -> Exchange[PartyModel]:
    """Open W^ with the peer, and let no share of the weights leave under a mask of another version or share.

    Raises:
        MaskReused: the mask has another version, another share left under it, or W^ was another one before.
    Cost: one round; doing it again with the same share sends and gives the same bytes.
    """
    opening = open_model(program, party, share, mask_seed)
    step = next(opening)
    book.may_send(mask, version, step.send[1 - party])
    answers = yield step
    try:
        opening.send(answers)
    except StopIteration as end:
        model: PartyModel = end.value
    book.opened(mask, version, model.opened_bytes())
    return model


@dataclass(frozen=True, repr=False)
class Ready:
    """A set that both parties have burnt for each other, combined with the model: good for one run."""

    prepared: Prepared
    agreed: Agreed

    @property
    def stock_id(self) -> str:
        """Return the id of the set."""
        return self.agreed.stock_id

    def content(self) -> list[Any]:
        """Return what a run uses up: hundreds of megabytes, whose freeing no answer should wait for."""
        return [self.agreed, *self.prepared.correlations]


@dataclass(frozen=True, repr=False)
class ServedModel:
    """What one party needs to serve a model.

    Attributes:
        terms: which both parties must have alike.
        model: this party's half of it.
    """

    party: int
    program: SecureProgram
    model: PartyModel
    terms: Terms
    threads: int = 1

    @property
    def answer_width(self) -> Width:
        """Return modulo what both shares of an answer add up."""
        widths = self.program.widths
        return widths.ring if self.program.output.policy == "logits" else widths.wire

    def prepare(self, shelf: Shelf, gates: Mapping[str, Gate] = GATES) -> Exchange[Ready]:
        """Agree on a set with the peer, burn it, load it, and combine it with the model. Needs no image.

        Raises:
            StockEmpty, StockVoid, StockCorrupt, SessionError: as ``agree``.
        """
        agreed = yield from agree(self.party, shelf, self.terms)
        file = agreed.correlations.load()
        agreed = replace(agreed, correlations=file)  # lets the burnt file go now, and not when a request is there
        prepared = two_party.prepare(
            self.program, self.party, file, self.model,
            protocol=self.terms.kind.protocol, stock_id=bytes.fromhex(agreed.stock_id), seed=file.seed,
            batch=self.terms.kind.batch, threads=self.threads, gates=gates,
        )  # fmt: skip
        return Ready(prepared, agreed)

    def run(
        self, ready: Ready, share: Words, request: bytes, gates: Mapping[str, Gate] = GATES
    ) -> tuple[Exchange[Words], bytes]:
        """Run on a share of images, bound to the request, the set and the terms.

        Args:
            ready: fresh from ``prepare``; it is used up.
            share: ring words, (batch, channel, row, column).
            request: 32 bytes, the same at both parties or nothing is computed.
        Returns:
            The run, which gives this party's blinded share of the answer, and its session.
        """
        session = ready.agreed.session(request)
        online = two_party.run(ready.prepared, share, gates)
        return self._blinded(bound(online, peer=1 - self.party, session=session), ready.agreed.key, session), session

    def _blinded(self, run: Exchange[Words], key: bytes, session: bytes) -> Exchange[Words]:
        return blind_answer(self.party, key, session, (yield from run), self.answer_width)
