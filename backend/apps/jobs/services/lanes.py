"""What a person sees of one site in one attempt: its lane, as events. It decides nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backend.apps.events.services import event_append
from backend.apps.federations.models import Site
from backend.apps.jobs.models import Attempt, SiteTask

Kind = SiteTask.Kind

ON_LEASE: Mapping[str, str] = {
    Kind.SUBMIT: "fetching",
    Kind.CONSENT: "consenting",
    Kind.UNMASK: "unmasking",
    Kind.APPLY: "applying",
}
ON_RESULT: Mapping[str, str] = {
    Kind.SUBMIT: "waiting",
    Kind.CONSENT: "waiting",
    Kind.UNMASK: "waiting",
    Kind.APPLY: "done",
}


def lane_append(*, attempt: Attempt, site: Site, phase: str, now: datetime, **more: Any) -> None:
    """Append that a site's lane is in a phase, with steps done and in all where they are known."""
    event_append(
        job_id=attempt.round.job_id,
        kind="site.phase",
        payload={"number": attempt.round.number, "attempt": attempt.number, "phase": phase, **more},
        site=site,
        now=now,
    )
