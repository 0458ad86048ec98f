"""Hold a study's row while something about it is decided."""

from uuid import UUID

from backend.apps.readings.models import ReaderStudy
from backend.common.errors import NotFound


def hold_study(study_id: UUID) -> ReaderStudy:
    """Return the study, locked until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    study = ReaderStudy.objects.select_for_update(no_key=True).filter(pk=study_id).first()
    if study is None:
        raise NotFound("There is no such study.")
    return study
