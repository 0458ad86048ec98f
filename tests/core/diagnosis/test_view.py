"""What each of those involved has seen holds neither picture nor answer; both parties together have both.

The parties' views of the computation itself are in tests/core/mpc/gates/test_transcripts.py.
"""

import base64
import json

import numpy as np
import pytest

from primia_core.canonical import canonical_json
from primia_core.diagnosis import open_answers, share_info, split
from primia_core.diagnosis.framing import decode64
from primia_core.diagnosis.input import normalised
from tests.core.diagnosis.canaries import found
from tests.core.diagnosis.parties import DIAGNOSIS, NOW, SERVICE, Asked, described, node, signed

LOGITS = [9000, -123456, 40960]


class Seen:
    """A whole diagnosis of a picture, and what everybody has seen of it."""

    def __init__(self, ring_bits):
        self.asked = asked = Asked(described(ring_bits=ring_bits, size=32))
        self.plane = np.random.default_rng(7).integers(90, 140, (32, 32), dtype=np.uint8)
        asked.integers = normalised(self.plane, asked.descriptor)
        asked.request = split(asked.descriptor, asked.integers, asked.key.public, diagnosis_id=DIAGNOSIS)
        self.answers = asked.answers(LOGITS)

    @property
    def hub(self):
        """Everything that goes through the hub: as JSON, and as what the JSON says."""
        sealed = [decode64(answer.sealed) for answer in self.answers]
        texts = [canonical_json(answer.to_json()) for answer in self.answers]
        public = canonical_json(signed(self.asked.descriptor).to_json())
        return [*self.asked.request.shares, *sealed, *texts, public, str(DIAGNOSIS).encode(), NOW.isoformat().encode()]

    def party(self, number):
        """What the hub has seen, and what this party has opened, expanded and answered."""
        name = ("north", "south")[number]
        plaintext = node(name).open(self.asked.request.shares[number], share_info(SERVICE, number))
        return [*self.hub, plaintext, self.asked.open(number).words().tobytes(), self.words(number).tobytes()]

    def words(self, number):
        """Return a party's own share of the answer, as it was before it was sealed."""
        info = f"primia diagnosis answer v1\n{DIAGNOSIS}\n{number}".encode()
        plaintext = self.asked.key.open(decode64(self.answers[number].sealed), info)
        width = self.asked.descriptor.output.width
        return np.frombuffer(plaintext[-3 * width.bits // 8 :], width.dtype)

    @property
    def secrets(self):
        return {"integers": self.asked.integers, "greys": self.plane, "logits": np.array(LOGITS)}


@pytest.fixture(params=[32, 64])
def seen(request):
    return Seen(request.param)


def test_what_goes_through_the_hub_holds_nothing(seen):
    assert not [name for name, secret in seen.secrets.items() if found(secret, seen.hub)]


@pytest.mark.parametrize("number", [0, 1])
def test_what_one_party_sees_holds_nothing(seen, number):
    assert not [name for name, secret in seen.secrets.items() if found(secret, seen.party(number))]


def test_both_parties_together_hold_everything(seen):
    picture = seen.asked.open(0).words() + seen.asked.open(1).words()
    answer = seen.words(0) + seen.words(1)
    assert found(seen.asked.integers, [picture.tobytes()])
    assert found(LOGITS, [answer.tobytes()])


def test_the_requester_holds_everything_and_the_search_finds_it_in_every_spelling(seen):
    asked = seen.asked
    opened = open_answers(asked.descriptor, DIAGNOSIS, asked.key, seen.answers, request_digest=asked.request.digest)
    assert found(np.array(opened.logits), [json.dumps(opened.logits).encode()])
    words = asked.integers.astype(np.uint64).astype(asked.descriptor.input.width.dtype).tobytes()
    wrapped = [base64.b64encode(b"." * before + words) for before in range(4)]
    for written in (words, b"." + words, words.hex().encode(), json.dumps(asked.integers.tolist()).encode(), *wrapped):
        assert found(asked.integers, [written])
    assert found(seen.plane, [b"P5 32 32 255\n" + seen.plane.tobytes()])
