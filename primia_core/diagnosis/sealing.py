"""Sealed for one key and one purpose: HPKE in base mode. Knows no content.

The suite is DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, which every current browser computes with WebCrypto.
The associated data is empty; what a message is for stands in ``info``, and it opens under the same ``info`` only.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from primia_core.diagnosis.errors import NodeError, Unsealable, WeakAnswerKey

POINT_BYTES: Final = 65
SEAL_BYTES: Final = POINT_BYTES + 16
"""What sealing adds: the sender's one-time key before the ciphertext, and the tag behind it."""
_SUITE: Final = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True)
class SealingKey:
    """A private key of P-256, a node's own or a requester's for one answer: it opens what was sealed for its point."""

    _key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def create(cls) -> "SealingKey":
        """Make a key from the operating system's randomness."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> "SealingKey":
        """Read a key.

        Raises:
            NodeError: it is no unencrypted private key of P-256.
        """
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise NodeError("a sealing key is no unencrypted private key in PEM form; restore it") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise NodeError(f"a sealing key is a private key of P-256, got {type(key).__name__}; restore it")
        return cls(key)

    def to_pem(self) -> bytes:
        """Return the private key, unencrypted: for a file that only its owner reads."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @cached_property
    def public(self) -> bytes:
        """Return the point, 65 bytes, uncompressed."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Open what was sealed for this key under ``info``.

        Raises:
            Unsealable: it was not, or was changed.
        """
        try:
            return _SUITE.decrypt(sealed, self._key, info=info)
        except (InvalidTag, ValueError) as error:
            raise Unsealable(
                f"{len(sealed)} sealed bytes do not open as {_purpose(info)}; they were sealed for another key or "
                "purpose, or changed on their way"
            ) from error


AnswerKey = SealingKey


def seal(point: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Seal for the owner of a point.

    Args:
        point: of P-256, 65 bytes, uncompressed.
        info: what it is for; one of the functions below.
    Returns:
        The one-time key (65 bytes), ciphertext, tag (16 bytes).
    Raises:
        WeakAnswerKey: ``point`` is not on the curve.
    Security: whoever lacks the private key learns the length alone. Nothing says who sealed it.
    Source: RFC 9180, section 6.1, suite 0x0010, 0x0001, 0x0002.
    """
    return _SUITE.encrypt(plaintext, public_point(point), info=info)


def public_point(point: bytes) -> ec.EllipticCurvePublicKey:
    """Read an uncompressed point of P-256.

    Raises:
        WeakAnswerKey: it is not 65 bytes of a point on the curve.
    """
    if len(point) != POINT_BYTES:
        raise WeakAnswerKey(f"a public key has {POINT_BYTES} bytes, got {len(point)}; send the uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise WeakAnswerKey("a public key is no point of P-256; make a new pair of keys") from error


def share_info(service: object, party: int) -> bytes:
    """Return the purpose of a requester's share of an image."""
    return _info("primia diagnosis share v1", service, party)


def answer_info(diagnosis: object, party: int) -> bytes:
    """Return the purpose of a party's share of an answer."""
    return _info("primia diagnosis answer v1", diagnosis, party)


def model_share_info(service: object, party: int) -> bytes:
    """Return the purpose of a model owner's share of the weights."""
    return _info("primia model share v1", service, party)


def mask_seed_info(service: object, party: int) -> bytes:
    """Return the purpose of a dealer's seed of a party's share of R_w."""
    return _info("primia weight mask v1", service, party)


def _info(purpose: str, subject: object, party: int) -> bytes:
    return f"{purpose}\n{subject}\n{party}".encode()


def _purpose(info: bytes) -> str:
    return repr(info.decode(errors="replace").partition("\n")[0])
