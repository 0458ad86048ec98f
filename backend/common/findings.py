"""Handle what a reconciler has found, each finding by itself: one that fails does not keep the others back."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from primia_core.errors import PrimiaError

log = logging.getLogger(__name__)


def handle_each(ids: Iterable[UUID], handle: Callable[[UUID], object]) -> None:
    """Handle every id, in a transaction of the handler's own; what is refused is left for the next look."""
    for each in list(ids):
        try:
            handle(each)
        except PrimiaError:
            log.exception("reconcile: %s is left for the next look", each)
