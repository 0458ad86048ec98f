"""What a party keeps of a service, in files that only it reads: enough to serve again after a restart.

facts.json      what it is: mask, epoch, protocol, and who the others are
program.json    what is computed
share           this party's share of the weights: a seed, or words
mask            its seed of R_w
opened          W^, once it is open
descriptor.json what this party has signed, once it has
inbox/          sealed shares of requests that are not answered yet
"""

import json
import shutil
from pathlib import Path
from time import time
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.identity import PublicNode
from primia_core.mpc.model import PartyModel, Tensors, expand_share, reopened, share_from_bytes
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.session import Terms
from primia_core.mpc.stock.header import Kind
from workers.link.settings_file import write_private
from workers.party.errors import ServiceUnknown

BATCH = 1
KEPT_S = 24 * 3600.0
"""How long the sealed share of a request that was not answered stays; the hub gives a request up before that."""


class Other(BaseModel):
    """Another node, and where it listens."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    node: PublicNode
    address: str


class Facts(BaseModel):
    """What a service is, as this party was told and has checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    service: UUID
    version: str
    program: str
    protocol: str
    mask: str = Field(pattern=r"^[0-9a-f]{32}$")
    epoch: int = Field(ge=1)
    policy: Literal["logits", "label"]
    peer: Other
    dealer: Other
    owner: PublicNode

    @property
    def kind(self) -> Kind:
        """Return the kind of its correlation sets."""
        return Kind(program=self.program, mask=self.mask, protocol=self.protocol, batch=BATCH)

    @property
    def terms(self) -> Terms:
        """Return what both parties must have alike."""
        return Terms(self.kind, self.epoch, self.version, self.policy)


class KeptService:
    """One service's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """Say whether the party was given this service."""
        return (self.folder / "facts.json").exists()

    @property
    def is_open(self) -> bool:
        """Say whether W^ is here."""
        return (self.folder / "opened").exists()

    def keep(self, facts: Facts, program: SecureProgram, share: bytes, mask_seed: bytes) -> None:
        """Keep what the party was given; whatever was here of an earlier attempt is forgotten."""
        self.forget()
        write_private(self.folder / "program.json", program.to_bytes())
        write_private(self.folder / "share", share)
        write_private(self.folder / "mask", mask_seed)
        write_private(self.folder / "facts.json", facts.model_dump_json().encode())

    def keep_opened(self, model: PartyModel) -> None:
        """Keep W^."""
        write_private(self.folder / "opened", bytes(model.opened_bytes()))

    def facts(self) -> Facts:
        """Return what the service is.

        Raises:
            ServiceUnknown: there is none here.
        """
        try:
            return Facts.model_validate_json((self.folder / "facts.json").read_bytes())
        except FileNotFoundError:
            raise ServiceUnknown(f"service {self.folder.name} is not open at this party; publish it again") from None

    def program(self) -> SecureProgram:
        """Return what is computed."""
        return SecureProgram.model_validate_json((self.folder / "program.json").read_bytes())

    def secrets(self, program: SecureProgram, party: int) -> tuple[Tensors, bytes]:
        """Return this party's share of the weights, and its seed of R_w."""
        share = (self.folder / "share").read_bytes()
        words = expand_share(program, share) if party == 0 else share_from_bytes(program, share)
        return words, (self.folder / "mask").read_bytes()

    def model(self, program: SecureProgram, party: int) -> PartyModel:
        """Return this party's half of the opened model."""
        share, mask_seed = self.secrets(program, party)
        return reopened(program, party, share, mask_seed, (self.folder / "opened").read_bytes()).pack()

    def keep_descriptor(self, descriptor: Descriptor, signature: dict[str, Any]) -> None:
        """Keep what this party has signed."""
        body = {"descriptor": descriptor.to_json(), "signature": signature}
        write_private(self.folder / "descriptor.json", json.dumps(body).encode())

    def descriptor(self) -> tuple[Descriptor, dict[str, Any]] | None:
        """Return what this party has signed, if it has."""
        try:
            body = json.loads((self.folder / "descriptor.json").read_bytes())
        except FileNotFoundError:
            return None
        return Descriptor.from_json(body["descriptor"]), body["signature"]

    def inbox(self, diagnosis: UUID) -> Path:
        """Return where the sealed share of a request waits for its answer."""
        return self.folder / "inbox" / str(diagnosis)

    def tidy_inbox(self) -> None:
        """Delete shares of requests that nobody has asked to compute for long: the hub has ended those."""
        for path in (self.folder / "inbox").glob("*"):
            if path.stat().st_mtime < time() - KEPT_S:
                path.unlink(missing_ok=True)

    def forget(self) -> None:
        """Delete everything."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
