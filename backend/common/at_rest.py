"""Keep a text that the database may hold and its backups may leak: encrypted under a key derived from the secret key.

Changing ``PRIMIA_SECRET_KEY`` makes what was kept unreadable.
"""

import base64
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from backend.common.errors import BackendError

NONCE_BYTES = 12


class Unreadable(BackendError):
    """A kept text was encrypted under another secret key, or for another place."""

    code = "backend.unreadable"
    status = 500


def encrypt(text: str, *, context: str) -> str:
    """Return ``text`` encrypted for this one place; it can be read nowhere else."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, text.encode(), context.encode())
    return base64.b64encode(nonce + sealed).decode()


def decrypt(kept: str, *, context: str) -> str:
    """Return what was encrypted for this place.

    Raises:
        Unreadable: the key is another one, or the text was moved or changed.
    """
    raw = base64.b64decode(kept)
    try:
        return (
            AESGCM(_key(settings.SECRET_KEY)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        )
    except InvalidTag:
        raise Unreadable(
            f"{context} cannot be read: PRIMIA_SECRET_KEY was changed since it was kept; make it anew"
        ) from None


@cache
def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"primia at rest v1").derive(secret.encode())
