"""Keep what a site's answer says of its privacy ledger."""

from datetime import datetime
from typing import Annotated

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.apps.federations.models import Site
from backend.apps.jobs.models import Job
from backend.apps.privacy.models import StudySpending

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Told(BaseModel):
    """A site's report, as it comes with an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: str = Field(min_length=1, max_length=80)
    rounds: int = Field(ge=0, le=1_000_000)
    steps: int = Field(ge=0, le=1_000_000_000)
    epsilon: Amount
    cumulative: Amount
    delta: float = Field(gt=0, lt=1)
    budget: Amount


@transaction.atomic
def spending_report(*, site: Site, job: Job, told: object, now: datetime) -> StudySpending | None:
    """Keep the latest report of a site on a job; the same again changes its time alone. Nonsense is not kept.

    A report that is behind what the site said before is old news, delivered late, and is dropped.
    """
    try:
        report = Told.model_validate(told)
    except ValidationError:
        return None
    plan = job.plan or {}
    if plan.get("privacy") is None or plan["data"]["task"] != report.study:
        return None
    known = StudySpending.objects.select_for_update().filter(site=site, job=job).first()
    if known is not None and known.rounds > report.rounds:
        return known
    row, _ = StudySpending.objects.update_or_create(
        site=site, job=job, defaults={**report.model_dump(), "reported_at": now}
    )
    return row
