"""What a site's answer changes beyond its task: a message in the attempt, a lane, a blob that has arrived.

Whether a message is honest is for the coordinator's session to judge, later and elsewhere.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backend.apps.artifacts.models import Artifact
from backend.apps.events.services import event_append
from backend.apps.jobs.errors import AnswerIncomplete, BlobMissing
from backend.apps.jobs.models import Attempt, Message, SiteTask
from backend.apps.jobs.services.lanes import ON_RESULT, lane_append
from backend.apps.privacy.services import spending_report

Kind = SiteTask.Kind

MESSAGES: Mapping[str, tuple[str, str]] = {
    Kind.ADVERTISE: (Message.Kind.ADVERTISE, "advertisement"),
    Kind.SHARE: (Message.Kind.SHARE, "shares"),
    Kind.SUBMIT: (Message.Kind.SUBMIT, "header"),
    Kind.CONSENT: (Message.Kind.CONSENT, "signature"),
    Kind.UNMASK: (Message.Kind.UNMASK, "shares"),
    Kind.ABORT: (Message.Kind.ABORT, "signature"),
}


def answer_take(*, task: SiteTask, answer: Mapping[str, Any], now: datetime) -> None:
    """Record what an answer brings; the caller holds the job.

    Raises:
        AnswerIncomplete, BlobMissing: the site must send something else.
    """
    if "privacy" in (answer.get("result") or {}):
        spending_report(site=task.site, job=task.job, told=answer["result"]["privacy"], now=now)
    if task.attempt is None or "error" in answer:
        return
    if task.kind in MESSAGES and not _message(task, answer["result"], now):
        return
    if phase := ON_RESULT.get(task.kind):
        lane_append(attempt=task.attempt, site=task.site, phase=phase, now=now)


def _message(task: SiteTask, result: Mapping[str, Any], now: datetime) -> bool:
    """Keep the message, and say whether it was wanted: one that comes too late went on, or ended, without its site."""
    kind, name = MESSAGES[task.kind]
    attempt = task.attempt
    if not isinstance(result.get(name), dict) and attempt.secure:
        raise AnswerIncomplete(f"the result of {task.kind} has no {name}", fields={name: ["This is missing."]})
    blob = _blob(task, result) if task.kind == Kind.SUBMIT else None
    body = result.get(name) or {}
    if blob is not None and attempt.secure and body.get("content_sha256") != blob.sha256:
        raise AnswerIncomplete(
            "the header is about other vectors than the blob", fields={"artifact": ["Another blob."]}
        )
    if not _is_wanted(attempt, kind):
        return False
    Message.objects.create(attempt=attempt, site=task.site, kind=kind, body=body, artifact=blob, created_at=now)
    if blob is not None:
        payload = {"number": attempt.round.number, "attempt": attempt.number, "size_bytes": blob.size_bytes}
        event_append(job_id=task.job_id, kind="update.received", payload=payload, site=task.site, now=now)
    return True


def _is_wanted(attempt: Attempt, kind: str) -> bool:
    if kind == Message.Kind.ABORT:
        return attempt.state == Attempt.State.ABORTING
    return attempt.state == Attempt.State.OPEN and attempt.phase == kind


def _blob(task: SiteTask, result: Mapping[str, Any]) -> Artifact:
    sha256 = result.get("artifact")
    if not isinstance(sha256, str):
        raise AnswerIncomplete("the result of step.submit names no artifact", fields={"artifact": ["This is missing."]})
    blob = Artifact.objects.filter(sha256=sha256, owner=task.site, state=Artifact.State.COMPLETE).first()
    if blob is None:
        raise BlobMissing(f"{sha256[:12]}… has not arrived whole; upload it, then answer")
    return blob
