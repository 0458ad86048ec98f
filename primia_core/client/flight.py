"""A request on its way: started or taken up again, awaited, landed as a result. It keeps and forgets, with times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from primia_core.client.conversation import Conversation, Progress, Work
from primia_core.client.errors import ApiError, RequestFailed
from primia_core.client.laps import Laps
from primia_core.client.pending import Pending, PendingRequests
from primia_core.client.request import acknowledge, collect, make, opened, resend, send
from primia_core.client.trust import Service
from primia_core.client.watch import Watch
from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.errors import AnswerError
from primia_core.diagnosis.results import Result
from primia_core.errors import PrimiaError

GONE = frozenset({400, 404, 409, 410, 413})
"""Refusals of a request that the platform will not take back; a new token or a later hour does not help."""

SERVER_ERROR = 500
"""From here on a refusal does not say whether the request was taken."""


@dataclass(frozen=True)
class Diagnosed:
    """One picture and what became of it: a result, or an error's code and message.

    Attributes:
        path: of the picture, as it was given or relative to the folder.
        seconds: by step, here.
        platform: by step, at the parties, as the platform tells.
        descriptor: of the service that answered.
    """

    path: str
    diagnosis: str | None = None
    result: Result | None = None
    code: str | None = None
    message: str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    platform: Mapping[str, Any] = field(default_factory=dict)
    descriptor: Descriptor | None = field(default=None, repr=False)

    @classmethod
    def failed(cls, path: str, error: PrimiaError, diagnosis: str | None = None) -> "Diagnosed":
        """Return the row of a picture that has no result."""
        return cls(path, diagnosis, code=error.code, message=error.message)


@dataclass
class Flight:
    """A request that was sent, what is known of it, and its times so far."""

    name: str
    watch: Watch
    laps: Laps

    @property
    def request(self) -> Pending:
        """Return the request."""
        return self.watch.request

    def land(self, kept: PendingRequests) -> Conversation[Diagnosed]:
        """Collect and open the answer, and keep nothing.

        Raises:
            RequestFailed: there is none, and there will be none.
            AnswerError: it is not both parties' answer to this request.
        """
        yield from self.laps.lap("wait")
        request = self.request
        try:
            if request.answers is None:
                yield from self.watch.require_answer()
                request = yield from collect(request, kept)
                yield from self.laps.lap("collect")
            result: Result = yield Work(lambda: opened(request))
            yield from self.laps.lap("open")
        except AnswerError:
            yield from acknowledge(request)
            kept.forget(request.diagnosis)
            raise
        except RequestFailed:
            kept.forget(request.diagnosis)
            raise
        except ApiError as error:
            if error.status in GONE:
                kept.forget(request.diagnosis)
            raise
        yield from acknowledge(request)
        kept.forget(request.diagnosis)
        about = {"seconds": dict(self.laps.seconds), "platform": dict(self.watch.steps)}
        yield Progress("opened", request.diagnosis, about)
        return Diagnosed(
            self.name,
            request.diagnosis,
            result,
            seconds=self.laps.seconds,
            platform=self.watch.steps,
            descriptor=Descriptor.from_json(request.descriptor),
        )


def start(
    path: Path, name: str, service: Service, kept: PendingRequests, *, batch: str | None = None
) -> Conversation[Flight]:
    """Make a request of a picture, keep it, send it.

    Raises:
        InputError: the file is not the picture that the service takes; nothing was sent.
        ApiError: the platform refuses it; it is kept no longer, unless the platform itself failed.
        Unreachable: no answer came; the request is kept, for it may have arrived.
    """
    laps = Laps()
    yield from laps.lap()
    yield Progress("reading", None, {"path": name})
    request: Pending = yield Work(lambda: make(path, service, batch=batch))
    kept.keep(request)
    yield from laps.lap("seal")
    yield Progress("sending", request.diagnosis)
    try:
        yield from send(request)
    except BaseException as error:
        if isinstance(error, ApiError) and error.status < SERVER_ERROR:
            kept.forget(request.diagnosis)
        kept.leave(request.diagnosis)
        raise
    yield from laps.lap("send")
    return Flight(name, Watch(request), laps)


def resume(request: Pending, name: str, kept: PendingRequests) -> Conversation[Flight]:
    """Take up a request that an interrupted process left, sending it again if it never arrived.

    Raises:
        RequestFailed: the platform will not take it any more; it is kept no longer.
    """
    laps = Laps()
    yield from laps.lap()
    yield Progress("resuming", request.diagnosis, {"path": name})
    if request.answers is not None:
        return Flight(name, Watch(request, state="answered"), laps)
    try:
        yield from resend(request)
    except ApiError as error:
        if error.status not in GONE:
            raise
        kept.forget(request.diagnosis)
        raise RequestFailed(error.code, error.message) from error
    yield from laps.lap("send")
    return Flight(name, Watch(request), laps)
