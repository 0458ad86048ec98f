"""Trying again while the hub is away: exponential backoff with jitter, within a bound."""

import random
import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from workers.link.errors import AgentStopping, HubUnavailable

FIRST_S = 0.2
MOST_S = 5.0

T = TypeVar("T")

_never = threading.Event()


def pause_s(attempt: int) -> float:
    """Return how long to wait before trying again: 0.2 s doubling to 5 s, times 0.5 to 1."""
    return min(MOST_S, FIRST_S * 2 ** min(attempt, 16)) * (0.5 + random.random() / 2)


def patiently(
    call: Callable[[], T],
    *,
    for_s: float,
    stop: Callable[[], bool] = lambda: False,
    wait: Callable[[float], object] = _never.wait,
) -> T:
    """Call until the hub answers.

    Args:
        call: something that is harmless to do twice.
        for_s: give up when this many seconds have passed.
        stop: asked before each wait; true gives up at once.
        wait: how to let a number of seconds pass.
    Raises:
        HubUnavailable: the last one, when the time is over.
        AgentStopping: ``stop`` said so.
    """
    deadline = monotonic() + for_s
    attempt = 0
    while True:
        try:
            return call()
        except HubUnavailable:
            pause = pause_s(attempt)
            attempt += 1
            if stop():
                raise AgentStopping("the hub is away and this agent is stopping") from None
            if monotonic() + pause > deadline:
                raise
            wait(pause)
