"""Who of a federation could read in a study, and who could not, with the reason."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from backend.apps.accounts.models import User
from backend.apps.federations.models import Membership
from backend.apps.readings.models import Look, Rater, ReaderStudy
from backend.apps.readings.roles import READ

READS, KNOWS = "reads", "knows"


@dataclass(frozen=True)
class Candidate:
    """A person with their roles. ``barred`` says why they cannot be brought in, or is empty."""

    user: User
    roles: tuple[str, ...]
    barred: str


def candidates_of(study: ReaderStudy) -> Iterator[Candidate]:
    """Yield everybody whose role would let them read, by user name."""
    members = Membership.objects.filter(federation=study.federation_id, role__in=READ, user__is_active=True)
    roles: dict[User, set[str]] = defaultdict(set)
    for member in members.select_related("user"):
        roles[member.user].add(member.role)
    reads = set(Rater.objects.filter(study=study).exclude(user=None).values_list("user", flat=True))
    knows = set(Look.objects.filter(study=study).values_list("user", flat=True))
    for user in sorted(roles, key=lambda one: one.username):
        barred = READS if user.pk in reads else KNOWS if user.pk in knows else ""
        yield Candidate(user, tuple(sorted(roles[user])), barred)
