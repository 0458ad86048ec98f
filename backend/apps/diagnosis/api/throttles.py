"""How often a caller may ask. Counted in Redis, for each token by itself and for each person's sessions together."""

import math
import time

from django.conf import settings
from django.core.cache import cache

from backend.apps.accounts.models import ApiToken, User
from backend.apps.diagnosis.errors import TooManyDiagnoses

WINDOW_S = 60


def take_turn(*, user: User, token: ApiToken | None) -> None:
    """Count one request against the caller's minute.

    The last minute is estimated from two whole ones, of which the older counts for the part that still overlaps; so
    a caller cannot send two minutes' worth around the turn of a minute, and counting takes one increment.

    Raises:
        TooManyDiagnoses: with the seconds after which the next one will pass.
    """
    caller = f"token.{token.pk}" if token else f"user.{user.pk}"
    window, into = divmod(time.time(), WINDOW_S)
    now, before = (f"diagnoses.{caller}.{int(window) - back}" for back in (0, 1))
    cache.add(now, 0, timeout=2 * WINDOW_S)
    count, earlier = cache.incr(now), cache.get(before, 0)
    limit = settings.DIAGNOSES_PER_MINUTE
    if count + earlier * (1 - into / WINDOW_S) <= limit:
        return
    cache.decr(now)  # what is refused does not count, or a stubborn caller would never be let in again
    wait = WINDOW_S * (1 + 1 / limit) - into if count > limit else WINDOW_S * (count + earlier - limit) / earlier - into
    seconds = max(math.ceil(wait), 1)
    raise TooManyDiagnoses(
        f"more than {limit} requests in a minute; send the next one in {seconds} s", retry_after_s=seconds
    )
