"""One authenticated connection to the platform. It returns the API's JSON as it is; the OpenAPI file says its shape."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import httpx

from primia_core.client.answers import read
from primia_core.client.errors import Unreachable

Json = dict[str, Any]

TERMINAL_STATES = frozenset({"succeeded", "failed", "cancelled"})


class Client:
    """Speak to the platform as one user.

    Args:
        address: of the platform, such as ``http://127.0.0.1:8000``.
        token: a scoped API token.
        timeout_s: for one request.
    """

    def __init__(self, address: str, token: str, *, timeout_s: float = 30.0) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._http = httpx.Client(base_url=f"{address.rstrip('/')}/api/v1/", headers=headers, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def get(self, path: str, **query: str | int) -> Any:
        """Return the JSON at ``path``, relative to ``/api/v1/``."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Post ``body`` and return the answer's JSON."""
        return self._call("POST", path, json=body or {})

    def download(self, path: str, to: Path) -> Path:
        """Save the file at ``path`` as ``to``."""
        with self._http.stream("GET", path) as response:
            if not response.is_success:
                response.read()
                read(response)
            with to.open("wb") as file:
                for chunk in response.iter_bytes():
                    file.write(chunk)
        return to

    def all(self, path: str, **query: str | int) -> Iterator[Json]:
        """Yield every row of a paginated list."""
        page = self.get(path, **query)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self._call("GET", page["next"])

    def create_job(self, federation: str, title: str, settings: Mapping[str, object]) -> Json:
        """Create a draft of a training job; ``settings`` are parts of a plan, what they leave out has defaults."""
        job: Json = self.post("jobs", {"federation": federation, "title": title, "settings": dict(settings)})
        return job

    def examine(
        self,
        federation: str,
        title: str,
        model: str,
        kind: Literal["evaluate", "audit"],
        settings: Mapping[str, object],
    ) -> Json:
        """Create a draft of a job that examines a model.

        Args:
            model: id of a model version of the federation.
            kind: what it is worth, or what it gives away.
            settings: fields of the plan's ``EvaluationPlan`` or ``AuditPlan``; what they leave out has defaults.
        """
        parts = {"evaluation" if kind == "evaluate" else "audit": dict(settings)}
        body = {"federation": federation, "title": title, "kind": kind, "model": model, "settings": parts}
        job: Json = self.post("jobs", body)
        return job

    def evaluation(self, evaluation: str) -> Json:
        """Return one evaluation with its document; a finished job names it in ``evaluation``."""
        answer: Json = self.get(f"evaluations/{evaluation}")
        return answer

    def attack_audit(self, audit: str) -> Json:
        """Return one attack audit with its document, and the hub's own attack on drawings once it is made."""
        answer: Json = self.get(f"attack-audits/{audit}")
        return answer

    def submit_job(self, job: str) -> Json:
        """Send a draft to its sites for approval; it starts by itself when all have signed."""
        answer: Json = self.post(f"jobs/{job}/submit")
        return answer

    def job(self, job: str) -> Json:
        """Return one job."""
        answer: Json = self.get(f"jobs/{job}")
        return answer

    def follow(self, job: str, *, after: int = 0, poll_s: float = 0.5) -> Iterator[Json]:
        """Yield a job's events in order, without gap or repetition, until the job has ended.

        Args:
            job: its id.
            after: the last sequence number that the caller has seen.
            poll_s: pause between two questions when there is nothing new.
        """
        while True:
            ended = self.job(job)["state"] in TERMINAL_STATES  # asked first: events before the end are then all there
            events = list(self.all(f"jobs/{job}/events", after=after))
            for event in events:
                after = event["seq"]
                yield event
            if ended and not events:
                return
            if not events:
                time.sleep(poll_s)

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        return answer(self._http, method, path, **arguments)


def answer(http: httpx.Client, method: str, path: str, **arguments: Any) -> Any:
    """Make one call and return the answer's JSON."""
    try:
        return read(http.request(method, path, **arguments))
    except httpx.HTTPError as error:
        raise Unreachable(f"no answer from {http.base_url} ({error}); is the platform up? `primia status`") from error
