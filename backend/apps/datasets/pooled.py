"""What is known of all sites' cohorts together: the pooled statistics that a job has opened. Never one site's own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.apps.accounts.models import User
from backend.apps.jobs.models import Round
from backend.apps.jobs.selectors.jobs import visible_to as jobs_visible_to

LOOK_BACK = 100


@dataclass(frozen=True)
class PooledStatistics:
    """The latest sums over the training images of one task."""

    federation: UUID
    job_id: UUID
    job_title: str
    task: str
    classes: list[str]
    class_counts: list[int]
    images: int
    mean: float
    std: float
    sites: list[str]
    secure: bool
    closed_at: datetime


def pooled_statistics(*, user: User, federation_id: UUID | None = None) -> list[PooledStatistics]:
    """Return the latest pooled statistics of each federation and task that the user may see, newest first."""
    rounds = Round.objects.filter(
        job__in=jobs_visible_to(user), kind=Round.Kind.STATISTICS, state=Round.State.CLOSED
    ).select_related("job")
    if federation_id is not None:
        rounds = rounds.filter(job__federation=federation_id)
    latest: dict[tuple[UUID, str], PooledStatistics] = {}
    for round_ in rounds.order_by("-closed_at")[:LOOK_BACK]:
        if round_.result["statistics"] is not None:
            found = _read(round_)
            latest.setdefault((found.federation, found.task), found)
    return list(latest.values())


def _read(round_: Round) -> PooledStatistics:
    job, statistics = round_.job, round_.result["statistics"]
    return PooledStatistics(
        federation=job.federation_id,
        job_id=job.pk,
        job_title=job.title,
        task=job.plan["data"]["task"],
        classes=job.plan["data"]["classes"],
        class_counts=statistics["class_counts"],
        images=sum(statistics["class_counts"]),
        mean=statistics["normalisation"]["mean"],
        std=statistics["normalisation"]["std"],
        sites=round_.result["survivors"],
        secure=job.plan["aggregation"]["secure"],
        closed_at=round_.closed_at,
    )
