"""What is tried again, for how long, and what is told at once."""

import pytest

from primia_core.client.conversation import Call, Conversation, Pause, every, get
from primia_core.client.errors import ApiError, ClientError, Unreachable
from primia_core.client.patience import TRIES, patiently


def played(talk: Conversation[object], answers: list[object]) -> tuple[object, list[object]]:
    """Play a conversation against a list of answers; return its result and the steps that it took."""
    steps: list[object] = []
    turn, given, left = talk.send, None, list(answers)
    while True:
        try:
            step = turn(given)  # type: ignore[arg-type]
        except StopIteration as end:
            assert not left
            return end.value, steps
        steps.append(step)
        if isinstance(step, Pause):
            turn, given = talk.send, None
            continue
        answer = left.pop(0)
        turn, given = (talk.throw if isinstance(answer, Exception) else talk.send), answer  # type: ignore[assignment]


def test_a_platform_that_is_away_for_a_moment_is_asked_again() -> None:
    away, busy = Unreachable("no answer"), ApiError(503, "request.busy", "busy")
    answer, steps = played(patiently(lambda: get("x")), [away, busy, {"ok": 1}])
    assert answer == {"ok": 1}
    assert [type(step) for step in steps] == [Call, Pause, Call, Pause, Call]


def test_a_pause_that_the_platform_asks_for_is_kept() -> None:
    throttled = ApiError(429, "request.throttled", "slowly", retry_after_s=7.0)
    _, steps = played(patiently(lambda: get("x")), [throttled, {}])
    assert steps[1] == Pause(7.0)


@pytest.mark.parametrize(
    "refusal",
    [
        ApiError(429, "diagnosis.budget_used_up", "tomorrow"),
        ApiError(429, "diagnosis.token_quota_used_up", "tomorrow", retry_after_s=3600.0),
        ApiError(409, "service.closed", "closed"),
        ApiError(401, "request.not_authenticated", "who?"),
    ],
)
def test_a_refusal_that_will_not_pass_is_told_at_once(refusal: ApiError) -> None:
    with pytest.raises(ApiError) as caught:
        played(patiently(lambda: get("x")), [refusal])
    assert caught.value is refusal


def test_patience_ends() -> None:
    with pytest.raises(ClientError, match="away"):
        played(patiently(lambda: get("x")), [Unreachable("away")] * TRIES)


def test_every_page_is_asked_for_at_the_platform_that_was_asked_first() -> None:
    pages: list[object] = [
        {"results": [1, 2], "next": "http://inside:8000/api/v1/rows?cursor=abc%3D&after=0"},
        {"results": [3], "next": None},
    ]
    rows, steps = played(every("rows", after=0), pages)
    assert rows == [1, 2, 3]
    assert steps[1] == Call("GET", "rows", {"cursor": "abc=", "after": "0"})
