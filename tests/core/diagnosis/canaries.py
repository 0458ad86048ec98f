"""Look for a secret in bytes, in every spelling that it could have been written down in."""

import base64
from collections.abc import Iterator

import numpy as np

WINDOW = 8
"""Values in a row that are looked for; fewer might be there by chance."""


def spellings(content: bytes) -> Iterator[bytes]:
    """Yield bytes as they are, in hexadecimal, and in base64 at each of its three alignments."""
    yield content
    yield content.hex().encode()
    for before in range(3):
        text = base64.b64encode(bytes(before) + content)
        yield text[-(-8 * before // 6) : 8 * (before + len(content)) // 6]  # the digits that depend on nothing else


def of_numbers(values) -> Iterator[bytes]:
    """Yield what gives numbers away: stretches of them, as every type that they are held in, and as text."""
    flat = np.asarray(values).reshape(-1)
    for start in range(0, max(1, flat.size - WINDOW + 1), WINDOW):
        part = flat[start : start + WINDOW]
        whole = part.astype(np.int64)
        for kind in (np.uint32, np.uint64, np.float32, np.float64):
            yield from spellings((whole if np.issubdtype(kind, np.integer) else part).astype(kind).tobytes())
        for separator in (",", ", "):
            yield separator.join(str(value) for value in part.tolist()).encode()
        if whole.min() >= 0 and whole.max() < 256:
            yield from spellings(whole.astype(np.uint8).tobytes())


def found(values, seen: list[bytes]) -> bool:
    """Say whether a secret is anywhere in what somebody has seen."""
    return any(canary in content for canary in of_numbers(values) for content in seen)
