"""A frame opens to what went in, in one spelling only."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primia_core.diagnosis.framing import MOST_HEADER_BYTES, decode64, encode64, frame, unframe

HEADERS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9) | st.none(), max_size=5)


@given(header=HEADERS, payload=st.binary(max_size=50))
def test_a_frame_opens_to_what_went_in(header, payload):
    assert unframe(frame(header, payload)) == (header, payload)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0\0\0",
        struct.pack(">I", 5) + b"{}",
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", 3) + b"{ }",
        struct.pack(">I", 13) + b'{"b":1,"a":2}',
        struct.pack(">I", 13) + b'{"a":1,"a":1}',
        struct.pack(">I", 9) + b'{"a":1.0}'[:8] + b"x",
        struct.pack(">I", 2) + b"\xff\xfe",
        struct.pack(">I", 9) + b'{"a":NaN}',
        struct.pack(">I", 14) + b'{"a":"\\ud800"}',
        struct.pack(">I", 10_000) + b"[" * 10_000,
        struct.pack(">I", 9_006) + b'{"a":' + b"9" * 9000 + b"}",
        struct.pack(">I", MOST_HEADER_BYTES + 1) + b" " * (MOST_HEADER_BYTES + 1),
    ],
)
def test_other_bytes_are_refused(message):
    with pytest.raises(ValueError):
        unframe(message)


@given(st.binary(max_size=40))
def test_base64_has_one_spelling(content):
    assert decode64(encode64(content)) == content


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", " QQ==", "Q-==", "QQ==QQ=="])
def test_another_spelling_is_refused(text):
    with pytest.raises(ValueError):
        decode64(text)
