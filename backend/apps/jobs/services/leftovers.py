"""Delete the files that nobody needs any more: sums that every site has applied, models that were not chosen.

Rows and hashes stay. Equal content is one blob, whoever made it, so a blob goes only when nobody else needs it either.
"""

from collections.abc import Iterable
from uuid import UUID

from backend.apps.artifacts.services import artifacts_discard
from backend.apps.jobs.models import Attempt, Job, Round, SiteTask

WORKING = (SiteTask.State.QUEUED, SiteTask.State.LEASED)


def sums_discard(attempt: Attempt) -> None:
    """Discard a closed attempt's sums once no site is still to apply them."""
    wanted = SiteTask.objects.filter(
        kind=SiteTask.Kind.APPLY, state__in=WORKING, attempt__round__sums=attempt.round.sums
    )
    if attempt.round.sums_id and not wanted.exists():
        artifacts_discard(ids=[attempt.round.sums_id])


def models_discard(job: Job, *, keep: Iterable[UUID]) -> None:
    """Discard the models of a job that has ended, but for those to keep."""
    made = Round.objects.filter(job=job, weights__isnull=False).exclude(weights_id__in=list(keep))
    ids = set(made.values_list("weights_id", flat=True))
    elsewhere = Round.objects.exclude(job=job).filter(weights_id__in=ids).values_list("weights_id", flat=True)
    artifacts_discard(ids=ids - set(elsewhere))


def last_model(job: Job) -> list[UUID]:
    """Return the latest model of a job, which is kept even where the job came to nothing."""
    made = Round.objects.filter(job=job, weights__isnull=False).order_by("-number")
    return list(made.values_list("weights_id", flat=True)[:1])
