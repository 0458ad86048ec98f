"""A compute party at work: what it does for each kind of task. It decides by itself what it answers and signs."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from primia_core.diagnosis import vouching
from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.framing import decode64
from primia_core.diagnosis.sealing import mask_seed_info, model_share_info
from primia_core.mpc.agreement import compare_histories
from primia_core.mpc.delivery import Order, collect
from primia_core.mpc.model import PartyModel, expand_share, share_from_bytes
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.served import open_once
from primia_core.mpc.steps import Exchange
from primia_core.mpc.weight_masks import WeightMasks
from workers.node import Job, Node
from workers.node.errors import PayloadError
from workers.node.place import Place
from workers.party.diagnosis import Diagnoses
from workers.party.kept import Facts, KeptService, Other
from workers.party.line import Line
from workers.party.meeting import NOTHING, Task
from workers.party.page import KeyPage
from workers.party.promise import check_promise
from workers.party.services import Services
from workers.party.shelf import Shelf

log = logging.getLogger(__name__)

NOWHERE = Place("", 0)
"""Where party 1 listens: nobody calls it."""

Payload = Mapping[str, Any]


class Party:
    """One compute party."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.party = int(node.settings.role == "p1")
        self.shelf = Shelf(node, self.party)
        self.services = Services(node, self.party)
        self._masks = WeightMasks(node.ledger)
        self._diagnoses = Diagnoses(node, self.party, self.shelf)
        self._line: Line | None = None
        self._line_to: Other | None = None
        place = node.settings.shown_at
        self.page = KeyPage(place, self.shown) if place is not None else None

    def close(self) -> None:
        """Hang up, and stop showing the keys."""
        if self.page is not None:
            self.page.close()
        if self._line is not None:
            self._line.close()

    def shown(self) -> dict[str, Any]:
        """Return what everybody may read of this party."""
        signed = [
            {"service": str(descriptor.service), "digest": descriptor.digest, "signature": signature["signature"]}
            for descriptor, signature in self.services.descriptors()
        ]
        return {"node": self._node.identity.public.to_json(), "descriptors": signed}

    def open(self, job: Job, payload: Payload) -> dict[str, object]:
        """Take a share of the weights and the seed of their mask, and open W^ with the other party."""
        job.phase("opening")
        facts, program = self.services.facts_of(payload)
        self.shelf.enter(facts.epoch)
        kept = self.services.kept(facts.service)
        opened = self._known(kept, facts)
        if opened == NOTHING:
            self._take_share(job, kept, facts, program, payload)
        job.phase("meeting")
        line = self._line_for(facts.peer)
        task = Task(job.kind, str(facts.service), int(payload.get("order", 0)), ready=opened, detail=facts.terms.digest)
        met = line.meet(task, job)
        if not met.agree:
            raise PayloadError("the other party was told other terms of this service; publish it again")
        if not met.alike:
            job.phase("opening")
            with line.together():
                model = line.exchange(self._opening(kept, facts, program), met.session, job)
            kept.keep_opened(model)
        self.services.open(kept)
        job.delete_blob(str(payload["blob"]))
        return {"model": "opened"}

    def sign(self, job: Job, payload: Payload) -> dict[str, object]:
        """Sign a descriptor that promises what this party has opened, and nothing else."""
        job.phase("signing")
        descriptor = Descriptor.from_json(payload["descriptor"])
        descriptor.check_open(datetime.now(UTC))
        service = self.services.get(descriptor.service)
        check_promise(
            descriptor,
            service.facts,
            service.served.program,
            party=self.party,
            own=self._node.identity.public,
            origin=self._node.settings.origin,
        )
        signature = vouching.sign(descriptor, self._node.identity, "p1" if self.party else "p0")
        kept = signature.model_dump(mode="json")
        service.kept.keep_descriptor(descriptor, kept)
        return {"signature": kept["signature"]}

    def fetch(self, job: Job, payload: Payload) -> dict[str, object]:
        """Fetch correlations from the dealer. Runs beside other tasks, in a loop of its own."""
        job.phase("fetching")
        service = self.services.get(_service(payload))
        facts, dealer = service.facts, service.facts.dealer
        place = Place.parse(dealer.address)
        order = Order(service=str(facts.service), kind=facts.kind, epoch=facts.epoch, want=int(payload["count"]))
        collected = asyncio.run(
            collect(
                self.shelf.stock,
                order,
                host=place.host,
                port=place.port,
                identity=self._node.identity.tls,
                dealer=dealer.node.tls,
            )
        )
        level = self._diagnoses.level(service)
        log.info("service %s: %d sets fetched, %d ready", facts.service, len(collected.received), level)
        return {"taken": len(collected.received), "level": level}

    def compute(self, job: Job, payload: Payload) -> dict[str, object]:
        """Answer one request."""
        service = self.services.get(_service(payload))
        return self._diagnoses.answer(job, service, self._line_for(service.facts.peer), payload)

    def close_service(self, job: Job, payload: Payload) -> dict[str, object]:
        """Forget a service: its share, its W^ and what is prepared for it. What was used stays in the ledger."""
        job.phase("closing")
        service_id = _service(payload)
        kept = self.services.kept(service_id)
        if kept.exists:
            self.shelf.clear(kept.facts().kind)
        self._diagnoses.forget(service_id)
        self.services.forget(service_id)
        return {"closed": True}

    def _take_share(self, job: Job, kept: KeptService, facts: Facts, program: SecureProgram, payload: Payload) -> None:
        sealed, identity = job.get_blob(str(payload["blob"])), self._node.identity
        share = identity.open(sealed, model_share_info(facts.service, self.party))
        mask_seed = identity.open(decode64(payload["mask_seed"]), mask_seed_info(facts.service, self.party))
        _ = expand_share(program, share) if self.party == 0 else share_from_bytes(program, share)
        kept.keep(facts, program, share, mask_seed)

    def _opening(self, kept: KeptService, facts: Facts, program: SecureProgram) -> Exchange[PartyModel]:
        share, mask_seed = kept.secrets(program, self.party)
        yield from compare_histories(self.party, self.shelf.stock)
        return (
            yield from open_once(
                program, self.party, share, mask_seed, mask=facts.mask, version=facts.version, book=self._masks
            )
        )

    def _known(self, kept: KeptService, facts: Facts) -> bytes:
        """Return the beginning of the hash of W^ where this very service is open already; else zeros."""
        if not kept.is_open or kept.facts() != facts:
            return NOTHING
        return sha256((kept.folder / "opened").read_bytes()).digest()[: len(NOTHING)]

    def _line_for(self, peer: Other) -> Line:
        if self._line is None or self._line_to != peer:
            if self._line is not None:
                self._line.close()
            own = self._node.settings.door if self.party == 0 else NOWHERE
            places = (own, NOWHERE) if self.party == 0 else (Place.parse(peer.address), NOWHERE)
            self._line = Line(
                self.party, self._node.identity.tls, peer.node.tls, places, meeting_s=self._node.settings.waits_s
            )
            self._line_to = peer
        return self._line


def _service(payload: Payload) -> UUID:
    try:
        return UUID(str(payload["service"]))
    except (KeyError, ValueError) as error:
        raise PayloadError("the task names no service; install the hub's version of PriMIA") from error
