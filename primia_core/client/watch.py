"""How far a request is: its events, its place in the queue, the platform's word on its end. It opens no answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from primia_core.client.conversation import Clock, Conversation, Pause, Progress, every, get
from primia_core.client.errors import NotAnswered, RequestFailed
from primia_core.client.patience import paces, patiently
from primia_core.client.pending import Pending

PREFIX = "diagnosis."
ENDED = frozenset({"collected", "failed", "expired"})
TELL_AFTER_S = 2.0
"""A request that is queued for longer is told how many are before it and how much stock there is."""
TELL_EVERY_S = 5.0


@dataclass
class Watch:
    """How far a request is, by its events."""

    request: Pending
    state: str = "queued"
    after: int = 0
    steps: Mapping[str, Any] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Say whether there is nothing more to wait for."""
        return self.state == "answered" or self.state in ENDED

    def look(self) -> Conversation[None]:
        """Take in what has happened since the last look, and tell it."""
        path = f"diagnoses/{self.request.diagnosis}/events"
        for event in (yield from patiently(lambda: every(path, after=self.after))):
            self.after = max(self.after, event["seq"])
            yield from self._take(event["kind"].removeprefix(PREFIX), event["payload"])

    def _take(self, kind: str, payload: Mapping[str, Any]) -> Conversation[None]:
        if kind in {"queued", "computing", "answered"} or kind in ENDED:
            self.state = kind
        elif kind == "retried":
            self.state = "queued"
        yield Progress(kind, self.request.diagnosis, payload)

    def outlook(self) -> Conversation[None]:
        """Tell a queued request's place, and the stock of the service."""
        row = yield from patiently(lambda: get(f"diagnoses/{self.request.diagnosis}"))
        service = yield from patiently(lambda: get(f"services/{self.request.service}"))
        about = {"position": row.get("position"), "stock": service.get("stock"), "service": service["state"]}
        yield Progress("outlook", self.request.diagnosis, about)

    def require_answer(self) -> Conversation[None]:
        """Note what the platform measured, or raise what became of the request.

        Raises:
            RequestFailed: it failed or expired, or its answer was handed out before.
        """
        row = yield from patiently(lambda: get(f"diagnoses/{self.request.diagnosis}"))
        self.steps = row.get("steps") or {}
        match row["state"]:
            case "failed":
                raise RequestFailed(*_reason(row.get("failure") or {}))
            case "expired":
                raise RequestFailed("diagnosis.expired", "the request expired before it was collected; send it again")
            case "collected":
                raise RequestFailed("diagnosis.collected", "the answer was handed out before, and is gone; send anew")


def wait(watch: Watch, *, within_s: float) -> Conversation[None]:
    """Follow a request until it has ended, with an answer or without.

    Raises:
        NotAnswered: it has not after ``within_s``; nothing is lost.
    """
    began = told = yield Clock()
    for pause in paces():
        yield from watch.look()
        if watch.over:
            return
        now = yield Clock()
        if now - began > within_s:
            raise NotAnswered(f"no answer after {within_s:.0f} s; the request goes on, collect it later")
        if watch.state == "queued" and now - told > (TELL_AFTER_S if told == began else TELL_EVERY_S):
            told = now
            yield from watch.outlook()
        yield Pause(pause)


def _reason(failure: Mapping[str, Any]) -> tuple[str, str]:
    sentences = [str(failure.get(name) or "").rstrip(".") for name in ("message", "next_step")]
    said = ". ".join(sentence for sentence in sentences if sentence)
    where = " at ".join(str(failure[name]) for name in ("phase", "node") if failure.get(name))
    told = f"{said or 'the request failed'} ({where})" if where else said or "the request failed"
    return str(failure.get("code") or "diagnosis.failed"), told
