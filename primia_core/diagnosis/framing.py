"""How bytes are framed: a header of canonical JSON before a payload, and base64 inside JSON. Knows no meaning."""

import base64
import json
import struct
from collections.abc import Mapping
from typing import Any, Final

from primia_core.canonical import CanonicalError, canonical_json

_LENGTH: Final = struct.Struct(">I")
MOST_HEADER_BYTES: Final = 1 << 14


def frame(header: Mapping[str, Any], payload: bytes) -> bytes:
    """Return the header's length (4 bytes, big-endian), the header as canonical JSON, and the payload."""
    head = canonical_json(header)
    return b"".join((_LENGTH.pack(len(head)), head, payload))


def unframe(message: bytes) -> tuple[dict[str, Any], bytes]:
    """Return header and payload; the inverse of ``frame``.

    Raises:
        ValueError: the message is cut short, or its header is not canonical JSON of an object.
    """
    if len(message) < _LENGTH.size:
        raise ValueError(f"{len(message)} bytes are too short for a header's length")
    (size,) = _LENGTH.unpack_from(message)
    head = message[_LENGTH.size : _LENGTH.size + size]
    if size > MOST_HEADER_BYTES or len(head) != size:
        raise ValueError(f"a header of {size} bytes does not fit the message")
    try:
        header = json.loads(head)
        canonical = isinstance(header, dict) and canonical_json(header) == head
    except (RecursionError, CanonicalError) as error:
        raise ValueError("the header is nested too deep, or holds what JSON cannot say") from error
    if not canonical:
        raise ValueError("the header is not canonical JSON of an object")
    return header, message[_LENGTH.size + size :]


def encode64(content: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(content).decode()


def decode64(text: str) -> bytes:
    """Decode standard base64 with padding; there is one spelling for each content.

    Raises:
        ValueError: it is no such thing.
    """
    content = base64.b64decode(text, validate=True)
    if encode64(content) != text:
        raise ValueError("base64 is not spelt in its one way")
    return content
