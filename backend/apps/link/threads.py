"""A few threads that talk to the database and the disk for the link. Each keeps its connection between calls."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 4
"""Calls are short; a lease that waits holds no thread."""

_threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="link")


async def in_thread(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous call in one of the link's threads and return what it returns."""
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(_guarded, call, *args, **kwargs))


def _guarded(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Django looks after connections at a request's ends; there are no such ends here."""
    for connection in connections.all(initialized_only=True):
        connection.close_at = None  # a new connection a call would cost more than the call
        connection.health_check_done = False
        connection.close_if_unusable_or_obsolete()
    return call(*args, **kwargs)
