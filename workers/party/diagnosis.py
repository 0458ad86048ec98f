"""One request at one party: open the share, meet the other party, compute, seal, sign, and store before it leaves.

Every byte that leaves depends on a set that both have burnt, or on nothing; an answer that was stored is resent as it
is. Logs and errors name ids, sizes and seconds, and nothing of a share.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from time import perf_counter
from typing import Any
from uuid import UUID

from primia_core.canonical import canonical_json
from primia_core.diagnosis import ReceivedShare, seal_answer
from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.errors import RequestMismatch, WrongDescriptor
from primia_core.errors import PrimiaError
from primia_core.mpc.errors import SessionError, StockEmpty, TransportError
from primia_core.mpc.profile import Words
from primia_core.mpc.requests import Requests
from primia_core.mpc.served import Ready
from primia_core.mpc.session import check_policy
from primia_core.mpc.steps import Exchange
from workers.link.settings_file import write_private
from workers.node import Job, Node
from workers.node.errors import PayloadError
from workers.party.errors import NoStock, Replayed
from workers.party.line import Line
from workers.party.meeting import NOTHING, Met, Task
from workers.party.services import OpenService
from workers.party.shelf import Shelf

log = logging.getLogger(__name__)

MOST_AHEAD = 2
"""Services for which a set is kept prepared; each takes as much memory as its correlations."""
STEP_CONTEXT = b"primia party step\0"


@dataclass
class Laps:
    """Seconds of the steps of one request."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def at(self, step: str) -> Iterator[None]:
        """Time a block."""
        began = perf_counter()
        try:
            yield
        finally:
            self.seconds[f"{step}_s"] = self.seconds.get(f"{step}_s", 0.0) + perf_counter() - began

    def to_json(self) -> dict[str, float]:
        """Return the seconds, to the millisecond."""
        return {name: round(seconds, 3) for name, seconds in self.seconds.items()}


class Diagnoses:
    """What a party does with requests."""

    def __init__(self, node: Node, party: int, shelf: Shelf) -> None:
        self._node, self._party, self._shelf = node, party, shelf
        self._requests = Requests(node.ledger)
        self._ahead: dict[UUID, Ready] = {}

    def level(self, service: OpenService) -> int:
        """Return how many requests this party has correlations for, the prepared ones counted."""
        return self._shelf.level(service.facts.kind) + (service.facts.service in self._ahead)

    def forget(self, service: UUID) -> None:
        """Let go of what is prepared for a service; it is burnt already."""
        self._ahead.pop(service, None)

    def answer(self, job: Job, service: OpenService, line: Line, payload: Mapping[str, Any]) -> dict[str, object]:
        """Carry out one request, or resend what was answered.

        Raises:
            RequestError, Unsealable: the share is not one for this party of this service, or over.
            Replayed: its id or content came before.
            RequestMismatch: the other party holds half of another request.
            NoStock: nothing is ready at both.
            PeerAbsent, TransportError: the other party does not come, or is lost.
        """
        diagnosis = _diagnosis(payload)
        stored = self._requests.sent(str(diagnosis))
        if stored is not None:
            return {"answer": json.loads(stored), "steps": {}, "stock": self.level(service)}
        laps = Laps()
        descriptor = service.signed
        with laps.at("open"):
            job.phase("opening")
            share = self._open(job, service, descriptor, diagnosis, payload)
        with laps.at("wait"):
            job.phase("meeting")
            met = self._meet(job, service, line, share, int(payload.get("order", 0)))
        with line.together(NoStock):
            with laps.at("prepare"):
                job.phase("preparing")
                ready = self._prepared(job, service, line, met)
            with laps.at("online"):
                job.phase("computing")
                used = ready.content()  # freed after the answer, not before it
                words, session = self._compute(job, service, line, share, ready, met)
        with laps.at("seal"):
            job.phase("sealing")
            answer = seal_answer(self._node.identity, share, words, descriptor=descriptor, session=session)
            sent = self._requests.answer(str(diagnosis), canonical_json(answer.to_json()))
            service.kept.inbox(diagnosis).unlink(missing_ok=True)
        job.afterwards(lambda: self._tidy(service, line, met, session, used))
        log.info("diagnosis %s: %s", diagnosis, laps.to_json())
        return {"answer": json.loads(sent), "steps": laps.to_json(), "stock": self.level(service)}

    def _open(
        self, job: Job, service: OpenService, descriptor: Descriptor, diagnosis: UUID, payload: Mapping[str, Any]
    ) -> ReceivedShare:
        """Read the sealed share and check everything that one party can, its own policy included."""
        if payload.get("descriptor", descriptor.digest) != descriptor.digest:
            raise WrongDescriptor(
                f"the request is for descriptor {str(payload['descriptor'])[:16]}, this party has signed "
                f"{descriptor.digest[:16]}; fetch the descriptor again and ask anew"
            )
        sealed = self._sealed(job, service, diagnosis, str(payload["blob"]))
        try:
            return self._checked(service, descriptor, diagnosis, sealed)
        except PrimiaError:
            service.kept.inbox(diagnosis).unlink(missing_ok=True)  # it will not be better the next time
            raise

    def _checked(self, service: OpenService, descriptor: Descriptor, diagnosis: UUID, sealed: bytes) -> ReceivedShare:
        share = ReceivedShare.open(
            self._node.identity,
            sealed,
            party=self._party,
            diagnosis=diagnosis,
            descriptor=descriptor,
            now=datetime.now(UTC),
        )
        program = service.served.program
        check_policy(wanted=share.header.policy, program=program.output.policy, allowed={descriptor.output.policy})
        try:
            self._requests.admit(str(diagnosis), share.request_digest)
        except SessionError as error:
            raise Replayed(error.message) from error
        return share

    def _sealed(self, job: Job, service: OpenService, diagnosis: UUID, blob: str) -> bytes:
        """Return the sealed share, which the hub need not keep from now on."""
        kept = service.kept.inbox(diagnosis)
        if not kept.exists():
            write_private(kept, job.get_blob(blob))
            job.delete_blob(blob)
        return kept.read_bytes()

    def _meet(self, job: Job, service: OpenService, line: Line, share: ReceivedShare, order: int) -> Met:
        ahead = self._ahead.get(service.facts.service)
        task = Task(
            kind=job.kind,
            subject=str(share.header.diagnosis),
            order=order,
            ready=NOTHING if ahead is None else bytes.fromhex(ahead.stock_id),
            detail=share.request_digest,
            ahead=service.facts.service in self._ahead or len(self._ahead) < MOST_AHEAD,
        )
        met = line.meet(task, job)
        if not met.agree:
            service.kept.inbox(share.header.diagnosis).unlink(missing_ok=True)
            raise RequestMismatch(
                f"the other party holds half of another request under {share.header.diagnosis}; nothing is computed, "
                "and no correlations are used; ask anew"
            )
        return met

    def _prepared(self, job: Job, service: OpenService, line: Line, met: Met) -> Ready:
        """Return a set that both have burnt: the one that was prepared ahead, or the next one."""
        ahead = self._ahead.pop(service.facts.service, None)
        if met.alike and ahead is not None:
            return ahead
        del ahead  # the other party has another one, or none: it is burnt, and lost
        self._shelf.stock.epochs.check(service.facts.epoch, f"service {service.facts.service}")
        found = line.exchange(_unless_empty(service.served.prepare(self._shelf.stock)), met.session, job)
        if found is None:
            raise NoStock(
                f"no correlations for service {service.facts.service} are ready at both parties; "
                "the request waits until the dealer has delivered some"
            )
        return found

    def _compute(
        self, job: Job, service: OpenService, line: Line, share: ReceivedShare, ready: Ready, met: Met
    ) -> tuple[Words, bytes]:
        diagnosis, digest = str(share.header.diagnosis), share.request_digest
        try:
            self._requests.begin(diagnosis, digest)
        except SessionError as error:
            raise Replayed(error.message) from error
        run, session = service.served.run(ready, share.words(), digest)
        try:
            return line.exchange(run, _session_of(met, b"run"), job), session
        except SessionError as error:
            raise RequestMismatch(f"the other party computes another request: {error.message}") from error

    def _tidy(self, service: OpenService, line: Line, met: Met, session: bytes, used: list[Any]) -> None:
        """Free what was used, and prepare the next set while nobody waits."""
        used.clear()
        service.kept.tidy_inbox()
        if not met.ahead:
            return
        try:
            with line.together():
                preparing = _unless_empty(service.served.prepare(self._shelf.stock))
                ready = line.exchange(preparing, _session_of(met, session))
        except TransportError as error:
            log.info("nothing is prepared ahead for service %s: %s", service.facts.service, error.code)
            return
        if ready is not None:
            self._ahead[service.facts.service] = ready


def _unless_empty(preparing: Exchange[Ready]) -> Exchange[Ready | None]:
    """Prepare a set, or return nothing where none is ready: both parties know then, and the line stays open."""
    try:
        return (yield from preparing)
    except StockEmpty:
        return None


def _session_of(met: Met, what: bytes) -> bytes:
    return sha256(STEP_CONTEXT + met.session + what).digest()


def _diagnosis(payload: Mapping[str, Any]) -> UUID:
    try:
        return UUID(str(payload["diagnosis"]))
    except (KeyError, ValueError) as error:
        raise PayloadError("the task names no diagnosis; install the hub's version of PriMIA") from error
