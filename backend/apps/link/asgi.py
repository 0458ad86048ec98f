"""The site link as an ASGI application beside Django's: which address leads to which call, and who may make it."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError

from backend.apps.federations.errors import CredentialUnknown
from backend.apps.federations.models import Site
from backend.apps.federations.services import site_by_credential
from backend.apps.link import calls, inputs, transfer
from backend.apps.link.errors import MethodNotAllowed, UnknownPath
from backend.apps.link.http import Disconnected, Json, Receive, Request, Send, send_json
from backend.apps.link.lease import lease
from backend.apps.link.threads import in_thread
from backend.common.errors import BackendError
from primia_core.errors import PrimiaError

log = logging.getLogger(__name__)

PREFIX = "/api/v1/link/"
SCHEME = "Site "

Application = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """An address with a JSON body and a JSON answer."""

    method: str
    pattern: re.Pattern[str]
    body: type[inputs.Input]
    do: Callable[..., Json]


def _call(method: str, pattern: str, body: type[inputs.Input], do: Callable[..., Json]) -> Call:
    return Call(method, re.compile(f"^{pattern}$"), body, do)


TASK = r"tasks/(?P<task>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
CALLS = (
    _call("POST", "hello", inputs.HelloInput, calls.hello),
    _call("POST", f"{TASK}/renew", inputs.RenewInput, calls.renew),
    _call("POST", f"{TASK}/result", inputs.ResultInput, calls.result),
    _call("POST", f"{TASK}/ack", inputs.Nothing, calls.acknowledge),
    _call("POST", f"{TASK}/release", inputs.Nothing, calls.release),
    _call("PUT", "dataset", inputs.DatasetInput, calls.dataset),
    _call("POST", "artifacts", inputs.ArtifactInput, calls.artifact),
)
BLOB = re.compile(r"^artifacts/(?P<sha256>[0-9a-f]{64})$")
BLOB_METHODS = {"PUT": transfer.receive, "GET": transfer.deliver}


class SiteLink:
    """Serve the link's addresses and leave all others to ``inner``."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._inner(scope, receive, send)
            return
        request = Request.of(scope, receive)
        try:
            await _serve(request, request.path.removeprefix(PREFIX), send)
        except Disconnected:
            return
        except PrimiaError as error:
            await send_json(send, *_refusal(error))
        except (OperationalError, InterfaceError) as error:
            log.warning("link: the database does not answer: %s", error)
            await send_json(send, 503, {"code": "backend.unavailable", "message": "the database does not answer"})


async def _serve(request: Request, path: str, send: Send) -> None:
    if path == "enrol" and request.method == "POST":
        given = inputs.EnrolInput.read(await request.json())
        await send_json(send, 200, await in_thread(calls.enrol, given))
        return
    site = await in_thread(_site_of, request)
    if path == "lease" and request.method == "POST":
        await send_json(send, 200, await lease(site, inputs.LeaseInput.read(await request.json())))
    elif match := BLOB.match(path):
        if request.method not in BLOB_METHODS:
            raise MethodNotAllowed(f"a blob knows {' and '.join(BLOB_METHODS)}")
        await BLOB_METHODS[request.method](site, request, send, match["sha256"])
    else:
        call, values = _find(request.method, path)
        given = call.body.read(await request.json())
        await send_json(send, 200, await in_thread(call.do, site, given, **values))


def _site_of(request: Request) -> Site:
    authorization = request.headers.get("authorization", "")
    if not authorization.startswith(SCHEME):
        raise CredentialUnknown("the link needs the header `Authorization: Site <credential>`; enrol this site first")
    return site_by_credential(credential=authorization.removeprefix(SCHEME).strip())


def _find(method: str, path: str) -> tuple[Call, dict[str, UUID]]:
    found = [(call, match) for call in CALLS if (match := call.pattern.match(path))]
    if not found:
        raise UnknownPath("the link has no such address")
    for call, match in found:
        if call.method == method:
            return call, {name: UUID(value) for name, value in match.groupdict().items()}
    raise MethodNotAllowed(f"this address knows {found[0][0].method}")


def _refusal(error: PrimiaError) -> tuple[int, Json]:
    body: Json = {"code": error.code, "message": error.message}
    if isinstance(error, BackendError) and error.fields:
        body["fields"] = error.fields
    if (offset := getattr(error, "offset", None)) is not None:
        body["offset"] = offset
    return getattr(error, "status", 400), body
