"""Committed vectors tie masks, shares, encoding and canonical messages to one answer, on every machine and for good.

The masks are checked against the primitives written out with ``hmac`` and single AES blocks. ``python -m
tests.core.secagg.test_vectors`` prints the files anew; a change in them is a change of the protocol's version.
"""

import hashlib
import hmac
import json
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from primia_core.canonical import canonical_json
from primia_core.ring.aes_ctr import keystream_reference
from primia_core.secagg import VectorSpec, decode, encode, errors
from primia_core.secagg.masks import commitment, mask, pair_keys, self_keys
from primia_core.secagg.sealing import public_key, seal, unseal
from primia_core.secagg.shamir import reconstruct_bytes, split_bytes

FOLDER = Path(__file__).parent / "vectors"
CONTEXT = "5a" * 32
ALICE, BOB, SEED = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
VECTOR = VectorSpec(name="update.weights", length=9)


def stored(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def counting(start=0):
    """Return bytes that count upwards: any fixed bytes will do, and these are easy to write down."""
    state = {"next": start}

    def rng(count):
        drawn = bytes((state["next"] + i) % 256 for i in range(count))
        state["next"] += count
        return drawn

    return rng


def hkdf(secret, salt, info):
    prk = hmac.digest(salt, secret, "sha256")
    return hmac.digest(prk, info + b"\x01", "sha256")


def made_masks():
    keys = {
        "alice with bob": pair_keys(
            private=ALICE, peer_key=public_key(BOB), site="alice", peer="bob", context=CONTEXT, vectors=[VECTOR]
        ),
        "bob with alice": pair_keys(
            private=BOB, peer_key=public_key(ALICE), site="bob", peer="alice", context=CONTEXT, vectors=[VECTOR]
        ),
        "alice alone": self_keys(seed=SEED, site="alice", context=CONTEXT, vectors=[VECTOR]),
    }
    plain = {VECTOR.name: np.arange(VECTOR.length, dtype=np.uint32)}
    masked, content = mask(plain, [VECTOR], [keys["alice alone"], keys["alice with bob"]])
    return {
        "context": CONTEXT,
        "alice": ALICE.hex(),
        "bob": BOB.hex(),
        "seed": SEED.hex(),
        "vector": VECTOR.model_dump(),
        "commitment": commitment(SEED, CONTEXT, "alice").hex(),
        "keys": {who: [key[VECTOR.name][0].hex(), key[VECTOR.name][1]] for who, key in keys.items()},
        "masked by alice": masked[VECTOR.name].tolist(),
        "content": content,
        "sealed": seal(
            b"two shares", private=ALICE, receiver=public_key(BOB), context=b"c", purpose=b"p", rng=counting()
        ).hex(),
    }


def made_shamir():
    shares = split_bytes(SEED, threshold=3, points=[1, 2, 5, 255], rng=counting())
    return {
        "threshold": 3,
        "secret": SEED.hex(),
        "shares": {str(x): share.hex() for x, share in shares.items()},
        "wrong": [
            {"why": "two shares", "shares": {str(x): shares[x].hex() for x in (1, 2)}},
            {"why": "not in the field", "shares": {**{str(x): shares[x].hex() for x in (2, 5)}, "1": "ff" * 33}},
            {"why": "too short", "shares": {**{str(x): shares[x].hex() for x in (2, 5)}, "1": shares[1].hex()[:-2]}},
            {"why": "coordinate 0", "shares": {**{str(x): shares[x].hex() for x in (2, 5)}, "0": shares[1].hex()}},
            {"why": "not one polynomial", "shares": {"1": "00" * 33, "2": "00" * 33, "3": "01" + "00" * 32}},
        ],
    }


GOOD = (
    {"values": [0.0, 0.5, -0.5, 0.25, -0.25, 1e-9, 0.3], "clip": 0.25, "samples": 100, "reference_samples": 128},
    {"values": [1.0, -1.0, 1.5, -1.5, 0.1], "clip": 1.0, "samples": 4096, "reference_samples": 4096},
    {"values": [3.0, -2.0], "clip": 4.0, "samples": 0, "reference_samples": 8},
    {"values": [0.125, 0.1, -0.1], "clip": 16.0, "samples": 9, "reference_samples": 8},
)
BAD = (
    {"values": ["NaN"], "clip": 1.0, "samples": 1, "reference_samples": 1, "error": "NotFinite"},
    {"values": ["Infinity"], "clip": 1.0, "samples": 1, "reference_samples": 1, "error": "NotFinite"},
    {"values": [0.0], "clip": 0.0, "samples": 1, "reference_samples": 1, "error": "EncodingError"},
    {"values": [0.0], "clip": 1.0, "samples": -1, "reference_samples": 1, "error": "EncodingError"},
    {"values": [0.0], "clip": 1.0, "samples": 1, "reference_samples": 3, "error": "EncodingError"},
    {"values": [0.0], "clip": 1.0, "samples": 1, "reference_samples": 16777216, "error": "EncodingError"},
)


def encoded(case):
    settings = {name: case[name] for name in ("clip", "samples", "reference_samples")}
    return encode(np.array([float(value) for value in case["values"]]), **settings, rng=counting())


def made_encoding():
    cases = []
    for case in GOOD:
        words, saturated = encoded(case)
        cases.append({**case, "words": words.tolist(), "saturated": saturated})
    total = [0, 1, 2**31 - 1, 2**31, 2**32 - 1]
    means = decode(np.array(total, np.uint32), clip=0.5, reference_samples=64, total_samples=48).tolist()
    decoding = {"total": total, "clip": 0.5, "reference_samples": 64, "total_samples": 48, "means": means}
    return {"seed": counting()(32).hex(), "good": cases, "bad": list(BAD), "decode": decoding}


MADE = {"masks": made_masks, "shamir": made_shamir, "encoding": made_encoding}


@pytest.mark.parametrize("name", MADE)
def test_answers_are_those_of_the_committed_vectors(name):
    assert json.loads(json.dumps(MADE[name]())) == stored(name)


def test_mask_keys_are_hkdf_of_the_agreed_secret():
    """X25519 of both private keys, then HKDF-SHA256 with the context as salt and a canonical purpose as info."""
    vectors = stored("masks")
    bob = X25519PrivateKey.from_private_bytes(BOB).public_key()
    secret = X25519PrivateKey.from_private_bytes(ALICE).exchange(bob)
    head = {"protocol": "primia secagg v1", "vector": "update.weights", "length": 9}
    salt = bytes.fromhex(CONTEXT)
    pair = hkdf(secret, salt, canonical_json({**head, "mask": ["pair", "alice", "bob"]}))
    alone = hkdf(SEED, salt, canonical_json({**head, "mask": ["self", "alice"]}))
    assert vectors["keys"]["alice with bob"] == [pair.hex(), 1]
    assert vectors["keys"]["bob with alice"] == [pair.hex(), -1]
    assert vectors["keys"]["alice alone"] == [alone.hex(), 1]
    words = np.arange(9, dtype=np.uint32) + keystream_reference(pair, 9) + keystream_reference(alone, 9)
    assert vectors["masked by alice"] == words.tolist()
    assert vectors["content"] == hashlib.sha256(words.astype("<u4").tobytes()).hexdigest()


def test_sealed_vector_opens_for_its_receiver_context_and_purpose_alone():
    sealed = bytes.fromhex(stored("masks")["sealed"])
    right = {"private": BOB, "sender": public_key(ALICE), "context": b"c", "purpose": b"p"}
    assert unseal(sealed, **right) == b"two shares"
    wrong = ({"private": SEED}, {"sender": public_key(SEED)}, {"context": b"d"}, {"purpose": b"q"})
    for change in wrong:
        with pytest.raises(errors.ShareNotAuthentic):
            unseal(sealed, **{**right, **change})
    for broken in (sealed[:-1], sealed[:12], b"", sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:]):
        with pytest.raises(errors.ShareNotAuthentic):
            unseal(broken, **right)


def test_shares_of_the_vectors_reconstruct_and_wrong_ones_do_not():
    vectors = stored("shamir")
    shares = {int(x): bytes.fromhex(share) for x, share in vectors["shares"].items()}
    assert reconstruct_bytes(shares, threshold=3).hex() == vectors["secret"]
    for case in vectors["wrong"]:
        broken = {int(x): bytes.fromhex(share) for x, share in case["shares"].items()}
        with pytest.raises(errors.ShamirError):
            reconstruct_bytes(broken, threshold=3)


def test_values_of_the_bad_vectors_are_refused():
    for case in stored("encoding")["bad"]:
        with pytest.raises(getattr(errors, case["error"])):
            encoded(case)


if __name__ == "__main__":
    for name, make in MADE.items():
        print(name, json.dumps(make(), indent=1), sep="\n")
