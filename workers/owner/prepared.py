"""What an owner keeps of a service until it is closed: the secure model, and what opens the commitment to it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from primia_core.mpc.errors import ModelError
from primia_core.mpc.program.model import SecureModel
from workers.link.settings_file import write_private
from workers.owner.errors import NotPrepared

MODEL, RECORD = "model.safetensors", "prepared.json"
NONCE_BYTES = 32


class Record(BaseModel):
    """``prepared.json``.

    Attributes:
        model_version: that was prepared.
        nonce: 64 hexadecimal digits; without them nobody can check a guess of the weights against the commitment.
        facts: what was told of the model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_version: str
    nonce: str = Field(repr=False)
    facts: dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """A model that is ready to be shared out."""

    model: SecureModel = field(repr=False)
    model_version: str
    nonce: bytes = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)

    @classmethod
    def new(cls, model: SecureModel, model_version: str, facts: Mapping[str, Any]) -> "Prepared":
        """Draw the commitment's nonce."""
        return cls(model, model_version, token_bytes(NONCE_BYTES), facts)

    @property
    def commitment(self) -> str:
        """Return SHA-256(nonce, digest of program and integers), in hexadecimal.

        Security: binding, and hiding while the nonce is secret: two services with the same weights have different
            commitments, and no guess of weights can be confirmed.
        """
        return sha256(self.nonce + bytes.fromhex(self.model.digest)).hexdigest()

    def save(self, folder: Path) -> None:
        """Write model and record, for this node's user alone; the record comes last and says that all is here."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / RECORD).unlink(missing_ok=True)
        self.model.save(folder / MODEL).chmod(0o600)
        record = Record(model_version=self.model_version, nonce=self.nonce.hex(), facts=dict(self.facts))
        write_private(folder / RECORD, record.model_dump_json().encode())

    @classmethod
    def load(cls, folder: Path) -> "Prepared":
        """Read what ``save`` wrote.

        Raises:
            NotPrepared: nothing is there, or not all of it.
        """
        try:
            record = Record.model_validate_json((folder / RECORD).read_bytes())
            model = SecureModel.load(folder / MODEL)
        except (FileNotFoundError, ValidationError, ModelError) as error:
            raise NotPrepared(
                f"service {folder.name} is not prepared here, or closed ({type(error).__name__}); publish it again"
            ) from error
        return cls(model, record.model_version, bytes.fromhex(record.nonce), record.facts)


def forget(folder: Path) -> None:
    """Delete a service's model and record. Twice changes nothing."""
    shutil.rmtree(folder, ignore_errors=True)
