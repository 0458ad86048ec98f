"""HPKE base mode with P-256 and HKDF-SHA256, written from RFC 9180 alone: the oracle of the library that seals."""

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEM_ID, KDF_ID = (0x0010).to_bytes(2, "big"), (0x0001).to_bytes(2, "big")
AEAD_IDS = {16: (0x0001).to_bytes(2, "big"), 32: (0x0002).to_bytes(2, "big")}


def extract(salt: bytes, material: bytes) -> bytes:
    return hmac.new(salt or bytes(32), material, sha256).digest()


def expand(key: bytes, info: bytes, length: int) -> bytes:
    out, block, count = b"", b"", 1
    while len(out) < length:
        block = hmac.new(key, block + info + bytes([count]), sha256).digest()
        out, count = out + block, count + 1
    return out[:length]


def labeled_extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    return extract(salt, b"HPKE-v1" + suite + label + material)


def labeled_expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return expand(key, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def shared_secret(key: ec.EllipticCurvePrivateKey, peer: bytes, enc: bytes, recipient: bytes) -> bytes:
    """DHKEM, section 4.1: the same for the sender's one-time key and for the recipient's."""
    suite = b"KEM" + KEM_ID
    dh = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), peer))
    prk = labeled_extract(suite, b"", b"eae_prk", dh)
    return labeled_expand(suite, prk, b"shared_secret", enc + recipient, 32)


def schedule(secret: bytes, info: bytes, key_bytes: int) -> tuple[bytes, bytes]:
    """Section 5.1 in base mode: key and base nonce."""
    suite = b"HPKE" + KEM_ID + KDF_ID + AEAD_IDS[key_bytes]
    context = b"\0" + labeled_extract(suite, b"", b"psk_id_hash", b"") + labeled_extract(suite, b"", b"info_hash", info)
    start = labeled_extract(suite, secret, b"secret", b"")
    return labeled_expand(suite, start, b"key", context, key_bytes), labeled_expand(
        suite, start, b"base_nonce", context, 12
    )


def seal(recipient: bytes, plaintext: bytes, info: bytes, *, ephemeral, aad: bytes = b"", key_bytes: int = 32) -> bytes:
    enc = point(ephemeral.public_key())
    key, nonce = schedule(shared_secret(ephemeral, recipient, enc, recipient), info, key_bytes)
    return enc + AESGCM(key).encrypt(nonce, plaintext, aad)


def unseal(recipient: ec.EllipticCurvePrivateKey, sealed: bytes, info: bytes, *, key_bytes: int = 32) -> bytes:
    enc = sealed[:65]
    key, nonce = schedule(shared_secret(recipient, enc, enc, point(recipient.public_key())), info, key_bytes)
    return AESGCM(key).decrypt(nonce, sealed[65:], b"")
