"""Each site's lane in each attempt, put together from the events: which phase from when to when."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.apps.events.models import Event
from backend.apps.jobs.models import Attempt, Round

Json = dict[str, Any]
AttemptKey = tuple[int, int]

ENDS = frozenset({"done", "dropped"})


def rounds_with_lanes(rounds: Sequence[Round]) -> list[Json]:
    """Return rounds of one job as the API tells them, each with its attempts and their lanes."""
    if not rounds:
        return []
    attempts = Attempt.objects.filter(round__in=rounds).select_related("round").order_by("round", "number")
    lanes = _lanes(rounds[0].job_id, [round_.number for round_ in rounds], list(attempts))
    by_round: dict[UUID, list[Json]] = {}
    for attempt in attempts:
        by_round.setdefault(attempt.round_id, []).append(_attempt(attempt, lanes[attempt.round.number, attempt.number]))
    return [_round(round_, by_round.get(round_.id, [])) for round_ in rounds]


def _round(round_: Round, attempts: list[Json]) -> Json:
    result = round_.result or {}
    update = result.get("update") or {}
    return {
        "number": round_.number,
        "kind": round_.kind,
        "round": round_.round,
        "state": round_.state,
        "opened_at": round_.opened_at,
        "closed_at": round_.closed_at,
        "seconds": (round_.closed_at - round_.opened_at).total_seconds() if round_.closed_at else None,
        "survivors": result.get("survivors", []),
        "metrics": round_.metrics or None,
        "saturated": sum(update["saturated"].values()) if update else None,
        "attempts": attempts,
    }


def _attempt(attempt: Attempt, lanes: list[Json]) -> Json:
    return {
        "number": attempt.number,
        "state": attempt.state,
        "phase": attempt.phase,
        "opened_at": attempt.opened_at,
        "closed_at": attempt.closed_at,
        "failure": attempt.failure,
        "lanes": lanes,
    }


def _lanes(job_id: UUID, numbers: list[int], attempts: list[Attempt]) -> dict[AttemptKey, list[Json]]:
    lanes: dict[AttemptKey, dict[str, Json]] = {
        (attempt.round.number, attempt.number): {site: _empty(site) for site in attempt.roster} for attempt in attempts
    }
    events = Event.objects.filter(
        job_id=job_id, kind__in=["site.phase", "update.received"], payload__number__in=numbers
    ).order_by("seq")
    for site, kind, time, payload in events.values_list("site__slug", "kind", "time", "payload"):
        lane = lanes.get((payload["number"], payload["attempt"]), {}).get(site)
        if lane is not None:
            _enter(lane, kind, time, payload)
    for attempt in attempts:
        if attempt.closed_at and attempt.state != Attempt.State.CLOSED:
            _end(lanes[attempt.round.number, attempt.number].values(), attempt.closed_at)
    return {key: [by_site[site] for site in sorted(by_site)] for key, by_site in lanes.items()}


def _empty(site: str) -> Json:
    return {"site": site, "phase": "waiting", "spans": [], "progress": None, "size_bytes": None}


def _enter(lane: Json, kind: str, time: datetime, payload: Json) -> None:
    if kind == "update.received":
        lane["size_bytes"] = payload["size_bytes"]
        return
    phase, spans = payload["phase"], lane["spans"]
    if not spans or spans[-1]["phase"] != phase:
        if spans:
            spans[-1]["end"] = spans[-1]["end"] or time
        spans.append({"phase": phase, "start": time, "end": time if phase in ENDS else None})
    lane["phase"] = phase
    known = payload.get("done") is not None and payload.get("total") is not None
    lane["progress"] = {"done": payload["done"], "total": payload["total"]} if known else None


def _end(lanes: Iterable[Json], time: datetime) -> None:
    """A failed attempt ends every lane; a closed one leaves them to the sites that are still applying its sum."""
    for lane in lanes:
        for span in lane["spans"]:
            span["end"] = span["end"] or time
