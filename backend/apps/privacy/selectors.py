"""Read what studies have spent, and say what more steps would make of it at each site."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.federations.models import Site
from backend.apps.federations.selectors import visible_to as federations_visible_to
from backend.apps.privacy.models import StudySpending
from primia_core.privacy.accounting import Steps, epsilon


@dataclass(frozen=True)
class Outlook:
    """What a study would have spent at a site after a job; ``None`` where the site has told nothing yet."""

    site: str
    study: str
    spent: float | None
    after: float | None
    budget: float | None
    delta: float | None
    would_pass: bool


def visible_to(user: User) -> QuerySet[StudySpending]:
    """Return the reports of the sites of the user's federations."""
    found = StudySpending.objects.filter(site__federation__in=federations_visible_to(user))
    return found.select_related("site__federation", "job")


def outlooks(sites: Iterable[Site], *, study: str, more: Steps) -> list[Outlook]:
    """Return for each site what ``more`` steps would make of what it has told of a study."""
    return [_outlook(site, study, more) for site in sites]


def _outlook(site: Site, study: str, more: Steps) -> Outlook:
    rows = StudySpending.objects.filter(site=site, study=study).select_related("job")
    last = rows.order_by("-reported_at").first()
    if last is None:
        return Outlook(site.slug, study, None, None, None, None, would_pass=False)
    known = [_steps(row) for row in rows if row.steps]
    after = epsilon([*known, more], last.delta)
    return Outlook(site.slug, study, epsilon(known, last.delta), after, last.budget, last.delta, after > last.budget)


def _steps(row: StudySpending) -> Steps:
    privacy = row.job.plan["privacy"]
    return Steps(privacy["noise_multiplier"], privacy["sample_rate"], row.steps)
