"""How long the coordinator waits for a site, and when it goes on without one."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from backend.apps.federations.models import Site
from backend.apps.federations.selectors import SILENT_AFTER
from backend.apps.jobs.models import Attempt

Phase = Attempt.Phase

SOFT: Mapping[str, timedelta] = {
    Phase.ADVERTISE: timedelta(seconds=60),
    Phase.SHARE: timedelta(seconds=60),
    Phase.SUBMIT: timedelta(hours=2),
    Phase.CONSENT: timedelta(seconds=60),
    Phase.UNMASK: timedelta(seconds=60),
    Phase.CLOSE: timedelta(minutes=10),
}
"""After this the attempt goes on without a site that lives but does not answer, if the others suffice."""

HARD: Mapping[str, timedelta] = {phase: max(limit, timedelta(minutes=30)) for phase, limit in SOFT.items()}
"""After this an attempt that cannot go on without a site fails."""

ABORT = timedelta(minutes=30)
"""How long a failed attempt waits for the oaths without which there can be no other."""

SILENT_GRACE = SILENT_AFTER * 1.5
"""A site not heard of for this long is gone: its agent died, and nothing has started it again."""

MAX_ATTEMPTS = 4


def is_given_up(site: Site, attempt: Attempt, now: datetime) -> bool:
    """Say whether an attempt that has enough others need wait for ``site`` no longer."""
    if now >= attempt.deadline:
        return True
    heard = max(site.last_seen_at or attempt.phase_since, attempt.phase_since)
    return heard + SILENT_GRACE <= now


def is_hopeless(attempt: Attempt, now: datetime) -> bool:
    """Say whether the present phase has waited long enough for anybody."""
    return attempt.phase_since + HARD[attempt.phase] <= now


def enter(attempt: Attempt, phase: str, now: datetime) -> None:
    """Put an attempt into a phase and start its clock."""
    attempt.phase, attempt.phase_since, attempt.deadline = phase, now, now + SOFT[phase]
