"""A dealer at work: its shelves, its pen and its door, and what it does for each kind of task."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from primia_core.diagnosis.framing import encode64
from primia_core.diagnosis.identity import PublicNode
from primia_core.diagnosis.sealing import mask_seed_info
from primia_core.mpc.delivery import DeliveryServer
from primia_core.mpc.program.operations import SecureProgram
from workers.dealer.dealing import MOST_WAITING, Pen
from workers.dealer.door import Door
from workers.dealer.masked import MaskedService
from workers.dealer.shelves import Shelves
from workers.node import Job, Node
from workers.node.errors import PayloadError

Payload = Mapping[str, Any]


class Dealer:
    """One dealer."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.shelves, self._pen = Shelves(node.folder, node.ledger), Pen(node.threads)
        server = DeliveryServer(self.shelves, node.identity.tls, self.shelves.callers)
        self.door = Door(server, node.settings.door)

    def close(self) -> None:
        """Close the door."""
        self.door.close()

    def mask(self, job: Job, payload: Payload) -> dict[str, object]:
        """Draw R_w for a model version and seal each party's seed for it.

        Every task draws a mask of its own, also for a version that had one: two preparations of one model under one
        mask would give their difference away. A task that is delivered again after a crash draws again; the mask
        before was given to nobody.
        """
        job.phase("masking")
        parties = tuple(
            self._node.trust.check(PublicNode.from_json(party), f"party {number}")
            for number, party in enumerate(payload["parties"])
        )
        if len(parties) != 2 or parties[0].tls.fingerprint == parties[1].tls.fingerprint:
            raise PayloadError(f"a service has two different parties, the task names {len(parties)}")
        service = MaskedService.draw(
            service=_service(payload),
            model_version=str(payload["version"]),
            program=_program(payload),
            protocol=str(payload["protocol"]),
            epoch=self.shelves.epochs.current,
            parties=(parties[0], parties[1]),
        )
        self._pen.forget()
        self.shelves.keep(service)
        sealed = [
            encode64(party.seal(seed, mask_seed_info(service.service, number)))
            for number, (party, seed) in enumerate(zip(service.parties, service.seeds, strict=True))
        ]
        return {"mask": service.mask, "epoch": service.epoch, "seeds": sealed}

    def deal(self, job: Job, payload: Payload) -> dict[str, object]:
        """Deal sets ahead; parties fetch them at the door."""
        service = self.shelves.service(_service(payload))
        count = int(payload["count"])
        if not 0 <= count <= MOST_WAITING:
            raise PayloadError(f"an order is for 0 to {MOST_WAITING} sets, got {count}")

        def told(done: int, of: int) -> None:
            job.phase("dealing", done, of)
            job.check()

        dealt = self._pen.deal(service, self.shelves.outbox(service), count, told)
        return {"dealt": dealt.sets, "bytes": dealt.bytes, "waiting": list(dealt.waiting)}

    def close_service(self, job: Job, payload: Payload) -> dict[str, object]:
        """Forget a service: its mask, and the sets that nobody fetched."""
        job.phase("closing")
        self._pen.forget()
        self.shelves.close(_service(payload))
        return {"closed": True}


def _service(payload: Payload) -> str:
    return str(UUID(str(payload["service"])))


def _program(payload: Payload) -> SecureProgram:
    try:
        return SecureProgram.model_validate(payload["program"])
    except ValidationError as error:
        raise PayloadError(f"the program cannot be read: {error.error_count()} fields are wrong") from error
