"""How far the publishing of a service is, read from what its nodes were asked."""

from typing import Any

from backend.apps.diagnosis.models import DiagnosisService, NodeTask

STEPS = {
    "prepare": (NodeTask.Kind.PREPARE, ("owner",)),
    "mask": (NodeTask.Kind.MASK, ("dealer",)),
    "share": (NodeTask.Kind.SHARE, ("owner",)),
    "open": (NodeTask.Kind.OPEN, ("p0", "p1")),
    "sign": (NodeTask.Kind.SIGN, ("p0", "p1")),
}
"""Each station with the task that is asked there, and of whom."""
STATES = ("waiting", "running", "done", "failed")
FAILED = frozenset({NodeTask.State.FAILED, NodeTask.State.CANCELLED})


def steps_of(service: DiagnosisService) -> list[dict[str, Any]]:
    """Return the stations of the present attempt in their order, each with its state, its nodes and its times."""
    tasks = NodeTask.objects.filter(service=service, attempt=service.attempt, diagnosis=None)
    kinds = [kind for kind, _ in STEPS.values()]
    found: dict[str, list[NodeTask]] = {}
    for task in tasks.filter(kind__in=kinds).defer("payload", "result"):
        found.setdefault(task.kind, []).append(task)
    return [
        {"step": step, "nodes": list(nodes), **_course(found.get(kind, []))} for step, (kind, nodes) in STEPS.items()
    ]


def _course(tasks: list[NodeTask]) -> dict[str, Any]:
    states = {task.state for task in tasks}
    started = min((task.leased_at for task in tasks if task.leased_at), default=None)
    if states and states <= {NodeTask.State.DONE}:
        return {"state": "done", "started_at": started, "finished_at": max(task.finished_at for task in tasks)}
    if states & FAILED:
        ended = max(task.finished_at for task in tasks if task.state in FAILED)
        return {"state": "failed", "started_at": started, "finished_at": ended}
    return {"state": "running" if started else "waiting", "started_at": started, "finished_at": None}
