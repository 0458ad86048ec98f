"""A platform and two parties over real HTTP, in memory: real keys, real sealing, a network that is a sum of pixels.

What it lacks is the platform's own code and encrypted computation: each party's half of an answer is made from the
opened picture. It can be made to lie, to refuse and to be away.
"""

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from primia_core.diagnosis.answer import seal_answer
from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.identity import NodeIdentity
from primia_core.diagnosis.log import LogEntry
from primia_core.diagnosis.request import ReceivedShare
from primia_core.diagnosis.vouching import SignedDescriptor, sign

TOKEN = "token-of-ada"
PREFIX = "/api/v1/"
CLASSES = ("normal", "bacterial", "viral")
Json = dict[str, Any]


class Refusal(Exception):
    """What the platform answers instead of a success."""

    def __init__(self, status: int, code: str, message: str = "refused", headers: dict[str, str] | None = None) -> None:
        self.status, self.body, self.headers = status, {"code": code, "message": message}, headers or {}


class Web:
    """One HTTP server on loopback; ``answer`` maps (method, path, query, headers, body) to JSON or raises Refusal."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        self.drop = False
        """Whether connections break before a call is heard."""
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                parts = urlsplit(self.path)
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                if web.drop:
                    self.close_connection = True
                    return
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                try:
                    status, told, more = 200, answer(self.command, parts.path, query, self.headers, body), {}
                except Refusal as refusal:
                    status, told, more = refusal.status, refusal.body, refusal.headers
                if told is HANG_UP:
                    self.close_connection = True
                    return
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in more.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _serve  # noqa: N815 - as http.server calls them

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


HANG_UP = object()


def describe(service: str, nodes: dict[str, NodeIdentity], origins: tuple[str, str], **changes: Any) -> Descriptor:
    """Return a descriptor of a small service that these nodes make."""
    now = datetime.now(UTC).replace(microsecond=0)
    public = {role: node.public for role, node in nodes.items()}
    sentences = ("that a request came",)
    given: Json = {
        "service": service,
        "name": "Pneumonia",
        "federation": "alpine",
        "model": {"name": "Chests", "number": 1, "version": str(uuid4()), "commitment": "ab" * 32},
        "classes": CLASSES,
        "intended_use": "tests",
        "input": {
            "size": 32, "channels": 1, "mean": 0.5, "std": 0.25, "scale": 64.0, "limit": 4.0, "ring_bits": 32,
        },
        "output": {
            "policy": "logits", "scale": 1024.0, "limit": 30.0, "words": 3, "ring_bits": 32, "temperature": 1.0,
        },
        "program": "cd" * 32,
        "protocol": "tables",
        "profile": "fast",
        "mask": "ef" * 16,
        "epoch": 1,
        "parties": [{**public[f"p{n}"].to_json(), "origin": origins[n]} for n in (0, 1)],
        "dealer": public["dealer"],
        "owner": public["owner"],
        "price": {
            "bytes_each_way": 1, "rounds": 1, "online_seconds": 0.1, "stock_bytes": 1,
            "learns": dict.fromkeys(("p0", "p1", "dealer", "hub", "requester"), sentences),
        },
        "accuracy": {"images": 1, "labels_agree": 1, "largest_logit_error": 0.001},
        "created": now,
        "expires": now + timedelta(days=30),
    }  # fmt: skip
    return Descriptor.model_validate({**given, **changes})


@dataclass
class Row:
    """One diagnosis at the platform."""

    id: str
    body: Json
    state: str = "queued"
    events: list[Json] = field(default_factory=list)
    answers: list[Json] | None = None
    receipt: str | None = None
    failure: Json | None = None
    batch: str | None = None

    def event(self, kind: str, **payload: Any) -> None:
        self.events.append({"seq": len(self.events) + 1, "time": "", "kind": f"diagnosis.{kind}", "payload": payload})
        if kind != "phase":
            self.state = kind


class FakePlatform:
    """The platform's rows, and both parties with their key pages. Tests change what they want to be otherwise."""

    def __init__(self, folder: Path) -> None:
        self.nodes = {role: NodeIdentity.create(folder / role, role) for role in ("p0", "p1", "dealer", "owner")}
        self.service = str(uuid4())
        self.state, self.stock = "open", {"p0": 4, "p1": 4, "low": 2, "full": 4}
        self.rows: dict[str, Row] = {}
        self.batches: list[Json] = []
        self.calls: list[tuple[str, str]] = []
        self.authorized: list[str | None] = []
        self.refusals: list[tuple[str, Refusal]] = []
        self.hang_ups: list[str] = []
        self.shown = {role: self.nodes[role].public for role in ("p0", "p1")}
        self.answering = True
        """Whether the parties are at work."""
        self.fail_with: Json | None = None
        self.lock = threading.RLock()
        self.pages = [Web(lambda *call, n=n: self._key_page(n, *call)) for n in (0, 1)]
        self.web = Web(self._answer)
        self.publish()

    @property
    def url(self) -> str:
        return self.web.url

    @property
    def page(self) -> str:
        """Return the address of the service's page."""
        return f"{self.url}/services/{self.service}"

    def publish(self, **changes: Any) -> None:
        """Make, sign and log a descriptor."""
        origins = (self.pages[0].url, self.pages[1].url)
        self.descriptor = describe(self.service, self.nodes, origins, **changes)
        signatures = tuple(sign(self.descriptor, self.nodes[role], role) for role in ("p0", "p1", "owner"))
        self.signed = SignedDescriptor(descriptor=self.descriptor, signatures=signatures)
        digest, at = self.descriptor.digest, datetime.now(UTC)
        self.log = [LogEntry.after(None, kind="published", service=UUID(self.service), digest=digest, at=at)]
        self.listed = [
            {"service": self.service, "digest": digest, "signature": one.signature} for one in signatures[:2]
        ]

    def stop(self) -> None:
        for web in (self.web, *self.pages):
            web.stop()

    def refuse(self, path_part: str, refusal: Refusal, times: int = 1) -> None:
        """Refuse the next calls whose path holds ``path_part``."""
        self.refusals += [(path_part, refusal)] * times

    def hang_up_on(self, path_part: str) -> None:
        """Do what the next such call asks for, and break the connection in place of an answer."""
        self.hang_ups.append(path_part)

    def count(self, method: str, path: str) -> int:
        return sum(call == (method, path) for call in self.calls)

    # ---- HTTP ---------------------------------------------------------------------------------------------------

    def _key_page(self, party: int, _method: str, path: str, _query: Json, headers: Any, _body: Json) -> Any:
        if path != "/.well-known/primia-node.json":
            return b"<html>a page of somebody else</html>"
        self.authorized.append(headers.get("Authorization"))
        return {"node": self.shown[f"p{party}"].to_json(), "descriptors": [self.listed[party]]}

    def _answer(self, method: str, path: str, query: Json, headers: Any, body: Json) -> Any:
        with self.lock:
            path = path.removeprefix(PREFIX)
            self.calls.append((method, path))
            if headers.get("Authorization") != f"Bearer {TOKEN}":
                raise Refusal(401, "request.not_authenticated", "No such token.")
            for part, refusal in self.refusals:
                if part in path and method != "GET":
                    self.refusals.remove((part, refusal))
                    raise refusal
            told = self._route(method, path, query, body)
            for part in self.hang_ups:
                if part in path and method != "GET":
                    self.hang_ups.remove(part)
                    return HANG_UP
            return told

    def _route(self, method: str, path: str, query: Json, body: Json) -> Any:
        match method, path.split("/"):
            case "GET", ["services", self.service]:
                return {"id": self.service, "title": "Pneumonia", "state": self.state, "stock": self.stock}
            case "GET", ["services", self.service, "descriptor"]:
                return self.signed.to_json()
            case "GET", ["descriptor-log"]:
                return {"results": [entry.to_json() for entry in self.log], "next": None, "previous": None}
            case "POST", ["diagnoses"]:
                return self._create(body)
            case "POST", ["batches"]:
                self.batches.append(body)
                return body
            case "GET", ["diagnoses", name] if name in self.rows:
                return self._shown(self.rows[name])
            case "GET", ["diagnoses", name, "events"] if name in self.rows:
                events = [event for event in self.rows[name].events if event["seq"] > int(query.get("after", 0))]
                return {"results": events, "next": None, "previous": None}
            case "POST", ["diagnoses", name, "collect"] if name in self.rows:
                return self._collect(self.rows[name], body["receipt"])
            case "POST", ["diagnoses", name, "acknowledge"] if name in self.rows:
                return self._acknowledge(self.rows[name], body["receipt"])
        raise Refusal(404, "request.not_found", "There is no such thing, or you may not see it.")

    def _shown(self, row: Row) -> Json:
        steps = {"p0": {"online_s": 0.1}, "p1": {"online_s": 0.1}}
        return {"id": row.id, "service": self.service, "state": row.state, "position": 1, "steps": steps,
                "failure": row.failure, "batch": row.batch}  # fmt: skip

    def _create(self, body: Json) -> Json:
        row = self.rows.get(body["id"])
        if row is None:
            if self.state != "open":
                raise Refusal(409, "service.closed", "The service is closed.")
            row = self.rows[body["id"]] = Row(body["id"], body, batch=body.get("batch"))
            row.event("queued")
            if self.answering:
                self.work(row)
        elif row.body != body:
            raise Refusal(409, "diagnosis.id_taken", "Another request has this id.")
        return self._shown(row)

    def _collect(self, row: Row, receipt: str) -> Json:
        if row.state == "collected" or row.receipt not in {None, receipt}:
            raise Refusal(410, "diagnosis.collected", "The answer was handed out.")
        if row.answers is None:
            raise Refusal(409, "diagnosis.not_ready", "There is no answer yet.")
        row.receipt = receipt
        return {"answers": row.answers}

    def _acknowledge(self, row: Row, receipt: str) -> bytes:
        if row.receipt != receipt:
            raise Refusal(410, "diagnosis.collected", "The answer was handed out.")
        if row.state != "collected":
            row.answers = None
            row.event("collected")
        return b""

    # ---- the parties --------------------------------------------------------------------------------------------

    def work(self, row: Row) -> None:
        """Let both parties answer one request, or fail as told."""
        row.event("computing")
        row.event("phase", party="p0", phase="computing")
        if self.fail_with is not None:
            row.failure = self.fail_with
            row.event("failed", **self.fail_with)
            return
        row.answers = self.answers(row)
        row.event("answered")

    def answers(self, row: Row) -> list[Json]:
        """Open both halves, add them, and answer with shares of logits: pixel sums of three bands of the picture."""
        now, sealed = datetime.now(UTC), [base64.b64decode(share) for share in row.body["shares"]]
        halves = [
            ReceivedShare.open(
                self.nodes[f"p{n}"], sealed[n], party=n, diagnosis=UUID(row.id), descriptor=self.descriptor, now=now
            )
            for n in (0, 1)
        ]
        assert halves[0].request_digest == halves[1].request_digest
        plane = (halves[0].words() + halves[1].words()).view(np.int32)[0, 0].astype(np.int64)
        words = logits_of(plane).astype(np.uint64).astype(np.uint32)
        mask = np.frombuffer(secrets.token_bytes(4 * len(words)), np.uint32)
        session = secrets.token_bytes(32)
        return [
            seal_answer(self.nodes[f"p{n}"], halves[n], share, descriptor=self.descriptor, session=session).to_json()
            for n, share in enumerate((mask, words - mask))
        ]

    def work_off(self) -> None:
        """Let the parties answer everything that waits."""
        with self.lock:
            self.answering = True
            for row in self.rows.values():
                if row.state == "queued":
                    self.work(row)


def logits_of(plane: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the fake network's integers: what the mean of each third of the picture is, 16 times as large."""
    return np.array([int(part.mean() * 16) for part in np.array_split(plane, len(CLASSES))], np.int64)


def wait_until(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
