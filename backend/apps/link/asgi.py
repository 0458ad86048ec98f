"""The link as an ASGI application beside Django's: sites and nodes call here, everybody else there."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.db import InterfaceError, OperationalError

from backend.apps.link import inputs
from backend.apps.link.http import Disconnected, Json, Receive, Request, Send, send_json
from backend.apps.link.lease import lease
from backend.apps.link.nodes import NODES
from backend.apps.link.realm import Realm
from backend.apps.link.sites import SITES
from backend.apps.link.threads import in_thread
from backend.common.errors import BackendError
from primia_core.errors import PrimiaError

log = logging.getLogger(__name__)

Application = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]


class Link:
    """Serve the addresses of the realms and leave all others to ``inner``."""

    def __init__(self, inner: Application, realms: tuple[Realm, ...] = (SITES, NODES)) -> None:
        self._inner, self._realms = inner, realms

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection."""
        path = scope["path"] if scope["type"] == "http" else ""
        realm = next((realm for realm in self._realms if path.startswith(realm.prefix)), None)
        if realm is None:
            await self._inner(scope, receive, send)
            return
        try:
            await _serve(realm, Request.of(scope, receive), path.removeprefix(realm.prefix), send)
        except Disconnected:
            return
        except PrimiaError as error:
            await send_json(send, *_refusal(error))
        except (OperationalError, InterfaceError) as error:
            log.warning("link: the database does not answer: %s", error)
            await send_json(send, 503, {"code": "backend.unavailable", "message": "the database does not answer"})


async def _serve(realm: Realm, request: Request, path: str, send: Send) -> None:
    if path == "enrol" and request.method == "POST":
        given = realm.enrolment.read(await request.json())
        await send_json(send, 200, await in_thread(realm.enrol, given))
        return
    caller = await in_thread(realm.identify, request)
    if path == "lease" and request.method == "POST":
        wanted = inputs.LeaseInput.read(await request.json())
        await send_json(send, 200, await lease(realm.mailbox, caller.id, wanted, gone=request.gone))
    elif found := realm.stream_at(request, path):
        transfer, values = found
        await transfer(caller, request, send, **values)
    else:
        call, values = realm.call_at(request, path)
        given = call.body.read(await request.json())
        await send_json(send, 200, await in_thread(call.do, caller, given, **values))


def _refusal(error: PrimiaError) -> tuple[int, Json]:
    body: Json = {"code": error.code, "message": error.message}
    if isinstance(error, BackendError) and error.fields:
        body["fields"] = error.fields
    if (offset := getattr(error, "offset", None)) is not None:
        body["offset"] = offset
    return getattr(error, "status", 400), body
