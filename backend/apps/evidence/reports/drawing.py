"""Draw a report in a process of its own, so that the web process stays light and a drawing cannot hold it up for long.

The same dossier gives the same bytes, so what was drawn is kept for a while.
"""

import json
import logging
import subprocess
import sys
from contextlib import contextmanager
from hashlib import sha256
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from django.core.cache import cache

from backend.common.errors import BackendError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 90
AT_ONCE = 2
WAITS_S = 30
KEPT_S = 600
log = logging.getLogger(__name__)
_places = BoundedSemaphore(AT_ONCE)


class ReportFailed(BackendError):
    """What the rows say makes no report."""

    code = "evidence.report_failed"
    status = 500


def draw(dossier: dict[str, Any], form: str) -> bytes:
    """Return the report in one of its forms.

    Raises:
        Unavailable: as many as may be are being drawn already, and none ended in time.
        ReportFailed: the records do not fit together; the log says why.
    """
    content = json.dumps(dossier, sort_keys=True).encode()
    key = f"report.{form}.{sha256(content).hexdigest()}"
    kept: bytes | None = cache.get(key)
    if kept is None:
        with _place():
            kept = _drawn(content, form)
        cache.set(key, kept, KEPT_S)
    return kept


@contextmanager
def _place() -> "Iterator[None]":
    if not _places.acquire(timeout=WAITS_S):
        raise Unavailable(f"{AT_ONCE} reports are being drawn and none was done in {WAITS_S} s; try again in a minute.")
    try:
        yield
    finally:
        _places.release()


def _drawn(content: bytes, form: str) -> bytes:
    try:
        answer = subprocess.run(  # noqa: S603 - no shell, and every word is ours
            [sys.executable, "-m", "primia_core.reporting", form],
            input=content,
            capture_output=True,
            timeout=LONGEST_S,
            check=False,
            env={},  # none of the platform's secrets
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(
            f"The report was not drawn within {LONGEST_S} s; try again when the machine has less to do."
        ) from None
    if answer.returncode != 0:
        log.error("report not drawn", extra={"form": form, "reason": answer.stderr.decode(errors="replace")[-2000:]})
        raise ReportFailed("The records of this model version make no report; the platform's log says why.")
    return answer.stdout
