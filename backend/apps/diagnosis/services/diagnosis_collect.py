"""Hand an answer out, at most once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

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
def diagnosis_collect(*, diagnosis_id: UUID, by: User, now: datetime) -> list[dict[str, Any]]:
    """Return both sealed halves of the answer and empty the row, in one transaction.

    Raises:
        Collected: they were handed out before.
        NotReady: there are none.
        NotFound: there is no such diagnosis, or it is somebody else's.
    """
    diagnosis_get(user=by, diagnosis_id=diagnosis_id)
    diagnosis = hold_diagnosis(diagnosis_id)
    if diagnosis.state == State.COLLECTED:
        raise Collected(
            f"The answer was collected at {diagnosis.collected_at:%Y-%m-%d %H:%M:%S} UTC, and is kept no more."
        )
    if diagnosis.state != State.ANSWERED:
        raise NotReady(f"There is no answer to collect: {NOT_READY[State(diagnosis.state)]}.")
    answers: list[dict[str, Any]] = diagnosis.answers
    diagnosis_close(diagnosis=diagnosis, now=now)
    return answers
