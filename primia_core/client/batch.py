"""A folder of pictures as one batch: several requests on their way at once, one row for each, whatever becomes of it.

What an interrupted run of the same folder left is taken up again, so that no picture is asked for twice.
"""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from primia_core.client.conversation import Clock, Conversation, Pause, Progress, post
from primia_core.client.errors import ClientError, NoPictures, NotAnswered, RequestFailed
from primia_core.client.flight import Diagnosed, Flight, resume, start
from primia_core.client.patience import FINAL, patiently
from primia_core.client.pending import Pending, PendingRequests
from primia_core.client.request import picture_hash
from primia_core.client.trust import Service
from primia_core.client.watch import TELL_EVERY_S
from primia_core.errors import PrimiaError

MOST = 1_000
"""Requests of one batch, which the platform bounds; a larger folder becomes several."""
IN_FLIGHT = 8
"""Requests on their way at once: enough that the parties never wait for the next one."""
LOOKED_AT = 3
"""The parties answer in order, so that only the first few of those on their way are looked at."""
PAUSE_S = 0.2


def diagnose_all(
    kept: PendingRequests, root: Path, files: Sequence[Path], service: Service, *, within_s: float
) -> Conversation[list[Diagnosed]]:
    """Have pictures diagnosed.

    Args:
        kept: requests of before and of now.
        root: the folder, after which the batch is called.
        files: the pictures.
        service: whom to ask.
        within_s: for how long nothing may happen.
    Returns:
        A row for each picture, in the order of ``files``.
    Raises:
        NoPictures: there are none.
        ApiError: the platform refuses the batch.
    """
    if not files:
        raise NoPictures(f"{root} holds no JPEG, PNG or DICOM file; name another folder")
    rows: dict[str, Diagnosed] = {}
    taken = list(kept.left(platform=service.platform, service=service.id))
    left = {request.picture: request for request in taken}
    try:
        for first in range(0, len(files), MOST):
            rows |= yield from _one_batch(kept, root, files[first : first + MOST], service, left, within_s)
    finally:
        for request in taken:
            kept.leave(request.diagnosis)
    return [rows[_name(file, root)] for file in files]


def _one_batch(
    kept: PendingRequests,
    root: Path,
    files: Sequence[Path],
    service: Service,
    left: dict[str, Pending],
    within_s: float,
) -> Conversation[dict[str, Diagnosed]]:
    going = Batch(kept, service, deque((file, _name(file, root)) for file in files), left)
    going.batch = yield from _announce(root, len(files), service)
    try:
        return (yield from going.run(within_s))
    finally:
        for flight in going.flights:
            kept.leave(flight.request.diagnosis)


class Batch:
    """The pictures still to send, what was left of them before, the requests on their way, the rows so far."""

    def __init__(
        self, kept: PendingRequests, service: Service, waiting: deque[tuple[Path, str]], left: dict[str, Pending]
    ) -> None:
        self.kept, self.service, self.waiting, self.left = kept, service, waiting, left
        self.batch: str | None = None
        self.flights: list[Flight] = []
        self.rows: dict[str, Diagnosed] = {}
        self.total = len(waiting)

    def run(self, within_s: float) -> Conversation[dict[str, Diagnosed]]:
        """Send, look and land, until every picture has a row."""
        moved = told = yield Clock()
        while self.waiting or self.flights:
            before = len(self.rows)
            while self.waiting and len(self.flights) < IN_FLIGHT:
                yield from self._send(*self.waiting.popleft())
            for flight in self.flights[:LOOKED_AT]:
                yield from self._look(flight)
            now: float = yield Clock()
            if len(self.rows) > before:
                moved = told = now
                yield Progress("rows", None, {"done": len(self.rows), "of": self.total})
            elif now - moved > within_s:
                self._give_up(within_s)
            else:
                if self.flights and now - told > TELL_EVERY_S:
                    told = now
                    yield from self.flights[0].watch.outlook()
                yield Pause(PAUSE_S)
        return self.rows

    def _send(self, file: Path, name: str) -> Conversation[None]:
        try:
            if request := self.left.pop(picture_hash(file), None):
                with suppress(RequestFailed):  # then it is sent anew
                    self.flights.append((yield from resume(request, name, self.kept)))
                    return
            self.flights.append((yield from start(file, name, self.service, self.kept, batch=self.batch)))
        except PrimiaError as error:
            self.rows[name] = Diagnosed.failed(name, error)
            if error.code in FINAL:
                self._refuse_rest(error)

    def _look(self, flight: Flight) -> Conversation[None]:
        try:
            if not flight.watch.over:
                yield from flight.watch.look()
            if not flight.watch.over:
                return
            self.rows[flight.name] = yield from flight.land(self.kept)
        except PrimiaError as error:
            self.rows[flight.name] = Diagnosed.failed(flight.name, error, flight.request.diagnosis)
        self.flights.remove(flight)

    def _refuse_rest(self, error: PrimiaError) -> None:
        """Send no more: whatever comes next would be refused for the same reason."""
        while self.waiting:
            _, name = self.waiting.popleft()
            self.rows[name] = Diagnosed.failed(name, error)

    def _give_up(self, within_s: float) -> None:
        late = NotAnswered(f"nothing was answered for {within_s:.0f} s; what was sent goes on, collect it later")
        for flight in self.flights:
            self.rows[flight.name] = Diagnosed.failed(flight.name, late, flight.request.diagnosis)
            self.kept.leave(flight.request.diagnosis)
        unsent = ClientError("it was not sent, because those before it were not answered; try again later")
        for _, name in self.waiting:
            self.rows[name] = Diagnosed.failed(name, unsent)
        self.flights.clear()
        self.waiting.clear()


def _announce(root: Path, count: int, service: Service) -> Conversation[str]:
    batch = str(uuid4())
    body = {"id": batch, "service": service.id, "name": (root.resolve().name or "folder")[:120], "count": count}
    yield from patiently(lambda: post("batches", body))
    return batch


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
