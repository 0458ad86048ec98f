"""What a requester does, as conversations: look at a service, have one picture diagnosed, or a folder of them.

It is the whole of both clients, the blocking and the asynchronous one; neither adds a decision.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from primia_core.client.address import ServiceAddress
from primia_core.client.batch import diagnose_all
from primia_core.client.conversation import Conversation, Progress
from primia_core.client.errors import BadAddress, RequestFailed
from primia_core.client.flight import Diagnosed, Flight, resume, start
from primia_core.client.pending import Pending, PendingRequests
from primia_core.client.request import picture_hash
from primia_core.client.seen_logs import SeenLogs
from primia_core.client.trust import Service, Trust, establish
from primia_core.client.watch import wait
from primia_core.errors import PrimiaError


class Requester:
    """Conversations of one requester with one platform.

    Args:
        platform: its address, without a trailing slash.
        trust: whom the requester relies on.
        pending: where requests are kept until their results have been handed over.
        seen: the logs' ends as they were seen before.
        within_s: how long to wait for an answer.
    """

    def __init__(
        self, platform: str, *, trust: Trust, pending: PendingRequests, seen: SeenLogs, within_s: float
    ) -> None:
        self.platform, self.trust, self.within_s = platform, trust, within_s
        self.kept, self.seen = pending, seen

    def service(self, service: str) -> Conversation[Service]:
        """Fetch a service by its id or address and verify who stands behind it; see ``trust.establish``."""
        name = self._id_of(service)
        known = self.seen.last(name)
        found = yield from establish(self.platform, name, self.trust, known=known, now=datetime.now(UTC))
        self.seen.remember(found.last)
        return found

    def diagnose(self, path: Path, service: Service) -> Conversation[Diagnosed]:
        """Have one picture diagnosed. What an interrupted call left of the same picture is taken up again."""
        for request in self.kept.left(platform=self.platform, service=service.id, picture=picture_hash(path)):
            try:
                return (yield from self._take_up(request, str(path)))
            except RequestFailed as error:
                yield Progress("anew", request.diagnosis, {"code": error.code, "message": error.message})
        return (yield from self._end((yield from start(path, str(path), service, self.kept))))

    def diagnose_folder(self, root: Path, files: Sequence[Path], service: Service) -> Conversation[list[Diagnosed]]:
        """Have pictures diagnosed as one batch, in the order of their names; see ``batch.diagnose_all``."""
        return (yield from diagnose_all(self.kept, root, files, service, within_s=self.within_s))

    def left(self) -> Conversation[list[Diagnosed]]:
        """Collect every request to this platform that an interrupted process left."""
        rows = []
        for request in list(self.kept.left(platform=self.platform)):
            try:
                rows.append((yield from self._take_up(request, request.path)))
            except PrimiaError as error:
                rows.append(Diagnosed.failed(request.path, error, request.diagnosis))
        return rows

    def _take_up(self, request: Pending, name: str) -> Conversation[Diagnosed]:
        try:
            return (yield from self._end((yield from resume(request, name, self.kept))))
        finally:
            self.kept.leave(request.diagnosis)

    def _end(self, flight: Flight) -> Conversation[Diagnosed]:
        try:
            if not flight.watch.over:
                yield from wait(flight.watch, within_s=self.within_s)
            return (yield from flight.land(self.kept))
        finally:
            self.kept.leave(flight.request.diagnosis)

    def _id_of(self, service: str) -> str:
        if "://" in service:
            address = ServiceAddress.parse(service, plain=True)
            if address.platform != self.platform:
                raise BadAddress(f"{service} is at another platform than {self.platform}; make a client for it")
            return address.service
        try:
            return str(UUID(service))
        except ValueError:
            raise BadAddress(f"{service!r} is no id of a service; copy it, or the address of its page") from None
