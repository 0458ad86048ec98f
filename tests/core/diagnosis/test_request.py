"""A picture goes to two parties in halves that nobody can swap, replay, change or answer to another key."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from primia_core.diagnosis import AnswerKey, ReceivedShare, most_sealed_bytes, share_info, split
from primia_core.diagnosis.errors import (
    BeyondRange,
    RequestExpired,
    ShareCorrupt,
    Unsealable,
    WeakAnswerKey,
    WrongDescriptor,
    WrongModel,
    WrongParty,
    WrongPolicy,
    WrongRequest,
    WrongService,
    WrongSize,
)
from primia_core.diagnosis.framing import encode64, frame, unframe
from primia_core.mpc.dealing import draw
from primia_core.mpc.profile import Width
from primia_core.mpc.randomness import Stream
from tests.core.diagnosis.parties import DIAGNOSIS, NOW, SERVICE, VERSION, Asked, described, node

OTHER = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def asked():
    return Asked(described())


def plaintext(asked, party):
    return node(("north", "south")[party]).open(asked.request.shares[party], share_info(SERVICE, party))


def resealed(asked, number, *, payload=None, **changes):
    """Seal a half anew as a requester could who does not follow the protocol."""
    header, content = unframe(plaintext(asked, number))
    message = frame({**header, **changes}, content if payload is None else payload)
    return node(("north", "south")[number]).public.seal(message, share_info(SERVICE, number))


def opened(asked, party, sealed, **changes):
    how = {"party": party, "diagnosis": DIAGNOSIS, "descriptor": asked.descriptor, "now": NOW} | changes
    return ReceivedShare.open(node(("north", "south")[party]), sealed, **how)


@pytest.mark.parametrize("ring_bits", [32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_both_halves_add_up_to_the_picture(ring_bits, channels):
    asked = Asked(described(ring_bits=ring_bits, channels=channels))
    first, second = asked.open(0), asked.open(1)
    total = first.words() + second.words()
    assert total.shape == (1, channels, 4, 4)
    assert total.dtype == (np.uint32 if ring_bits == 32 else np.uint64)
    signed = total.view(np.int32 if ring_bits == 32 else np.int64)
    np.testing.assert_array_equal(signed[0], asked.integers)
    assert asked.integers.min() < 0 < asked.integers.max()


def test_both_parties_and_the_requester_name_a_request_alike(asked):
    assert asked.open(0).request_digest == asked.open(1).request_digest == asked.request.digest
    assert len(asked.request.digest) == 32


@given(seed=st.binary(min_size=32, max_size=32), count=st.integers(1, 300), bits=st.sampled_from([32, 64]))
def test_a_seed_expands_to_aes_counter_blocks_from_zero(seed, count, bits):
    size = count * bits // 8
    blocks = b"".join(number.to_bytes(16, "big") for number in range(-(-size // 16)))
    stream = Cipher(algorithms.AES(seed), modes.ECB()).encryptor().update(blocks)  # noqa: S305 -- CTR, by hand
    words = [int.from_bytes(stream[i : i + bits // 8], "little") for i in range(0, size, bits // 8)]
    assert draw(Stream(seed, 0), count, Width(bits)).tolist() == words


def test_a_half_is_as_long_as_said_and_no_longer_for_any_picture():
    for policy, ring_bits, channels in (("logits", 32, 3), ("label", 64, 1)):
        made = Asked(described(policy, ring_bits=ring_bits, channels=channels))
        for party in (0, 1):
            size = made.descriptor.input.share_bytes(party)
            assert size < len(made.request.shares[party]) <= size + 1100
            assert len(made.request.shares[party]) <= most_sealed_bytes(made.descriptor, party) == size + 4096
        assert made.descriptor.input.share_bytes(1) == channels * 16 * ring_bits // 8


def test_what_either_party_gets_is_uniform_and_new_each_time(asked):
    picture = np.zeros_like(asked.integers)
    totals = np.zeros((2, 16))
    for _ in range(60):
        request = split(asked.descriptor, picture, asked.key.public, diagnosis_id=DIAGNOSIS)
        for party in (0, 1):
            share = opened(asked, party, request.shares[party])
            totals[party] += np.bincount(share.words().reshape(-1) >> 28, minlength=16)
    expected = 60 * picture.size / 16
    assert (np.abs(totals - expected) < 6 * np.sqrt(expected)).all()


def test_a_party_cannot_confirm_a_guessed_picture(asked):
    """P0 knows the seed: an unsalted digest of P1's half would tell it whether its guess is right."""
    first, (header1, payload1) = asked.open(0), unframe(plaintext(asked, 1))
    guess = (asked.integers[None].astype(np.uint32) - first.words()).tobytes()
    assert guess == payload1
    told = set(first.header.model_dump(mode="json").values())
    for salt in (b"", bytes.fromhex(first.header.salt)):
        assert sha256(salt + guess).hexdigest() not in told
    assert sha256(bytes.fromhex(header1["salt"]) + guess).hexdigest() == first.header.other
    assert header1["salt"] not in told


def test_swapped_halves_do_not_open(asked):
    first, second = asked.request.shares
    for party, sealed in ((0, second), (1, first)):
        with pytest.raises(Unsealable):
            opened(asked, party, sealed)


def test_a_half_sealed_for_the_right_key_in_the_wrong_place_is_refused(asked):
    message = plaintext(asked, 1)
    sealed = node("north").public.seal(message, share_info(SERVICE, 0))
    with pytest.raises(WrongParty):
        opened(asked, 0, sealed)
    with pytest.raises(Unsealable):
        opened(asked, 0, node("north").public.seal(message, share_info(SERVICE, 1)))


def test_no_byte_of_a_half_can_be_changed(asked):
    for party, sealed in enumerate(asked.request.shares):
        for place in range(0, len(sealed), 7):
            with pytest.raises(Unsealable):
                opened(asked, party, sealed[:place] + bytes([sealed[place] ^ 128]) + sealed[place + 1 :])


def test_a_half_replayed_under_another_id_is_refused(asked):
    for party in (0, 1):
        with pytest.raises(WrongRequest) as refused:
            asked.open(party, diagnosis=OTHER)
        assert refused.value.code == "diagnosis.wrong_request"


def test_halves_of_two_requests_have_two_digests(asked):
    """A relay that sends one half of each: nothing in a half is wrong, and the parties' sessions differ."""
    again = Asked(described(), key=asked.key)
    mixed = opened(asked, 1, again.request.shares[1])
    assert asked.open(0).request_digest != mixed.request_digest


def test_another_answer_key_in_one_half_makes_two_digests(asked):
    """Whoever makes halves may put two keys in; the parties then never answer."""
    sealed = resealed(asked, 1, answer_key=encode64(AnswerKey.create().public))
    assert opened(asked, 1, sealed).request_digest != asked.open(0).request_digest


def test_a_half_for_another_service_does_not_open(asked):
    with pytest.raises(Unsealable):
        asked.open(0, descriptor=described(service=OTHER))
    with pytest.raises(WrongService):
        opened(asked, 0, resealed(asked, 0, service=str(OTHER)))


def test_a_half_for_another_descriptor_of_the_service_is_refused(asked):
    with pytest.raises(WrongDescriptor):
        asked.open(0, descriptor=described(epoch=8))
    with pytest.raises(WrongDescriptor):
        asked.open(1, descriptor=described(expires=NOW + timedelta(days=91)))


def test_model_and_policy_are_those_of_the_descriptor(asked):
    assert VERSION != OTHER
    with pytest.raises(WrongModel):
        opened(asked, 0, resealed(asked, 0, model=str(OTHER)))
    with pytest.raises(WrongPolicy):
        opened(asked, 0, resealed(asked, 0, policy="label"))


def test_an_expired_service_opens_nothing(asked):
    expires = asked.descriptor.expires
    assert asked.open(0, now=expires - timedelta(seconds=1))
    with pytest.raises(RequestExpired) as refused:
        asked.open(0, now=expires)
    assert refused.value.code == "diagnosis.expired"


def test_the_content_must_be_that_of_its_digest(asked):
    for party in (0, 1):
        payload = bytearray(unframe(plaintext(asked, party))[1])
        payload[5] ^= 1
        with pytest.raises(ShareCorrupt):
            opened(asked, party, resealed(asked, party, payload=bytes(payload)))
        with pytest.raises(ShareCorrupt):
            opened(asked, party, resealed(asked, party, salt="00" * 32))


@pytest.mark.parametrize("length", [0, 1, 31, 33, 191, 193, 4096])
def test_a_half_of_another_size_is_refused(asked, length):
    for party in (0, 1):
        with pytest.raises(WrongSize) as refused:
            opened(asked, party, resealed(asked, party, payload=b"\x07" * length))
        assert refused.value.code == "diagnosis.wrong_size"


@pytest.mark.parametrize(
    "changes",
    [{"v": 2}, {"more": 1}, {"party": True}, {"diagnosis": "x"}, {"own": "AB" * 32}, {"salt": ""}, {"policy": "all"},
     {"service": str(SERVICE).upper()}],
)  # fmt: skip
def test_a_header_that_says_something_else_is_refused(asked, changes):
    with pytest.raises(ShareCorrupt):
        opened(asked, 0, resealed(asked, 0, **changes))


def test_a_header_that_is_none_is_refused(asked):
    for message in (b"", b"\0\0\0\2{}", b"\xff" * 40):
        sealed = node("north").public.seal(message, share_info(SERVICE, 0))
        with pytest.raises(ShareCorrupt):
            opened(asked, 0, sealed)


@pytest.mark.parametrize("key", ["", "QQ==", encode64(b"\x04" + b"\1" * 64), "not base64", encode64(bytes(65))])
def test_an_answer_key_off_the_curve_is_refused(asked, key):
    with pytest.raises(WeakAnswerKey):
        opened(asked, 0, resealed(asked, 0, answer_key=key))


def test_a_requester_splits_only_what_the_service_takes(asked):
    def with_integers(integers, key=asked.key.public):
        return split(asked.descriptor, integers, key, diagnosis_id=DIAGNOSIS)

    with pytest.raises(WrongSize):
        with_integers(asked.integers[None])
    beyond = asked.integers.copy()
    beyond[0, 0, 0] = int(asked.descriptor.input.limit * asked.descriptor.input.scale) + 1
    with pytest.raises(BeyondRange) as refused:
        with_integers(beyond)
    assert str(beyond[0, 0, 0]) not in refused.value.message
    with pytest.raises(WeakAnswerKey):
        with_integers(asked.integers, bytes(65))


def test_nothing_secret_is_printed(asked):
    share = asked.open(0)
    printed = repr(asked.request) + repr(share) + repr(asked.key)
    assert unframe(plaintext(asked, 0))[1].hex() not in printed
    assert "_payload" not in printed
    assert len(printed) < 1500


def test_whoever_relays_can_make_requests_of_its_own_but_not_this_one(asked):
    assert Asked(described()).request.digest != asked.request.digest
