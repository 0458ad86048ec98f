"""The masks of one session: which keystreams are added to which vector, and the passes that add them.

Every key is bound to session, roster, participants, the pair (or the site alone), and the vector's name and length,
so no two vectors, sites or attempts share a keystream, and sites that were told different things do not cancel.
"""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from primia_core.canonical import canonical_json
from primia_core.ring import CHUNK_WORDS, Sign, SignedStreams
from primia_core.secagg.errors import WrongVectors
from primia_core.secagg.sealing import agree, derive
from primia_core.secagg.session import VectorSpec
from primia_core.secagg.wire import PROTOCOL

Words = NDArray[np.uint32]
Keys = Mapping[str, tuple[bytes, Sign]]
"""One key and its sign for each vector name."""


def pair_keys(
    *, private: bytes, peer_key: bytes, site: str, peer: str, context: str, vectors: Iterable[VectorSpec]
) -> dict[str, tuple[bytes, Sign]]:
    """Return the pair masks of ``site`` with ``peer``: equal keys at both, + at the first by name, - at the other."""
    secret, (first, second) = agree(private, peer_key), sorted((site, peer))
    sign: Sign = 1 if site == first else -1
    return {v.name: (_vector_key(secret, context, v, "pair", first, second), sign) for v in vectors}


def self_keys(*, seed: bytes, site: str, context: str, vectors: Iterable[VectorSpec]) -> dict[str, tuple[bytes, Sign]]:
    """Return a site's self-masks, from its seed b."""
    return {v.name: (_vector_key(seed, context, v, "self", site), 1) for v in vectors}


def reversed_keys(keys: Keys) -> dict[str, tuple[bytes, Sign]]:
    """Return what takes these masks off again."""
    return {name: (key, -1 if sign == 1 else 1) for name, (key, sign) in keys.items()}


def _vector_key(secret: bytes, context: str, vector: VectorSpec, *who: str) -> bytes:
    purpose = canonical_json({"protocol": PROTOCOL, "mask": list(who), "vector": vector.name, "length": vector.length})
    return derive(secret, context=bytes.fromhex(context), purpose=purpose)


def commitment(seed: bytes, session: str, site: str) -> bytes:
    """Return H(b), bound to the session and the site."""
    head = canonical_json({"protocol": PROTOCOL, "kind": "seed commitment", "session": session, "site": site})
    return hashlib.sha256(head + seed).digest()


def mask(
    quantities: Mapping[str, Words], vectors: Iterable[VectorSpec], masks: Iterable[Keys]
) -> tuple[dict[str, Words], str]:
    """Mask a site's vectors in one pass.

    Args:
        quantities: uint32 vectors by name, as the specs say; they are not changed.
        vectors: the session's vectors, in order.
        masks: the keys of every mask.
    Returns:
        The masked vectors, and the SHA-256 of their little-endian words in order.
    Raises:
        WrongVectors: a name, length, type or word is not what the session allows.
    Security: a uniform keystream that nobody else knows makes the result uniform and independent of ``quantities``.
    Cost: about 12 ms for each mask and 45 ms besides for 11 M words on one core.
    """
    vectors, masks = tuple(vectors), tuple(masks)
    check_vectors(quantities, vectors)
    masked, digest = {}, hashlib.sha256()
    for vector in vectors:
        plain, out = quantities[vector.name], np.empty(vector.length, np.uint32)
        streams = SignedStreams([keys[vector.name] for keys in masks])
        for start in range(0, vector.length, CHUNK_WORDS):
            chunk = out[start : start + CHUNK_WORDS]
            np.copyto(chunk, plain[start : start + CHUNK_WORDS])
            _check_range(chunk, vector)
            streams.apply_next(chunk)
            digest.update(little_endian(chunk))
        masked[vector.name] = out
    return masked, digest.hexdigest()


def add_submission(
    sums: Mapping[str, Words], submitted: Mapping[str, Words], vectors: Iterable[VectorSpec], masks: Iterable[Keys]
) -> str:
    """Add one site's masked vectors and signed masks to the sums in place, in one pass.

    Returns:
        The SHA-256 of the submitted words, to compare with the site's header.
    """
    vectors, masks = tuple(vectors), tuple(masks)
    check_vectors(submitted, vectors)
    digest = hashlib.sha256()
    for vector in vectors:
        total, words = sums[vector.name], submitted[vector.name]
        streams = SignedStreams([keys[vector.name] for keys in masks])
        for start in range(0, vector.length, CHUNK_WORDS):
            piece, chunk = words[start : start + CHUNK_WORDS], total[start : start + CHUNK_WORDS]
            digest.update(little_endian(piece))
            np.add(chunk, piece, out=chunk)
            streams.apply_next(chunk)
    return digest.hexdigest()


def content_sha256(vectors: Mapping[str, Words], specs: Iterable[VectorSpec]) -> str:
    """Return the SHA-256 of the vectors' little-endian words, in the session's order."""
    digest = hashlib.sha256()
    for spec in specs:
        words = vectors[spec.name]
        for start in range(0, spec.length, CHUNK_WORDS):
            digest.update(little_endian(words[start : start + CHUNK_WORDS]))
    return digest.hexdigest()


def little_endian(words: Words) -> memoryview:
    """Return the words' bytes as they are hashed and stored; no copy on a little-endian machine."""
    return np.ascontiguousarray(words, np.dtype("<u4")).view(np.uint8).data


def check_vectors(vectors: Mapping[str, Words], specs: Iterable[VectorSpec]) -> None:
    """Raise ``WrongVectors`` unless the vectors are those of the specs, in name, length and type."""
    wanted = {spec.name: spec.length for spec in specs}
    if set(vectors) != set(wanted):
        raise WrongVectors(f"the session sums {sorted(wanted)}, got {sorted(vectors)}")
    for name, length in wanted.items():
        words = vectors[name]
        if words.dtype != np.uint32 or words.shape != (length,):
            raise WrongVectors(f"{name} is {words.dtype} of shape {words.shape}, the session has {length} uint32 words")


def _check_range(chunk: Words, vector: VectorSpec) -> None:
    signed = chunk.view(np.int32)
    if signed.size and (signed.min() < vector.lowest or signed.max() > vector.highest):
        raise WrongVectors(
            f"a word of {vector.name} is outside {vector.lowest}..{vector.highest}, so sums could wrap; "
            "encode the values, or split integers into limbs"
        )
