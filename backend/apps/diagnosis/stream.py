"""A diagnosis as a live stream, for its requester alone."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from backend.apps.accounts.models import Scope, User
from backend.apps.diagnosis import bell
from backend.apps.diagnosis.selectors import events
from backend.apps.events.stream import Stream


@dataclass(frozen=True)
class DiagnosisStream(Stream):
    """The events of one diagnosis."""

    diagnosis_id: UUID
    scope: ClassVar[Scope] = Scope.DIAGNOSES

    @property
    def group(self) -> str:
        """The diagnosis's bell."""
        return bell.group(self.diagnosis_id)

    def last_seq(self) -> int:
        """Return the number of the diagnosis's last event."""
        return events.last_seq(diagnosis_id=self.diagnosis_id)

    def events_after(self, after: int, limit: int) -> list[dict[str, Any]]:
        """Return the diagnosis's events after a number."""
        return events.events_after(diagnosis_id=self.diagnosis_id, after=after, limit=limit)

    def may_follow(self, user: User) -> bool:
        """Say whether the diagnosis is the user's own."""
        return events.may_follow(user=user, diagnosis_id=self.diagnosis_id)
