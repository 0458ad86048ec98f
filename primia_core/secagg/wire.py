"""What every message of secure aggregation has in common: frozen, strict JSON, and signed under its own name.

It knows how bytes are written and signed, and nothing of what a message means.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Protocol, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from primia_core.canonical import canonical_json, sha256_hex

PROTOCOL = "primia secagg v1"
HEX_64 = r"^[0-9a-f]{64}$"


def _read_bytes(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("not standard base64") from error


def _write_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


Base64 = Annotated[
    bytes, BeforeValidator(_read_bytes), PlainSerializer(_write_bytes, return_type=str, when_used="json")
]
Bytes32 = Annotated[Base64, Field(min_length=32, max_length=32)]
Bytes64 = Annotated[Base64, Field(min_length=64, max_length=64)]
Hex64 = Annotated[str, Field(pattern=HEX_64)]
SiteName = Annotated[str, Field(min_length=1, max_length=64)]


class Signer(Protocol):
    """Whoever can sign."""

    def sign(self, message: bytes) -> bytes:
        """Return an Ed25519 signature."""


class Verifier(Protocol):
    """Whoever can check a signature."""

    def verify(self, message: bytes, signature: bytes) -> None:
        """Raise unless the signature is right."""


class Wire(BaseModel):
    """A frozen value that is JSON on the wire: ``model_dump(mode="json")`` and ``model_validate``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy with changed fields, and without digests and tables that were cached for the fields before."""
        copy = super().model_copy(update=update, deep=deep)
        for name in set(copy.__dict__) - set(type(self).model_fields):
            del copy.__dict__[name]
        return copy

    def to_bytes(self) -> bytes:
        """Return the canonical JSON; equal values give equal bytes."""
        return canonical_json(self.model_dump(mode="json"))

    def content_digest(self) -> str:
        """Return the SHA-256 of the canonical JSON, bound to this kind of value."""
        return sha256_hex({"protocol": PROTOCOL, "kind": type(self).__name__, "value": self.model_dump(mode="json")})


class Signed(Wire):
    """A message with its author's signature, which also covers protocol and kind: none passes for another."""

    kind: ClassVar[str]
    signature: Bytes64

    @classmethod
    def by(cls, signer: Signer, **fields: object) -> Self:
        """Build and sign a message."""
        unsigned = cls.model_validate({**fields, "signature": bytes(64)})
        return unsigned.model_copy(update={"signature": signer.sign(unsigned.signed_bytes())})

    def signed_bytes(self) -> bytes:
        """Return the bytes that the signature covers: everything but itself."""
        fields = self.model_dump(mode="json", exclude={"signature"})
        return canonical_json({"protocol": PROTOCOL, "kind": self.kind, "fields": fields})

    def check(self, verifier: Verifier) -> None:
        """Raise ``ForgedSignature`` unless ``verifier`` wrote this message."""
        verifier.verify(self.signed_bytes(), self.signature)
