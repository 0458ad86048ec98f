"""How long to wait and what to try again. It knows no diagnosis."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from primia_core.client.conversation import Conversation, Pause
from primia_core.client.errors import ApiError, Unreachable

T = TypeVar("T")
PASSING = frozenset({429, 502, 503, 504})
FINAL = frozenset({"diagnosis.budget_used_up", "diagnosis.token_quota_used_up"})
"""Refusals with a status that passes, which do not pass within the day."""
TRIES = 7
LONGEST_S = 60.0


def patiently(call: Callable[[], Conversation[T]]) -> Conversation[T]:
    """Make a call that may be repeated, again while the platform is away or busy: for about half a minute.

    Raises:
        Unreachable, ApiError: as the last try ended.
    """
    for tries in range(TRIES):
        try:
            return (yield from call())
        except Unreachable:
            if tries == TRIES - 1:
                raise
            yield Pause(0.25 * 2**tries)
        except ApiError as error:
            if tries == TRIES - 1 or error.status not in PASSING or error.code in FINAL:
                raise
            yield Pause(min(LONGEST_S, error.retry_after_s or 0.25 * 2**tries))
    raise AssertionError("the last try returns or raises")


def paces() -> Iterator[float]:
    """Yield pauses between two looks: short ones while an answer is a matter of seconds, longer ones later."""
    for pause, count in ((0.1, 50), (0.25, 60), (0.5, 60)):
        for _ in range(count):
            yield pause
    while True:
        yield 2.0
