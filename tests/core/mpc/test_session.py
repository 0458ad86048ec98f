"""Sessions: everything that was agreed on is in the name, and parties of two sessions part in the first round."""

from dataclasses import replace

import numpy as np
import pytest

from primia_core.mpc.errors import SessionError
from primia_core.mpc.requests import Requests
from primia_core.mpc.session import Terms, bound, check_policy, session_digest
from primia_core.mpc.steps import Step, Tally, play
from primia_core.mpc.stock import Kind, Ledger

KIND = Kind(program="ab" * 32, mask="cd" * 16, protocol="tables", batch=1)
TERMS = Terms(kind=KIND, epoch=1, model_version="resnet18 v1", policy="logits")
BOTH = {"label", "logits"}
GIVEN = {"request": b"r" * 32, "stock_id": "05" * 16, "terms": TERMS, "nonces": (b"0" * 32, b"1" * 32)}


def talk(party, rounds=3):
    """A computation of some rounds: each tells its party and round, and returns what it heard."""
    heard = []
    for number in range(rounds):
        answers = yield Step(f"{number}:talk", {1 - party: np.full(4, 10 * party + number, np.uint32)}, {1 - party: 16})
        heard.append(np.frombuffer(answers[1 - party], np.uint32).tolist())
    return heard


def listen_then_talk(party):
    """Party 0 speaks first, party 1 answers a round later."""
    if party == 0:
        yield Step("0:talk", {1: b"hello"})
        answers = yield Step("1:listen", {}, {1: 3})
    else:
        answers = yield Step("0:listen", {}, {0: 5})
        yield Step("1:talk", {0: b"bye"})
    return bytes(answers[1 - party])


def test_session_is_the_same_for_both_and_as_published():
    """A change of this value parts old and new releases."""
    assert session_digest(**GIVEN) == session_digest(**GIVEN)
    assert session_digest(**GIVEN).hex() == "9438e1d0f3791a239154ebeda880c7cbf9ec70158b16eaa38bac0178486592f5"


@pytest.mark.parametrize(
    "change",
    [
        {"request": b"s" * 32},
        {"stock_id": "06" * 16},
        {"nonces": (b"1" * 32, b"0" * 32)},
        {"nonces": (b"0" * 32, b"2" * 32)},
        {"terms": replace(TERMS, model_version="resnet18 v2")},
        {"terms": replace(TERMS, policy="label")},
        {"terms": replace(TERMS, epoch=2)},
        *(
            {"terms": replace(TERMS, kind=KIND.model_copy(update=other))}
            for other in (
                {"program": "ac" * 32},
                {"mask": "ce" * 16},
                {"protocol": "fss"},
                {"batch": 2},
            )
        ),
    ],
)
def test_whatever_differs_makes_another_session(change):
    assert session_digest(**{**GIVEN, **change}) != session_digest(**GIVEN)


@pytest.mark.parametrize("change", [{"request": b"short"}, {"nonces": (b"0" * 31, b"1" * 33)}])
def test_fields_of_another_length_are_refused(change):
    with pytest.raises(SessionError, match="32 bytes"):
        session_digest(**{**GIVEN, **change})


def test_first_messages_carry_the_session_and_no_round_is_added():
    plain, tagged = (Tally(), Tally()), (Tally(), Tally())
    alone = play([talk(0), talk(1)], plain)
    session = session_digest(**GIVEN)
    together = play([bound(talk(party), peer=1 - party, session=session) for party in (0, 1)], tagged)
    assert together == alone
    assert [tally.rounds for tally in tagged] == [tally.rounds for tally in plain]
    assert [tally.bytes_sent for tally in tagged] == [tally.bytes_sent + 32 for tally in plain]
    assert tagged[0].by_label["1:talk"] == plain[0].by_label["1:talk"]


def test_sessions_are_told_whoever_speaks_first():
    session = session_digest(**GIVEN)
    assert play([bound(listen_then_talk(p), peer=1 - p, session=session) for p in (0, 1)]) == [b"bye", b"hello"]


@pytest.mark.parametrize("computation", [talk, listen_then_talk])
def test_parties_of_two_sessions_part_at_the_first_message(computation):
    running = [
        bound(computation(party), peer=1 - party, session=session_digest(**{**GIVEN, "request": bytes([party]) * 32}))
        for party in (0, 1)
    ]
    tallies = (Tally(), Tally())
    with pytest.raises(SessionError, match="computes session"):
        play(running, tallies)
    assert max(tally.rounds for tally in tallies) <= 2


def test_computation_that_never_hears_of_the_session_is_refused():
    with pytest.raises(SessionError, match="never named its session"):
        play([bound(talk(party, rounds=0), peer=1 - party, session=b"s" * 32) for party in (0, 1)])


@pytest.mark.parametrize(
    ("wanted", "program", "allowed"),
    [
        ("logits", "logits", {"label"}),
        ("label", "logits", {"label", "logits"}),
        ("logits", "label", {"label", "logits"}),
    ],
)
def test_party_gives_only_what_it_allows(wanted, program, allowed):
    check_policy(wanted=program, program=program, allowed={program})
    with pytest.raises(SessionError, match=f"asks for {wanted}"):
        check_policy(wanted=wanted, program=program, allowed=allowed)


# -- requests ----------------------------------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


def test_request_that_was_answered_is_refused_and_its_bytes_are_kept(ledger):
    Requests(ledger).begin("r1", b"d" * 32)
    assert Requests(ledger).answer("r1", b"sealed") == b"sealed"
    with pytest.raises(SessionError, match="was answered"):
        Requests(ledger).begin("r1", b"d" * 32)
    assert Requests(ledger).sent("r1") == b"sealed"
    assert Requests(ledger).answer("r1", b"sealed") == b"sealed"
    with pytest.raises(SessionError, match="answered with other bytes"):
        Requests(ledger).answer("r1", b"another")


def test_digest_under_another_id_and_id_with_another_digest_are_refused(ledger):
    requests = Requests(ledger)
    requests.begin("r1", b"d" * 32)
    with pytest.raises(SessionError, match="under another id"):
        requests.begin("r2", b"d" * 32)
    with pytest.raises(SessionError, match="another content"):
        requests.begin("r1", b"e" * 32)


def test_request_without_an_answer_is_tried_so_often_and_no_more(ledger):
    requests = Requests(ledger, most_attempts=2)
    assert [requests.begin("r1", b"d" * 32) for _ in range(2)] == [1, 2]
    with pytest.raises(SessionError, match="tried 2 times"):
        requests.begin("r1", b"d" * 32)
    with pytest.raises(SessionError, match="tried 1 times"):
        Requests(ledger, most_attempts=1).begin("r1", b"d" * 32)


def test_answer_to_nothing_is_refused(ledger):
    with pytest.raises(SessionError, match="never begun"):
        Requests(ledger).answer("r1", b"sealed")
    with pytest.raises(SessionError, match="32 bytes"):
        Requests(ledger).begin("r1", b"short")
