"""What a federation's cohorts have been asked together already, and so may not be asked in another group.

The pooled statistics of one group and of another give the difference away: what one hospital has. So a site answers for
one cohort in one group only, ever, and a plan for another group takes the constants that are known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.apps.jobs.models import Attempt, Round
from primia_core.imaging import Normalisation

Cohorts = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Released:
    """Pooled statistics that were opened once: whose cohorts were asked, and whose are in the sum."""

    asked: Cohorts
    summed: Cohorts
    image_size: int
    closed_at: datetime
    normalisation: Normalisation

    def forbids(self, cohorts: Cohorts) -> bool:
        """Say whether asking these cohorts would bring one of them into a second group."""
        return bool(self.asked & cohorts) and not (self.asked == self.summed == cohorts)


def known_normalisation(federation_id: UUID, cohorts: Mapping[str, str], *, image_size: int) -> Normalisation | None:
    """Return the constants that a plan must take over, or ``None`` where its sites may be asked for theirs.

    Args:
        cohorts: dataset version by site, of the plan.
        image_size: of the plan; constants of images of this size are preferred, then those of the most of its cohorts.
    """
    wanted = frozenset(cohorts.items())
    found = [released for released in _released(federation_id) if released.forbids(wanted)]
    if not found:
        return None
    best = max(found, key=lambda r: (r.image_size == image_size, len(r.summed & wanted), r.closed_at))
    return best.normalisation


def _released(federation_id: UUID) -> Iterator[Released]:
    rounds = Round.objects.filter(job__federation_id=federation_id, kind=Round.Kind.STATISTICS)
    closed = Attempt.objects.filter(round__in=rounds, state=Attempt.State.CLOSED).select_related("round__job")
    for attempt in closed:
        round_, plan = attempt.round, attempt.round.job.plan
        versions = {member["site"]: member["dataset_version"] for member in plan["roster"]}
        yield Released(
            asked=frozenset((site, versions[site]) for site in attempt.roster),
            summed=frozenset((site, versions[site]) for site in round_.result["survivors"]),
            image_size=plan["data"]["image_size"],
            closed_at=round_.closed_at,
            normalisation=Normalisation.model_validate(round_.result["statistics"]["normalisation"]),
        )
