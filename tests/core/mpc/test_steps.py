"""Steps: what `play` delivers and counts, and how it refuses parties that do not agree."""

from collections.abc import Generator
from typing import Any

import pytest

from primia_core.mpc.errors import SessionError
from primia_core.mpc.steps import Answers, Step, Tally, play

Party = Generator[Step, Answers, Any]


def saying(*steps: Step, result: Any = None) -> Party:
    """Return a party that takes fixed steps and gives what it heard, or a fixed result."""
    heard = []
    for step in steps:
        answers = yield step
        heard.append({sender: bytes(message) for sender, message in answers.items()})
    return heard if result is None else result


def test_messages_reach_the_party_that_they_are_for() -> None:
    zero = saying(Step("a", {1: b"to one", 2: b"to two!"}, {2: 3}))
    one = saying(Step("a", {}, {0: 6}))
    two = saying(Step("a", {0: bytearray(b"two")}, {0: 7}))
    assert play([zero, one, two]) == [[{2: b"two"}], [{0: b"to one"}], [{0: b"to two!"}]]


def test_a_step_sees_the_answers_of_the_step_before() -> None:
    def echo(party: int) -> Party:
        said = bytes([party])
        for _ in range(3):
            answers = yield Step("echo", {1 - party: said}, {1 - party: len(said)})
            said = said + bytes(answers[1 - party])
        return said

    assert play([echo(0), echo(1)]) == [b"\0\1\1\0\1\0\0\1", b"\1\0\0\1\0\1\1\0"]


def test_parties_that_say_nothing_just_end() -> None:
    assert play([saying(result=1), saying(result=2)]) == [1, 2]
    assert play([]) == []


def test_a_party_may_end_before_others_that_no_longer_need_it() -> None:
    assert play([saying(Step("x", {1: b"?"}, {1: 1})), saying(Step("x", {0: b"!"}, {0: 1})), saying(result=3)])[2] == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Step("7:relu", {1: b"four"}), Step("7:relu", {}, {0: 3})),
        (Step("7:relu", {1: b"four"}), Step("7:relu")),
        (Step("7:relu"), Step("7:relu", {}, {0: 4})),
        (Step("7:relu", {1: b""}), Step("7:relu")),
    ],
    ids=["another size", "not awaited", "not sent", "nothing sent is still a message"],
)
def test_a_message_of_another_size_is_refused(first: Step, second: Step) -> None:
    with pytest.raises(SessionError, match=r"party 1 at 7:relu awaits .* and is sent .*same program and batch"):
        play([saying(first), saying(second)])


@pytest.mark.parametrize("step", [Step("9:lift", {1: b"x"}), Step("9:lift", {}, {1: 1})], ids=["says", "awaits"])
def test_a_party_that_goes_on_after_the_other_ended_is_refused(step: Step) -> None:
    with pytest.raises(SessionError, match="party 0 is at 9:lift and party 1 has ended"):
        play([saying(step), saying(result=0)])


def test_tallies_count_rounds_and_bytes_of_each_label() -> None:
    tallies = (Tally(), Tally())
    zero = saying(Step("1:a", {1: b"12345"}, {1: 1}), Step("1:a", {}, {1: 2}), Step("2:b", {1: memoryview(b"xyz")}))
    one = saying(Step("1:a", {0: b"1"}, {0: 5}), Step("1:a", {0: b"12"}), Step("2:b", {}, {0: 3}))
    play([zero, one], tallies)
    assert (tallies[0].rounds, tallies[0].bytes_sent) == (3, 8)
    assert tallies[0].by_label == {"1:a": (2, 5), "2:b": (1, 3)}
    assert tallies[1].by_label == {"1:a": (2, 3), "2:b": (1, 0)}


def test_a_tally_counts_bytes_and_not_items() -> None:
    tally = Tally()
    tally.note(Step("x", {0: memoryview(bytes(8)).cast("I"), 2: b"1"}))
    assert tally.bytes_sent == 9


def test_an_error_of_a_party_is_not_hidden() -> None:
    def broken() -> Party:
        yield Step("x")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        play([broken(), saying(Step("x"))])
