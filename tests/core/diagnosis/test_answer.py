"""Only the requester reads an answer, and only the answer to its own request, by both parties, of one computation."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.diagnosis import Answer, AnswerKey, open_answers, seal_answer
from primia_core.diagnosis.answer import normalised_entropy, softmax
from primia_core.diagnosis.errors import (
    AnswerCorrupt,
    AnswerForged,
    AnswerIncomplete,
    AnswersDiffer,
    AnswerToAnother,
)
from primia_core.diagnosis.framing import decode64, encode64
from tests.core.diagnosis.parties import DIAGNOSIS, Asked, described, node

ASKED = {
    (policy, bits): Asked(described(policy, ring_bits=bits)) for policy in ("logits", "label") for bits in (32, 64)
}
LOGITS = ASKED["logits", 32]
VALUES = [9000, -123456, 40960]


def opened(asked, answers, **changes):
    how = {"descriptor": asked.descriptor, "diagnosis_id": asked.diagnosis, "answer_key": asked.key,
           "request_digest": asked.request.digest} | changes  # fmt: skip
    return open_answers(answers=answers, **how)


@settings(max_examples=25)
@given(values=st.lists(st.integers(-(2**31), 2**31 - 1), min_size=3, max_size=3), bits=st.sampled_from([32, 64]))
def test_logits_are_the_sum_of_both_answers(values, bits):
    asked = ASKED["logits", bits]
    read = opened(asked, asked.answers(values))
    np.testing.assert_array_equal(read.logits, np.array(values) / asked.descriptor.output.scale)
    assert read.label == int(np.argmax(values))
    assert read.plausible == bool(max(map(abs, read.logits)) <= asked.descriptor.output.limit)
    assert sum(read.probabilities) == pytest.approx(1)
    assert read.diagnosis == DIAGNOSIS


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("label", [0, 1, 2])
def test_a_label_comes_alone(bits, label):
    asked = ASKED["label", bits]
    read = opened(asked, asked.answers([label]))
    assert (read.label, read.logits, read.probabilities, read.entropy) == (label, None, None, None)
    assert read.plausible


def test_probabilities_are_softmax_over_temperature():
    read = opened(LOGITS, LOGITS.answers(VALUES))
    powers = np.exp(np.array(VALUES) / 4096.5 / 1.5)
    np.testing.assert_allclose(read.probabilities, powers / powers.sum())
    assert read.entropy == pytest.approx(-sum(p * np.log(p) for p in read.probabilities) / np.log(3))


def test_softmax_and_entropy_at_their_ends():
    np.testing.assert_array_equal(softmax(np.array([1e300, 0.0])), [1.0, 0.0])
    assert normalised_entropy(np.array([1.0, 0.0, 0.0])) == 0.0
    assert normalised_entropy(np.full(7, 1 / 7)) == pytest.approx(1)
    assert normalised_entropy(np.array([1.0])) == 0.0


def test_answers_may_come_in_any_order_and_as_json():
    answers = [answer.to_json() for answer in LOGITS.answers(VALUES)]
    assert opened(LOGITS, answers[::-1]) == opened(LOGITS, [Answer.from_json(answer) for answer in answers])


def test_one_party_alone_or_twice_is_no_answer():
    first, second = LOGITS.answers(VALUES)
    for incomplete in ([], [first], [second], [first, first], [first, second, second]):
        with pytest.raises(AnswerIncomplete):
            opened(LOGITS, incomplete)


def test_one_answer_alone_says_nothing():
    """Each half is uniform: the same values, blinded anew, look unlike each other."""
    halves = set()
    for number in range(20):
        answers = LOGITS.answers(VALUES, session=bytes([number]) * 32)
        sealed = decode64(answers[0].sealed)
        halves.add(LOGITS.key.open(sealed, f"primia diagnosis answer v1\n{DIAGNOSIS}\n0".encode())[-12:])
    assert len(halves) == 20


def test_answers_are_signed_by_their_party():
    first, second = LOGITS.answers(VALUES)
    later, _ = LOGITS.answers(VALUES)
    forged = [
        first.model_copy(update={"sealed": later.sealed}),
        first.model_copy(update={"signature": second.signature}),
        first.model_copy(update={"signature": encode64(bytes(64))}),
        first.model_copy(update={"signature": "x"}),
        first.model_copy(update={"sealed": encode64(decode64(first.sealed) + b"\0")}),
    ]
    for answer in forged:
        with pytest.raises(AnswerForged):
            opened(LOGITS, [answer, second])
    with pytest.raises(AnswerForged):
        opened(LOGITS, [first.model_copy(update={"party": 1}), second.model_copy(update={"party": 0})])


def test_answers_of_two_computations_do_not_add_up():
    first, _ = LOGITS.answers(VALUES, session=b"1" * 32)
    _, second = LOGITS.answers(VALUES, session=b"2" * 32)
    with pytest.raises(AnswersDiffer):
        opened(LOGITS, [first, second])


def test_an_answer_to_another_key_diagnosis_request_or_descriptor_is_refused():
    answers = LOGITS.answers(VALUES)
    other = UUID("00000000-0000-4000-8000-000000000001")
    for change in (
        {"answer_key": AnswerKey.create()},
        {"diagnosis_id": other},
        {"request_digest": b"\0" * 32},
        {"descriptor": described(epoch=8)},
    ):
        with pytest.raises(AnswerToAnother):
            opened(LOGITS, answers, **change)


def test_an_answer_to_an_earlier_request_of_the_same_key_is_refused():
    earlier = Asked(described(), key=LOGITS.key)
    with pytest.raises(AnswerToAnother):
        opened(LOGITS, earlier.answers(VALUES))


def test_a_label_that_is_no_class_is_refused():
    asked = ASKED["label", 32]
    for label in (3, 65535):
        with pytest.raises(AnswerCorrupt):
            opened(asked, asked.answers([label]))


def test_a_party_seals_only_what_the_descriptor_promises():
    share = LOGITS.open(0)
    for words in (np.zeros(2, np.uint32), np.zeros((1, 3), np.uint64), np.zeros((1, 3), np.int32)):
        with pytest.raises(AnswerCorrupt):
            seal_answer(node("north"), share, words, descriptor=LOGITS.descriptor, session=b"s" * 32)


@pytest.mark.parametrize("value", [{}, {"party": 2, "sealed": "", "signature": ""}, {"sealed": ""}, []])
def test_what_is_no_answer_is_refused(value):
    with pytest.raises(AnswerCorrupt):
        Answer.from_json(value)


def test_no_logit_is_printed():
    read = opened(LOGITS, LOGITS.answers(VALUES))
    assert repr(read) == f"Opened(diagnosis={DIAGNOSIS!r}, plausible=True)"
