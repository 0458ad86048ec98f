"""What a job would cost and who would learn what, before anybody is asked.

Times come from past rounds or not at all.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from backend.apps.federations.models import Federation
from backend.apps.jobs.job_settings import JobSettings
from backend.apps.jobs.models import Round
from backend.apps.jobs.selectors.cohorts import ready_cohorts
from backend.apps.jobs.selectors.examinations import examined_visibility, words_of
from backend.apps.jobs.selectors.promised_privacy import promised_privacy
from primia_core.models.spec import ModelSpec
from primia_core.secagg.session import threshold_of

Json = dict[str, Any]

BYTES_PER_WORD = 4
SMALL_MESSAGES_BYTES = 2_500
SMALL_MESSAGES_BYTES_PER_SITE = 500
"""Keys, sealed shares, signatures and headers as JSON: as measured, a ten-thousandth of a ResNet-18's vectors."""

COMPARABLE_ROUNDS = 50


def job_preview(*, federation: Federation, settings: JobSettings, now: datetime) -> Json:
    """Return the cost and privacy preview of a job with these settings, over the cohorts that are ready now."""
    cohorts = ready_cohorts(federation.id, task=settings.data.task, classes=settings.data.classes, now=now)
    present = {cohort.site_id: cohort.site for cohort in cohorts}
    sites = len(present)
    rounds = settings.strategy.rounds if settings.trains else 1
    parameters, words = _sizes(settings) if settings.trains else _examined_sizes(settings, sites)
    small = SMALL_MESSAGES_BYTES + SMALL_MESSAGES_BYTES_PER_SITE * sites if settings.aggregation.secure else 0
    upload = BYTES_PER_WORD * words + small
    threshold = threshold_of(sites) if sites else 0
    needed = max(threshold if settings.aggregation.secure else 0, settings.aggregation.min_survivors)
    return {
        "parameters": parameters,
        "rounds": rounds,
        "sites": sites,
        "upload_bytes_round": upload,
        "download_bytes_round": upload,
        "upload_bytes_total": upload * rounds,
        "seconds_round": _seconds(federation, settings) if settings.trains else None,
        "dropouts_tolerated": max(sites - needed, 0),
        "colluders": max(min(2 * threshold - sites - 1, needed - 2), 0) if settings.aggregation.secure else 0,
        "visibility": _visibility(settings) if settings.trains else examined_visibility(settings),
        "warnings": _warnings(settings, sites=sites, needed=needed),
        "privacy": promised_privacy(settings, list(present.values())),
    }


def _sizes(settings: JobSettings) -> tuple[int, int]:
    """Return the trained values of the model, and the ring words that a site sends in a round."""
    # These need torch; the web process loads it when somebody first asks for a preview, not when it starts.
    from primia_core.federation.layout import GROUPS, Layout
    from primia_core.models.registry import parameter_count, skeleton

    spec: ModelSpec = settings.model
    layout = Layout.of(skeleton(spec).state_dict(), batch_norm=settings.strategy.batch_norm)
    return parameter_count(spec), sum(layout.length(group) for group in GROUPS)


def _examined_sizes(settings: JobSettings, sites: int) -> tuple[int, int]:
    from primia_core.models.registry import parameter_count

    return parameter_count(settings.model), words_of(settings, sites=sites)


def _seconds(federation: Federation, settings: JobSettings) -> dict[str, float] | None:
    """Return the range of comparable past rounds of the federation: same network, image size, work and masking."""
    alike = {
        "job__settings__model": settings.model.model_dump(mode="json"),
        "job__settings__data__image_size": settings.data.image_size,
        "job__settings__aggregation__secure": settings.aggregation.secure,
        "job__settings__training__batch_size": settings.training.batch_size,
        "job__settings__training__steps": settings.training.steps,
        "job__settings__training__epochs": settings.training.epochs,
    }
    past = Round.objects.filter(job__federation=federation, kind=Round.Kind.TRAIN, state=Round.State.CLOSED, **alike)
    took: list[timedelta] = list(
        past.annotate(took=F("closed_at") - F("opened_at"))
        .order_by("-closed_at")
        .values_list("took", flat=True)[:COMPARABLE_ROUNDS]
    )
    if not took:
        return None
    return {"low": min(took).total_seconds(), "high": max(took).total_seconds()}


def _visibility(settings: JobSettings) -> list[Json]:
    plain = not settings.aggregation.secure
    if settings.privacy is not None:
        return _private_visibility(plain)
    by_epochs = settings.training.epochs is not None
    return [
        {"what": "Images, labels and patients of a site", "coordinator": False, "sites": False},
        {"what": "One site's update, counts and losses", "coordinator": plain, "sites": False},
        {"what": "The size of a site's cohort, from how long it works", "coordinator": by_epochs, "sites": False},
        {"what": "The sum of all sites' updates, and the global model", "coordinator": True, "sites": True},
        {"what": "Confusion matrix and statistics of all sites together", "coordinator": True, "sites": True},
    ]


def _private_visibility(plain: bool) -> list[Json]:
    return [
        {"what": "Images, labels and patients of a site", "coordinator": False, "sites": False},
        {"what": "One site's update, with all its noise", "coordinator": plain, "sites": False},
        {"what": "Counts and losses of training images", "coordinator": False, "sites": False},
        {"what": "The noisy sum of all sites' updates, and the global model", "coordinator": True, "sites": True},
        {"what": "Confusion matrices of validation and test images, without noise", "coordinator": True, "sites": True},
        {"what": "What each site's study has spent of its privacy budget", "coordinator": True, "sites": False},
    ]


def _warnings(settings: JobSettings, *, sites: int, needed: int) -> list[str]:
    warnings = []
    if sites < settings.aggregation.min_survivors:
        warnings.append(
            f"{sites} confirmed sites have a ready cohort for this task; the job needs "
            f"{settings.aggregation.min_survivors}."
        )
    elif sites == needed:
        warnings.append(f"With {sites} sites no dropout is tolerated: a round waits for every one of them.")
    if not settings.aggregation.secure:
        warnings.append("Without secure aggregation the coordinator sees every site's update; a site may refuse that.")
    if settings.training.epochs is not None:
        warnings.append("Counting epochs lets a round's duration tell about how many images a site has.")
    return warnings
