"""Ephemeral X25519 keys, and what is derived from them: sealed envelopes between two sites, and agreed secrets.

It knows keys and contexts as bytes; it does not know what is inside an envelope.
"""

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from primia_core.secagg.errors import ShareNotAuthentic, WeakKey

RandomBytes = Callable[[int], bytes]

KEY_BYTES = 32
NONCE_BYTES = 12


def public_key(private: bytes) -> bytes:
    """Return the X25519 public key of a private key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def agree(private: bytes, peer: bytes) -> bytes:
    """Return the X25519 shared secret, 32 bytes: never a key by itself, always through ``derive``.

    Raises:
        WeakKey: the peer's key is of small order, so that everybody would know the secret.
    Source: RFC 7748, section 6.1.
    """
    try:
        return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(peer))
    except ValueError as error:
        raise WeakKey("a public key of small order gives no secret; refuse the roster that it is in") from error


def derive(secret: bytes, *, context: bytes, purpose: bytes) -> bytes:
    """Derive a 32-byte key by HKDF-SHA256, with the context as salt and the purpose as info (RFC 5869)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=context, info=purpose).derive(secret)


def seal(
    plaintext: bytes,
    *,
    private: bytes,
    receiver: bytes,
    context: bytes,
    purpose: bytes,
    rng: RandomBytes = os.urandom,
) -> bytes:
    """Seal an envelope that only the owner of the X25519 key ``receiver`` opens, and knows to be from its sender.

    Args:
        private: the sender's X25519 key.
        context, purpose: what the envelope is bound to; the purpose names sender and receiver in this order.
    Returns:
        A random nonce and the AES-256-GCM ciphertext under HKDF(X25519), with the purpose authenticated too.
    Source: NIST SP 800-38D. The key serves one envelope; the nonce is random should a dealer ever deal twice.
    """
    nonce = rng(NONCE_BYTES)
    key = derive(agree(private, receiver), context=context, purpose=purpose)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, purpose)


def unseal(envelope: bytes, *, private: bytes, sender: bytes, context: bytes, purpose: bytes) -> bytes:
    """Open an envelope; see ``seal``.

    Raises:
        ShareNotAuthentic: it was not sealed by ``sender`` for this receiver in this context.
    """
    key = derive(agree(private, sender), context=context, purpose=purpose)
    try:
        return AESGCM(key).decrypt(envelope[:NONCE_BYTES], envelope[NONCE_BYTES:], purpose)
    except (InvalidTag, ValueError) as error:
        raise ShareNotAuthentic(
            "a sealed share does not open for this session, sender and receiver; it was changed on its way, "
            "or made for another attempt"
        ) from error
