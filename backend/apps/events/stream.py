"""What can be followed live: numbered rows, a bell that says there are more, and who may read them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from backend.apps.accounts.models import Scope, User
from backend.apps.events import bell, selectors


class Stream(ABC):
    """One series of events, numbered from 1 without a gap. Equal streams share a tail."""

    scope: ClassVar[Scope]
    """What a token needs, to follow."""

    @property
    @abstractmethod
    def group(self) -> str:
        """The bell's group."""

    @abstractmethod
    def last_seq(self) -> int:
        """Return the number of the last event, 0 where there is none."""

    @abstractmethod
    def events_after(self, after: int, limit: int) -> list[dict[str, Any]]:
        """Return up to ``limit`` events with a number above ``after``, in order, each with its ``seq``."""

    @abstractmethod
    def may_follow(self, user: User) -> bool:
        """Say whether the user may read these events."""


@dataclass(frozen=True)
class JobStream(Stream):
    """The events of one job."""

    job_id: UUID
    scope: ClassVar[Scope] = Scope.READ

    @property
    def group(self) -> str:
        """The job's bell."""
        return bell.group(self.job_id)

    def last_seq(self) -> int:
        """Return the number of the job's last event."""
        return selectors.last_seq(job_id=self.job_id)

    def events_after(self, after: int, limit: int) -> list[dict[str, Any]]:
        """Return the job's events after a number."""
        return selectors.events_after(job_id=self.job_id, after=after, limit=limit)

    def may_follow(self, user: User) -> bool:
        """Say whether the user may see the job."""
        return selectors.may_follow(user=user, job_id=self.job_id)
