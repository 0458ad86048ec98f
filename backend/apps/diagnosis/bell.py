"""The bells of diagnoses and nodes: whoever listens to a group looks for news in the rows."""

from uuid import UUID

from backend.common import bell


def group(diagnosis_id: UUID | str) -> str:
    """Return the name of the group that hears of the diagnosis."""
    return f"diagnosis.{diagnosis_id}"


def ring_on_commit(diagnosis_id: UUID) -> None:
    """Ring once the present transaction is committed."""
    bell.ring_on_commit(group(diagnosis_id))
