"""The platform without its processes: runs the coordinator's services and the hospitals' agents until nothing moves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.apps.accounts.models import User
from backend.apps.events.models import Event
from backend.apps.federations.models import Federation
from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.apps.jobs.services.attempt_advance import attempt_advance
from backend.apps.jobs.services.job_advance import job_advance
from backend.apps.jobs.services.job_control import job_submit
from backend.apps.jobs.services.job_create import job_create
from backend.apps.jobs.services.job_prepare import job_prepare
from backend.apps.jobs.services.reconcile import reconcile
from backend.apps.registry.models import ModelVersion
from tests.backend.jobs.hospitals import Hospital

SETTINGS: dict[str, Any] = {
    "data": {"image_size": 16},
    "model": {"name": "small_cnn"},
    "training": {
        "steps": 4,
        "batch_size": 8,
        "learning_rate": 5e-3,
        "final_learning_rate": 2e-3,
        "augmentation": {
            "rotation_degrees": 0, "translation_fraction": 0, "scale_fraction": 0, "brightness": 0, "contrast": 0,
        },
    },
    "strategy": {"rounds": 2},
    "selection": {"first_round": 1},
    "seed": 7,
}  # fmt: skip


class Conductor:
    """One federation's platform. Time moves only when a test says so, by ``tick`` for each turn."""

    def __init__(self, federation: Federation, coordinator: User, hospitals: Sequence[Hospital], now: datetime) -> None:
        self.federation, self.coordinator, self.hospitals = federation, coordinator, list(hospitals)
        self.now, self.tick = now, timedelta(milliseconds=10)

    def job(self, **settings: Any) -> Job:
        """Create and submit a training job, and make its plan."""
        job = job_create(
            federation_id=self.federation.id, title="Squares", settings={**SETTINGS, **settings},
            by=self.coordinator, now=self.now,
        )  # fmt: skip
        return self._submitted(job)

    def examination(self, version: ModelVersion, **settings: Any) -> Job:
        """Create and submit a job that evaluates or audits a model, and make its plan."""
        kind = "evaluate" if "evaluation" in settings else "audit"
        job = job_create(
            federation_id=self.federation.id, title=f"To {kind}", settings=settings, kind=kind, model=version.id,
            by=self.coordinator, now=self.now,
        )  # fmt: skip
        return self._submitted(job)

    def _submitted(self, job: Job) -> Job:
        job_submit(job_id=job.id, by=self.coordinator, now=self.now)
        job_prepare(job_id=job.id, now=self.now)
        job.refresh_from_db()
        return job

    def hub(self) -> None:
        """Do once what the coordinator's queue would do."""
        for job_id in Job.objects.order_by("created_at").values_list("id", flat=True):
            job_advance(job_id=job_id, now=self.now)
        for attempt_id in Attempt.objects.order_by("opened_at").values_list("id", flat=True):
            attempt_advance(attempt_id=attempt_id, now=self.now)

    def run(self, *, until: Any = lambda: False, turns: int = 400, absent: Sequence[Hospital] = ()) -> None:
        """Let hub and agents take turns until nothing is left to do, or ``until`` says so."""
        for _ in range(turns):
            self.now += self.tick
            self.hub()
            worked = [hospital.work(self.now) for hospital in self.hospitals if hospital not in absent]
            if until():
                return
            if not any(worked) and not self._is_moving():
                return
        raise AssertionError(f"still moving after {turns} turns: {self.tasks()}")

    def wait(self, **step: float) -> None:
        """Let time pass, then let the reconciler look."""
        self.now += timedelta(**step)
        reconcile(now=self.now)

    def tasks(self) -> list[tuple[str, str, str]]:
        """Return every task as (site, kind, state), the latest last."""
        return list(SiteTask.objects.order_by("created_at").values_list("site__slug", "kind", "state"))

    def events(self, job: Job) -> list[str]:
        """Return the kinds of a job's events in order."""
        return list(Event.objects.filter(job=job).order_by("seq").values_list("kind", flat=True))

    def _is_moving(self) -> bool:
        """Say whether the hub can do something more by itself."""
        before = self._standing()
        self.hub()
        return self._standing() != before

    def _standing(self) -> list[Any]:
        return [
            list(Job.objects.order_by("id").values_list("id", "state")),
            list(Round.objects.order_by("id").values_list("id", "state")),
            list(Attempt.objects.order_by("id").values_list("id", "state", "phase")),
            list(SiteTask.objects.order_by("id").values_list("id", "state")),
        ]
