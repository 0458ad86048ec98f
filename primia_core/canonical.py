"""One byte string for one value: canonical JSON and its SHA-256, the basis of every hash that is signed or compared."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence

from primia_core.errors import PrimiaError

type_names = (str, int, float, bool, type(None))


class CanonicalError(PrimiaError):
    """A value has no canonical form."""

    code = "canonical.not_representable"


def canonical_json(value: object) -> bytes:
    """Encode ``value`` so that equal values give equal bytes on every machine.

    Args:
        value: nested mappings with string keys, sequences, strings, integers, finite floats, booleans and ``None``.
    Returns:
        UTF-8 JSON, keys sorted, no white space, floats in Python's shortest round-trip form.
    Raises:
        CanonicalError: for NaN, infinity, non-string keys and any other type.
    """
    _check(value, "$")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256_hex(value: object) -> str:
    """Return the SHA-256 of the canonical JSON of ``value``, in lower-case hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _check(value: object, where: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise CanonicalError(f"{where} is {value}, which JSON cannot say; use a finite number or null")
    if isinstance(value, type_names):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise CanonicalError(f"{where} has the key {key!r} of type {type(key).__name__}; keys are strings")
            _check(item, f"{where}.{key}")
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for index, item in enumerate(value):
            _check(item, f"{where}[{index}]")
    else:
        raise CanonicalError(f"{where} is a {type(value).__name__}; canonical JSON has no form for it")
