"""What is sealed opens for one key and one purpose, and is what RFC 9180 says, in two implementations."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from primia_core.diagnosis.errors import NodeError, Unsealable, WeakAnswerKey
from primia_core.diagnosis.sealing import (
    SEAL_BYTES,
    SealingKey,
    answer_info,
    mask_seed_info,
    model_share_info,
    seal,
    share_info,
)
from tests.core.diagnosis import hpke_twin as twin

KEY = SealingKey.create()
# RFC 9180, appendix A.3.1: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence number 0.
RFC = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skEm": "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
    "skRm": "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
    "enc": "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c40"
    "3ce65c9bfcb9382657222d18c4",
    "shared_secret": "c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8",
    "key": "868c066ef58aae6dc589b6cfdd18f97e",
    "base_nonce": "4e0bc5018beba4bf004cca59",
    "aad": "436f756e742d30",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "ct": "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
}


def test_the_twin_gives_the_vector_of_the_rfc():
    want = {name: bytes.fromhex(value) for name, value in RFC.items()}
    ephemeral, recipient = twin.private(want["skEm"]), twin.private(want["skRm"])
    receiver = twin.point(recipient.public_key())
    assert twin.point(ephemeral.public_key()) == want["enc"]
    secret = twin.shared_secret(ephemeral, receiver, want["enc"], receiver)
    assert secret == want["shared_secret"] == twin.shared_secret(recipient, want["enc"], want["enc"], receiver)
    assert twin.schedule(secret, want["info"], 16) == (want["key"], want["base_nonce"])
    sealed = twin.seal(receiver, want["pt"], want["info"], ephemeral=ephemeral, aad=want["aad"], key_bytes=16)
    assert sealed == want["enc"] + want["ct"]


@given(plaintext=st.binary(max_size=300), info=st.binary(max_size=100))
def test_the_library_and_the_twin_open_what_the_other_sealed(plaintext, info):
    key = serialization.load_pem_private_key(KEY.to_pem(), None)
    sealed = seal(KEY.public, plaintext, info)
    assert len(sealed) == len(plaintext) + SEAL_BYTES
    assert twin.unseal(key, sealed, info) == plaintext == KEY.open(sealed, info)
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    assert KEY.open(twin.seal(KEY.public, plaintext, info, ephemeral=ephemeral), info) == plaintext


def test_the_same_is_never_sealed_twice_alike():
    assert len({seal(KEY.public, b"same", b"info")[:65] for _ in range(20)}) == 20


def test_no_byte_can_be_changed_and_none_left_out():
    sealed = seal(KEY.public, b"secret", b"info")
    for place in range(len(sealed)):
        with pytest.raises(Unsealable):
            KEY.open(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :], b"info")
    for length in range(len(sealed)):
        with pytest.raises(Unsealable):
            KEY.open(sealed[:length], b"info")


def test_another_key_or_purpose_opens_nothing_and_the_error_holds_no_content():
    sealed = seal(KEY.public, b"the secret itself", share_info("s", 0))
    for key, info in ((SealingKey.create(), share_info("s", 0)), (KEY, share_info("s", 1)), (KEY, share_info("t", 0))):
        with pytest.raises(Unsealable) as refused:
            key.open(sealed, info)
        assert "the secret itself" not in refused.value.message
        assert refused.value.code == "diagnosis.unsealable"


def test_purposes_are_all_different():
    made = {f(subject, party) for f in (share_info, answer_info, model_share_info, mask_seed_info)
            for subject in ("a", "b") for party in (0, 1)}  # fmt: skip
    assert len(made) == 16
    assert share_info("5e7a", 1) == b"primia diagnosis share v1\n5e7a\n1"
    assert answer_info("d1a6", 0) == b"primia diagnosis answer v1\nd1a6\n0"
    assert model_share_info("5e7a", 0) == b"primia model share v1\n5e7a\n0"
    assert mask_seed_info("5e7a", 1) == b"primia weight mask v1\n5e7a\n1"


@pytest.mark.parametrize(
    "point",
    [b"", bytes(65), b"\x04" + b"\x01" * 64, KEY.public[:33], b"\x02" + KEY.public[1:33]],
    ids=["nothing", "zeros", "off the curve", "cut", "compressed"],
)
def test_what_is_no_point_of_the_curve_is_refused(point):
    with pytest.raises(WeakAnswerKey):
        seal(point, b"", b"")


def test_a_key_comes_back_from_its_pem_and_is_not_printed():
    again = SealingKey.from_pem(KEY.to_pem())
    assert again.public == KEY.public
    assert repr(KEY) == "SealingKey()"


def test_other_keys_are_refused():
    curve = ec.generate_private_key(ec.SECP384R1())
    form = serialization.PrivateFormat.PKCS8
    pem = curve.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    locked = curve.private_bytes(serialization.Encoding.PEM, form, serialization.BestAvailableEncryption(b"x"))
    for wrong in (pem, locked, b"", b"-----BEGIN PRIVATE KEY-----"):
        with pytest.raises(NodeError):
            SealingKey.from_pem(wrong)
