"""A small real HTTP server that speaks the link's JSON from memory, and can be made to fail in every way."""

import hashlib
import json
import socket
import threading
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from urllib.parse import parse_qs, urlsplit

CREDENTIAL = "s3cret-credential"
PREFIX = "/api/v1/link/"


@dataclass
class FakeTask:
    kind: str
    payload: dict
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "queued"
    deliveries: int = 0
    lease_until: float = 0.0
    answers: list = field(default_factory=list)
    renewals: list = field(default_factory=list)
    acks: int = 0
    releases: int = 0
    cancelled: bool = False

    @property
    def answer(self) -> dict | None:
        return self.answers[0] if self.answers else None


class FakeHub:
    """Rows in memory behind one lock; ``changed`` is notified by every request, so that tests wait for facts."""

    def __init__(self) -> None:
        self.lease_s = 30.0
        self.protocol = 1
        self.skew = timedelta(0)
        self.tasks: dict[str, FakeTask] = {}
        self.blobs: dict[str, bytearray] = {}
        self.readable: dict[str, bytes] = {}
        self.requests: list[tuple[str, str]] = []
        self.datasets: list[dict] = []
        self.enrolments: dict[str, str] = {}
        self.coordinator_identity: dict = {"key": "coordinator"}
        self.failures: list[tuple[str, int]] = []
        self.connections: set[socket.socket] = set()
        self.break_download_after: int | None = None
        self.changed = threading.Condition(threading.RLock())
        self._port = 0
        self._server: ThreadingHTTPServer | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    @property
    def broker_url(self) -> str:
        return f"primia+http://{CREDENTIAL}@127.0.0.1:{self._port}/"

    def start(self) -> None:
        hub = self

        class Handler(_Handler):
            pass

        Handler.hub = hub
        self._server = _Server(("127.0.0.1", self._port), Handler)
        self._server.block_on_close = False
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """An outage: the port is closed and every connection cut; what the hub knows stays."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
            for connection in list(self.connections):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def outage(self):
        self.stop()
        try:
            yield
        finally:
            self.start()

    def add(self, kind: str, payload: dict | None = None) -> FakeTask:
        task = FakeTask(kind, payload or {})
        with self.changed:
            self.tasks[task.id] = task
            self.changed.notify_all()
        return task

    def fail_next(self, path_part: str, status: int, times: int = 1) -> None:
        self.failures += [(path_part, status)] * times

    def wait_for(self, fact, timeout: float = 30.0) -> None:
        with self.changed:
            assert self.changed.wait_for(fact, timeout), f"did not happen within {timeout} s; {self.requests[-20:]}"

    def count(self, path_part: str) -> int:
        return sum(path_part in path for _, path in self.requests)

    def expire(self, task: FakeTask) -> None:
        with self.changed:
            task.state, task.lease_until = "queued", 0.0
            self.changed.notify_all()

    # ---- rows -------------------------------------------------------------------------------------------------

    def lease(self, wait_s: float) -> dict:
        end = monotonic() + wait_s
        with self.changed:
            while True:
                now = monotonic()
                for task in self.tasks.values():
                    overdue = task.state == "leased" and task.lease_until < now
                    if task.state == "queued" or overdue:
                        task.state, task.lease_until = "leased", now + self.lease_s
                        task.deliveries += 1
                        return {
                            "id": task.id,
                            "kind": task.kind,
                            "payload": task.payload,
                            "deliveries": task.deliveries,
                            "lease_s": self.lease_s,
                        }
                if now >= end:
                    return {}
                self.changed.wait(min(end - now, 0.5))

    def return_leases(self) -> None:
        """A new agent has come: nobody holds anything any more."""
        with self.changed:
            for task in self.tasks.values():
                task.state = "queued" if task.state == "leased" else task.state

    def renew(self, task: FakeTask, progress: dict | None) -> dict:
        task.renewals.append(progress)
        if task.cancelled:
            return {"status": "cancel", "lease_s": 0}
        if task.state != "leased":
            return {"status": "lost", "lease_s": 0}
        task.lease_until = monotonic() + self.lease_s
        return {"status": "ok", "lease_s": self.lease_s}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """Connections that a test cuts are no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hub: FakeHub

    def setup(self) -> None:
        super().setup()
        self.hub.connections.add(self.connection)

    def finish(self) -> None:
        self.hub.connections.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def log_message(self, *args) -> None:
        pass

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_GET(self) -> None:
        self._serve("GET")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        path = url.path.removeprefix(PREFIX)
        try:
            self._route(method, path, parse_qs(url.query), body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _route(self, method: str, path: str, query: dict, body: bytes) -> None:
        hub = self.hub
        with hub.changed:
            hub.requests.append((method, path))
            hub.changed.notify_all()
            for index, (part, status) in enumerate(hub.failures):
                if part in path:
                    del hub.failures[index]
                    return self._json(status, {"code": "test.failure", "message": "made to fail"})
        if path == "enrol":
            return self._enrol(json.loads(body))
        if self.headers.get("Authorization") != f"Site {CREDENTIAL}":
            return self._json(401, {"code": "link.credential", "message": "unknown credential"})
        if path.startswith("artifacts"):
            return self._artifact(method, path, query, body)
        data = json.loads(body) if body else {}
        if path == "hello":
            hub.return_leases()
            now = (datetime.now(UTC) + hub.skew).isoformat()
            return self._json(200, {"site": "north", "federation": "demo", "time": now, "protocol": hub.protocol})
        if path == "lease":
            return self._json(200, {"task": hub.lease(data["wait_s"]) or None})
        if path == "dataset":
            hub.datasets.append(data)
            return self._json(200, {})
        return self._task(path, data)

    def _enrol(self, data: dict) -> None:
        site = self.hub.enrolments.pop(data["token"], None)
        if site is None:
            return self._json(403, {"code": "link.token", "message": "this token was used or never given"})
        return self._json(
            200,
            {
                "site": site,
                "federation": "demo",
                "credential": CREDENTIAL,
                "coordinator_identity": self.hub.coordinator_identity,
            },
        )

    def _task(self, path: str, data: dict) -> None:
        _, task_id, verb = path.split("/")
        hub, task = self.hub, self.hub.tasks[task_id]
        status, answer = 200, {}
        with hub.changed:
            if verb == "renew":
                answer = hub.renew(task, data.get("progress"))
            elif verb == "result":
                if task.answers and task.answers[0] != data:
                    status, answer = 409, {"code": "task.answered", "message": "another answer is stored"}
                task.answers.append(data)
                task.state = "done"
            elif verb == "ack":
                task.acks += 1
                task.state = "done" if task.answers else "queued"
            elif verb == "release":
                task.releases += 1
                task.state = "queued"
            hub.changed.notify_all()
        self._json(status, answer)

    def _artifact(self, method: str, path: str, query: dict, body: bytes) -> None:
        hub = self.hub
        if method == "POST":
            data = json.loads(body)
            held = hub.blobs.setdefault(data["sha256"], bytearray())
            return self._json(200, {"offset": len(held)})
        sha256 = path.split("/")[1]
        if method == "GET":
            return self._download(sha256)
        held = hub.blobs[sha256]
        if int(query["offset"][0]) != len(held):
            return self._json(409, {"code": "artifact.offset", "message": "another offset", "offset": len(held)})
        held += body
        return self._json(200, {"offset": len(held)})

    def _download(self, sha256: str) -> None:
        hub = self.hub
        content = hub.readable.get(sha256, bytes(hub.blobs.get(sha256, b"")))
        if not content:
            return self._json(404, {"code": "artifact.unknown", "message": "no such blob"})
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        if start >= len(content):
            return self._json(416, {"code": "artifact.range", "message": "beyond the end"})
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if hub.break_download_after is not None:
            self.wfile.write(content[start : start + hub.break_download_after])
            hub.break_download_after = None
            self.close_connection = True
            return None
        self.wfile.write(content[start:])
        return None

    def _json(self, status: int, body: dict) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
