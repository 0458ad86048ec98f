"""The agent's end of the link, as plain calls over HTTP: greet, lease, renew, answer, acknowledge.

It knows the JSON of the link and which answers are worth trying again. It knows neither Celery nor what a task means.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal
from uuid import UUID

import httpx

from workers.link.address import LinkAddress
from workers.link.errors import (
    ClockSkew,
    CredentialRefused,
    HubRefused,
    HubUnavailable,
    ProtocolMismatch,
)
from workers.link.realm import SITE, Realm

PROTOCOL = 1
MAX_SKEW_S = 120.0
MAX_WAIT_S = 10.0
TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}
TOLD_ON_HELLO = {"link.protocol": ProtocolMismatch, "link.clock": ClockSkew}
BUSY = {"artifact.busy"}
"""Refusals that pass by themselves."""

try:
    VERSION = version("primia")
except PackageNotFoundError:  # run from a checkout that is not installed
    VERSION = "0+source"

Json = dict[str, Any]
RenewalStatus = Literal["ok", "lost", "cancel"]


@dataclass(frozen=True)
class Greeting:
    """Who the hub says we are: a hospital, or a node."""

    site: str
    federation: str
    skew_s: float


@dataclass(frozen=True)
class LeasedTask:
    """One instruction of the hub, ours for ``lease_s`` seconds."""

    id: str
    kind: str
    payload: Json = field(repr=False)
    deliveries: int
    lease_s: float


@dataclass(frozen=True)
class Renewal:
    """What the hub says about the task that is running here."""

    status: RenewalStatus
    lease_s: float


@dataclass(frozen=True)
class Enrolled:
    """What a one-time token was exchanged for."""

    site: str
    federation: str
    credential: str = field(repr=False)
    coordinator_identity: Json


class LinkClient:
    """Calls of one agent to its hub. Safe to share between threads."""

    def __init__(self, address: LinkAddress, *, http: httpx.Client | None = None) -> None:
        self.address = address
        self._http = http or http_client(address.base_url)
        self._headers = {"Authorization": f"{address.realm.authorization} {address.credential}"}
        self._closed = False

    def close(self) -> None:
        """Drop the connections. Later calls on this client find the hub unavailable."""
        self._closed = True
        self._http.close()

    def hello(self) -> Greeting:
        """Probe the hub: is it there, does it know us, do versions and clocks agree?

        Raises:
            HubUnavailable, CredentialRefused, ProtocolMismatch, ClockSkew: as their names say.
        """
        sent = datetime.now(UTC)
        body = {"agent_version": VERSION, "protocol": PROTOCOL, "time": sent.isoformat()}
        try:
            answer = self.post("hello", body, forbidden=CredentialRefused)
        except HubRefused as refusal:
            if refusal.hub_code in TOLD_ON_HELLO:
                raise TOLD_ON_HELLO[refusal.hub_code](refusal.message) from refusal
            raise
        received = datetime.now(UTC)
        if answer.get("protocol") != PROTOCOL:
            raise ProtocolMismatch(
                f"the hub speaks version {answer.get('protocol')} of the link, this agent {PROTOCOL}; "
                "install the same PriMIA at both ends"
            )
        middle = sent + (received - sent) / 2
        skew = (_moment(answer.get("time")) - middle).total_seconds()
        if abs(skew) > MAX_SKEW_S:
            raise ClockSkew(
                f"the hub's clock is {skew:+.0f} s from this machine's, limit {MAX_SKEW_S:.0f} s; set the clocks (NTP)"
            )
        return Greeting(str(answer[self.address.realm.name]), str(answer["federation"]), skew)

    def lease(self, wait_s: float) -> LeasedTask | None:
        """Wait up to ``wait_s`` (at most 10) seconds for a task; also this site's heartbeat."""
        wait = min(wait_s, MAX_WAIT_S)
        answer = self.post("lease", {"wait_s": wait}, timeout=wait + 15, forbidden=CredentialRefused)
        task = answer.get("task")
        if task is None:
            return None
        return LeasedTask(
            id=str(UUID(str(task["id"]))),
            kind=str(task["kind"]),
            payload=dict(task["payload"]),
            deliveries=int(task["deliveries"]),
            lease_s=float(task["lease_s"]),
        )

    def renew(self, task_id: str, progress: Mapping[str, object] | None) -> Renewal:
        """Keep a task, say how far it is, and learn whether it is still wanted."""
        body = {"progress": dict(progress)} if progress else {}
        answer = self.post(f"tasks/{task_id}/renew", body, timeout=10)
        status = answer.get("status")
        if status not in {"ok", "lost", "cancel"}:
            raise HubRefused(f"the hub renewed with the unknown status {status!r}")
        return Renewal(status, float(answer.get("lease_s", 0)))

    def answer(self, task_id: str, body: Mapping[str, object]) -> None:
        """Post ``{"result": ...}`` or ``{"error": ...}``. The same body twice is harmless."""
        self.post(f"tasks/{task_id}/result", body)

    def acknowledge(self, task_id: str) -> None:
        """Say that the hub need not deliver this task again."""
        self.post(f"tasks/{task_id}/ack", {}, timeout=10)

    def release(self, task_id: str) -> None:
        """Give an unfinished task back at once, instead of letting its lease run out."""
        self.post(f"tasks/{task_id}/release", {}, timeout=5)

    def put_dataset(self, body: Mapping[str, object]) -> None:
        """Report this site's cohort: its version and the public part of its readiness."""
        self.json("PUT", "dataset", body)

    def post(self, path: str, body: Mapping[str, object], **options: Any) -> Json:
        """Post JSON and return JSON; see ``json``."""
        return self.json("POST", path, body, **options)

    def json(self, method: str, path: str, body: Mapping[str, object], **options: Any) -> Json:
        """Send JSON and return the JSON object of the answer.

        Raises:
            HubUnavailable: no answer, or one of 408, 425, 429, 5xx.
            CredentialRefused: 401, or 403 where ``forbidden=CredentialRefused`` is given.
            HubRefused: any other refusal, with the hub's own code.
        """
        return _object(self.request(method, path, json=dict(body), **options))

    def request(
        self,
        method: str,
        path: str,
        *,
        forbidden: type[HubRefused] = HubRefused,
        timeout: float | None = None,
        **content: Any,
    ) -> httpx.Response:
        """Send one request and turn whatever is not a success into this package's errors."""
        if self._closed:
            raise HubUnavailable(f"the link to {self.address} has been closed")
        headers = {**self._headers, **content.pop("headers", {})}
        limits = httpx.Timeout(timeout, connect=5.0) if timeout else httpx.USE_CLIENT_DEFAULT
        try:
            response = self._http.request(method, self._path(path), headers=headers, timeout=limits, **content)
        except httpx.TransportError as error:
            raise HubUnavailable(f"{self.address} does not answer ({type(error).__name__}: {error})") from error
        raise_for(response, path, forbidden, self.address.realm.name)
        return response

    def stream(self, path: str, headers: Mapping[str, str]) -> Any:
        """Open a streamed GET; the caller enters it and checks the status with ``raise_for``."""
        return self._http.stream("GET", self._path(path), headers={**self._headers, **headers})

    def _path(self, path: str) -> str:
        return self.address.realm.path + path


def enrol(base_url: str, *, token: str, identity: Mapping[str, object], name: str | None = None) -> Enrolled:
    """Exchange a one-time token for this site's credential, which the hub shows this once.

    Args:
        base_url: from ``hub_url``.
        token: as the federation's coordinator handed it over.
        identity: this site's public identity.
        name: how the site wants to be called.
    """
    body: Json = {"token": token, "identity": dict(identity)}
    if name:
        body["name"] = name
    answer = exchange_token(base_url, SITE, body)
    return Enrolled(
        site=str(answer["site"]),
        federation=str(answer["federation"]),
        credential=str(answer["credential"]),
        coordinator_identity=dict(answer["coordinator_identity"]),
    )


def exchange_token(base_url: str, realm: Realm, body: Mapping[str, object]) -> Json:
    """Post to a realm's ``enrol`` and return what the hub answers, the new credential in it."""
    with http_client(base_url) as http:
        try:
            response = http.post(f"{realm.path}enrol", json=dict(body))
        except httpx.TransportError as error:
            raise HubUnavailable(f"{base_url} does not answer ({type(error).__name__}: {error})") from error
    raise_for(response, "enrol", who=realm.name)
    return _object(response)


def http_client(base_url: str) -> httpx.Client:
    """Return an HTTP client with the link's time-outs; proxies and CA bundles come from the environment."""
    return httpx.Client(
        base_url=base_url,
        timeout=httpx.Timeout(30.0, connect=5.0, pool=5.0),
        limits=httpx.Limits(max_connections=8, keepalive_expiry=30.0),
        headers={"User-Agent": f"primia-agent/{VERSION}", "Accept": "application/json"},
        follow_redirects=False,
    )


def raise_for(
    response: httpx.Response, path: str, forbidden: type[HubRefused] = HubRefused, who: str = SITE.name
) -> None:
    """Raise this package's error for an answer that is not a success."""
    status = response.status_code
    if 200 <= status < 300:
        return
    if status in TRY_AGAIN:
        raise HubUnavailable(f"the hub answered {path} with {status}; it is not ready")
    body = _body(response)
    if body.get("code") in BUSY:
        raise HubUnavailable(f"the hub answered {path} with {body['code']}; it is still busy with the call before")
    said = str(body.get("message") or body.get("detail") or response.reason_phrase)[:500]
    kind = CredentialRefused if status == 401 else forbidden if status == 403 else HubRefused
    hint = f"; enrol this {who} again" if kind is CredentialRefused else ""
    raise kind(
        f"the hub refused {path} with {status}: {said}{hint}",
        status=status,
        hub_code=str(body.get("code", "")),
        body=body,
    )


def _body(response: httpx.Response) -> Json:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _object(response: httpx.Response) -> Json:
    if not response.content:
        return {}
    try:
        body = response.json()
    except ValueError:
        raise HubUnavailable(
            "the answer is not JSON; something else than a PriMIA hub stands at this address"
        ) from None
    if not isinstance(body, dict):
        raise HubUnavailable(f"the hub answered with a JSON {type(body).__name__}, not an object")
    return body


def _moment(said: object) -> datetime:
    try:
        if isinstance(said, int | float) and math.isfinite(said):
            return datetime.fromtimestamp(said, UTC)
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        raise ProtocolMismatch(f"the hub says the time is {said!r}; expected ISO 8601 with a time zone") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
