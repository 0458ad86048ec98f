"""Move an attempt on, as far as what its sites have said allows: the one place where phases follow each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.apps.federations.models import Site
from backend.apps.jobs.hub_identity import hub_identity
from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.apps.jobs.services.abort_certificates import abort_advance, certificates_for
from backend.apps.jobs.services.aggregate_applied import applied_check
from backend.apps.jobs.services.attempt_close import attempt_close
from backend.apps.jobs.services.attempt_fail import Reason, attempt_fail
from backend.apps.jobs.services.attempt_open import submit_payload
from backend.apps.jobs.services.conversation import TASKS, Conversation, Next, PlainConversation, SecureConversation
from backend.apps.jobs.services.lanes import lane_append
from backend.apps.jobs.services.locking import hold_attempt
from backend.apps.jobs.services.patience import enter, is_given_up, is_hopeless
from backend.apps.jobs.services.rosters import sites_of
from backend.apps.jobs.services.site_tasks import site_task_queue, site_tasks_cancel
from backend.apps.jobs.services.training_end import BUDGET_REACHED, training_end
from primia_core.errors import PrimiaError

Phase, State = Attempt.Phase, Attempt.State
WORKING = (SiteTask.State.QUEUED, SiteTask.State.LEASED)


def attempt_advance(*, attempt_id: UUID, now: datetime) -> None:
    """Do whatever an attempt is ready for. Doing it twice, or with nothing to do, changes nothing."""
    if _is_ready_to_close(attempt_id=attempt_id, now=now):
        attempt_close(attempt_id=attempt_id, now=now)


@transaction.atomic
def _is_ready_to_close(*, attempt_id: UUID, now: datetime) -> bool:
    job, attempt = hold_attempt(attempt_id)
    if attempt.state == State.ABORTING:
        abort_advance(job=job, attempt=attempt, now=now)
    if attempt.state == State.CLOSED:
        applied_check(job=job, attempt=attempt, now=now)
    if attempt.state != State.OPEN:
        return False
    if attempt.phase != Phase.CLOSE:
        _Mover(job, attempt, sites_of(job), now).move()
    return attempt.state == State.OPEN and attempt.phase == Phase.CLOSE


@dataclass
class _Mover:
    job: Job
    attempt: Attempt
    sites: dict[str, Site]
    now: datetime

    def move(self) -> None:
        """Go on to the next phase, unless the present one has to wait; nobody can have answered the next one yet."""
        if self._budget_is_reached() or self._must_wait():
            return
        try:
            self._move(self._conversation())
        except PrimiaError as error:
            self._fail(Reason.of(error, phase=self.attempt.phase))

    def _budget_is_reached(self) -> bool:
        """End the attempt, and with it the training, where a site says that its privacy budget is spent."""
        refused = SiteTask.objects.filter(attempt=self.attempt, state=SiteTask.State.FAILED, error__code=BUDGET_REACHED)
        task = refused.select_related("site").order_by("finished_at").first()
        if task is None or self.attempt.round.kind != Round.Kind.TRAIN:
            return False
        training_end(job=self.job, site=task.site, reason=task.error["message"], now=self.now)
        self._fail(Reason(task.site.slug, self.attempt.phase, BUDGET_REACHED, task.error["message"]))
        return True

    def _must_wait(self) -> bool:
        """Say, without replaying anything, whether all that can be done is to wait for sites that are at work."""
        asked = SiteTask.objects.filter(attempt=self.attempt, kind=TASKS[self.attempt.phase])
        states = dict(asked.values_list("site__slug", "state"))
        working = [n for n, state in states.items() if state in WORKING and n not in self.attempt.dropped]
        failed = [n for n, state in states.items() if state == SiteTask.State.FAILED and n not in self.attempt.dropped]
        late = [name for name in working if is_given_up(self.sites[name], self.attempt, self.now)]
        return bool(working) and not failed and not late and not is_hopeless(self.attempt, self.now)

    def _conversation(self) -> Conversation:
        if self.attempt.secure:
            return SecureConversation(self.attempt, hub_identity())
        return PlainConversation(self.attempt, self.job.plan["aggregation"]["min_survivors"])

    def _move(self, talk: Conversation) -> None:
        self._drop_refused(talk)
        waiting = sorted(talk.missing - set(self.attempt.dropped))
        if len(talk.answered) + len(waiting) < talk.quorum:
            self._fail(self._worst(f"{len(talk.answered)} sites are left, {talk.quorum} are needed"))
            return
        late = [site for site in waiting if is_given_up(self.sites[site], self.attempt, self.now)]
        if waiting and not (late == waiting and talk.enough()):
            if is_hopeless(self.attempt, self.now):
                self._fail(Reason(waiting[0], self.attempt.phase, "jobs.no_answer", "the site did not answer in time"))
            return
        for site in late:
            self._drop(site, "jobs.no_answer", "the site did not answer in time; the others suffice")
        following = talk.go_on()
        self._enter(following, [site for site in following.sites if site not in self.attempt.dropped])

    def _drop_refused(self, talk: Conversation) -> None:
        """Stop waiting for sites that answered with an error, or with a message that was refused."""
        tasks = SiteTask.objects.filter(attempt=self.attempt, state=SiteTask.State.FAILED)
        for name, error in tasks.values_list("site__slug", "error"):
            if name not in self.attempt.dropped:
                self._drop(name, error["code"], error["message"])
        for name, refusal in talk.refused.items():
            if name not in self.attempt.dropped:
                self._drop(name, refusal.code, refusal.message)

    def _drop(self, name: str, code: str, reason: str) -> None:
        dropped = {"phase": self.attempt.phase, "code": code, "reason": reason[:500]}
        self.attempt.dropped = {**self.attempt.dropped, name: dropped}
        self.attempt.save(update_fields=["dropped"])
        site_tasks_cancel(tasks=SiteTask.objects.filter(attempt=self.attempt, site=self.sites[name]), now=self.now)
        lane_append(
            attempt=self.attempt, site=self.sites[name], phase="dropped", now=self.now, code=code, reason=reason[:500]
        )

    def _worst(self, otherwise: str) -> Reason:
        """Return why too few are left: the first site of this phase that dropped out, and its own words."""
        here = {n: d for n, d in self.attempt.dropped.items() if d["phase"] == self.attempt.phase}
        for name, dropped in sorted((here or self.attempt.dropped).items()):
            return Reason(name, self.attempt.phase, dropped["code"], dropped["reason"])
        return Reason(None, self.attempt.phase, "jobs.too_few_sites", otherwise)

    def _fail(self, reason: Reason) -> None:
        attempt_fail(job=self.job, attempt=self.attempt, reason=reason, now=self.now)

    def _enter(self, following: Next, names: Sequence[str]) -> None:
        enter(self.attempt, following.phase, self.now)
        self.attempt.save(update_fields=["phase", "phase_since", "deadline"])
        for name in names:
            site_task_queue(
                job=self.job,
                attempt=self.attempt,
                site=self.sites[name],
                kind=TASKS[following.phase],
                payload=self._complete(following.phase, name, following.payload(name)),
                now=self.now,
            )

    def _complete(self, phase: str, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        if phase == Phase.SHARE:
            return {**payload, "abort_certificates": certificates_for(self.attempt, name)}
        if phase == Phase.SUBMIT:
            return submit_payload(self.job, self.attempt.round, payload)
        return payload
