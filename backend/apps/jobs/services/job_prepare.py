"""Turn a submitted draft into a plan: choose the roster, make the initial weights, hash it, send it to every site."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.artifacts import store
from backend.apps.artifacts.models import Artifact
from backend.apps.artifacts.services import artifact_publish
from backend.apps.datasets.models import Dataset
from backend.apps.events.services import event_append
from backend.apps.federations.models import Site
from backend.apps.jobs.errors import FiguresTaken, StatisticsTaken
from backend.apps.jobs.hub_identity import hub_identity
from backend.apps.jobs.job_settings import JobSettings
from backend.apps.jobs.models import Job, SiteTask
from backend.apps.jobs.selectors.asked_before import asked_before
from backend.apps.jobs.selectors.cohorts import ready_cohorts
from backend.apps.jobs.selectors.known_statistics import known_normalisation
from backend.apps.jobs.services.job_end import job_fail
from backend.apps.jobs.services.locking import hold_job
from backend.apps.jobs.services.site_tasks import site_task_queue
from backend.apps.jobs.services.weights import weights_store
from backend.apps.registry.models import ModelVersion
from primia_core.attacks.sums import AuditSums
from primia_core.errors import PrimiaError
from primia_core.federation.plan import MAX_SITES, DataPlan, Plan, PlanSite
from primia_core.federation.state import RunState
from primia_core.models.registry import build_model
from primia_core.models.weights import state_hash

PHASE = "preparing"


def job_prepare(*, job_id: UUID, now: datetime) -> None:
    """Make and send the plan. The weights are made outside any transaction; doing it twice gives the same plan."""
    job = Job.objects.select_related("federation", "examines__artifact").get(pk=job_id)
    if not _is_due(job):
        return
    settings = JobSettings.model_validate(job.settings)
    try:
        cohorts = _askable(job, settings, _cohorts(job, settings, now))
    except FiguresTaken as error:
        _fail(job_id, error.message, "Evaluate on the other split, or train a model with these cohorts.", now)
        return
    if len(cohorts) < settings.aggregation.min_survivors:
        reason = f"{len(cohorts)} sites have a ready cohort for this job, it needs {settings.aggregation.min_survivors}"
        advice = "Confirm the sites' fingerprints and look at their datasets' readiness, then submit a new job."
        _fail(job_id, reason, advice, now)
        return
    try:
        plan, blob = _plan(job, settings, cohorts)
    except (PrimiaError, ValueError) as error:  # pydantic's, where parts do not fit together
        _fail(job_id, str(error), "Change the settings in a new job.", now)
        return
    _send(job_id, plan, blob, [cohort.site for cohort in cohorts], now)


def _is_due(job: Job) -> bool:
    return job.state == Job.State.AWAITING_APPROVAL and job.plan is None


def _cohorts(job: Job, settings: JobSettings, now: datetime) -> list[Dataset]:
    """Return the latest fitting cohort of every site."""
    latest: dict[UUID, Dataset] = {}
    data = settings.data
    for cohort in ready_cohorts(job.federation_id, task=data.task, classes=data.classes, now=now):
        latest.setdefault(cohort.site_id, cohort)
    return list(latest.values())[:MAX_SITES]


def _askable(job: Job, settings: JobSettings, cohorts: list[Dataset]) -> list[Dataset]:
    """Return the cohorts that may be asked of the model that the job examines: all, or those that were asked before.

    Raises:
        FiguresTaken: the group of that time is no longer whole.
    """
    if job.examines is None:
        return cohorts
    before = asked_before(
        job.federation_id, model_hash=job.examines.lineage["model_hash"], vectors=_vectors_of(settings)
    )
    if before is None:
        return cohorts
    now = {cohort.site.slug: cohort for cohort in cohorts}
    if changed := [
        site for site, version in before.versions.items() if site not in now or now[site].version != version
    ]:
        raise FiguresTaken(
            f"figures of this model were summed over {', '.join(before.versions)} in {before.job_title!r}; "
            f"{', '.join(changed)} is not there any more or has another cohort now, and both sums together would tell "
            "single sites' figures"
        )
    return [now[site] for site in before.versions]


def _vectors_of(settings: JobSettings) -> list[str]:
    """Return names of what an evaluation or audit asks; one of each kind is enough to know the quantity."""
    if settings.evaluation is not None:
        return [f"{settings.evaluation.split}.confusion"]
    assert settings.audit is not None
    return list(AuditSums.layout(settings.audit))


def _plan(job: Job, settings: JobSettings, cohorts: list[Dataset]) -> tuple[Plan, store.Blob]:
    if job.examines is not None:
        return _plan_of_examination(job, job.examines, settings, cohorts)
    state = build_model(settings.model, seed=settings.seed).state_dict()
    plan = Plan(
        title=job.title,
        federation=job.federation.slug,
        coordinator=hub_identity().public.to_json(),
        roster=tuple(_member(cohort.site, cohort) for cohort in cohorts),
        data=_data(job, settings, cohorts),
        model=settings.model,
        initial_model=state_hash(state),
        training=settings.training.model_copy(update={"seed": settings.seed}),
        strategy=settings.strategy,
        selection=settings.selection,
        aggregation=settings.aggregation,
        privacy=settings.privacy,
    )
    return plan, weights_store(plan=plan, run_state=RunState(), state=state)


def _plan_of_examination(
    job: Job, version: ModelVersion, settings: JobSettings, cohorts: list[Dataset]
) -> tuple[Plan, store.Blob]:
    plan = Plan(
        purpose=job.kind,
        title=job.title,
        federation=job.federation.slug,
        coordinator=hub_identity().public.to_json(),
        roster=tuple(_member(cohort.site, cohort) for cohort in cohorts),
        data=settings.data,
        model=settings.model,
        initial_model=version.lineage["model_hash"],
        training=settings.training,
        strategy=settings.strategy,
        selection=settings.selection,
        aggregation=settings.aggregation,
        evaluation=settings.evaluation,
        audit=settings.audit,
    )
    return plan, store.Blob(sha256=version.artifact.sha256, size_bytes=version.artifact.size_bytes)


def _data(job: Job, settings: JobSettings, cohorts: list[Dataset]) -> DataPlan:
    """Return what the settings say of the data, with known constants where the sites may not be asked for new ones."""
    data, versions = settings.data, {cohort.site.slug: cohort.version for cohort in cohorts}
    known = known_normalisation(job.federation_id, versions, image_size=data.image_size)
    if known is None:
        return data
    if settings.training.class_weights == "pooled":
        raise StatisticsTaken(
            "some of these sites have counted their classes together with other sites, and counting them again in this "
            'group would tell what single sites have; set training.class_weights to "none", or use the same sites'
        )
    return data if data.normalisation else data.model_copy(update={"normalisation": known})


def _member(site: Site, cohort: Dataset) -> PlanSite:
    return PlanSite(
        site=site.slug,
        name=site.name,
        fingerprint=site.fingerprint,
        identity=site.identity,
        dataset_version=cohort.version,
    )


@transaction.atomic
def _send(job_id: UUID, plan: Plan, blob: store.Blob, sites: list[Site], now: datetime) -> None:
    job = hold_job(job_id)
    if not _is_due(job):
        return
    job.plan, job.plan_hash = plan.to_json(), plan.hash
    job.initial_weights = artifact_publish(blob=blob, kind=Artifact.Kind.WEIGHTS, readers=sites, now=now)
    job.run_state = RunState().model_dump(mode="json")
    job.save(update_fields=["plan", "plan_hash", "initial_weights", "run_state"])
    event_append(job_id=job.id, kind="job.planned", payload={"plan_hash": job.plan_hash}, now=now)
    payload = {"plan": job.plan, "job": str(job.id)}
    for site in sites:
        site_task_queue(job=job, site=site, kind=SiteTask.Kind.PLAN_REVIEW, payload=payload, now=now)


@transaction.atomic
def _fail(job_id: UUID, reason: str, advice: str, now: datetime) -> None:
    job = hold_job(job_id)
    if _is_due(job):
        job_fail(job=job, site=None, phase=PHASE, reason=reason, next_step=advice, now=now)
