"""The clients of a diagnosis service, blocking and asynchronous. Both perform the conversations of ``Requester``.

    with DiagnosisClient("https://hub.example", token) as client:
        service = client.service("3f9a...")            # raises unless both parties are who they say
        result = client.diagnose("chest.png", service)
        print(result.label, result.probabilities)

The picture is decoded, split and sealed here, and the answer is opened here; the token's owner alone can read it.
"""

from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from primia_core.client.address import platform_address
from primia_core.client.conversation import Tell, nobody
from primia_core.client.drivers import Line, perform, perform_async
from primia_core.client.flight import Diagnosed
from primia_core.client.pending import PendingRequests
from primia_core.client.requester import Requester
from primia_core.client.seen_logs import SeenLogs
from primia_core.client.trust import Service, Trust
from primia_core.diagnosis.results import Result
from primia_core.imaging.folders import pictures_below

WITHIN_S = 300.0


class _Either:
    """What both clients are made of; see ``DiagnosisClient``."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        trust: Collection[str] = (),
        keep: Path | str | None = None,
        within_s: float = WITHIN_S,
        plain_http: bool = False,
        tell: Tell = nobody,
    ) -> None:
        platform = platform_address(address, plain=plain_http)
        folder = None if keep is None else Path(keep)
        self._kept, self._tell = PendingRequests(folder), tell
        self._line = Line(platform, token)
        self._requester = Requester(
            platform,
            trust=Trust.pinned(trust, plain=plain_http),
            pending=self._kept,
            seen=SeenLogs(folder),
            within_s=within_s,
        )


class DiagnosisClient(_Either):
    """Ask services of one platform, blocking.

    Args:
        address: of the platform, such as ``https://hub.example``.
        token: a token with the scope ``diagnoses``.
        trust: fingerprints of parties, of a model's owner or of sites that were compared by telephone. With any given,
            they must vouch for both parties; without, each party's own origin must.
        keep: a private folder for requests that have no result yet, so that another process can collect them.
        within_s: how long to wait for an answer.
        plain_http: allow plain HTTP to other machines.
        tell: is called with news while a request is on its way.
    """

    _http: httpx.Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; what is still kept may be collected by others."""
        if self._http is not None:
            self._http.close()
        self._kept.close()

    def service(self, service: str) -> Service:
        """Fetch a service by its id or its page's address, and verify its descriptor, log and parties."""
        return perform(self._requester.service(service), self._line, self._connection(), self._tell)

    def diagnose(self, path: Path | str, service: Service) -> Result:
        """Have one picture diagnosed; a request that an interrupted call left is collected instead of sent anew.

        Raises:
            InputError: the file is not the picture that the service takes; nothing was sent.
            ApiError, RequestFailed: the platform or a party refuses.
            NotAnswered: there is no answer yet; it can be collected later.
        """
        return _result(self.diagnose_in_detail(path, service))

    def diagnose_in_detail(self, path: Path | str, service: Service) -> Diagnosed:
        """Do what ``diagnose`` does, and return the request's id and times beside the result."""
        return perform(self._requester.diagnose(Path(path), service), self._line, self._connection(), self._tell)

    def diagnose_folder(self, folder: Path | str, service: Service) -> list[Diagnosed]:
        """Have every picture below a folder diagnosed as one batch; each has a row, with a result or a reason."""
        root = Path(folder)
        talk = self._requester.diagnose_folder(root, pictures_below(root), service)
        return perform(talk, self._line, self._connection(), self._tell)

    def collect(self) -> list[Diagnosed]:
        """Collect what interrupted processes left in the folder ``keep``."""
        return perform(self._requester.left(), self._line, self._connection(), self._tell)

    def _connection(self) -> httpx.Client:
        if self._http is None:
            self._http = httpx.Client(base_url=self._line.base_url, timeout=self._line.timeout_s)
        return self._http


class AsyncDiagnosisClient(_Either):
    """Ask services of one platform while other tasks run; its arguments and methods are ``DiagnosisClient``'s."""

    _http: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; what is still kept may be collected by others."""
        if self._http is not None:
            await self._http.aclose()
        self._kept.close()

    async def service(self, service: str) -> Service:
        """Fetch and verify a service."""
        return await perform_async(self._requester.service(service), self._line, self._connection(), self._tell)

    async def diagnose(self, path: Path | str, service: Service) -> Result:
        """Have one picture diagnosed."""
        return _result(await self.diagnose_in_detail(path, service))

    async def diagnose_in_detail(self, path: Path | str, service: Service) -> Diagnosed:
        """Have one picture diagnosed, with the request's id and times."""
        talk = self._requester.diagnose(Path(path), service)
        return await perform_async(talk, self._line, self._connection(), self._tell)

    async def diagnose_folder(self, folder: Path | str, service: Service) -> list[Diagnosed]:
        """Have every picture below a folder diagnosed as one batch."""
        root = Path(folder)
        talk = self._requester.diagnose_folder(root, pictures_below(root), service)
        return await perform_async(talk, self._line, self._connection(), self._tell)

    async def collect(self) -> list[Diagnosed]:
        """Collect what interrupted processes left."""
        return await perform_async(self._requester.left(), self._line, self._connection(), self._tell)

    def _connection(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(base_url=self._line.base_url, timeout=self._line.timeout_s)
        return self._http


def _result(found: Diagnosed) -> Result:
    assert found.result is not None  # whatever leaves no result has raised
    return found.result
