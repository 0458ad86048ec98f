"""The services that a party helps to give: what it was given of each, what it has opened, and what it has signed."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from primia_core.diagnosis.descriptor import Descriptor
from primia_core.errors import PrimiaError
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.served import ServedModel
from workers.node import Node
from workers.node.errors import PayloadError
from workers.party.errors import OtherPeer, ServiceUndescribed, ServiceUnknown
from workers.party.kept import Facts, KeptService, Other

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenService:
    """A service whose W^ is here."""

    kept: KeptService
    facts: Facts
    served: ServedModel

    @property
    def signed(self) -> Descriptor:
        """Return the descriptor that this party has signed.

        Raises:
            ServiceUndescribed: it has signed none.
        """
        found = self.kept.descriptor()
        if found is None:
            raise ServiceUndescribed(f"this party has signed no descriptor of service {self.facts.service}; publish it")
        return found[0]


class Services:
    """Those that this party keeps."""

    def __init__(self, node: Node, party: int) -> None:
        self._node, self._party = node, party
        self._open: dict[UUID, OpenService] = {}
        for kept in self._all_kept():
            self._load(kept)

    def kept(self, service: UUID) -> KeptService:
        """Return a service's folder, whether it exists or not."""
        return KeptService(self._node.folder.service(str(service)))

    def get(self, service: UUID) -> OpenService:
        """Return an open service.

        Raises:
            ServiceUnknown: it is not open here.
        """
        if service not in self._open:
            raise ServiceUnknown(f"service {service} is not open at this party; publish it again")
        return self._open[service]

    def open(self, kept: KeptService) -> OpenService:
        """Take up a service whose W^ is here now."""
        facts, program = kept.facts(), kept.program()
        served = ServedModel(
            self._party, program, kept.model(program, self._party), facts.terms, threads=self._node.threads
        )
        self._open[facts.service] = OpenService(kept, facts, served)
        return self._open[facts.service]

    def forget(self, service: UUID) -> None:
        """Delete everything of a service."""
        self._open.pop(service, None)
        self.kept(service).forget()

    def descriptors(self) -> Iterator[tuple[Descriptor, dict[str, Any]]]:
        """Give what this party has signed, with its signatures."""
        for service in list(self._open.values()):
            if (signed := service.kept.descriptor()) is not None:
                yield signed

    def peer(self) -> Other | None:
        """Return the other party, as the latest service names it."""
        peers = [kept.facts().peer for kept in self._all_kept()]
        return peers[-1] if peers else None

    def facts_of(self, payload: Mapping[str, Any]) -> tuple[Facts, SecureProgram]:
        """Read what a task says of a service, and check whom it names.

        Raises:
            PayloadError: it lacks something.
            NotConfirmed: nobody here has confirmed one of the nodes that it names.
            OtherPeer: this folder has another peer.
        """
        try:
            program = SecureProgram.model_validate(payload["program"])
            facts = Facts(
                service=payload["service"],
                version=payload["version"],
                program=program.digest,
                protocol=payload["protocol"],
                mask=payload["mask"],
                epoch=payload["epoch"],
                policy=program.output.policy,
                peer=payload["peer"],
                dealer=payload["dealer"],
                owner=payload["owner"]["node"],
            )
        except (KeyError, TypeError) as error:
            raise PayloadError(f"the task says nothing of {error}; install the hub's version of PriMIA") from error
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, problem["loc"]))
            raise PayloadError(f"the task cannot be used: {where}: {problem['msg']}") from error
        trust = self._node.trust
        trust.check(facts.peer.node, f"party {1 - self._party}")
        trust.check(facts.dealer.node, "dealer")
        trust.check(facts.owner, "model owner")
        known = self.peer()
        if known is not None and known.node.fingerprint != facts.peer.node.fingerprint:
            raise OtherPeer(
                f"this node works with {known.node.name!r} ({known.node.fingerprint[:16]}), the task names "
                f"{facts.peer.node.name!r} ({facts.peer.node.fingerprint[:16]}); make another node for another peer"
            )
        return facts, program

    def _all_kept(self) -> list[KeptService]:
        root = self._node.folder.services
        folders = sorted(root.iterdir(), key=lambda path: path.stat().st_mtime) if root.exists() else []
        return [kept for folder in folders if (kept := KeptService(folder)).exists]

    def _load(self, kept: KeptService) -> None:
        """Take up a service after a restart; one that cannot be read is published again, and ends no worker."""
        if not kept.is_open:
            return
        try:
            self.open(kept)
        except (PrimiaError, ValidationError, OSError) as error:
            log.error("service %s cannot be taken up: %s", kept.folder.name, error)
