"""The party's own page: its public keys and what it has signed, for whoever does not want to take the hub's word."""

import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from workers.link.errors import FolderError
from workers.node.place import Place

log = logging.getLogger(__name__)

PATH = "/.well-known/primia-node.json"
PATIENCE_S = 10.0


class KeyPage:
    """A small web server with one page.

    Args:
        place: where it listens.
        content: of the page, asked for at each request.
    Raises:
        FolderError: the place is taken.
    """

    def __init__(self, place: Place, content: Callable[[], dict[str, Any]]) -> None:
        class Handler(_Handler):
            pass

        Handler.content = staticmethod(content)
        try:
            self._server = ThreadingHTTPServer(place, Handler)
        except OSError as error:
            raise FolderError(
                f"the keys cannot be shown at {place.host}:{place.port} ({error.strerror}); set page in node.toml"
            ) from error
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, name="key-page", daemon=True).start()

    @property
    def place(self) -> Place:
        """Return where it listens."""
        host, port = self._server.server_address[:2]
        return Place(str(host), port)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    content: Callable[[], dict[str, Any]]
    timeout = PATIENCE_S

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self._send(HTTPStatus.NOT_FOUND, {"code": "not_found", "message": f"there is {PATH} here, nothing else"})
            return
        self._send(HTTPStatus.OK, self.content())

    def _send(self, status: HTTPStatus, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
        log.debug(format, *arguments)
