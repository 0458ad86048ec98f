"""What a private job would spend, by itself and at each site on top of what the site has told."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from backend.apps.federations.models import Site
from backend.apps.jobs.job_settings import JobSettings
from backend.apps.privacy.selectors import Outlook, outlooks
from primia_core.federation.privacy_terms import RELEASED_WITHOUT_NOISE
from primia_core.privacy.accounting import Steps, round_of, spent
from primia_core.secagg.session import threshold_of

Json = dict[str, Any]


def promised_privacy(settings: JobSettings, sites: Sequence[Site]) -> Json | None:
    """Return the preview's part on privacy; ``None`` for a job that promises none."""
    privacy = settings.privacy
    if privacy is None:
        return None
    steps, expected = _steps(settings), budgets_after(settings, sites)
    found = spent([steps], privacy.delta)
    return {
        "mode": privacy.mode,
        "unit": privacy.unit,
        "epsilon_pld": found.epsilon_pld,
        "epsilon_rdp": found.epsilon_rdp,
        "delta": privacy.delta,
        "noise_multiplier": privacy.noise_multiplier,
        "sample_rate": privacy.sample_rate,
        "rounds": settings.strategy.rounds,
        "steps": steps.count,
        "honest_sites": _honest(settings, len(sites)),
        "sites": [asdict(outlook) for outlook in expected],
        "would_pass": any(outlook.would_pass for outlook in expected),
        "released_without_dp": list(RELEASED_WITHOUT_NOISE),
    }


def budgets_after(settings: JobSettings, sites: Sequence[Site]) -> list[Outlook]:
    """Return what each site's study would have spent after a job with these settings."""
    return outlooks(sites, study=settings.data.task, more=_steps(settings))


def _steps(settings: JobSettings) -> Steps:
    assert settings.privacy is not None
    return round_of(settings.privacy, local_steps=settings.training.steps or 1).times(settings.strategy.rounds)


def _honest(settings: JobSettings, sites: int) -> int | None:
    """Return h, which sizes each site's share of distributed noise; ``None`` where each site makes all of it."""
    if settings.privacy is None or settings.privacy.mode == "local" or not sites:
        return None
    threshold = threshold_of(sites)
    return max(threshold, settings.aggregation.min_survivors) - (2 * threshold - sites - 1)
