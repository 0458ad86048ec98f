"""Hand an answer out to one collector, and keep nothing of it once it has arrived.

A collector that draws a *receipt*, a secret of its own, may ask again with it until it acknowledges: what was lost on
the way is not lost for good. Whoever has another receipt, or none, gets nothing any more. Without a receipt the answer
is deleted as it is handed out.
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare

from backend.apps.accounts.models import User
from backend.apps.diagnosis.errors import Collected, NotReady
from backend.apps.diagnosis.models import Diagnosis
from backend.apps.diagnosis.selectors.diagnoses import diagnosis_get
from backend.apps.diagnosis.services.diagnosis_end import diagnosis_close
from backend.apps.diagnosis.services.locking import hold_diagnosis

State = Diagnosis.State
NOT_READY = {
    State.QUEUED: "it waits for its turn; follow its events and collect once it is answered",
    State.COMPUTING: "it is being computed; follow its events and collect once it is answered",
    State.FAILED: "it failed, see its failure; send a new request",
    State.EXPIRED: "nobody collected it in time, and its answer was thrown away; send a new request",
}


@transaction.atomic
def diagnosis_collect(
    *, diagnosis_id: UUID, by: User, now: datetime, receipt: bytes | None = None
) -> list[dict[str, Any]]:
    """Return both sealed halves of the answer: again for the same receipt, until it is acknowledged.

    Raises:
        Collected: they were handed out before, to somebody else or for good.
        NotReady: there are none.
        NotFound: there is no such diagnosis, or it is somebody else's.
    """
    diagnosis = _held(diagnosis_id, by)
    if diagnosis.state == State.COLLECTED:
        raise _gone(diagnosis)
    if diagnosis.state != State.ANSWERED:
        raise NotReady(f"There is no answer to collect: {NOT_READY[State(diagnosis.state)]}.")
    if diagnosis.receipt_hash is not None:
        _check_receipt(diagnosis, receipt)
    answers: list[dict[str, Any]] = diagnosis.answers
    if receipt is None:
        diagnosis_close(diagnosis=diagnosis, now=now)
    elif diagnosis.receipt_hash is None:
        diagnosis.receipt_hash, diagnosis.collected_at = _hash(receipt), now
        diagnosis.save(update_fields=["receipt_hash", "collected_at"])
    return answers


@transaction.atomic
def diagnosis_acknowledge(*, diagnosis_id: UUID, by: User, now: datetime, receipt: bytes) -> None:
    """Delete an answer that has arrived. Acknowledging twice changes nothing.

    Raises:
        Collected: it was handed out to another receipt, or to none.
        NotReady: it was not handed out.
        NotFound: there is no such diagnosis, or it is somebody else's.
    """
    diagnosis = _held(diagnosis_id, by)
    if diagnosis.state not in (State.ANSWERED, State.COLLECTED):
        raise NotReady(f"There is no answer to acknowledge: {NOT_READY[State(diagnosis.state)]}.")
    if diagnosis.state == State.ANSWERED and diagnosis.receipt_hash is None:
        raise NotReady("The answer was not handed out yet: collect it with this receipt, then acknowledge it.")
    _check_receipt(diagnosis, receipt)
    if diagnosis.state == State.ANSWERED:
        diagnosis_close(diagnosis=diagnosis, now=now)


def _held(diagnosis_id: UUID, by: User) -> Diagnosis:
    diagnosis_get(user=by, diagnosis_id=diagnosis_id)
    return hold_diagnosis(diagnosis_id)


def _check_receipt(diagnosis: Diagnosis, receipt: bytes | None) -> None:
    if receipt is None or not constant_time_compare(diagnosis.receipt_hash or "", _hash(receipt)):
        raise _gone(diagnosis)


def _gone(diagnosis: Diagnosis) -> Collected:
    kept = "is kept for its collector alone" if diagnosis.state == State.ANSWERED else "is kept no more"
    return Collected(f"The answer was collected at {diagnosis.collected_at:%Y-%m-%d %H:%M:%S} UTC, and {kept}.")


def _hash(receipt: bytes) -> str:
    return hashlib.sha256(receipt).hexdigest()
