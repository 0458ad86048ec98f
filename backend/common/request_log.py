"""One log line a request, with an id that the answer carries too. It logs no body, no query and no credential."""

import logging
import secrets
import time
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

from backend.common.json_log import request_id

log = logging.getLogger("primia.request")
Handler = Callable[[HttpRequest], Awaitable[HttpResponseBase]] | Callable[[HttpRequest], HttpResponseBase]


class RequestLog:
    """Middleware for both kinds of handler, so that it never forces a request through a thread."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Serve ``request`` and log it."""
        if self.is_async:
            return self._serve_async(request)
        token, started = request_id.set(secrets.token_hex(8)), time.monotonic()
        try:
            return self._finish(request, self.get_response(request), started)  # type: ignore[arg-type]
        finally:
            request_id.reset(token)

    async def _serve_async(self, request: HttpRequest) -> HttpResponseBase:
        token, started = request_id.set(secrets.token_hex(8)), time.monotonic()
        try:
            return self._finish(request, await self.get_response(request), started)  # type: ignore[misc]
        finally:
            request_id.reset(token)

    def _finish(self, request: HttpRequest, response: HttpResponseBase, started: float) -> HttpResponseBase:
        response["X-Request-ID"] = request_id.get() or ""
        level = logging.WARNING if response.status_code >= 500 else logging.INFO
        seconds = round(time.monotonic() - started, 4)
        extra = {"method": request.method, "path": request.path, "status": response.status_code, "seconds": seconds}
        log.log(level, "%s %s %s", request.method, request.path, response.status_code, extra=extra)
        return response
