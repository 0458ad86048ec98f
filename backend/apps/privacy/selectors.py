"""Read what studies have spent and what jobs may still spend, and say what more steps would make of it at each site.

What a job may still spend is never written down: it follows from the jobs that were submitted and have not ended, so a
job that ends gives it back by ending.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.federations.models import Site
from backend.apps.federations.selectors import visible_to as federations_visible_to
from backend.apps.jobs.models import Job
from backend.apps.privacy.models import StudySpending
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.accounting import Steps, epsilon, round_of

State = Job.State
MAY_SPEND = (State.AWAITING_APPROVAL, State.QUEUED, State.RUNNING, State.PAUSED)


@dataclass(frozen=True)
class Outlook:
    """What a study would have spent at a site after a job; ``None`` where the site has told nothing yet.

    ``reserved`` is how much epsilon grows by what other jobs may still spend; ``after`` has that in it.
    """

    site: str
    study: str
    spent: float | None
    reserved: float | None
    after: float | None
    budget: float | None
    delta: float | None
    would_pass: bool


@dataclass(frozen=True)
class Reservation:
    """The rounds that a job may still spend of a study at one site."""

    job: Job
    rounds: int
    steps: Steps


@dataclass(frozen=True)
class Account:
    """One study at one site: what the site has told, and what jobs may still spend of it."""

    site: Site
    study: str
    spent: float
    reserved: float
    budget: float
    delta: float
    reported_at: datetime
    reservations: list[Reservation]


def visible_to(user: User) -> QuerySet[StudySpending]:
    """Return the reports of the sites of the user's federations."""
    found = StudySpending.objects.filter(site__federation__in=federations_visible_to(user))
    return found.select_related("site__federation", "job")


def outlooks(sites: Iterable[Site], *, study: str, more: Steps, but: UUID | None = None) -> list[Outlook]:
    """Return for each site what ``more`` steps would make of what it has told of a study.

    Args:
        but: a job whose own reservation does not count, because ``more`` is it.
    """
    return [_outlook(site, study, more, but) for site in sites]


def accounts_visible_to(user: User, *, federation: UUID | None = None) -> list[Account]:
    """Return what each site of the user's federations has told of each study, by study and site."""
    rows = visible_to(user).order_by("study", "site__name", "site_id", "-reported_at")
    if federation is not None:
        rows = rows.filter(site__federation=federation)
    grouped: dict[tuple[str, UUID], list[StudySpending]] = defaultdict(list)
    for row in rows:
        grouped[row.study, row.site_id].append(row)
    return [_account(of_study) for of_study in grouped.values()]


def reservations(site: Site, study: str, *, but: UUID | None = None) -> list[Reservation]:
    """Return what each job that was submitted and has not ended may still spend of a study at a site.

    A job without a plan yet may be sent to any site of its federation, so it counts at each.
    """
    jobs = Job.objects.filter(
        federation_id=site.federation_id,
        state__in=MAY_SPEND,
        settings__data__task=study,
        settings__privacy__noise_multiplier__gt=0,
    )
    charged = dict(StudySpending.objects.filter(site=site, job__in=jobs).values_list("job_id", "rounds"))
    found = [_reservation(job, charged) for job in jobs.exclude(pk=but).order_by("submitted_at") if _asks(job, site)]
    return [one for one in found if one.rounds]


def _asks(job: Job, site: Site) -> bool:
    return job.plan is None or any(member["site"] == site.slug for member in job.plan["roster"])


def _reservation(job: Job, charged: Mapping[UUID, int]) -> Reservation:
    a_round = round_of(
        PrivacyPlan.model_validate(job.settings["privacy"]), local_steps=job.settings["training"]["steps"] or 1
    )
    ended = (job.run_state or {}).get("ended") is not None  # no training round follows
    rounds = 0 if ended else max(0, job.settings["strategy"]["rounds"] - charged.get(job.id, 0))
    return Reservation(job, rounds, a_round.times(rounds))


def _account(rows: list[StudySpending]) -> Account:
    """Return an account from its reports, the latest first."""
    last, known = rows[0], _steps_of(rows)
    promised = reservations(last.site, last.study)
    spent = epsilon(known, last.delta)
    committed = epsilon([*known, *(one.steps for one in promised)], last.delta)
    return Account(last.site, last.study, spent, committed - spent, last.budget, last.delta, last.reported_at, promised)


def _outlook(site: Site, study: str, more: Steps, but: UUID | None) -> Outlook:
    rows = list(StudySpending.objects.filter(site=site, study=study).select_related("job").order_by("-reported_at"))
    if not rows:
        return Outlook(site.slug, study, None, None, None, None, None, would_pass=False)
    last, known = rows[0], _steps_of(rows)
    promised = [*known, *(one.steps for one in reservations(site, study, but=but))]
    spent, committed = epsilon(known, last.delta), epsilon(promised, last.delta)
    after = epsilon([*promised, more], last.delta)
    return Outlook(
        site.slug, study, spent, committed - spent, after, last.budget, last.delta, would_pass=after > last.budget
    )


def _steps_of(rows: Iterable[StudySpending]) -> list[Steps]:
    return [_steps(row) for row in rows if row.steps]


def _steps(row: StudySpending) -> Steps:
    privacy = row.job.plan["privacy"]
    return Steps(privacy["noise_multiplier"], privacy["sample_rate"], row.steps)
