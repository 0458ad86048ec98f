"""Frames: the awaited one comes back, every other one is refused when its header is there."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primia_core.mpc.errors import PeerFailed, PeerGarbage, SessionError
from primia_core.mpc.transport.frames import (
    HEADER_BYTES,
    MAX_REASON_BYTES,
    Direction,
    Incoming,
    Kind,
    reason_bytes,
    session_tag,
)


def directions(session=b"session"):
    pair = Direction(), Direction()
    for direction in pair:
        direction.begin(session)
    return pair


def feed(incoming, data):
    taken = 0
    while taken < len(data) and not incoming.complete:
        space = incoming.space()
        part = data[taken : taken + len(space)]
        space[: len(part)] = part
        taken += len(part)
        incoming.fill(len(part))
    return taken


@given(messages=st.lists(st.binary(max_size=100), max_size=5), cut=st.integers(1, 40))
def test_messages_come_back_in_order_however_they_are_cut(messages, cut):
    out, inward = directions()
    for message in messages:
        data = out.header(Kind.DATA, len(message)) + message
        incoming = Incoming(inward, 1, len(message))
        for start in range(0, len(data), cut):
            feed(incoming, data[start : start + cut])
        assert incoming.complete
        assert bytes(incoming.payload()) == message
        assert incoming.arrived == len(message)


def test_payload_is_aligned_for_ring_words():
    assert HEADER_BYTES % 16 == 0


def test_a_repeated_message_is_refused_at_its_header():
    out, inward = directions()
    header = out.header(Kind.DATA, 4)
    feed(Incoming(inward, 1, 4), header + b"once")
    with pytest.raises(PeerGarbage, match=r"number 0.*number 1"):
        feed(Incoming(inward, 1, 4), header)


@pytest.mark.parametrize("length", [0, 3, 5, 2**63])
def test_a_message_of_another_length_is_refused_at_its_header(length):
    out, inward = directions()
    with pytest.raises(PeerGarbage, match=f"{length} bytes; awaited are .* 4 bytes"):
        feed(Incoming(inward, 1, 4), out.header(Kind.DATA, length))


@given(position=st.integers(0, HEADER_BYTES - 1), flip=st.integers(1, 255))
def test_no_byte_of_a_header_can_be_changed(position, flip):
    out, inward = directions()
    header = bytearray(out.header(Kind.DATA, 4))
    header[position] ^= flip
    with pytest.raises((PeerGarbage, SessionError, PeerFailed)):  # a kind turned into an abort is one
        feed(Incoming(inward, 1, 4), bytes(header) + bytes(4))


def test_the_first_frame_of_another_session_says_so():
    out, _ = directions(b"theirs")
    _, inward = directions(b"ours")
    with pytest.raises(SessionError, match=session_tag(b"theirs").hex()):
        feed(Incoming(inward, 1, 4), out.header(Kind.DATA, 4))


def test_a_session_that_changes_in_its_middle_is_garbage():
    out, inward = directions()
    feed(Incoming(inward, 1, 0), out.header(Kind.DATA, 0))
    out.tag = session_tag(b"another")
    with pytest.raises(PeerGarbage, match="middle"):
        feed(Incoming(inward, 1, 4), out.header(Kind.DATA, 4))


@pytest.mark.parametrize("awaited", [0, 4, 10_000])
def test_an_abort_says_why_whatever_is_awaited_and_whatever_the_session(awaited):
    out, _ = directions(b"theirs")
    _, inward = directions(b"ours")
    reason = reason_bytes("mpc.kernel at 3:relu")
    incoming = Incoming(inward, 2, awaited)
    feed(incoming, out.header(Kind.ABORT, len(reason)) + reason[:-1])
    with pytest.raises(PeerFailed, match=r"party 2 has given up: mpc\.kernel at 3:relu"):
        feed(incoming, reason[-1:])


def test_a_reason_is_short_and_printable():
    assert reason_bytes("a\x1b[31m\nb\u2028") == b"a?[31m?b?"
    assert len(reason_bytes("x" * 10_000)) == MAX_REASON_BYTES


def test_an_abort_with_a_long_reason_is_garbage():
    out, inward = directions()
    with pytest.raises(PeerGarbage):
        feed(Incoming(inward, 1, 4), out.header(Kind.ABORT, MAX_REASON_BYTES + 1))


def test_the_header_is_what_its_drawing_says():
    out, _ = directions(b"s")
    out.header(Kind.DATA, 1)
    want = b"PMI\x01" + b"\x01" + bytes(3) + struct.pack("<Q", 1) + session_tag(b"s") + struct.pack("<Q", 258)
    assert out.header(Kind.DATA, 258) == want
