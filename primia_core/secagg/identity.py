"""The long-lived identity of a site or of the coordinator: it signs, and it never masks.

PySyft's crypto package makes the keys, stores them and publishes them. This module does not know what is signed.
"""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import syft_crypto_python
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from primia_core.canonical import canonical_json
from primia_core.secagg.errors import ForgedSignature, IdentityError

KEY_FILE = "keys.json"


@dataclass(frozen=True)
class PublicIdentity:
    """What everybody may know: the DID document that PySyft publishes, and the Ed25519 key in it."""

    name: str
    document: bytes = field(repr=False)

    def __post_init__(self) -> None:
        bundle = self._bundle
        if bytes(bundle.identity_key_bytes) != self._key_bytes:
            raise IdentityError(f"the identity of {self.name!r} names two signing keys; publish it again")

    @cached_property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the signing key, 64 hexadecimal digits: what two people compare by telephone."""
        return str(self._bundle.identity_fingerprint())

    @cached_property
    def _bundle(self) -> "syft_crypto_python.SyftPublicKeyBundle":
        try:
            return syft_crypto_python.SyftPublicKeyBundle.from_did_document(json.loads(self.document))
        except (ValueError, KeyError, TypeError) as error:
            raise IdentityError(
                f"the public identity of {self.name!r} is no DID document with keys signed by themselves; "
                "ask its owner to publish it again"
            ) from error

    @cached_property
    def _key_bytes(self) -> bytes:
        methods = json.loads(self.document)["verificationMethod"]
        return _base64url(methods[0]["publicKeyJwk"]["x"])

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self._key_bytes)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Check an Ed25519 signature.

        Raises:
            ForgedSignature: this identity did not sign ``message``.
        """
        try:
            self._key.verify(signature, message)
        except InvalidSignature as error:
            raise ForgedSignature(
                f"a signature in the name of {self.name!r} (fingerprint {self.fingerprint[:16]}) is not by that key; "
                "refuse the message and ask the coordinator where it comes from"
            ) from error

    def to_json(self) -> dict[str, str]:
        """Return the identity as published."""
        return {"name": self.name, "document": base64.b64encode(self.document).decode()}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> "PublicIdentity":
        """Read a published identity.

        Raises:
            IdentityError: it is not what ``to_json`` writes, or its keys are not signed by its own signing key.
        """
        if set(value) != {"name", "document"}:
            raise IdentityError(f"a public identity has a name and a document, got {sorted(value)}")
        try:
            document = base64.b64decode(value["document"], validate=True)
        except binascii.Error as error:
            raise IdentityError("the document of a public identity is not base64; publish it again") from error
        return cls(value["name"], document)


@dataclass(frozen=True)
class Identity:
    """An identity with its private keys. They stay in their folder; only signatures leave."""

    public: PublicIdentity
    _key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def create(cls, folder: Path, name: str) -> "Identity":
        """Make an identity and store it in ``folder``, readable by its owner only.

        Raises:
            IdentityError: the folder already holds one; an identity is never overwritten.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        material = syft_crypto_python.generate_identity_material(name)
        _write_once(folder / KEY_FILE, bytes(material.key_file))
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> "Identity":
        """Read the identity of ``folder``; its public part is published anew from its private keys.

        Raises:
            IdentityError: there is none that can be read.
        """
        try:
            stored = json.loads((folder / KEY_FILE).read_bytes())
            keys = syft_crypto_python.SyftPrivateKeys.from_jwks(stored["private_keys"])
            document = keys.to_public_bundle().to_did_document(stored["did"])
            key = Ed25519PrivateKey.from_private_bytes(_base64url(stored["private_keys"]["identity_key"]["d"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IdentityError(
                f"{folder} holds no readable identity ({type(error).__name__}); create one or restore it"
            ) from error
        return cls(PublicIdentity(stored["identity"], canonical_json(document)), key)

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of ``message``, 64 bytes, the same each time."""
        return self._key.sign(message)


def _write_once(path: Path, content: bytes) -> None:
    """Write a whole file or none, for its owner only, and never over another."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError as error:
        raise IdentityError(f"{path} exists already; load it, or choose another folder") from error
    finally:
        draft.unlink()


def _base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
