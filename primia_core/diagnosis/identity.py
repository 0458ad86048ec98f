"""The identity of a node: one key signs, one opens what is sealed for it, one certificate speaks TLS; all in a folder.

The signing key vouches for the other two, and the fingerprint covers all three. Knows no service and no role.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Self

from cryptography import x509
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError, model_validator

from primia_core.canonical import canonical_json, sha256_hex
from primia_core.diagnosis import sealing
from primia_core.diagnosis.errors import DiagnosisError, NodeError
from primia_core.diagnosis.framing import decode64, encode64
from primia_core.diagnosis.sealing import SealingKey
from primia_core.mpc.transport import tls
from primia_core.secagg.errors import ForgedSignature, SecaggError
from primia_core.secagg.identity import Identity, PublicIdentity

SEALING_FILE: Final = "sealing.key.pem"
TLS_NAME: Final = "node"
_CONTEXT: Final = b"primia node v1\0"


def _published(value: object) -> PublicIdentity:
    if isinstance(value, PublicIdentity):
        return value
    if not isinstance(value, Mapping) or not all(isinstance(part, str) for part in value.values()):
        raise ValueError("an identity is an object with a name and a document")
    try:
        return PublicIdentity.from_json(value)
    except SecaggError as error:
        raise ValueError(error.message) from error


PublishedIdentity = Annotated[
    PublicIdentity, PlainValidator(_published), PlainSerializer(PublicIdentity.to_json, return_type=dict[str, str])
]


class PublicNode(BaseModel):
    """What everybody may know of a node. There is none whose keys are not signed by itself.

    Attributes:
        name: of the institution, for people.
        identity: signs.
        sealing_key: base64 of a point of P-256, 65 bytes.
        certificate: TLS, PEM.
        signature: base64, of the identity over name, sealing key and certificate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: str = Field(min_length=1, max_length=200)
    identity: PublishedIdentity
    sealing_key: str
    certificate: str = Field(max_length=20_000)
    signature: str

    @model_validator(mode="after")
    def _signed_by_itself(self) -> Self:
        try:
            sealing.public_point(decode64(self.sealing_key))
            x509.load_pem_x509_certificate(self.certificate.encode())
            self.identity.verify(_signed(self.name, self.sealing_key, self.certificate), decode64(self.signature))
        except (ValueError, DiagnosisError, ForgedSignature) as error:
            raise ValueError(
                f"the keys of node {self.name!r} are not signed by its own identity, or are none; "
                "ask its operator to publish them again"
            ) from error
        return self

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` writes, and verify it.

        Raises:
            NodeError: it is something else, or the keys are not signed by the identity beside them.
        """
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise NodeError(f"a node's public keys cannot be used: {_first(error)}") from error

    def to_json(self) -> dict[str, Any]:
        """Return the node as published."""
        return self.model_dump(mode="json")

    @property
    def public(self) -> "PublicNode":
        """Return the node alone, without what a subclass says besides."""
        return PublicNode.model_construct(**{name: getattr(self, name) for name in PublicNode.model_fields})

    @property
    def fingerprint(self) -> str:
        """Return 64 hexadecimal digits that stand for all three keys: what two people compare by telephone."""
        return sha256_hex(
            {
                "name": self.name,
                "identity": self.identity.to_json(),
                "sealing_key": self.sealing_key,
                "certificate": self.certificate,
            }
        )

    @property
    def tls(self) -> tls.Certificate:
        """Return the certificate, to be pinned."""
        return tls.Certificate(self.certificate)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Check a signature of this node.

        Raises:
            ForgedSignature: this node did not sign ``message``.
        """
        self.identity.verify(message, signature)

    def seal(self, plaintext: bytes, info: bytes) -> bytes:
        """Seal for this node; ``sealing`` names the purposes."""
        return sealing.seal(decode64(self.sealing_key), plaintext, info)


@dataclass(frozen=True)
class NodeIdentity:
    """A node's private keys. They stay in their folder; signatures leave, and what was sealed is opened here."""

    identity: Identity
    tls: tls.Identity
    _sealing: SealingKey = field(repr=False)

    @classmethod
    def create(cls, folder: Path, name: str) -> "NodeIdentity":
        """Make all three keys and store them in ``folder``, readable by its owner only.

        Raises:
            NodeError: the folder already holds keys; none are overwritten.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (folder / SEALING_FILE).exists():
            raise NodeError(f"{folder} holds the keys of a node already; load it, or choose another folder")
        Identity.create(folder, name)
        tls.make_identity(TLS_NAME, folder)
        _write_once(folder / SEALING_FILE, SealingKey.create().to_pem())
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> "NodeIdentity":
        """Read the keys of ``folder``.

        Raises:
            NodeError, IdentityError, SessionError: some of them are not there.
        """
        try:
            pem = (folder / SEALING_FILE).read_bytes()
        except OSError as error:
            raise NodeError(
                f"{folder} holds no node's keys ({type(error).__name__}); create or restore them"
            ) from error
        return cls(Identity.load(folder), tls.load_identity(TLS_NAME, folder), SealingKey.from_pem(pem))

    @cached_property
    def public(self) -> PublicNode:
        """Return what everybody may know, signed."""
        name, key = self.identity.public.name, encode64(self._sealing.public)
        certificate = self.tls.certificate.pem
        return PublicNode(
            name=name,
            identity=self.identity.public,
            sealing_key=key,
            certificate=certificate,
            signature=encode64(self.identity.sign(_signed(name, key, certificate))),
        )

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of ``message``, 64 bytes; messages begin with what they are for."""
        return self.identity.sign(message)

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Open what was sealed for this node.

        Raises:
            Unsealable: it was sealed for another key or purpose, or changed.
        """
        return self._sealing.open(sealed, info)


def _signed(name: str, sealing_key: str, certificate: str) -> bytes:
    return _CONTEXT + canonical_json({"name": name, "sealing_key": sealing_key, "certificate": certificate})


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, problem['loc'])) or 'node'}: {problem['msg']}"


def _write_once(path: Path, content: bytes) -> None:
    """Write a new file for its owner only."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
