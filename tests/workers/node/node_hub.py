"""A small real HTTP server that speaks the node link from memory: tasks, answers, sealed blobs, weights, levels."""

import json
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

from workers.link import LeasedTask
from workers.node import NodeFolder, NodeSettings
from workers.node.folder import NodeHubSettings
from workers.node.setup import make_node
from workers.node.station import Station

PREFIX = "/api/v1/node/"
LEASE_S = 60.0


@dataclass
class Task:
    """One instruction to one node."""

    role: str
    kind: str
    payload: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer: dict[str, Any] | None = None
    deliveries: int = 0
    phases: list[str] = field(default_factory=list)
    leased: bool = False
    cancelled: bool = False

    @property
    def result(self) -> dict[str, Any]:
        assert self.answer is not None, f"{self.kind} was not answered"
        assert "result" in self.answer, self.answer
        return self.answer["result"]

    @property
    def error(self) -> dict[str, Any]:
        assert self.answer is not None, f"{self.kind} was not answered"
        assert "error" in self.answer, self.answer
        return self.answer["error"]


@dataclass
class Blob:
    """Sealed bytes for one reader."""

    reader: str
    content: bytes


class NodeHub:
    """Rows in memory. Everything that nodes send is kept in ``seen``, so that a test may look through it."""

    def __init__(self) -> None:
        self.roles: dict[str, str] = {}
        self.tasks: dict[str, Task] = {}
        self.blobs: dict[str, Blob] = {}
        self.weights: dict[str, bytes] = {}
        self.descriptors: dict[str, dict[str, Any]] = {}
        self.stock: dict[tuple[str, str], int] = {}
        self.seen: list[bytes] = []
        self.lease_s = LEASE_S
        self.tokens: dict[str, str] = {}
        self.changed = threading.Condition(threading.RLock())
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def join(self, path: Path, role: str, **settings: Any) -> NodeFolder:
        """Make a node that is enrolled here."""
        folder = NodeFolder(path)
        given = {"role": role, "name": f"Institute of {role}", "trust": "hub", **settings}
        make_node(folder, NodeSettings.model_validate(given))
        hub = NodeHubSettings(url=self.url, node=role, federation="demo", plain_http=True)
        folder.write_settings(folder.settings().model_copy(update={"hub": hub}))
        credential = f"credential-of-{role}"
        folder.write_credential(credential)
        self.roles[credential] = role
        return folder

    def wait_for(self, fact: Callable[[], object], within_s: float = 60.0) -> None:
        """Wait until something has become true by what nodes said."""
        with self.changed:
            assert self.changed.wait_for(fact, within_s), f"did not happen within {within_s:g} s"

    def lease(self, role: str, wait_s: float) -> dict[str, Any] | None:
        """Hand out the waiting task of the smallest order."""
        deadline = monotonic() + wait_s
        with self.changed:
            while True:
                waiting = [t for t in self.tasks.values() if t.role == role and not t.answer and not t.leased]
                for task in sorted(waiting, key=lambda task: int(task.payload.get("order", 0))):
                    task.deliveries, task.leased = task.deliveries + 1, True
                    said = {"id": task.id, "kind": task.kind, "payload": task.payload}
                    return {**said, "deliveries": task.deliveries, "lease_s": self.lease_s}
                if monotonic() >= deadline:
                    return None
                self.changed.wait(max(0.0, min(deadline - monotonic(), 0.5)))

    def task(self, role: str, kind: str, **payload: Any) -> Task:
        task = Task(role, kind, payload)
        with self.changed:
            self.tasks[task.id] = task
            self.changed.notify_all()
        return task

    def carry_out(self, station: Station[Any], task: Task) -> str:
        """Deliver a task once and return how that ended."""
        task.deliveries += 1
        return station.perform(LeasedTask(task.id, task.kind, task.payload, task.deliveries, self.lease_s))

    def do(self, station: Station[Any], role: str, kind: str, **payload: Any) -> Task:
        """Make a task, and have it carried out."""
        task = self.task(role, kind, **payload)
        self.carry_out(station, task)
        return task


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hub: NodeHub

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_GET(self) -> None:
        self._serve("GET")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url, hub = urlsplit(self.path), self.hub
        if url.path == f"{PREFIX}enrol":
            return self._enrol(json.loads(body))
        said = self.headers.get("Authorization", "").removeprefix("Node ")
        role = hub.roles.get(said)
        if role is None:
            return self._json(401, {"code": "node.credential", "message": "unknown credential"})
        with hub.changed:
            hub.seen.append(body)
            hub.changed.notify_all()
            parts = url.path.removeprefix(PREFIX).split("/")
            return self._route(method, role, parts, parse_qs(url.query), body)

    def _enrol(self, said: dict[str, Any]) -> None:
        role = self.hub.tokens.pop(said["token"], None)
        if role != said["role"]:
            return self._json(
                403, {"code": "node.invitation", "message": "this token was used, or is for another role"}
            )
        credential = f"credential-of-{role}"
        self.hub.roles[credential] = role
        return self._json(200, {"node": f"{role}-1", "role": role, "federation": "demo", "credential": credential})

    def _route(self, method: str, role: str, parts: list[str], query: dict[str, list[str]], body: bytes) -> None:
        hub = self.hub
        match method, parts:
            case "POST", ["hello"]:
                now = datetime.now(UTC).isoformat()
                return self._json(200, {"node": role, "federation": "demo", "time": now, "protocol": 1})
            case "POST", ["lease"]:
                return self._json(200, {"task": hub.lease(role, json.loads(body)["wait_s"])})
            case "POST", ["tasks", task_id, "renew"]:
                progress = json.loads(body).get("progress") or {}
                hub.tasks[task_id].phases.append(str(progress.get("phase")))
                status = "cancel" if hub.tasks[task_id].cancelled else "ok"
                return self._json(200, {"status": status, "lease_s": hub.lease_s})
            case "POST", ["tasks", task_id, "result"]:
                task, answer = hub.tasks[task_id], json.loads(body)
                if task.answer not in (None, answer):
                    return self._json(409, {"code": "task.answered", "message": "another answer is stored"})
                task.answer, task.leased = answer, False
                return self._json(200, {})
            case "POST", ["tasks", task_id, "ack" | "release"]:
                hub.tasks[task_id].leased = False
                return self._json(200, {})
            case "PUT", ["tasks", _, "blob"]:
                name = str(uuid.uuid4())
                hub.blobs[name] = Blob(query["reader"][0], body)
                return self._json(200, {"blob": name, "size_bytes": len(body)})
            case "GET", ["blobs", name] if (blob := hub.blobs.get(name)) and blob.reader == role:
                return self._bytes(blob.content)
            case "DELETE", ["blobs", name] if (blob := hub.blobs.get(name)) and blob.reader == role:
                del hub.blobs[name]
                return self._json(200, {})
            case "GET", ["weights", version] if role == "owner" and version in hub.weights:
                return self._bytes(hub.weights[version])
            case "GET", ["descriptors", service] if service in hub.descriptors:
                return self._json(200, hub.descriptors[service])
            case "PUT", ["stock"]:
                said = json.loads(body)
                hub.stock[said["service"], role] = said["level"]
                return self._json(200, {})
        return self._json(404, {"code": "node.unknown", "message": f"nothing at {'/'.join(parts)} for {role}"})

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._bytes(json.dumps(body).encode(), status=status, kind="application/json")

    def _bytes(self, content: bytes, *, status: int = 200, kind: str = "application/octet-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
